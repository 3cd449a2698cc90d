"""`bin/bench delivery`: how fast and at what cost a message reaches every open browser.

Broadcast: N admins over M tickets hear what one seller each writes, for several N.
Rooms: a hundred tickets open at a buyer, a seller and an admin each, who all write. Each runs at a
real desk and at the floor (`_floor`) on the same PostgreSQL, with the same clients, which share the
machine with the server: what counts are the ratios. Broadcasts take turns at both. Typing: the same
messages in turn while everybody types and while nobody does. Prints `name: value` lines, and saves
them with the machine they were measured on. Exits with 1 when anything was lost, doubled, out of
order or heard by somebody else. Refused is what the desk would not save and said so. Told to wait
is who was told that it could not be saved just then, and sent it again as every page does.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg
import uvloop

from tests.load._floor import TABLE
from tests.load._light_browser import Tally
from tests.load._machine import Family, database, describe, web_server
from tests.load._scenario import (
    Measured,
    Plan,
    Room,
    arrived,
    broadcast_at_desk,
    broadcast_at_floor,
    gathered,
    measure,
    rooms_at_desk,
    rooms_at_floor,
    side_by_side,
    stream,
)
from tests.support.desk import ROOT, Desk, free_port, running_desk
from tests.support.seed import Seed
from tests.support.statements import counting

RESULTS = ROOT / "bench-results"
FAULTS = ("lost", "doubled", "out_of_order", "strayed")
_COUNTED_MESSAGES = 20
_TURNS = 3

Values = dict[str, float]


class Bench:
    def __init__(self, options: argparse.Namespace, desk: Desk, floor_port: int) -> None:
        self.options, self.desk, self.floor_port = options, desk, floor_port
        self.seed = Seed(desk.owner_url)
        self.results: Values = {}
        self.server, self.database = web_server(desk), database(desk)

    async def run(self, floor: Family) -> None:
        # The largest first: memory that a process once had, it does not give back.
        for count in sorted(self.options.browsers, reverse=True):
            await self._broadcast(count, floor)
        for rate in self.options.rooms_rate:
            name = f"rooms_{rate:g}_per_second"
            plan = rooms_at_desk(self.desk, self.seed, self.options.rooms, self.options.admins)
            await self._alone(f"{name}_desk", plan, rate, self.server)
            plan = rooms_at_floor(self.floor_port, self.options.rooms)
            await self._alone(f"{name}_floor", plan, rate, floor)
            self._compare(name)
        if self.options.typists:
            await self._typing(self.options.typists)

    async def _typing(self, count: int) -> None:
        """Everybody types in the conversation in which they hear somebody write."""
        name, tally, options = f"typing_{count}", Tally(), self.options
        async with gathered(broadcast_at_desk(self.desk, self.seed, count, 1), tally) as rooms:
            found = await side_by_side(
                rooms, tally, options.rate, options.seconds, 3, self.server, self.database
            )
        self._note(name, found.values())
        self._note(name, {"refused": tally.refused, "told_to_wait": tally.told_to_wait})
        self._note(name, {fault: getattr(tally, fault) for fault in FAULTS})

    async def _broadcast(self, count: int, floor: Family) -> None:
        """The desk and the floor in turn: a machine that slows down slows both."""
        name, options, memory = f"broadcast_{count}", self.options, self.server.memory_bytes()
        plan = broadcast_at_desk(self.desk, self.seed, count, options.tickets)
        beside = broadcast_at_floor(self.floor_port, count, options.tickets)
        at_desk, at_floor, found = Tally(), Tally(), list[tuple[Measured, Measured]]()
        async with gathered(plan, at_desk) as rooms:
            if not self.results:  # Later ones find room that the first has left.
                grown = (self.server.memory_bytes() - memory) / plan.clients / 1024
                self._note(f"{name}_desk", {"server_kib_per_client": grown})
            async with gathered(beside, at_floor) as others:
                for _ in range(_TURNS):
                    desk = await self._measure(rooms, at_desk, options.rate, self.server)
                    found.append((desk, await self._measure(others, at_floor, options.rate, floor)))
            await self._statements(f"{name}_desk", rooms, at_desk)
        for where, turns, tally in zip(
            ("desk", "floor"), zip(*found, strict=True), (at_desk, at_floor), strict=True
        ):
            self._take(f"{name}_{where}", Measured.together(turns), tally)
        self._compare(name)
        self._note(f"{name}_desk", {"server_rss_mib": self.server.memory_bytes() / 2**20})

    async def _measure(
        self, rooms: Sequence[Room], tally: Tally, rate: float, server: Family
    ) -> Measured:
        return await measure(rooms, tally, rate, self.options.seconds, server, self.database)

    async def _statements(self, name: str, rooms: Sequence[Room], tally: Tally) -> None:
        with counting(self.desk) as counted:
            await stream(rooms, tally, 10, _COUNTED_MESSAGES / 10)
            await arrived(tally)
            at_once = counted.count()
            in_the_end = await asyncio.to_thread(counted.count_at_rest)
        per_message, more = at_once / _COUNTED_MESSAGES, in_the_end - at_once
        self._note(name, {"statements_per_message": per_message, "statements_after_a_pause": more})

    async def _alone(self, name: str, plan: Plan, rate: float, server: Family) -> None:
        tally = Tally()
        async with gathered(plan, tally) as rooms:
            self._take(name, await self._measure(rooms, tally, rate, server), tally)
        self._note(name, {"server_rss_mib": server.memory_bytes() / 2**20})

    def _compare(self, name: str) -> None:
        for what in ("p50_ms", "p95_ms", "last_p50_ms", "server_cpu_ms_per_recipient"):
            desk, floor = (self.results[f"{name}_{at}_{what}"] for at in ("desk", "floor"))
            self._note(f"{name}_ratio", {what.removesuffix("_ms"): desk / floor})

    def _take(self, name: str, found: Measured, tally: Tally) -> None:
        self._note(name, found.values())
        self._note(name, {"refused": tally.refused, "told_to_wait": tally.told_to_wait})
        self._note(name, {fault: getattr(tally, fault) for fault in FAULTS})

    def _note(self, name: str, values: Values) -> None:
        for what, value in values.items():
            self.results[f"{name}_{what}"] = round(value, 3)
            print(f"{name}_{what}: {value:.3f}".rstrip("0").rstrip("."), flush=True)

    @property
    def faults(self) -> float:
        return sum(
            value
            for name, value in self.results.items()
            if any(name.endswith(f"_{fault}") for fault in FAULTS)
        )

    def targets(self) -> Iterator[tuple[str, bool]]:
        """What the design aims at, and whether this run met it."""
        found, counts = self.results, self.options.browsers
        for count in counts:
            name = f"broadcast_{count}"
            ratio = found[f"{name}_ratio_p50"]
            yield f"{name}: p50 {ratio:.1f}x the floor, at most 2", ratio <= 2
            ratio = found[f"{name}_ratio_server_cpu_ms_per_recipient"]
            yield f"{name}: CPU per recipient {ratio:.1f}x the floor, at most 6", ratio <= 6
        if counts:
            each = [found[f"broadcast_{count}_desk_statements_per_message"] for count in counts]
            same = max(each) <= min(each) * 1.1
            yield f"statements per message for {counts} browsers: {each}, the same", same
            memory = found[f"broadcast_{max(counts)}_desk_server_kib_per_client"]
            yield f"memory: {memory:.0f} KiB per client, at most 250", memory <= 250
        for rate in self.options.rooms_rate:
            name = f"rooms_{rate:g}_per_second_desk"
            cores, reached = found[f"{name}_server_cores"], found[f"{name}_messages_per_second"]
            held = cores < 0.9 and reached > 0.95 * rate
            yield f"{name}: {reached:.0f} messages/s of {rate:g} at {cores:.2f} cores", held
        if count := self.options.typists:
            ratio = found[f"typing_{count}_p50_ratio"]
            yield f"{count} people typing: p50 {ratio:.2f}x that without, at most 1.1", ratio <= 1.1
        yield f"faults: {self.faults:g}, none", self.faults == 0


@contextmanager
def running_floor(url: str) -> Iterator[tuple[int, Family]]:
    with psycopg.connect(url) as connection:
        connection.execute(TABLE)
    port = free_port()
    command = [sys.executable, "-m", "tests.load._floor", str(port), url]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            if process.stdout is None or process.stdout.readline() != "Ready\n":
                raise RuntimeError("the floor did not start")
            yield port, Family(psutil.Process(process.pid))
        finally:
            process.terminate()


def _postgresql(url: str) -> str:
    with psycopg.connect(url) as connection:
        return connection.info.parameter_status("server_version") or "unknown"


def _save(machine: dict[str, object], options: argparse.Namespace, results: Values) -> Path:
    RESULTS.mkdir(exist_ok=True)
    place = RESULTS / f"delivery-{str(machine['date']).replace(':', '')[:17]}.json"
    document = {"machine": machine, "options": vars(options), "results": results}
    place.write_text(json.dumps(document, indent=2) + "\n")
    return place


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/bench delivery", description=__doc__)
    parser.add_argument("--browsers", type=int, nargs="*", default=[50, 200, 500], metavar="N")
    parser.add_argument("--tickets", type=int, default=1, help="over so many tickets (broadcast)")
    parser.add_argument("--seconds", type=float, default=10, help="for each measurement")
    parser.add_argument("--rate", type=float, default=3, help="messages per second (broadcast)")
    parser.add_argument("--rooms", type=int, default=100, help="rooms of three; 0: none")
    parser.add_argument("--rooms-rate", type=float, nargs="+", default=[100, 300], metavar="RATE")
    parser.add_argument("--typists", type=int, default=200, help="in one conversation; 0: none")
    parser.add_argument("--admins", type=int, default=100, help="how many share the rooms")
    options = parser.parse_args()
    if not options.rooms:
        options.rooms_rate = []
    return options


def main() -> int:
    options = _options()
    with running_desk(demo=False) as desk, running_floor(desk.owner_url) as (port, floor):
        machine = describe(_postgresql(desk.owner_url))
        bench = Bench(options, desk, port)
        uvloop.run(bench.run(floor))
    for text, met in bench.targets():
        print(f"target {'met' if met else 'MISSED'}: {text}")
    print(f"saved: {_save(machine, options, bench.results).relative_to(ROOT)}")
    return 1 if bench.faults else 0


if __name__ == "__main__":
    sys.exit(main())
