"""What is asked before something is done to a person."""

from __future__ import annotations

from typing import Any

import reflex as rx

from supportdesk.domain.actor import Role
from supportdesk.state.inviting import made_link
from supportdesk.state.person import NOTE_BOX, PersonState, asking, deleting_note
from supportdesk.ui import dialogs, focus
from supportdesk.ui.controls import alert, button, described, field, select, text_input
from supportdesk.ui.inviting import show_link
from supportdesk.ui.requests import BLOCKING

_person = PersonState.person


def person_dialogs() -> rx.Component:
    return rx.fragment(
        _role(),
        _asks(
            "deactivate",
            f"Deactivate {_person.name}?",
            "They are signed out everywhere at once and cannot sign in. Their tickets stay as they"
            " are, and everything comes back when you reactivate them.",
            button("Deactivate", kind="danger", on_click=PersonState.deactivate),
        ),
        _asks(
            "reactivate",
            f"Reactivate {_person.name}?",
            "They can sign in again, and see what they saw before.",
            button("Reactivate", kind="primary", on_click=PersonState.reactivate),
        ),
        _asks(
            "block",
            f"Block {_person.name}?",
            BLOCKING,
            button("Block", kind="danger", on_click=PersonState.block),
        ),
        _asks(
            "unblock",
            f"Lift the block of {_person.name}?",
            "They can write again, everywhere, from this moment on.",
            button("Lift the block", kind="primary", on_click=PersonState.unblock),
        ),
        _asks(
            "sessions",
            f"End all sessions of {_person.name}?",
            "They are signed out everywhere at once, and can sign in again.",
            button("End all sessions", kind="danger", on_click=PersonState.end_sessions),
        ),
        _reset(),
        _erase(),
        _delete_note(),
    )


def _close() -> list[Any]:
    return [asking.set_value(""), made_link.set_value("")]


def opener(what: str) -> str:
    """The id of the button that asks for it, which is given the focus back."""
    return {
        "deactivate": "do-access",
        "reactivate": "do-access",
        "unblock": "do-block",
    }.get(what, f"do-{what}")


def _trouble() -> rx.Component:
    """Why it could not be done; the dialog stays open."""
    return rx.cond(
        PersonState.problem != "", rx.el.div(alert(PersonState.problem), class_name="body")
    )


def _asks(what: str, title: Any, hint: str, do: rx.Component) -> rx.Component:
    return dialogs.titled(
        title,
        hint,
        _trouble(),
        rx.el.div(button("Cancel", on_click=_close()), do, class_name="foot"),
        open=asking.value == what,
        on_open_change=_close(),
        on_close_auto_focus=focus.on_its_successor(f"#{opener(what)}"),
        class_name="dialog narrow",
    )


def _role() -> rx.Component:
    return dialogs.titled(
        "Change role",
        "They are signed out at once. Tickets from their former role are out of their sight, and"
        " come back with that role.",
        rx.el.form(
            rx.el.div(
                alert(PersonState.problem),
                rx.el.input(type="hidden", name="was", value=_person.role),
                field(
                    "New role",
                    select(
                        *[rx.el.option(role.label, value=role.value) for role in Role],
                        name="role",
                        default_value=_person.role,
                        key=_person.role,
                    ),
                    name="role",
                ),
                rx.cond(_person.unfinished > 0, _held()),
                class_name="body",
            ),
            rx.el.div(
                button("Cancel", on_click=_close()),
                button("Change role", kind="primary", type="submit"),
                class_name="foot",
            ),
            on_submit=PersonState.change_role,
            reset_on_submit=False,
        ),
        open=asking.value == "role",
        on_open_change=_close(),
        on_close_auto_focus=focus.on(f"#{opener('role')}"),
        class_name="dialog narrow",
    )


def _held() -> rx.Component:
    return rx.el.p(
        rx.icon("info", size=14),
        rx.el.span(
            rx.cond(
                _person.unfinished == 1,
                "1 unfinished ticket needs them as they are.",
                f"{_person.unfinished} unfinished tickets need them as they are.",
            ),
            " Until those are resolved, closed or reassigned, the role stays.",
        ),
        class_name="note",
    )


def _reset() -> rx.Component:
    return dialogs.titled(
        "Reset password",
        "You get a link to hand to them. It works once, for 24 hours; older ones work no more."
        " Setting the new password signs them out everywhere.",
        rx.cond(
            made_link.value == "",
            rx.fragment(
                _trouble(),
                rx.el.div(
                    button("Cancel", on_click=_close()),
                    button("Create link", kind="primary", on_click=PersonState.make_reset_link),
                    class_name="foot",
                ),
            ),
            show_link(_close()),
        ),
        open=asking.value == "reset",
        on_open_change=_close(),
        on_close_auto_focus=focus.on(f"#{opener('reset')}"),
        on_interact_outside=rx.prevent_default,
    )


_GOES = (
    "Their name, e-mail address and password, and their name behind an @ in messages.",
    "Their sessions' addresses and browsers, and when they were last here.",
    "Drafts, notifications, preferences, views and replies of their own, files not sent.",
    "Notes about them, invitations, requests to join, and links for a new password.",
)
_STAYS = (
    "Tickets and messages, with the files in them, under a name like “Erased person 4F2A”.",
    "What happened, in the log, without their name and address.",
    "What people wrote, also where somebody typed their name without an @.",
)


def _erase() -> rx.Component:
    error = PersonState.confirm_error
    return dialogs.titled(
        f"Erase {_person.name}?",
        "The desk forgets who they were, and they are signed out at once. This cannot be undone.",
        rx.el.form(
            rx.el.div(
                alert(PersonState.problem),
                _what("Gone for good", "trash-2", _GOES),
                _what("Stays readable", "check", _STAYS),
                field(
                    "Their e-mail address or name",
                    text_input("confirm", auto_complete="off", **described("confirm", error)),
                    name="confirm",
                    error=error,
                    hint=f"To confirm: {_person.email}",
                ),
                class_name="body",
            ),
            rx.el.div(
                button("Cancel", on_click=_close()),
                button("Erase", kind="danger", type="submit"),
                class_name="foot",
            ),
            on_submit=PersonState.erase,
            reset_on_submit=False,
            no_validate=True,
        ),
        open=asking.value == "erase",
        on_open_change=_close(),
        # Of an erased person there is nothing more to do but to look.
        on_close_auto_focus=focus.at_once(
            f"(document.getElementById('{opener('erase')}')"
            " ?? document.getElementById('content'))?.focus()"
        ),
        on_interact_outside=rx.prevent_default,
    )


def _what(heading: str, icon: str, lines: tuple[str, ...]) -> rx.Component:
    return rx.el.section(
        rx.el.h3(rx.icon(icon, size=14), heading),
        rx.el.ul(*[rx.el.li(line) for line in lines], role="list"),
        aria_label=heading,
        class_name="becomes",
    )


def _delete_note() -> rx.Component:
    return dialogs.titled(
        "Delete this note?",
        "It is gone for all admins. This cannot be undone.",
        _trouble(),
        rx.el.div(
            button("Cancel", on_click=deleting_note.set_value("")),
            button(
                "Delete note",
                kind="danger",
                on_click=PersonState.delete_note(deleting_note.value),
            ),
            class_name="foot",
        ),
        open=deleting_note.value != "",
        on_open_change=deleting_note.set_value(""),
        on_close_auto_focus=focus.on(f"#{NOTE_BOX}"),
        class_name="dialog narrow",
    )
