"""What has just been chosen in the details, before the server has said anything to it.

It lives in the browser: the control shows it at once, on a slow line too, until the server has
answered. By then the facts say the same, or an alert says why not.
"""

from __future__ import annotations

import json

import reflex as rx
from reflex.event import EventSpec
from reflex.experimental import ClientStateVar

# In a select, where nothing has to be something.
NONE = "none"
_NAMES = (
    "status", "priority", "type", "category_id", "assignee_id", "team_id", "due_at", "starred",
)  # fmt: skip
chosen = {name: ClientStateVar.create(f"chosen_{name}", default="") for name in _NAMES}

# Notes that somebody is at: what stands in the box, and what stood there when they began.
note_held = ClientStateVar.create("note_held", default=False)
note_text = ClientStateVar.create("note_text", default="")
note_seen = ClientStateVar.create("note_seen", default="")

BROWSER_VARS = (*chosen.values(), note_held, note_text, note_seen)


def answered(name: str, value: object) -> EventSpec:
    """The control follows the facts again, unless something else has been chosen meanwhile."""
    var, sent = chosen[name], json.dumps(value)
    return rx.call_script(
        f"refs['_client_state_{var._getter_name}'] === {sent}"
        f" && refs['_client_state_{var._setter_name}']('')"
    )


def forget_choices() -> list[EventSpec]:
    """Whatever was under way when the connection broke is not so, as long as nothing says it is."""
    return [var.push("") for var in chosen.values()]


def forget_notes() -> EventSpec:
    return note_held.push(False)
