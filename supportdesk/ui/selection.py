"""What the palette does to the tickets that are selected: all that the bar under the list does."""

from __future__ import annotations

from typing import Any

import reflex as rx

from supportdesk.domain.lifecycle import Status
from supportdesk.domain.models import Priority
from supportdesk.domain.queries.choices import Named
from supportdesk.state.bulk import BulkState
from supportdesk.state.filters import FilterState
from supportdesk.ui import command_menu, focus

_OF = "Selected: "


def selection(role: str, palette: str) -> rx.Component:
    """First in the palette for as long as any is; `palette` is the id of its dialog."""

    def entry(name: Any, icon: str, does: Any, id_: Any = "") -> rx.Component:
        return command_menu.item(
            rx.icon(icon, size=16),
            rx.el.span(_OF, name, class_name="subject"),
            value=f"{_OF}{name} {id_}",
            on_select=[focus.close_dialog(palette), does],
        )

    def named(name: str, icon: str, field: str, choices: rx.Var[list[Named]]) -> rx.Component:
        def one(choice: rx.Var[Named]) -> rx.Component:
            change = BulkState.change(field, choice.id)
            return entry(f"{name} {choice.name}", icon, change, choice.id)

        return rx.foreach(choices, one)

    plain = [
        *(
            entry(
                f"set status to {each.label}", "circle-dot", BulkState.change("status", each.value)
            )
            for each in Status
        ),
        *(
            entry(f"set priority to {each.label}", "flag", BulkState.change("priority", each.value))
            for each in Priority
        ),
    ]
    of_staff = [
        named("add tag", "tag", "tag", FilterState.tags),
        named("remove tag", "tag", "untag", FilterState.tags),
    ]
    of_admins = [
        entry("assign to nobody", "user-check", BulkState.change("assignee", "")),
        named("assign to", "user-check", "assignee", FilterState.assignees),
        named("set team to", "users", "team", FilterState.teams),
    ]
    return rx.cond(
        BulkState.selected.length() > 0,
        command_menu.group(
            *plain,
            *(of_staff if role != "buyer" else []),
            *(of_admins if role == "admin" else []),
            entry("all that match", "list-checks", BulkState.select_all),
            entry("none", "x", BulkState.clear),
            heading="Selected tickets",
        ),
    )
