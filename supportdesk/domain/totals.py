"""How totals, which have all that was before a moment, save adding up what lies between. Pure.

There are such totals for the first moments of months. What happened between two of them is the one
less the other; what is left at the end of a period is what was left at the last of them, and what
has come since.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from supportdesk.domain.periods import By, Period, Piece, Span, midnight, pieces

# The start of a span that has all that was before its end.
BEGINNING = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Part:
    """A span, and how often (-1: it is taken away) it counts towards what happened in a period, and
    towards what was left at the end. `told`: each time that somebody waited is asked for too.
    """

    span: Span
    happened: int
    remained: int
    told: bool = False
    year: Span | None = None


def counted_as(
    wanted: Sequence[Piece], period: Period, known: Collection[datetime], parts: By
) -> list[Part]:
    """These pieces of the period, in order, and what they are to be counted with.

    `known` are the moments that there are totals for. Where the period has none of them, it takes
    the one before and the days between, those in `parts`.
    """
    start, end = period.whole.starts_at, period.whole.ends_at
    inside = [cut for each in wanted if (cut := each.span.starts_at) in known]
    inside += [end] if end in known else []
    before = max((moment for moment in known if moment <= start), default=BEGINNING)
    first, last = (inside[0], inside[-1]) if inside else (before, before)
    earlier = [] if inside else _gap(before, period, parts)
    return [
        *_totals(first, last),
        *(Part(each.span, 0, 1) for each in earlier),
        *(_part(each, first, last) for each in wanted),
    ]


def _totals(first: datetime, last: datetime) -> list[Part]:
    if last == BEGINNING:
        return []
    if first == last:
        return [Part(_until(last), 0, 1)]
    return [Part(_until(first), -1, 0), Part(_until(last), 1, 1)]


def _until(moment: datetime) -> Span:
    return Span(BEGINNING.date(), BEGINNING, moment)


def _part(piece: Piece, first: datetime, last: datetime) -> Part:
    if piece.span.ends_at <= first:
        counts = 1, 0
    else:
        counts = (1, 1) if piece.span.starts_at >= last else (0, 0)
    # A year stands for all of its months, so each of them has to count alike.
    year = piece.year
    if year and any(year.starts_at < moment < year.ends_at for moment in (first, last)):
        year = None
    return Part(piece.span, *counts, told=True, year=year)


def _gap(since: datetime, period: Period, parts: By) -> list[Piece]:
    """From this moment, which may be another zone's, up to the period."""
    start = period.whole.starts_at
    if since in (BEGINNING, start):
        return [] if since == start else [Piece(_until(start))]
    day = since.astimezone(period.zone).date()
    if midnight(day, period.zone) < since:
        day += timedelta(days=1)
    begins = midnight(day, period.zone)
    odd = [Piece(Span(day, since, begins))] if since < begins else []
    days = Period(day, period.first - timedelta(days=1), period.zone)
    return odd + (pieces(days, parts) if day < period.first else [])
