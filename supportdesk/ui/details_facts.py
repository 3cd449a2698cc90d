"""The facts of the open ticket: controls for those who may change them, text for all others."""

from collections.abc import Sequence
from typing import Any

import reflex as rx

from supportdesk.domain.models import Priority, TicketType
from supportdesk.state.choice import Choice
from supportdesk.state.chosen import NONE, chosen, due_typed
from supportdesk.state.details import DetailsState
from supportdesk.state.thread import ThreadState
from supportdesk.ui import times
from supportdesk.ui.assignee import NOBODY, assignee_field
from supportdesk.ui.controls import acting_select

_facts = ThreadState.facts
# The keys that change a part of a date.
_TYPES = rx.Var.create([*"0123456789", "ArrowUp", "ArrowDown", "Backspace", "Delete"])


def facts_section() -> rx.Component:
    """Mounted anew for each ticket, which is when its lists are read."""
    return rx.el.section(
        rx.el.dl(
            *fact(
                "Status",
                _select(
                    "Status", "status", _facts.status, _options(_facts.choices),
                    DetailsState.choose_status, colour=True,
                ),
            ),
            *fact(
                "Priority",
                _select(
                    "Priority", "priority", _facts.priority, _fixed(Priority),
                    DetailsState.choose_priority, colour=True,
                ),
            ),
            *fact("Assignee", _assignee()),
            *fact("Team", _team()),
            *fact("Type", _type()),
            *fact("Category", _category()),
            rx.cond(
                _may("due_at") | (_facts.due != ""), rx.fragment(*fact("Due date", _due()))
            ),
            class_name="facts",
        ),
        key=_facts.id,
        on_mount=DetailsState.open_details,
    )  # fmt: skip


def fact(name: str, value: Any) -> tuple[rx.Component, rx.Component]:
    return rx.el.dt(name), rx.el.dd(value)


def or_none(value: rx.Var[str], otherwise: str) -> rx.Component:
    return rx.cond(value != "", value, rx.el.span(otherwise, class_name="none"))


def may_edit(what: str) -> rx.Var[bool]:
    """Whether the reader may change it; the database has the last word."""
    return _facts.edits.contains(what)


_may = may_edit


def _type() -> rx.Component:
    control = _select("Type", "type", _facts.type, _fixed(TicketType), DetailsState.choose_type)
    return rx.cond(_may("type"), control, rx.el.span(_facts.type_label))


def _category() -> rx.Component:
    control = _select(
        "Category",
        "category_id",
        _or_nothing(_facts.category_id),
        _with_none(_facts.category_id, _facts.category, DetailsState.categories),
        DetailsState.choose_category,
        DetailsState.categories,
    )
    return rx.cond(_may("category_id"), control, or_none(_facts.category, "None"))


def _team() -> rx.Component:
    control = _select(
        "Team",
        "team_id",
        _or_nothing(_facts.team_id),
        _with_none(_facts.team_id, _facts.team, DetailsState.teams),
        DetailsState.choose_team,
        DetailsState.teams,
    )
    return rx.cond(_may("team_id"), control, or_none(_facts.team, "None"))


def _assignee() -> rx.Component:
    return rx.cond(_may("assignee_id"), assignee_field(), or_none(_facts.assignee, NOBODY))


def _due() -> rx.Component:
    """What is picked in its calendar is saved at once, what is typed when the field is left.

    With every digit that somebody types there is another date, or none for a moment.
    """
    picked = chosen["due_at"]
    save = DetailsState.choose_due(picked.value, _facts.due_at)
    is_typed = due_typed.value & (picked.value != "")
    control = rx.el.input(
        type="date",
        value=rx.cond(
            picked.value == "", _facts.due, rx.cond(picked.value == NONE, "", picked.value)
        ),
        on_mouse_down=due_typed.set_value(False),
        on_key_down=lambda key: [
            rx.cond(is_typed & (key == "Enter"), save, rx.noop()),
            due_typed.set_value(
                rx.cond(key == "Enter", False, due_typed.value | _TYPES.contains(key))
            ),
        ],
        on_change=lambda value: [
            rx.cond(
                due_typed.value, rx.noop(), DetailsState.choose_due(_due_in(value), _facts.due_at)
            ),
            picked.set_value(_due_in(value)),
        ],
        on_blur=[rx.cond(is_typed, save, rx.noop()), due_typed.set_value(False)],
        aria_label="Due date",
        title=_facts.due_exactly,
        class_name="pick date",
    )
    shown = rx.el.span(times.date(_facts.due), title=_facts.due_exactly)
    return rx.cond(_may("due_at"), control, shown)


def _due_in(value: rx.Var[str]) -> rx.Var[str]:
    return rx.cond(value == "", NONE, value)


def _select(
    name: str,
    column: str,
    value: rx.Var[str],
    options: Any,
    choose: Any,
    listed: rx.Var[list[Choice]] | None = None,
    *,
    colour: bool = False,
    **props: Any,
) -> rx.Component:
    """Shows the choice before the server has heard of it; see `state/chosen`.

    `listed` arrives after the value: only with something of it among its own properties is the
    select drawn anew then, and finds the option that it was to show.
    """
    picked = chosen[column]
    shown = rx.cond(picked.value != "", picked.value, value)
    return acting_select(
        options,
        value=shown,
        # The event takes what is shown along, so it has to come before that is replaced.
        on_change=lambda new: [choose(new, shown), picked.set_value(new)],
        aria_label=name,
        class_name=f"pick colour {shown}" if colour else "pick",
        **({} if listed is None else {"data_listed": listed.length()}),
        **props,
    )


def _or_nothing(value: rx.Var[str]) -> rx.Var[str]:
    return rx.cond(value == "", NONE, value)


def _fixed(options: type[Priority] | type[TicketType]) -> rx.Component:
    return rx.fragment(*[rx.el.option(each.label, value=each.value) for each in options])


def _options(choices: rx.Var[Sequence[Choice]]) -> rx.Component:
    return rx.foreach(choices, lambda choice: rx.el.option(choice.label, value=choice.value))


def _with_none(
    value: rx.Var[str], label: rx.Var[str], choices: rx.Var[list[Choice]]
) -> rx.Component:
    """Also what is set now, which may not be among the choices, or not yet."""
    return rx.fragment(
        rx.el.option("None", value=NONE),
        _options(choices),
        rx.cond(
            (value != "") & ~choices.map(lambda choice: choice.value).contains(value),
            rx.el.option(label, value=value),
        ),
    )
