"""Making the account that somebody has been invited to."""

import reflex as rx

from supportdesk import routes
from supportdesk.state.public import InviteState
from supportdesk.ui.controls import alert, field, text_input
from supportdesk.ui.door import (
    card,
    door,
    email_field,
    link_is_over,
    name_field,
    new_password_field,
    post_form,
)


def invite() -> rx.Component:
    return door(
        rx.cond(
            InviteState.checked & ~InviteState.works,
            link_is_over(
                "It was used, has expired or was taken back. The admin who gave it to you can "
                "make a new one."
            ),
            card(
                "Join this desk",
                rx.match(
                    InviteState.role,
                    ("admin", "You are invited as an admin."),
                    ("seller", "You are invited as a seller."),
                    ("buyer", "You are invited as a buyer."),
                    "One moment.",
                ),
                post_form(
                    routes.POST_INVITE,
                    "Create account",
                    alert(InviteState.error),
                    name_field(InviteState.name, auto_focus=True, key=InviteState.name),
                    rx.cond(
                        InviteState.fixed_email != "",
                        _fixed_email(),
                        email_field(InviteState.email, key=InviteState.email),
                    ),
                    new_password_field(),
                    rx.el.input(type="hidden", name="token", value=InviteState.token),
                ),
            ),
        ),
    )


def _fixed_email() -> rx.Component:
    return field(
        "Email",
        text_input(
            "email",
            type="email",
            value=InviteState.fixed_email,
            read_only=True,
            auto_complete="username",
        ),
        name="email",
        hint="The invitation is for this address.",
    )
