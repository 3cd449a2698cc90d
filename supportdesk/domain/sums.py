"""What the figures of a report are summed up from: entries, and pieces of what is sealed. Pure."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple

from supportdesk.domain.busy import Filings
from supportdesk.domain.distribution import Distribution, Numbers
from supportdesk.domain.entries import Entries, Part
from supportdesk.domain.periods import Span


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


@dataclass(slots=True)
class Many:
    """Seconds: those that count, and those of them that were taken back."""

    arrays: list[Numbers] = field(default_factory=list)
    without: list[Numbers] = field(default_factory=list)

    def add(self, seconds: Numbers, sign: int) -> None:
        if seconds.count:
            (self.arrays if sign > 0 else self.without).append(seconds)

    @property
    def waited(self) -> Waited:
        found = Distribution(self.arrays, self.without)
        return Waited(found.count, found.percentile(0.5), found.percentile(0.9))


@dataclass(slots=True)
class Sum:
    filed: int = 0
    resolved: int = 0
    undone: int = 0
    reopened: int = 0
    responses: Many = field(default_factory=Many)
    resolutions: Many = field(default_factory=Many)
    filings: list[Filings] = field(default_factory=list)

    def add(self, entries: Entries, filings: Filings | None = None) -> None:
        self.filed += entries.sign * entries.filed
        self.resolved += entries.sign * entries.resolved
        self.undone += entries.sign * entries.undone
        self.reopened += entries.sign * entries.reopened
        self.responses.add(entries.responses, entries.sign)
        self.resolutions.add(entries.resolutions, entries.sign)
        if filings:
            self.filings.append(filings)

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
            self.responses.waited,
            self.resolutions.waited,
        )


class _Worked(NamedTuple):
    figures: Figures
    growth: int


# By what they come from: sealed pieces, and what they were corrected by. A sealed span is never
# changed: one that is corrected gives way to another, in the end. So a day that is over is worked
# out once, however often it is looked at.
_worked_out: dict[Hashable, _Worked] = {}
_MOST_KEPT = 20_000


class Stretch:
    """A row of time, in parts."""

    def __init__(self) -> None:
        self._parts: list[tuple[Part, Span]] = []

    def add(self, part: Part, span: Span) -> None:
        """What of that part is in that span."""
        self._parts.append((part, span))

    @property
    def growth(self) -> int:
        return self._worked.growth

    def figures(self, backlog: int) -> Figures:
        return replace(self._worked.figures, backlog=backlog)

    @cached_property
    def _worked(self) -> _Worked:
        name = tuple(part.name(span) for part, span in self._parts)
        found = _worked_out.get(name)
        if found is None:
            found = self._work_out()
            if None not in name:
                if len(_worked_out) >= _MOST_KEPT:
                    _worked_out.clear()
                _worked_out[name] = found
        return found

    def _work_out(self) -> _Worked:
        total = Sum()
        for part, span in self._parts:
            total.add(part.within(span))
        return _Worked(total.figures(0), total.growth)
