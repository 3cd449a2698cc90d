"""The list of tickets, under what it is filtered by."""

import reflex as rx
from reflex_base.vars import VarData

from supportdesk import routes
from supportdesk.domain.queries.inbox import TicketRow
from supportdesk.state.bulk import BulkState
from supportdesk.state.filters import FilterState
from supportdesk.state.inbox import LIST_TOP, SLOTS, InboxState, slot
from supportdesk.state.standing import StandingState
from supportdesk.ui.bulk_bar import bulk_bar
from supportdesk.ui.controls import alert, button
from supportdesk.ui.controls import empty as empty_place
from supportdesk.ui.filter_bar import clear_filters, filter_bar, how_many
from supportdesk.ui.find_messages import find_button
from supportdesk.ui.in_view import in_view
from supportdesk.ui.joining import blocked_notice
from supportdesk.ui.skeletons import list_skeleton
from supportdesk.ui.ticket_row import ticket_row


def ticket_list(
    role: str, heading: str, empty: rx.Component, *actions: rx.Component
) -> rx.Component:
    """The panel of `role`; `actions` stand in its head, `empty` where there is no ticket."""
    return rx.el.section(
        rx.el.div(
            rx.el.h1(heading),
            how_many(),
            rx.el.span(class_name="grow"),
            find_button(),
            rx.cond(~StandingState.blocked, rx.fragment(*actions)),
            class_name="bar",
        ),
        blocked_notice(),
        filter_bar(role),
        rx.el.div(
            _top(),
            alert(InboxState.error),
            rx.cond(
                InboxState.loaded,
                rx.cond(
                    InboxState.total == 0,
                    rx.cond(FilterState.asks, _nothing_found(), empty),
                    rx.fragment(_rows(role), _further()),
                ),
                list_skeleton(),
            ),
            class_name="rows",
        ),
        _new_above(),
        bulk_bar(role),
        aria_label="Ticket list",
        class_name="list",
    )


def _rows(role: str) -> rx.Component:
    """The first page by slots, so that one changed ticket is one small update; then the rest."""
    folder = routes.tickets(role)
    slots = rx.Var.create([slot(number) for number in range(SLOTS)]).to(list[list[TicketRow]])
    order = InboxState.order

    def in_slot(number: rx.Var[int]) -> rx.Component:
        # A ticket keeps its slot: with a key of it, the row that moves stays the same element, and
        # keeps the focus.
        return rx.fragment(
            rx.foreach(slots[number], lambda row: ticket_row(row, folder)), key=number.to_string()
        )

    def further(row: rx.Var[TicketRow]) -> rx.Component:
        # A ticket that just moved to the first page stands in the others a moment longer.
        above: rx.Var[bool] = rx.Var(
            _js_expr=f"({order!s}).some((n) => ({slots!s})[n]?.[0]?.id === {row.id!s})",
            _var_type=bool,
            _var_data=VarData.merge(order._get_all_var_data(), slots._get_all_var_data()),
        )
        return rx.cond(above, rx.fragment(key=row.id), ticket_row(row, folder))

    return rx.el.ul(
        rx.foreach(order, in_slot),
        rx.foreach(InboxState.more, further),
        role="list",
        aria_label="Tickets",
        class_name=rx.cond(BulkState.selected.length() > 0, "selecting", ""),
    )


def _top() -> rx.Component:
    """While this is out of sight the list is held still, so that nobody loses their place."""
    return in_view(
        rx.el.div(id=LIST_TOP, class_name="list-top"),
        on_change=lambda seen: rx.cond(seen, InboxState.scroll_back(), InboxState.scroll_away()),
    )


def _new_above() -> rx.Component:
    return rx.cond(
        InboxState.fresh != "",
        rx.el.div(
            button(
                rx.icon("arrow-up", size=14),
                InboxState.fresh,
                kind="pill",
                on_click=InboxState.show_new,
            ),
            class_name="new-above",
        ),
    )


def _nothing_found() -> rx.Component:
    return empty_place(
        "search-x",
        "No ticket found",
        "No ticket that you can see fits all of these filters.",
        clear_filters("button"),
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
