"""How the figures of a report are said: on the screen, and in a file for spreadsheets. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from supportdesk.domain.periods import By, Period
from supportdesk.domain.queries.reports import Figures, Report, Row, Waited
from supportdesk.domain.spreadsheets import lines

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_COLUMNS = (
    "Filed",
    "Resolved",
    "Reopened",
    "Backlog at the end",
    "First responses",
    "First response, median (seconds)",
    "First response, 90th percentile (seconds)",
    "Resolution, median (seconds)",
    "Resolution, 90th percentile (seconds)",
)


def duration(seconds: float | None) -> str:
    """`42 s`, `12 min`, `3 h 12 min`, `2 d 4 h`; a dash for none."""
    if seconds is None:
        return "—"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 24 * 60:
        return _two(minutes // 60, "h", minutes % 60, "min")
    hours = round(seconds / 3600)
    return _two(hours // 24, "d", hours % 24, "h")


def _two(larger: int, unit: str, smaller: int, its_unit: str) -> str:
    return f"{larger} {unit} {smaller} {its_unit}" if smaller else f"{larger} {unit}"


def day(of: date) -> str:
    return f"{of.day} {of:%b %Y}"


def days(period: Period) -> str:
    """`21 Nov 2026`, `24 Oct 2025 to 21 Nov 2026`."""
    if period.first == period.last:
        return day(period.first)
    return f"{day(period.first)} to {day(period.last)}"


def name_of(row: Row, by: By, last: date) -> str:
    """`Sat 21 Nov 2026`, `16 to 22 Nov 2026`, `November 2026`, or the name of a group."""
    if row.first is None:
        return row.name
    if by is By.DAY:
        return f"{row.first:%a} {day(row.first)}"
    if by is By.MONTH:
        return f"{row.first:%B %Y}"
    until = min(row.first + timedelta(days=6 - row.first.weekday()), last)
    same = row.first.month == until.month
    begins = f"{row.first.day}" if same else f"{row.first.day} {row.first:%b}"
    return f"{begins} to {day(until)}" if until > row.first else day(until)


def short_name_of(row: Row, by: By, of: Period) -> str:
    """For the axis of a chart. A day has its year where there are several."""
    if row.first is None:
        return row.name if len(row.name) <= 14 else f"{row.name[:13]}…"
    if by is By.MONTH:
        return f"{row.first:%b %Y}"
    return day(row.first) if of.first.year < of.last.year else f"{row.first.day} {row.first:%b}"


@dataclass(frozen=True, slots=True)
class Change:
    """Against the period before: in words, with `better`, `worse` or nothing as its tone."""

    text: str = ""
    tone: str = ""


def change(now: float | None, before: float | None, *, good: int) -> Change:
    """`good` is 1 where more is better, -1 where less is, 0 where it is neither."""
    if now is None or before is None:
        return Change()
    if now == before:
        return Change("no change")
    tone = ("better" if (now > before) == (good > 0) else "worse") if good else ""
    said = "more" if now > before else "less"
    if before == 0:
        return Change(f"{said}, {tone}" if tone else said, tone)
    share = abs(now - before) / before
    text = f"{share:.0%} {said}" if share >= 0.01 else f"under 1% {said}"
    return Change(f"{text}, {tone}" if tone else text, tone)


def table(report: Report) -> str:
    """The rows of the report as a file; at its end all of them, and the period before."""
    head = report.by.label if not report.by.is_time else "First day"
    rows = [[_first_cell(row), *_cells(row.figures)] for row in report.rows]
    total = ["Total", *_cells(report.figures)]
    before = [["The period before", *_cells(report.before)]] if report.before else []
    return lines([[head, *_COLUMNS], *rows, total, *before])


def hours_table(report: Report) -> str:
    """How many tickets were filed in each hour of the week, as a file."""
    rows = [
        [f"{hour:02}:00", *(report.hours[weekday][hour] for weekday in range(7))]
        for hour in range(24)
    ]
    return lines([["Hour", *WEEKDAYS], *rows])


def _first_cell(row: Row) -> str:
    return row.first.isoformat() if row.first else row.name


def _cells(of: Figures) -> list[object]:
    counts = [of.filed, of.resolved, of.reopened, of.backlog, of.response.count]
    return [*counts, *_times(of.response), *_times(of.resolution)]


def _times(of: Waited) -> list[str]:
    return ["" if value is None else f"{value:.10g}" for value in (of.median, of.p90)]


def file_name(report: Report, what: str) -> str:
    first, last = report.period.first, report.period.last
    return f"reports-{what}-{first.isoformat()}-to-{last.isoformat()}.csv"
