"""For an address that leads nowhere."""

import reflex as rx

from supportdesk import routes
from supportdesk.ui.controls import empty
from supportdesk.ui.door import door


def not_found() -> rx.Component:
    return door(
        rx.el.div(
            empty(
                "compass",
                "Page not found",
                "The address may be mistyped, or the page has moved.",
                rx.el.a("Go to your tickets", href=routes.HOME, class_name="button"),
                heading=rx.el.h1,
            ),
            class_name="card",
        ),
    )
