"""The admins' page of one person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import reflex as rx
from reflex_components_core.react_router.dom import ReactRouterLink

from supportdesk import routes
from supportdesk.domain.commands.person_notes import MAX_LENGTH
from supportdesk.domain.queries.person import Deed, Note, PersonSession, PersonTicket
from supportdesk.state.person import NOTE_BOX, PersonState, asking, deleting_note
from supportdesk.state.session import SessionState
from supportdesk.ui import times
from supportdesk.ui.avatar import avatar
from supportdesk.ui.badges import status_badge
from supportdesk.ui.controls import alert, button, empty, icon_button, wrong
from supportdesk.ui.details_facts import fact
from supportdesk.ui.people import presence_words, role_badge, seat, standing_badge
from supportdesk.ui.person_dialogs import opener, person_dialogs
from supportdesk.ui.skeletons import bone

_person = PersonState.person
_me = _person.id == SessionState.me_id
_erased = _person.erased_at != ""


def person_page() -> rx.Component:
    return rx.el.main(
        rx.el.div(
            _back(), rx.el.h1(rx.cond(_person.id != "", _person.name, "Person")), class_name="bar"
        ),
        rx.el.div(
            alert(PersonState.error),
            rx.cond(
                PersonState.loaded,
                rx.cond(PersonState.missing, _missing(), _whole()),
                rx.el.div(bone(), aria_busy="true"),
            ),
            class_name="inside",
        ),
        id="content",
        tab_index=-1,
        class_name="settings",
    )


def _back() -> rx.Component:
    seller = _person.role == "seller"
    return ReactRouterLink.create(
        rx.icon("arrow-left", size=16),
        to=rx.cond(seller, routes.ADMIN_SELLERS, routes.ADMIN_USERS),
        aria_label=rx.cond(seller, "Back to the sellers", "Back to the users"),
        class_name="button icon quiet",
    )


def _missing() -> rx.Component:
    return empty("user-x", "Person not found", "Nobody here has this address.")


def _whole() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            _who(),
            _actions(),
            _figures(),
            rx.cond(_erased, rx.fragment(), _notes()),
            class_name="column",
        ),
        rx.el.div(_tickets(), _sessions(), _deeds(), class_name="column"),
        person_dialogs(),
        class_name="person-page",
    )


def _who() -> rx.Component:
    return rx.el.section(
        seat(_person.avatar, _person.hue, PersonState.presence),
        rx.el.div(
            rx.el.b(
                _person.name,
                role_badge(_person),
                standing_badge(_person.active, _erased),
                rx.cond(_person.blocked, rx.el.span("Blocked", class_name="badge closed")),
            ),
            rx.cond(
                _erased,
                rx.el.p("Erased ", times.fact_time(_person.erased_at)),
                rx.el.p(_person.email),
            ),
            rx.cond(
                _erased,
                rx.fragment(),
                rx.el.p(presence_words(PersonState.presence, _person.seen_at)),
            ),
        ),
        aria_label="Person",
        class_name="me",
    )


def _opens(name: str, what: str, kind: str = "") -> rx.Component:
    opens = [asking.set_value(what), PersonState.begin]
    return button(name, kind=kind, id=opener(what), on_click=opens)


def _actions() -> rx.Component:
    """Nobody takes their own access away: somebody else has to be left who can give it back."""
    return rx.el.section(
        rx.el.div(
            rx.cond(_erased, rx.fragment(), _changes()),
            button("Export data", on_click=rx.download(url=routes.export_of(f"{_person.id}"))),
            rx.cond(_me | _erased, rx.fragment(), _opens("Erase", "erase", kind="grave")),
            role="group",
            aria_label="Actions",
            class_name="doings",
        ),
        rx.cond(
            _me,
            rx.el.p(
                "Another admin can change your role, deactivate or erase you.", class_name="none"
            ),
        ),
        rx.cond(_person.reset_expires_at != "", _waiting_link()),
        aria_label="Account",
    )


def _changes() -> rx.Component:
    return rx.fragment(
        rx.cond(
            ~_me,
            rx.fragment(
                _opens("Change role", "role"),
                rx.cond(
                    _person.active,
                    _opens("Deactivate", "deactivate"),
                    _opens("Reactivate", "reactivate"),
                ),
                rx.cond(
                    _person.role != "admin",
                    rx.cond(
                        _person.blocked,
                        _opens("Lift the block", "unblock"),
                        _opens("Block", "block"),
                    ),
                ),
            ),
        ),
        _opens("End all sessions", "sessions"),
        rx.cond(_person.active, _opens("Reset password", "reset")),
    )


def _waiting_link() -> rx.Component:
    return rx.el.p(
        rx.icon("key-round", size=14),
        rx.el.span(
            "A link to set a new password works until ", times.fact_time(_person.reset_expires_at)
        ),
        button("Withdraw link", kind="quiet", on_click=PersonState.withdraw_reset_link),
        class_name="note",
    )


def _section(heading: str, *content: Any) -> rx.Component:
    return rx.el.section(
        rx.el.div(rx.el.h2(heading), class_name="head"), *content, aria_label=heading
    )


def _figures() -> rx.Component:
    files = rx.match(
        _person.role,
        ("buyer", "Tickets filed"),
        ("seller", "Tickets to answer"),
        "Tickets assigned",
    )
    return _section(
        "Times and figures",
        rx.el.dl(
            *fact("Joined", times.fact_time(_person.joined_at)),
            rx.cond(_erased, rx.fragment(), rx.fragment(*_presence())),
            *fact(files, f"{_person.total}, {_person.unfinished} open"),
            *fact(
                "First reply",
                rx.cond(
                    _person.first_response != "",
                    f"after {_person.first_response} (median)",
                    rx.el.span("None yet", class_name="none"),
                ),
            ),
            class_name="facts",
        ),
    )


def _presence() -> Sequence[rx.Component]:
    return fact("Presence", presence_words(PersonState.presence, _person.seen_at))


def _tickets() -> rx.Component:
    return _section(
        "Tickets",
        _listed("Tickets", _person.tickets, _ticket, "No tickets."),
        rx.cond(_person.total > _person.tickets.length(), _all_tickets()),
    )


def _all_tickets() -> rx.Component:
    """Those shown are the latest."""
    party = rx.match(_person.role, ("buyer", "buyer"), ("seller", "seller"), "assignee")
    return ReactRouterLink.create(
        f"All {_person.total} tickets",
        to=f"{routes.tickets('admin')}?{party}={_person.id}",
        class_name="link more",
    )


def _listed(name: str, items: Any, row: Any, none: str) -> rx.Component:
    return rx.cond(
        items.length() > 0,
        rx.el.ul(rx.foreach(items, row), role="list", aria_label=name, class_name="things"),
        rx.el.p(none, class_name="none"),
    )


def _ticket(ticket: rx.Var[PersonTicket]) -> rx.Component:
    return rx.el.li(
        ReactRouterLink.create(
            rx.el.span(ticket.number, class_name="number"),
            rx.el.span(ticket.subject, class_name="subject"),
            status_badge(ticket.status, ticket.status_label),
            to=f"{routes.tickets('admin')}/{ticket.number}",
        ),
        key=ticket.number,
    )


def _sessions() -> rx.Component:
    return _section(
        "Sessions", _listed("Sessions", _person.sessions, _session, "Nowhere signed in.")
    )


def _session(session: rx.Var[PersonSession]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.b(session.browser, rx.cond(session.here, rx.el.small("this one"), "")),
            rx.el.span(
                rx.cond(session.ip != "", f"From {session.ip}, since ", "Since "),
                times.fact_time(session.since),
            ),
            class_name="what",
        ),
        button(
            "End",
            kind="quiet",
            aria_label=f"End the session in {session.browser}",
            on_click=PersonState.end_session(session.id),
        ),
        key=session.id,
    )


def _notes() -> rx.Component:
    error = PersonState.note_error
    return _section(
        "Notes",
        rx.el.p("For admins alone. The person does not learn of them.", class_name="none"),
        rx.el.form(
            rx.el.textarea(
                id=NOTE_BOX,
                name="note",
                aria_label="New note",
                placeholder="Write a note",
                max_length=MAX_LENGTH,
                class_name="area notes",
            ),
            rx.cond(error != "", wrong(error)),
            button("Add note", type="submit"),
            on_submit=PersonState.add_note,
            reset_on_submit=False,
            class_name="noting",
        ),
        _listed("Notes", _person.notes, _note, "No notes yet."),
    )


def _note(note: rx.Var[Note]) -> rx.Component:
    return rx.el.li(
        avatar(note.avatar, note.hue, "small"),
        rx.el.div(
            rx.el.b(note.author, rx.el.small(times.since(note.at))),
            rx.el.p(note.body),
            class_name="what",
        ),
        icon_button(
            f"Delete the note of {note.author}",
            "trash-2",
            on_click=[deleting_note.set_value(note.id), PersonState.begin],
        ),
        class_name="noted",
        key=note.id,
    )


def _deeds() -> rx.Component:
    return _section(
        "Recent activity",
        _listed("Recent activity", _person.deeds, _deed, "Nothing has happened yet."),
    )


def _deed(deed: rx.Var[Deed]) -> rx.Component:
    return rx.el.li(
        rx.el.span(
            rx.el.b(deed.who),
            " ",
            deed.words,
            rx.cond(
                deed.number != "",
                ReactRouterLink.create(
                    deed.number,
                    to=f"{routes.tickets('admin')}/{deed.number}",
                    class_name="link",
                ),
            ),
            deed.rest,
        ),
        rx.el.small(times.list_time(deed.at)),
        class_name="deed",
        key=deed.id,
    )
