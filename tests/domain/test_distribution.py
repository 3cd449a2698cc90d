"""Percentiles of many sorted arrays are those of all their numbers together."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress
from random import Random

import pytest

from supportdesk.domain import distribution
from supportdesk.domain.distribution import Distribution, Numbers


def some(chance: Random, most: int) -> list[int]:
    """Sorted, some of them often the same."""
    widest = chance.choice((1, 50, 10**6))
    return sorted(
        chance.choice((chance.randrange(5), chance.randrange(widest)))
        for _ in range(chance.randrange(most))
    )


def percentile(whole: Sequence[int], share: float) -> float:
    place = share * (len(whole) - 1)
    low, high = whole[int(place)], whole[min(int(place) + 1, len(whole) - 1)]
    return low + (high - low) * (place - int(place))


@pytest.mark.parametrize(("few", "close"), [(0, 0), (0, 4), (2, 0), (2, 64), (100, 64)])
@pytest.mark.parametrize("seed", range(25))
def test_percentiles_of_parts_are_those_of_the_whole(monkeypatch, few, close, seed) -> None:
    """However they are found: of numbers of which only some are meant, and with some taken back."""
    monkeypatch.setattr(distribution, "_FEW", few)
    monkeypatch.setattr(distribution, "_CLOSE", close)
    chance = Random(seed)
    parts, meant = [], []
    for _ in range(chance.randrange(1, 9)):
        numbers = some(chance, chance.choice((30, 400)))
        if chance.random() < 0.5:
            parts.append(Numbers(numbers))
        else:
            chosen = bytes(chance.random() < 0.4 for _ in numbers)
            parts.append(Numbers(numbers, chosen))
            numbers = list(compress(numbers, chosen))
        meant.append(numbers)
    taken = [chance.sample(each, len(each) // 5) for each in meant if chance.random() < 0.5]
    whole = sorted(number for each in meant for number in each)
    for number in (number for each in taken for number in each):
        whole.remove(number)
    found = Distribution(parts, [Numbers(sorted(each)) for each in taken])
    assert found.count == len(whole)
    for share in (0, 0.5, 0.9, 1):
        if whole:
            assert found.percentile(share) == pytest.approx(percentile(whole, share))
        else:
            assert found.percentile(share) is None
