"""The pages before one is in: a card with a form that the browser posts by itself.

Signing in sets a cookie, which only an answer over HTTP can; so these are plain forms, and the page
that follows is loaded anew.
"""

from typing import Any

import reflex as rx

from supportdesk import routes
from supportdesk.ui.brand import wordmark
from supportdesk.ui.connection import lost_connection
from supportdesk.ui.controls import button, empty, field, text_input
from supportdesk.ui.fonts import inter


def door(*content: rx.Component | None) -> rx.Component:
    return rx.el.div(
        inter(),
        lost_connection(),
        rx.el.main(wordmark(routes.HOME), *content),
        class_name="door",
    )


def card(title: str, text: Any, *content: rx.Component) -> rx.Component:
    return rx.el.div(rx.el.h1(title), rx.el.p(text), *content, class_name="card")


def post_form(action: str, submit: str, *fields: rx.Component) -> rx.Component:
    """The server checks and answers, so the browser's own checks stay out of it."""
    return rx.el.form(
        *fields,
        button(submit, kind="primary wide", type="submit"),
        action=action,
        method="post",
        on_submit=None,
        no_validate=True,
    )


def email_field(value: rx.Var[str], **props: Any) -> rx.Component:
    return field(
        "Email",
        text_input(
            "email",
            type="email",
            default_value=value,
            auto_complete="username",
            required=True,
            **props,
        ),
        name="email",
    )


def name_field(value: rx.Var[str], **props: Any) -> rx.Component:
    return field(
        "Name",
        text_input("name", default_value=value, auto_complete="name", required=True, **props),
        name="name",
    )


def password_field() -> rx.Component:
    return field(
        "Password",
        text_input("password", type="password", auto_complete="current-password", required=True),
        name="password",
    )


def new_password_field(**props: Any) -> rx.Component:
    return field(
        "Password",
        text_input(
            "password",
            type="password",
            auto_complete="new-password",
            required=True,
            aria_describedby="password-hint",
            **props,
        ),
        name="password",
        hint="At least 10 characters. A few words in a row do well.",
    )


def link_is_over(why: str) -> rx.Component:
    """In place of the form that a one-time link leads to."""
    return rx.el.div(
        empty(
            "link-2-off",
            "This link no longer works",
            why,
            rx.el.a("Go to sign in", href=routes.LOGIN, class_name="button"),
            heading=rx.el.h1,
        ),
        class_name="card",
    )


def below(text: str, link: str, href: str) -> rx.Component:
    return rx.el.p(text, " ", rx.el.a(link, href=href, class_name="link"), class_name="below")
