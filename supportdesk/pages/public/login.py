"""Signing in. Also the front page of those who are not."""

import reflex as rx

from supportdesk import routes
from supportdesk.state.public import SignInState
from supportdesk.ui.controls import alert
from supportdesk.ui.door import below, card, door, email_field, password_field, post_form


def login() -> rx.Component:
    return door(
        card(
            "Sign in",
            "Your tickets are waiting.",
            post_form(
                routes.POST_LOGIN,
                "Sign in",
                alert(SignInState.error),
                email_field(SignInState.email, auto_focus=True),
                password_field(),
                rx.el.input(type="hidden", name="next", value=SignInState.next),
            ),
        ),
        rx.el.p(
            rx.el.a("Forgot password?", href=routes.FORGOT_PASSWORD, class_name="link"),
            class_name="below",
        ),
        below("New here?", "Create an account", routes.SIGNUP),
    )
