"""Who the open ticket is assigned to: a field with a list that typing narrows.

Beside each name stands how many open tickets they have already.
"""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex.experimental import ClientStateVar

from supportdesk.domain.queries.teams import Assignable
from supportdesk.state.chosen import NONE, chosen
from supportdesk.state.details import DetailsState
from supportdesk.state.thread import ThreadState
from supportdesk.ui import command_menu, focus
from supportdesk.ui.hotkeys import hotkey

NOBODY = "Nobody yet"

_facts = ThreadState.facts
_picked = chosen["assignee_id"]
# What the browser alone knows: whether somebody is choosing, what they type, whom they chose.
_choosing = ClientStateVar.create("assigning", default=False)
_typed = ClientStateVar.create("assignee_typed", default="")
_picked_name = ClientStateVar.create("assignee_picked_name", default="")


def assignee_field() -> rx.Component:
    """Its list is open for as long as it has the focus."""
    return rx.el.div(
        command_menu.root(
            command_menu.input_(
                value=rx.cond(_choosing.value, _typed.value, _name()),
                placeholder=rx.cond(_choosing.value, "Find a person", NOBODY),
                on_value_change=_typed.set_value,
                on_focus=[
                    _typed.set_value(""),
                    _choosing.set_value(True),
                    DetailsState.count_again,
                ],
                on_blur=[_choosing.set_value(False), focus.forget()],
                custom_attrs={"aria-label": "Assignee"},
                class_name="pick",
            ),
            _chosen(),
            rx.el.div(
                command_menu.list_(
                    _person(NONE, NOBODY),
                    rx.foreach(DetailsState.assignable, _assignable),
                    label="People to assign",
                ),
                command_menu.empty("Nobody of that name can be assigned."),
                # Or the field would lose the focus, and the list be gone before the click.
                on_mouse_down=rx.prevent_default,
                class_name="found",
            ),
            label="Assignee",
            filter=command_menu.CONTAINS,
            loop=True,
        ),
        hotkey(keys="escape", within=".picker", in_fields=True, on_press=focus.come_back()),
        class_name="picker",
    )


def _name() -> rx.Var[str]:
    return rx.cond(_picked.value == "", _facts.assignee, _picked_name.value)


def _assignable(person: rx.Var[Assignable]) -> rx.Component:
    aside = rx.el.span(f"{person.open_tickets} open", class_name="aside")
    return _person(person.id, person.name, aside)


def _person(id_: Any, name: Any, *aside: rx.Component) -> rx.Component:
    shown = rx.cond(
        _picked.value != "",
        _picked.value,
        rx.cond(_facts.assignee_id == "", NONE, _facts.assignee_id),
    )
    return command_menu.item(
        rx.el.span(name, class_name="subject"),
        *aside,
        rx.cond(shown == rx.Var.create(id_), rx.icon("check", size=14)),
        value=f"{name} {id_}",
        # The event takes what is shown along, so it has to come before that is replaced.
        on_select=[
            DetailsState.choose_assignee(id_, shown),
            _picked_name.set_value(rx.cond(rx.Var.create(id_) == NONE, "", name)),
            _picked.set_value(id_),
            focus.come_back(),
        ],
        key=id_,
    )


class _Chosen(command_menu.CommandChosen):
    menu = ".picker"


@rx.memo
def _chosen() -> rx.Component:
    return _Chosen.create()
