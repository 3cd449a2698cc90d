"""Who is let in, put out, blocked or reported: on whose screens it shows, and on whose it does not.

What guests must not hear, who read only what is said to everyone, is looked for in every frame that
they were sent.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator

import aiohttp
import pytest

from supportdesk import routes
from tests.realtime.test_notifications import counts_told
from tests.realtime.test_presence import is_
from tests.realtime.test_typing import types, typing
from tests.support.browsers import Browsers, all_show, bodies, catch_up, heard, shows
from tests.support.desk import Desk, running_beside
from tests.support.raw_browser import (
    DASHBOARD,
    MODERATION,
    NOTIFICATIONS,
    REQUESTS,
    STANDING,
    THREAD,
    RawBrowser,
)
from tests.support.seed import ADMIN, BUYER, SELLER, Person, Seed, SeededTicket


@pytest.fixture(scope="module")
def second(desk: Desk) -> Iterator[Desk]:
    with running_beside(desk) as running:
        yield running


@pytest.fixture
async def there(http: aiohttp.ClientSession, second: Desk) -> AsyncIterator[Browsers]:
    """Browsers at another server process."""
    opened = Browsers(http, second)
    yield opened
    await opened.close()


async def add(admin: RawBrowser, person: Person, audience: str = "everyone") -> None:
    form = {"person": str(person.id), "may_read": audience}
    await admin.send(f"{MODERATION}.add", form_data=form)


async def let_read(admin: RawBrowser, person: Person, audience: str) -> None:
    await admin.send(f"{MODERATION}.let_read", person_id=str(person.id), audience=audience)


async def remove(admin: RawBrowser, person: Person) -> None:
    await admin.send(f"{MODERATION}.remove", person_id=str(person.id))


async def at_requests(browsers: Browsers, seed: Seed, name: str = "Ada") -> RawBrowser:
    browser = browsers.new(seed.person(ADMIN, name))
    await browser.open(routes.ADMIN_REQUESTS)
    await browser.until(lambda b: b.var(REQUESTS, "loaded"))
    return browser


def of(browser: RawBrowser, what: str, who: Person) -> list[dict]:
    """The requests, or reports, that concern that person on the admins' page."""
    return [row for row in browser.var(REQUESTS, what, []) if row["person_id"] == str(who.id)]


def asked(browser: RawBrowser, name: str) -> list[str]:
    """That of each request of one's own."""
    return [row[name] for row in browser.var(STANDING, "requests", [])]


def told(browser: RawBrowser, since: int = 0) -> str:
    return "".join(frame for _, frame in browser.frames[since:])


def there_is(browser: RawBrowser, ticket: SeededTicket) -> bool:
    return any(row["number"] == ticket.number for row in browser.rows)


class Room:
    """bea's ticket to sol, open at both, at an admin, and at a seller who is a guest in it."""

    def __init__(self, ticket: SeededTicket, guest: Person, at: list[RawBrowser]) -> None:
        self.ticket, self.guest = ticket, guest
        self.at_bea, self.at_sol, self.at_ada, self.at_guest = at


@pytest.fixture
async def room(seed: Seed, browsers: Browsers, there: Browsers) -> Room:
    bea, sol, ada = seed.person(BUYER, "Bea"), seed.person(SELLER, "Sol"), seed.person(ADMIN, "Ada")
    guest = seed.person(SELLER, "Gil")
    ticket = seed.ticket(bea, sol)
    at = await asyncio.gather(*(browsers.visit(person, ticket) for person in (bea, sol, ada)))
    at_guest = await there.visit(guest, ticket)
    await at_guest.until(lambda b: b.var(THREAD, "missing"))
    await add(at[2], guest)
    await at_guest.until(lambda b: b.var(THREAD, "facts")["number"] == ticket.number)
    await at_guest.until(lambda b: there_is(b, ticket))
    for browser in (*at, at_guest):
        await catch_up(browser)
    for browser in (*at, at_guest):  # Who is there is told a moment after they came, or wrote.
        for person in (bea, sol, guest):
            await is_(browser, person, "online", here=True)
        await is_(browser, ada, "online", here=browser is at[2])
    return Room(ticket, guest, [*at, at_guest])


async def test_what_the_staff_says_types_and_notes_reaches_no_guest(room: Room) -> None:
    since = len(room.at_guest.frames)
    await types(room.at_sol, "staff")
    await room.at_ada.until(lambda b: typing(b) == ["Sol"])
    await room.at_sol.say("Between the two of us", "staff")
    await all_show("Between the two of us", [room.at_sol, room.at_ada])
    last = await catch_up(room.at_guest)
    assert heard(room.at_guest, since, last) == []
    assert "Between the two of us" not in told(room.at_guest)
    assert '"typing_rx_state_":[{' not in told(room.at_guest, since)
    await types(room.at_sol)
    await room.at_guest.until(lambda b: typing(b) == ["Sol"])
    await room.at_sol.say("For all")
    await all_show("For all", [room.at_bea, room.at_guest, room.at_ada])


async def test_what_a_guest_says_to_the_staff_is_refused_and_typing_to_it_tells_nobody(
    room: Room,
) -> None:
    await types(room.at_guest, "staff")
    await types(room.at_guest)
    await room.at_sol.until(lambda b: typing(b) == ["Gil"])
    sent = await room.at_guest.say("Planted", "staff")
    await room.at_guest.until(lambda b: "cannot write to this audience" in b.refused.get(sent, ""))
    await catch_up(room.at_guest)
    assert "Planted" not in told(room.at_sol)


async def test_a_guest_is_called_to_no_staff_note_and_counts_none(
    room: Room, seed: Seed, there: Browsers
) -> None:
    elsewhere = await there.visit(room.guest)
    await elsewhere.until(lambda b: there_is(b, room.ticket))
    await elsewhere.until(counts_told)
    before = elsewhere.var(NOTIFICATIONS, "unread", 0)
    await room.at_guest.look("hidden")
    await room.at_sol.say("@Gil, a note", "staff")
    await all_show("@Gil, a note", [room.at_ada])
    await room.at_sol.say("@Gil, hello")
    await elsewhere.until(lambda b: shows(b, "@Gil, hello"))
    await elsewhere.until(lambda b: b.var(NOTIFICATIONS, "unread", 0) > before)
    assert elsewhere.var(NOTIFICATIONS, "unread") == before + 1
    await elsewhere.until(lambda b: b.unread(room.ticket.number) == 1)


async def test_who_is_let_read_more_has_it_at_once_and_who_is_let_read_less_loses_it(
    room: Room,
) -> None:
    await room.at_sol.say("From before", "staff")
    await all_show("From before", [room.at_ada])
    await let_read(room.at_ada, room.guest, "staff")
    await room.at_guest.until(lambda b: "From before" in bodies(b))
    await room.at_sol.say("A second one", "staff")
    await all_show("A second one", [room.at_sol, room.at_guest, room.at_ada])
    await let_read(room.at_ada, room.guest, "everyone")
    await room.at_guest.until(lambda b: "From before" not in bodies(b))
    assert "A second one" not in bodies(room.at_guest)
    await room.at_guest.until(lambda b: not shows(b, "A second one"))
    since = len(room.at_guest.frames)
    await room.at_sol.say("A third one", "staff")
    await all_show("A third one", [room.at_sol, room.at_ada])
    await catch_up(room.at_guest)
    assert "A third one" not in told(room.at_guest, since)


async def test_two_who_read_so_far_hear_the_same_and_two_who_do_not_do_not(
    room: Room, seed: Seed, browsers: Browsers
) -> None:
    """At one process, in one role: what one may read is not shared with the other."""
    reader, guest = seed.person(SELLER, "Rea"), seed.person(SELLER, "Gus")
    for person, audience in ((reader, "staff"), (guest, "everyone")):
        await add(room.at_ada, person, audience)
        await room.at_ada.until(
            lambda b, name=person.name: name in str(b.var(THREAD, "facts")["people"])
        )
    at_guest = await browsers.visit(guest, room.ticket)
    at_reader = await browsers.visit(reader, room.ticket)
    again = await browsers.visit(guest, room.ticket)
    await room.at_sol.say("Only for some", "staff")
    await all_show("Only for some", [at_reader, room.at_sol, room.at_ada])
    for browser in (at_guest, again, room.at_guest):
        await catch_up(browser)
        assert "Only for some" not in told(browser)
    assert at_guest.var(THREAD, "facts")["circle"] == "guests"
    assert at_reader.var(THREAD, "facts")["circle"] == "sellers"


async def test_who_is_put_out_loses_the_conversation_and_the_row_at_once(room: Room) -> None:
    await remove(room.at_ada, room.guest)
    await room.at_guest.until(lambda b: b.var(THREAD, "missing"))
    await room.at_guest.until(lambda b: not there_is(b, room.ticket))
    assert room.at_guest.lines == []
    assert room.at_guest.var(THREAD, "facts")["subject"] == ""
    since = len(room.at_guest.frames)
    await room.at_sol.say("Among ourselves")
    await all_show("Among ourselves", [room.at_bea, room.at_sol, room.at_ada])
    await room.at_guest.settled()
    assert "Among ourselves" not in told(room.at_guest, since)
    for browser in (room.at_bea, room.at_sol, room.at_ada):
        assert "removed Gil" in bodies(browser)
        assert "Gil" not in str(browser.var(THREAD, "facts")["people"])


async def test_a_request_shows_at_once_to_the_admins_and_the_answer_to_who_asked(
    seed: Seed, browsers: Browsers, there: Browsers
) -> None:
    bea, max_, ben = (seed.person(BUYER, name) for name in ("Bea", "Max", "Ben"))
    ticket = seed.ticket(bea)
    bens = seed.ticket(ben)
    ada, abe = await at_requests(browsers, seed), await at_requests(there, seed, "Abe")
    at_max, elsewhere = await browsers.visit(max_, ticket), await there.visit(max_)
    at_ben, at_bea = await browsers.visit(ben, bens), await browsers.visit(bea, ticket)
    for browser in (at_ben, at_bea):  # That they are there is told a moment after they came.
        await browser.until(lambda b: '"here": true' in json.dumps(b.var(THREAD, "presence")))
        await catch_up(browser)
    since = {browser: len(browser.frames) for browser in (at_ben, at_bea)}
    waiting = ada.var(DASHBOARD, "counts", {}).get("requests")
    form = {"number": ticket.number, "reason": "It is mine, too."}
    await at_max.send(f"{STANDING}.ask", form_data=form)
    for browser in (ada, abe):
        await browser.until(lambda b: of(b, "requests", max_))
        await browser.until(lambda b: b.var(DASHBOARD, "counts", {}).get("requests") != waiting)
    await elsewhere.until(lambda b: asked(b, "state") == ["waiting"])
    for browser in (at_ben, at_bea):
        assert heard(browser, since[browser], await catch_up(browser)) == []

    (row,) = of(ada, "requests", max_)
    decision = {"deed": "accept", "id": row["id"], "may_read": "everyone"}
    await ada.send(f"{REQUESTS}.decide", form_data=decision)
    await at_max.until(lambda b: b.var(THREAD, "facts")["number"] == ticket.number)
    await elsewhere.until(lambda b: there_is(b, ticket))
    await elsewhere.until(lambda b: any(asked(b, "href")))
    await abe.until(lambda b: of(b, "past_requests", max_) and not of(b, "requests", max_))
    await abe.send(f"{REQUESTS}.decide", form_data={**decision, "deed": "refuse"})
    await abe.until(lambda b: "Ada was faster" in b.var(REQUESTS, "decision_error"))


async def test_who_is_blocked_is_told_so_on_all_tabs_until_it_is_lifted(
    room: Room, seed: Seed, browsers: Browsers, there: Browsers
) -> None:
    elsewhere = await browsers.visit(room.guest)
    await room.at_ada.send(f"{MODERATION}.block", person_id=str(room.guest.id))
    for browser in (room.at_guest, elsewhere):
        await browser.until(lambda b: b.var(STANDING, "blocked"))
    sent = await room.at_guest.say("Let me")
    await room.at_guest.until(lambda b: "read, but not write" in b.refused.get(sent, ""))
    admin = await at_requests(browsers, seed)
    await admin.send(f"{REQUESTS}.unblock", person_id=str(room.guest.id))
    for browser in (room.at_guest, elsewhere):
        await browser.until(lambda b: not b.var(STANDING, "blocked"))
    await catch_up(room.at_guest)


async def test_who_is_reported_hears_nothing_and_who_reported_sees_that_they_did(
    room: Room, seed: Seed, browsers: Browsers
) -> None:
    admin = await at_requests(browsers, seed)
    await room.at_sol.say("You are a lamp")
    await all_show("You are a lamp", [room.at_bea, room.at_sol, room.at_guest, room.at_ada])
    line = next(line for line in room.at_bea.lines if line["body"] == "You are a lamp")
    others = (room.at_sol, room.at_guest)
    since = {browser: len(browser.frames) for browser in others}
    form = {"message": line["id"], "reason": "It hurts."}
    await room.at_bea.send(f"{STANDING}.report", form_data=form)
    await room.at_bea.until(lambda b: b.var(STANDING, "reported") == [line["id"]])
    await admin.until(
        lambda b: any(r["said"] == "You are a lamp" for r in b.var(REQUESTS, "reports"))
    )
    (row,) = [r for r in admin.var(REQUESTS, "reports") if r["said"] == "You are a lamp"]
    await admin.until(lambda b: b.var(NOTIFICATIONS, "unread", 0) > 0)
    await admin.send(f"{REQUESTS}.dismiss", report_id=row["id"])
    await admin.until(lambda b: not any(r["id"] == row["id"] for r in b.var(REQUESTS, "reports")))
    for browser in others:
        assert heard(browser, since[browser], await catch_up(browser)) == []
        assert "It hurts." not in told(browser)


@pytest.mark.parametrize("what", ["chat", "ticket"])
async def test_what_is_deleted_is_gone_from_all_screens_at_all_processes(
    room: Room, what: str
) -> None:
    form = {"what": what, "confirmation": room.ticket.number}
    await room.at_ada.send(f"{MODERATION}.wipe", form_data=form)
    for browser in (room.at_bea, room.at_sol, room.at_guest, room.at_ada):
        if what == "chat":
            await browser.until(lambda b: bodies(b)[-1:] == ["deleted all messages"])
            await browser.until(lambda b: not any(line["kind"] == "message" for line in b.lines))
        else:
            await browser.until(lambda b: b.var(THREAD, "missing"))
            await browser.until(lambda b: not there_is(b, room.ticket))
    if what == "chat":
        await all_show(await catch_up(room.at_guest), [room.at_bea, room.at_sol, room.at_ada])
