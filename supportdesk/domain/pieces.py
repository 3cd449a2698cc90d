"""What is sealed for readers in all zones, and how a period of any of them is put together. Pure.

What is sealed begins and ends with days of UTC. Those of a reader begin at other moments, so their
first and their last piece may be less than a day; where one of their days begins within such a day,
its two parts are told apart by the quarters of an hour that each entry has.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from supportdesk.domain.periods import By, Period, Span

# The start of a span that has all that was before its end.
BEGINNING = datetime(1, 1, 1, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
_DAY = timedelta(days=1)
_UTC = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class Piece:
    """A span, and a larger one that it is in, of which all other parts are asked for too."""

    span: Span
    within: Span | None = None


def pieces(whole: Span, parts: By) -> list[Piece]:
    """In as few spans as can be; what is less than a month comes in `parts`, days or weeks."""
    begins, ends = day_of(whole.starts_at), day_of(whole.ends_at)
    if begins < whole.starts_at:
        begins += _DAY
    if begins > ends:
        return _some(whole)
    first, last = Span(whole.starts_at, begins), Span(ends, whole.ends_at)
    return [*_some(first), *_months(Span(begins, ends), parts), *_some(last)]


def rows(asked: Period, by: By) -> list[Piece]:
    """Also cut wherever one of its steps begins."""
    whole, steps = asked.whole, asked.steps(by)
    found = [span for step in steps for span in _row(step.span, by)]
    if any((step.span.starts_at - BEGINNING) % QUARTER for step in steps):
        return list(map(Piece, found))  # No zone has been like that for long.
    return [_in_its_day(span, whole) for span in found]


def sealed(since: datetime, now: datetime) -> Iterator[tuple[str, list[Span]]]:
    """All that is to be sealed when it is over, from that year on, by what it is of."""
    begins = day_of(since).replace(month=1, day=1)
    ever = Span(begins, day_of(now) + _DAY)
    days, weeks, months = (_steps(ever, by) for by in (By.DAY, By.WEEK, By.MONTH))
    years = [_year_of(month) for month in months if month.starts_at.month == 1]
    insides = [_inside(_month_of(span)) for span in months]
    insides += [_inside(_week_of(span)) for span in weeks]
    yield "all", [*years, *months, *insides, *days]
    # Of a week in two months, two parts.
    cuts = sorted({span.starts_at for span in (*months, *weeks)} | {ever.ends_at})
    for by in (By.TEAM, By.ASSIGNEE, By.SELLER, By.TAG, By.TYPE):
        yield by.value, [*years, *months, *(Span(*pair) for pair in pairwise(cuts))]


def months_of(since: datetime, now: datetime) -> list[datetime]:
    """When each month began, from that year on: there is a total of all before."""
    begins = day_of(since).replace(month=1, day=1)
    return [month.starts_at for month in _steps(Span(begins, day_of(now) + _DAY), By.MONTH)]


def day_of(moment: datetime) -> datetime:
    """When the day of that moment began."""
    return datetime.combine(moment.astimezone(UTC).date(), time(), UTC)


def _some(span: Span) -> list[Piece]:
    return [Piece(span)] if span.starts_at < span.ends_at else []


def _steps(even: Span, by: By) -> list[Span]:
    first, last = even.starts_at.date(), (even.ends_at - _DAY).date()
    return [step.span for step in Period(first, last, _UTC).steps(by)]


def _months(even: Span, parts: By) -> Iterator[Piece]:
    for each in _steps(even, By.MONTH):
        month, year = _month_of(each), _year_of(each)
        if each == month:
            yield Piece(each, year if _holds(even, year) else None)
        else:
            spans = _row(each, By.MONTH) if parts is By.DAY else _steps(each, parts)
            yield from map(Piece, spans)


def _row(span: Span, by: By) -> list[Span]:
    """In days, with the inside of its week or month in one."""
    days = (span.ends_at - day_of(span.starts_at)) // _DAY + 1
    cuts = [day_of(span.starts_at) + at * _DAY for at in range(days + 1)]
    if by is not By.DAY:
        middle = cuts[len(cuts) // 2]
        inside = _inside((_week_of if by is By.WEEK else _month_of)(Span(middle, middle)))
        if _holds(span, inside):
            cuts = [cut for cut in cuts if not inside.starts_at < cut < inside.ends_at]
    within = [cut for cut in cuts if span.starts_at < cut < span.ends_at]
    ends = [span.starts_at, *within, span.ends_at]
    return [Span(*pair) for pair in pairwise(ends)] if span.starts_at < span.ends_at else []


def _in_its_day(span: Span, whole: Span) -> Piece:
    if span.ends_at - span.starts_at >= _DAY:
        return Piece(span)
    day = Span(begins := day_of(span.starts_at), begins + _DAY)
    return Piece(span, day if _holds(whole, day) else None)


def _holds(larger: Span, span: Span) -> bool:
    return larger.starts_at <= span.starts_at and span.ends_at <= larger.ends_at


def _month_of(span: Span) -> Span:
    begins = span.starts_at.replace(day=1)
    return Span(begins, (begins + 32 * _DAY).replace(day=1))


def _week_of(span: Span) -> Span:
    begins = span.starts_at - span.starts_at.weekday() * _DAY
    return Span(begins, begins + 7 * _DAY)


def _inside(span: Span) -> Span:
    """A month or a week without its first and its last day: it is in that of every zone."""
    return Span(span.starts_at + _DAY, span.ends_at - _DAY)


def _year_of(span: Span) -> Span:
    begins = span.starts_at.replace(month=1, day=1)
    return Span(begins, begins.replace(year=begins.year + 1))
