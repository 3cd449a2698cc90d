"""Custom fields and tags of a new ticket."""

import json
from typing import Any

import reflex as rx

from supportdesk.domain.models import FieldKind
from supportdesk.state.new_ticket import PLACES, NewTicketState, offered, type_chosen
from supportdesk.state.new_ticket_offer import ShownField, ShownOffer, ShownTag
from supportdesk.state.unsaved import note
from supportdesk.ui.controls import described, error_in, field
from supportdesk.ui.focus import at_once

# Typing is kept a moment after it pauses, and at once when the field is left.
_PAUSE = 800


def keep(name: Any, value: Any, *, later: bool = False) -> list[Any]:
    """By this tab at once, until the server has it; `later` while somebody is typing it."""
    event = NewTicketState.keep.debounce(_PAUSE) if later else NewTicketState.keep
    place = f"{json.dumps(PLACES)} + {rx.Var.create(name)!s}"
    return [at_once(note(place, str(value))), event(name, value)]


def offer() -> rx.Var[ShownOffer]:
    return offered.value.to(ShownOffer)


def custom_fields() -> rx.Component:
    return rx.foreach(offer().fields, _custom_field)


def _custom_field(each: rx.Var[ShownField]) -> rx.Component:
    """One that is not asked of the chosen type is only hidden: what was typed comes back."""
    asked = (each.type == "") | (each.type == type_chosen.value)
    error = error_in(NewTicketState.errors, each.key)
    label = rx.fragment(
        each.name, rx.cond(each.required, rx.el.span(" *", aria_hidden="true", class_name="must"))
    )
    return rx.el.div(
        field(label, _control(each, asked, error), name=each.key, error=error),
        hidden=~asked,
        key=each.key,
    )


def _control(each: rx.Var[ShownField], asked: Any, error: rx.Var[str]) -> rx.Component:
    def keep_now(value: Any) -> Any:
        return keep(each.key, value)

    common: dict[str, Any] = {
        "id": each.key,
        "name": each.key,
        "default_value": each.value,
        "disabled": ~asked,
        "aria_required": rx.cond(each.required, "true", "false"),
        **described(each.key, error),
    }
    typed = {
        **common,
        "class_name": "input",
        "auto_complete": "off",
        "on_change": lambda text: keep(each.key, text, later=True),
        "on_blur": keep_now,
    }
    choices = {**common, "class_name": "select", "on_change": keep_now}
    return rx.match(
        each.kind,
        (FieldKind.NUMBER.value, rx.el.input(input_mode="decimal", **typed)),
        (FieldKind.DATE.value, rx.el.input(type="date", **typed)),
        (
            FieldKind.YES_NO.value,
            rx.el.select(
                rx.el.option("Choose …", value=""),
                rx.el.option("Yes", value="yes"),
                rx.el.option("No", value="no"),
                **choices,
            ),
        ),
        (
            FieldKind.CHOICE.value,
            rx.el.select(
                rx.el.option("Choose …", value=""),
                rx.foreach(
                    each.choices,
                    lambda choice: rx.el.option(choice, value=choice, key=choice),
                ),
                **choices,
            ),
        ),
        rx.el.input(**typed),
    )


def tags() -> rx.Component:
    return rx.el.fieldset(
        rx.el.legend("Tags", class_name="label"),
        rx.el.div(rx.foreach(offer().tags, _tag), class_name="choices"),
        class_name="field",
    )


def _tag(tag: rx.Var[ShownTag]) -> rx.Component:
    key = f"tag:{tag.id}"
    checked: rx.Var[str] = rx.Var(
        f"(document.getElementById('tag:' + {tag.id!s})?.checked ? 'on' : '')"
    )
    return rx.el.label(
        rx.el.input(
            type="checkbox",
            id=key,
            name=key,
            default_checked=tag.chosen,
            on_change=lambda _: keep(key, checked.to(str)),
        ),
        rx.el.span(class_name=f"dot hue-{tag.hue}", aria_hidden="true"),
        tag.name,
        class_name="choice",
        key=tag.id,
    )
