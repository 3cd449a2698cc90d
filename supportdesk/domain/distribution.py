"""Many numbers of which some sorted arrays are known: their percentiles, without sorting them all.

The arrays are as PostgreSQL packs them: four bytes for each number, the most significant first.
"""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_right
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
    def __init__(self, arrays: Sequence[Sorted]) -> None:
        self._arrays = [each for each in arrays if each]
        self.count = sum(map(len, self._arrays))
        if len(self._arrays) > 1 and self.count <= _FEW:
            self._arrays = [sorted(chain.from_iterable(self._arrays))]

    def percentile(self, share: float) -> float | None:
        """As `percentile_cont` has it: between two numbers, in proportion. None of none."""
        if not self.count:
            return None
        place = share * (self.count - 1)
        low = self._at(floor(place))
        high = self._after(low, floor(place) + 1) if place > floor(place) else low
        return low + (high - low) * (place - floor(place))

    def _at(self, rank: int) -> int:
        """The number in that place, counted from zero."""
        if len(self._arrays) == 1:
            return self._arrays[0][rank]
        low = min(each[0] for each in self._arrays)
        high = max(each[-1] for each in self._arrays)
        while low < high:
            middle = (low + high) // 2
            if sum(bisect_right(each, middle) for each in self._arrays) > rank:
                high = middle
            else:
                low = middle + 1
        return low

    def _after(self, number: int, rank: int) -> int:
        """The number in the place `rank`, when `number` is in the place before."""
        places = [(each, bisect_right(each, number)) for each in self._arrays]
        if sum(place for _, place in places) > rank:
            return number
        return min(each[place] for each, place in places if place < len(each))
