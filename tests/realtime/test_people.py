"""What admins do to people, and what people call themselves, is so on all open screens at once."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from supportdesk import cookies, routes
from supportdesk.domain.actor import Role
from supportdesk.domain.ids import new_id
from supportdesk.domain.queries.people import initials
from tests.realtime.test_sessions_end import _is_out as is_out
from tests.support.browsers import Browsers, all_show, catch_up
from tests.support.desk import Desk
from tests.support.raw_browser import (
    ACCOUNT,
    DETAILS,
    FILTERS,
    INVITING,
    PERSON,
    REPORTS,
    SELLERS,
    SESSION,
    SETTINGS,
    THREAD,
    USERS,
    RawBrowser,
)
from tests.support.seed import ADMIN, BUYER, SELLER, Person, Seed


async def at(browsers: Browsers, who: Person, path: str, state: str) -> RawBrowser:
    browser = browsers.new(who)
    await browser.open(path)
    await browser.until(lambda b: b.var(state, "loaded"))
    await browser.settled()
    return browser


async def at_page_of(browsers: Browsers, admin: Person, person: Person) -> RawBrowser:
    return await at(browsers, admin, f"{routes.ADMIN_PEOPLE}/{person.id}", PERSON)


def listed(browser: RawBrowser, state: str = USERS) -> dict[str, dict[str, Any]]:
    return {row["name"]: row for row in browser.var(state, "people", [])}


async def sign_up(desk: Desk, name: str) -> str:
    """Return the token of the new session, which no other browser of these tests keeps."""
    address = f"{name.split()[1]}@new.test"
    form = {"name": name, "email": address, "password": "a lamp that flickers"}
    async with (
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http,
        http.post(
            desk.url + routes.POST_SIGNUP,
            data=form,
            headers={"Origin": desk.url},
            allow_redirects=False,
        ) as response,
    ):
        return response.cookies[cookies.SESSION].value


@pytest.fixture
def name() -> str:
    return f"Called {new_id().hex[-8:]}"


DEEDS: dict[str, tuple[str, dict[str, Any]]] = {
    "another role": ("change_role", {"form_data": {"role": "admin", "was": "buyer"}}),
    "deactivated": ("deactivate", {}),
    "all sessions ended": ("end_sessions", {}),
}


ELSEWHERE = {
    BUYER: ((routes.ACCOUNT, ACCOUNT),),
    SELLER: ((routes.ACCOUNT, ACCOUNT),),
    ADMIN: (
        (routes.ACCOUNT, ACCOUNT),
        (routes.ADMIN_SETTINGS, SETTINGS),
        (routes.ADMIN_REPORTS, REPORTS),
    ),
}


@pytest.mark.parametrize("role", ELSEWHERE)
@pytest.mark.parametrize("how", DEEDS)
async def test_all_tabs_of_whom_it_is_done_to_leave_at_once(
    browsers: Browsers, seed: Seed, how: str, role: Role
) -> None:
    person, ada = seed.person(role), seed.person(ADMIN)
    tabs = [await browsers.visit(person), await browsers.visit(seed.session_of(person))]
    tabs += [await at(browsers, person, path, state) for path, state in ELSEWHERE[role]]
    admin = await at_page_of(browsers, ada, person)
    other = await browsers.visit(seed.person(role))
    handler, payload = DEEDS[how]
    if handler == "change_role":
        becomes = "seller" if role is ADMIN else "admin"
        payload = {"form_data": {"role": becomes, "was": role.value}}
    await admin.send(f"{PERSON}.{handler}", **payload)
    for tab in tabs:
        await tab.until(lambda b: any(path.startswith(routes.LOGIN) for path in b.left_for))
    await admin.until(lambda b: b.var(PERSON, "person")["sessions"] == [])
    assert admin.var(PERSON, "problem") == ""
    if how == "deactivated":
        await admin.until(lambda b: not b.var(PERSON, "person")["active"])
        assert admin.var(PERSON, "presence") == ""
    assert other.left_for == []


async def test_one_session_ends_and_nothing_more_reaches_its_tabs(
    browsers: Browsers, seed: Seed
) -> None:
    bea, sol, ada = seed.person(BUYER), seed.person(SELLER), seed.person(ADMIN)
    ticket = seed.ticket(bea, sol)
    stays = await browsers.visit(bea, ticket)
    admin = await at_page_of(browsers, ada, bea)
    (kept,) = admin.var(PERSON, "person")["sessions"]
    leaves = await browsers.visit(seed.session_of(bea), ticket)
    await admin.send(f"{PERSON}.reread")
    await admin.until(lambda b: len(b.var(PERSON, "person")["sessions"]) == 2)
    sessions = admin.var(PERSON, "person")["sessions"]
    (ended,) = [each["id"] for each in sessions if each["id"] != kept["id"]]
    await admin.send(f"{PERSON}.end_session", session_id=ended)
    watching = await browsers.visit(sol, ticket)
    await is_out(leaves, watching)
    await all_show(await catch_up(watching), [stays])
    assert stays.left_for == []


async def test_a_new_name_is_on_every_screen_that_shows_the_person(
    browsers: Browsers, seed: Seed, name: str
) -> None:
    bea, sol, ada = seed.person(BUYER, "Bea"), seed.person(SELLER, "Sol"), seed.person(ADMIN)
    ticket = seed.ticket(bea, sol, messages=4)
    tabs = [await browsers.visit(person, ticket) for person in (bea, sol, ada)]
    lists = [await browsers.visit(person) for person in (sol, ada)]
    user = await at_page_of(browsers, ada, bea)
    account = await at(browsers, bea, routes.ACCOUNT, ACCOUNT)
    await account.send(f"{ACCOUNT}.rename", form_data={"name": name})
    for tab in tabs:
        await tab.until(lambda b: name in [line["name"] for line in b.lines])
        await tab.until(lambda b: name in [p["name"] for p in b.var(THREAD, "facts")["people"]])
        assert "Bea" not in [line["name"] for line in tab.lines]
    for tab in lists:
        await tab.until(lambda b: initials(name) in [row["avatar"] for row in b.rows])
    await lists[0].until(lambda b: b.rows[0]["party"] == name)
    for tab in (tabs[0], account):
        await tab.until(lambda b: b.var(SESSION, "me_name") == name)
    await user.until(lambda b: b.var(PERSON, "person")["name"] == name)


async def test_an_admin_with_another_name_is_offered_and_assigned_by_it(
    browsers: Browsers, seed: Seed, name: str
) -> None:
    bea, sol = seed.person(BUYER), seed.person(SELLER)
    ada, zoe = seed.person(ADMIN), seed.person(ADMIN, "Zoe")
    ticket = seed.ticket(bea, sol)
    open_, buyer = await browsers.visit(ada, ticket), await browsers.visit(bea, ticket)
    await open_.send(f"{DETAILS}.open_details")
    await open_.send(f"{DETAILS}.choose_assignee", value=str(zoe.id))
    for tab in (open_, buyer):
        await tab.until(lambda b: b.var(THREAD, "facts")["assignee"] == "Zoe")
    account = await at(browsers, zoe, routes.ACCOUNT, ACCOUNT)
    await account.send(f"{ACCOUNT}.rename", form_data={"name": name})
    for tab in (open_, buyer):
        await tab.until(lambda b: b.var(THREAD, "facts")["assignee"] == name)
        await tab.until(lambda b: b.rows[0]["assignee"] == name)
    await open_.until(lambda b: name in [each["name"] for each in b.var(FILTERS, "assignees")])


async def test_the_list_shows_who_comes_who_is_there_and_what_they_are(
    browsers: Browsers, seed: Seed, desk: Desk, name: str
) -> None:
    ada = seed.person(ADMIN)
    users = await at(browsers, ada, f"{routes.ADMIN_USERS}?q={name.split()[1]}", USERS)
    sellers = await at(browsers, ada, f"{routes.ADMIN_SELLERS}?q={name.split()[1]}", SELLERS)
    assert listed(users) == {}
    session = await sign_up(desk, name)
    await users.until(lambda b: name in listed(b))
    row = listed(users)[name]
    assert (row["role"], row["presence"], row["tickets"]) == ("buyer", "", 0)

    theirs = browsers.new(Person(ada.actor, name, session))
    await theirs.visit(routes.tickets("buyer"))
    await users.until(lambda b: listed(b)[name]["presence"] == "online")

    page = await at(browsers, ada, f"{routes.ADMIN_PEOPLE}/{row['id']}", PERSON)
    assert page.var(PERSON, "presence") == "online"
    await page.send(f"{PERSON}.change_role", form_data={"role": "seller", "was": "buyer"})
    await users.until(lambda b: name not in listed(b))
    await sellers.until(lambda b: name in listed(b, SELLERS))
    await page.send(f"{PERSON}.deactivate")
    await sellers.until(lambda b: not listed(b, SELLERS)[name]["active"])


async def test_an_invitation_is_listed_for_all_admins_until_it_is_taken_back(
    browsers: Browsers, seed: Seed, name: str
) -> None:
    zoe, yann = [
        await at(browsers, seed.person(ADMIN), routes.ADMIN_USERS, USERS) for _ in range(2)
    ]
    await zoe.send(f"{INVITING}.invite", form_data={"role": "seller", "name": name})

    def waiting(browser: RawBrowser) -> list[str]:
        found = browser.var(USERS, "invitations", [])
        return [each["id"] for each in found if each["name"] == name]

    for tab in (zoe, yann):
        await tab.until(waiting)
    await zoe.until(lambda b: "/invite?token=" in str(b.events))
    assert "/invite?token=" not in str(yann.frames) + str(zoe.state)
    await yann.send(f"{INVITING}.revoke", invitation_id=waiting(yann)[0])
    for tab in (zoe, yann):
        await tab.until(lambda b: not waiting(b))


async def test_who_chooses_second_is_told_what_the_person_is_now(
    browsers: Browsers, seed: Seed
) -> None:
    person = seed.person(BUYER, "Nora")
    zoe, yann = [await at_page_of(browsers, seed.person(ADMIN), person) for _ in range(2)]
    await zoe.send(f"{PERSON}.change_role", form_data={"role": "seller", "was": "buyer"})
    await yann.until(lambda b: b.var(PERSON, "person")["role"] == "seller")
    await yann.send(f"{PERSON}.change_role", form_data={"role": "admin", "was": "buyer"})
    await yann.until(lambda b: "Nora has just been made a seller" in b.var(PERSON, "problem"))


async def test_notes_and_links_are_known_to_every_admin_on_the_page(
    browsers: Browsers, seed: Seed
) -> None:
    person = seed.person(BUYER, "Nora")
    zoe, yann = [await at_page_of(browsers, seed.person(ADMIN), person) for _ in range(2)]
    await zoe.send(f"{PERSON}.add_note", form_data={"note": "Pays late."})
    await yann.until(lambda b: [n["body"] for n in b.var(PERSON, "person")["notes"]])
    (note,) = yann.var(PERSON, "person")["notes"]
    await yann.send(f"{PERSON}.delete_note", note_id=note["id"])
    await zoe.send(f"{PERSON}.make_reset_link")
    for tab in (zoe, yann):
        await tab.until(lambda b: b.var(PERSON, "person")["notes"] == [])
        await tab.until(lambda b: b.var(PERSON, "person")["reset_expires_at"])
    await zoe.until(lambda b: "/reset-password?token=" in str(b.events))
    assert "/reset-password?token=" not in str(yann.frames) + str(zoe.state)
    await yann.send(f"{PERSON}.withdraw_reset_link")
    for tab in (zoe, yann):
        await tab.until(lambda b: b.var(PERSON, "person")["reset_expires_at"] == "")


@pytest.mark.parametrize("role", [BUYER, SELLER])
async def test_who_is_no_admin_neither_reads_nor_does_any_of_it(
    browsers: Browsers, seed: Seed, role: Role, name: str
) -> None:
    target = seed.person(BUYER, name)
    admin = await at_page_of(browsers, seed.person(ADMIN), target)
    stranger = browsers.new(seed.person(role))
    for path in (routes.ADMIN_USERS, routes.ADMIN_SELLERS, f"{routes.ADMIN_PEOPLE}/{target.id}"):
        await stranger.open(path)
        await stranger.until(lambda b: b.left_for)
        for state in (USERS, SELLERS, PERSON):
            await stranger.send(f"{state}.reread")
        for handler, payload in DEEDS.values():
            await stranger.send(f"{PERSON}.{handler}", **payload)
        await stranger.send(f"{PERSON}.make_reset_link")
        await stranger.send(f"{PERSON}.add_note", form_data={"note": "planted"})
        await stranger.send(f"{INVITING}.invite", form_data={"role": "admin", "name": "planted"})
        await stranger.until(lambda b: "Only admins" in str(b.var(INVITING, "errors")))
        await stranger.close()
    await admin.send(f"{PERSON}.add_note", form_data={"note": "After all of it."})
    await admin.until(lambda b: b.var(PERSON, "person")["notes"])
    person = admin.var(PERSON, "person")
    assert [note["body"] for note in person["notes"]] == ["After all of it."]
    assert (person["role"], person["active"], person["reset_expires_at"]) == ("buyer", True, "")
    heard = str(stranger.frames)
    assert name not in heard
    assert "token=" not in heard
    assert "@seed.test" not in heard.replace(f"{stranger.var(SESSION, 'me_email')}", "")
