"""The first admin of an empty desk, by the link that the server printed."""

import reflex as rx

from supportdesk import routes
from supportdesk.state.public import SetupState
from supportdesk.ui.controls import alert, empty
from supportdesk.ui.door import (
    card,
    door,
    email_field,
    name_field,
    new_password_field,
    post_form,
)


def setup() -> rx.Component:
    return door(
        rx.cond(
            SetupState.checked & ~SetupState.works,
            _over(),
            card(
                "Set up your desk",
                "You become its first admin. The others you can invite later.",
                post_form(
                    routes.POST_SETUP,
                    "Create admin account",
                    alert(SetupState.error),
                    name_field(SetupState.name, auto_focus=True),
                    email_field(SetupState.email),
                    new_password_field(),
                    rx.el.input(type="hidden", name="token", value=SetupState.token),
                ),
            ),
        ),
    )


def _over() -> rx.Component:
    return rx.el.div(
        empty(
            "link-2-off",
            "This link no longer works",
            "It was used already, or it is not complete. Where the desk is run, starting it again "
            "prints a new one as long as there is no admin.",
            rx.el.a("Go to sign in", href=routes.LOGIN, class_name="button"),
            heading=rx.el.h1,
        ),
        class_name="card",
    )
