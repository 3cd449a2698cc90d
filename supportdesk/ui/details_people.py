"""Who takes part in the open ticket, who has it open, and when things happened."""

import reflex as rx

from supportdesk.domain.queries.ticket_facts import Person
from supportdesk.realtime.presence import Here, Standing
from supportdesk.state.session import SessionState
from supportdesk.state.thread import ThreadState
from supportdesk.ui import times
from supportdesk.ui.avatar import avatar
from supportdesk.ui.details_facts import fact
from supportdesk.ui.moderation import add_person, person_menu

_facts = ThreadState.facts
_on_staff = SessionState.me_role != "buyer"


def people_section() -> rx.Component:
    return rx.el.section(
        rx.el.div(rx.el.h3("People"), add_person(), class_name="heading"),
        rx.el.ul(
            rx.foreach(_facts.people, _person),
            role="list",
            aria_label="People",
            class_name="people",
        ),
    )


def _person(person: rx.Var[Person]) -> rx.Component:
    me = person.id == SessionState.me_id
    known = ThreadState.presence.contains(person.id)
    standing = ThreadState.presence[person.id]
    return rx.el.li(
        rx.el.span(
            avatar(person.avatar, person.hue, "small"),
            rx.cond(known, rx.el.span(class_name=f"standing {standing.state}")),
            class_name="seat",
        ),
        rx.el.div(
            rx.el.span(person.name, class_name="name"),
            rx.cond(known & ~me, _presence(standing)),
            class_name="who",
        ),
        rx.el.small(
            rx.cond(me, "you", person.role), rx.cond(person.guest & _on_staff, " · guest", "")
        ),
        person_menu(person),
        key=person.id,
    )


def _presence(standing: rx.Var[Standing]) -> rx.Component:
    """In words: the dot beside it is for the eye alone."""
    return rx.el.span(
        rx.match(
            standing.state,
            ("online", rx.fragment("Online")),
            ("away", rx.fragment("Away")),
            rx.cond(
                standing.seen_at != "",
                rx.fragment("Last seen ", times.since(standing.seen_at)),
                rx.fragment("Offline"),
            ),
        ),
        rx.cond(
            standing.here,
            rx.fragment(
                " · ", rx.el.span("here now", title="Looks at this ticket", class_name="here")
            ),
        ),
        class_name="presence",
    )


def other_admins() -> rx.Component:
    """Which other admins look at the ticket, and which of them are writing an answer."""
    return rx.el.div(
        rx.foreach(
            ThreadState.admins_here,
            lambda here: rx.cond(here.id != SessionState.me_id, _admin(here)),
        ),
        rx.cond(
            ThreadState.more_admins > 0,
            rx.el.span(f"and {ThreadState.more_admins} more", class_name="other"),
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
