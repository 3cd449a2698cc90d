"""The dialogs about one message; which one it is about, their state knows."""

import reflex as rx

from supportdesk.state.message import (
    EDITED,
    EDITED_BOX,
    MessageState,
    ShownVersion,
    deleting,
    edit_open,
    edit_saving,
    edited_id,
    edited_length,
    edited_text,
    edited_too_long,
    versions_open,
)
from supportdesk.ui import dialogs
from supportdesk.ui.controls import alert, button
from supportdesk.ui.length import Counter

_EDITED = Counter(EDITED_BOX, edited_length, edited_too_long)


def message_dialogs() -> rx.Component:
    return rx.fragment(_edit(), _delete(), _versions())


def _edit() -> rx.Component:
    return dialogs.titled(
        "Edit message",
        "It will be marked as edited.",
        rx.el.form(
            rx.el.input(type="hidden", name=EDITED, value=edited_id.value),
            rx.el.div(
                alert(MessageState.error),
                rx.el.textarea(
                    id=EDITED_BOX,
                    name="text",
                    aria_label="Message text",
                    aria_invalid=rx.cond(_EDITED.over, "true", "false"),
                    aria_describedby=rx.cond(_EDITED.near, _EDITED.note, ""),
                    default_value=edited_text.value,
                    on_mount=_EDITED.begin(),
                    on_change=lambda _: _EDITED.measure(),
                    key=edited_id.value,
                    class_name="area",
                ),
                _EDITED.told(),
                class_name="body",
            ),
            rx.el.div(
                button("Cancel", on_click=edit_open.set_value(False)),
                button(
                    rx.cond(edit_saving.value, "Saving …", "Save"), kind="primary", type="submit"
                ),
                class_name="foot",
            ),
            on_submit=lambda form: [
                edited_too_long.set_value(_EDITED.over),
                rx.cond(_EDITED.over, rx.noop(), MessageState.save_edit(form)),
                edit_saving.set_value(~_EDITED.over),
            ],
            on_unmount=edit_saving.set_value(False),
        ),
        open=edit_open.value,
        on_open_change=edit_open.set,
        on_interact_outside=rx.prevent_default,
    )


def _delete() -> rx.Component:
    return dialogs.titled(
        "Delete this message?",
        "Its text and the reactions to it are gone for everybody. This cannot be undone.",
        rx.cond(
            MessageState.delete_error != "",
            rx.el.div(alert(MessageState.delete_error), class_name="body"),
        ),
        rx.el.div(
            button("Cancel", on_click=deleting.set_value("")),
            button(
                "Delete message",
                kind="danger",
                on_click=MessageState.delete_message(deleting.value),
            ),
            class_name="foot",
        ),
        open=deleting.value != "",
        on_open_change=deleting.set_value(""),
    )


def _versions() -> rx.Component:
    return dialogs.titled(
        "Earlier versions",
        "What the message said before it was edited. Buyers do not see this.",
        rx.el.div(rx.el.ol(rx.foreach(MessageState.versions, _version)), class_name="body"),
        rx.el.div(button("Close", on_click=versions_open.set_value(False)), class_name="foot"),
        open=versions_open.value,
        on_open_change=versions_open.set,
    )


def _version(version: rx.Var[ShownVersion]) -> rx.Component:
    return rx.el.li(
        rx.el.small(version.at), rx.el.div(version.text, class_name="bubble"), class_name="version"
    )
