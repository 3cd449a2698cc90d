"""What the page of the reports draws of a report, and that its file says the same."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from supportdesk.domain.periods import By, Period
from supportdesk.domain.queries.reports import Figures, Report, Row, Waited
from supportdesk.domain.report_words import duration, hours_table, name_of, table
from supportdesk.state.report_rows import chart_of, hours_of, lines_of, scales_of, tiles_of

DAY, HOUR = 86_400.0, 3600.0
BUSY = Figures(1200, 40, 2, 1160, Waited(900, 1800.0, 3 * HOUR), Waited(40, 2 * DAY, 9.5 * DAY))
QUIET = Figures(1, 0, 0, 1161, Waited(), Waited(1, 30.0, 42.0))
BEFORE = Figures(1000, 50, 2, 0, Waited(700, 3600.0, 3 * HOUR), Waited())
HOURS = tuple(tuple(hour if day == 0 else 0 for hour in range(24)) for day in range(7))


def report(by: By, rows: list[Row], before: Figures | None = BEFORE) -> Report:
    period = Period(date(2026, 11, 20), date(2026, 11, 21), ZoneInfo("UTC"))
    return Report(period, by, BUSY, before, tuple(rows), len(rows), HOURS)


DAYS = [Row("", BUSY, date(2026, 11, 20)), Row("", QUIET, date(2026, 11, 21))]
GROUPS = [Row(name, BUSY if name == "Returns" else QUIET) for name in ("Returns", "=cmd")]


def test_a_tile_tells_of_a_figure_and_how_it_was_before():
    tiles = tiles_of(report(By.DAY, DAYS))
    assert [(each.name, each.value, each.before, each.change, each.tone) for each in tiles] == [
        ("Filed", "1,200", "1,000 before", "20% more", ""),
        ("Resolved", "40", "50 before", "20% less, worse", "worse"),
        ("Reopened", "2", "2 before", "no change", ""),
        ("Backlog", "1,160", "0 before", "more, worse", "worse"),
        ("First response, median", "30 min", "1 h before", "50% less, better", "better"),
        ("First response, p90", "3 h", "3 h before", "no change", ""),
        ("Resolution, median", "2 d", "", "", ""),
        ("Resolution, p90", "9 d 12 h", "", "", ""),
    ]


def test_where_there_was_no_desk_before_nothing_is_compared():
    tiles = tiles_of(report(By.DAY, DAYS, before=None))
    assert [each.value for each in tiles[:2]] == ["1,200", "40"]
    assert {(each.before, each.change, each.tone) for each in tiles} == {("", "", "")}


@pytest.mark.parametrize(
    ("response", "resolution", "units"),
    [
        (None, None, ("min", "min")), (119.0, 2 * HOUR - 1, ("min", "min")),
        (2 * HOUR, 2 * DAY - 1, ("h", "h")), (1.0, 2 * DAY, ("min", "d")),
    ],
)  # fmt: skip
def test_times_are_drawn_in_the_largest_unit_that_shows_them(response, resolution, units):
    longest = Figures(response=Waited(1, None, response), resolution=Waited(1, 1.0, resolution))
    scales = scales_of(report(By.DAY, [Row("", Figures()), Row("", longest)]))
    assert tuple(scale.unit for scale in scales) == units


def test_without_rows_a_chart_has_a_scale_and_no_points():
    empty = report(By.TAG, [])
    assert [scale.unit for scale in scales_of(empty)] == ["min", "min"]
    assert chart_of(empty, *scales_of(empty)) == []


def test_the_points_of_a_chart_are_the_figures_in_its_unit():
    drawn = report(By.DAY, DAYS)
    points = chart_of(drawn, *scales_of(drawn))
    assert points == [
        {"name": "20 Nov", "filed": 1200, "resolved": 40, "backlog": 1160,
         "response_median": 0.5, "response_p90": 3.0,
         "resolution_median": 2.0, "resolution_p90": 9.5},
        {"name": "21 Nov", "filed": 1, "resolved": 0, "backlog": 1161,
         "response_median": None, "response_p90": None,
         "resolution_median": 0.0, "resolution_p90": 0.0},
    ]  # fmt: skip


def test_a_chart_of_groups_has_as_many_as_there_is_room_for_and_one_of_days_has_all():
    groups = report(By.TEAM, [Row(f"Team {n}", QUIET) for n in range(30)])
    days = report(By.DAY, [Row("", QUIET, date(2026, 11, 1 + n)) for n in range(30)])
    for of, count in ((groups, 12), (days, 30)):
        assert len(chart_of(of, *scales_of(of))) == count
        assert len(lines_of(of)) == 30


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def said(value: str) -> str:
    return duration(float(value) if value else None)


@pytest.mark.parametrize(("by", "rows"), [(By.DAY, DAYS), (By.TEAM, GROUPS), (By.TAG, [])])
def test_the_tables_on_the_screen_say_what_the_file_says(by: By, rows: list[Row]):
    """Volume and backlog, the time to the first response, and the time to the resolution."""
    told = report(by, rows)
    first, *_ = rows_of(table(told))[0]
    in_file = rows_of(table(told))
    assert [row[first] for row in in_file[len(rows) :]] == ["Total", "The period before"]
    for shown, row, of in zip(lines_of(told), in_file, rows, strict=False):
        assert shown.name == name_of(of, by, told.period.last)
        assert row[first] == (of.first.isoformat() if of.first else of.name.replace("=", "'="))
        counts: dict[str, Any] = {
            "Filed": shown.filed, "Resolved": shown.resolved, "Reopened": shown.reopened,
            "Backlog at the end": shown.backlog, "First responses": shown.responses,
        }  # fmt: skip
        assert {name: f"{int(row[name]):,}" for name in counts} == counts
        times = {
            "First response, median (seconds)": shown.response_median,
            "First response, 90th percentile (seconds)": shown.response_p90,
            "Resolution, median (seconds)": shown.resolution_median,
            "Resolution, 90th percentile (seconds)": shown.resolution_p90,
        }
        assert {name: said(row[name]) for name in times} == times
    assert len(lines_of(told)) == len(rows)


def test_the_hours_on_the_screen_say_what_the_file_says():
    told = report(By.DAY, DAYS)
    shown = {hour.name: [cell.count for cell in hour.cells] for hour in hours_of(told)}
    in_file = {row.pop("Hour"): list(row.values()) for row in rows_of(hours_table(told))}
    assert shown == in_file
    assert in_file["23:00"] == ["23", *["0"] * 6]
    assert [hour.cells[0].shade for hour in hours_of(told)][::23] == [0, 5]
