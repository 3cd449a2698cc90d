"""The teams of the staff: who is in each, who leads it, how it assigns, and what it has to do."""

from typing import Any

import reflex as rx
from reflex_components_radix.primitives.dialog import dialog

from supportdesk import routes
from supportdesk.domain.models import AutoAssign
from supportdesk.domain.queries.filters import UNDONE
from supportdesk.domain.queries.teams import Member, Named, TeamWithMembers
from supportdesk.state.teams import NOTHING_ASKED, TeamsState, asked
from supportdesk.ui import focus
from supportdesk.ui.controls import (
    acting_select,
    alert,
    button,
    described,
    error_in,
    field,
    icon_button,
    text_input,
)

_now = asked.value.to(dict[str, str])
_closed = asked.set_value(NOTHING_ASKED)
_NEW = "new-team"


def _ask(what: str, **values: Any) -> list[Any]:
    return [asked.set_value({**NOTHING_ASKED, "what": what, **values}), TeamsState.begin]


def new_team() -> rx.Component:
    plus = rx.icon("plus", size=14)
    return button(plus, "New team", kind="primary", id=_NEW, on_click=_ask("name"))


def teams_section() -> rx.Component:
    return rx.fragment(
        rx.el.p(
            "Only admins are in teams. A new ticket comes to the default team.", class_name="lead"
        ),
        rx.foreach(TeamsState.teams, _team),
        _name_dialog(),
        _delete_dialog(),
    )


def _team(team: rx.Var[TeamWithMembers]) -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.div(
                rx.el.h2(team.name, rx.cond(team.is_default, rx.el.small("default"), "")),
                rx.el.p(_open_tickets(team)),
            ),
            rx.el.span(class_name="grow"),
            button(
                "Rename",
                kind="quiet",
                aria_label=f"Rename {team.name}",
                on_click=_ask("name", id=team.id, name=team.name),
            ),
            rx.cond(
                ~team.is_default,
                button(
                    "Delete",
                    kind="quiet",
                    aria_label=f"Delete {team.name}",
                    on_click=_ask("delete", id=team.id, name=team.name),
                ),
            ),
            class_name="head",
        ),
        rx.el.ul(
            rx.foreach(team.members, lambda member: _member(team, member)),
            rx.el.li(
                rx.cond(team.candidates.length() > 0, _add_member(team), _everybody_is_in()),
                rx.el.span(class_name="grow"),
                _auto_assign(team),
                class_name="choices",
            ),
            role="list",
            aria_label=f"Members of {team.name}",
            class_name="things",
        ),
        aria_label=team.name,
        key=team.id,
        class_name="team",
    )


def _open_tickets(team: rx.Var[TeamWithMembers]) -> rx.Component:
    statuses = ",".join(UNDONE)
    return rx.el.a(
        rx.cond(team.open_tickets == 1, "1 open ticket", f"{team.open_tickets} open tickets"),
        href=f"{routes.tickets('admin')}?status={statuses}&team={team.id}",
    )


def _member(team: rx.Var[TeamWithMembers], member: rx.Var[Member]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.b(
                member.name,
                rx.cond(member.lead, rx.el.small("lead"), ""),
                rx.cond(member.active, "", rx.el.small("deactivated")),
            ),
            class_name="what",
        ),
        button(
            rx.cond(member.lead, "Leads", "Make lead"),
            kind=f"switch {rx.cond(member.lead, 'on', '')}",
            aria_label=f"{member.name} leads {team.name}",
            aria_pressed=rx.cond(member.lead, "true", "false"),
            on_click=TeamsState.set_lead(team.id, member.id, ~member.lead),
        ),
        icon_button(
            f"Remove {member.name} from {team.name}",
            "x",
            on_click=[focus.stay_near(), TeamsState.remove_member(team.id, member.id)],
        ),
        key=member.id,
    )


def _add_member(team: rx.Var[TeamWithMembers]) -> rx.Component:
    def option(person: rx.Var[Named]) -> rx.Component:
        return rx.el.option(person.name, value=person.id)

    return acting_select(
        rx.el.option("Add a member", value=""),
        rx.foreach(team.candidates, option),
        value="",
        on_change=lambda person: [focus.stay_near(), TeamsState.add_member(team.id, person)],
        aria_label=f"Add a member to {team.name}",
        class_name="select",
    )


def _everybody_is_in() -> rx.Component:
    return rx.el.span("Every admin is in this team.", class_name="none")


def _auto_assign(team: rx.Var[TeamWithMembers]) -> rx.Component:
    return rx.el.label(
        rx.el.span("Assign new tickets"),
        acting_select(
            *[rx.el.option(each.label, value=each.value) for each in AutoAssign],
            value=team.auto_assign,
            on_change=lambda value: TeamsState.choose_auto_assign(team.id, value),
            aria_label=f"Automatic assignment of {team.name}",
            class_name="select",
        ),
        class_name="assigning",
    )


def _dialog(what: str, *content: rx.Component) -> rx.Component:
    return dialog.root(
        dialog.portal(
            dialog.overlay(class_name="veil"),
            dialog.content(
                *content,
                class_name="dialog narrow",
                aria_describedby="",
                **focus.given_back(or_else=f"#{_NEW}"),
                # A stray click beside it must not throw away what was typed.
                on_interact_outside=rx.prevent_default,
            ),
        ),
        open=_now["what"] == what,
        on_open_change=lambda _: _closed,
    )


def _name_dialog() -> rx.Component:
    error = error_in(TeamsState.errors, "name")
    box = text_input(
        "name",
        default_value=_now["name"],
        auto_complete="off",
        **described("name", error),
    )
    return _dialog(
        "name",
        rx.el.form(
            rx.el.div(
                dialog.title(
                    rx.el.h2(rx.cond(_now["id"] == "", "New team", "Rename the team")),
                    as_child=True,
                ),
                class_name="top",
            ),
            rx.el.div(
                alert(error_in(TeamsState.errors, "form")),
                rx.el.input(type="hidden", name="id", value=_now["id"]),
                rx.el.input(
                    type="hidden",
                    name="was",
                    value=rx.cond(TeamsState.was == "", _now["name"], TeamsState.was),
                ),
                field("Name", box, name="name", error=error),
                class_name="body",
            ),
            rx.el.div(
                button("Cancel", on_click=_closed),
                button("Save", kind="primary", type="submit"),
                class_name="foot",
            ),
            on_submit=TeamsState.submit,
            no_validate=True,
        ),
    )


def _delete_dialog() -> rx.Component:
    return _dialog(
        "delete",
        rx.el.div(
            dialog.title(rx.el.h2(f"Delete “{_now['name']}”?"), as_child=True),
            rx.el.p(
                "All its tickets go to the default team, and so do saved views that ask for it. "
                "Its members stay admins. This cannot be undone."
            ),
            class_name="top",
        ),
        rx.el.div(alert(error_in(TeamsState.errors, "form")), class_name="body"),
        rx.el.div(
            button("Cancel", on_click=_closed),
            button("Delete team", kind="danger", on_click=TeamsState.delete(_now["id"])),
            class_name="foot",
        ),
    )
