"""Many numbers of which some sorted arrays are known: their percentiles, without sorting them all.

The arrays are as PostgreSQL packs them: four bytes for each number, the most significant first.
"""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import chain
from math import floor

Sorted = Sequence[int]
# So few are sorted together sooner than they are searched one by one.
_FEW = 3000


def unpack(packed: bytes) -> array[int]:
    numbers = array("i", packed)
    if sys.byteorder == "little":
        numbers.byteswap()
    return numbers


class Distribution:
    """Of all numbers in `arrays`, but for those in `without`, which are among them."""

    def __init__(self, arrays: Sequence[Sorted], without: Sequence[Sorted] = ()) -> None:
        self._arrays = [each for each in arrays if each]
        self._without = [each for each in without if each]
        some, gone = (sum(map(len, each)) for each in (self._arrays, self._without))
        self.count = some - gone
        if len(self._arrays) + len(self._without) > 1 and some <= _FEW:
            self._arrays = [self._left()]
            self._without = []

    def percentile(self, share: float) -> float | None:
        """As `percentile_cont` has it: between two numbers, in proportion. None of none."""
        if not self.count:
            return None
        place = share * (self.count - 1)
        low = self._at(floor(place))
        high = self._after(low, floor(place) + 1) if place > floor(place) else low
        return low + (high - low) * (place - floor(place))

    def _left(self) -> list[int]:
        left = sorted(chain.from_iterable(self._arrays))
        for number in chain.from_iterable(self._without):
            del left[bisect_left(left, number)]
        return left

    def _at(self, rank: int) -> int:
        """The number in that place, counted from zero."""
        if len(self._arrays) == 1 and not self._without:
            return self._arrays[0][rank]
        low = min(each[0] for each in self._arrays)
        high = max(each[-1] for each in self._arrays)
        while low < high:
            middle = (low + high) // 2
            if self._up_to(middle) > rank:
                high = middle
            else:
                low = middle + 1
        return low

    def _after(self, number: int, rank: int) -> int:
        """The number in the place `rank`, when `number` is in the place before."""
        if self._without:
            return self._at(rank)  # What comes next may have been taken out.
        places = [(each, bisect_right(each, number)) for each in self._arrays]
        if sum(place for _, place in places) > rank:
            return number
        return min(each[place] for each, place in places if place < len(each))

    def _up_to(self, number: int) -> int:
        """How many are no larger."""
        found = sum(bisect_right(each, number) for each in self._arrays)
        return found - sum(bisect_right(each, number) for each in self._without)
