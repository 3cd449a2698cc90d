"""What the page of the reports draws: a report, cut into tiles, table rows and points of charts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from supportdesk.domain.queries.reports import Figures, Report, Waited
from supportdesk.domain.report_words import change, duration, name_of, short_name_of

# So many bars still have room for their names.
_BARS = 12
_SHADES = 5


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure; `change` says how it compares, and `tone` is `better`, `worse` or nothing."""

    name: str
    value: str
    before: str
    change: str
    tone: str


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the tables."""

    name: str
    filed: str
    resolved: str
    reopened: str
    backlog: str
    responses: str
    response_median: str
    response_p90: str
    resolution_median: str
    resolution_p90: str


@dataclass(frozen=True, slots=True)
class Scale:
    """In which unit a chart counts time."""

    unit: str = "min"
    name: str = "minutes"
    seconds: int = 60


_SCALES = (Scale("d", "days", 86_400), Scale("h", "hours", 3600), Scale())


@dataclass(frozen=True, slots=True)
class Cell:
    """`shade` runs from 0 for none to 5 for the busiest hour."""

    count: str
    shade: int


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour of the day, from Monday to Sunday."""

    name: str
    cells: list[Cell]


# Name, what it is of the figures, and whether more of it is better (1), worse (-1) or neither.
_COUNTS = (("Filed", "filed", 0), ("Resolved", "resolved", 1), ("Reopened", "reopened", -1),
           ("Backlog", "backlog", -1))  # fmt: skip
_TIMES = (
    ("First response, median", "response", "median"),
    ("First response, p90", "response", "p90"),
    ("Resolution, median", "resolution", "median"),
    ("Resolution, p90", "resolution", "p90"),
)


def tiles_of(report: Report) -> list[Tile]:
    now, before = report.figures, report.before
    tiles = []
    for name, what, good in _COUNTS:
        counts = [getattr(of, what) if of else None for of in (now, before)]
        tiles.append(_tile(name, counts, [f"{c:,}" if c is not None else "" for c in counts], good))
    for name, what, share in _TIMES:
        times = [getattr(getattr(of, what), share) if of else None for of in (now, before)]
        tiles.append(_tile(name, times, [duration(time) for time in times], -1))
    return tiles


def _tile(name: str, values: list[float | None], said: list[str], good: int) -> Tile:
    against = change(*values, good=good)
    then = f"{said[1]} before" if values[1] is not None else ""
    return Tile(name, said[0], then, against.text, against.tone)


def lines_of(report: Report) -> list[Line]:
    return [_line(name_of(row, report.by, report.period.last), row.figures) for row in report.rows]


def _line(name: str, of: Figures) -> Line:
    return Line(
        name,
        f"{of.filed:,}",
        f"{of.resolved:,}",
        f"{of.reopened:,}",
        f"{of.backlog:,}",
        f"{of.response.count:,}",
        *_pair(of.response),
        *_pair(of.resolution),
    )


def _pair(of: Waited) -> tuple[str, str]:
    return duration(of.median), duration(of.p90)


def scales_of(report: Report) -> tuple[Scale, Scale]:
    """Of first responses and of resolutions, by the longest that a chart has to show."""
    return _scale(report, "response"), _scale(report, "resolution")


def _scale(report: Report, what: str) -> Scale:
    longest = max((getattr(row.figures, what).p90 or 0 for row in report.rows), default=0)
    return next((scale for scale in _SCALES if longest >= 2 * scale.seconds), _SCALES[-1])


def chart_of(report: Report, response: Scale, resolution: Scale) -> list[dict[str, Any]]:
    """The points of all charts. Of groups only as many as there is room for."""
    rows = report.rows if report.by.is_time else report.rows[:_BARS]
    return [
        {
            "name": short_name_of(row, report.by, report.period),
            "filed": row.figures.filed,
            "resolved": row.figures.resolved,
            "backlog": row.figures.backlog,
            **_points("response", row.figures.response, response),
            **_points("resolution", row.figures.resolution, resolution),
        }
        for row in rows
    ]


def _points(what: str, of: Waited, scale: Scale) -> dict[str, float | None]:
    return {
        f"{what}_{name}": None if value is None else round(value / scale.seconds, 2)
        for name, value in (("median", of.median), ("p90", of.p90))
    }


def hours_of(report: Report) -> list[Hour]:
    most = max(max(day) for day in report.hours)
    return [
        Hour(f"{hour:02}:00", [_cell(day[hour], most) for day in report.hours])
        for hour in range(24)
    ]


def _cell(count: int, most: int) -> Cell:
    return Cell(f"{count:,}", -(-count * _SHADES // most) if most else 0)
