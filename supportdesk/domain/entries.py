"""What happened in a span of time, and in a part of a day of it. Pure.

A sealed day has, beside its counts and the seconds that people waited, the quarter of an hour in
which each entry happened: one byte each, those of all kinds one after the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import Any

from supportdesk.domain.distribution import Numbers, unpack
from supportdesk.domain.periods import Span
from supportdesk.domain.pieces import QUARTER


@dataclass(frozen=True, slots=True)
class Entries:
    """How many of each kind, and the seconds of those that have any; `sign` is -1 where they do not
    count."""

    sign: int
    filed: int
    undone: int
    reopened: int
    resolved: int
    responses: Numbers
    resolutions: Numbers


def entries_of(row: Any) -> Entries:
    """All of a span, as the database packs it."""
    return Entries(
        row.sign,
        row.filed,
        row.undone,
        row.reopened,
        row.resolved,
        Numbers(unpack(row.responses or b"")),
        Numbers(unpack(row.resolutions or b"")),
    )


class Day:
    """That of one day, which is asked for in parts."""

    def __init__(self, row: Any) -> None:
        self._all, self._begins, self._quarters = entries_of(row), row.starts_at, row.quarters
        counts = row.filed, row.undone, row.reopened, self._all.responses.count
        self._ends = list(accumulate(counts))

    def within(self, span: Span) -> Entries:
        first, until = span.starts_at - self._begins, span.ends_at - self._begins
        chosen = self._quarters.translate(_those(first // QUARTER, until // QUARTER))
        filed, undone, reopened, answered = self._ends
        resolutions = Numbers(self._all.resolutions.all, chosen[answered:])
        return Entries(
            self._all.sign,
            chosen.count(1, 0, filed),
            chosen.count(1, filed, undone),
            chosen.count(1, undone, reopened),
            resolutions.count,
            Numbers(self._all.responses.all, chosen[reopened:answered]),
            resolutions,
        )


@lru_cache(maxsize=200)
def _those(first: int, until: int) -> bytes:
    """What makes 1 of these quarters and 0 of all others."""
    return bytes(first <= quarter < until for quarter in range(256))
