"""What has been sent and is not yet saved.

It lives in the browser, kept in its storage, so that it outlasts a lost connection, a restart of
the server and a page load: it appears at once, waits in order, and goes out by itself. The id that
each message gets here is what makes sending it again harmless.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import reflex as rx
from reflex.event import EventSpec
from reflex.experimental import ClientStateVar

from supportdesk.state import attaching
from supportdesk.state.attaching import KNOWN_AS, Attached
from supportdesk.state.boxes import set_to

MESSAGE_BOX = "message"
FORM = "composer"


@dataclass(frozen=True, slots=True)
class Waiting:
    """`by` is who wrote it, once the page knows: others may sign in at this browser. `failed` says
    why it was refused.

    The fields that the form has go by their names there.
    """

    id: str
    by: str
    ticket: str
    message: str
    audience: str
    quote: str
    failed: str
    files: list[Attached]


outbox = ClientStateVar.create("outbox", default=[])

_KEY = "supportdesk-outbox"
_SHOW = f"refs['_client_state_{outbox._setter_name}']"
# What was sent before the page knew who is at it. Whoever opens the next page may be another, so
# only this one keeps it.
EARLY = "(refs['supportdesk_early'] ?? [])"
_ALL = f"JSON.parse(localStorage.getItem('{_KEY}') ?? '[]').concat({EARLY})"
_KEEP = (
    "((all) => { refs['supportdesk_early'] = all.filter((each) => !each.by);"
    f" localStorage.setItem('{_KEY}', JSON.stringify(all.filter((each) => each.by)));"
    f" {_SHOW}(all) }})"
)
_FORM = f"document.getElementById('{FORM}')"
_BOX = f"document.getElementById('{MESSAGE_BOX}')"
# `crypto.randomUUID` is missing where the page came without encryption.
_NEW_ID = (
    "Array.from(crypto.getRandomValues(new Uint8Array(16)),"
    " (byte) => byte.toString(16).padStart(2, '0')).join('')"
)
# So many at a time, or several long ones would be more than the connection takes.
AT_ONCE = 3


def _waiting(me: str) -> str:
    mine = f"{_ALL}.filter((each) => each.by === {me} && !each.failed)"
    return f"{mine}.slice(0, {AT_ONCE})"


# Before the arrival the form knows neither who writes nor how long it may be; after a reconnect the
# page does remember who. What is too long is refused later.
_ME = f"({_FORM}.by.value || {KNOWN_AS} || '')"
_MOST = f"(Number({_FORM}.dataset.most) || Infinity)"
# As the server counts: characters, and no white space at either end.
_LENGTH = f"[...{_BOX}.value.trim()].length"
_PLACE = f"{_FORM}.ticket.value"
_FILES_MOST = f"(Number({_FORM}.dataset.filesMost) || Infinity)"
_FILES = attaching.at(_PLACE, _ME)
MAKES_A_MESSAGE = (
    f"(({_BOX}.value.trim() || {_FILES}.length) && {_LENGTH} <= {_MOST}"
    f" && {_FILES}.length <= {_FILES_MOST})"
)
"""Whether it can be sent, at the latest when its files are there; the form says in `data-most` how
many characters it may have, and in `data-files-most` how many files."""
_SENDABLE = f"({MAKES_A_MESSAGE} && {attaching.settled(_FILES)})"

waiting: rx.Var[list[dict[str, Any]]] = rx.Var(_waiting(_ME)).to(list)
"""What is to go out next, the oldest first: an argument for an event."""

unsendable: rx.Var[str] = rx.Var(
    f"{_SENDABLE} ? '' : {_BOX}.value || {_FILES}.map((each) => each.name).join()"
).to(str)
"""What stands in the box, or else beside it, and was not `put` into the outbox."""

# How long it is, and whether somebody has tried to send it though it was too long, or had too many
# files.
written_length = ClientStateVar.create("written_length", default=0)
sent_too_much = ClientStateVar.create("sent_too_much", default=False)
MEASURE = (
    f"((length) => ({set_to(written_length, 'length')},"
    f" length <= {_MOST} && {set_to(sent_too_much, 'false')}))({_LENGTH})"
)
"""For whatever changes what is in the box."""


STAY = attaching.send_no_more(_PLACE)
"""What is in the box is not to go out by itself any more."""
FOLLOW_TYPING = (
    f"if ({attaching.LATER}[{_PLACE}]) {{"
    f" {attaching.send_later(_PLACE, f'{{...{attaching.LATER}[{_PLACE}], message: {_BOX}.value}}')}"
    " }"
)
"""What waits for its files goes out as it stands in the box by then."""


def waits(number: str, text: str) -> str:
    """The expression that tells whether it is being sent already, to that ticket."""
    there, said = json.dumps(number), json.dumps(text.strip())
    same = f"each.ticket === {there} && each.message.trim() === {said}"
    return f"{_ALL}.some((each) => {same})"


def put(*then: str, agreed: str) -> str:
    """Move what stands in the box to the outbox, and do `then`; or have it wait for its files. In
    both cases it has been `agreed` to."""
    form = f"...Object.fromEntries(new FormData({_FORM}))"
    message = f"{{{form}, by: {_ME}, id: {_NEW_ID}, failed: ''}}"
    steps = (
        STAY,
        _add(message, _FILES),
        attaching.leave(_PLACE, _ME),
        f"{_BOX}.value = ''",
        MEASURE,
        f"{_BOX}.focus()",
        *then,
    )
    wait = attaching.send_later(_PLACE, message)
    either = f"if ({_SENDABLE}) {{ {'; '.join(steps)} }} else {{ {wait} }}"
    return f"if ({MAKES_A_MESSAGE}) {{ {agreed}; {either} }}"


def _add(message: str, files: str) -> str:
    return f"{_KEEP}({_ALL}.concat({{...{message}, files: {files}}}))"


def go_out(message: str, files: str, send: str) -> str:
    """Send what has waited for its files: the form, as it asks what is to be asked, or by `send`
    when it is about something else by now."""
    here = f"{_FORM} && {_PLACE} === {message}.ticket && {_BOX}.value === {message}.message"
    away = "; ".join(
        (_add(message, files), attaching.leave(f"{message}.ticket", f"{message}.by"), send)
    )
    return f"if ({here}) {{ {_FORM}.requestSubmit() }} else {{ {away} }}"


def settle(saved: Sequence[str], refused: Mapping[str, str]) -> EventSpec:
    """Take out what is saved, and note why the rest was `refused`, by id."""
    left = f"{_ALL}.filter((each) => !{json.dumps(list(saved))}.includes(each.id))"
    why = f"({json.dumps(dict(refused))})[each.id]"
    return rx.call_script(
        f"{_KEEP}({left}.map((each) => ({{...each, failed: {why} ?? each.failed}})))"
    )


def take_out(id_: rx.Var[str]) -> str:
    return f"{_KEEP}({_ALL}.filter((each) => each.id !== {id_}))"


def try_again(id_: rx.Var[str]) -> str:
    """Let it wait once more."""
    return f"{_KEEP}({_ALL}.map((each) => each.id === {id_} ? {{...each, failed: ''}} : each))"


def put_back(id_: rx.Var[str], said: rx.Var[str], files: rx.Var[Any], *then: str) -> str:
    """Put its text back into the box, before what stands there by now, and its files beside it,
    and do `then`."""
    text = f"[{said}, {_BOX}.value].filter(Boolean).join('\\n')"
    changed = f"{_BOX}.dispatchEvent(new Event('input', {{bubbles: true}}))"
    beside = attaching.bring_back(str(files))
    write = f"{_BOX}.value = {text}"
    steps = (STAY, take_out(id_), beside, *then, write, MEASURE, changed, f"{_BOX}.focus()")
    return "; ".join(steps)


def hand_over(me: str, handler: rx.EventHandler, *, after_seconds: float = 0) -> EventSpec:
    """Show what the browser has kept, and have it sent to `handler`, now or in a while.

    What another tab does to it from then on shows here, too. The page may have yet to be drawn:
    until then there is nothing to show it in.
    """
    mine = _waiting(json.dumps(me))
    signed = f"{_ALL}.map((each) => ({{...each, by: each.by || {json.dumps(me)}}}))"
    other_tabs = f"onstorage = ({{key}}) => {{ if (key === '{_KEY}') {_SHOW}({_ALL}) }}"
    arrived = f"({other_tabs}, {_KEEP}({signed}), {attaching.GO_ON}, done({mine}))"
    drawn = f"{_SHOW} && {attaching.DRAWN}"
    show = f"() => {drawn} ? {arrived} : setTimeout(show, 50)"
    # Somebody else has signed in while the line was lost: what the page remembers is not theirs.
    another = f"{json.dumps(me)} && {KNOWN_AS} && {KNOWN_AS} !== {json.dumps(me)}"
    return rx.call_script(
        f"new Promise((done) => {{ if ({another}) return location.reload();"
        f" {KNOWN_AS} = {json.dumps(me)} || {KNOWN_AS};"
        f" const show = {show}; setTimeout(show, {after_seconds * 1000:.0f}) }})",
        callback=handler,
    )
