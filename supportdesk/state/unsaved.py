"""What has been typed and the server has not said it has: a page load costs none of it.

The tab keeps it, by person and place, for another may sign in there, and two tabs are two texts. It
goes in the moment in which the server has it as a draft, which is on no machine at all.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import reflex as rx
from reflex.event import EventSpec

from supportdesk.domain.commands.drafts import LONGEST
from supportdesk.state.attaching import ME
from supportdesk.state.choice import typed

_KEY = "supportdesk-unsaved"
_ALL = f"JSON.parse(sessionStorage.getItem('{_KEY}') ?? '{{}}')"
_STORE = f"sessionStorage.setItem('{_KEY}', JSON.stringify(all))"
# Each may bring a write; whoever has typed in more places begins with the latest.
_PLACES = 20

unsaved: rx.Var[dict[str, Any]] = rx.Var(_ALL).to(dict)
"""All that the tab keeps, by whom, and by place: an argument for an event."""


@dataclass(frozen=True, slots=True)
class Unsaved:
    """What stood in a field, and for a reply what `ComposerState.keep_draft` asks besides."""

    text: str
    audience: str = ""
    written_for: str = ""
    since: int = 0


def note(place: str, text: str, **more: str) -> str:
    """For when it is typed. All are expressions, for the browser."""
    entry = ", ".join(f"{name}: {value}" for name, value in more.items())
    return (
        f"((all, by, place) => {{ if (!by) return; delete all[by]?.[place];"
        f" all[by] = {{...all[by], [place]: {{text: ({text}).slice(0, {LONGEST}), {entry}}}}};"
        f" {_STORE} }})({_ALL}, {ME}, {place})"
    )


def forget(me: str, place: str, text: str, audience: str = "") -> EventSpec:
    """The server has it; what has been typed there since then stays."""
    same = f"each?.text === text.slice(0, {LONGEST}) && (each.audience ?? '') === audience"
    given = ", ".join(json.dumps(each) for each in (me, place, text, audience))
    return rx.call_script(
        f"((all, by, place, text, audience) => {{ const each = all[by]?.[place];"
        f" if ({same}) {{ delete all[by][place]; {_STORE} }} }})({_ALL}, {given})"
    )


def forget_all(me: str, beginning: str) -> EventSpec:
    """What was typed in the places that begin like this is over."""
    gone = f"place.startsWith({json.dumps(beginning)})"
    return rx.call_script(
        f"((all, mine) => {{ for (const place in mine) if ({gone}) delete mine[place];"
        f" {_STORE} }})(...((all) => [all, all[{json.dumps(me)}]])({_ALL}))"
    )


def unsaved_by(me: str, everything: object) -> dict[str, Unsaved]:
    """What a browser says that this person has typed, by place: it may say anything."""
    mine = everything.get(me) if isinstance(everything, dict) else None
    places = list(mine.items())[-_PLACES:] if isinstance(mine, dict) else []
    return {place: _read(each) for place, each in places if isinstance(place, str)}


def _read(each: object) -> Unsaved:
    since = each.get("since") if isinstance(each, dict) else 0
    return Unsaved(
        typed(each, "text"),
        typed(each, "audience"),
        typed(each, "written_for"),
        since if isinstance(since, int) else 0,
    )
