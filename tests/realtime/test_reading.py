"""What stands in a tab that somebody can see has been read, and nothing else."""

from __future__ import annotations

import asyncio

import pytest

from tests.support.browsers import Browsers, bodies, catch_up, shows
from tests.support.raw_browser import MESSAGE, THREAD, RawBrowser
from tests.support.seed import ADMIN, BUYER, SELLER, Person, Seed, SeededTicket


class Room:
    """sol with the ticket open, and with the list on another device; bea writes, ada reads it."""

    def __init__(self, ticket: SeededTicket, people: list[Person], at: list[RawBrowser]) -> None:
        self.ticket = ticket
        self.sol = people[1]
        self.writer, self.tab, self.phone = at

    async def say(self, text: str) -> None:
        await self.writer.say(text)
        for browser in (self.writer, self.tab):  # What was seen of an earlier one is over then.
            await browser.until(lambda b: text in bodies(b))

    async def unread(self, *counts: int) -> None:
        """As many in the tab, and as many on the phone."""
        for browser, count in zip((self.tab, self.phone), counts, strict=True):
            await browser.until(lambda b, count=count: b.unread(self.ticket.number) == count)


@pytest.fixture
async def room(seed: Seed, browsers: Browsers) -> Room:
    people = [seed.person(BUYER, "Bea"), seed.person(SELLER, "Sol"), seed.person(ADMIN, "Ada")]
    bea, sol, ada = people
    ticket = seed.ticket(bea, sol)
    at = await asyncio.gather(
        browsers.visit(bea, ticket), browsers.visit(sol, ticket), browsers.visit(sol)
    )
    room = Room(ticket, people, list(at))
    # Who has written is known to the parties, and that she has read, too.
    hello = await catch_up(await browsers.visit(ada, ticket))
    await room.phone.until(lambda b: shows(b, hello))
    await room.unread(0, 0)
    return room


def seen_by(browser: RawBrowser, *names: str) -> bool:
    """Whether the latest message has been seen by exactly these."""
    seen = browser.var(THREAD, "receipt", {}).get("everybody", "").splitlines()
    return {each.partition(",")[0] for each in seen} == set(names)


async def test_what_comes_into_a_visible_tab_is_read_on_every_device(room: Room) -> None:
    await room.say("Do you see this?")
    await room.unread(0, 0)
    await room.writer.until(lambda b: seen_by(b, "Ada", "Sol"))


async def test_what_comes_into_a_hidden_tab_stays_unread_until_it_is_looked_at(room: Room) -> None:
    await room.tab.look("hidden")
    await room.say("One")
    await room.say("Two")
    await room.unread(2, 2)
    # Ada reads when Sol would: what she has seen, and then seen more of, he would have by now.
    await room.writer.until(lambda b: seen_by(b, "Ada"))
    await room.say("Three")
    await room.writer.until(lambda b: seen_by(b, "Ada"))
    await room.unread(3, 3)
    await room.tab.look("here")
    await room.unread(0, 0)
    await room.writer.until(lambda b: seen_by(b, "Ada", "Sol"))


async def test_what_comes_while_its_reader_is_further_up_stays_unread_until_they_come_down(
    room: Room,
) -> None:
    await room.say("In sight")
    await room.writer.until(lambda b: seen_by(b, "Ada", "Sol"))
    await room.tab.send(f"{THREAD}.scroll_away", seq=room.tab.lines[-1]["seq"])
    await room.tab.settled()
    await room.say("Below")
    await room.writer.until(lambda b: seen_by(b, "Ada"))
    await room.unread(0, 1)
    await room.tab.look("hidden")
    await room.tab.look("here")
    await room.say("Below that")
    await room.writer.until(lambda b: seen_by(b, "Ada"))
    await room.unread(0, 2)
    await room.tab.send(f"{THREAD}.show_latest")
    await room.unread(0, 0)
    await room.writer.until(lambda b: seen_by(b, "Ada", "Sol"))


async def test_nobody_has_to_move_to_read(room: Room) -> None:
    await room.tab.look("idle")
    await room.say("Quietly")
    await room.writer.until(lambda b: seen_by(b, "Ada", "Sol"))
    await room.unread(0, 0)


async def test_what_stood_there_before_the_tab_was_hidden_has_been_read(room: Room) -> None:
    await room.say("Just in time")
    await room.tab.look("hidden")
    await room.unread(0, 0)


async def test_a_hidden_tab_that_closes_has_read_nothing(room: Room) -> None:
    await room.tab.look("hidden")
    await room.say("To nobody")
    await room.tab.settled()
    await room.tab.close()
    await room.phone.until(lambda b: b.unread(room.ticket.number) == 1)
    await catch_up(room.writer)
    await room.phone.until(lambda b: b.unread(room.ticket.number) == 2)


async def test_a_tab_that_opens_in_the_background_reads_nothing(
    room: Room, browsers: Browsers, seed: Seed
) -> None:
    await room.tab.look("hidden")  # What comes before the desk has noticed that it is gone, too.
    await room.tab.close()
    await room.writer.say("Before")
    await room.phone.until(lambda b: b.unread(room.ticket.number) == 1)
    tab = browsers.new(room.sol)
    tab.attention = "hidden"
    await tab.visit(room.sol.page(room.ticket))
    assert tab.unread(room.ticket.number) == 1
    await tab.look("here")
    await room.phone.until(lambda b: b.unread(room.ticket.number) == 0)


async def test_what_is_marked_unread_stays_so_when_its_tab_is_hidden_and_shown(room: Room) -> None:
    await room.say("Later")
    await room.writer.until(lambda b: seen_by(b, "Ada", "Sol"))
    last = room.tab.lines[-1]["seq"]
    await room.tab.send(f"{MESSAGE}.mark_unread", seq=last)
    await room.phone.until(lambda b: b.unread(room.ticket.number) == 1)
    await room.tab.look("hidden")
    await room.tab.look("here")
    await catch_up(room.writer)
    await room.phone.until(lambda b: b.unread(room.ticket.number) == 2)
