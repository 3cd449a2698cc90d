"""What stands in a field of the page, which the browser alone knows."""

from __future__ import annotations

import json
from typing import Any

import reflex as rx
from reflex.event import EventSpec
from reflex.experimental import ClientStateVar


def value_of(field_id: str) -> rx.Var[str]:
    """What stands in the field when an event is sent: an argument for it."""
    return rx.Var(f"document.getElementById({json.dumps(field_id)})?.value ?? ''").to(str)


def offer(field_id: str, text: str, *then: str, unless: str = "false") -> EventSpec:
    """Put `text` into the field unless something stands there: what is newer always wins.

    `then` are further expressions, for when nothing stood there and `unless` does not hold.
    """
    steps = ", ".join((f"box.value = {json.dumps(text)}", *then))
    return _in_field(field_id, f"!box.value && !({unless}) && ({steps})")


def setter(var: ClientStateVar, value: str | int | None) -> str:
    """The expression that sets a variable which lives in the browser."""
    return set_to(var, json.dumps(value))


def set_to(var: ClientStateVar, expression: str) -> str:
    """`setter` for what the browser itself has to work out."""
    return f"refs['_client_state_{var._setter_name}']({expression})"


def length_in(field_id: str, var: ClientStateVar) -> str:
    """The expression that notes how long the text in the field is, as the server counts:
    characters, and no white space at either end."""
    return _of_field(field_id, set_to(var, "[...box.value.trim()].length"))


def set_if(var: ClientStateVar, still: str, value: str) -> EventSpec:
    """Set a variable that lives in the browser, if it is still what it was."""
    now = f"refs['_client_state_{var._getter_name}']"
    return rx.call_script(f"{now} === {json.dumps(still)} && {setter(var, value)}")


def choose_if(field_id: str, still: str, value: str) -> EventSpec:
    """Choose an option of a select, if what is chosen is still what was."""
    return _in_field(
        field_id, f"box.value === {json.dumps(still)} && (box.value = {json.dumps(value)})"
    )


# Up to the caret, a word that began with a slash, or a name (maybe of several words) with an @.
SLASH = r"(?:^|\s)\/([^\s\/]*)$"
AT = r"(?:^|[\s(])@((?:[^\s@][^@\n]{0,60})?)$"


def typed_over(field_id: str, begun: str, text: str) -> str:
    """The expression that puts `text`, another one, in the place of the word that was `begun`
    before the caret, as if it had been typed."""
    start = f"before.length - (/{begun}/.exec(before)?.[1].length + 1 || 0)"
    return _of_field(
        field_id,
        "((before) => { "
        f"box.setRangeText({text}, {start}, before.length, 'end'); box.focus();"
        " box.dispatchEvent(new Event('input', {bubbles: true}))"
        " })(box.value.slice(0, box.selectionStart))",
    )


def replace_slash(field_id: str, text: str) -> EventSpec:
    """Put `text` in the place of the `/word` before the caret, as if it had been typed."""
    return rx.call_script(typed_over(field_id, SLASH, json.dumps(text)))


def _of_field(field_id: str, expression: str) -> str:
    return f"((box) => box && ({expression}))(document.getElementById({json.dumps(field_id)}))"


def _in_field(field_id: str, expression: str) -> EventSpec:
    return rx.call_script(_of_field(field_id, expression))


def form_values(form: object, prefix: str) -> dict[str, str]:
    """The fields of a submitted form whose names begin with `prefix`, by what follows it."""
    fields: dict[Any, Any] = form if isinstance(form, dict) else {}
    return {
        name.removeprefix(prefix): value
        for name, value in fields.items()
        if isinstance(name, str) and name.startswith(prefix) and isinstance(value, str)
    }


def bring_up(field_id: str, or_else: str) -> EventSpec:
    """Go to the field that has to be put right; where it is not on the page, to the beginning of
    the element `or_else`, in which it is said."""
    return rx.call_script(
        "((box, told) => box ? box.focus() : told?.scrollTo(0, 0))"
        f"(document.getElementById({json.dumps(field_id)}),"
        f" document.getElementById({json.dumps(or_else)}))"
    )


def focus(field_id: str) -> EventSpec:
    return _in_field(field_id, "box.focus()")
