"""Whose tickets the list is of: a buyer or a seller, found by typing; there may be thousands."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex.experimental import ClientStateVar

from supportdesk.domain.queries.choices import Named
from supportdesk.state.filters import FilterState
from supportdesk.ui import command_menu, focus
from supportdesk.ui.hotkeys import hotkey

_PAUSE_MS = 150
# The server has found them by what is typed.
_ALL: rx.Var[Any] = rx.Var("() => 1")
# Which of the two is looked for, and by what: the browser alone knows.
_finding = ClientStateVar.create("finding_party", default="")
_typed = {
    party: ClientStateVar.create(f"{party}_typed", default="") for party in ("buyer", "seller")
}


def party_filter(party: str) -> rx.Component:
    """Its list is open for as long as it has the focus."""
    label = party.capitalize()
    name = FilterState.party_names.get(party, "")
    finding = _finding.value == party
    typed = _typed[party]
    return rx.el.div(
        command_menu.root(
            command_menu.input_(
                value=rx.cond(finding | (typed.value != ""), typed.value, name),
                placeholder=rx.cond(finding, "Find a person", label),
                on_value_change=lambda text: [
                    typed.set_value(text),
                    FilterState.find_people(party, text).debounce(_PAUSE_MS),
                ],
                on_focus=[_finding.set_value(party), FilterState.find_people(party, typed.value)],
                on_blur=[_finding.set_value(""), typed.set_value("")],
                custom_attrs={"aria-label": label},
                class_name=f"pick plain {rx.cond(name == '', '', 'on')}",
            ),
            rx.el.div(
                command_menu.list_(
                    rx.cond(name != "", _person(party, "", f"Any {party}")),
                    rx.foreach(FilterState.found_people, lambda one: _found(party, one)),
                    label=f"{label}s",
                ),
                command_menu.empty("Nobody of that name."),
                # Or the field would lose the focus, and the list be gone before the click.
                on_mouse_down=rx.prevent_default,
                class_name="found",
            ),
            label=label,
            filter=_ALL,
            loop=True,
        ),
        hotkey(keys="escape", within=f".{party}-filter", in_fields=True, on_press=focus.leave()),
        class_name=f"picker {party}-filter",
    )


def _found(party: str, person: rx.Var[Named]) -> rx.Component:
    return _person(party, person.id, person.name)


def _person(party: str, id_: Any, name: Any) -> rx.Component:
    return command_menu.item(
        rx.el.span(name, class_name="subject"),
        value=f"{name} {id_}",
        on_select=[focus.leave(), FilterState.choose(party, id_)],
        class_name="item",
    )
