"""What one admin does shows on the pages of the dashboard that another has open."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import aiohttp
import pytest

from supportdesk import cookies, routes
from supportdesk.domain.ids import new_id
from tests.realtime.test_people import at, at_page_of, listed, sign_up
from tests.support.browsers import Browsers, bodies
from tests.support.desk import Desk
from tests.support.raw_browser import (
    ACCOUNT,
    AUDIT,
    DASHBOARD,
    DETAILS,
    LABELS,
    MESSAGE,
    MODERATION,
    PERSON,
    REQUESTS,
    STANDING,
    TEAMS,
    THREAD,
    USERS,
    RawBrowser,
)
from tests.support.seed import ADMIN, BUYER, SELLER, Person, Seed, SeededTicket


@pytest.fixture
def name() -> str:
    return f"Called {new_id().hex[-8:]}"


@pytest.fixture
def zoe(seed: Seed) -> Person:
    return seed.person(ADMIN, "Zoe")


@pytest.fixture
def yann(seed: Seed) -> Person:
    return seed.person(ADMIN, "Yann")


def page_of(browser: RawBrowser) -> Any:
    return browser.var(PERSON, "person")


def deeds(browser: RawBrowser) -> list[str]:
    return [each["words"] + each["number"] + each["rest"] for each in page_of(browser)["deeds"]]


def rows(browser: RawBrowser, kind: str, person: Person) -> list[dict[str, Any]]:
    """The requests or reports that concern that person."""
    return [row for row in browser.var(REQUESTS, kind, []) if row["person_id"] == str(person.id)]


def row_of(browser: RawBrowser, kind: str, person: Person) -> dict[str, Any]:
    return next(iter(rows(browser, kind, person)), {})


async def test_what_is_done_to_a_person_shows_in_the_lists_and_on_their_page(
    browsers: Browsers, seed: Seed, zoe: Person, yann: Person, name: str
) -> None:
    nora = seed.person(BUYER, name)
    doer, page = [await at_page_of(browsers, admin, nora) for admin in (zoe, yann)]
    users = await at(browsers, yann, f"{routes.ADMIN_USERS}?q={name.split()[1]}", USERS)
    steps: list[tuple[str, Callable[[Any], bool]]] = [
        ("block", lambda p: p["blocked"]),
        ("unblock", lambda p: not p["blocked"]),
        ("end_sessions", lambda p: p["sessions"] == []),
        ("deactivate", lambda p: not p["active"]),
        ("reactivate", lambda p: p["active"]),
    ]
    for handler, holds in steps:
        assert not holds(page_of(page)), handler
        await doer.send(f"{PERSON}.{handler}")
        await page.until(lambda b, holds=holds: holds(page_of(b)))
        if handler.endswith("activate"):
            there = handler == "reactivate"
            await users.until(lambda b, there=there: listed(b)[name]["active"] is there)


async def test_whatever_somebody_does_is_among_what_they_did_last(
    browsers: Browsers, seed: Seed, desk: Desk, yann: Person, name: str
) -> None:
    sol = seed.person(SELLER, name)
    ticket = seed.ticket(seed.person(BUYER), sol)
    theirs, page = await browsers.visit(sol, ticket), await at_page_of(browsers, yann, sol)
    await theirs.say("It is the blub.")
    await theirs.until(lambda b: "It is the blub." in bodies(b))
    message = theirs.lines[-1]["id"]
    await page.until(lambda b: deeds(b)[:1] == [f"wrote a message in {ticket.number}"])
    await theirs.send(f"{MESSAGE}.begin_edit", message_id=message)
    await theirs.send(
        f"{MESSAGE}.save_edit", form_data={"edited": message, "text": "It is the bulb."}
    )
    await page.until(lambda b: deeds(b)[:1] == [f"edited a message in {ticket.number}"])
    await theirs.send(f"{MESSAGE}.react", message_id=message, emoji="👍")
    await page.until(lambda b: deeds(b)[:1] == [f"reacted with 👍 to a message in {ticket.number}"])
    await theirs.send(f"{LABELS}.add_tag", form_data={"new-tag": name})
    await page.until(
        lambda b: any(each.endswith(f"“{name}” to {ticket.number}") for each in deeds(b))
    )

    boss = await at_page_of(browsers, yann, yann)
    settler = await at(browsers, yann, routes.ADMIN_TEAMS, TEAMS)
    await settler.send(f"{TEAMS}.submit", form_data={"id": "", "name": name})
    await boss.until(lambda b: deeds(b)[:1] == [f"created the team “{name}”"])


async def test_who_fails_to_sign_in_is_seen_to_on_their_page(
    browsers: Browsers, http: aiohttp.ClientSession, desk: Desk, yann: Person, name: str
) -> None:
    await sign_up(desk, name)
    users = await at(browsers, yann, f"{routes.ADMIN_USERS}?q={name.split()[1]}", USERS)
    page = await at(browsers, yann, f"{routes.ADMIN_PEOPLE}/{listed(users)[name]['id']}", PERSON)
    form = {"email": f"{name.split()[1]}@new.test", "password": "not it", "next": ""}
    headers = {"Origin": desk.url}
    async with http.post(
        f"{desk.url}{routes.POST_LOGIN}", data=form, headers=headers, allow_redirects=False
    ):
        await page.until(lambda b: deeds(b)[:1] == [f"failed to sign in as {name}"])


async def test_requests_and_who_asks_are_as_they_are_now(
    browsers: Browsers, seed: Seed, zoe: Person, yann: Person, name: str
) -> None:
    max_ = seed.person(BUYER, "Max")
    first, second = seed.tickets([(seed.person(BUYER), None)] * 2)
    doer, page = [await at(browsers, who, routes.ADMIN_REQUESTS, REQUESTS) for who in (zoe, yann)]
    asker = await browsers.visit(max_)
    form = {"number": first.number, "reason": "It is mine, too."}
    await asker.send(f"{STANDING}.ask", form_data=form)
    await page.until(lambda b: row_of(b, "requests", max_))

    account = await at(browsers, max_, routes.ACCOUNT, ACCOUNT)
    await account.send(f"{ACCOUNT}.rename", form_data={"name": name})
    await page.until(lambda b: row_of(b, "requests", max_)["name"] == name)

    refusal = {"deed": "refuse", "id": row_of(page, "requests", max_)["id"], "word": "Not yours."}
    await doer.send(f"{REQUESTS}.decide", form_data=refusal)
    await page.until(lambda b: row_of(b, "past_requests", max_).get("word") == "Not yours.")
    assert rows(page, "requests", max_) == []

    await asker.send(f"{STANDING}.ask", form_data={**form, "number": second.number})
    await page.until(lambda b: row_of(b, "requests", max_))
    there = await browsers.visit(zoe, second)
    who = {"person": str(max_.id), "may_read": "everyone"}
    await there.send(f"{MODERATION}.add", form_data=who)
    await page.until(lambda b: row_of(b, "requests", max_)["there"])
    await there.send(f"{MODERATION}.remove", person_id=str(max_.id))
    await page.until(lambda b: not row_of(b, "requests", max_)["there"])

    person = await at_page_of(browsers, zoe, max_)
    role = {"role": "seller", "was": "buyer"}
    await person.send(f"{PERSON}.change_role", form_data=role)
    await page.until(lambda b: row_of(b, "requests", max_)["role"] == "Seller")
    await there.send(
        f"{MODERATION}.wipe", form_data={"what": "ticket", "confirmation": second.number}
    )
    await page.until(lambda b: not row_of(b, "requests", max_)["exists"])


async def test_reports_and_what_they_are_of_are_as_they_are_now(
    browsers: Browsers, seed: Seed, zoe: Person, yann: Person
) -> None:
    bea, sol = seed.person(BUYER, "Bea"), seed.person(SELLER, "Sol")
    ticket = seed.ticket(bea, sol)
    doer, page = [await at(browsers, who, routes.ADMIN_REQUESTS, REQUESTS) for who in (zoe, yann)]
    theirs, hers = await browsers.visit(sol, ticket), await browsers.visit(bea, ticket)

    async def report(text: str) -> str:
        """Say it as the seller, report it as the buyer; return the report's id."""
        await theirs.say(text)
        for tab in (theirs, hers):
            await tab.until(lambda b: text in bodies(b))
        form = {"message": hers.lines[-1]["id"], "reason": "It hurts."}
        await hers.send(f"{STANDING}.report", form_data=form)
        await page.until(lambda b: text in [row["said"] for row in rows(b, "reports", sol)])
        return next(row["id"] for row in rows(page, "reports", sol) if row["said"] == text)

    def outcome(browser: RawBrowser, report_id: str) -> str:
        past = rows(browser, "past_reports", sol)
        return next((row["outcome"] for row in past if row["id"] == report_id), "")

    first = await report("You are a lamp")
    message = theirs.lines[-1]["id"]
    await theirs.send(f"{MESSAGE}.begin_edit", message_id=message)
    await theirs.send(
        f"{MESSAGE}.save_edit", form_data={"edited": message, "text": "You are a light"}
    )
    await page.until(lambda b: row_of(b, "reports", sol)["said"] == "You are a light")
    await doer.send(f"{REQUESTS}.dismiss", report_id=first)
    await page.until(lambda b: outcome(b, first) == "Dismissed")

    second = await report("And a cable")
    await doer.send(f"{REQUESTS}.decide", form_data={"deed": "delete", "id": second})
    await page.until(lambda b: outcome(b, second) == "Message deleted")
    await hers.until(lambda b: "And a cable" not in bodies(b))
    third = await report("And a plug")
    await doer.send(f"{REQUESTS}.decide", form_data={"deed": "block", "id": third})
    await page.until(lambda b: outcome(b, third) == "Person blocked")
    await page.until(lambda b: row_of(b, "past_reports", sol)["blocked"])
    await doer.send(f"{REQUESTS}.unblock", person_id=str(sol.id))
    await page.until(lambda b: not row_of(b, "past_reports", sol)["blocked"])


async def test_who_takes_part_and_what_was_said_is_so_in_the_ticket_that_another_has_open(
    browsers: Browsers, seed: Seed, zoe: Person, yann: Person
) -> None:
    bea, sol, gil = seed.person(BUYER), seed.person(SELLER), seed.person(SELLER, "Gil")
    ticket = seed.ticket(bea, sol)
    doer, page = [await browsers.visit(who, ticket) for who in (zoe, yann)]
    list_ = await browsers.visit(yann)

    def guest(browser: RawBrowser) -> bool | None:
        """Whether Gil reads only what is said to everyone; None if he takes no part."""
        people = browser.var(THREAD, "facts")["people"]
        return next((each["guest"] for each in people if each["name"] == "Gil"), None)

    who = {"person": str(gil.id), "may_read": "everyone"}
    await doer.send(f"{MODERATION}.add", form_data=who)
    await page.until(lambda b: guest(b) is True)
    await doer.send(f"{MODERATION}.let_read", person_id=str(gil.id), audience="staff")
    await page.until(lambda b: guest(b) is False)
    await doer.send(f"{MODERATION}.remove", person_id=str(gil.id))
    await page.until(lambda b: guest(b) is None)

    await doer.say("In the wrong place")
    await page.until(lambda b: "In the wrong place" in bodies(b))
    await doer.until(lambda b: "In the wrong place" in bodies(b))
    await doer.send(f"{MESSAGE}.delete_message", message_id=doer.lines[-1]["id"])
    await page.until(lambda b: b.lines[-1]["deleted"])
    await list_.until(lambda b: last_of(b, ticket) == "Message deleted")
    wiped = {"what": "chat", "confirmation": ticket.number}
    await doer.send(f"{MODERATION}.wipe", form_data=wiped)
    await page.until(lambda b: not any(line["kind"] == "message" for line in b.lines))
    await doer.send(f"{MODERATION}.wipe", form_data={**wiped, "what": "ticket"})
    await page.until(lambda b: b.var(THREAD, "missing"))
    await list_.until(lambda b: last_of(b, ticket) is None)


def last_of(browser: RawBrowser, ticket: SeededTicket) -> str | None:
    found = (row["last_text"] for row in browser.rows if row["number"] == ticket.number)
    return next(found, None)


async def test_teams_show_who_is_in_them_and_how_much_they_have_to_do(
    browsers: Browsers, seed: Seed, desk: Desk, zoe: Person, yann: Person, name: str
) -> None:
    page = await at(browsers, yann, routes.ADMIN_TEAMS, TEAMS)
    doer = await at(browsers, zoe, routes.ADMIN_TEAMS, TEAMS)
    await doer.send(f"{TEAMS}.submit", form_data={"id": "", "name": name})

    def team(browser: RawBrowser) -> dict[str, Any]:
        return next((t for t in browser.var(TEAMS, "teams") if t["name"] == name), {})

    def candidates(browser: RawBrowser) -> dict[str, str]:
        return {each["id"]: each["name"] for each in team(browser).get("candidates", ())}

    await page.until(team)
    made = team(page)["id"]
    account = await at(browsers, zoe, routes.ACCOUNT, ACCOUNT)
    await account.send(f"{ACCOUNT}.rename", form_data={"name": name})
    await page.until(lambda b: candidates(b).get(str(zoe.id)) == name)
    await doer.send(f"{TEAMS}.add_member", team_id=made, user_id=str(zoe.id))
    await page.until(lambda b: [each["name"] for each in team(b)["members"]] == [name])

    nora = seed.person(BUYER, "Nora")
    person = await at_page_of(browsers, zoe, nora)
    role = {"role": "admin", "was": "buyer"}
    await person.send(f"{PERSON}.change_role", form_data=role)
    await page.until(lambda b: candidates(b).get(str(nora.id)) == "Nora")

    ticket = seed.ticket(seed.person(BUYER))
    there = await browsers.visit(zoe, ticket)
    await there.send(f"{DETAILS}.choose_team", value=made)
    await page.until(lambda b: team(b)["open_tickets"] == 1)
    wiped = {"what": "ticket", "confirmation": ticket.number}
    await there.send(f"{MODERATION}.wipe", form_data=wiped)
    await page.until(lambda b: team(b)["open_tickets"] == 0)


async def test_the_tabs_count_exactly_at_the_second_admin(
    browsers: Browsers, seed: Seed, desk: Desk, zoe: Person, yann: Person, name: str
) -> None:
    max_, sia = seed.person(BUYER, "Max"), seed.person(SELLER, "Sia")
    buyer = seed.person(BUYER)
    ticket = seed.ticket(buyer)
    page = await at(browsers, yann, routes.ADMIN_AUDIT, AUDIT)
    doer = await at(browsers, zoe, routes.ADMIN_TEAMS, TEAMS)
    await page.until(lambda b: b.var(DASHBOARD, "counts", {}))

    def counts(browser: RawBrowser) -> dict[str, int]:
        """But for those of today, which are in `test_dashboard`."""
        found = browser.var(DASHBOARD, "counts")
        others = found.keys() - {"reports", "audit"}
        return {tab: int(found[tab].replace(",", "")) for tab in others}

    expected = counts(page)
    assert set(expected) == {"tickets", "users", "sellers", "requests", "teams", "settings"}

    async def comes_to(**more: int) -> None:
        for tab, number in more.items():
            expected[tab] += number
        await page.until(lambda b: counts(b) == expected)

    await sign_up(desk, name)
    await comes_to(users=1)
    person = await at_page_of(browsers, zoe, max_)
    role = {"role": "seller", "was": "buyer"}
    await person.send(f"{PERSON}.change_role", form_data=role)
    await comes_to(users=-1, sellers=1)
    await person.send(f"{PERSON}.deactivate")
    await comes_to(sellers=-1)
    await person.send(f"{PERSON}.reactivate")
    await comes_to(sellers=1)
    asker = await browsers.visit(sia)
    form = {"number": ticket.number, "reason": "It is mine, too."}
    await asker.send(f"{STANDING}.ask", form_data=form)
    await comes_to(requests=1)
    await doer.send(f"{TEAMS}.submit", form_data={"id": "", "name": name})
    await comes_to(teams=1)

    # And what is decided waits no more, nor is there what is gone.
    at_requests = await at(browsers, zoe, routes.ADMIN_REQUESTS, REQUESTS)
    refusal = {"deed": "refuse", "id": row_of(at_requests, "requests", sia)["id"], "word": "No."}
    await at_requests.send(f"{REQUESTS}.decide", form_data=refusal)
    await comes_to(requests=-1)
    hers = await browsers.visit(buyer, ticket)
    await (await browsers.visit(zoe, ticket)).say("You are a lamp.")
    await hers.until(lambda b: "You are a lamp." in bodies(b))
    report = {"message": hers.lines[-1]["id"], "reason": "It hurts."}
    await hers.send(f"{STANDING}.report", form_data=report)
    await comes_to(requests=1)
    await at_requests.until(lambda b: rows(b, "reports", zoe))
    reported = row_of(at_requests, "reports", zoe)["id"]
    await at_requests.send(f"{REQUESTS}.dismiss", report_id=reported)
    await comes_to(requests=-1)
    made = next(team["id"] for team in doer.var(TEAMS, "teams") if team["name"] == name)
    await doer.send(f"{TEAMS}.delete", team_id=made)
    await comes_to(teams=-1)
    await person.send(f"{PERSON}.erase", form_data={"confirm": "Max"})
    await comes_to(sellers=-1)


@pytest.mark.parametrize("what", ["log", "person"])
async def test_what_is_taken_home_appears_in_the_log_at_once(
    browsers: Browsers, http: aiohttp.ClientSession, seed: Seed, desk: Desk, yann: Person, what: str
) -> None:
    zoe, nora = seed.person(ADMIN, f"Zoe {what}"), seed.person(BUYER, "Nora")
    page = await at(browsers, yann, f"{routes.ADMIN_AUDIT}?person={zoe.id}", AUDIT)
    assert page.var(AUDIT, "entries") == []
    path = f"{routes.ADMIN_AUDIT}.csv" if what == "log" else routes.export_of(str(nora.id))
    headers = {"Cookie": f"{cookies.SESSION}={zoe.session}"}
    async with http.get(f"{desk.url}{path}", headers=headers) as answer:
        assert answer.status == 200
        await answer.read()
    await page.until(lambda b: b.var(AUDIT, "fresh") == "1 new")
    await page.send(f"{AUDIT}.show_new")
    await page.until(lambda b: "exported" in str(b.var(AUDIT, "entries")[:1]))
