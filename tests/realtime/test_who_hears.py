"""Exactly the people whom a change concerns hear of it, each kind of change, and nobody else does.

That somebody heard nothing is shown by what they hear next: see `catch_up`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import aiohttp
import psycopg
import pytest

from supportdesk.domain.ids import new_id
from tests.support.browsers import Browsers, all_show, catch_up, heard, shows
from tests.support.desk import Desk
from tests.support.raw_browser import DETAILS, INBOX, NEW_TICKET, THREAD, RawBrowser
from tests.support.seed import ADMIN, BUYER, SELLER, Person, Seed, SeededTicket

BEA, SOL, ADA = "the buyer", "the seller", "an admin"
BEN, SIA, ABE = "another buyer", "another seller", "an admin with another ticket open"
EVERYBODY = {BEA, SOL, ADA, BEN, SIA, ABE}
PARTIES, STAFF, ADMINS = {BEA, SOL, ADA, ABE}, {SOL, ADA, ABE}, {ADA, ABE}

INBOX_TOTAL = (INBOX, "total")
Sign = Callable[[RawBrowser], object]


@dataclass
class Room:
    """bea's ticket to sol, open at bea, sol and ada; the others have another ticket open."""

    ticket: SeededTicket
    bens: SeededTicket
    people: dict[str, Person]
    at: dict[str, RawBrowser]

    async def only(self, hearing: set[str], act: Awaitable[object], sign: Sign) -> None:
        """Do something; these people see the sign of it, and nobody else is told anything."""
        before = {who: len(browser.frames) for who, browser in self.at.items()}
        await act
        for who in hearing:
            await self.at[who].until(sign)
        for who in EVERYBODY - hearing:
            last = await catch_up(self.at[who])
            assert heard(self.at[who], before[who], last) == [], who

    async def say(self, who: str, text: str, audience: str = "everyone") -> None:
        await self.at[who].say(text, audience)
        await self.at[who].settled()

    def fact(self, name: str, value: str) -> Sign:
        """Whether the list, and the details where the ticket is open, say so."""

        def told(browser: RawBrowser) -> bool:
            row = next(row for row in browser.rows if row["number"] == self.ticket.number)
            facts = browser.var(THREAD, "facts")
            return row[name] == value and (
                facts["number"] != self.ticket.number or facts[name] == value
            )

        return told

    def open_fact(self, name: str, holds: Callable[[Any], bool]) -> Sign:
        """Whether the details say so, where the ticket is open."""

        def told(browser: RawBrowser) -> bool:
            facts = browser.var(THREAD, "facts")
            return facts["number"] != self.ticket.number or holds(facts[name])

        return told


def everybody_is_here(browser: RawBrowser, *, admins: bool = True) -> bool:
    """Whether that screen says of all people of its ticket that they look at it, and of admins
    only where it may."""
    people = browser.var(THREAD, "facts")["people"]
    here = {each["id"]: admins or each["role"] != ADMIN.label for each in people}
    told = {id_: {"state": "online", "seen_at": "", "here": here[id_]} for id_ in here}
    admins_told = bool(browser.var(THREAD, "admins_here"))
    return browser.var(THREAD, "presence") == told and admins_told is admins


def all_but_admins_are_here(browser: RawBrowser) -> bool:
    return everybody_is_here(browser, admins=False)


@pytest.fixture(scope="module")
async def room(seed: Seed, desk: Desk, http: aiohttp.ClientSession) -> AsyncIterator[Room]:
    roles = {BEA: BUYER, BEN: BUYER, SOL: SELLER, SIA: SELLER, ADA: ADMIN, ABE: ADMIN}
    people = {who: seed.person(role, who) for who, role in roles.items()}
    ticket, bens = seed.tickets([(people[BEA], people[SOL]), (people[BEN], None)])
    sias = seed.ticket(None, people[SIA])
    opened = Browsers(http, desk)
    tickets = {BEN: bens, ABE: bens, SIA: sias}
    at = {who: await opened.visit(people[who], tickets.get(who, ticket)) for who in roles}
    for browser in at.values():  # A first answer changes a ticket's facts: that is over now.
        await catch_up(browser)
    # Who is there is told a moment after they came, or wrote.
    for together in ({BEA, SOL, ADA}, {BEN, ABE}, {SIA}):
        ids = {str(people[who].id) for who in together}
        for who in together:
            await at[who].until(lambda b, ids=ids: b.var(THREAD, "presence").keys() == ids)
            await at[who].until(everybody_is_here if who in ADMINS else all_but_admins_are_here)
    yield Room(ticket, bens, people, at)
    await opened.close()


@pytest.mark.parametrize(
    ("writer", "audience", "hearing"),
    [
        (BEA, "everyone", PARTIES),
        (SOL, "everyone", PARTIES),
        (SOL, "staff", STAFF),
        (ADA, "staff", STAFF),
        (ADA, "admins", ADMINS),
    ],
)
async def test_a_message_is_told_to_its_audience(
    room: Room, writer: str, audience: str, hearing: set[str]
) -> None:
    text = f"To {audience}, {new_id()}"
    await room.only(hearing, room.say(writer, text, audience), lambda b: shows(b, text))


async def test_a_status_is_told_to_all_who_see_the_ticket(room: Room) -> None:
    for who, to in ((ADA, "in_progress"), (SOL, "open"), (BEA, "resolved"), (ADA, "open")):
        change = room.at[who].send(f"{DETAILS}.choose_status", value=to)
        await room.only(PARTIES, change, room.fact("status", to))


async def test_a_priority_is_told_to_all_who_see_the_ticket(room: Room) -> None:
    for who, to in ((ADA, "urgent"), (BEA, "low"), (SOL, "high")):
        change = room.at[who].send(f"{DETAILS}.choose_priority", value=to)
        await room.only(PARTIES, change, room.fact("priority", to))


@pytest.mark.parametrize(
    ("who", "to", "hearing"), [(BEA, SOL, PARTIES), (BEA, "", {BEA, ADA, ABE}), (SOL, "", STAFF)]
)
async def test_a_new_ticket_is_told_to_its_parties_and_the_admins(
    room: Room, who: str, to: str, hearing: set[str]
) -> None:
    subject = f"New {new_id()}"
    totals = {name: browser.var(*INBOX_TOTAL) for name, browser in room.at.items()}
    form = {"subject": subject, "description": "It broke."}
    form["seller"] = str(room.people[to].id) if to else ""

    await room.only(
        hearing,
        room.at[who].send(f"{NEW_TICKET}.submit", form_data=form),
        lambda b: b.rows[0]["subject"] == subject,
    )
    for name, browser in room.at.items():
        one_more = totals[name] + (name in hearing)
        assert browser.var(*INBOX_TOTAL) == one_more, name


async def test_a_change_that_is_rolled_back_is_told_to_nobody(room: Room, desk: Desk) -> None:
    text = f"Written past the desk, {new_id()}"

    async def write(*, keep: bool) -> None:
        _write(desk.app_url, room.people[BEA], room.ticket, text, keep=keep)

    await room.only(set(), write(keep=False), lambda b: False)
    await room.only(PARTIES, write(keep=True), lambda b: shows(b, text))


def _write(app_url: str, person: Person, ticket: SeededTicket, text: str, *, keep: bool) -> None:
    """A message and its event, in one transaction as that person."""
    message = new_id()
    with psycopg.connect(app_url, options="-c role=supportdesk_app") as connection:
        connection.execute(
            "SELECT set_config('role', %s, true), set_config('supportdesk.user_id', %s, true)",
            (person.actor.database_role, person.actor.database_user_id),
        )
        connection.execute(
            "INSERT INTO message (id, conversation_id, sender_id, body, audience, client_id)"
            " VALUES (%s, %s, %s, %s, 'everyone', %s)",
            (message, ticket.id, person.id, text, new_id()),
        )
        connection.execute(
            "INSERT INTO event (id, kind, actor_id, conversation_id, subject_id, audience,"
            " in_thread, data) VALUES (%s, 'message_posted', %s, %s, %s, 'everyone', false, '{}')",
            (new_id(), person.id, ticket.id, message),
        )
        if not keep:
            connection.rollback()


async def test_a_refused_message_is_told_to_nobody_and_leaves_no_trace(room: Room) -> None:
    bea, ada = room.at[BEA], room.at[ADA]
    await room.only(PARTIES, ada.send(f"{DETAILS}.close_ticket"), room.fact("status", "closed"))
    before = {who: len(browser.frames) for who, browser in room.at.items()}

    late = await bea.say("Too late")
    await bea.until(lambda b: "closed" in b.refused.get(late, ""))
    for who in (BEN, SIA, ABE):
        last = await catch_up(room.at[who])
        assert heard(room.at[who], before[who], last) == [], who

    closed_at = bea.lines[-1]["seq"]
    await ada.send(f"{DETAILS}.reopen_ticket")
    for who in (BEA, SOL, ADA):
        await room.at[who].until(lambda b: b.var(THREAD, "facts")["accepts_messages"])
        assert room.at[who].lines[-1]["seq"] == closed_at + 1, who
        told = "".join(frame for _, frame in room.at[who].frames[before[who] :])
        assert "Too late" not in told, who
    await all_show(await catch_up(bea), [room.at[SOL], ada])


async def test_who_loses_the_right_to_a_ticket_loses_it_from_the_screen(
    seed: Seed, desk: Desk, browsers: Browsers
) -> None:
    bea, sol = seed.person(BUYER), seed.person(SELLER)
    ticket = seed.ticket(bea, sol)
    buyer, seller = await browsers.visit(bea, ticket), await browsers.visit(sol, ticket)
    await all_show(await catch_up(seller), [buyer])
    since = len(buyer.frames)

    with psycopg.connect(desk.owner_url) as connection:
        connection.execute("SET LOCAL ROLE supportdesk_system")
        connection.execute(
            "DELETE FROM participant WHERE conversation_id = %s AND user_id = %s",
            (ticket.id, bea.id),
        )
    await seller.say("Between us")
    await all_show("Between us", [seller])
    await buyer.until(lambda b: b.var(THREAD, "missing"))

    assert buyer.lines == []
    assert buyer.var(THREAD, "facts")["subject"] == ""
    await seller.say("And this too")
    await all_show("And this too", [seller])
    await buyer.settled()
    told = "".join(frame for _, frame in buyer.frames[since:])
    assert "Between us" not in told
    assert "And this too" not in told
