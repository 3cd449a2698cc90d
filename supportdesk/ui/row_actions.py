"""What one can do to a ticket from its row: choose it, star it, close it, take it, rank it."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex.event import EventChain

from supportdesk.domain.lifecycle import Status
from supportdesk.domain.models import Priority
from supportdesk.domain.queries.inbox import TicketRow
from supportdesk.state.bulk import BulkState
from supportdesk.state.chosen import choose_in, in_row, in_rows
from supportdesk.state.quick import PRIORITY, STAR, STATUS, QuickState
from supportdesk.state.session import SessionState
from supportdesk.ui import menu
from supportdesk.ui.controls import icon_button


def pick_box(row: rx.Var[TicketRow], selected: rx.Var[bool], current: rx.Var[bool]) -> rx.Component:
    """With Shift, all from the last one that was chosen."""
    return rx.el.label(
        rx.el.input(
            type="checkbox",
            checked=selected,
            read_only=True,
            tab_index=_stop(current | selected),
            on_click=lambda event: BulkState.pick(row.id, event.shift_key),
            aria_label=f"Select {row.number}",
        ),
        class_name="pick-box",
    )


def row_actions(
    row: rx.Var[TicketRow], status: rx.Var[str], starred: rx.Var[bool], current: rx.Var[bool]
) -> rx.Component:
    """Near the pointer; from the keyboard and by touch, the menu, which has all of it."""
    return rx.el.div(
        icon_button(
            f"Star {row.number}",
            "star",
            kind=f"quiet direct {rx.cond(starred, 'starred', '')}",
            aria_pressed=rx.cond(starred, "true", "false"),
            tab_index=-1,
            on_click=_star(row, starred),
        ),
        rx.cond(
            status == "closed",
            icon_button(
                f"Reopen {row.number}",
                "rotate-ccw",
                kind="quiet direct",
                tab_index=-1,
                on_click=_reopen(row),
            ),
            icon_button(
                f"Close {row.number}",
                "check",
                kind="quiet direct",
                tab_index=-1,
                on_click=_close(row),
            ),
        ),
        rx.cond(
            _may_take(row),
            icon_button(
                f"Assign {row.number} to me",
                "user-plus",
                kind="quiet direct",
                tab_index=-1,
                on_click=QuickState.assign_to_me(row.id),
            ),
        ),
        _menu(row, status, starred, current),
        class_name="row-actions",
    )


# The row shows each of these at once; see `state/quick`.


def _star(row: rx.Var[TicketRow], starred: rx.Var[bool]) -> list[Any]:
    wanted = rx.cond(starred, "no", "yes")
    return [_show(row, STAR, wanted), QuickState.star(row.id, ~starred)]


def _close(row: rx.Var[TicketRow]) -> list[Any]:
    return [_show(row, STATUS, Status.CLOSED.value), QuickState.close(row.id)]


def _reopen(row: rx.Var[TicketRow]) -> list[Any]:
    return [_show(row, STATUS, Status.OPEN.value), QuickState.reopen(row.id)]


def _prioritise(row: rx.Var[TicketRow], priority: Priority) -> list[Any]:
    change = QuickState.prioritise(row.id, priority.value)
    return [_show(row, PRIORITY, priority.value), change]


def _show(row: rx.Var[TicketRow], what: str, value: rx.Var[str] | str) -> rx.Var[EventChain]:
    return choose_in(in_rows, in_row(row.id, what), value)


def _may_take(row: rx.Var[TicketRow]) -> rx.Var[bool]:
    return (SessionState.me_role == "admin") & (row.assignee_id != SessionState.me_id)


def _stop(reachable: rx.Var[bool]) -> rx.Var[int]:
    """One stop for a row, or Tab takes a hundred steps through the list; more for the open one."""
    return rx.cond(reachable, 0, -1)


def _menu(
    row: rx.Var[TicketRow], status: rx.Var[str], starred: rx.Var[bool], current: rx.Var[bool]
) -> rx.Component:
    return menu.root(
        menu.trigger(
            icon_button(f"More for {row.number}", "ellipsis", tab_index=_stop(current)),
            as_child=True,
        ),
        menu.content(
            _item("star", rx.cond(starred, "Unstar", "Star"), _star(row, starred)),
            rx.cond(
                status == "closed",
                _item("rotate-ccw", "Reopen", _reopen(row)),
                _item("check", "Close", _close(row)),
            ),
            rx.cond(
                _may_take(row),
                _item("user-plus", "Assign to me", QuickState.assign_to_me(row.id)),
            ),
            _item("square-check", "Select", BulkState.pick(row.id, False)),
            rx.el.div(class_name="rule"),
            *[
                _item("signal", f"{each.label} priority", _prioritise(row, each))
                for each in Priority
            ],
            align="end",
            side_offset=4,
            collision_padding=8,
            class_name="menu",
        ),
        modal=False,
    )


def _item(icon: str, label: str | rx.Var[str], on_select: object) -> rx.Component:
    return menu.item(rx.icon(icon, size=16), label, on_select=on_select, class_name="item")
