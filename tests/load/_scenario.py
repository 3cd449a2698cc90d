"""Rooms of browsers that hear numbered messages, at the desk or at the floor, and the cost."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from itertools import count
from statistics import median, quantiles

from tests.load._light_browser import (
    LightBrowser,
    Tally,
    numbered,
    open_desk_browser,
    open_floor_browser,
)
from tests.load._machine import Family
from tests.support.desk import Desk
from tests.support.seed import ADMIN, BUYER, SELLER, Person, Seed, SeededTicket

_AT_A_TIME = 20
_WARM_UP_SECONDS = 2
_DRAIN_SECONDS = 120
TYPES_EVERY_SECONDS = 2.5

Open = Callable[[Tally], Awaitable[LightBrowser]]


@dataclass
class Room:
    """`senders` write in turn; `hearers` are all who hear it."""

    number: int
    hearers: list[LightBrowser]
    senders: list[LightBrowser]
    said: int = 0

    def say_next(self, tally: Tally) -> None:
        sender = self.senders[self.said % len(self.senders)]
        tally.expect(self.number, self.said, len(self.hearers))
        sender.say(numbered(self.number, self.said))
        self.said += 1


@dataclass(frozen=True)
class Plan:
    """Who opens what: for each room, how to open its hearers, and how many of them write too."""

    hearers: list[list[Open]]
    writers: list[list[Open]]
    """Who only writes, and is not counted. Empty for a room whose hearers do."""

    @property
    def clients(self) -> int:
        return sum(map(len, self.hearers)) + sum(map(len, self.writers))


@asynccontextmanager
async def gathered(plan: Plan, tally: Tally) -> AsyncIterator[list[Room]]:
    """All browsers of the plan, on their pages."""
    limit = asyncio.Semaphore(_AT_A_TIME)

    async def enter(open_: Open) -> LightBrowser:
        async with limit:
            return await open_(tally)

    rooms: list[Room] = []
    writing_only: list[LightBrowser] = []
    try:
        for number, (hearers, writers) in enumerate(zip(plan.hearers, plan.writers, strict=True)):
            room = Room(number, [], [])
            rooms.append(room)
            room.hearers = await asyncio.gather(*map(enter, hearers))
            writing = [await open_(_Uncounted()) for open_ in writers]
            room.senders = writing or room.hearers
            for sender in room.senders:
                sender.refused = partial(tally.refuse, len(room.hearers))
            writing_only += writing
        yield rooms
    finally:
        everybody = [b for room in rooms for b in room.hearers] + writing_only
        for browser in everybody:
            browser.close()
        await asyncio.gather(*(browser.closed for browser in everybody))


class _Uncounted(Tally):
    """Of those who only write."""

    def receive(self, room: int, number: int, now: float) -> None:
        return


async def stream(rooms: Sequence[Room], tally: Tally, rate: float, seconds: float) -> int:
    """Send messages at that rate, whatever becomes of them, room by room."""
    count, began = max(1, round(rate * seconds)), time.perf_counter()
    for number in range(count):
        wait = began + number / rate - time.perf_counter()
        if wait > 0:
            await asyncio.sleep(wait)
        rooms[number % len(rooms)].say_next(tally)
    return count


async def arrived(tally: Tally) -> None:
    """Wait until everybody has everything, or for as long as makes sense."""
    try:
        async with asyncio.timeout(_DRAIN_SECONDS):
            await tally.complete.wait()
    except TimeoutError:
        return


@dataclass
class Measured:
    """`waits` are seconds from sending to receipt, a list for each message."""

    messages: int
    seconds: float
    waits: list[list[float]]
    bytes_in: int
    server_cpu: float
    database_cpu: float

    @classmethod
    def together(cls, turns: Sequence[Measured]) -> Measured:
        """What several turns found, as if they were one."""
        return cls(
            messages=sum(each.messages for each in turns),
            seconds=sum(each.seconds for each in turns),
            waits=[waits for each in turns for waits in each.waits],
            bytes_in=sum(each.bytes_in for each in turns),
            server_cpu=sum(each.server_cpu for each in turns),
            database_cpu=sum(each.database_cpu for each in turns),
        )

    @property
    def receipts(self) -> int:
        return sum(map(len, self.waits))

    def values(self) -> dict[str, float]:
        every = sorted(wait for waits in self.waits for wait in waits)
        last = [max(waits) for waits in self.waits if waits]
        cut = quantiles(every, n=100, method="inclusive")
        return {
            "messages": self.messages,
            "messages_per_second": self.messages / self.seconds,
            "p50_ms": cut[49] * 1000,
            "p95_ms": cut[94] * 1000,
            "p99_ms": cut[98] * 1000,
            "last_p50_ms": median(last) * 1000,
            "last_p95_ms": quantiles(last, n=20, method="inclusive")[18] * 1000,
            "bytes_per_message": self.bytes_in / self.receipts,
            "server_cpu_ms_per_message": self.server_cpu / self.messages * 1000,
            "server_cpu_ms_per_recipient": self.server_cpu / self.receipts * 1000,
            "server_cores": self.server_cpu / self.seconds,
            "database_cpu_ms_per_message": self.database_cpu / self.messages * 1000,
        }


async def measure(
    rooms: Sequence[Room],
    tally: Tally,
    rate: float,
    seconds: float,
    server: Family,
    database: Family,
) -> Measured:
    """Warm up, then send and take note."""
    await stream(rooms, tally, rate, _WARM_UP_SECONDS)
    await arrived(tally)
    hearers = [browser for room in rooms for browser in room.hearers]
    tally.waits.clear()
    bytes_before = sum(browser.bytes_in for browser in hearers)
    used = server.cpu_seconds(), database.cpu_seconds()
    began = time.perf_counter()
    count = await stream(rooms, tally, rate, seconds)
    await arrived(tally)
    took = time.perf_counter() - began
    return Measured(
        messages=count,
        seconds=took,
        waits=list(tally.waits.values()),
        bytes_in=sum(browser.bytes_in for browser in hearers) - bytes_before,
        server_cpu=server.cpu_seconds() - used[0],
        database_cpu=database.cpu_seconds() - used[1],
    )


@asynccontextmanager
async def typing(rooms: Sequence[Room]) -> AsyncIterator[None]:
    """All who hear type, each as often as a browser says so, for as long as the block runs."""
    everybody = [browser for room in rooms for browser in room.hearers]
    every = TYPES_EVERY_SECONDS / len(everybody)

    async def go_on() -> None:
        began = time.perf_counter()
        for number in count():
            await asyncio.sleep(max(0.0, began + number * every - time.perf_counter()))
            everybody[number % len(everybody)].type_on()

    task = asyncio.create_task(go_on())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@dataclass
class SideBySide:
    """What the same messages cost in turn without and with something else going on."""

    without: list[Measured]
    during: list[Measured]

    def values(self) -> dict[str, float]:
        without, during = (
            [wait for each in phases for waits in each.waits for wait in waits]
            for phases in (self.without, self.during)
        )
        return {
            "messages": sum(each.messages for each in (*self.without, *self.during)),
            "without_p50_ms": median(without) * 1000,
            "during_p50_ms": median(during) * 1000,
            "p50_ratio": median(during) / median(without),
            "without_server_cores": _cores(self.without),
            "during_server_cores": _cores(self.during),
        }


def _cores(phases: Sequence[Measured]) -> float:
    return sum(each.server_cpu for each in phases) / sum(each.seconds for each in phases)


async def side_by_side(
    rooms: Sequence[Room],
    tally: Tally,
    rate: float,
    seconds: float,
    turns: int,
    server: Family,
    database: Family,
) -> SideBySide:
    """Quiet, typing, quiet, typing ... quiet: a machine that slows down slows both."""
    found = SideBySide([], [])
    for turn in range(2 * turns + 1):
        if turn % 2 == 0:
            found.without.append(await measure(rooms, tally, rate, seconds, server, database))
            continue
        async with typing(rooms):
            found.during.append(await measure(rooms, tally, rate, seconds, server, database))
    return found


# The scenarios, at the desk and at the floor.


def _at_desk(desk: Desk, person: Person, ticket: SeededTicket, room: int) -> Open:
    path = person.page(ticket)
    return lambda tally: open_desk_browser(desk.port, person.session, path, room, tally)


def _at_floor(port: int, room: int) -> Open:
    return lambda tally: open_floor_browser(port, room, tally)


def broadcast_at_desk(desk: Desk, seed: Seed, count: int, tickets: int) -> Plan:
    """`count` admins, each another person, over so many tickets whose sellers write."""
    sellers = seed.people(SELLER, tickets)
    rooms = seed.tickets([(None, seller) for seller in sellers])
    admins = seed.people(ADMIN, count)
    return Plan(
        [
            [_at_desk(desk, admin, ticket, room) for admin in admins[room::tickets]]
            for room, ticket in enumerate(rooms)
        ],
        [
            [_at_desk(desk, seller, ticket, room)]
            for room, (seller, ticket) in enumerate(zip(sellers, rooms, strict=True))
        ],
    )


def broadcast_at_floor(port: int, count: int, tickets: int) -> Plan:
    sizes = [len(range(room, count, tickets)) for room in range(tickets)]
    return Plan(
        [[_at_floor(port, room)] * size for room, size in enumerate(sizes)],
        [[_at_floor(port, room)] for room in range(tickets)],
    )


def rooms_at_desk(desk: Desk, seed: Seed, count: int, admins: int) -> Plan:
    """Rooms of three who all write: a buyer, a seller, and one of so many admins."""
    buyers, sellers = seed.people(BUYER, count), seed.people(SELLER, count)
    team = seed.people(ADMIN, admins)
    parties = list(zip(buyers, sellers, strict=True))
    tickets = seed.tickets(parties)
    return Plan(
        [
            [
                _at_desk(desk, person, ticket, room)
                for person in (*parties[room], team[room % len(team)])
            ]
            for room, ticket in enumerate(tickets)
        ],
        [[] for _ in tickets],
    )


def rooms_at_floor(port: int, count: int) -> Plan:
    return Plan([[_at_floor(port, room)] * 3 for room in range(count)], [[]] * count)
