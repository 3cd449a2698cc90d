"""Everything fails while everybody writes: what was sent is there, once, in one order for all."""

from __future__ import annotations

import asyncio
import operator
import random
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import psycopg
import pytest
from playwright.async_api import Browser, expect

from tests.e2e.conftest import opened
from tests.realtime.test_state_equals_fresh_load import held
from tests.support import faults
from tests.support.browsers import Browsers as RawBrowsers
from tests.support.desk import Desk, running_desk
from tests.support.raw_browser import LOST, RawBrowser
from tests.support.screen import Screen
from tests.support.seed import ADMIN, BUYER, SELLER, Person, Seed, SeededTicket

KILLS, DATABASE_RESTARTS, LISTENER_CUTS = 10, (3, 7), (0, 2, 4, 6, 8)
WAITING_AT_MOST = 4
PATIENCE = 60
LATEST = re.compile("new message|Latest messages")
NOTHING_WAITS = "JSON.parse(localStorage.getItem('supportdesk-outbox') ?? '[]').length === 0"


@pytest.fixture(scope="module")
def frail() -> Iterator[Desk]:
    """A desk of this test alone, for it breaks it."""
    with running_desk(demo=False) as running:
        yield running


@dataclass(eq=False)
class Writer:
    """A browser whose person writes as fast as it lets them; what it drew stays in `drawn`."""

    person: Person
    browser: RawBrowser
    put: list[str] = field(default_factory=list)
    drawn: dict[int, str] = field(default_factory=dict)
    saved_at_cuts: list[int] = field(default_factory=list)

    @property
    def saved(self) -> int:
        """So many messages are shown as sent."""
        return len(self.put) - len(self.browser.outbox)

    async def write(self) -> None:
        while True:
            await self.browser.until(lambda b: len(b.outbox) < WAITING_AT_MOST, PATIENCE)
            self.put.append(f"{self.person.name} {len(self.put)}.")
            with suppress(*LOST):
                await self.browser.say(self.put[-1])
            for line in self.browser.lines:
                self.drawn.setdefault(line["seq"], line["body"])

    async def gets_through(self) -> None:
        """Something that was written from now on is sent."""
        before = len(self.put)
        await self.browser.until(lambda _: self.saved > before, PATIENCE)

    async def cut(self) -> None:
        """Not a third time before something has got through: on a busy machine, where it takes
        longer to come back than to be cut again, nothing ever would."""
        if self.browser.connected and self.saved_at_cuts[-2:] != [self.saved] * 2:
            self.saved_at_cuts.append(self.saved)
            await self.browser.cut()

    async def is_done(self) -> None:
        await self.browser.until(lambda b: not b.outbox, PATIENCE)


@asynccontextmanager
async def meanwhile(*works) -> AsyncIterator[None]:
    """What goes on for as long as the block does; it ends badly if any of it does."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        yield
        assert [task.exception() for task in tasks if task.done()] == []
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def cut_sockets(writers: list[Writer], chance: random.Random) -> None:
    while True:
        await asyncio.sleep(chance.uniform(0.1, 0.6))
        await chance.choice(writers).cut()


async def write_by_hand(screen: Screen, put: list[str]) -> None:
    while True:
        await screen.message_box.fill(f"By hand {len(put)}.")
        await screen.message_box.press("Enter")
        await expect(screen.message_box).to_have_value("")
        put.append(f"By hand {len(put)}.")
        await expect(screen.log).to_contain_text(put[-1], timeout=PATIENCE * 1000)
        await expect(screen.waiting).to_have_count(0, timeout=PATIENCE * 1000)


def said_in(desk: Desk, ticket: SeededTicket) -> dict[int, str]:
    with psycopg.connect(desk.owner_url) as connection:
        query = "SELECT seq, body FROM message WHERE conversation_id = %s ORDER BY seq"
        return dict(connection.execute(query, [ticket.id]).fetchall())


# Ten starts of a server alone are half a minute, and several times that on a machine that is busy.
@pytest.mark.slow
@pytest.mark.timeout(400)
async def test_nothing_that_was_sent_is_lost_doubled_or_out_of_order(
    chromium: Browser, frail: Desk, http: aiohttp.ClientSession, request: pytest.FixtureRequest
) -> None:
    seed, chance = Seed(frail.owner_url), random.Random(11)
    people = [
        *(seed.person(role, name) for role, name in ((BUYER, "Bea"), (SELLER, "Sol"))),
        *(seed.person(ADMIN, name) for name in ("Ada", "Abe", "Amy")),
    ]
    hand = seed.person(ADMIN, "Hand")
    ticket = seed.ticket(people[0], people[1])
    raw = RawBrowsers(http, frail)
    writers = [Writer(person, raw.new(person)) for person in people]
    here = frail.url.replace("localhost", "127.0.0.1")
    async with opened(chromium, frail, request, here) as browsers:
        screen = await browsers.open(hand, hand.page(ticket))
        await screen.ready(ticket.number)
        by_hand: list[str] = []
        async with meanwhile(*(w.browser.stay(w.person.page(ticket)) for w in writers)):
            async with meanwhile(
                *(writer.write() for writer in writers),
                write_by_hand(screen, by_hand),
                cut_sockets(writers, chance),
            ):
                await everything_fails(frail, writers)
            assert all(writer.saved_at_cuts for writer in writers)
            for writer in writers:
                await writer.is_done()
            # What a page draws says nothing before it has arrived again.
            await screen.page.wait_for_function(NOTHING_WAITS, timeout=PATIENCE * 1000)
            said = said_in(frail, ticket)
            await all_of_it_once(said, writers, by_hand)
            for writer in writers:
                await ends_like_a_fresh_load(raw, writer, ticket, said)
            await ends_like_a_reload(screen, said)
    await raw.close()


async def everything_fails(desk: Desk, writers: list[Writer]) -> None:
    """Each time, not before everybody has got something through."""
    for turn in range(KILLS):
        await asyncio.gather(*(writer.gets_through() for writer in writers))
        if turn in LISTENER_CUTS:
            await faults.until(lambda: faults.listening(desk))
            assert await asyncio.to_thread(faults.end_listener, desk) == 1
            await writers[turn % len(writers)].gets_through()
        if turn in DATABASE_RESTARTS:
            await faults.stop_database(desk)
            await faults.start_database(desk)
            await asyncio.gather(*(writer.gets_through() for writer in writers))
        await asyncio.to_thread(desk.kill)
        await asyncio.to_thread(desk.start)
    await asyncio.gather(*(writer.gets_through() for writer in writers))


async def all_of_it_once(said: dict[int, str], writers: list[Writer], by_hand: list[str]) -> None:
    """Each in the order in which they wrote, and at the place at which anybody saw it."""
    bodies = list(said.values())
    assert [writer.browser.refused for writer in writers] == [{}] * len(writers)
    for put in (*(writer.put for writer in writers), by_hand):
        theirs = set(put)
        assert [body for body in bodies if body in theirs] == put
    for writer in writers:
        seen = {seq: body for seq, body in writer.drawn.items() if seq in said}
        assert seen == {seq: said[seq] for seq in seen}


async def ends_like_a_fresh_load(
    raw: RawBrowsers, writer: Writer, ticket: SeededTicket, said: dict[int, str]
) -> None:
    browser = writer.browser
    await browser.until(lambda b: b.lines and b.lines[-1]["seq"] == max(said), PATIENCE)
    fresh = await raw.visit(writer.person, ticket)
    from_seq = max(browser.lines[0]["seq"], fresh.lines[0]["seq"])
    rows = len(fresh.rows)

    def both() -> tuple[dict[str, Any], dict[str, Any]]:
        return tuple(held(each, rows, from_seq, menu=False) for each in (browser, fresh))

    with suppress(AssertionError):
        await browser.until(lambda _: operator.eq(*both()), 10)
    told, loaded = both()
    for what in told:
        assert told[what] == loaded[what], f"{what} of {writer.person.name}"
    await fresh.close()


async def ends_like_a_reload(screen: Screen, said: dict[int, str]) -> None:
    last = screen.log.locator(f'article[data-seq="{max(said)}"]')
    # Who was without a line for more than a page is led to where the new ones begin.
    further = screen.button("Load later messages")
    await expect(last.or_(further)).to_be_visible(timeout=PATIENCE * 1000)
    if await further.count():
        await screen.page.get_by_role("button", name=LATEST).click()
    await expect(last).to_be_visible()
    told = await screen.messages.all_inner_texts()
    await screen.page.reload()
    await expect(last).to_be_visible()
    loaded = await screen.messages.all_inner_texts()
    both = min(len(told), len(loaded)) - 1  # Where the screen begins, a line has its date and name.
    assert told[-both:] == loaded[-both:]


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        yield session
