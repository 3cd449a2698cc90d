"""One ticket in the list: what it is about, who spoke last, and whether it needs me."""

import reflex as rx
from reflex_components_core.react_router.dom import ReactRouterLink

from supportdesk.domain.queries.inbox import TicketRow
from supportdesk.state.inbox import InboxState
from supportdesk.state.session import SessionState
from supportdesk.ui import times
from supportdesk.ui.avatar import avatar
from supportdesk.ui.badges import priority_badge, status_badge, unread_badge


def ticket_row(row: rx.Var[TicketRow], folder: str) -> rx.Component:
    """The row with what is mine about it; its link leads to the ticket under `folder`."""
    number = row.number
    read = InboxState.read
    drawn = _row(
        row=row,
        href=f"{folder}/{number}",
        current=number == InboxState.open_number,
        # A row that is new on this screen comes a moment before one's own marks on it.
        unread=rx.cond(read.contains(number), row.messages - read[number], 0),
        starred=InboxState.starred.contains(number) & InboxState.starred[number],
        by_me=row.last_sender_id == SessionState.me_id,
    )
    return rx.fragment(drawn, key=row.id)


@rx.memo
def _row(
    row: rx.Var[TicketRow],
    href: rx.Var[str],
    current: rx.Var[bool],
    unread: rx.Var[int],
    starred: rx.Var[bool],
    by_me: rx.Var[bool],
) -> rx.Component:
    """Drawn again only when something in it changes, however much happens around it."""
    return rx.el.li(
        ReactRouterLink.create(
            avatar(row.avatar, row.hue),
            rx.el.span(row.subject, class_name="subject"),
            _when(row, starred),
            _last(row, by_me),
            rx.cond((unread > 0) & ~current, unread_badge(unread)),
            _meta(row),
            to=href,
            aria_current=rx.cond(current, "page", "false"),
            class_name=f"row {rx.cond(current, 'current', rx.cond(unread > 0, 'unread', ''))}",
        ),
    )


def _when(row: rx.Var[TicketRow], starred: rx.Var[bool]) -> rx.Component:
    return rx.el.span(
        rx.cond(
            starred,
            rx.fragment(
                rx.icon("star", size=12, class_name="star"),
                rx.el.span("Starred", class_name="unseen"),
            ),
        ),
        times.list_time(row.active_at),
        class_name="when",
    )


def _last(row: rx.Var[TicketRow], by_me: rx.Var[bool]) -> rx.Component:
    return rx.el.span(
        rx.cond(
            row.private,
            rx.fragment(
                rx.icon("lock", size=12), rx.el.span("Private message. ", class_name="unseen")
            ),
        ),
        rx.cond(row.last_sender != "", rx.cond(by_me, "You: ", f"{row.last_sender}: "), ""),
        row.last_text,
        class_name="last",
    )


def _meta(row: rx.Var[TicketRow]) -> rx.Component:
    return rx.el.span(
        rx.el.span(row.number),
        status_badge(row.status, row.status_label),
        priority_badge(row.priority, row.priority_label),
        rx.el.span(f"· {row.party}", class_name="party"),
        class_name="meta",
    )
