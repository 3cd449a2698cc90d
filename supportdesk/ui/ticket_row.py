"""One ticket in the list: what it is about, who spoke last, and whether it needs me."""

import reflex as rx
from reflex_base.vars import VarData
from reflex_components_core.react_router.dom import ReactRouterLink

from supportdesk.domain.lifecycle import Status
from supportdesk.domain.models import Priority
from supportdesk.domain.queries.inbox import TicketRow
from supportdesk.domain.queries.ticket_rows import HitPart
from supportdesk.state.bulk import BulkState
from supportdesk.state.chosen import in_row, in_rows, shown_in
from supportdesk.state.filters import FilterState
from supportdesk.state.inbox import InboxState
from supportdesk.state.preview import PreviewState
from supportdesk.state.quick import PRIORITY, STAR, STATUS
from supportdesk.state.session import SessionState
from supportdesk.ui import times
from supportdesk.ui.avatar import avatar
from supportdesk.ui.badges import priority_badge, status_badge, tag_badge, unread_badge
from supportdesk.ui.preview import REST_MS, peek_button, preview
from supportdesk.ui.row_actions import pick_box, row_actions


def ticket_row(row: rx.Var[TicketRow], folder: str) -> rx.Component:
    """The row with what is mine about it; its link leads to the ticket under `folder`."""
    number, read, touched = row.number, InboxState.read, InboxState.touched
    current = number == InboxState.open_number
    # In a list that is held still the row stands as it was, with what became of it.
    now = rx.cond(touched.contains(row.id), touched[row.id], row).to(TicketRow)
    starred = InboxState.starred.contains(number) & InboxState.starred[number]
    status, priority, star = (
        shown_in(in_rows, in_row(row.id, what), saved)
        for what, saved in (
            (STATUS, now.status),
            (PRIORITY, now.priority),
            (STAR, rx.cond(starred, "yes", "no")),
        )
    )
    drawn = _row(
        row=now,
        status=status,
        priority=priority,
        href=f"{folder}/{number}{FilterState.query}",
        current=current,
        # Where one has left no mark, nothing is read; what one looks at is.
        unread=rx.cond(
            current & InboxState.visible,
            0,
            row.messages - rx.cond(read.contains(number), read[number], 0),
        ),
        starred=star == "yes",
        by_me=row.last_sender_id == SessionState.me_id,
        selected=BulkState.selected.contains(row.id),
        previewed=PreviewState.card.id == row.id,
    )
    return rx.fragment(drawn, key=row.id)


@rx.memo
def _row(
    row: rx.Var[TicketRow],
    status: rx.Var[str],
    priority: rx.Var[str],
    href: rx.Var[str],
    current: rx.Var[bool],
    unread: rx.Var[int],
    starred: rx.Var[bool],
    by_me: rx.Var[bool],
    selected: rx.Var[bool],
    previewed: rx.Var[bool],
) -> rx.Component:
    """Drawn again only when something in it changes, however much happens around it."""
    return rx.el.li(
        ReactRouterLink.create(
            avatar(row.avatar, row.hue),
            rx.el.span(_marked(row, row.subject), class_name="subject"),
            _when(row, starred),
            _last(row, by_me),
            rx.cond(unread > 0, unread_badge(unread)),
            _meta(row, status, priority),
            to=href,
            aria_current=rx.cond(current, "page", "false"),
            class_name=f"row {rx.cond(current, 'current', rx.cond(unread > 0, 'unread', ''))}",
        ),
        pick_box(row, selected, current),
        row_actions(row, status, starred, current),
        peek_button(row),
        rx.cond(previewed, preview(row)),
        on_mouse_enter=PreviewState.look(row.id).debounce(REST_MS),
        class_name=rx.cond(selected, "entry selected", "entry"),
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


def _marked(row: rx.Var[TicketRow], text: rx.Var[str]) -> rx.Component:
    """`text`, with what was searched for marked when that is where it was found."""
    return rx.cond(_hit_is(row, text), _hit(row), text)


def _hit_is(row: rx.Var[TicketRow], text: rx.Var[str]) -> rx.Var[bool]:
    return rx.Var(
        _js_expr=f"(({row.hit!s})?.map((part) => part.text).join('') === {text!s})",
        _var_type=bool,
        _var_data=VarData.merge(row._get_all_var_data(), text._get_all_var_data()),
    )


def _hit(row: rx.Var[TicketRow]) -> rx.Component:
    def part(piece: rx.Var[HitPart]) -> rx.Component:
        return rx.cond(piece.marked, rx.el.mark(piece.text), rx.fragment(piece.text))

    return rx.foreach(row.hit, part)


def _last(row: rx.Var[TicketRow], by_me: rx.Var[bool]) -> rx.Component:
    """Who spoke last, and what; or the words in which something was found."""
    elsewhere = (row.hit.length() > 0) & ~_hit_is(row, row.subject) & ~_hit_is(row, row.number)
    return rx.cond(elsewhere, rx.el.span(_hit(row), class_name="last"), _last_message(row, by_me))


def _last_message(row: rx.Var[TicketRow], by_me: rx.Var[bool]) -> rx.Component:
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


def _label_of(value: rx.Var[str], options: type[Status] | type[Priority]) -> rx.Var[str]:
    return rx.Var.create({each.value: each.label for each in options})[value].to(str)


def _meta(row: rx.Var[TicketRow], status: rx.Var[str], priority: rx.Var[str]) -> rx.Component:
    return rx.el.span(
        rx.el.span(_marked(row, row.number)),
        status_badge(status, _label_of(status, Status)),
        priority_badge(priority, _label_of(priority, Priority)),
        rx.el.span(f"· {row.party}", class_name="party"),
        rx.cond(row.tags.length() > 0, _tags(row)),
        class_name="meta",
    )


def _tags(row: rx.Var[TicketRow]) -> rx.Component:
    """The first of them, and how many more there are: a row has no room for all of their names."""
    others = row.tags[1:]
    return rx.fragment(
        tag_badge(row.tags[0]),
        rx.cond(
            others.length() > 0,
            rx.fragment(
                rx.el.span(
                    f"+{others.length()}",
                    title=others.map(lambda tag: tag.name).join(", "),
                    aria_hidden="true",
                    class_name="more",
                ),
                rx.el.span(
                    rx.foreach(others, lambda tag: rx.fragment(" ", tag.name)), class_name="unseen"
                ),
            ),
        ),
    )
