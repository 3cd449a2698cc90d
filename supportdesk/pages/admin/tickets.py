"""Every ticket of the desk, for admins."""

import reflex as rx

from supportdesk.ui.controls import empty
from supportdesk.ui.workspace import workspace


def tickets() -> rx.Component:
    return workspace(
        "admin",
        "All tickets",
        empty(
            "inbox",
            "No tickets yet",
            "As soon as a buyer or a seller files one, it appears here by itself.",
        ),
    )
