"""`bin/bench reports`: how long each report takes, from the question to its last figure.

Seeds a desk (or uses the one that an earlier run left in --folder), seals what is over as `serve`
does before it says that the desk is ready, and asks for each period by everything there is, in a
zone of whole hours and in one of three quarters that nobody was in before. Then again when the past
has changed: when two tags have become one, when hundreds of old tickets have got another team,
type, seller or assignee or are open again, and while all of that is sealed anew. For each: p50 and
p95 in milliseconds, with all that Python makes of the rows. To compare, a few are asked while
nothing is sealed, which nobody meets. Prints `name: value` lines and saves them with the machine
they were measured on. `first` is how long the first of these questions took: days that are sealed
are worked out once by a process.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psycopg

from supportdesk.config import override
from supportdesk.database import embedded, migrations
from supportdesk.database.engine import dispose_engine
from supportdesk.domain.actor import Actor, Role
from supportdesk.domain.commands import reports as sealing
from supportdesk.domain.commands import tag_settings
from supportdesk.domain.commands.bulk import MOST
from supportdesk.domain.periods import EARLIEST, Asked, By, Preset
from supportdesk.domain.queries.reports import report_for
from supportdesk.seeding import load
from supportdesk.seeding.plan import id_of
from tests.load._machine import describe
from tests.support.desk import ROOT

RESULTS = ROOT / "bench-results"
P95_MS = 300.0
_ZONE, _NEW_ZONE = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Kathmandu")
_DAY = timedelta(days=1)
_ADMIN = Actor(id_of("admin", 0), Role.ADMIN)
# Of all times: the ids of a made-up desk are in the order of time, their ends are not.
_SOME = "SELECT id FROM ticket WHERE {} ORDER BY hashtext(id::text) LIMIT %s"
_CHANGES = tuple(
    f"UPDATE ticket SET {change} WHERE id IN ({_SOME.format(which)})"
    for change, which in (
        ("team_id = NULL", "team_id IS NOT NULL"),
        ("assignee_id = NULL", "assignee_id IS NOT NULL"),
        ("type = 'question'", "type <> 'question'"),
        ("seller_id = NULL", "seller_id IS NOT NULL AND buyer_id IS NOT NULL"),
        ("status = 'open'", "resolved_at IS NOT NULL"),
    )
)


def measured(options: argparse.Namespace, folder: Path) -> tuple[dict[str, float], str]:
    server = embedded.start(folder / f"{options.tickets}-{options.messages}")
    try:
        migrations.upgrade(server.owner_url)
        server.admit_app()
        override(database_url=server.app_url)
        with psycopg.connect(server.owner_url, autocommit=True) as connection:
            version = connection.info.parameter_status("server_version") or "unknown"
            if connection.execute('SELECT FROM "user" LIMIT 1').rowcount == 0:
                load.seed(server.owner_url, options.tickets, options.messages, _say)
            connection.execute("TRUNCATE report_span, report_change CASCADE")
            connection.execute("VACUUM (ANALYZE) ticket_times")
        gc.freeze()  # As the process that serves does: what was loaded is no garbage.
        return asyncio.run(_all(server.owner_url, options.rounds)), version
    finally:
        server.stop()


def _say(line: str) -> None:
    print(line, flush=True)


async def _all(owner_url: str, rounds: int) -> dict[str, float]:
    values: dict[str, float] = {}
    try:
        for name, asked in _cases("unsealed", (Preset.NINETY, Preset.ALL)):
            await _time(values, name, asked, 3)
        await _seal(values, "sealing")
        with psycopg.connect(owner_url, autocommit=True) as connection:
            connection.execute("VACUUM (ANALYZE) report_span, report_part, report_change")
        await _ask(values, "sealed", rounds)
        await _ask(values, "new_zone", rounds, _NEW_ZONE)
        for deed in (_merge, _change):
            name = deed.__name__.removeprefix("_") + "d"
            began = time.perf_counter()
            with psycopg.connect(owner_url, autocommit=True) as connection:
                values[f"{name}_tickets"] = await deed(connection)
                values[f"{name}_s"] = round(time.perf_counter() - began, 1)
                found = connection.execute("SELECT count(*) FROM report_change").fetchone()
            values[f"{name}_corrections"] = (found or (0,))[0]
            _say(f"{name}: {values[f'{name}_tickets']:g} tickets, {values[f'{name}_s']} s")
            await _ask(values, name, rounds)
        sealer = asyncio.create_task(_seal(values, "sealing_anew"))
        await asyncio.sleep(0)
        await _ask(values, "while_sealing", rounds)
        await sealer
    finally:
        await dispose_engine()
    return values


async def _seal(values: dict[str, float], name: str) -> None:
    began = time.perf_counter()
    values[f"{name}_spans"] = await sealing.seal(datetime.now(UTC))
    values[f"{name}_s"] = round(time.perf_counter() - began, 1)
    _say(f"{name}_s: {values[f'{name}_s']}")


async def _ask(values: dict[str, float], state: str, rounds: int, zone: ZoneInfo = _ZONE) -> None:
    for name, asked in (*_cases(state, tuple(Preset)), *_long_ago(state), *_beyond(state)):
        await _time(values, name, asked, rounds, zone)


async def _merge(connection: psycopg.Connection[Any]) -> int:
    """The two tags that most tickets have become one."""
    found = connection.execute(
        "SELECT tag_id FROM ticket_tag GROUP BY 1 ORDER BY count(*) DESC LIMIT 2"
    )
    (kept,), (gone,) = found.fetchall()
    return await tag_settings.merge(_ADMIN, gone, kept)


async def _change(connection: psycopg.Connection[Any]) -> int:
    """As many tickets as may be changed at once, of all times."""
    changed = 0
    for change in _CHANGES:
        changed += connection.execute(change, [MOST]).rowcount
    return changed


def _cases(state: str, presets: tuple[Preset, ...]) -> Iterator[tuple[str, Asked]]:
    for preset in presets:
        for by in By:
            yield f"{state}_{preset.name.lower()}_by_{by}", Asked(preset, by=by)


def _long_ago(state: str) -> Iterator[tuple[str, Asked]]:
    """Days that begin and end within a month, and what was left at the end of them."""
    today = datetime.now(_ZONE).date()
    first, last = today.replace(day=15) - 700 * _DAY, today.replace(day=15) - 330 * _DAY
    for by in By:
        yield f"{state}_long_ago_by_{by}", Asked(None, first, last, by)


def _beyond(state: str) -> Iterator[tuple[str, Asked]]:
    """From long before the desk to long after today, and a thousand days with as many before."""
    for by in By:
        yield f"{state}_century_by_{by}", Asked(None, EARLIEST, date(2099, 12, 31), by)
    yield f"{state}_decades_by_week", Asked(None, EARLIEST, date(2030, 12, 31), By.WEEK)
    today = datetime.now(_ZONE).date()
    yield f"{state}_thousand_days_by_day", Asked(None, today - 999 * _DAY, today, By.DAY)


async def _time(
    values: dict[str, float], name: str, asked: Asked, rounds: int, zone: ZoneInfo = _ZONE
) -> None:
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        await report_for(_ADMIN, asked, datetime.now(UTC), zone)
        times.append((time.perf_counter() - began) * 1000)
    values[f"{name}_first_ms"] = round(times[0], 1)
    times.sort()
    values[f"{name}_p50_ms"] = round(times[len(times) // 2], 1)
    values[f"{name}_p95_ms"] = round(times[int(len(times) * 0.95) - (len(times) % 20 == 0)], 1)
    told = (f"{what} {values[f'{name}_{what}_ms']}" for what in ("p50", "p95", "first"))
    _say(f"{name}: {' '.join(told)}")


def missed(values: dict[str, float]) -> list[str]:
    return [
        f"{name}: {value:g} ms, under {P95_MS:g} wanted"
        for name, value in values.items()
        if name.endswith("_p95_ms") and not name.startswith("unsealed_") and value >= P95_MS
    ]


def _save(machine: dict[str, object], options: dict[str, Any], values: dict[str, float]) -> Path:
    RESULTS.mkdir(exist_ok=True)
    place = RESULTS / f"reports-{str(machine['date']).replace(':', '')[:17]}.json"
    document = {"machine": machine, "options": options, "results": values}
    place.write_text(json.dumps(document, indent=2) + "\n")
    return place


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/bench reports", description=__doc__)
    parser.add_argument("--tickets", type=int, default=1_000_000)
    parser.add_argument("--messages", type=int, help="three a ticket unless told")
    parser.add_argument("--rounds", type=int, default=20, help="how often each is asked")
    parser.add_argument("--folder", type=Path, help="where the desk is kept for another run")
    options = parser.parse_args()
    options.messages = options.messages or 3 * options.tickets
    return options


def main() -> int:
    options = _options()
    place: Callable[[], Any] = tempfile.TemporaryDirectory
    if options.folder:
        options.folder.mkdir(parents=True, exist_ok=True)
        place = lambda: nullcontext(str(options.folder))  # noqa: E731
    with place() as folder:
        values, version = measured(options, Path(folder))
    too_slow = missed(values)
    for line in too_slow:
        print(f"target MISSED: {line}")
    saved = _save(describe(version), vars(options) | {"folder": None}, values)
    print(f"saved: {saved.relative_to(ROOT)}")
    return 1 if too_slow else 0


if __name__ == "__main__":
    sys.exit(main())
