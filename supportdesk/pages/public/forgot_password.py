"""What to do without the password. The same for everybody: it tells nobody who has an account."""

import reflex as rx

from supportdesk import routes
from supportdesk.ui.door import below, card, door


def forgot_password() -> rx.Component:
    return door(
        card(
            "Forgot your password?",
            "Ask an admin of this desk for a link. With it you set a new password; it works once, "
            "for 24 hours.",
            rx.el.p(
                "This desk sends no e-mail: the admin hands you the link in person, by phone or by "
                "chat. The only admin gets one from whoever runs the desk."
            ),
        ),
        below("Found it?", "Sign in", routes.LOGIN),
    )
