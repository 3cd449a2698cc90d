"""The admins' list of people: who there is, who is there, and who is invited."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex_base.vars import VarData
from reflex_components_core.react_router.dom import ReactRouterLink

from supportdesk import routes
from supportdesk.domain.actor import Role
from supportdesk.domain.queries.people_list import (
    ACTIVE,
    DEACTIVATED,
    TYPED_MAX_LENGTH,
    PendingInvitation,
    PersonRow,
)
from supportdesk.state.inviting import InvitingState, inviting, revoking
from supportdesk.state.people import EVERYONE
from supportdesk.ui import times
from supportdesk.ui.avatar import avatar
from supportdesk.ui.controls import acting_select, button, empty
from supportdesk.ui.inviting import INVITE_BUTTON, invitation_dialogs

_PAUSE_MS = 300
_in_address: rx.Var[str] = rx.Var(
    _js_expr='(asked.get("q") ?? "")',
    _var_type=str,
    _var_data=VarData(
        imports={"react-router": "useSearchParams"},
        hooks={"const [asked] = useSearchParams()": None},
    ),
)


def invite_button(role: Role) -> rx.Component:
    """Opens the dialog, which begins with that role."""
    return button(
        rx.icon("user-plus", size=14),
        "Invite",
        kind="primary",
        id=INVITE_BUTTON,
        on_click=[inviting.set_value(role.value), InvitingState.begin],
    )


def people_list(state: Any, *, with_roles: bool) -> rx.Component:
    """`state` is that of the tab; `with_roles` where there is more than one."""
    return rx.fragment(
        _filters(state, with_roles=with_roles),
        _invitations(state),
        rx.cond(
            state.people.length() > 0,
            rx.el.ul(
                rx.foreach(state.people, _row),
                role="list",
                aria_label="People",
                class_name="things persons",
            ),
            _nobody(state),
        ),
        rx.cond(
            state.more,
            rx.el.div(button("Load more", on_click=state.load_more), class_name="further"),
        ),
        invitation_dialogs(),
    )


def _filters(state: Any, *, with_roles: bool) -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.icon("search", size=14),
            rx.el.input(
                type="search",
                aria_label="Search people",
                placeholder="Name, e-mail or id",
                auto_complete="off",
                max_length=TYPED_MAX_LENGTH,
                default_value=_in_address,
                on_change=state.search.debounce(_PAUSE_MS),
                class_name="input",
            ),
            class_name="search",
        ),
        _pick(
            "Role",
            state.role,
            lambda value: state.choose("role", value),
            ("buyer", "Buyers"),
            ("admin", "Admins"),
            (EVERYONE, "Everyone"),
        )
        if with_roles
        else None,
        _pick(
            "Status",
            state.standing,
            lambda value: state.choose("status", value),
            ("", "Any status"),
            (ACTIVE, "Active"),
            (DEACTIVATED, "Deactivated"),
        ),
        role="search",
        aria_label="Filter people",
        class_name="finding",
    )


def _pick(name: str, value: Any, on_change: Any, *options: tuple[str, str]) -> rx.Component:
    return acting_select(
        *[rx.el.option(label, value=value) for value, label in options],
        value=value,
        on_change=on_change,
        aria_label=name,
        title=name,
        class_name="select",
    )


def _row(person: rx.Var[PersonRow]) -> rx.Component:
    return rx.el.li(
        ReactRouterLink.create(
            seat(person.avatar, person.hue, person.presence),
            rx.el.span(
                rx.el.b(person.name),
                rx.el.span(person.email),
                class_name="what",
            ),
            rx.el.span(
                standing_badge(person.active, person.erased), role_badge(person), class_name="kind"
            ),
            rx.el.span(
                rx.cond(
                    person.tickets == 0,
                    "no open tickets",
                    rx.cond(person.tickets == 1, "1 open ticket", f"{person.tickets} open tickets"),
                ),
                class_name="load",
            ),
            rx.el.span(
                rx.cond(
                    person.erased,
                    rx.fragment(),
                    presence_words(person.presence, person.seen_at),
                ),
                class_name="seen",
            ),
            to=f"{routes.ADMIN_PEOPLE}/{person.id}",
        ),
        key=person.id,
    )


def seat(initials: Any, hue: Any, presence: Any) -> rx.Component:
    """An avatar with the dot of who is there, for the eye alone."""
    return rx.el.span(
        avatar(initials, hue),
        rx.cond(presence != "", rx.el.span(class_name=f"standing {presence}")),
        class_name="seat",
    )


def presence_words(presence: Any, seen_at: Any) -> rx.Component:
    return rx.match(
        presence,
        ("online", rx.fragment("Online")),
        ("away", rx.fragment("Away")),
        rx.cond(
            seen_at != "",
            rx.fragment("Last seen ", times.since(seen_at)),
            rx.fragment("Never seen"),
        ),
    )


def standing_badge(active: Any, erased: Any) -> rx.Component:
    return rx.cond(
        active,
        rx.fragment(),
        rx.cond(
            erased,
            rx.el.span("Erased", class_name="badge"),
            rx.el.span("Deactivated", class_name="badge urgent"),
        ),
    )


def role_badge(person: Any) -> rx.Component:
    return rx.el.span(person.role_label, class_name="badge")


def _nobody(state: Any) -> rx.Component:
    return rx.cond(
        state.asks,
        empty("search-x", "Nobody found", "Nobody here fits what you are looking for."),
        empty("users", "Nobody yet", "Invite somebody by a link that you hand to them."),
    )


def _invitations(state: Any) -> rx.Component:
    return rx.cond(
        state.invitations.length() > 0,
        rx.el.section(
            rx.el.h2("Pending invitations"),
            rx.el.ul(
                rx.foreach(state.invitations, _invitation),
                role="list",
                aria_label="Pending invitations",
                class_name="things invited",
            ),
            aria_label="Pending invitations",
            class_name="pending",
        ),
    )


def _invitation(each: rx.Var[PendingInvitation]) -> rx.Component:
    who = rx.cond(
        each.name != "", each.name, rx.cond(each.email != "", each.email, "Whoever has the link")
    )
    return rx.el.li(
        rx.el.div(
            rx.el.b(who, rx.el.small(each.role_label)),
            rx.el.span(
                rx.cond((each.name != "") & (each.email != ""), f"{each.email} · ", ""),
                f"Invited by {each.by} ", times.since(each.created_at),
                ", works until ", times.fact_time(each.expires_at),
            ),
            class_name="what",
        ),
        button(
            "Revoke",
            kind="quiet",
            aria_label=f"Revoke the invitation of {who}",
            on_click=[revoking.set_value(each.id), InvitingState.begin],
        ),
        key=each.id,
    )  # fmt: skip
