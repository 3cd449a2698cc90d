"""How totals, which have all that was before a moment, save adding up what lies between. Pure.

There are such totals for the first moments of months. What happened between two of them is the one
less the other; what is left at the end of a period is what was left at the last of them, and what
has come since.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from supportdesk.domain.periods import By, Span
from supportdesk.domain.pieces import BEGINNING, Piece, pieces


@dataclass(frozen=True, slots=True)
class Part:
    """A span, and how often (-1: it is taken away) it counts towards what happened in a period, and
    towards what was left at the end. `told`: each time that somebody waited is asked for too.
    """

    span: Span
    happened: int
    remained: int
    told: bool = False
    within: Span | None = None


def counted_as(
    wanted: Sequence[Piece], whole: Span, known: Collection[datetime], parts: By
) -> list[Part]:
    """These pieces of the period, in order, and what they are to be counted with.

    `known` are the moments that there are totals for. Where the period has none of them, it takes
    the one before and the days between, those in `parts`.
    """
    start, end = whole.starts_at, whole.ends_at
    inside = [cut for each in wanted if (cut := each.span.starts_at) in known]
    inside += [end] if end in known else []
    before = max((moment for moment in known if moment <= start), default=BEGINNING)
    first, last = (inside[0], inside[-1]) if inside else (before, before)
    earlier = [] if inside else _gap(before, start, parts)
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
    return Span(BEGINNING, moment)


def _part(piece: Piece, first: datetime, last: datetime) -> Part:
    if piece.span.ends_at <= first:
        counts = 1, 0
    else:
        counts = (1, 1) if piece.span.starts_at >= last else (0, 0)
    # It stands for all of its parts, so each of them has to count alike.
    within = piece.within
    if within and any(within.starts_at < moment < within.ends_at for moment in (first, last)):
        within = None
    return Part(piece.span, *counts, told=True, within=within)


def _gap(since: datetime, start: datetime, parts: By) -> list[Piece]:
    """All from this moment up to the start of the period."""
    span = Span(since, start)
    return [Piece(span)] if since == BEGINNING else pieces(span, parts)
