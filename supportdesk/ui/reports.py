"""The page of the reports: what it is of, the figures, and a chart with its table for each."""

from typing import Any

import reflex as rx

from supportdesk.domain.periods import By, Preset
from supportdesk.state.report_rows import Tile
from supportdesk.state.reports import ReportsState
from supportdesk.ui.controls import acting_select, button, described, empty, wrong
from supportdesk.ui.report_charts import areas, bars, busy, curves
from supportdesk.ui.report_tables import hours_table, table

_MEDIAN, _P90 = "Median", "90th percentile"


def sections() -> list[rx.Component]:
    return [
        _choices(),
        rx.cond(
            ReportsState.empty,
            empty(
                "chart-column",
                "Nothing happened in this time",
                "No tickets were filed, answered or resolved. Choose a longer time.",
            ),
            rx.fragment(_tiles(), *_charts()),
        ),
    ]


# A link within the app would look for a page there.
_FILE: dict[str, Any] = {"download": True, "reload_document": True}


def file_link() -> rx.Component:
    return rx.cond(
        ReportsState.loaded,
        rx.el.a(
            rx.icon("download", size=14),
            "Export CSV",
            href=ReportsState.filed,
            **_FILE,
            class_name="button file",
        ),
    )


def _choices() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            *[_preset(each) for each in Preset],
            role="group",
            aria_label="Range",
            class_name="presets",
        ),
        _days(),
        rx.el.label(
            "By",
            acting_select(
                *[rx.el.option(each.label, value=each.value) for each in By],
                value=ReportsState.by,
                on_change=ReportsState.choose_by,
                aria_label="By",
                class_name="select",
            ),
            class_name="by",
        ),
        rx.el.p(
            ReportsState.of,
            rx.cond(ReportsState.before != "", f" · {ReportsState.before}", ""),
            class_name="of",
        ),
        class_name="asked",
    )


def _preset(preset: Preset) -> rx.Component:
    chosen = ReportsState.preset == preset.value
    return button(
        preset.label,
        kind="quiet",
        aria_pressed=rx.cond(chosen, "true", "false"),
        on_click=ReportsState.choose_range(preset.value),
    )


def _days() -> rx.Component:
    return rx.el.form(
        _day("from", "From", ReportsState.first),
        _day("to", "To", ReportsState.last),
        button("Apply", type="submit"),
        rx.cond(ReportsState.wrong != "", wrong(ReportsState.wrong, id="days-error")),
        on_submit=ReportsState.choose_days,
        no_validate=True,
        # The days of another report take the place of what was typed for this one.
        key=f"{ReportsState.first} {ReportsState.last}",
        class_name="days",
    )


def _day(name: str, label: str, value: rx.Var[str]) -> rx.Component:
    return rx.el.label(
        label,
        rx.el.input(
            type="date",
            name=name,
            default_value=value,
            min="2000-01-01",
            max="2099-12-31",
            **described("days", ReportsState.wrong),
            class_name="input",
        ),
    )


def _tiles() -> rx.Component:
    return rx.el.dl(rx.foreach(ReportsState.tiles, _tile), class_name="tiles")


def _tile(tile: rx.Var[Tile]) -> rx.Component:
    return rx.el.div(
        rx.el.dt(tile.name),
        rx.el.dd(
            rx.el.b(tile.value),
            rx.cond(tile.change != "", rx.el.span(tile.change, class_name=f"change {tile.tone}")),
            rx.cond(tile.before != "", rx.el.small(tile.before)),
        ),
        key=tile.name,
    )


def _charts() -> list[rx.Component]:
    response, resolution = ReportsState.response_scale, ReportsState.resolution_scale
    return [
        _card(
            "Volume",
            "Tickets filed and resolved. A ticket counts as resolved when it last was, unless it"
            " is open again.",
            bars(("filed", "Filed", 1), ("resolved", "Resolved", 2)),
            table(
                "Tickets filed, resolved and reopened",
                ("Filed", lambda line: line.filed),
                ("Resolved", lambda line: line.resolved),
                ("Reopened", lambda line: line.reopened),
            ),
        ),
        _card(
            "Backlog",
            "Tickets that were not resolved at the end.",
            areas(("backlog", "Backlog", 1)),
            table("Tickets unresolved at the end", ("Backlog", lambda line: line.backlog)),
        ),
        _card(
            "First response",
            "From filing to the first answer, of tickets that were first answered in this time.",
            curves(("response_median", _MEDIAN, 1), ("response_p90", _P90, 2), unit=response.unit),
            table(
                "Time to the first response",
                ("Answered", lambda line: line.responses),
                (_MEDIAN, lambda line: line.response_median),
                (_P90, lambda line: line.response_p90),
            ),
        ),
        _card(
            "Resolution",
            "From filing to the resolution, of tickets that were resolved in this time.",
            curves(
                ("resolution_median", _MEDIAN, 1),
                ("resolution_p90", _P90, 2),
                unit=resolution.unit,
            ),
            table(
                "Time to the resolution",
                ("Resolved", lambda line: line.resolved),
                (_MEDIAN, lambda line: line.resolution_median),
                (_P90, lambda line: line.resolution_p90),
            ),
        ),
        _card(
            "Busiest hours",
            "When tickets are filed, in your time zone.",
            busy(),
            hours_table(),
            beside=rx.el.a(
                "Export CSV",
                href=f"{ReportsState.filed}&table=hours",
                **_FILE,
                aria_label="Export CSV of the busiest hours",
                class_name="button quiet",
            ),
            note=False,
        ),
    ]


def _card(
    heading: str,
    about: str,
    chart: rx.Component,
    beneath: rx.Component,
    *,
    beside: rx.Component | None = None,
    note: bool = True,
) -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.div(rx.el.h2(heading), rx.el.p(about)),
            beside,
            class_name="head",
        ),
        chart,
        beneath,
        rx.cond(ReportsState.note != "", rx.el.p(ReportsState.note, class_name="none"))
        if note
        else None,
        aria_label=heading,
        class_name="report",
    )
