"""What became of the tickets of a period: how many, how many are left, how long people waited.

Everything is counted from `ticket_times`, and for spans that are over from what was sealed of it
and corrected since (`report_sums`): either way the same.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date, datetime
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
from supportdesk.domain.periods import Asked, By, Period, Preset
from supportdesk.domain.pieces import pieces, rows
from supportdesk.domain.queries.report_sums import (
    ALL,
    TOTAL,
    WHOLE,
    Figures,
    Found,
    Sum,
    Waited,
    read,
)

__all__ = ["MOST_ROWS", "Figures", "Report", "Row", "Waited", "report_for"]

# On a screen; a file has them all.
MOST_ROWS = 100


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
        first = await _first_day(tx, zone) if asked.preset is Preset.ALL else None
        period = periods.period(asked, today, first or today, zone)
        before = None if asked.preset is Preset.ALL else period.before()
        whole = await _whole(tx, period)
        former = await _whole(tx, before) if before else None
        by = periods.fitting(asked.by, period)
        parts = await _rows_of(tx, by, period, most)
        names = await _names(tx, by, parts)
    return await asyncio.to_thread(_report, period, by, whole, former, parts, names)


_SINCE = select(col(TicketTimes.filed_at)).order_by(col(TicketTimes.filed_at)).limit(1)


async def _first_day(tx: AsyncConnection, zone: ZoneInfo) -> date | None:
    since: datetime | None = await tx.scalar(_SINCE)
    return since.astimezone(zone).date() if since else None


async def _whole(tx: AsyncConnection, period: Period) -> Found:
    return await read(tx, ALL, pieces(period.whole, By.DAY), period)


async def _rows_of(tx: AsyncConnection, by: By, period: Period, most: int | None) -> Found:
    if by.is_time:
        apart = [step.span for step in period.steps(by)]
        return await read(tx, ALL, rows(period, by), period, apart=apart)
    return await read(tx, by.value, pieces(period.whole, By.WEEK), period, most=most)


def _report(
    period: Period,
    by: By,
    whole: Found,
    former: Found | None,
    parts: Found,
    names: dict[str, str],
) -> Report:
    total = whole.sums.get(TOTAL, Sum())
    found = _steps(period, by, parts) if by.is_time else _groups(parts, names)
    return Report(
        period,
        by,
        total.figures(whole.left.get("", 0)),
        _only(former) if former else None,
        tuple(found),
        len(found) if by.is_time else parts.groups,
        busy_hours(total.filings, period),
    )


def _only(found: Found) -> Figures:
    return found.sums.get(TOTAL, Sum()).figures(found.left.get("", 0))


def _steps(period: Period, by: By, found: Found) -> list[Row]:
    """From the last backwards: what was left before it is what was left after it, less its own."""
    steps, left = [], found.left.get("", 0)
    for step in reversed(period.steps(by)):
        part = found.sums.get(("", step.span.starts_at, step.span.ends_at), Sum())
        steps.append(Row(step.first.isoformat(), part.figures(left), step.first))
        left -= part.growth
    return steps[::-1]


def _groups(found: Found, names: dict[str, str]) -> list[Row]:
    keys = {key for key, *_ in found.sums} | {key for key, left in found.left.items() if left}
    groups = [
        Row(names[key], found.sums.get((key, *WHOLE), Sum()).figures(found.left.get(key, 0)))
        for key in keys
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
    keys = {key for key, *_ in found.sums} | found.left.keys()
    if by is By.TYPE:
        return {key: TicketType(key).label for key in keys}
    if by.is_time:
        return {}
    key, name = _NAMED_BY[by]
    wanted = [UUID(each) for each in keys if each]
    named = await tx.execute(select(key, name).where(key.in_(wanted)))
    return {"": _NONE.get(by, ""), **{str(row[0]): row[1] for row in named}}
