"""In which hours of the week tickets are filed, on the reader's clock. Pure."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from supportdesk.domain.periods import Period, midnight

# For each day from Monday on, how many in each of its 24 hours.
Hours = tuple[tuple[int, ...], ...]
_HOUR, _QUARTER = 3600, 900


@dataclass(frozen=True, slots=True)
class Filings:
    """The start of a span, and sorted seconds from it; `sign` is -1 for those that do not count."""

    start: datetime
    seconds: array[int]
    sign: int = 1


def busy_hours(filings: Iterable[Filings], period: Period) -> Hours:
    counts = [[0] * 24 for _ in range(7)]
    for each in filings:
        counted = 0
        for weekday, hour, ends in _hours(each.start, each.seconds[-1], period.zone):
            before, counted = counted, bisect_left(each.seconds, ends, counted)
            counts[weekday][hour] += each.sign * (counted - before)
    return tuple(map(tuple, counts))


def _hours(start: datetime, last: int, zone: ZoneInfo) -> Iterator[tuple[int, int, int]]:
    """Weekday, hour and when it ends, in seconds from `start`, gapless; from the start of the day
    on that it is in."""
    day = start.astimezone(zone).date()
    begins = _since(start, day, zone)
    while begins <= last:
        ends = _since(start, day + timedelta(days=1), zone)
        if ends - begins == 24 * _HOUR:
            for hour in range(24):
                yield day.weekday(), hour, begins + (hour + 1) * _HOUR
        else:
            # The clocks change: an hour is missing, comes twice, or is a part of one.
            for at in range(begins, ends, _QUARTER):
                local = (start + timedelta(seconds=at)).astimezone(zone)
                yield day.weekday(), local.hour, min(at + _QUARTER, ends)
        begins, day = ends, day + timedelta(days=1)


def _since(start: datetime, day: date, zone: ZoneInfo) -> int:
    return int((midnight(day, zone) - start).total_seconds())
