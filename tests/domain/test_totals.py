"""What totals save is saved without a difference: each moment counts as often as it should."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from supportdesk.domain.periods import By, Period, Span, midnight
from supportdesk.domain.pieces import BEGINNING, Piece, pieces, rows
from supportdesk.domain.totals import Part, counted_as

ZONES = [ZoneInfo(name) for name in ("UTC", "Europe/Berlin", "Asia/Kathmandu", "Pacific/Chatham")]
_MONTHS = [date(2024 + at // 12, at % 12 + 1, 1) for at in range(36)]


def some(chance: Random) -> tuple[Period, list[Piece], set[datetime]]:
    """A period in pieces, and moments that there are totals for."""
    first = date(2024, 1, 1) + timedelta(days=chance.randrange(1000))
    last = first + timedelta(days=chance.choice((0, 6, 29, 100, 400, 800, 1000)))
    if chance.random() < 0.5:
        first = first.replace(month=1, day=1)
    period = Period(first, last, chance.choice(ZONES))
    by_rows = rows(period, chance.choice((By.DAY, By.WEEK, By.MONTH)))
    whole = period.whole
    wanted = chance.choice((by_rows, pieces(whole, By.DAY), pieces(whole, By.WEEK)))
    known = {
        midnight(day, ZONES[0]) for day in _MONTHS if chance.random() < chance.choice((0.1, 0.4, 1))
    }
    return period, wanted, known


def times(parts: list[Part], at: datetime) -> tuple[int, int, int]:
    having = [each for each in parts if each.span.starts_at <= at < each.span.ends_at]
    return (
        sum(each.happened for each in having),
        sum(each.remained for each in having),
        sum(each.told for each in having),
    )


@pytest.mark.parametrize("seed", range(60))
def test_each_moment_counts_once_where_it_should(seed: int) -> None:
    chance = Random(seed)
    period, wanted, known = some(chance)
    within = period.whole
    parts = counted_as(wanted, within, known, By.WEEK)
    spans = [each.span for each in parts]
    edges = {at for each in spans for at in (each.starts_at, each.ends_at)} - {BEGINNING}
    random = [datetime(2020, 1, 1, tzinfo=UTC) + timedelta(hours=chance.randrange(70_000))
              for _ in range(50)]  # fmt: skip
    for at in (*edges, *(edge - timedelta(seconds=1) for edge in edges), *random):
        inside = within.starts_at <= at < within.ends_at
        assert times(parts, at) == (inside, at < within.ends_at, inside), at


@pytest.mark.parametrize("seed", range(60))
def test_what_is_larger_stands_for_parts_that_count_alike(seed: int) -> None:
    period, wanted, known = some(Random(seed))
    counts: dict[Span, set[tuple[int, int]]] = defaultdict(set)
    for each in counted_as(wanted, period.whole, known, By.WEEK):
        if each.within:
            counts[each.within].add((each.happened, each.remained))
    assert all(len(each) == 1 for each in counts.values())


def test_what_lies_between_two_totals_is_not_added_up() -> None:
    period = Period(date(2024, 12, 15), date(2025, 12, 20), ZONES[2])
    known = {midnight(day, ZONES[0]) for day in _MONTHS}
    wanted = pieces(period.whole, By.WEEK)
    parts = counted_as(wanted, period.whole, known, By.WEEK)
    added_up = [each.span for each in parts if each.told and (each.happened or each.remained)]
    december = datetime(2025, 12, 1, tzinfo=UTC)
    assert added_up == [
        each.span
        for each in wanted
        if each.span.ends_at.year == 2024
        or each.span.ends_at <= wanted[4].span.ends_at
        or each.span.starts_at >= december
    ]
