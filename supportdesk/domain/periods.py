"""Which days a report is of, and how they are cut into spans of time. Pure: no database, no clock.

Days are the reader's: each begins when the clocks of their zone first show it, so some have 23 or
25 hours.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)
EARLIEST = date(2000, 1, 1)
_MOST_STEPS = 2000


class Preset(StrEnum):
    """A period that moves along with today, and ends with it."""

    WEEK = "7"
    THIRTY = "30"
    NINETY = "90"
    MONTH = "month"
    YEAR = "year"
    ALL = "all"

    @property
    def label(self) -> str:
        return _PRESET_LABELS[self]


_PRESET_LABELS = {
    Preset.WEEK: "7 days",
    Preset.THIRTY: "30 days",
    Preset.NINETY: "90 days",
    Preset.MONTH: "This month",
    Preset.YEAR: "This year",
    Preset.ALL: "All",
}


class By(StrEnum):
    """What the rows of a report are."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    TEAM = "team"
    ASSIGNEE = "assignee"
    SELLER = "seller"
    TAG = "tag"
    TYPE = "type"

    @property
    def label(self) -> str:
        return self.value.capitalize()

    @property
    def is_time(self) -> bool:
        return self in (By.DAY, By.WEEK, By.MONTH)


_DAYS_IN = {By.DAY: 1, By.WEEK: 7}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address of a report says: a preset, or the first and the last day."""

    preset: Preset | None = Preset.THIRTY
    first: date | None = None
    last: date | None = None
    by: By = By.DAY


def parse(query: Mapping[str, str]) -> Asked:
    """Read an address; what is not understood is left out. Days may come in either order."""
    by = By(query["by"]) if query.get("by") in set(By) else By.DAY
    days = [day for name in ("from", "to") if (day := parse_day(query.get(name, "")))]
    if len(days) == 2:
        return Asked(None, min(days), max(days), by)
    preset = query.get("range")
    return Asked(Preset(preset) if preset in set(Preset) else Preset.THIRTY, by=by)


def spell(asked: Asked) -> str:
    """The same as the query of an address."""
    if asked.first and asked.last:
        values = {"from": asked.first.isoformat(), "to": asked.last.isoformat()}
    else:
        values = {"range": (asked.preset or Preset.THIRTY).value}
    return urlencode({**values, "by": asked.by.value})


def parse_day(text: str) -> date | None:
    """`2026-11-21`, of a time that a desk can know of; None for all else."""
    try:
        day = date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None
    return day if day and EARLIEST <= day < date(2100, 1, 1) else None


@dataclass(frozen=True, slots=True)
class Span:
    """From one moment up to another, which is not part of it."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Step:
    """A day, a week or a month of the reader's, by the day it begins with."""

    first: date
    span: Span


@dataclass(frozen=True, slots=True)
class Period:
    """From the first day to the last, in a zone."""

    first: date
    last: date
    zone: ZoneInfo

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def whole(self) -> Span:
        return span(self.first, self.last + _DAY, self.zone)

    def before(self) -> Period | None:
        """As many days, just before; None where no desk was yet."""
        first = self.first - self.days * _DAY
        return Period(first, self.first - _DAY, self.zone) if first >= EARLIEST else None

    def within(self, first: date, last: date) -> Period:
        """What of it is in these days; where that is none, the one that is closest to it."""
        begins, ends = (min(max(day, first), last) for day in (self.first, self.last))
        return Period(begins, ends, self.zone)

    def steps(self, by: By) -> list[Step]:
        """Its days, its weeks (from Monday) or its months; the first and the last may be short."""
        cuts = list(_cuts(self.first, self.last + _DAY, by))
        return [Step(pair[0], span(*pair, self.zone)) for pair in pairwise(cuts)]


def period(asked: Asked, today: date, since: date, zone: ZoneInfo) -> Period:
    """The days that are asked for. `since` is the day of the desk's first ticket."""
    if asked.first and asked.last:
        return Period(asked.first, asked.last, zone)
    first = {
        Preset.WEEK: today - 6 * _DAY,
        Preset.THIRTY: today - 29 * _DAY,
        Preset.NINETY: today - 89 * _DAY,
        Preset.MONTH: today.replace(day=1),
        Preset.YEAR: today.replace(month=1, day=1),
        Preset.ALL: max(min(since, today), EARLIEST),
    }[asked.preset or Preset.THIRTY]
    return Period(first, today, zone)


def fitting(by: By, asked: Period) -> By:
    """`by`, or what has fewer rows where there would be thousands of them."""
    for step, days in _DAYS_IN.items():
        if by is step and asked.days > days * _MOST_STEPS:
            by = By.WEEK if by is By.DAY else By.MONTH
    return by


def span(first: date, until: date, zone: ZoneInfo) -> Span:
    return Span(midnight(first, zone), midnight(until, zone))


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """When a day begins there."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _cuts(first: date, until: date, by: By) -> Iterator[date]:
    day = first
    while day < until:
        yield day
        day = _next(day, by)
    yield until


def _next(day: date, by: By) -> date:
    if by is By.DAY:
        return day + _DAY
    if by is By.WEEK:
        return day + (7 - day.weekday()) * _DAY
    return (day.replace(day=1) + 32 * _DAY).replace(day=1)
