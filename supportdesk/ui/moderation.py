"""The dialogs in which people are let in, put out, blocked, and reported, and chat is deleted."""

from typing import Any

import reflex as rx

from supportdesk.domain.commands.joining import REASON_MAX_LENGTH
from supportdesk.domain.queries.joining import Candidate
from supportdesk.domain.queries.ticket_facts import Person
from supportdesk.state.moderation import (
    NOBODY,
    ModerationState,
    adding,
    blocking,
    picked,
    removing,
    wiping,
)
from supportdesk.state.session import SessionState
from supportdesk.state.standing import StandingState, reporting
from supportdesk.state.thread import ThreadState
from supportdesk.ui import dialogs, menu
from supportdesk.ui.avatar import avatar
from supportdesk.ui.controls import (
    alert,
    button,
    described,
    error_in,
    field,
    icon_button,
    text_input,
)
from supportdesk.ui.requests import BLOCKING, may_read

_is_admin = SessionState.me_role == "admin"
_PAUSE = 250


def moderation_dialogs() -> rx.Component:
    return rx.fragment(
        _report(), rx.cond(_is_admin, rx.fragment(_add(), _remove(), _block(), _wipe()))
    )


# Who takes part.


def add_person() -> rx.Component:
    """Beside the heading of the people of a ticket."""
    return rx.cond(
        _is_admin,
        button(
            rx.icon("user-plus", size=14),
            "Add person",
            kind="quiet",
            on_click=[
                picked.set_value(NOBODY),
                adding.set_value(True),
                ModerationState.begin,
            ],
        ),
    )


def person_menu(person: rx.Var[Person]) -> rx.Component:
    """What an admin may do with somebody who was let in."""
    return rx.cond(
        _is_admin & person.joined,
        menu.root(
            menu.trigger(icon_button(f"Actions for {person.name}", "ellipsis"), as_child=True),
            menu.content(
                rx.cond(
                    person.role == "Seller",
                    rx.cond(
                        person.guest,
                        _item("eye", "Let read staff messages", _let_read(person, "staff")),
                        _item("eye-off", "Hide staff messages", _let_read(person, "everyone")),
                    ),
                ),
                _item(
                    "user-minus",
                    "Remove",
                    [
                        removing.set_value(
                            {"id": person.id, "name": person.name, "role": "", "seller": ""}
                        ),
                        ModerationState.begin,
                    ],
                ),
                align="end",
                side_offset=4,
                collision_padding=8,
                class_name="menu",
            ),
            modal=False,
        ),
    )


def _item(icon: str, name: str, on_select: Any) -> rx.Component:
    return menu.item(rx.icon(icon, size=16), name, on_select=on_select, class_name="item")


def _let_read(person: rx.Var[Person], audience: str) -> Any:
    return ModerationState.let_read(person.id, audience)


def _add() -> rx.Component:
    person = picked.value.to(dict[str, str])
    return dialogs.titled(
        "Add person",
        "They take part in this conversation from now on, and are told so at once.",
        rx.el.form(
            rx.el.input(type="hidden", name="person", value=person["id"]),
            rx.el.div(
                alert(ModerationState.error),
                field(
                    "Name",
                    text_input(
                        "person_search",
                        type="search",
                        auto_complete="off",
                        placeholder="Name or e-mail",
                        on_change=ModerationState.look_for.debounce(_PAUSE),
                    ),
                    name="person_search",
                ),
                _candidates(person),
                may_read(person["seller"] != ""),
                class_name="body",
            ),
            rx.el.div(
                button("Cancel", on_click=adding.set_value(False)),
                button("Add", kind="primary", type="submit"),
                class_name="foot",
            ),
            on_submit=ModerationState.add,
            no_validate=True,
        ),
        open=adding.value,
        on_open_change=adding.set,
        on_interact_outside=rx.prevent_default,
    )


def _candidates(person: Any) -> rx.Component:
    def candidate(each: rx.Var[Candidate]) -> rx.Component:
        about = {
            "id": each.id,
            "name": each.name,
            "role": each.role,
            "seller": rx.cond(each.seller, "yes", ""),
        }
        return rx.el.li(
            rx.el.button(
                avatar(each.avatar, each.hue, "small"),
                rx.el.span(rx.el.b(each.name), rx.el.small(each.email)),
                rx.el.small(each.role),
                type="button",
                aria_pressed=rx.cond(person["id"] == each.id, "true", "false"),
                on_click=picked.set_value(about),
                class_name="candidate",
            ),
            key=each.id,
        )

    return rx.cond(
        ModerationState.candidates.length() > 0,
        rx.el.ul(
            rx.foreach(ModerationState.candidates, candidate),
            role="list",
            aria_label="People found",
            class_name="candidates",
        ),
        rx.cond(
            ModerationState.looked,
            rx.el.p(
                "Nobody of this name can be added: admins see every ticket, and who takes part"
                " is there already.",
                role="status",
                class_name="hint",
            ),
        ),
    )


def _confirmed(
    title: Any, hint: str, var: Any, nothing: Any, confirm: str, event: Any
) -> rx.Component:
    """A question with one answer that does it."""
    about = var.value.to(dict[str, str])
    return dialogs.titled(
        title,
        hint,
        rx.el.div(alert(ModerationState.error), class_name="body"),
        rx.el.div(
            button("Cancel", on_click=var.set_value(nothing)),
            button(confirm, kind="danger", on_click=event(about["id"])),
            class_name="foot",
        ),
        open=about["id"] != "",
        on_open_change=var.set_value(nothing),
    )


def _remove() -> rx.Component:
    return _confirmed(
        f"Remove {removing.value.to(dict[str, str])['name']}?",
        "They do not see this ticket any more, from this moment on. What they wrote stays.",
        removing,
        NOBODY,
        "Remove",
        ModerationState.remove,
    )


def _block() -> rx.Component:
    return _confirmed(
        f"Block {blocking.value.to(dict[str, str])['name']}?",
        BLOCKING,
        blocking,
        NOBODY,
        "Block",
        ModerationState.block,
    )


# What is reported.


def _report() -> rx.Component:
    error = error_in(StandingState.errors, "reason")
    return dialogs.titled(
        "Report this message",
        "Admins look at it and decide. Who wrote it does not learn of it.",
        rx.el.form(
            rx.el.input(type="hidden", name="message", value=reporting.value),
            rx.el.div(
                alert(error_in(StandingState.errors, "form")),
                field(
                    "Reason",
                    rx.el.textarea(
                        id="report_reason",
                        name="reason",
                        max_length=REASON_MAX_LENGTH,
                        class_name="area",
                        **described("report_reason", error),
                    ),
                    name="report_reason",
                    error=error,
                ),
                class_name="body",
            ),
            rx.el.div(
                button("Cancel", on_click=reporting.set_value("")),
                button("Report", kind="primary", type="submit"),
                class_name="foot",
            ),
            on_submit=StandingState.report,
            no_validate=True,
        ),
        open=reporting.value != "",
        on_open_change=reporting.set_value(""),
        on_interact_outside=rx.prevent_default,
    )


# What is deleted.


def deletion_section() -> rx.Component:
    """At the end of the details, where nobody comes by accident."""
    return rx.cond(
        _is_admin,
        rx.el.section(
            rx.el.h3("Delete"),
            rx.el.div(
                button("Delete all chat", kind="grave", on_click=_asks("chat")),
                button("Delete ticket", kind="grave", on_click=_asks("ticket")),
                class_name="deletions",
            ),
        ),
    )


def _asks(what: str) -> list[Any]:
    return [wiping.set_value(what), ModerationState.begin]


def _wipe() -> rx.Component:
    number = ThreadState.facts.number
    ticket = wiping.value == "ticket"
    return dialogs.titled(
        rx.cond(ticket, "Delete this ticket?", "Delete all chat of this ticket?"),
        rx.cond(
            ticket,
            "The ticket, its conversation and all files in it are gone for everybody. Only the"
            " audit log tells that it was there. This cannot be undone.",
            "All messages and all files in them are gone for everybody; the ticket stays. This"
            " cannot be undone.",
        ),
        rx.el.form(
            rx.el.input(type="hidden", name="what", value=wiping.value),
            rx.el.div(
                alert(ModerationState.error),
                field(
                    rx.fragment("Type ", rx.el.b(number), " to confirm"),
                    text_input("confirmation", auto_complete="off"),
                    name="confirmation",
                ),
                class_name="body",
            ),
            rx.el.div(
                button("Cancel", on_click=wiping.set_value("")),
                button(
                    rx.cond(ticket, "Delete ticket", "Delete all chat"),
                    kind="danger",
                    type="submit",
                ),
                class_name="foot",
            ),
            on_submit=ModerationState.wipe,
            no_validate=True,
        ),
        open=wiping.value != "",
        on_open_change=wiping.set_value(""),
        on_interact_outside=rx.prevent_default,
    )
