"""The list of tickets, newest activity first."""

import reflex as rx

from supportdesk import routes
from supportdesk.domain.queries.inbox import TicketRow
from supportdesk.state.inbox import SLOTS, InboxState, slot
from supportdesk.ui.controls import alert, button
from supportdesk.ui.figures import grouped
from supportdesk.ui.in_view import in_view
from supportdesk.ui.skeletons import list_skeleton
from supportdesk.ui.ticket_row import ticket_row


def ticket_list(
    role: str, heading: str, empty: rx.Component, *actions: rx.Component
) -> rx.Component:
    """The panel of `role`; `actions` stand in its head, `empty` where there is no ticket."""
    return rx.el.section(
        rx.el.div(
            rx.el.h1(heading),
            rx.cond(
                InboxState.total > 0, rx.el.span(grouped(InboxState.total), class_name="aside")
            ),
            rx.el.span(class_name="grow"),
            *actions,
            class_name="bar",
        ),
        rx.el.div(
            alert(InboxState.error),
            rx.cond(
                InboxState.loaded,
                rx.cond(InboxState.total == 0, empty, rx.fragment(_rows(role), _further())),
                list_skeleton(),
            ),
            class_name="rows",
        ),
        aria_label="Ticket list",
        class_name="list",
    )


def _rows(role: str) -> rx.Component:
    """The first page by slots, so that one changed ticket is one small update; then the rest."""
    folder = routes.tickets(role)
    slots = rx.Var.create([slot(number) for number in range(SLOTS)]).to(list[list[TicketRow]])

    def in_slot(number: rx.Var[int]) -> rx.Component:
        return rx.foreach(slots[number], lambda row: ticket_row(row, folder))

    return rx.el.ul(
        rx.foreach(InboxState.order, in_slot),
        rx.foreach(InboxState.more, lambda row: ticket_row(row, folder)),
        role="list",
        aria_label="Tickets",
    )


def _further() -> rx.Component:
    return rx.cond(
        InboxState.has_more,
        in_view(
            rx.el.div(
                button(
                    rx.cond(InboxState.loading_more, "Loading …", "Show more tickets"),
                    kind="quiet",
                    on_click=InboxState.load_more,
                ),
                class_name="further",
            ),
            on_change=lambda seen: rx.cond(seen, InboxState.load_more(), rx.noop()),
        ),
    )
