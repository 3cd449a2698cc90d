"""The middle panel: the open ticket's conversation."""

import reflex as rx
from reflex_components_core.react_router.dom import ReactRouterLink

from supportdesk import routes
from supportdesk.realtime.lines import ShownLine
from supportdesk.state.inbox import InboxState
from supportdesk.state.thread import LIVE, ThreadState, live
from supportdesk.ui.address import open_number
from supportdesk.ui.composer import composer
from supportdesk.ui.controls import alert, button, empty
from supportdesk.ui.details import details_toggle
from supportdesk.ui.in_view import in_view
from supportdesk.ui.line import line
from supportdesk.ui.skeletons import bone, conversation_skeleton

_SHOWS = rx.cond(open_number == "", "at-list", rx.cond(ThreadState.missing, "missing", "shown"))


def conversation(role: str) -> rx.Component:
    """The composer is always there, hidden when there is nothing to answer: see `composer`."""
    folder = routes.tickets(role)
    return rx.el.section(
        rx.cond((InboxState.total > 0) & (open_number == ""), _none_chosen()),
        _bar(folder),
        rx.cond(ThreadState.missing, _not_found(folder)),
        _log(),
        composer(),
        aria_label="Ticket",
        class_name=f"thread {_SHOWS}",
    )


def _bar(folder: str) -> rx.Component:
    return rx.el.div(
        ReactRouterLink.create(
            rx.icon("chevron-left", size=20),
            to=folder,
            aria_label="Back to the list",
            class_name="button quiet icon back",
        ),
        rx.cond(
            ThreadState.loaded,
            rx.cond(~ThreadState.missing, _title()),
            rx.fragment(rx.el.h1("Opening …", class_name="unseen"), bone()),
        ),
        rx.el.span(class_name="grow"),
        details_toggle(),
        class_name="bar",
    )


def _title() -> rx.Component:
    return rx.fragment(
        rx.el.h1(ThreadState.facts.subject),
        rx.el.span(ThreadState.facts.number, class_name="number"),
    )


def _log() -> rx.Component:
    return rx.el.div(
        rx.cond(
            ThreadState.loaded,
            rx.el.div(_earlier(), alert(ThreadState.error), _lines(), class_name="lines"),
            conversation_skeleton(),
        ),
        id="conversation",
        role="log",
        aria_label="Conversation",
        aria_busy=rx.cond(ThreadState.loaded, "false", "true"),
        tab_index=0,
        class_name="log",
    )


def _lines() -> rx.Component:
    """What is past is drawn once; each new line has a slot of its own and moves nothing else."""
    slots = rx.Var.create([live(number) for number in range(LIVE)]).to(list[list[ShownLine]])
    return rx.fragment(
        rx.foreach(ThreadState.history, line),
        rx.foreach(slots, lambda slot: rx.foreach(slot, line)),
    )


def _earlier() -> rx.Component:
    return rx.cond(
        ThreadState.has_earlier,
        in_view(
            button(
                rx.cond(ThreadState.loading_earlier, "Loading …", "Load earlier messages"),
                kind="quiet",
                on_click=ThreadState.load_earlier,
            ),
            on_change=lambda seen: rx.cond(seen, ThreadState.load_earlier(), rx.noop()),
            class_name="earlier",
        ),
    )


def _none_chosen() -> rx.Component:
    return empty(
        "messages-square",
        "No ticket chosen",
        "Choose one from the list to read its conversation and to answer.",
    )


def _not_found(folder: str) -> rx.Component:
    return empty(
        "search-x",
        "Ticket not found",
        "There is no ticket with this number, or it is not one of yours.",
        ReactRouterLink.create("Back to the tickets", to=folder, class_name="button"),
        heading=rx.el.h1,
    )
