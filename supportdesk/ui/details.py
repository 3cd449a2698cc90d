"""The right panel: facts to read, of which some become controls when one gets near."""

from typing import Any

import reflex as rx
from reflex.experimental.client_state import ClientStateVar

from supportdesk.domain.models import Priority
from supportdesk.domain.queries.thread import Person
from supportdesk.state.choice import Choice
from supportdesk.state.details import DetailsState
from supportdesk.state.inbox import InboxState
from supportdesk.state.session import SessionState
from supportdesk.state.thread import ThreadState
from supportdesk.ui import times
from supportdesk.ui.address import open_number
from supportdesk.ui.avatar import avatar
from supportdesk.ui.controls import alert, button, icon_button
from supportdesk.ui.skeletons import details_skeleton

# Where there is no room for it, the panel is shown for the ticket of this number; so it closes by
# itself when another one is opened. Only the browser knows.
_shown_for = ClientStateVar.create("details_shown_for", default="")
details_shown = (_shown_for.value != "") & (_shown_for.value == InboxState.open_number)

_facts = ThreadState.facts


def details_toggle() -> rx.Component:
    """Opens the panel where it is not always beside the conversation."""
    return button(
        "Details",
        kind="toggle",
        aria_expanded=rx.cond(details_shown, "true", "false"),
        aria_controls="details",
        on_click=_shown_for.set_value(rx.cond(details_shown, "", InboxState.open_number)),
    )


def details() -> rx.Component:
    return rx.cond(
        (open_number != "") & ~ThreadState.missing,
        rx.el.aside(
            rx.el.div(
                rx.el.h2("Details"),
                rx.el.span(class_name="grow"),
                rx.cond(ThreadState.loaded, rx.fragment(_star(), _close_or_reopen())),
                class_name="bar",
            ),
            rx.el.div(
                alert(DetailsState.error),
                rx.cond(
                    ThreadState.loaded,
                    rx.fragment(_state_of_it(), _people(), _times()),
                    details_skeleton(),
                ),
                class_name="inside",
            ),
            id="details",
            aria_label="Ticket details",
            class_name="details",
        ),
    )


def _star() -> rx.Component:
    number = _facts.number
    starred = InboxState.starred.contains(number) & InboxState.starred[number]
    return icon_button(
        "Star",
        "star",
        kind=f"quiet {rx.cond(starred, 'starred', '')}",
        aria_pressed=rx.cond(starred, "true", "false"),
        on_click=DetailsState.toggle_star,
    )


def _close_or_reopen() -> rx.Component:
    return rx.cond(
        _facts.status == "closed",
        button("Reopen ticket", on_click=DetailsState.reopen_ticket),
        button("Close ticket", on_click=DetailsState.close_ticket),
    )


def _state_of_it() -> rx.Component:
    return rx.el.section(
        rx.el.dl(
            *_fact(
                "Status", _pick("Status", _facts.status, _statuses(), DetailsState.choose_status)
            ),
            *_fact(
                "Priority",
                _pick("Priority", _facts.priority, _priorities(), DetailsState.choose_priority),
            ),
            *_fact("Assignee", _or_none(_facts.assignee, "Nobody yet")),
            *_fact("Team", _or_none(_facts.team, "None")),
            *_fact("Type", _facts.type_label),
            class_name="facts",
        ),
    )


def _fact(name: str, value: Any) -> tuple[rx.Component, rx.Component]:
    return rx.el.dt(name), rx.el.dd(value)


def _or_none(value: rx.Var[str], otherwise: str) -> rx.Component:
    return rx.cond(value != "", value, rx.el.span(otherwise, class_name="none"))


def _pick(name: str, value: rx.Var[str], options: Any, on_change: Any) -> rx.Component:
    return rx.el.select(
        options,
        value=value,
        on_change=on_change,
        aria_label=name,
        class_name=f"pick colour {value}",
    )


def _statuses() -> rx.Component:
    def option(choice: rx.Var[Choice]) -> rx.Component:
        return rx.el.option(choice.label, value=choice.value)

    return rx.foreach(_facts.choices, option)


def _priorities() -> rx.Component:
    return rx.fragment(
        *[rx.el.option(priority.label, value=priority.value) for priority in Priority]
    )


def _people() -> rx.Component:
    return rx.el.section(
        rx.el.h3("People"),
        rx.el.ul(
            rx.foreach(_facts.people, _person),
            role="list",
            aria_label="People",
            class_name="people",
        ),
    )


def _person(person: rx.Var[Person]) -> rx.Component:
    return rx.el.li(
        avatar(person.avatar, person.hue, "small"),
        rx.el.span(person.name, class_name="name"),
        rx.el.small(rx.cond(person.id == SessionState.me_id, "you", person.role)),
        key=person.id,
    )


def _times() -> rx.Component:
    return rx.el.section(
        rx.el.h3("Times"),
        rx.el.dl(
            *_fact("Opened", times.fact_time(_facts.opened_at)),
            *_fact(
                "First reply",
                rx.cond(
                    _facts.first_response_at != "",
                    rx.el.span(
                        "after ", times.time_between(_facts.opened_at, _facts.first_response_at)
                    ),
                    rx.el.span("None yet", class_name="none"),
                ),
            ),
            rx.cond(
                _facts.resolved_at != "",
                rx.fragment(*_fact("Resolved", times.fact_time(_facts.resolved_at))),
            ),
            class_name="facts",
        ),
    )
