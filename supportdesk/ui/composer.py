"""Where one writes.

The text lives in the browser; the server keeps a copy, as a draft for when it is gone. The field is
not bound to state, and it stays mounted whatever happens on the server, so that nothing typed is
lost to a dropped connection or a restart. What is sent moves to the outbox, see `ui/outbox`.
"""

from typing import Any

import reflex as rx
from reflex_base.vars import VarData

from supportdesk.state.attaching import Attached
from supportdesk.state.boxes import setter, value_of
from supportdesk.state.composer import (
    ComposerState,
    audience_chosen,
    quoted,
    writing_since,
    written_for,
)
from supportdesk.state.details import DetailsState
from supportdesk.state.outbox import (
    FOLLOW_TYPING,
    FORM,
    MEASURE,
    MESSAGE_BOX,
    put,
    sent_too_much,
    unsendable,
    waiting,
    written_length,
)
from supportdesk.state.presence import PresenceState
from supportdesk.state.session import SessionState
from supportdesk.state.standing import StandingState
from supportdesk.state.thread import ThreadState
from supportdesk.state.unsaved import unsaved
from supportdesk.ui import audience, canned_replies, length, mentions
from supportdesk.ui.address import open_number
from supportdesk.ui.attaching import (
    attach_button,
    attached_files,
    failed_note,
    files_at,
    too_many,
    too_many_note,
    waits_for_files,
    why_not_sent,
)
from supportdesk.ui.controls import button, icon_button, wrong
from supportdesk.ui.emojis import emoji_button, emoji_picker
from supportdesk.ui.focus import at_once
from supportdesk.ui.joining import blocked_note
from supportdesk.ui.key_area import key_area
from supportdesk.ui.latest import go_to_end, newest, of_all_lines
from supportdesk.ui.manage_replies import manage_replies
from supportdesk.ui.reading_place import TO_THE_END
from supportdesk.ui.recording import record_button
from supportdesk.ui.rules import away
from supportdesk.ui.uploading import SEND

# Well within the silence after which nobody counts as typing any more.
_TYPING_AGAIN = 2500

_PUT = put(
    setter(quoted, None),
    setter(writing_since, 0),
    TO_THE_END,
    agreed=audience.WRITTEN_FOR_THESE,
)
_FAILED, _TOO_MANY = "composer-failed", "composer-too-many"


def composer() -> rx.Component:
    too_much = length.MESSAGE.over | too_many(_files())
    shut = ThreadState.loaded & (~ThreadState.facts.accepts_messages | StandingState.blocked)
    return rx.el.div(
        rx.cond(
            (ComposerState.error != "") & ~length.MESSAGE.over,
            wrong(ComposerState.error, id="message-error"),
        ),
        away(),
        rx.el.form(
            rx.el.input(type="hidden", name="by", value=SessionState.me_id),
            rx.el.input(type="hidden", name="ticket", value=open_number),
            rx.el.input(type="hidden", name="audience", value=audience_chosen.value),
            rx.el.input(type="hidden", name="quote", value=_quoted_id()),
            audience.warning(),
            _answered_meanwhile(),
            _quote(),
            canned_replies.reply_list(),
            mentions.people_list(),
            key_area(_field(), on_key_down=_on_key),
            attached_files(_files()),
            failed_note(_files(), _FAILED),
            too_many_note(_files(), _TOO_MANY, sent_too_much.value),
            rx.cond(
                waits_for_files(open_number),
                rx.el.p(
                    "Will be sent when its files are there.", role="status", class_name="later"
                ),
            ),
            length.MESSAGE.told(),
            _tools(),
            id=FORM,
            data_most=ComposerState.most,
            data_file_most=ComposerState.file_most,
            data_files_most=ComposerState.files_most,
            data_written=written_for.value,
            on_submit=lambda _: [
                at_once(f"if ({audience.WIDENS}) {{ {audience.ASK} }} else {{ {_PUT} }}"),
                sent_too_much.set_value(too_much),
                rx.cond(
                    audience.widens | too_much,
                    rx.noop(),
                    ComposerState.send(waiting, unsendable).temporal,
                ),
                rx.cond(ThreadState.has_later, ThreadState.show_latest(), rx.noop()),
                *audience.keep_draft(value_of(MESSAGE_BOX), later=True),
            ],
            class_name=f"composer {audience_chosen.value}",
        ),
        emoji_picker(),
        _typing(),
        rx.cond(StandingState.blocked, blocked_note(), _shut_note()),
        # Outside the form: what is submitted in a dialog is no message.
        audience.question(at_once(_PUT), ComposerState.send(waiting, "").temporal),
        rx.el.button(
            id=SEND,
            type="button",
            hidden=True,
            on_click=ComposerState.send(waiting, "").temporal,
        ),
        rx.cond(canned_replies.may_use, manage_replies()),
        class_name=f"composer-place {rx.cond(shut, 'shut', '')}",
    )


def _files() -> rx.Var[list[Attached]]:
    return files_at(open_number, SessionState.me_id)


def _on_key(key: rx.Var[str], more: Any) -> list[Any]:
    """Of the lists at most one is shown."""
    return [*canned_replies.on_key(key, more), *mentions.on_key(key, more)]


def _typing() -> rx.Component:
    """Who else writes, in the space under the box."""
    others = ThreadState.typing.to(list[dict[str, str]])
    names: rx.Var[str] = rx.Var(
        _js_expr=(
            f"((names) => names.length > 2 ? names.slice(0, 2).join(', ') + ' and others are'"
            " : names.length > 1 ? names.join(' and ') + ' are'"
            " : names.map((name) => name + ' is').join())"
            f"({others!s}.filter((each) => each.id !== {SessionState.me_id!s})"
            ".map((each) => each.name))"
        ),
        _var_type=str,
        _var_data=VarData.merge(
            ThreadState.typing._get_all_var_data(), SessionState.me_id._get_all_var_data()
        ),
    )
    return rx.el.p(rx.cond(names != "", f"{names} typing…", ""), role="status", class_name="typing")


def _answered_meanwhile() -> rx.Component:
    """So that nobody says twice what somebody else has just said."""
    name = of_all_lines(
        "({0} > 0 && lines.findLast((line) => line.seq > {0} && line.kind === 'message'"
        " && line.sender_id !== {1})?.name) || ''",
        writing_since.value,
        SessionState.me_id,
    ).to(str)
    return rx.cond(
        name != "",
        rx.el.div(
            rx.icon("message-square-more", size=14),
            rx.el.span(rx.el.b(name), " has written since you began.", role="status"),
            rx.el.span(class_name="grow"),
            button("Read it", kind="quiet", on_click=go_to_end()),
            icon_button("I have seen it", "x", on_click=writing_since.set_value(newest)),
            class_name="meanwhile",
        ),
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


def _field() -> rx.Component:
    return rx.el.textarea(
        id=MESSAGE_BOX,
        name=MESSAGE_BOX,
        rows="1",
        aria_label="Message",
        aria_invalid=rx.cond(length.MESSAGE.over, "true", "false"),
        aria_describedby=rx.cond(
            length.MESSAGE.near,
            length.MESSAGE.note,
            rx.cond(ComposerState.error != "", "message-error", ""),
        ),
        placeholder="Write a reply",
        auto_complete="off",
        enter_key_submit=~canned_replies.shown & ~mentions.shown,
        aria_autocomplete="list",
        aria_controls=rx.cond(
            canned_replies.shown, canned_replies.LIST, rx.cond(mentions.shown, mentions.LIST, "")
        ),
        aria_activedescendant=canned_replies.active_option() + mentions.active_option(),
        on_mount=ComposerState.bring_draft(unsaved),
        on_focus=[
            canned_replies.when_writing(),
            mentions.when_writing(),
            audience.note_before(),
        ],
        on_change=lambda text: [
            *canned_replies.follow_typing(),
            *mentions.follow_typing(),
            audience.follow_typing(text),
            at_once(FOLLOW_TYPING),
            at_once(MEASURE),
            writing_since.set_value(
                rx.cond(
                    text == "", 0, rx.cond(writing_since.value > 0, writing_since.value, newest)
                )
            ),
            *audience.keep_draft(text, later=True),
            rx.cond(
                text != "",
                PresenceState.note_typing(audience_chosen.value).throttle(_TYPING_AGAIN).temporal,
                rx.noop(),
            ),
        ],
        on_blur=lambda text: [
            canned_replies.close(),
            mentions.close(),
            *audience.keep_draft(text),
        ],
    )


def _tools() -> rx.Component:
    return rx.el.div(
        rx.el.span("Enter sends, Shift + Enter breaks the line", class_name="hint"),
        rx.el.span(class_name="grow"),
        attach_button("composer"),
        record_button(),
        emoji_button(),
        rx.cond(
            # What a guest had begun to write before they were one may be addressed otherwise still.
            (ComposerState.audiences.length() > 1)
            & ((ThreadState.facts.circle != "guests") | (audience_chosen.value != "everyone")),
            audience.choice(),
        ),
        button(
            "Send",
            kind="primary",
            type="submit",
            aria_describedby=why_not_sent(_files(), _FAILED, _TOO_MANY),
        ),
        class_name="tools",
    )


def _shut_note() -> rx.Component:
    """In place of the box; under it for who is just writing, or their next letters would be keys
    of the page."""
    return rx.el.div(
        rx.el.span(
            "This ticket is closed. Reopen it to write again",
            rx.cond(written_length.value > 0, "; what you wrote is kept.", "."),
            role="status",
        ),
        button("Reopen", on_click=DetailsState.reopen_ticket),
        class_name="shut-note",
    )
