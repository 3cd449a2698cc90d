"""The measurement of `delivery`, small: every message to everybody of its room once, in order."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from tests.load._light_browser import Tally
from tests.load._scenario import broadcast_at_desk, gathered, rooms_at_desk, stream
from tests.support.desk import Desk, running_desk
from tests.support.seed import Seed
from tests.support.statements import counting

MESSAGES, SECONDS = 60, 3
FEW, MANY = 5, 20


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    with running_desk(demo=False) as running:
        yield running


@pytest.fixture(scope="module")
def seed(desk: Desk) -> Seed:
    return Seed(desk.owner_url)


async def _complete(tally: Tally) -> None:
    async with asyncio.timeout(30):
        await tally.complete.wait()
    assert (tally.lost, tally.doubled, tally.out_of_order, tally.strayed) == (0, 0, 0, 0)


async def test_each_hears_all_of_their_own_ticket_once_and_in_order(desk: Desk, seed: Seed) -> None:
    tally = Tally()
    async with gathered(broadcast_at_desk(desk, seed, count=20, tickets=3), tally) as rooms:
        await stream(rooms, tally, MESSAGES / SECONDS, SECONDS)
        await _complete(tally)
    assert tally.received == sum(len(rooms[n % 3].hearers) for n in range(MESSAGES))
    assert sum(len(room.hearers) for room in rooms) == 20


async def test_rooms_in_which_all_write_hear_themselves_and_nobody_else(
    desk: Desk, seed: Seed
) -> None:
    tally = Tally()
    async with gathered(rooms_at_desk(desk, seed, count=6, admins=2), tally) as rooms:
        await stream(rooms, tally, MESSAGES / SECONDS, SECONDS)
        await _complete(tally)
    assert tally.received == 3 * MESSAGES


async def test_what_could_not_be_saved_for_now_goes_out_by_itself(desk: Desk, seed: Seed) -> None:
    tally = Tally()
    async with gathered(rooms_at_desk(desk, seed, count=2, admins=2), tally) as rooms:
        await asyncio.to_thread(desk.cluster.stop)
        try:
            for room in rooms * 5:
                room.say_next(tally)
            async with asyncio.timeout(30):
                await tally.somebody_waits.wait()
        finally:
            await asyncio.to_thread(desk.cluster.start)
        assert tally.received == 0
        await _complete(tally)
    assert tally.received == 3 * 10


@pytest.mark.slow
async def test_a_message_asks_the_database_as_much_for_many_as_for_few(
    desk: Desk, seed: Seed
) -> None:
    asked: dict[int, dict[str, int]] = {}
    for hearers in (FEW, MANY):
        tally = Tally()
        async with gathered(broadcast_at_desk(desk, seed, hearers, tickets=1), tally) as rooms:
            with counting(desk) as statements:
                await _one(rooms, tally)  # A first answer changes the facts.
                await asyncio.to_thread(statements.count_at_rest)
                statements.restart()
                await _one(rooms, tally)
                # Until it is noted that all of them have read what they see.
                await asyncio.to_thread(statements.count_at_rest)
                asked[hearers] = dict(statements.by_text())
    assert asked[MANY] == asked[FEW]
    assert sum(asked[FEW].values()) > 0


async def _one(rooms, tally: Tally) -> None:
    rooms[0].say_next(tally)
    await _complete(tally)
