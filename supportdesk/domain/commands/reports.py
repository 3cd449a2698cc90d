"""Sealing what is over, so that reports of long periods need not count it again.

Acts for nobody in particular. What was not sealed, or has changed since, is counted by whoever
reads a report: sealing changes how long that takes and nothing else.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from psycopg import sql

from supportdesk.database.engine import ask
from supportdesk.domain.actor import NOBODY
from supportdesk.domain.periods import By, Period, Span, pieces, span

_OUTLINE = sql.SQL("SELECT zones, since FROM report_outline()").format()
_SEAL = sql.SQL("SELECT seal_report({}, {}::timestamptz[], {}::timestamptz[], {}::timestamptz[])")
_GROUPS = ("team", "assignee", "seller", "tag", "type")


async def zones() -> list[str]:
    """In which zones reports are read: those of the admins."""
    outline = await ask(NOBODY, _OUTLINE)
    return list(outline[0]) if outline else []


async def seal(now: datetime, only: Collection[str] | None = None) -> int:
    """Seal all that is over, in the zone of every admin or in these; return how many spans it was.

    What has been corrected since it was sealed is sealed anew.
    """
    outline = await ask(NOBODY, _OUTLINE)
    if outline is None or outline[1] is None:
        return 0
    known, since = outline
    sealed = 0
    for name in known if only is None else only:
        zone = ZoneInfo(name)
        days = since.astimezone(zone).date().replace(month=1, day=1), now.astimezone(zone).date()
        period = Period(*days, zone)
        months = [month.starts_at for month in period.steps(By.MONTH)]
        for by, spans in _over(period):
            starts, ends = [s.starts_at for s in spans], [s.ends_at for s in spans]
            row = await ask(NOBODY, _SEAL.format(by, starts, ends, months))
            sealed += row[0] if row else 0
    return sealed


def _over(period: Period) -> Iterator[tuple[str, list[Span]]]:
    """What reports are put together from; the database leaves out what is not over."""
    months, weeks = period.steps(By.MONTH), period.steps(By.WEEK)
    spans = [*_years(period), *months]
    yield "all", [*spans, *weeks, *period.steps(By.DAY)]
    # Of a week in two months, two parts.
    cuts = sorted({each.first for each in (*months, *weeks)})
    parts = [span(*pair, period.zone) for pair in pairwise(cuts)]
    for by in _GROUPS:
        yield by, [*spans, *parts]


def _years(period: Period) -> list[Span]:
    found = {piece.year for piece in pieces(period, By.MONTH) if piece.year}
    return sorted(found, key=lambda year: year.first)
