"""What happened in a span of time, and in a part of a day of it. Pure.

A sealed day has, beside its counts and the seconds that people waited, the quarter of an hour in
which each entry happened: one byte each, those of all kinds one after the other.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate
from typing import Any

from supportdesk.domain.distribution import Numbers, unpack
from supportdesk.domain.periods import Span
from supportdesk.domain.pieces import QUARTER

# Bytes.
_MUCH = 400


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


class Part:
    """What a span has, as the database packs it: counted, a correction, or sealed. A sealed day may
    be asked for in pieces."""

    def __init__(self, row: Any) -> None:
        self._row = row

    def name(self, span: Span) -> Hashable:
        """The same only for what is the same for ever: a piece of what is sealed by its id, and a
        correction by all that it says. None of what says much, as today does."""
        row = self._row
        quarters = (0, 0) if row.quarters is None else self._quarters_of(span)
        if row.id is not None:
            return row.id, quarters
        said = row.responses or b"", row.resolutions or b"", row.quarters or b""
        if sum(map(len, said)) > _MUCH:
            return None
        return row.sign, row.filed, row.undone, row.reopened, row.resolved, said, quarters

    def within(self, span: Span) -> Entries:
        """What of a day is in that span; anything else is wholly in it."""
        row, everything = self._row, self._everything
        if row.quarters is None:
            return everything
        chosen = row.quarters.translate(_those(*self._quarters_of(span)))
        counts = row.filed, row.undone, row.reopened, everything.responses.count
        filed, undone, reopened, answered = accumulate(counts)
        resolutions = Numbers(everything.resolutions.all, chosen[answered:])
        return Entries(
            row.sign,
            chosen.count(1, 0, filed),
            chosen.count(1, filed, undone),
            chosen.count(1, undone, reopened),
            resolutions.count,
            Numbers(everything.responses.all, chosen[reopened:answered]),
            resolutions,
        )

    @cached_property
    def _everything(self) -> Entries:
        return entries_of(self._row)

    def _quarters_of(self, span: Span) -> tuple[int, int]:
        begins, ends = self._row.starts_at, self._row.ends_at
        first, until = max(span.starts_at, begins), min(span.ends_at, ends)
        return (first - begins) // QUARTER, (until - begins) // QUARTER


@lru_cache(maxsize=200)
def _those(first: int, until: int) -> bytes:
    """What makes 1 of these quarters and 0 of all others."""
    return bytes(first <= quarter < until for quarter in range(256))
