"""Files that somebody has attached and not sent yet.

They live in the browser, as what is typed does: `ui/attaching` uploads them, and what has been
uploaded is known by its id. What is ready stays through a reload of the page.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import reflex as rx
from reflex.event import EventSpec
from reflex.experimental import ClientStateVar

from supportdesk.domain.commands.attachments import Sent
from supportdesk.domain.errors import NotFound
from supportdesk.domain.ids import parse_id
from supportdesk.state.choice import typed

NEW_TICKET = "new"
"""The place of what goes with a new ticket; any other place is the number of a ticket."""

SENDING, CHECKING, WAITING, READY, FAILED = "sending", "checking", "waiting", "ready", "failed"


@dataclass(frozen=True, slots=True)
class Attached:
    """`file` is its id, once it has been received and checked. `why` it has failed or waits, and
    whether to try `again` makes sense.

    `preview` is where there is a picture of it; `name` and `alt` can be changed until it is sent.
    """

    id: str
    by: str
    place: str
    name: str
    alt: str
    size: str
    image: bool
    preview: str
    percent: int
    state: str
    why: str
    again: bool
    file: str


attached = ClientStateVar.create("attached_files", default=[])

# The place whose message goes out by itself when its files are there.
sends_when_ready = ClientStateVar.create("sends_when_ready", default="")

NOW = f"(refs['_client_state_{attached._getter_name}'] ?? [])"
SHOW = f"refs['_client_state_{attached._setter_name}']"


def at(place: str) -> str:
    """The files there. `place` and what follows are expressions, for the browser."""
    return f"{NOW}.filter((each) => each.place === {place})"


def settled(place: str) -> str:
    """Whether all files there can be sent."""
    return f"{at(place)}.every((each) => each.state === '{READY}')"


def on_its_way(place: str) -> str:
    return f"{at(place)}.some((each) => !['{READY}', '{FAILED}'].includes(each.state))"


def send_later(place: str) -> str:
    """Have the form there submitted when its files have arrived, if that is what it waits for."""
    wait = f"refs['_client_state_{sends_when_ready._setter_name}']({place})"
    return f"if ({on_its_way(place)}) {{ {wait} }}"


def leave(place: str) -> str:
    """Forget the files there: something else has them now."""
    return f"refs['attaching'].keep({NOW}.filter((each) => each.place !== {place}))"


def bring_back(files: str) -> str:
    """Attach again what had been taken away."""
    return f"refs['attaching'].keep({NOW}.concat({files} ?? []))"


def discard(files: str) -> str:
    """Drop what was uploaded and is not to be sent after all."""
    return f"refs['attaching'].forget({files})"


def attach(files: str, place: str) -> str:
    """Upload these, a list of the browser's own `File`s."""
    return f"refs['attaching'].add({files}, {place})"


def forget_sent(place: str) -> EventSpec:
    return rx.call_script(leave(json.dumps(place)))


def sent_files(files: object) -> tuple[Sent, ...]:
    """What a browser says is to be sent. Raises `NotFound`: it may say anything."""
    if not isinstance(files, list):
        return ()
    return tuple(_sent(each) for each in files)


def sent_in_form(form: Mapping[str, Any]) -> tuple[Sent, ...]:
    """The same, as a field of a form holds it."""
    try:
        return sent_files(json.loads(typed(form, "files") or "[]"))
    except (ValueError, RecursionError):
        raise NotFound("file") from None


def _sent(each: object) -> Sent:
    file_id = parse_id(typed(each, "file"))
    if file_id is None:
        raise NotFound("file")
    return Sent(file_id, typed(each, "name"), typed(each, "alt"))
