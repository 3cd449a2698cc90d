"""The first admin of an empty desk, by the link that the server printed."""

import reflex as rx

from supportdesk import routes
from supportdesk.state.public import SetupState
from supportdesk.ui.controls import alert
from supportdesk.ui.door import (
    card,
    door,
    email_field,
    link_is_over,
    name_field,
    new_password_field,
    post_form,
)


def setup() -> rx.Component:
    return door(
        rx.cond(
            SetupState.checked & ~SetupState.works,
            link_is_over(
                "It was used already, or it is not complete. Where the desk is run, starting it "
                "again prints a new one as long as there is no admin."
            ),
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
