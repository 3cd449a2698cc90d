"""`bin/bench list`: how long lists and searches take, and how the work grows with the desk.

Seeds a small and a large desk (or uses those that an earlier run left in --folder), then asks each
as an admin, a seller with many tickets and a buyer: lists, filters, sorts, pages far down, searches
and counts. For each: p50 and p95 in milliseconds at the database (its statements and the way to it,
not what Python makes of the rows), and the buffers that the statements touch, which is the measure
of the work. Prints `name: value` lines and saves them with the machine they were measured on.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import psycopg

from supportdesk.config import override
from supportdesk.database import embedded, migrations
from supportdesk.database.engine import dispose_engine
from supportdesk.seeding import load
from tests.load._list_cases import Case, cases
from tests.load._machine import describe
from tests.load._statements import Watch
from tests.support.desk import ROOT

RESULTS = ROOT / "bench-results"
GROWTH, P95_MS = 1.5, 100.0
# Whose lists have the targets: others see their own tickets alone, however large the desk is.
_TARGETED = "admin_"
# So little work is not worth a word: a page of thirty rows with all that they show is more.
_NEGLIGIBLE_BUFFERS = 500

Values = dict[str, dict[str, float]]


def measured(folder: Path, tickets: int, messages: int, rounds: int) -> tuple[Values, str]:
    """The values of each case on a desk of that size, which is made if it is not there."""
    server = embedded.start(folder / f"{tickets}-{messages}")
    try:
        migrations.upgrade(server.owner_url)
        server.admit_app()
        override(database_url=server.app_url)
        with psycopg.connect(server.owner_url) as connection:
            version = connection.info.parameter_status("server_version") or "unknown"
            empty = connection.execute('SELECT FROM "user" LIMIT 1').rowcount == 0
        if empty:
            load.seed(server.owner_url, tickets, messages, lambda line: print(line, flush=True))
        with psycopg.connect(server.owner_url, autocommit=True) as connection:
            connection.execute("CHECKPOINT")
            found = cases(connection)
        return asyncio.run(_all(found, rounds)), version
    finally:
        server.stop()


async def _all(found: list[Case], rounds: int) -> Values:
    values: Values = {}
    try:
        with Watch() as watch:
            for case in found:
                values[case.name] = await _one(watch, case, rounds)
                print(case.name, *(f"{k}={v:g}" for k, v in values[case.name].items()), flush=True)
    finally:
        await dispose_engine()
    return values


async def _one(watch: Watch, case: Case, rounds: int) -> dict[str, float]:
    times = []
    for _ in range(rounds):
        watch.restart()
        await case.ask()
        times.append(watch.milliseconds)
    watch.restart()
    rows = await case.ask()
    buffers = await watch.buffers(case.actor)
    times.sort()
    return {
        "p50_ms": round(times[len(times) // 2], 2),
        "p95_ms": round(times[int(len(times) * 0.95) - (len(times) % 20 == 0)], 2),
        "buffers": buffers,
        "rows": rows,
    }


def compared(small: Values, large: Values) -> dict[str, float]:
    results: dict[str, float] = {}
    for name in large:
        for size, values in (("small", small), ("large", large)):
            results |= {f"{name}_{size}_{what}": value for what, value in values[name].items()}
        results[f"{name}_growth"] = round(
            large[name]["buffers"] / max(small[name]["buffers"], 1), 2
        )
    return results


def missed(small: Values, large: Values) -> list[str]:
    found = []
    for name, values in large.items():
        if not name.startswith(_TARGETED):
            continue
        if values["p95_ms"] >= P95_MS:
            found.append(f"{name}: p95 {values['p95_ms']:g} ms, under {P95_MS:g} wanted")
        growth = values["buffers"] / max(_as_long(name, small[name], values), _NEGLIGIBLE_BUFFERS)
        if growth >= GROWTH:
            found.append(f"{name}: {growth:.2f} times the work, under {GROWTH:g} wanted")
    return found


def _as_long(name: str, small: dict[str, float], large: dict[str, float]) -> float:
    """The buffers of the small desk for a page with as many rows as the large one has.

    A list that is short only because the desk is small is compared row by row. Counts are not:
    they touch next to nothing for each ticket.
    """
    short = 0 < small["rows"] < large["rows"] and not name.endswith("_count")
    return small["buffers"] * (large["rows"] / small["rows"] if short else 1)


def _save(machine: dict[str, object], options: dict[str, Any], results: dict[str, float]) -> Path:
    RESULTS.mkdir(exist_ok=True)
    place = RESULTS / f"list-{str(machine['date']).replace(':', '')[:17]}.json"
    document = {"machine": machine, "options": options, "results": results}
    place.write_text(json.dumps(document, indent=2) + "\n")
    return place


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/bench list", description=__doc__)
    parser.add_argument("--small", type=int, default=10_000, help="tickets of the small desk")
    parser.add_argument("--tickets", type=int, default=1_000_000, help="tickets of the large desk")
    parser.add_argument("--messages", type=int, help="messages of the large desk (10 a ticket)")
    parser.add_argument("--rounds", type=int, default=20, help="how often each is asked")
    parser.add_argument("--folder", type=Path, help="where the desks are kept for another run")
    return parser.parse_args()


def main() -> int:
    options = _options()
    messages = options.messages or 10 * options.tickets
    small_messages = options.small * messages // options.tickets
    place: Callable[[], Any] = tempfile.TemporaryDirectory
    if options.folder:
        options.folder.mkdir(parents=True, exist_ok=True)
        place = lambda: nullcontext(str(options.folder))  # noqa: E731
    with place() as folder:
        small, version = measured(Path(folder), options.small, small_messages, options.rounds)
        machine = describe(version)
        large, _ = measured(Path(folder), options.tickets, messages, options.rounds)
    results = compared(small, large)
    for name, value in results.items():
        print(f"{name}: {value:g}")
    too_slow = missed(small, large)
    for line in too_slow:
        print(f"target MISSED: {line}")
    named = vars(options) | {"folder": None, "messages": messages}
    print(f"saved: {_save(machine, named, results).relative_to(ROOT)}")
    return 1 if too_slow else 0


if __name__ == "__main__":
    sys.exit(main())
