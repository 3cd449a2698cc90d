"""Many numbers of which some sorted arrays are known: their percentiles, without sorting them all.

The arrays are as PostgreSQL packs them: four bytes for each number, the most significant first.
"""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import chain, compress
from math import floor

Sorted = Sequence[int]
# So few for each array are sorted together sooner than they are searched one by one.
_FEW = 100
# So close to a number, by its place, that no better guess is needed.
_CLOSE = 64


def unpack(packed: bytes) -> array[int]:
    numbers = array("i", packed)
    if sys.byteorder == "little":
        numbers.byteswap()
    return numbers


class Numbers:
    """Sorted ones, or those of them alone that have a 1 in `chosen`."""

    __slots__ = ("all", "chosen", "count")

    def __init__(self, all_: Sorted, chosen: bytes | None = None) -> None:
        self.all, self.chosen = all_, chosen
        self.count = len(all_) if chosen is None else chosen.count(1)

    def every(self) -> Sorted:
        return self.all if self.chosen is None else list(compress(self.all, self.chosen))


class Distribution:
    """Of all numbers in `arrays`, but for those in `without`, which are among them."""

    def __init__(self, arrays: Sequence[Numbers], without: Sequence[Numbers] = ()) -> None:
        self._arrays = [each for each in arrays if each.count]
        self._without = [each for each in without if each.count]
        some, gone = (sum(each.count for each in of) for of in (self._arrays, self._without))
        self.count = some - gone
        # How many come before some of the numbers, and these.
        self._known: tuple[int, Sorted] = 0, ()

    def percentile(self, share: float) -> float | None:
        """As `percentile_cont` has it: between two numbers, in proportion. None of none."""
        if not self.count:
            return None
        place = share * (self.count - 1)
        low = self._at(floor(place))
        high = self._at(floor(place) + 1) if place > floor(place) else low
        return low + (high - low) * (place - floor(place))

    def _at(self, rank: int) -> int:
        """The number in that place, counted from zero."""
        before, numbers = self._known
        if not before <= rank < before + len(numbers):
            self._known = before, numbers = self._around(rank)
        return numbers[rank - before]

    def _around(self, rank: int) -> tuple[int, Sorted]:
        """Some of the numbers, that one among them, and how many come before."""
        if len(self._arrays) == 1 and not self._without and self._arrays[0].chosen is None:
            return 0, self._arrays[0].all
        few = _FEW * (len(self._arrays) + len(self._without))
        if self.count <= few:
            return 0, _less([each.every() for each in self._arrays],
                            [each.every() for each in self._without])  # fmt: skip
        above, before, most, until = self._by_the_longest(rank)
        while until - before > few and most - above > 1:
            middle = (above + most) // 2
            found = self._up_to(middle)
            if found > rank:
                most, until = middle, found
            else:
                above, before = middle, found
        if most - above == 1:
            return rank, (most,)
        return before, self._between(above, most)

    def _by_the_longest(self, rank: int) -> tuple[int, int, int, int]:
        """Two of its numbers that are close to that one, and how many there are up to each."""
        above = min([each.all[0] for each in self._arrays]) - 1
        most = max([each.all[-1] for each in self._arrays])
        longest = max([each.all for each in self._arrays], key=len)
        first, last = 0, len(longest) - 1
        before, until = 0, self.count
        share = len(longest) / self.count
        at, guessing = int(rank * share), True
        while last - first > _CLOSE:
            found = self._up_to(longest[at])
            guess = at + int((rank - found) * share)
            if found > rank:
                last, most, until = at - 1, longest[at], found
                guess -= _CLOSE // 4
            else:
                first, above, before = at + 1, longest[at], found
                guess += _CLOSE // 4
            # As good as any other, where the guesses are bad.
            guessing = not guessing or first <= guess <= last
            at = guess if guessing else (first + last) // 2
            at = max(first, min(at, last))
        return above, before, most, until

    def _between(self, above: int, most: int) -> Sorted:
        return _less(_parts(self._arrays, above, most), _parts(self._without, above, most))

    def _up_to(self, most: int) -> int:
        found = _count(self._arrays, most)
        return found - _count(self._without, most) if self._without else found


def _count(arrays: Iterable[Numbers], most: int) -> int:
    """How many are no larger. A plain loop: a report asks for it thousands of times."""
    found = 0
    for each in arrays:
        until = bisect_right(each.all, most)
        found += until if each.chosen is None else each.chosen.count(1, 0, until)
    return found


def _parts(arrays: Iterable[Numbers], above: int, most: int) -> list[Sorted]:
    found: list[Sorted] = []
    for each in arrays:
        first, until = bisect_right(each.all, above), bisect_right(each.all, most)
        part, chosen = each.all[first:until], each.chosen
        found.append(part if chosen is None else list(compress(part, chosen[first:until])))
    return found


def _less(arrays: Sequence[Sorted], without: Sequence[Sorted]) -> Sorted:
    left = sorted(chain.from_iterable(arrays))
    for number in chain.from_iterable(without):
        del left[bisect_left(left, number)]
    return left
