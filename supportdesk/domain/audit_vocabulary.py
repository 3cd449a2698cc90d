"""Which words the log says of what: for a search of it that finds lines by how they read. Pure.

The words that each sentence is made of are taken from the sentences themselves. An answer is a
tsquery of the marks that the index of the log keeps beside the words of an event: `~k` and its
kind, `~v` and how it was done (see `alembic/versions/0026`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from supportdesk.domain import audit, rule_words
from supportdesk.domain.audit import Told
from supportdesk.domain.events import EventKind
from supportdesk.domain.rules import LABELS

# What is not of the sentence: names of people and things, which are found by themselves.
_NAME = "@"
_COUNTED: dict[str, Any] = {"messages": 1, "files": 1, "tickets": 1, "lines": 1}
_IN = {
    EventKind.MESSAGE_POSTED: ("everyone", "staff", "admins"),
}
# What an event holds where its sentence depends on it, by the mark that tells of it.
_HOW: dict[str, tuple[tuple[str, dict[str, Any]], ...]] = {
    EventKind.TAGS_CHANGED: (("added", {"added": [_NAME]}), ("removed", {"removed": [_NAME]})),
    EventKind.TEAM_CHANGED: (
        ("added", {"member": _NAME, "added": [_NAME]}),
        ("removed", {"member": _NAME, "removed": [_NAME]}),
        ("renamed", {"name": _NAME, "from": {"name": f"{_NAME}{_NAME}"}}),
        ("", {"member": _NAME, "to": {"lead": True}}),
        ("", {"member": _NAME, "to": {"lead": False}}),
        ("", {}),
    ),
    EventKind.TICKET_CHANGED: (("", {"changes": [{"field": _NAME}, {"field": "due_at"}]}),),
    EventKind.FIELDS_CHANGED: (("", {"changes": [{"field": _NAME}]}),),
    EventKind.REACTION_CHANGED: (("", {"there": True}), ("", {"there": False})),
    EventKind.READS_CHANGED: (("", {"to": "staff"}), ("", {"to": "everyone"})),
    EventKind.REPORT_DECIDED: tuple(
        ("", {"to": to}) for to in ("", "dismissed", "message_deleted", "person_blocked")
    ),
    EventKind.MESSAGE_DELETED: (
        ("", {"characters": 1, "files": 1, "sender_id": _NAME}),
        ("", {"characters": 1, "files": 2}),
    ),
    EventKind.SETTING_CHANGED: (("", {}), ("", {"name": "hours"})),
    EventKind.PERSON_INVITED: (("", {}), ("", {"name": _NAME, "role": _NAME})),
    EventKind.INVITATION_REVOKED: (("", {}), ("", {"name": _NAME, "role": _NAME})),
}
_RENAMED = ("category", "tag", "template", "reply", "field", "view")


def marks_of(word: str, *, begun: bool) -> list[str]:
    """Tsqueries of the lines that say the word; `begun`: or one that begins with it."""
    wanted = word.lower()
    return [
        marks
        for marks, words in _vocabulary().items()
        if wanted in words or (begun and any(each.startswith(wanted) for each in words))
    ]


@lru_cache(maxsize=1)
def _vocabulary() -> Mapping[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for marks, said in _sentences():
        words = re.findall(r"[a-z]+", said.lower())
        found[marks] = found.get(marks, frozenset()).union(words)
    return found


def _sentences() -> Iterator[tuple[str, str]]:
    """Everything that can be said, with the marks of the events that it is said of."""
    for kind in EventKind:
        for how, data in _ways(kind):
            for audience in _IN.get(kind, ("",)):
                told = Told(kind, data, ticket=_NAME, about=_NAME, audience=audience)
                yield _marks(kind, how or audience), audit.sentence(told, {_NAME: _NAME})
    yield _marks(EventKind.SIGN_IN_FAILED, ""), "Somebody nobody known here"
    for key, label in LABELS.items():
        words = " & ".join(f"'{word}'" for word in key.split("_"))
        yield f"('~k{EventKind.SETTING_CHANGED}' & {words})", f"{label} {_units(key)}"


def _units(key: str) -> str:
    """What a rule is told in."""
    if key.startswith("sign_in_attempts"):
        return "in minute minutes hour hours day days"
    return "MB GB" if key.endswith("_megabytes") else rule_words.in_words(key, 1)


def _ways(kind: EventKind) -> tuple[tuple[str, dict[str, Any]], ...]:
    if kind in _HOW:
        return _HOW[kind]
    thing, _, verb = kind.partition("_")
    if verb == "changed" and thing in _RENAMED:
        return (("", {}), ("renamed", {"name": _NAME, "from": {"name": f"{_NAME}{_NAME}"}}))
    several = dict.fromkeys(_COUNTED, 2)
    return (("", {}),) if kind == EventKind.MESSAGE_POSTED else (("", _COUNTED), ("", several))


def _marks(kind: str, how: str) -> str:
    return f"('~k{kind}' & '~v{how}')" if how else f"'~k{kind}'"
