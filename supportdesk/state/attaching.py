"""Files that somebody has attached and not sent yet.

They live in the browser, as what is typed does: `ui/uploading` sends them, and what has been
uploaded is known by its id. What the server has all of stays through a reload of the page.
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
    """`arrived` is its address once the server has all of it, `file` its id once it has been
    checked. `why` it has failed or waits, and whether to try `again` makes sense.

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
    arrived: str
    file: str


attached = ClientStateVar.create("attached_files", default=[])

# By their places, the messages that go out by themselves when their files are there.
sends_when_ready = ClientStateVar.create("sends_when_ready", default={})

# Between a reconnect and the arrival the page does not say who is at it. Who it was stays in its
# memory, which nobody else ever gets.
KNOWN_AS = "refs['supportdesk_me']"
ME = f"(document.getElementById('attaching')?.dataset.by || {KNOWN_AS} || '')"
NOW = f"(refs['_client_state_{attached._getter_name}'] ?? [])"
SHOW = f"refs['_client_state_{attached._setter_name}']"
LATER = f"(refs['_client_state_{sends_when_ready._getter_name}'] ?? {{}})"


GO_ON = "refs['attaching'].goOn()"
"""Whenever the page has arrived: upload on, and send what waits for it."""
DRAWN = f"{SHOW} && refs['attaching']"
"""Whether it can; a page is drawn in parts."""


def at(place: str, by: str) -> str:
    """The files of that person there: others may sign in at this browser. `place` and what
    follows are expressions, for the browser."""
    return f"{NOW}.filter((each) => each.place === {place} && each.by === {by})"


def settled(files: str) -> str:
    """Whether all of them can be sent."""
    return f"{files}.every((each) => each.state === '{READY}')"


def send_later(place: str, message: str) -> str:
    """Have the message that was written there go out when its files are there."""
    wait = f"refs['_client_state_{sends_when_ready._setter_name}']"
    return f"{wait}({{...{LATER}, [{place}]: {message}}})"


def send_no_more(place: str) -> str:
    """Let it stay where it is, whatever becomes of its files."""
    return send_later(place, "null")


def leave(place: str, by: str) -> str:
    """Forget the files there: something else has them now."""
    theirs = f"each.place === {place} && each.by === {by}"
    return f"refs['attaching'].keep({NOW}.filter((each) => !({theirs})))"


def drop_all(place: str) -> EventSpec:
    """Let go of the files there, which nothing else has."""
    mine = at(json.dumps(place), ME)
    return rx.call_script(f"{mine}.forEach((each) => refs['attaching'].drop(each.id))")


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
    return rx.call_script(leave(json.dumps(place), ME))


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
