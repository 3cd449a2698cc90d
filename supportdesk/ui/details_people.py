"""Who takes part in the open ticket, who has it open, and when things happened."""

import reflex as rx

from supportdesk.domain.queries.ticket_facts import Person
from supportdesk.realtime.presence import Here
from supportdesk.state.session import SessionState
from supportdesk.state.thread import ThreadState
from supportdesk.ui import times
from supportdesk.ui.avatar import avatar
from supportdesk.ui.details_facts import fact

_facts = ThreadState.facts


def people_section() -> rx.Component:
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
    me = person.id == SessionState.me_id
    return rx.el.li(
        avatar(person.avatar, person.hue, "small"),
        rx.el.span(person.name, class_name="name"),
        rx.cond(
            ~me & ThreadState.here.contains(person.id),
            rx.el.span("here now", title="Has this ticket open", class_name="here"),
        ),
        rx.el.small(rx.cond(me, "you", person.role)),
        key=person.id,
    )


def other_admins() -> rx.Component:
    """Which other admins have the ticket open, and which of them are writing an answer."""
    return rx.el.div(
        rx.foreach(
            ThreadState.admins_here,
            lambda here: rx.cond(here.id != SessionState.me_id, _admin(here)),
        ),
        role="status",
        aria_label="Other admins here",
        class_name="others",
    )


def _admin(here: rx.Var[Here]) -> rx.Component:
    return rx.el.span(
        avatar(here.avatar, here.hue, "small"),
        rx.el.span(f"{here.name} is {here.doing}"),
        key=here.id,
        class_name=f"other {here.doing}",
    )


def times_section() -> rx.Component:
    return rx.el.section(
        rx.el.h3("Times"),
        rx.el.dl(
            *fact("Opened", times.fact_time(_facts.opened_at)),
            *fact(
                "First reply",
                rx.cond(
                    _facts.first_response_at != "",
                    _after(_facts.first_response_at),
                    rx.el.span("None yet", class_name="none"),
                ),
            ),
            rx.cond(
                _facts.resolved_at != "",
                rx.fragment(*fact("Resolved", _after(_facts.resolved_at))),
            ),
            class_name="facts",
        ),
    )


def _after(at: rx.Var[str]) -> rx.Component:
    return rx.el.span("after ", times.time_between(_facts.opened_at, at))
