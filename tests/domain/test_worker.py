"""What is woken often works now and then, and the less often, the longer it takes."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from time import monotonic

import pytest

from supportdesk.database.engine import DatabaseUnavailable
from supportdesk.realtime import worker
from supportdesk.realtime.worker import Worker


class Work:
    """Takes so many seconds, and notes when it began."""

    def __init__(self, takes: float, every: float, *, yields: bool = True) -> None:
        self.began: list[float] = []
        self._takes = takes
        self._again = asyncio.Event()
        self.worker = Worker(self._do, every=every, yields=yields)

    async def _do(self) -> None:
        self.began.append(monotonic())
        self._again.set()
        await asyncio.sleep(self._takes)

    async def done(self, times: int) -> None:
        """Woken all the while, until it has begun so many times."""
        while len(self.began) < times:
            self._again.clear()
            self.worker.wake()
            await self._again.wait()
        self.worker.stop()

    def shortest_rest(self, since: int = 0) -> float:
        """Between two of those that it began: however slow the machine, one of them is about it."""
        return min(after - before for before, after in pairwise(self.began[since:]))


@pytest.mark.parametrize(("takes", "every", "apart"), [(0.0, 0.2, 0.2), (0.1, 0.2, 0.6)])
async def test_the_longer_it_takes_the_longer_it_rests(takes, every, apart):
    work = Work(takes, every)
    async with asyncio.timeout(10):
        await work.done(3)
    first, second, third = work.began
    assert min(second - first, third - second) >= apart * 0.99


async def test_the_more_others_are_at_work_the_longer_each_rests_that_can_wait():
    alone, beside = Work(takes=0.02, every=0.1), Work(takes=0.02, every=0.1)
    urgent = Work(takes=0.02, every=0.1, yields=False)
    crowd = [Work(takes=0.02, every=0.1) for _ in range(30)]
    async with asyncio.timeout(20):
        await alone.done(5)
        others = [asyncio.create_task(each.done(100)) for each in crowd]
        await beside.done(12)
        await urgent.done(6)
    for other in others:
        other.cancel()
    longer = beside.shortest_rest(since=-4)
    assert longer > 2 * alone.shortest_rest()
    assert longer > 2 * urgent.shortest_rest()


async def test_but_no_longer_than_for_some_time(monkeypatch):
    monkeypatch.setattr(worker, "_LONGEST_REST_SECONDS", 0.2)
    work = Work(takes=0.5, every=0.1)
    async with asyncio.timeout(4):
        await work.done(3)


async def test_what_failed_is_tried_again_as_soon_as_ever(monkeypatch):
    """However long it took to find out that the database is away."""
    work = Work(takes=0.5, every=0.1)

    async def fail() -> None:
        monkeypatch.undo()
        await asyncio.sleep(0.5)
        raise DatabaseUnavailable

    monkeypatch.setattr(work.worker, "_work", fail)
    async with asyncio.timeout(2.5):
        await work.done(1)


async def test_what_people_wait_for_never_rests():
    work = Work(takes=0.3, every=0.0)
    async with asyncio.timeout(2):
        await work.done(3)
