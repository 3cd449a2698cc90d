"""What is said while the server cannot be reached."""

import reflex as rx
from reflex_components_core.core.banner import has_connection_errors


def lost_connection() -> rx.Component:
    return rx.cond(
        has_connection_errors,
        rx.el.div(
            rx.icon("wifi-off", size=16),
            rx.el.span(
                rx.el.b("Connection lost. "),
                "What you typed is kept; reconnecting by itself.",
            ),
            role="alert",
            class_name="lost",
        ),
    )
