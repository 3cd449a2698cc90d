"""The reports of admins. What is asked for stands in the address, so a report is a link."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

import reflex as rx
from reflex.event import EventSpec

from supportdesk import routes
from supportdesk.domain import periods, report_words
from supportdesk.domain.actor import Role
from supportdesk.domain.periods import Asked, By, Preset, parse, parse_day, spell
from supportdesk.domain.queries.reports import Report, report_for
from supportdesk.domain.queries.sessions import Viewer
from supportdesk.realtime.lines import zone
from supportdesk.realtime.pages import Page
from supportdesk.state.arriving import admin_at, arrive_at
from supportdesk.state.asking import ask_beside, query_of
from supportdesk.state.choice import typed
from supportdesk.state.filters import as_text
from supportdesk.state.report_rows import (
    Hour,
    Line,
    Scale,
    Tile,
    chart_of,
    hours_of,
    lines_of,
    scales_of,
    tiles_of,
)
from supportdesk.state.session import signed_in

_NOT_A_DAY = "Enter both days as a date, from 2000 on."


class ReportsState(rx.State):
    """`filed` is the file with the same figures; `note` says what is not shown."""

    loaded: bool = False
    error: str = ""
    wrong: str = ""
    preset: str = Preset.THIRTY.value
    first: str = ""
    last: str = ""
    by: str = By.DAY.value
    by_label: str = By.DAY.label
    by_time: bool = True
    of: str = ""
    before: str = ""
    note: str = ""
    filed: str = ""
    empty: bool = False
    tiles: list[Tile] = []
    lines: list[Line] = []
    chart: list[dict[str, Any]] = []
    response_scale: Scale = Scale()
    resolution_scale: Scale = Scale()
    hours: list[Hour] = []

    @rx.event
    async def arrive(self) -> EventSpec | None:
        """Runs on the page, after each choice, and again after each reconnect."""
        self.wrong = ""
        return await arrive_at(self, Page.REPORTS, self._read)

    @rx.event
    async def reread(self) -> None:
        """Sent when tickets have changed."""
        if viewer := await admin_at(self, Page.REPORTS):
            await self._read(viewer)

    @rx.event
    async def choose_range(self, value: str) -> EventSpec | None:
        """Choose one of the periods that end today."""
        if as_text(value) not in set(Preset):
            return None
        return await self._go(Asked(Preset(value), by=(await self._asked()).by))

    @rx.event
    async def choose_by(self, value: str) -> EventSpec | None:
        """Choose what the rows are."""
        if as_text(value) not in set(By):
            return None
        asked = await self._asked()
        return await self._go(Asked(asked.preset, asked.first, asked.last, By(value)))

    @rx.event
    async def choose_days(self, form_data: dict[str, Any]) -> EventSpec | None:
        """Choose the first and the last day."""
        first, last = (parse_day(typed(form_data, name)) for name in ("from", "to"))
        self.wrong = ""
        if first is None or last is None:
            self.wrong = _NOT_A_DAY
        elif first > last:
            self.wrong = "The first day comes after the last."
        else:
            return await self._go(Asked(None, first, last, (await self._asked()).by))
        return None

    async def _asked(self) -> Asked:
        return parse(await query_of(self))

    async def _go(self, asked: Asked) -> EventSpec | None:
        viewer = await signed_in(self)
        if viewer.actor.role is not Role.ADMIN:
            return None
        return await ask_beside(self, routes.ADMIN_REPORTS, spell(asked))

    async def _read(self, viewer: Viewer) -> None:
        asked = parse(dict(parse_qsl(self.router.url.query)))
        report = await report_for(viewer.actor, asked, datetime.now(UTC), zone(viewer.timezone))
        self._show(asked, report, viewer.timezone)

    def _show(self, asked: Asked, report: Report, timezone: str) -> None:
        """Only what has changed is sent to the browser."""
        for name, value in _shown(asked, report, timezone).items():
            if getattr(self, name) != value:
                setattr(self, name, value)


def _shown(asked: Asked, report: Report, timezone: str) -> dict[str, Any]:
    period, before = report.period, report.period.before()
    known = report.before is not None and before is not None
    response, resolution = scales_of(report)
    return {
        "loaded": True,
        "preset": asked.preset.value if asked.preset else "",
        "first": period.first.isoformat(),
        "last": period.last.isoformat(),
        "by": report.by.value,
        "by_label": report.by.label,
        "by_time": report.by.is_time,
        "of": f"{report_words.days(period)} · {timezone.replace('_', ' ')}",
        "before": f"Compared with {report_words.days(before)}" if known and before else "",
        "note": _note(asked, report),
        "filed": f"{routes.ADMIN_REPORTS_FILE}?{periods.spell(asked)}",
        "empty": _is_empty(report),
        "tiles": tiles_of(report),
        "lines": lines_of(report),
        "chart": chart_of(report, response, resolution),
        "response_scale": response,
        "resolution_scale": resolution,
        "hours": hours_of(report),
    }


def _note(asked: Asked, report: Report) -> str:
    notes = []
    if asked.by is not report.by:
        notes.append(f"There are too many days to show one by one: these are {report.by}s.")
    if report.by is By.TAG:
        notes.append("A ticket with several tags counts for each of them.")
    elif not report.by.is_time:
        notes.append(f"Tickets are counted under the {report.by} that they have now.")
    if (left_out := report.groups - len(report.rows)) > 0:
        shown = len(report.rows)
        notes.append(
            f"These are the {shown} with the most tickets; the file has {left_out:,} more."
        )
    return " ".join(notes)


def _is_empty(report: Report) -> bool:
    of = report.figures
    return not (of.filed or of.resolved or of.reopened or of.backlog or of.response.count)
