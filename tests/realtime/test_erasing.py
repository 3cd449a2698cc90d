"""Somebody is erased: their screens go to sign-in, all others call them by another name at once."""

from __future__ import annotations

import aiohttp
import psycopg
import pytest

from supportdesk import routes
from supportdesk.domain.ids import new_id
from supportdesk.domain.queries.people import initials
from tests.realtime.test_people import at, at_page_of, listed
from tests.realtime.test_presence import is_, standing
from tests.support.browsers import Browsers
from tests.support.desk import Desk, running_beside
from tests.support.raw_browser import DETAILS, PERSON, THREAD, USERS, RawBrowser
from tests.support.seed import ADMIN, BUYER, SELLER, Person, Seed

GONE = {"state": "offline", "seen_at": "", "here": False}


@pytest.fixture
def name() -> str:
    return f"Quill {new_id().hex[-8:]}"


def erased(person: Person) -> str:
    return f"Erased person {str(person.id)[-4:].upper()}"


async def erase(admin: RawBrowser, typed: str) -> None:
    await admin.send(f"{PERSON}.erase", form_data={"confirm": typed})


async def test_their_tabs_leave_and_every_other_screen_has_another_name_at_once(
    browsers: Browsers, seed: Seed, name: str
) -> None:
    bea, sol, ada = seed.person(BUYER, name), seed.person(SELLER, "Sol"), seed.person(ADMIN)
    ticket, becomes = seed.ticket(bea, sol, messages=4), erased(bea)
    theirs = [await browsers.visit(bea, ticket), await browsers.visit(seed.session_of(bea))]
    tabs = [await browsers.visit(person, ticket) for person in (sol, ada)]
    await tabs[0].say(f"Dear @{name}!")
    for tab in tabs:
        await tab.until(lambda b: f"@{name}<" in said(b))
    list_ = await browsers.visit(sol)
    pages = [await at_page_of(browsers, each, bea) for each in (ada, seed.person(ADMIN))]
    users = await at(browsers, ada, f"{routes.ADMIN_USERS}?q={bea.id}", USERS)
    await users.until(lambda b: name in listed(b))

    await erase(pages[0], "somebody else")
    await pages[0].until(lambda b: "confirm" in b.var(PERSON, "confirm_error"))
    await erase(pages[0], name)
    for tab in theirs:
        await tab.until(lambda b: any(path.startswith(routes.LOGIN) for path in b.left_for))
    for tab in tabs:
        await tab.until(lambda b: becomes in [line["name"] for line in b.lines])
        await tab.until(lambda b: f"@{becomes}<" in said(b))
        await tab.until(lambda b: becomes in [p["name"] for p in b.var(THREAD, "facts")["people"]])
        assert name not in said(tab)
    await list_.until(lambda b: b.rows[0]["party"] == becomes)
    await list_.until(lambda b: initials(becomes) in [row["avatar"] for row in b.rows])
    for page in pages:
        await page.until(lambda b: b.var(PERSON, "person")["erased_at"] != "")
        assert page.var(PERSON, "person")["name"] == becomes
        assert name not in str(page.var(PERSON, "person"))
    await users.until(lambda b: listed(b).get(becomes, {}).get("erased") is True)


async def test_nobody_is_told_any_more_when_they_were_last_here(
    browsers: Browsers, seed: Seed, name: str
) -> None:
    bea, sol, ada = seed.person(BUYER, name), seed.person(SELLER, "Sol"), seed.person(ADMIN)
    ticket = seed.ticket(bea, sol)
    theirs = await browsers.visit(bea, ticket)
    tabs = [await browsers.visit(person, ticket) for person in (sol, ada)]
    await is_(tabs[0], bea, "online", here=True)
    await theirs.close()
    for tab in tabs:
        await tab.until(lambda b: standing(b, bea).get("seen_at"))
    await erase(await at_page_of(browsers, ada, bea), name)
    for tab in tabs:
        await tab.until(lambda b: standing(b, bea) == GONE)
    later = await browsers.visit(sol, ticket)
    await later.until(lambda b: standing(b, bea) == GONE)


def said(tab: RawBrowser) -> str:
    return "\n".join(f"{line['name']}: {line['body']}{line['html']}" for line in tab.lines)


async def test_the_line_that_tells_of_an_erased_assignee_is_another(
    browsers: Browsers, seed: Seed, name: str
) -> None:
    bea, sol = seed.person(BUYER), seed.person(SELLER)
    ada, gone = seed.person(ADMIN), seed.person(ADMIN, name)
    ticket = seed.ticket(bea, sol)
    buyer, admin = await browsers.visit(bea, ticket), await browsers.visit(ada, ticket)
    await admin.send(f"{DETAILS}.choose_assignee", value=str(gone.id))
    await buyer.until(lambda b: f"set assignee to {name}" in [line["body"] for line in b.lines])
    await erase(await at_page_of(browsers, ada, gone), name)
    for tab in (buyer, admin):
        await tab.until(lambda b: f"set assignee to {erased(gone)}" in said(b))


async def test_it_is_so_at_another_server_too(
    browsers: Browsers, seed: Seed, desk: Desk, http: aiohttp.ClientSession, name: str
) -> None:
    bea, sol, ada = seed.person(BUYER, name), seed.person(SELLER), seed.person(ADMIN)
    ticket = seed.ticket(bea, sol, messages=2)
    with running_beside(desk) as beside:
        admin = await at_page_of(browsers, ada, bea)
        there = Browsers(http, beside)
        theirs, peer = await there.visit(bea, ticket), await there.visit(sol, ticket)
        await erase(admin, name)
        await theirs.until(lambda b: any(path.startswith(routes.LOGIN) for path in b.left_for))
        await peer.until(lambda b: erased(bea) in [line["name"] for line in b.lines])
        await there.close()


async def test_the_slower_of_two_admins_is_told_and_when_somebody_has_left_nothing_is_seen_of_them(
    browsers: Browsers, seed: Seed, desk: Desk, name: str
) -> None:
    bea = seed.person(BUYER, name)
    theirs = await browsers.visit(bea)
    here, there = [await at_page_of(browsers, seed.person(ADMIN), bea) for _ in range(2)]
    await erase(here, name)
    await here.until(lambda b: b.var(PERSON, "person")["erased_at"] != "")
    await erase(there, name)
    await there.until(lambda b: "already" in b.var(PERSON, "problem"))
    await theirs.until(lambda b: b.left_for != [])
    await theirs.close()
    await here.until(lambda b: b.var(PERSON, "presence") in ("", "offline"))
    with psycopg.connect(desk.owner_url) as connection:
        seen = "SELECT count(*) FROM last_seen WHERE user_id = %s"
        assert connection.execute(seen, [bea.id]).fetchone() == (0,)
