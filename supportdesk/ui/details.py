"""The right panel: facts to read, of which some become controls when one gets near."""

from typing import Any

import reflex as rx
from reflex.experimental.client_state import ClientStateVar

from supportdesk.state.chosen import chosen
from supportdesk.state.details import DetailsState
from supportdesk.state.inbox import InboxState
from supportdesk.state.thread import ThreadState
from supportdesk.ui import focus
from supportdesk.ui.controls import alert, button, icon_button
from supportdesk.ui.details_facts import facts_section
from supportdesk.ui.details_history import details_step
from supportdesk.ui.details_labels import fields_section, notes_section, tags_section
from supportdesk.ui.details_people import people_section, times_section
from supportdesk.ui.files import files_section
from supportdesk.ui.moderation import deletion_section
from supportdesk.ui.skeletons import details_skeleton

# Where there is no room for it, the panel is shown for the ticket of this number; so it closes by
# itself when another one is opened. Only the browser knows.
details_opened_for = ClientStateVar.create("details_shown_for", default="")
details_shown = (details_opened_for.value != "") & (
    details_opened_for.value == InboxState.open_number
)

_facts = ThreadState.facts


def details_toggle() -> rx.Component:
    """Opens the panel where it is not always beside the conversation."""
    return button(
        "Details",
        kind="toggle",
        aria_expanded=rx.cond(details_shown, "true", "false"),
        aria_controls="details",
        on_click=[
            details_opened_for.set_value(rx.cond(details_shown, "", InboxState.open_number)),
            focus.on_what_comes(".details .back"),
        ],
    )


def details() -> rx.Component:
    return rx.el.aside(
        details_step(details_opened_for, details_shown),
        rx.el.div(
            icon_button(
                "Back to the conversation",
                "chevron-left",
                kind="quiet back",
                on_click=[details_opened_for.set_value(""), focus.on_what_comes(".thread .toggle")],
            ),
            rx.el.h2("Details"),
            rx.el.span(class_name="grow"),
            rx.cond(ThreadState.loaded, rx.fragment(_star(), _close_or_reopen())),
            class_name="bar",
        ),
        rx.el.div(
            alert(DetailsState.error),
            rx.cond(
                ThreadState.loaded,
                rx.fragment(
                    facts_section(),
                    tags_section(),
                    fields_section(),
                    notes_section(),
                    files_section(),
                    people_section(),
                    times_section(),
                    deletion_section(),
                ),
                details_skeleton(),
            ),
            class_name="inside",
        ),
        id="details",
        aria_label="Ticket details",
        class_name="details",
    )


def _star() -> rx.Component:
    starred = _starred()
    return icon_button(
        "Star",
        "star",
        kind=f"quiet {rx.cond(starred, 'starred', '')}",
        aria_pressed=rx.cond(starred, "true", "false"),
        on_click=toggle_star(),
    )


def _starred() -> rx.Var[bool]:
    number, picked = _facts.number, chosen["starred"].value
    saved = InboxState.starred.contains(number) & InboxState.starred[number]
    return rx.cond(picked == "", saved, picked == "yes").to(bool)


def toggle_star() -> list[Any]:
    """The button shows it at once."""
    return [DetailsState.toggle_star, chosen["starred"].set_value(rx.cond(_starred(), "no", "yes"))]


def _close_or_reopen() -> rx.Component:
    return rx.cond(
        _facts.status == "closed",
        button("Reopen ticket", on_click=move(DetailsState.reopen_ticket, "open")),
        button("Close ticket", on_click=move(DetailsState.close_ticket, "closed")),
    )


def move(event: Any, status: str) -> list[Any]:
    """The status shows it at once, as if it had been chosen there."""
    return [event, chosen["status"].set_value(status)]
