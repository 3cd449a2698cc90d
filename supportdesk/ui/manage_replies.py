"""The dialog in which sellers and admins keep canned replies of their own."""

import reflex as rx

from supportdesk.domain.queries.replies import ReplyRow
from supportdesk.state.replies import NEW_REPLY, RepliesState, edited, replies_open
from supportdesk.ui import dialogs, focus
from supportdesk.ui.controls import alert, button, described, error_in, field, text_input

PLACEHOLDERS = "{buyer}, {seller}, {number}, {subject}, {my_name} and {date} are filled in."


def manage_replies() -> rx.Component:
    return dialogs.titled(
        "My canned replies",
        "Type / and the beginning of a name in a reply to insert one.",
        rx.el.div(alert(RepliesState.error), _mine(), _form(), class_name="body"),
        rx.el.div(button("Done", on_click=replies_open.set_value(False)), class_name="foot"),
        open=replies_open.value,
        on_open_change=replies_open.set,
        on_interact_outside=rx.prevent_default,
    )


def _mine() -> rx.Component:
    return rx.el.ul(
        # By its key each is the same wherever another name has put it.
        rx.foreach(
            RepliesState.replies,
            lambda reply: rx.fragment(rx.cond(reply.mine, _reply(reply)), key=reply.id),
        ),
        role="list",
        aria_label="My replies",
        class_name="things",
    )


def _reply(reply: rx.Var[ReplyRow]) -> rx.Component:
    return rx.el.li(
        rx.el.div(rx.el.b(reply.name), rx.el.span(reply.body), class_name="what"),
        button(
            "Edit",
            kind="quiet",
            aria_label=f"Edit {reply.name}",
            on_click=[
                focus.open_form(),
                edited.set_value({"id": reply.id, "name": reply.name, "body": reply.body}),
            ],
        ),
        button(
            "Delete",
            kind="quiet",
            aria_label=f"Delete {reply.name}",
            on_click=[focus.stay_near(), RepliesState.remove(reply.id)],
        ),
    )


def _form() -> rx.Component:
    reply = edited.value.to(dict[str, str])
    new = reply["id"] == ""
    return rx.el.form(
        rx.el.h3(rx.cond(new, "New reply", "Change the reply")),
        rx.el.input(type="hidden", name="reply_id", value=reply["id"]),
        _name(reply["name"]),
        _body(reply["body"]),
        rx.el.div(
            rx.cond(
                ~new,
                button("Cancel", on_click=[focus.leave_form(), edited.set_value(NEW_REPLY)]),
            ),
            button("Save reply", kind="primary", type="submit"),
            class_name="answers",
        ),
        on_submit=[focus.leave_form(), RepliesState.save],
        no_validate=True,
        class_name="inset",
        key=f"reply-form-{reply['id']}",
    )


def _name(value: rx.Var[str]) -> rx.Component:
    error = error_in(RepliesState.errors, "name")
    return field(
        "Name",
        text_input(
            "reply_name", default_value=value, auto_complete="off", **described("reply_name", error)
        ),
        name="reply_name",
        error=error,
    )


def _body(value: rx.Var[str]) -> rx.Component:
    error = error_in(RepliesState.errors, "body")
    return field(
        "Text",
        rx.el.textarea(
            id="reply_body",
            name="reply_body",
            default_value=value,
            class_name="area",
            **described("reply_body", error),
        ),
        name="reply_body",
        error=error,
        hint=PLACEHOLDERS,
    )
