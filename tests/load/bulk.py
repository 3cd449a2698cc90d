"""`bin/bench bulk`: how long it takes to change many tickets at once, and who notices meanwhile.

An admin chooses as many tickets as one may and changes them, one thing after the other, at a real
desk over the websocket; what is measured is the time until the summary is told. Meanwhile a seller
writes to a buyer in another ticket: how long their messages take is set beside the same on the
quiet desk. Prints `name: value` lines and saves them with the machine they were measured on. Exits
with 1 when a ticket was not changed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import aiohttp
import psycopg
import uvloop

from supportdesk.domain.commands.bulk import MOST
from supportdesk.domain.ids import new_id
from tests.load._machine import describe
from tests.support.browsers import Browsers, bodies
from tests.support.desk import ROOT, Desk, running_desk
from tests.support.raw_browser import BULK, RawBrowser
from tests.support.seed import ADMIN, BUYER, SELLER, Seed
from tests.support.statements import counting

RESULTS = ROOT / "bench-results"
_PATIENCE = 60.0


class Bench:
    def __init__(self, desk: Desk, tickets: int) -> None:
        self.desk, self.count, self.seed = desk, tickets, Seed(desk.owner_url)
        self.results: dict[str, float] = {}
        self.faults = 0

    async def run(self) -> None:
        bea, sol, ada, abe = map(self.seed.person, (BUYER, SELLER, ADMIN, ADMIN))
        talk = self.seed.ticket(bea, sol)
        self.seed.tickets([(bea, sol)] * self.count)
        changes = self._changes(str(abe.id), str(sol.id))
        async with aiohttp.ClientSession() as http:
            browsers = Browsers(http, self.desk)
            admin = await browsers.visit(ada)
            writer, reader = await browsers.visit(sol, talk), await browsers.visit(bea, talk)
            try:
                await self._say(writer, reader, "quiet", lambda: False)
                for name, (field, value) in changes.items():
                    await self._choose(admin)
                    await self._change(admin, (writer, reader), name, field, value)
                await self._undo(admin)
            finally:
                await browsers.close()

    def _changes(self, assignee: str, by: str) -> dict[str, tuple[str, str]]:
        tag = str(new_id())
        with psycopg.connect(self.desk.owner_url) as database:
            (team,) = database.execute("SELECT id::text FROM team").fetchone() or ("",)
            values = (tag, f"Tag {tag[-6:]}", by)
            database.execute("INSERT INTO tag (id, name, created_by) VALUES (%s, %s, %s)", values)
            database.execute("UPDATE ticket SET team_id = NULL")
        return {
            "status": ("status", "in_progress"),
            "priority": ("priority", "urgent"),
            "assignee": ("assignee", assignee),
            "team": ("team", team),
            "tag": ("tag", tag),
            "untag": ("untag", tag),
        }

    async def _choose(self, admin: RawBrowser) -> None:
        await admin.navigate(f"{admin.path.partition('?')[0]}?sort=newest")
        await admin.settled()
        await admin.send(f"{BULK}.select_all")
        await admin.until(lambda b: len(b.var(BULK, "selected", {})) == self.count, _PATIENCE)

    async def _change(
        self, admin: RawBrowser, talk: tuple[RawBrowser, RawBrowser], *change: str
    ) -> None:
        name, field, value = change
        with counting(self.desk) as counted:
            done = asyncio.create_task(self._timed(admin, "change", field=field, value=value))
            await self._say(*talk, f"during_{name}", lambda: not done.done())
            seconds, statements = await done, counted.count()
        self._note(f"{name}_seconds", seconds)
        self._note(f"{name}_ms_per_ticket", seconds * 1000 / self.count)
        self._note(f"{name}_statements_per_ticket", statements / self.count)
        self._check(admin, f"{self.count} tickets changed.")

    async def _undo(self, admin: RawBrowser) -> None:
        seconds = await self._timed(admin, "undo")
        self._note("undo_seconds", seconds)
        self._note("undo_ms_per_ticket", seconds * 1000 / self.count)
        self._check(admin, f"{self.count} tickets are as before.")

    def _check(self, admin: RawBrowser, wanted: str) -> None:
        if (said := admin.var(BULK, "said")) != wanted:
            print(f"fault: {said!r}, not {wanted!r}: {admin.var(BULK, 'reasons')}", flush=True)
            self.faults += 1

    async def _timed(self, admin: RawBrowser, deed: str, **values: str) -> float:
        start = time.perf_counter()
        await admin.send(f"{BULK}.{deed}", **values)
        await admin.until(lambda b: not b.var(BULK, "said"), _PATIENCE)
        await admin.until(lambda b: b.var(BULK, "said"), _PATIENCE)
        return time.perf_counter() - start

    async def _say(
        self, writer: RawBrowser, reader: RawBrowser, name: str, goes_on: Callable[[], bool]
    ) -> None:
        """How long messages take to those who have nothing to do with it."""
        times: list[float] = []
        while len(times) < 10 or goes_on():
            start, text = time.perf_counter(), str(new_id())
            await writer.say(text)
            await reader.until(lambda b, text=text: text in bodies(b), _PATIENCE)
            times.append((time.perf_counter() - start) * 1000)
            await asyncio.sleep(0.05)
        times.sort()
        self._note(f"message_p50_ms_{name}", times[len(times) // 2])
        self._note(f"message_worst_ms_{name}", times[-1])

    def _note(self, name: str, value: float) -> None:
        self.results[name] = round(value, 3)
        print(f"{name}: {value:.3f}".rstrip("0").rstrip("."), flush=True)


def _save(machine: dict[str, object], options: argparse.Namespace, bench: Bench) -> Path:
    RESULTS.mkdir(exist_ok=True)
    place = RESULTS / f"bulk-{str(machine['date']).replace(':', '')[:17]}.json"
    document = {"machine": machine, "options": vars(options), "results": bench.results}
    place.write_text(json.dumps(document, indent=2) + "\n")
    return place


def main() -> int:
    parser = argparse.ArgumentParser(prog="bin/bench bulk", description=__doc__)
    parser.add_argument("--tickets", type=int, default=MOST, help="how many at once")
    options = parser.parse_args()
    with running_desk(demo=False) as desk:
        with psycopg.connect(desk.owner_url) as connection:
            version = connection.info.parameter_status("server_version") or "unknown"
        machine, bench = describe(version), Bench(desk, options.tickets)
        uvloop.run(bench.run())
    print(f"saved: {_save(machine, options, bench).relative_to(ROOT)}")
    return 1 if bench.faults else 0


if __name__ == "__main__":
    sys.exit(main())
