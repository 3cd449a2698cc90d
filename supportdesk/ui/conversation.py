"""The middle panel: the open ticket's conversation."""

from typing import Any

import reflex as rx
from reflex_components_core.react_router.dom import ReactRouterLink

from supportdesk import routes
from supportdesk.realtime.lines import ShownLine
from supportdesk.state.chosen import BROWSER_VARS
from supportdesk.state.filters import FilterState
from supportdesk.state.inbox import InboxState
from supportdesk.state.outbox import outbox
from supportdesk.state.session import SessionState
from supportdesk.state.standing import StandingState
from supportdesk.state.thread import ThreadState
from supportdesk.ui import focus, panels, reading_place
from supportdesk.ui.address import open_number
from supportdesk.ui.composer import composer
from supportdesk.ui.controls import alert, button, empty
from supportdesk.ui.details import details_toggle
from supportdesk.ui.details_people import other_admins
from supportdesk.ui.in_view import in_view
from supportdesk.ui.joining import ask_button
from supportdesk.ui.latest import end_of_lines, slots, to_latest
from supportdesk.ui.line import line
from supportdesk.ui.mentions import of_oneself
from supportdesk.ui.message_dialogs import message_dialogs
from supportdesk.ui.moderation import moderation_dialogs
from supportdesk.ui.outbox import outbox_lines, unsent
from supportdesk.ui.preview_file import preview_dialog
from supportdesk.ui.said import found, search_box
from supportdesk.ui.skeletons import bone, conversation_skeleton
from supportdesk.ui.uploading import engine
from supportdesk.ui.viewer import viewer

_SHOWS = rx.cond(open_number == "", "at-list", rx.cond(ThreadState.missing, "missing", "shown"))


def conversation(role: str) -> rx.Component:
    """The composer is always there, hidden when there is nothing to answer: see `composer`."""
    folder = routes.tickets(role)
    return rx.el.section(
        rx.cond(((InboxState.total > 0) | FilterState.asks) & (open_number == ""), _none_chosen()),
        _bar(folder),
        rx.cond(ThreadState.missing, _not_found(folder)),
        found(),
        _log(),
        reading_place.follow_address(),
        rx.el.div(to_latest(), class_name="above-composer"),
        composer(),
        message_dialogs(),
        moderation_dialogs(),
        of_oneself(),
        viewer(),
        preview_dialog(),
        # Here they exist from the first to the last, whatever of the panels is drawn.
        *BROWSER_VARS,
        outbox,
        engine(SessionState.me_id),
        aria_label="Ticket",
        data_files_for=rx.cond(
            ThreadState.loaded & (~ThreadState.facts.accepts_messages | StandingState.blocked),
            "",
            open_number,
        ),
        class_name=f"thread {_SHOWS}",
    )


def _bar(folder: str) -> rx.Component:
    return rx.el.div(
        ReactRouterLink.create(
            rx.icon("chevron-left", size=20),
            to=folder + FilterState.query,
            aria_label="Back to the list",
            class_name="button quiet icon back",
        ),
        rx.cond(
            ThreadState.loaded,
            rx.cond(~ThreadState.missing, _title()),
            rx.fragment(rx.el.h1("Opening …", class_name="unseen"), bone()),
        ),
        rx.el.span(class_name="grow"),
        rx.cond(ThreadState.loaded & ~ThreadState.missing, search_box()),
        rx.cond(SessionState.me_role == "admin", other_admins()),
        details_toggle(),
        panels.toggle_button(panels.LIST, "list", "panel-left"),
        panels.toggle_button(panels.DETAILS, "details", "panel-right"),
        class_name="bar",
    )


def _title() -> rx.Component:
    return rx.el.div(
        rx.el.h1(
            ThreadState.facts.subject,
            id=focus.HEADING,
            tab_index=-1,
            on_mount=focus.on_arrival(),
        ),
        rx.el.span(ThreadState.facts.number, class_name="number"),
        class_name="title",
    )


def _log() -> rx.Component:
    return rx.el.div(
        rx.cond(
            ThreadState.loaded,
            rx.el.div(
                _earlier(),
                alert(ThreadState.error),
                rx.foreach(ThreadState.history, line),
                rx.cond(ThreadState.has_later, _later(), _end()),
                class_name="lines",
            ),
            # What one sends already does not wait out of sight.
            rx.el.div(conversation_skeleton(), outbox_lines(), class_name="opening"),
        ),
        id=reading_place.LOG,
        role="log",
        aria_label="Conversation",
        aria_busy=rx.cond(ThreadState.loaded, "false", "true"),
        tab_index=0,
        data_aim=ThreadState.aim,
        on_mount=reading_place.hold_place(),
        class_name="log",
    )


def _end() -> rx.Component:
    """What is past is drawn once; each new line has a slot of its own and moves nothing else."""
    return rx.fragment(
        rx.foreach(slots.to(list[list[ShownLine]]), lambda slot: rx.foreach(slot, line)),
        # Above what is not sent yet: nothing of it has been seen.
        _receipt(),
        outbox_lines(),
        end_of_lines(),
    )


def _receipt() -> rx.Component:
    """Under one's own latest message, as long as nobody has answered it."""
    receipt = ThreadState.receipt
    return rx.cond(
        (receipt.text != "") & (receipt.sender_id == SessionState.me_id),
        rx.el.p(receipt.text, title=receipt.everybody, class_name="receipt"),
    )


def _earlier() -> rx.Component:
    return rx.cond(
        ThreadState.has_earlier,
        rx.fragment(
            _reach("up", ThreadState.history[0].seq, ThreadState.load_earlier()),
            button(
                rx.cond(ThreadState.loading_earlier, "Loading …", "Load earlier messages"),
                kind="quiet further",
                on_click=ThreadState.load_earlier,
            ),
        ),
    )


def _later() -> rx.Component:
    return rx.fragment(
        _reach("down", ThreadState.history[-1].seq, ThreadState.load_later()),
        button(
            rx.cond(ThreadState.loading_later, "Loading …", "Load later messages"),
            kind="quiet further",
            on_click=ThreadState.load_later,
        ),
    )


def _reach(way: str, edge: rx.Var[int], load: Any) -> rx.Component:
    """The lines near one end of what is drawn: who comes so far soon wants the next page. It is
    another one for each `edge`, so that it looks anew after each page."""
    return in_view(
        key=edge,
        on_change=lambda seen: rx.cond(seen, load, rx.noop()),
        class_name=f"reach {way}",
    )


def _none_chosen() -> rx.Component:
    """Beside the list, which comes back if it was put away: there is nothing else to see."""
    return rx.el.div(
        empty(
            "messages-square",
            "No ticket chosen",
            "Choose one from the list to read its conversation and to answer.",
        ),
        on_mount=panels.bring_back(panels.LIST),
        class_name="none-chosen",
    )


def _not_found(folder: str) -> rx.Component:
    return empty(
        "search-x",
        "Ticket not found",
        "There is no ticket with this number, or it is not one of yours.",
        unsent(),
        ask_button(),
        ReactRouterLink.create(
            "Back to the tickets", to=folder + FilterState.query, class_name="button"
        ),
        heading=rx.el.h1,
    )
