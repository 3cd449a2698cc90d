"""The tables beneath the charts: the same figures, for those who read."""

from collections.abc import Callable

import reflex as rx

from supportdesk.domain.report_words import WEEKDAYS
from supportdesk.state.report_rows import Cell, Hour, Line
from supportdesk.state.reports import ReportsState

Column = tuple[str, Callable[[rx.Var[Line]], rx.Var[str]]]


def table(caption: str, *columns: Column) -> rx.Component:
    def row(line: rx.Var[Line]) -> rx.Component:
        return rx.el.tr(
            rx.el.th(line.name, scope="row"),
            *[rx.el.td(value(line)) for _, value in columns],
        )

    head = rx.el.tr(
        rx.el.th(ReportsState.by_label, scope="col"),
        *[rx.el.th(name, scope="col") for name, _ in columns],
    )
    return _framed(caption, head, rx.foreach(ReportsState.lines, row))


def hours_table() -> rx.Component:
    def row(hour: rx.Var[Hour]) -> rx.Component:
        return rx.el.tr(rx.el.th(hour.name, scope="row"), rx.foreach(hour.cells, _count))

    head = rx.el.tr(
        rx.el.th("Hour", scope="col"),
        *[rx.el.th(rx.el.abbr(day[:3], title=day), scope="col") for day in WEEKDAYS],
    )
    return _framed(
        "Tickets filed in each hour of the week", head, rx.foreach(ReportsState.hours, row)
    )


def _count(cell: rx.Var[Cell]) -> rx.Component:
    return rx.el.td(cell.count)


def _framed(caption: str, head: rx.Component, rows: rx.Component) -> rx.Component:
    """It scrolls within itself, by keys too."""
    return rx.el.div(
        rx.el.table(rx.el.caption(caption), rx.el.thead(head), rx.el.tbody(rows)),
        role="group",
        aria_label=f"{caption}, scrolls",
        tab_index=0,
        class_name="figures",
    )
