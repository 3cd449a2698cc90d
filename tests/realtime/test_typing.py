"""Who is told that somebody writes, and for how long."""

from __future__ import annotations

import asyncio
import json
import re

import pytest

from tests.support.browsers import Browsers, catch_up
from tests.support.desk import Desk
from tests.support.raw_browser import PRESENCE, THREAD, RawBrowser
from tests.support.seed import ADMIN, BUYER, SELLER, Person, Seed, SeededTicket
from tests.support.statements import counting

TYPISTS = re.compile(r'"typing_rx_state_":(\[[^\]]*\])')


class Room:
    def __init__(self, ticket: SeededTicket, people: list[Person], at: list[RawBrowser]) -> None:
        self.ticket, self.people = ticket, people
        self.bea, self.sol, self.ada = at


@pytest.fixture
async def room(seed: Seed, browsers: Browsers) -> Room:
    people = [seed.person(BUYER, "Bea"), seed.person(SELLER, "Sol"), seed.person(ADMIN, "Ada")]
    ticket = seed.ticket(*people[:2])
    at = await asyncio.gather(*(browsers.visit(person, ticket) for person in people))
    return Room(ticket, people, list(at))


async def types(browser: RawBrowser, audience: str = "everyone") -> None:
    await browser.send(f"{PRESENCE}.note_typing", audience=audience)


def typing(browser: RawBrowser) -> list[str]:
    return [each["name"] for each in browser.var(THREAD, "typing", [])]


def told(browser: RawBrowser) -> set[str]:
    """Of whom it has ever heard that they type."""
    found = [each for _, frame in browser.frames for each in TYPISTS.findall(frame)]
    return {each["name"] for typists in found for each in json.loads(typists)}


async def test_who_writes_is_seen_to_until_it_is_sent(room: Room) -> None:
    await types(room.bea)
    for other in (room.sol, room.ada):
        await other.until(lambda b: typing(b) == ["Bea"])
    await types(room.ada)
    await room.sol.until(lambda b: typing(b) == ["Bea", "Ada"])
    await room.bea.say("There.")
    await room.sol.until(lambda b: typing(b) == ["Ada"])


async def test_it_is_over_after_some_seconds_of_silence(room: Room) -> None:
    await types(room.bea)
    await room.sol.until(lambda b: typing(b) == ["Bea"])
    await room.sol.until(lambda b: typing(b) == [])
    told = [at for at, frame in room.sol.frames if '"typing_rx_state_"' in frame]
    assert 4 < told[-1] - told[-2] < 7


async def test_who_may_not_read_it_does_not_learn_that_it_is_written(room: Room) -> None:
    await types(room.sol, "staff")
    await room.ada.until(lambda b: typing(b) == ["Sol"])
    await types(room.ada, "admins")
    await room.ada.until(lambda b: typing(b) == ["Sol", "Ada"])
    await catch_up(room.sol)  # With which he has written, so that nobody types there any more.
    assert told(room.sol) == {"Sol"}
    await catch_up(room.bea)
    assert not told(room.bea)


async def test_who_turns_to_the_staff_is_gone_for_the_buyer(room: Room) -> None:
    await types(room.sol)
    await room.bea.until(lambda b: typing(b) == ["Sol"])
    await types(room.sol, "staff")
    await room.bea.until(lambda b: typing(b) == [])
    await room.ada.until(lambda b: typing(b) == ["Sol"])


async def test_nobody_types_where_they_may_not_write(
    room: Room, seed: Seed, browsers: Browsers
) -> None:
    stranger = await browsers.visit(seed.person(BUYER, "Max"), room.ticket)
    await types(stranger)
    await types(room.bea, "staff")
    await types(room.bea, "nonsense")
    await stranger.settled()
    for reader in (room.bea, room.sol, room.ada):
        await catch_up(reader)
        assert not told(reader)


async def test_who_comes_later_is_told_too(room: Room, seed: Seed, browsers: Browsers) -> None:
    await types(room.bea)
    await room.sol.until(lambda b: typing(b) == ["Bea"])
    late = await browsers.visit(seed.session_of(room.people[1]), room.ticket)
    await late.until(lambda b: typing(b) == ["Bea"])


async def test_one_more_in_a_crowd_costs_nothing_and_is_told_when_the_others_fall_silent(
    room: Room, desk: Desk, seed: Seed, browsers: Browsers
) -> None:
    people = seed.people(ADMIN, 5)
    *crowd, late = await asyncio.gather(*(browsers.visit(p, room.ticket) for p in people))
    for browser in crowd:
        await types(browser)
    await room.bea.until(lambda b: len(typing(b)) == len(crowd))
    await late.settled()
    with counting(desk) as statements:
        for _ in range(10):
            # On a slow machine the crowd would fall silent meanwhile.
            for browser in crowd:
                await types(browser)
            await types(late)
        await late.settled()
        texts = statements.texts()
    assert [each for each in texts if str(people[0].id) in each]
    assert not [each for each in texts if str(people[-1].id) in each]
    await room.bea.until(lambda b: typing(b) == [])
    await types(late)
    await room.bea.until(lambda b: typing(b) == [people[-1].name])


async def test_a_crowd_that_a_reader_does_not_see_hides_nobody_from_them(
    room: Room, seed: Seed, browsers: Browsers
) -> None:
    people = seed.people(ADMIN, 5)
    *crowd, late = await asyncio.gather(*(browsers.visit(p, room.ticket) for p in people))
    for browser in crowd:
        await types(browser, "admins")
    await room.ada.until(lambda b: len(typing(b)) == len(crowd))
    await types(late)
    await room.bea.until(lambda b: typing(b) == [people[-1].name])
