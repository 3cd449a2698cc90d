"""A period of any zone is put together from spans that are sealed once for all zones."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from random import Random
from zoneinfo import ZoneInfo, available_timezones

import pytest

from supportdesk.domain.periods import By, Period, Span, midnight
from supportdesk.domain.pieces import QUARTER, Piece, day_of, months_of, pieces, rows, sealed

# Whole hours, a half and three quarters, east and west, with clocks that change, and at the ends
# of the world; the last skipped a day in 2011.
ZONES = (
    "UTC", "Europe/Berlin", "America/St_Johns", "Asia/Kathmandu", "Pacific/Chatham",
    "America/Havana", "Australia/Lord_Howe", "Pacific/Kiritimati", "Etc/GMT+12", "Pacific/Apia",
)  # fmt: skip
_DAY = timedelta(days=1)
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SEALED = {
    by: {span for span in spans if span.ends_at < NOW - 2 * _DAY}
    for by, spans in sealed(datetime(2010, 5, 3, tzinfo=UTC), NOW)
}


def some(chance: Random) -> Period:
    """Of time that is over."""
    first = date(2011, 1, 1) + timedelta(days=chance.randrange(5000))
    days = chance.choice((0, 1, 6, 29, 31, 89, 400, 730))
    if chance.random() < 0.4:
        first = first.replace(day=1)
    return Period(first, first + timedelta(days=days), ZoneInfo(chance.choice(ZONES)))


def one_after_the_other(found: list[Piece], whole: Span) -> None:
    spans = [each.span for each in found]
    assert (spans[0].starts_at, spans[-1].ends_at) == (whole.starts_at, whole.ends_at)
    assert all(one.ends_at == next_.starts_at for one, next_ in pairwise(spans))
    assert all(span.starts_at < span.ends_at for span in spans)


def parted(found: list[Piece]) -> dict[Span, list[Span]]:
    parts = defaultdict(list)
    for each in found:
        if each.within:
            parts[each.within].append(each.span)
    return parts


@pytest.mark.parametrize("seed", range(150))
def test_what_is_over_is_sealed_but_for_less_than_a_day_at_each_end(seed: int) -> None:
    chance = Random(seed)
    period = some(chance)
    whole = period.whole
    found = pieces(whole, By.DAY)
    one_after_the_other(found, whole)
    counted = [each.span for each in found if each.span not in SEALED["all"]]
    assert all(span in (found[0].span, found[-1].span) for span in counted)
    assert all(span.ends_at - span.starts_at < _DAY for span in counted)
    for year, months in parted(found).items():
        assert year in SEALED["all"]
        assert len(months) == 12
    assert len(found) <= 2 * 33 + period.days // 28


@pytest.mark.parametrize("seed", range(150))
def test_groups_have_less_than_a_week_at_each_end_that_is_not_sealed(seed: int) -> None:
    period = some(Random(seed))
    found = pieces(period.whole, By.WEEK)
    one_after_the_other(found, period.whole)
    counted = [each.span for each in found if each.span not in SEALED["seller"]]
    assert sum((span.ends_at - span.starts_at for span in counted), timedelta()) < 14 * _DAY
    assert len(counted) <= 4


@pytest.mark.parametrize("seed", range(150))
def test_rows_are_cut_where_they_begin_and_their_days_are_sealed(seed: int) -> None:
    chance = Random(seed)
    period, by = some(chance), chance.choice((By.DAY, By.WEEK, By.MONTH))
    whole = period.whole
    found = rows(period, by)
    one_after_the_other(found, whole)
    starts = {each.span.starts_at for each in found} | {whole.ends_at}
    assert {step.span.starts_at for step in period.steps(by)} <= starts
    for each in found:
        if (each.within or each.span) not in SEALED["all"]:
            assert each in (found[0], found[-1])
    for day, parts in parted(found).items():
        assert (parts[0].starts_at, parts[-1].ends_at) == (day.starts_at, day.ends_at)
        assert len(parts) == 2
    # The inside of each, a day beside it, and what is less than one.
    if by is By.MONTH:
        assert len(found) <= 5 * (period.days // 28 + 1) + 2 * 31
    elif by is By.WEEK:
        assert len(found) <= 4 * (period.days // 7 + 1) + 2 * 7


def test_every_day_of_every_zone_begins_at_a_quarter_of_an_hour() -> None:
    """So what a sealed day has is enough to cut it where the day of a reader begins."""
    for name in sorted(available_timezones()):
        zone = ZoneInfo(name)
        for at in range(0, 40 * 365, 5):
            begins = midnight(date(2000, 1, 1) + timedelta(days=at), zone)
            assert not (begins - day_of(begins)) % QUARTER, (name, begins)


def test_a_zone_that_was_different_would_be_counted() -> None:
    """Monrovia was 44 minutes and a half behind until 1972."""
    period = Period(date(1971, 5, 1), date(1971, 5, 3), ZoneInfo("Africa/Monrovia"))
    found = rows(period, By.DAY)
    one_after_the_other(found, period.whole)
    assert not parted(found)
    assert len(found) == 6


def test_totals_are_of_the_months_that_are_sealed() -> None:
    since = datetime(2024, 7, 9, 23, tzinfo=UTC)
    months = months_of(since, NOW)
    assert months[0] == datetime(2024, 1, 1, tzinfo=UTC)
    assert months[-1] == datetime(2026, 11, 1, tzinfo=UTC)
    for _, spans in sealed(since, NOW):
        assert {Span(*pair) for pair in pairwise(months)} <= set(spans)
