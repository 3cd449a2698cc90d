"""What has just been chosen in the details, before the server has said anything to it.

It lives in the browser: the control shows it at once, on a slow line too, until the server has
answered. By then the facts say the same, or an alert says why not.
"""

from __future__ import annotations

import json

import reflex as rx
from reflex.event import EventChain, EventSpec
from reflex.experimental import ClientStateVar
from reflex.vars import FunctionVar, VarData

# In a select, where nothing has to be something.
NONE = "none"
_NAMES = (
    "status", "priority", "type", "category_id", "assignee_id", "team_id", "due_at", "starred",
)  # fmt: skip
chosen = {name: ClientStateVar.create(f"chosen_{name}", default="") for name in _NAMES}
# Whether the due date that was chosen has been typed: it may be half a date as yet.
due_typed = ClientStateVar.create("due_typed", default=False)

# Notes that somebody is at: what stands in the box, and what stood there when they began.
note_held = ClientStateVar.create("note_held", default=False)
note_text = ClientStateVar.create("note_text", default="")
note_seen = ClientStateVar.create("note_seen", default="")

# The same for what there are many of: custom fields by their ids, and rows of the list by what of
# which ticket it is. And what stood in the custom field that somebody is at, when they began.
in_fields = ClientStateVar.create("chosen_in_fields", default={})
held_fields = ClientStateVar.create("held_fields", default={})
in_rows = ClientStateVar.create("chosen_in_rows", default={})
_REFS = VarData(imports={"$/utils/state": [rx.ImportVar(tag="refs")]})

BROWSER_VARS = (
    *chosen.values(), due_typed, in_fields, held_fields, in_rows, note_held, note_text, note_seen,
)  # fmt: skip


def in_row(ticket_id: rx.Var[str] | str, what: str) -> str:
    """By this it is known, here and in the browser."""
    return f"{what} of {ticket_id}"


def shown_in(many: ClientStateVar, which: rx.Var[str] | str, saved: rx.Var[str]) -> rx.Var[str]:
    """What has just been chosen there, or else what is `saved`."""
    parts = many.value, rx.Var.create(which), saved
    value, name, otherwise = map(str, parts)
    data = VarData.merge(*(part._get_all_var_data() for part in parts))
    return rx.Var(f"({value}[{name}] ?? {otherwise})", _var_type=str, _var_data=data).to(str)


def choose_in(
    many: ClientStateVar, which: rx.Var[str] | str, value: rx.Var[str] | str
) -> rx.Var[EventChain]:
    """Show this there from the same moment on; `value` may be of the browser's own `event`."""
    name, shown = rx.Var.create(which), rx.Var.create(value)
    change = f"{_set(many)}({{...{_now(many)}, [{name!s}]: {shown!s}}})"
    data = VarData.merge(_REFS, name._get_all_var_data(), shown._get_all_var_data())
    return rx.Var(f"((event) => {change})", _var_data=data).to(FunctionVar, EventChain)


def let_go_in(many: ClientStateVar, which: rx.Var[str] | str) -> rx.Var[EventChain]:
    """Show what is saved there again."""
    name = rx.Var.create(which)
    change = f"{_set(many)}({_without(many, str(name))})"
    data = VarData.merge(_REFS, name._get_all_var_data())
    return rx.Var(f"(() => {change})", _var_data=data).to(FunctionVar, EventChain)


def answered_in(many: ClientStateVar, which: str, value: str) -> EventSpec:
    """What is so is shown again there, unless something else has been chosen meanwhile."""
    name = json.dumps(which)
    is_still = f"{_now(many)}?.[{name}] === {json.dumps(value)}"
    return rx.call_script(f"{is_still} && {_set(many)}({_without(many, name)})")


def _without(many: ClientStateVar, name: str) -> str:
    kept = f"Object.entries({_now(many)} ?? {{}}).filter(([each]) => each !== {name})"
    return f"Object.fromEntries({kept})"


def _now(var: ClientStateVar) -> str:
    return f"refs['_client_state_{var._getter_name}']"


def _set(var: ClientStateVar) -> str:
    return f"refs['_client_state_{var._setter_name}']"


def answered(name: str, value: object) -> EventSpec:
    """The control follows the facts again, unless something else has been chosen meanwhile."""
    var, sent = chosen[name], json.dumps(value)
    return rx.call_script(f"{_now(var)} === {sent} && {_set(var)}('')")


def forget_choices() -> list[EventSpec]:
    """Whatever was under way when the connection broke is not so, as long as nothing says it is."""
    return [
        *(var.push("") for var in chosen.values()),
        *(var.push({}) for var in (in_fields, in_rows)),
    ]


def forget_notes() -> EventSpec:
    return note_held.push(False)
