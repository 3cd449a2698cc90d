"""One's own name and password, on the account page."""

from __future__ import annotations

from typing import Any

import reflex as rx

from supportdesk import routes
from supportdesk.state.account import AccountState
from supportdesk.state.session import SessionState
from supportdesk.ui.controls import alert, button, described, error_in, field, text_input


def own_account() -> rx.Component:
    return rx.fragment(
        alert(error_in(AccountState.errors, "form")),
        _form(
            "Name",
            "As everybody sees it who has to do with you.",
            _line(
                "Your name",
                "name",
                default_value=SessionState.me_name,
                key=SessionState.me_name,
                auto_complete="name",
            ),
            button("Save name", type="submit"),
            on_submit=AccountState.rename,
        ),
        _form(
            "Password",
            "Changing it signs you out everywhere else.",
            # For the browser that keeps passwords: whose it is.
            rx.el.input(
                type="text",
                name="email",
                value=SessionState.me_email,
                auto_complete="username",
                read_only=True,
                hidden=True,
                aria_label="Email",
            ),
            _line("Current password", "current", type="password", auto_complete="current-password"),
            _line(
                "New password",
                "password",
                "At least 10 characters. A few words in a row do well.",
                type="password",
                auto_complete="new-password",
            ),
            button("Change password", type="submit"),
            on_submit=AccountState.change_password,
        ),
    )


def own_data() -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.div(
                rx.el.h2("Your data"),
                rx.el.p("All that the desk keeps of you, and the files you sent, in one archive."),
            ),
            class_name="head",
        ),
        button("Download my data", on_click=rx.download(url=routes.ACCOUNT_EXPORT)),
        aria_label="Your data",
    )


def _form(heading: str, about: str, *fields: rx.Component, on_submit: Any) -> rx.Component:
    return rx.el.section(
        rx.el.div(rx.el.div(rx.el.h2(heading), rx.el.p(about)), class_name="head"),
        rx.el.form(
            *fields, on_submit=on_submit, reset_on_submit=False, no_validate=True, class_name="own"
        ),
        aria_label=heading,
    )


def _line(label: str, name: str, hint: str = "", **props: Any) -> rx.Component:
    error = error_in(AccountState.errors, name)
    control = text_input(name, **props, **described(name, error))
    return field(label, control, name=name, error=error, hint=hint)
