"""How figures of reports are said."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from supportdesk.domain.periods import By, Period
from supportdesk.domain.queries.reports import Figures, Row
from supportdesk.domain.report_words import change, duration, name_of, short_name_of


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (None, "—"), (0, "0 s"), (59.4, "59 s"), (59.6, "1 min"), (3569, "59 min"),
        (3599, "1 h"), (11_520, "3 h 12 min"), (86_399, "1 d"), (187_200, "2 d 4 h"),
    ],
)  # fmt: skip
def test_a_time_is_said_in_its_two_largest_units(seconds, said) -> None:
    assert duration(seconds) == said


@pytest.mark.parametrize(
    ("now", "before", "good", "text", "tone"),
    [
        (12, 10, 0, "20% more", ""), (12, 10, 1, "20% more, better", "better"),
        (8, 10, 1, "20% less, worse", "worse"), (8, 10, -1, "20% less, better", "better"),
        (10, 10, -1, "no change", ""), (3, 0, -1, "more, worse", "worse"),
        (None, 10, -1, "", ""), (10, None, -1, "", ""), (1001, 1000, 1, "under 1% more, better",
                                                         "better"),
    ],
)  # fmt: skip
def test_a_change_says_whether_it_is_better(now, before, good, text, tone) -> None:
    found = change(now, before, good=good)
    assert (found.text, found.tone) == (text, tone)


@pytest.mark.parametrize(
    ("by", "first", "last", "said"),
    [
        (By.DAY, date(2026, 11, 21), date(2026, 12, 1), "Sat 21 Nov 2026"),
        (By.WEEK, date(2026, 11, 16), date(2026, 12, 1), "16 to 22 Nov 2026"),
        (By.WEEK, date(2026, 11, 30), date(2026, 12, 1), "30 Nov to 1 Dec 2026"),
        (By.WEEK, date(2026, 11, 22), date(2026, 12, 1), "22 Nov 2026"),
        (By.MONTH, date(2026, 11, 1), date(2026, 12, 1), "November 2026"),
        (By.TEAM, None, date(2026, 12, 1), "Returns"),
    ],
)
def test_a_row_is_named_after_its_days(by, first, last, said) -> None:
    assert name_of(Row("Returns", Figures(), first), by, last) == said


@pytest.mark.parametrize(
    ("by", "last", "said"),
    [
        (By.DAY, date(2026, 12, 31), "21 Nov"), (By.DAY, date(2027, 1, 1), "21 Nov 2026"),
        (By.WEEK, date(2026, 12, 31), "21 Nov"), (By.WEEK, date(2027, 1, 1), "21 Nov 2026"),
        (By.MONTH, date(2026, 12, 31), "Nov 2026"),
    ],
)  # fmt: skip
def test_a_chart_of_several_years_says_which(by, last, said) -> None:
    row = Row("", Figures(), date(2026, 11, 21))
    assert short_name_of(row, by, Period(date(2026, 1, 1), last, ZoneInfo("UTC"))) == said
