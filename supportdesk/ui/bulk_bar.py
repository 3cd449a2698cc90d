"""Below the list: what can be done to the tickets that are chosen, and what became of it."""

from __future__ import annotations

import reflex as rx

from supportdesk.domain.commands.bulk import MOST
from supportdesk.domain.lifecycle import Status
from supportdesk.domain.models import Priority
from supportdesk.domain.queries.choices import Named
from supportdesk.state.bulk import BulkState, Reason
from supportdesk.state.filters import FilterState
from supportdesk.state.inbox import InboxState
from supportdesk.ui.controls import acting_select, button, icon_button

_NONE = "none"


def bulk_bar(role: str) -> rx.Component:
    """Only what that role may set; the commands refuse the rest in any case."""
    return rx.fragment(
        rx.cond(BulkState.selected.length() > 0, _bar(role)),
        rx.el.div(_result(), role="status", aria_label="What was changed", class_name="bulk-said"),
    )


def _bar(role: str) -> rx.Component:
    admin, staff = role == "admin", role != "buyer"
    return rx.el.div(
        rx.el.div(
            rx.el.b(f"{BulkState.selected.length()} selected"),
            rx.cond(BulkState.selected.length() < InboxState.total, _all()),
            rx.el.span(class_name="grow"),
            icon_button("Clear selection", "x", on_click=BulkState.clear),
            class_name="first",
        ),
        rx.el.div(
            _set("Set status", "status", *_plain(Status)),
            _set("Set priority", "priority", *_plain(Priority)),
            _set("Set assignee", "assignee", _nothing("Nobody"), _named(FilterState.assignees))
            if admin
            else None,
            _set("Set team", "team", _named(FilterState.teams)) if admin else None,
            _set("Add tag", "tag", _named(FilterState.tags)) if staff else None,
            _set("Remove tag", "untag", _named(FilterState.tags)) if staff else None,
            class_name="picks",
        ),
        role="group",
        aria_label="Selected tickets",
        class_name="bulk",
    )


def _all() -> rx.Component:
    most = rx.cond(
        (InboxState.total >= MOST), f"Select the first {MOST} that match", "Select all that match"
    )
    return rx.el.button(most, type="button", on_click=BulkState.select_all, class_name="link")


def _plain(options: type[Status] | type[Priority]) -> list[rx.Component]:
    return [rx.el.option(each.label, value=each.value) for each in options]


def _nothing(label: str) -> rx.Component:
    return rx.el.option(label, value=_NONE)


def _named(choices: rx.Var[list[Named]]) -> rx.Component:
    return rx.foreach(choices, lambda choice: rx.el.option(choice.name, value=choice.id))


def _set(name: str, field: str, *options: rx.Component) -> rx.Component:
    """Stays on its name: choosing does something, and is done."""
    return acting_select(
        rx.el.option(name, value="", disabled=True),
        *options,
        value="",
        disabled=BulkState.busy,
        on_change=lambda value: BulkState.change(field, rx.cond(value == _NONE, "", value)),
        aria_label=name,
        title=name,
        class_name="pick plain",
    )


def _result() -> rx.Component:
    return rx.cond(
        BulkState.said != "",
        rx.el.div(
            rx.el.p(BulkState.said),
            rx.cond(
                BulkState.reasons.length() > 0,
                rx.el.ul(rx.foreach(BulkState.reasons, _reason)),
            ),
            rx.el.div(
                rx.cond(BulkState.can_undo, button("Undo", on_click=BulkState.undo)),
                button("Dismiss", kind="quiet", on_click=BulkState.dismiss),
                class_name="answers",
            ),
            class_name="outcome",
        ),
    )


def _reason(reason: rx.Var[Reason]) -> rx.Component:
    return rx.el.li(rx.el.b(reason.numbers), ": ", reason.text, key=reason.text)
