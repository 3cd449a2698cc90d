"""A buyer's own tickets."""

import reflex as rx

from supportdesk.state.new_ticket import NewTicketState, dialog_open
from supportdesk.state.standing import StandingState
from supportdesk.state.unsaved import unsaved
from supportdesk.ui.controls import button, empty
from supportdesk.ui.new_ticket import new_ticket
from supportdesk.ui.rules import welcome
from supportdesk.ui.workspace import workspace


def tickets() -> rx.Component:
    return workspace(
        "buyer",
        "My tickets",
        empty(
            "ticket",
            "No tickets yet",
            "Something wrong with an order, or a question? Write it down; you will see the answer "
            "here the moment it comes.",
            welcome(),
            rx.cond(
                ~StandingState.blocked,
                button(
                    "File your first ticket",
                    kind="primary",
                    on_click=[dialog_open.set_value(True), NewTicketState.show(unsaved)],
                ),
            ),
        ),
        new_ticket("Say what happened; whoever can help sees it at once."),
    )
