"""Setting a new password, by a link from an admin."""

import reflex as rx

from supportdesk import routes
from supportdesk.state.public import ResetState
from supportdesk.ui.controls import alert, field, text_input
from supportdesk.ui.door import card, door, link_is_over, new_password_field, post_form


def reset_password() -> rx.Component:
    return door(
        rx.cond(
            ResetState.checked & (ResetState.email == ""),
            link_is_over(
                "It was used, has expired or was replaced by a newer one. An admin of this desk "
                "can make another."
            ),
            card(
                "Set a new password",
                "You will be signed out everywhere else.",
                post_form(
                    routes.POST_RESET_PASSWORD,
                    "Set password",
                    alert(ResetState.error),
                    field(
                        "Email",
                        text_input(
                            "email",
                            type="email",
                            value=ResetState.email,
                            read_only=True,
                            auto_complete="username",
                        ),
                        name="email",
                    ),
                    new_password_field(auto_focus=True),
                    rx.el.input(type="hidden", name="token", value=ResetState.token),
                ),
            ),
        ),
    )
