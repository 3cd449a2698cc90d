"""The dialogs in which links are made, shown once, and taken back."""

from __future__ import annotations

from typing import Any

import reflex as rx

from supportdesk.domain.actor import Role
from supportdesk.state.inviting import InvitingState, inviting, made_link, revoking
from supportdesk.ui import dialogs, focus
from supportdesk.ui.controls import (
    alert,
    button,
    described,
    error_in,
    field,
    select,
    text_input,
)

INVITE_BUTTON = "invite"


def invitation_dialogs() -> rx.Component:
    return rx.fragment(_invite(), _revoke())


def _close() -> list[Any]:
    return [inviting.set_value(""), made_link.set_value("")]


def _invite() -> rx.Component:
    return dialogs.titled(
        "Invite somebody",
        "You get a link to hand to them. It works once, for seven days.",
        rx.cond(made_link.value == "", _form(), show_link(_close())),
        open=inviting.value != "",
        on_open_change=_close(),
        # A stray click beside it must not throw away what was typed, or the link.
        on_interact_outside=rx.prevent_default,
        on_close_auto_focus=focus.on(f"#{INVITE_BUTTON}"),
    )


def _form() -> rx.Component:
    errors = InvitingState.errors
    return rx.el.form(
        rx.el.div(
            alert(error_in(errors, "form")),
            field(
                "Role",
                select(
                    *[rx.el.option(role.label, value=role.value) for role in Role],
                    name="role",
                    default_value=inviting.value,
                    key=inviting.value,
                ),
                name="role",
            ),
            _line("Email", "email", "Left empty, they choose it themselves.", type="email"),
            _line("Name", "name", "Optional; they can change it."),
            class_name="body",
        ),
        rx.el.div(
            button("Cancel", on_click=_close()),
            button("Create link", kind="primary", type="submit"),
            class_name="foot",
        ),
        on_submit=InvitingState.invite,
        no_validate=True,
    )


def _line(label: str, name: str, hint: str, **props: Any) -> rx.Component:
    error = error_in(InvitingState.errors, name)
    control = text_input(name, auto_complete="off", **props, **described(name, error))
    return field(label, control, name=name, error=error, hint=hint)


def show_link(close: list[Any]) -> rx.Component:
    """The link that was just made: to copy now, for nobody keeps it."""
    link = made_link.value.to(str)
    return rx.fragment(
        rx.el.div(
            field(
                "Link",
                text_input(
                    "made-link",
                    read_only=True,
                    value=link,
                    on_focus=focus.at_once("document.activeElement.select?.()"),
                ),
                name="made-link",
                hint="Copy it now: it is not shown again. Whoever has it can use it.",
            ),
            class_name="body",
        ),
        rx.el.div(
            button("Done", on_click=close),
            button(
                rx.icon("copy", size=14),
                "Copy link",
                kind="primary",
                on_click=[rx.set_clipboard(link), rx.toast("The link is copied.")],
            ),
            class_name="foot",
        ),
    )


def _revoke() -> rx.Component:
    return dialogs.titled(
        "Revoke this invitation?",
        "Its link works no more. You can make another one.",
        rx.cond(
            InvitingState.error != "", rx.el.div(alert(InvitingState.error), class_name="body")
        ),
        rx.el.div(
            button("Cancel", on_click=revoking.set_value("")),
            button("Revoke", kind="danger", on_click=InvitingState.revoke(revoking.value)),
            class_name="foot",
        ),
        open=revoking.value != "",
        on_open_change=revoking.set_value(""),
        on_close_auto_focus=focus.on(f"#{INVITE_BUTTON}"),
        class_name="dialog narrow",
    )
