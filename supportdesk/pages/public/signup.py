"""Signing up: an account to ask for help with, that is, a buyer's."""

import reflex as rx

from supportdesk import routes
from supportdesk.state.public import SignUpState
from supportdesk.ui.controls import alert
from supportdesk.ui.door import (
    below,
    card,
    door,
    email_field,
    name_field,
    new_password_field,
    post_form,
)


def signup() -> rx.Component:
    return door(
        card(
            "Create an account",
            "File tickets and follow the answers as they come.",
            post_form(
                routes.POST_SIGNUP,
                "Create account",
                alert(SignUpState.error),
                name_field(SignUpState.name, auto_focus=True),
                email_field(SignUpState.email),
                new_password_field(),
            ),
        ),
        below("Already have one?", "Sign in", routes.LOGIN),
    )
