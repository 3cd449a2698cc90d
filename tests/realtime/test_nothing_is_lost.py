"""People arrive in the middle, or while the database is away: everybody has it all, once.

What happens when servers, database, listener and sockets fail while people write is in
`tests/e2e/test_storm.py`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from tests.support.browsers import Browsers, bodies
from tests.support.desk import Desk
from tests.support.faults import PATIENCE, start_database, stop_database
from tests.support.raw_browser import INBOX, RawBrowser
from tests.support.seed import ADMIN, BUYER, SELLER, Person, Seed, SeededTicket


class Conversation:
    """bea, sol and ada at one ticket. What is said counts up, so that order can be seen."""

    def __init__(self, ticket: SeededTicket, people: list[Person], at: list[RawBrowser]) -> None:
        self.ticket, self.people, self.at = ticket, people, at
        self.said: list[str] = []

    async def say(self, browser: RawBrowser, text: str = "") -> None:
        """Say the next thing, and wait until it is saved: the outbox sees to that by itself."""
        text = text or f"Number {len(self.said)}"
        self.said.append(text)
        await browser.say(text)
        await browser.until(lambda b: not b.outbox, PATIENCE)

    async def everybody_has_it_all(self) -> None:
        for browser in self.at:
            await browser.until(lambda b: bodies(b)[-1:] == self.said[-1:], PATIENCE)
            heard = [body for body in bodies(browser) if body in set(self.said)]
            assert heard == self.said[-len(heard) :]
            assert len(heard) >= min(len(self.said), 49)
            assert [line["seq"] for line in browser.lines] == sorted(
                {line["seq"] for line in browser.lines}
            )
            await browser.until(lambda b: b.rows[0]["last_text"] == self.said[-1], PATIENCE)


@pytest.fixture
async def talk(seed: Seed, browsers: Browsers) -> Conversation:
    people = [seed.person(role) for role in (BUYER, SELLER, ADMIN)]
    ticket = seed.ticket(people[0], people[1])
    return Conversation(ticket, people, [await browsers.visit(p, ticket) for p in people])


@asynccontextmanager
async def meanwhile(work: Callable[[], object]) -> AsyncIterator[None]:
    """Keep doing `work` while the block runs."""
    over = asyncio.Event()

    async def go_on() -> None:
        while not over.is_set():
            await work()

    task = asyncio.create_task(go_on())
    try:
        yield
    finally:
        over.set()
        await task


async def test_postgresql_is_away_when_somebody_arrives(
    talk: Conversation, desk: Desk, browsers: Browsers
) -> None:
    """The tab says so, and fills by itself when the database is back."""
    person = talk.people[0]
    late = browsers.new(person)
    await stop_database(desk)
    try:
        await late.open(person.page(talk.ticket))
        await late.until(lambda b: b.var(INBOX, "error"), PATIENCE)
    finally:
        await start_database(desk)
    await late.until(lambda b: b.lines and not b.var(INBOX, "error"), PATIENCE)
    talk.at.append(late)
    await talk.say(talk.at[1])
    await talk.everybody_has_it_all()


async def test_whoever_opens_a_ticket_in_the_middle_of_a_burst_misses_nothing(
    talk: Conversation, browsers: Browsers
) -> None:
    """The join race: what is written between reading and following."""
    bea, sol, _ = talk.at
    joined = 0
    async with meanwhile(lambda: talk.say(bea)), meanwhile(lambda: talk.say(sol)):
        while joined < 40:
            some = await asyncio.gather(
                *(browsers.visit(talk.people[i % 3], talk.ticket) for i in range(4))
            )
            talk.at += some[:1]
            for browser in some:
                _in_order(browser)
            for browser in some[1:]:
                await browser.close()
            joined += len(some)
    await talk.say(bea)
    for browser in talk.at:
        await browser.until(lambda b: talk.said[-1] in bodies(b), PATIENCE)
        _in_order(browser)


def _in_order(browser: RawBrowser) -> None:
    """Every line once, none missing between the first and the last."""
    seqs = [line["seq"] for line in browser.lines]
    assert seqs == list(range(seqs[0], seqs[0] + len(seqs)))


async def test_whoever_walks_from_ticket_to_ticket_in_a_burst_misses_nothing(
    talk: Conversation, seed: Seed
) -> None:
    bea, _, ada = talk.at
    other = seed.ticket(talk.people[0], talk.people[1], messages=3)
    async with meanwhile(lambda: talk.say(bea)):
        for _ in range(12):
            await ada.navigate(talk.people[2].page(other))
            await ada.navigate(talk.people[2].page(talk.ticket))
            await ada.settled()
            _in_order(ada)
    await talk.say(bea)
    await talk.everybody_has_it_all()
