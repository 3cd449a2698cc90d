"""What one can do to a ticket from its row: choose it, star it, close it, take it, rank it."""

from __future__ import annotations

import reflex as rx

from supportdesk.domain.models import Priority
from supportdesk.domain.queries.inbox import TicketRow
from supportdesk.state.bulk import BulkState
from supportdesk.state.quick import QuickState
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
    row: rx.Var[TicketRow], starred: rx.Var[bool], current: rx.Var[bool]
) -> rx.Component:
    """Near the pointer; from the keyboard and by touch, the menu, which has all of it."""
    return rx.el.div(
        icon_button(
            f"Star {row.number}",
            "star",
            kind=f"quiet direct {rx.cond(starred, 'starred', '')}",
            aria_pressed=rx.cond(starred, "true", "false"),
            tab_index=-1,
            on_click=QuickState.star(row.id, ~starred),
        ),
        rx.cond(
            row.status == "closed",
            icon_button(
                f"Reopen {row.number}",
                "rotate-ccw",
                kind="quiet direct",
                tab_index=-1,
                on_click=QuickState.reopen(row.id),
            ),
            icon_button(
                f"Close {row.number}",
                "check",
                kind="quiet direct",
                tab_index=-1,
                on_click=QuickState.close(row.id),
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
        _menu(row, starred, current),
        class_name="row-actions",
    )


def _may_take(row: rx.Var[TicketRow]) -> rx.Var[bool]:
    return (SessionState.me_role == "admin") & (row.assignee_id != SessionState.me_id)


def _stop(reachable: rx.Var[bool]) -> rx.Var[int]:
    """One stop for a row, or Tab takes a hundred steps through the list; more for the open one."""
    return rx.cond(reachable, 0, -1)


def _menu(row: rx.Var[TicketRow], starred: rx.Var[bool], current: rx.Var[bool]) -> rx.Component:
    return menu.root(
        menu.trigger(
            icon_button(f"More for {row.number}", "ellipsis", tab_index=_stop(current)),
            as_child=True,
        ),
        menu.content(
            _item("star", rx.cond(starred, "Unstar", "Star"), QuickState.star(row.id, ~starred)),
            rx.cond(
                row.status == "closed",
                _item("rotate-ccw", "Reopen", QuickState.reopen(row.id)),
                _item("check", "Close", QuickState.close(row.id)),
            ),
            rx.cond(
                _may_take(row),
                _item("user-plus", "Assign to me", QuickState.assign_to_me(row.id)),
            ),
            _item("square-check", "Select", BulkState.pick(row.id, False)),
            rx.el.div(class_name="rule"),
            *[
                _item(
                    "signal",
                    f"{each.label} priority",
                    QuickState.prioritise(row.id, each.value),
                )
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
