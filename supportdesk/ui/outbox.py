"""What was sent and is not yet saved, under the conversation: on its way, waiting, or refused; and
in place of a conversation that is gone."""

from typing import Any

import reflex as rx
from reflex_base.vars import VarData
from reflex_components_core.core.banner import has_connection_errors

from supportdesk.domain.queries.thread import PRIVATE_LABELS
from supportdesk.state import attaching
from supportdesk.state.boxes import value_of
from supportdesk.state.composer import ComposerState
from supportdesk.state.outbox import (
    MESSAGE_BOX,
    Waiting,
    outbox,
    put_back,
    take_out,
    try_again,
    waiting,
    written_length,
)
from supportdesk.state.session import SessionState
from supportdesk.state.standing import StandingState
from supportdesk.state.thread import ThreadState
from supportdesk.ui import audience
from supportdesk.ui.address import open_number
from supportdesk.ui.controls import button
from supportdesk.ui.focus import at_once
from supportdesk.ui.latest import all_lines
from supportdesk.ui.line import private


def outbox_lines() -> rx.Component:
    return rx.foreach(_of_this_ticket(), _line)


def unsent() -> rx.Component:
    """For who has no access any more, to take along what they wrote."""
    left = written_length.value > 0
    return rx.cond(
        (_of_this_ticket().to(list).length() > 0) | left,
        rx.el.section(
            rx.el.h2("What you wrote here has not been sent"),
            outbox_lines(),
            rx.cond(left, _copies("Copy what you were writing", value_of(MESSAGE_BOX))),
            aria_label="Not sent",
            class_name="unsent",
        ),
    )


def _copies(label: str, text: rx.Var[str]) -> rx.Component:
    return button(label, on_click=[rx.set_clipboard(text), rx.toast("The text is copied.")])


def _of_this_ticket() -> rx.Var[list[Waiting]]:
    """As long as the conversation does not show them: one takes the place of the other."""
    parts: tuple[Any, ...] = (outbox.value, all_lines, SessionState.me_id, open_number)
    items, lines, me, number = map(str, parts)
    return rx.Var(
        _js_expr=(
            f"((saved) => {items}.filter((each) => [{me}, ''].includes(each.by)"
            f" && each.ticket === {number} && !saved.has(each.id)))"
            f"(new Set({lines}.map((line) => line.client_id)))"
        ),
        _var_type=list[Waiting],
        _var_data=VarData.merge(*(part._get_all_var_data() for part in parts)),
    )


def _line(item: rx.Var[Waiting]) -> rx.Component:
    return rx.el.article(
        rx.el.div(
            rx.cond(
                item.audience != "everyone",
                rx.el.div(private(_audience_label(item)), class_name="who"),
            ),
            rx.el.div(
                rx.cond(item.message != "", rx.el.div(item.message, class_name="bubble")),
                class_name="beside",
            ),
            rx.foreach(
                item.files,
                lambda file: rx.el.span(
                    rx.icon("paperclip", size=12), file.name, key=file.id, class_name="file-waiting"
                ),
            ),
            rx.cond(item.failed != "", _refused(item), _on_its_way()),
            class_name="says",
        ),
        key=item.id,
        data_kind="waiting",
        class_name=f"msg mine {item.audience} waiting",
    )


def _audience_label(item: rx.Var[Waiting]) -> rx.Var[str]:
    labels = [(str(audience), label) for audience, label in PRIVATE_LABELS.items() if label]
    return rx.match(item.audience, *labels, "")


def _on_its_way() -> rx.Component:
    return rx.el.span(
        rx.icon("clock", size=11),
        rx.cond(has_connection_errors, "Waiting for the connection", "Sending …"),
        class_name="fate",
    )


def _take_back(item: rx.Var[Waiting]) -> str:
    """What was for few stays for few, whoever is chosen by now."""
    return put_back(item.id, item.message, item.files, audience.no_wider_than(item.audience))


def _refused(item: rx.Var[Waiting]) -> rx.Component:
    """Why, and what can be done: none of it costs the text."""
    return rx.el.div(
        rx.el.span(rx.icon("circle-alert", size=12), f"Not sent. {item.failed}", role="alert"),
        rx.el.span(
            button(
                "Retry",
                on_click=[at_once(try_again(item.id)), ComposerState.send(waiting, "").temporal],
            ),
            rx.cond(
                # There is no box to put it into.
                ThreadState.missing | ~ThreadState.facts.accepts_messages | StandingState.blocked,
                _copies("Copy", item.message),
                button("Edit", on_click=at_once(_take_back(item))),
            ),
            button(
                "Discard",
                on_click=at_once(f"{take_out(item.id)}; {attaching.discard(str(item.files))}"),
            ),
            class_name="ways",
        ),
        class_name="fate bad",
    )
