"""Where one writes.

The text lives in the browser alone: the field is not bound to state, and it stays mounted whatever
happens on the server, so that nothing typed is lost to a dropped connection or a restart. It is
emptied by the server, once the message is saved.
"""

import reflex as rx

from supportdesk.state.composer import ComposerState, audience_chosen, sending
from supportdesk.state.details import DetailsState
from supportdesk.state.thread import ThreadState
from supportdesk.ui.controls import button, wrong

_TO_THE_END = "document.getElementById('conversation')?.scrollTo(0, 0)"

_WARNINGS = {
    "staff": "Staff only: hidden from the buyer.",
    "admins": "Admins only: hidden from buyer and seller.",
}


def composer() -> rx.Component:
    shut = ThreadState.loaded & ~ThreadState.facts.accepts_messages
    return rx.el.div(
        rx.cond(ComposerState.error != "", wrong(ComposerState.error, id="message-error")),
        rx.el.form(
            rx.el.input(type="hidden", name="audience", value=audience_chosen.value),
            _warning(),
            _field(),
            _tools(),
            on_submit=[
                sending.set_value(True),
                rx.call_script(_TO_THE_END),
                ComposerState.send,
            ],
            class_name=f"composer {audience_chosen.value}",
        ),
        _shut_note(),
        class_name=f"composer-place {rx.cond(shut, 'shut', '')}",
    )


def _warning() -> rx.Component:
    """Who will see it, in words, whenever that is not everyone."""
    return rx.match(
        audience_chosen.value,
        *[
            (
                audience,
                rx.el.p(rx.icon("lock", size=12), text, role="status", class_name="warning"),
            )
            for audience, text in _WARNINGS.items()
        ],
        rx.fragment(),
    )


def _field() -> rx.Component:
    return rx.el.textarea(
        id="message",
        name="message",
        rows="1",
        aria_label="Message",
        aria_busy=rx.cond(sending.value, "true", "false"),
        aria_describedby=rx.cond(ComposerState.error != "", "message-error", ""),
        placeholder="Write a reply",
        auto_complete="off",
        read_only=sending.value,
        enter_key_submit=~sending.value,
        on_blur=ComposerState.keep_draft,
    )


def _tools() -> rx.Component:
    return rx.el.div(
        rx.el.span("Enter sends, Shift + Enter breaks the line", class_name="hint"),
        rx.el.span(class_name="grow"),
        rx.cond(ComposerState.audiences.length() > 1, _audience()),
        button("Send", kind="primary", type="submit", disabled=sending.value),
        class_name="tools",
    )


def _audience() -> rx.Component:
    return rx.el.label(
        rx.el.span("Visible to", class_name="hint"),
        rx.el.select(
            rx.foreach(
                ComposerState.audiences,
                lambda choice: rx.el.option(choice.label, value=choice.value),
            ),
            value=audience_chosen.value,
            on_change=lambda value: [
                audience_chosen.set_value(value),
                ComposerState.keep_audience(value),
            ],
            aria_label="Visible to",
            class_name="pick plain",
        ),
        class_name="audience",
    )


def _shut_note() -> rx.Component:
    return rx.el.div(
        rx.el.span("This ticket is closed. Reopen it to write again."),
        button("Reopen", on_click=DetailsState.reopen_ticket),
        class_name="shut-note",
    )
