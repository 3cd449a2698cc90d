"""The charts of the reports. For the eye only: a table beneath each says the same.

Over time there are lines, of groups there are bars.
"""

from typing import Any

import reflex as rx
from reflex_components_recharts import (
    Area,
    AreaChart,
    Bar,
    BarChart,
    CartesianGrid,
    GraphingTooltip,
    Legend,
    Line,
    LineChart,
    XAxis,
    YAxis,
)

from supportdesk.domain.report_words import WEEKDAYS
from supportdesk.state.report_rows import Cell, Hour
from supportdesk.state.reports import ReportsState

# What it is of the points, what it is called, and in which of the two colours of charts.
Series = tuple[str, str, int]
_HEIGHT = 220
# A table says all of it: nothing here is to be reached by keys.
_SILENT = {"accessibilityLayer": False}
_TICK = {"fill": "var(--faint)", "fontSize": 11}


def bars(*series: Series) -> rx.Component:
    return _drawn(_bars(*series))


def areas(*series: Series) -> rx.Component:
    return _drawn(rx.cond(ReportsState.by_time, _areas(*series), _bars(*series)))


def curves(*series: Series, unit: rx.Var[str]) -> rx.Component:
    lines = _chart(
        LineChart,
        [
            Line.create(
                data_key=key, name=name, stroke=_colour(colour), stroke_width=2,
                type_="monotone", dot=False, connect_nulls=True, is_animation_active=False,
                unit=f" {unit}",
            )
            for key, name, colour in series
        ],
        unit=unit,
    )  # fmt: skip
    return _drawn(rx.cond(ReportsState.by_time, lines, _bars(*series, unit=unit)))


def _bars(*series: Series, unit: rx.Var[str] | None = None) -> rx.Component:
    drawn = [
        Bar.create(
            data_key=key, name=name, fill=_colour(colour), radius=[3, 3, 0, 0], max_bar_size=28,
            is_animation_active=False, unit="" if unit is None else f" {unit}",
        )
        for key, name, colour in series
    ]  # fmt: skip
    return _chart(BarChart, drawn, unit=unit)


def _areas(*series: Series) -> rx.Component:
    drawn = [
        Area.create(
            data_key=key, name=name, stroke=_colour(colour), fill=_colour(colour), stroke_width=2,
            type_="monotone", is_animation_active=False, custom_attrs={"fillOpacity": 0.15},
        )
        for key, name, colour in series
    ]  # fmt: skip
    return _chart(AreaChart, drawn)


def _chart(kind: Any, drawn: list[rx.Component], unit: rx.Var[str] | None = None) -> rx.Component:
    return kind.create(
        CartesianGrid.create(stroke="var(--line)", vertical=False),
        XAxis.create(
            data_key="name", tick=_TICK, axis_line=False, tick_line=False, min_tick_gap=12
        ),
        YAxis.create(
            tick=_TICK, axis_line=False, tick_line=False, width=54,
            allow_decimals=unit is not None, unit="" if unit is None else f" {unit}",
        ),
        GraphingTooltip.create(
            cursor={"fill": "var(--hover)", "stroke": "var(--line-strong)"},
            content_style={
                "background": "var(--raise)", "border": "1px solid var(--line)",
                "borderRadius": "8px", "color": "var(--text)", "fontSize": "12px",
            },
            label_style={"color": "var(--muted)"},
        ),
        *([_legend()] if len(drawn) > 1 else []),
        *drawn,
        data=ReportsState.chart,
        width="100%",
        height=_HEIGHT,
        margin={"top": 8, "right": 18, "bottom": 0, "left": 0},
        custom_attrs=_SILENT,
    )  # fmt: skip


def _legend() -> rx.Component:
    """In the order of what is drawn: by itself it sorts by the names."""
    unsorted: dict[str, Any] = {"itemSorter": rx.Var("null")}
    return Legend.create(icon_type="circle", icon_size=8, custom_attrs=unsorted)


def _colour(number: int) -> str:
    return f"var(--chart-{number})"


def _drawn(chart: rx.Component) -> rx.Component:
    return rx.el.div(chart, aria_hidden="true", class_name="chart")


def busy() -> rx.Component:
    """The hours of the week: the darker, the more."""

    def cell(each: rx.Var[Cell]) -> rx.Component:
        return rx.el.i(class_name=f"shade-{each.shade}")

    def hour(each: rx.Var[Hour]) -> rx.Component:
        return rx.el.div(rx.foreach(each.cells, cell), title=each.name)

    return rx.el.div(
        rx.el.div(*[rx.el.span(day[:3]) for day in WEEKDAYS], class_name="weekdays"),
        rx.el.div(rx.foreach(ReportsState.hours, hour), class_name="hours"),
        rx.el.div(*[rx.el.span(f"{hour:02}") for hour in range(0, 24, 6)], class_name="of-day"),
        aria_hidden="true",
        class_name="busy",
    )
