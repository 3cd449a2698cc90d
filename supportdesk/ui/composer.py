"""Where one writes.

The text lives in the browser; the server keeps a copy, as a draft for when it is gone. The field is
not bound to state, and it stays mounted whatever happens on the server, so that nothing typed is
lost to a dropped connection or a restart. What is sent moves to the outbox, see `ui/outbox`.
"""

import reflex as rx

from supportdesk.state.boxes import setter, value_of
from supportdesk.state.composer import ComposerState, audience_chosen, quoted
from supportdesk.state.details import DetailsState
from supportdesk.state.outbox import FORM, MESSAGE_BOX, put, unsendable, waiting
from supportdesk.state.presence import PresenceState
from supportdesk.state.session import SessionState
from supportdesk.state.thread import ThreadState
from supportdesk.ui import canned_replies
from supportdesk.ui.address import open_number
from supportdesk.ui.controls import button, icon_button, wrong
from supportdesk.ui.focus import at_once
from supportdesk.ui.key_area import key_area
from supportdesk.ui.manage_replies import manage_replies

# A draft is kept a moment after typing pauses, and at once when the box is left.
_PAUSE = 800

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
            rx.el.input(type="hidden", name="by", value=SessionState.me_id),
            rx.el.input(type="hidden", name="ticket", value=open_number),
            rx.el.input(type="hidden", name="audience", value=audience_chosen.value),
            rx.el.input(type="hidden", name="quote", value=_quoted_id()),
            _warning(),
            _quote(),
            canned_replies.reply_list(),
            key_area(_field(), on_key_down=canned_replies.on_key),
            _tools(),
            id=FORM,
            data_most=ComposerState.most,
            on_submit=lambda _: [
                at_once(put(setter(quoted, None), _TO_THE_END)),
                ComposerState.send(waiting, unsendable).temporal,
                # Takes the place of what typing has left to be saved.
                ComposerState.keep_draft.debounce(_PAUSE)(
                    open_number, value_of(MESSAGE_BOX), audience_chosen.value
                ),
            ],
            class_name=f"composer {audience_chosen.value}",
        ),
        _shut_note(),
        # Outside the form: what is submitted in the dialog is no message.
        rx.cond(canned_replies.may_use, manage_replies()),
        class_name=f"composer-place {rx.cond(shut, 'shut', '')}",
    )


def _quoted_id() -> rx.Var[str]:
    return rx.cond(quoted.value, quoted.value.to(dict[str, str])["id"], "")


def _quote() -> rx.Component:
    """Whom this message answers, and a way out."""
    return rx.cond(
        quoted.value,
        rx.el.div(
            rx.icon("reply", size=14),
            rx.el.span("Answering ", rx.el.b(quoted.value.to(dict[str, str])["name"])),
            rx.el.span(class_name="grow"),
            icon_button("Do not quote", "x", on_click=quoted.set_value(None)),
            class_name="quoting",
        ),
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
        id=MESSAGE_BOX,
        name=MESSAGE_BOX,
        rows="1",
        aria_label="Message",
        aria_describedby=rx.cond(ComposerState.error != "", "message-error", ""),
        placeholder="Write a reply",
        auto_complete="off",
        enter_key_submit=~canned_replies.shown,
        aria_autocomplete="list",
        aria_controls=rx.cond(canned_replies.shown, canned_replies.LIST, ""),
        aria_activedescendant=canned_replies.active_option(),
        on_mount=ComposerState.bring_draft,
        on_focus=canned_replies.when_writing(),
        on_change=lambda text: [
            *canned_replies.follow_typing(),
            ComposerState.keep_draft.debounce(_PAUSE)(open_number, text, audience_chosen.value),
            rx.cond(
                SessionState.me_role == "admin",
                PresenceState.note_replying.throttle(2000),
                rx.noop(),
            ),
        ],
        on_blur=lambda text: [
            canned_replies.close(),
            ComposerState.keep_draft(open_number, text, audience_chosen.value),
        ],
    )


def _tools() -> rx.Component:
    return rx.el.div(
        rx.el.span("Enter sends, Shift + Enter breaks the line", class_name="hint"),
        rx.el.span(class_name="grow"),
        rx.cond(ComposerState.audiences.length() > 1, _audience()),
        button("Send", kind="primary", type="submit"),
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
                ComposerState.keep_draft(open_number, value_of(MESSAGE_BOX), value),
                # Takes the place of what typing has left to be saved, to whom it was before.
                ComposerState.keep_draft.debounce(_PAUSE)(
                    open_number, value_of(MESSAGE_BOX), value
                ),
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
