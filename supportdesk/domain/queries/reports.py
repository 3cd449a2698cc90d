"""What became of the tickets of a period: how many, how many are left, how long people waited.

Everything is counted from `ticket_times`, and for spans that are over from what was sealed of it
and corrected since (`report_sums`): either way the same.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from supportdesk.database.engine import transaction
from supportdesk.domain import periods
from supportdesk.domain.actor import Actor, Role
from supportdesk.domain.busy import Hours, busy_hours
from supportdesk.domain.errors import NotFound
from supportdesk.domain.models import Tag, Team, TicketTimes, TicketType, User
from supportdesk.domain.periods import Asked, By, Period, Preset, Span
from supportdesk.domain.pieces import pieces, rows
from supportdesk.domain.queries.report_sums import ALL, TOTAL, Found, read
from supportdesk.domain.sums import Figures, Stretch, Sum, Waited

__all__ = ["MOST_ROWS", "Figures", "Report", "Row", "Waited", "report_for"]

# On a screen; a file has them all.
MOST_ROWS = 100
_DAY = timedelta(days=1)


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


async def report_for(
    actor: Actor, asked: Asked, now: datetime, zone: ZoneInfo, *, most: int | None = MOST_ROWS
) -> Report:
    """For admins; for all others there are no reports. Raises `NotFound`."""
    if actor.role is not Role.ADMIN:
        raise NotFound("report")
    async with transaction(actor, one_moment=True) as tx:
        today = now.astimezone(zone).date()
        since = await _first_day(tx, zone) or today
        period = periods.period(asked, today, since, zone)
        before = None if asked.preset is Preset.ALL else period.before()
        # Nothing happened before the month of the first ticket, nor has on the day after tomorrow.
        desk = since.replace(day=1) - _DAY, today + 2 * _DAY
        whole = await _whole(tx, period.within(*desk))
        former = await _whole(tx, before.within(*desk)) if before else None
        by = periods.fitting(asked.by, period)
        apart = [step.span for step in period.steps(by)] if by.is_time else []
        reading = _rows_of(tx, by, period.within(*desk), apart, most)
        total, parts = await asyncio.gather(asyncio.to_thread(_total, whole, period), reading)
        names = await _names(tx, by, parts)
    return await asyncio.to_thread(_report, period, by, total, former, parts, names)


_SINCE = select(col(TicketTimes.filed_at)).order_by(col(TicketTimes.filed_at)).limit(1)


async def _first_day(tx: AsyncConnection, zone: ZoneInfo) -> date | None:
    since: datetime | None = await tx.scalar(_SINCE)
    return since.astimezone(zone).date() if since else None


async def _whole(tx: AsyncConnection, period: Period) -> Found:
    return await read(tx, ALL, pieces(period.whole, By.DAY), period)


async def _rows_of(
    tx: AsyncConnection, by: By, period: Period, apart: list[Span], most: int | None
) -> Found:
    if by.is_time:
        return await read(tx, ALL, rows(period, by), period, apart=apart)
    return await read(tx, by.value, pieces(period.whole, By.WEEK), period, most=most)


def _report(
    period: Period,
    by: By,
    total: tuple[Figures, Hours],
    former: Found | None,
    parts: Found,
    names: dict[str, str],
) -> Report:
    found = _steps(period, by, parts) if by.is_time else _groups(parts, names)
    figures, hours = total
    return Report(
        period,
        by,
        figures,
        _only(former) if former else None,
        tuple(found),
        len(found) if by.is_time else parts.groups,
        hours,
    )


def _total(whole: Found, period: Period) -> tuple[Figures, Hours]:
    return _only(whole), busy_hours(whole.sums.get(TOTAL, Sum()).filings, period)


def _only(found: Found) -> Figures:
    return found.sums.get(TOTAL, Sum()).figures(found.left.get(TOTAL, 0))


def _steps(period: Period, by: By, found: Found) -> list[Row]:
    """From the last backwards: what was left before it is what was left after it, less its own."""
    steps, left = [], found.left.get(TOTAL, 0)
    for at, step in reversed(list(enumerate(period.steps(by)))):
        part = found.stretches.get(at) or Stretch()
        steps.append(Row(step.first.isoformat(), part.figures(left), step.first))
        left -= part.growth
    return steps[::-1]


def _groups(found: Found, names: dict[str, str]) -> list[Row]:
    keys = found.sums.keys() | {key for key, left in found.left.items() if left}
    groups = [
        Row(names[key], found.sums.get(key, Sum()).figures(found.left.get(key, 0))) for key in keys
    ]
    return sorted(groups, key=lambda row: (-row.figures.filed, row.name.lower()))


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


async def _names(tx: AsyncConnection, by: By, found: Found) -> dict[str, str]:
    """What each group is called, by its key."""
    keys = found.sums.keys() | found.left.keys()
    if by is By.TYPE:
        return {key: TicketType(key).label for key in keys}
    if by.is_time:
        return {}
    key, name = _NAMED_BY[by]
    wanted = [UUID(each) for each in keys if each]
    named = await tx.execute(select(key, name).where(key.in_(wanted)))
    return {"": _NONE.get(by, ""), **{str(row[0]): row[1] for row in named}}
