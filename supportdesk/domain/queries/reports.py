"""What became of the tickets of a period: how many, how many are left, how long people waited.

Everything is counted from `ticket_times`, and for spans that are over from what was sealed of it
(see `docs/decisions/0020-reports-from-sealed-spans.md`): either way the same.
"""

from __future__ import annotations

import asyncio
from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from supportdesk.database.engine import fetch_packed, transaction
from supportdesk.domain import periods
from supportdesk.domain.actor import Actor, Role
from supportdesk.domain.busy import Hours, busy_hours
from supportdesk.domain.distribution import Distribution, unpack
from supportdesk.domain.errors import NotFound
from supportdesk.domain.models import Tag, Team, TicketTimes, TicketType, User
from supportdesk.domain.periods import Asked, By, Period, Piece, Preset

ALL = "all"
# On a screen; a file has them all.
MOST_ROWS = 100


@dataclass(frozen=True, slots=True)
class Waited:
    """Seconds from filing, of so many tickets. None of none."""

    count: int = 0
    median: float | None = None
    p90: float | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """`resolved` are tickets by their latest resolution, if it lasts; `backlog` is at the end."""

    filed: int = 0
    resolved: int = 0
    reopened: int = 0
    backlog: int = 0
    response: Waited = Waited()
    resolution: Waited = Waited()


@dataclass(frozen=True, slots=True)
class Row:
    """One day, team, seller ...; `first` is the first day of a stretch of time."""

    name: str
    figures: Figures
    first: date | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """`before` is the same of as many days before; None when there was no desk yet.

    Of the `groups` that there are, `rows` has those with the most tickets.
    """

    period: Period
    by: By
    figures: Figures
    before: Figures | None
    rows: tuple[Row, ...]
    groups: int
    hours: Hours


@dataclass(slots=True)
class _Sum:
    filed: int = 0
    resolved: int = 0
    undone: int = 0
    reopened: int = 0
    responses: list[array[int]] = field(default_factory=list)
    resolutions: list[array[int]] = field(default_factory=list)
    filings: list[tuple[datetime, array[int]]] = field(default_factory=list)

    @property
    def growth(self) -> int:
        """By how much more is unresolved at the end than at the start."""
        return self.filed - self.resolved + self.reopened - self.undone

    def figures(self, backlog: int) -> Figures:
        return Figures(
            self.filed,
            self.resolved,
            self.reopened,
            backlog,
            _waited(self.responses),
            _waited(self.resolutions),
        )


# The key of a group and, where asked for, the start and the end of a span: on the day that an
# island skips, one starts with the next.
_Key = tuple[str, datetime | None, datetime | None]


@dataclass(slots=True)
class _Found:
    """Sums, and what is unresolved at the end by the key of a group."""

    sums: dict[_Key, _Sum]
    left: dict[str, int]
    groups: int


_WHOLE = (None, None)
_TOTAL: _Key = ("", *_WHOLE)

# A span counts as sealed while nothing of it has changed since. Whole years come before months;
# what is not sealed is counted. One statement, so it is all of one moment.
_READ = """
WITH wanted AS MATERIALIZED (
    SELECT * FROM unnest(
        %(starts)s::timestamptz[], %(ends)s::timestamptz[],
        %(year_starts)s::timestamptz[], %(year_ends)s::timestamptz[],
        %(later)s::boolean[]
    ) AS w(starts_at, ends_at, year_starts, year_ends, later)
), sealed AS MATERIALIZED (
    SELECT s.id, s.starts_at, s.ends_at FROM report_span s
    WHERE s.by = %(by)s AND (s.starts_at, s.ends_at) IN (
        SELECT starts_at, ends_at FROM wanted UNION SELECT year_starts, year_ends FROM wanted)
      AND NOT EXISTS (
        SELECT FROM report_change c
        WHERE c.at >= s.starts_at AND c.at < s.ends_at AND s.by = ANY (c.concerns))
), settled AS MATERIALIZED (
    SELECT w.starts_at, w.ends_at, w.later, coalesce(year.id, own.id) AS span_id
    FROM wanted w
    LEFT JOIN sealed year ON (year.starts_at, year.ends_at) = (w.year_starts, w.year_ends)
    LEFT JOIN sealed own ON (own.starts_at, own.ends_at) = (w.starts_at, w.ends_at)
), spans AS MATERIALIZED (
    SELECT DISTINCT s.id, s.starts_at, s.ends_at, later
    FROM settled JOIN sealed s ON s.id = span_id
), counted AS MATERIALIZED (
    SELECT p.*, c.later
    FROM report_parts(
        %(by)s,
        ARRAY(SELECT starts_at FROM settled WHERE span_id IS NULL ORDER BY starts_at, ends_at),
        ARRAY(SELECT ends_at FROM settled WHERE span_id IS NULL ORDER BY starts_at, ends_at)) p
    JOIN settled c ON c.span_id IS NULL AND (c.starts_at, c.ends_at) = (p.starts_at, p.ends_at)
), unresolved AS MATERIALIZED (
    SELECT coalesce(id::text, word, '') AS key, count FROM (
        SELECT CASE %(by)s WHEN 'team' THEN team_id WHEN 'assignee' THEN assignee_id
                           WHEN 'seller' THEN seller_id WHEN 'tag' THEN tag_id END AS id,
               CASE %(by)s WHEN 'type' THEN type END AS word, count(*)
        FROM ticket_times
        WHERE resolved_at IS NULL
          AND (tag_id <> '00000000-0000-0000-0000-000000000000') = (%(by)s = 'tag')
        GROUP BY 1, 2) AS grouped
), shown AS MATERIALIZED (
    SELECT key, count(*) OVER () AS groups
    FROM (SELECT key, filed FROM spans JOIN report_part ON span_id = id WHERE NOT later
          UNION ALL SELECT key, filed FROM counted WHERE NOT later
          UNION ALL SELECT key, 0 FROM unresolved) AS any_part
    GROUP BY key ORDER BY sum(filed) DESC, key LIMIT %(most)s
), part AS (
    -- Looked up one by one: of ten thousand sellers a hundred are shown.
    SELECT starts_at, ends_at, later, found.*, groups
    FROM shown CROSS JOIN spans CROSS JOIN LATERAL (
        SELECT key, filed, undone, reopened, filings, responses, resolutions
        FROM report_part p WHERE p.span_id = spans.id AND p.key = shown.key OFFSET 0) AS found
    UNION ALL
    SELECT starts_at, ends_at, later, key, filed, undone, reopened, filings, responses,
           resolutions, groups
    FROM counted JOIN shown USING (key)
)
SELECT starts_at, ends_at, later, key, filed, undone, reopened,
       octet_length(resolutions) / 4 AS resolved,
       CASE WHEN NOT later AND %(hourly)s THEN filings END AS filings,
       CASE WHEN NOT later THEN responses END AS responses,
       CASE WHEN NOT later THEN resolutions END AS resolutions, NULL AS left, groups
FROM part
UNION ALL
SELECT NULL, NULL, NULL, key, 0, 0, 0, 0, NULL, NULL, NULL, count, groups
FROM unresolved JOIN shown USING (key)
"""


async def report_for(
    actor: Actor, asked: Asked, now: datetime, zone: ZoneInfo, *, most: int | None = MOST_ROWS
) -> Report:
    """For admins; for all others there are no reports. Raises `NotFound`."""
    if actor.role is not Role.ADMIN:
        raise NotFound("report")
    async with transaction(actor) as tx:
        today = now.astimezone(zone).date()
        first = await _first_day(tx, zone) if asked.preset is Preset.ALL else None
        period = periods.period(asked, today, first or today, zone)
        before = None if asked.preset is Preset.ALL else period.before()
        whole = await _whole(tx, period, now)
        former = await _whole(tx, before, now) if before else None
        by = periods.fitting(asked.by, period)
        parts = await _rows_of(tx, by, period, now, most)
        names = await _names(tx, by, parts)
    return await asyncio.to_thread(_report, period, by, whole, former, parts, names)


_SINCE = select(col(TicketTimes.filed_at)).order_by(col(TicketTimes.filed_at)).limit(1)


async def _first_day(tx: AsyncConnection, zone: ZoneInfo) -> date | None:
    since: datetime | None = await tx.scalar(_SINCE)
    return since.astimezone(zone).date() if since else None


async def _whole(tx: AsyncConnection, period: Period, now: datetime) -> _Found:
    return await _read(tx, ALL, periods.pieces(period, By.DAY), period, now)


async def _rows_of(
    tx: AsyncConnection, by: By, period: Period, now: datetime, most: int | None
) -> _Found:
    if by.is_time:
        steps = [Piece(each) for each in period.steps(by)]
        return await _read(tx, ALL, steps, period, now, apart=True)
    return await _read(tx, by.value, periods.pieces(period, By.WEEK), period, now, most=most)


async def _read(
    tx: AsyncConnection,
    by: str,
    wanted: Sequence[Piece],
    period: Period,
    now: datetime,
    *,
    most: int | None = None,
    apart: bool = False,
) -> _Found:
    """Sum up these pieces; `apart`: each by itself. What came later tells what was left then."""
    later = _later(period, now, By.DAY if by == ALL else By.WEEK)
    spans = [*wanted, *later]
    values = {
        "by": by,
        "starts": [each.span.starts_at for each in spans],
        "ends": [each.span.ends_at for each in spans],
        "year_starts": [each.year and each.year.starts_at for each in spans],
        "year_ends": [each.year and each.year.ends_at for each in spans],
        "later": [False] * len(wanted) + [True] * len(later),
        "most": most,
        "hourly": by == ALL and not apart,
    }
    rows = await fetch_packed(tx, _READ, values)
    return await asyncio.to_thread(_summed, rows, apart)


def _later(period: Period, now: datetime, parts: By) -> list[Piece]:
    """What lies between the end of the period and now."""
    today = now.astimezone(period.zone).date()
    if period.last >= today:
        return []
    return periods.pieces(Period(period.last + timedelta(days=1), today, period.zone), parts)


def _summed(rows: Iterable[Any], apart: bool) -> _Found:
    sums: dict[_Key, _Sum] = defaultdict(_Sum)
    left: dict[str, int] = defaultdict(int)
    groups = 0
    for row in rows:
        groups = row.groups
        if row.starts_at is None:
            left[row.key] += row.left
        elif row.later:
            left[row.key] -= row.filed - row.resolved + row.reopened - row.undone
        else:
            _add(sums[row.key, *((row.starts_at, row.ends_at) if apart else _WHOLE)], row)
    return _Found(dict(sums), dict(left), groups)


def _add(to: _Sum, row: Any) -> None:
    to.filed += row.filed
    to.resolved += row.resolved
    to.undone += row.undone
    to.reopened += row.reopened
    for name in ("responses", "resolutions"):
        if packed := getattr(row, name):
            getattr(to, name).append(unpack(packed))
    if row.filings:
        to.filings.append((row.starts_at, unpack(row.filings)))


def _waited(arrays: Sequence[array[int]]) -> Waited:
    found = Distribution(arrays)
    return Waited(found.count, found.percentile(0.5), found.percentile(0.9))


def _report(
    period: Period,
    by: By,
    whole: _Found,
    former: _Found | None,
    parts: _Found,
    names: dict[str, str],
) -> Report:
    total = whole.sums.get(_TOTAL, _Sum())
    rows = _steps(period, by, parts) if by.is_time else _groups(parts, names)
    return Report(
        period,
        by,
        total.figures(whole.left.get("", 0)),
        _only(former) if former else None,
        tuple(rows),
        len(rows) if by.is_time else parts.groups,
        busy_hours(total.filings, period),
    )


def _only(found: _Found) -> Figures:
    return found.sums.get(_TOTAL, _Sum()).figures(found.left.get("", 0))


def _steps(period: Period, by: By, found: _Found) -> list[Row]:
    """From the last backwards: what was left before it is what was left after it, less its own."""
    rows, left = [], found.left.get("", 0)
    for step in reversed(period.steps(by)):
        part = found.sums.get(("", step.starts_at, step.ends_at), _Sum())
        rows.append(Row(step.first.isoformat(), part.figures(left), step.first))
        left -= part.growth
    return rows[::-1]


def _groups(found: _Found, names: dict[str, str]) -> list[Row]:
    keys = {key for key, *_ in found.sums} | {key for key, left in found.left.items() if left}
    rows = [
        Row(names[key], found.sums.get((key, *_WHOLE), _Sum()).figures(found.left.get(key, 0)))
        for key in keys
    ]
    return sorted(rows, key=lambda row: (-row.figures.filed, row.name.lower()))


_NONE = {
    By.TEAM: "No team",
    By.ASSIGNEE: "Nobody",
    By.SELLER: "The platform",
}
_NAMED_BY: dict[By, tuple[Any, Any]] = {
    By.TEAM: (col(Team.id), col(Team.name)),
    By.ASSIGNEE: (col(User.id), col(User.name)),
    By.SELLER: (col(User.id), col(User.name)),
    By.TAG: (col(Tag.id), col(Tag.name)),
}


async def _names(tx: AsyncConnection, by: By, found: _Found) -> dict[str, str]:
    """What each group is called, by its key."""
    keys = {key for key, *_ in found.sums} | found.left.keys()
    if by is By.TYPE:
        return {key: TicketType(key).label for key in keys}
    if by.is_time:
        return {}
    key, name = _NAMED_BY[by]
    wanted = [UUID(each) for each in keys if each]
    rows = await tx.execute(select(key, name).where(key.in_(wanted)))
    return {"": _NONE.get(by, ""), **{str(row[0]): row[1] for row in rows}}
