"""The tickets of a seller: those that buyers sent them, and their own to the platform."""

import reflex as rx

from supportdesk.ui.controls import empty
from supportdesk.ui.new_ticket import new_ticket
from supportdesk.ui.workspace import workspace


def tickets() -> rx.Component:
    return workspace(
        "seller",
        "Tickets",
        empty(
            "inbox",
            "No tickets yet",
            "What buyers ask you appears here by itself. To ask the platform something, file a "
            "ticket of your own.",
        ),
        new_ticket("It goes to the platform's team."),
    )
