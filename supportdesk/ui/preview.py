"""A ticket at a glance, beside its row. For the eye: opening the ticket tells all of it."""

from __future__ import annotations

import reflex as rx

from supportdesk.domain.queries.inbox import TicketRow
from supportdesk.state.preview import PreviewState
from supportdesk.ui import times
from supportdesk.ui.badges import tag_badge

REST_MS = 450


def preview(row: rx.Var[TicketRow]) -> rx.Component:
    card = PreviewState.card
    return rx.el.div(
        rx.el.b(row.subject),
        rx.el.p(rx.cond(card.sender != "", f"{card.sender}: ", ""), card.text),
        rx.cond(
            row.tags.length() > 0,
            rx.el.div(rx.foreach(row.tags, tag_badge), class_name="tags"),
        ),
        rx.el.dl(
            _fact("People", card.people.to(list).join(", ")),
            rx.cond(row.assignee != "", _fact("Assignee", row.assignee)),
            _fact("Opened", times.fact_time(card.opened_at)),
            rx.cond(card.due_at != "", _fact("Due", times.fact_time(card.due_at))),
            rx.cond(card.resolved_at != "", _fact("Resolved", times.fact_time(card.resolved_at))),
            class_name="facts",
        ),
        aria_hidden="true",
        class_name=rx.cond(PreviewState.by_key, "preview by-key", "preview"),
    )


def peek_button(row: rx.Var[TicketRow]) -> rx.Component:
    """What the key presses."""
    return rx.el.button(
        type="button", hidden=True, class_name="peek", on_click=PreviewState.peek(row.id)
    )


def _fact(name: str, value: rx.Var[str] | rx.Component) -> rx.Component:
    return rx.fragment(rx.el.dt(name), rx.el.dd(value))
