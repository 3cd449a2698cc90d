"""What the log says, in words: who did what, and what it was before and after. Pure.

An event that nobody has thought of here still reads well: its kind and what it holds say enough.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from supportdesk.domain import moderation_words, people_words, rule_words
from supportdesk.domain.actor import Role
from supportdesk.domain.changes import WORDS, join, label
from supportdesk.domain.events import SETTINGS, EventKind
from supportdesk.domain.lifecycle import Status
from supportdesk.domain.models import COLOURS, AutoAssign, FieldKind, Priority, TicketType
from supportdesk.domain.rules import LABELS

NOTHING = "nothing"
# Names by id, of those that an event names by its id alone.
Names = Mapping[str, str]


class Group(StrEnum):
    """What one asks the log for."""

    TICKETS = "tickets"
    MESSAGES = "messages"
    PEOPLE = "people"
    SIGN_IN = "sign_in"
    SETTINGS = "settings"
    VIEWS = "views"
    OTHER = "other"

    @property
    def label(self) -> str:
        return _GROUP_LABELS[self]


_GROUP_LABELS = {
    Group.TICKETS: "Tickets",
    Group.MESSAGES: "Messages",
    Group.PEOPLE: "People",
    Group.SIGN_IN: "Signing in and out",
    Group.SETTINGS: "Settings",
    Group.VIEWS: "Saved views",
    Group.OTHER: "Everything else",
}
_PREFIXES = {
    "ticket": Group.TICKETS,
    "tags": Group.TICKETS,
    "fields": Group.TICKETS,
    "notes": Group.TICKETS,
    "message": Group.MESSAGES,
    "reaction": Group.MESSAGES,
    "person": Group.PEOPLE,
    "preferences": Group.PEOPLE,
    "signed": Group.SIGN_IN,
    "sign": Group.SIGN_IN,
    "session": Group.SIGN_IN,
    "sessions": Group.SIGN_IN,
    "password": Group.PEOPLE,
    "reset": Group.PEOPLE,
    "invitation": Group.PEOPLE,
    "join": Group.PEOPLE,
    "reads": Group.PEOPLE,
    "abuse": Group.MESSAGES,
    "report": Group.MESSAGES,
    "chat": Group.MESSAGES,
    "view": Group.VIEWS,
}


def group_of(kind: str) -> Group:
    if kind in SETTINGS:
        return Group.SETTINGS
    return _PREFIXES.get(kind.partition("_")[0], Group.OTHER)


def kinds_of(group: Group) -> tuple[str, ...]:
    return tuple(kind.value for kind in EventKind if group_of(kind) is group)


@dataclass(frozen=True, slots=True)
class Shift:
    """One thing that is otherwise now."""

    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Told:
    """An event, with the names of what it is about; what is gone or not known is empty."""

    kind: str
    data: Mapping[str, Any]
    ticket: str = ""
    about: str = ""
    audience: str = "everyone"
    before: str = ""
    after: str = ""
    """Texts that the log itself does not hold."""


def sentence(told: Told, names: Names) -> str:
    """What follows the name of who did it."""
    teller = _TELLERS.get(told.kind)
    return teller(told, names) if teller else _in_general(told)


def shifts(told: Told, names: Names) -> tuple[Shift, ...]:
    """Everything that the event knows of before and after."""
    data = told.data
    found = [_of_ticket(each, names) for each in data.get("changes", ())]
    was, now = data.get("from"), data.get("to")
    if isinstance(was, Mapping) or isinstance(now, Mapping):
        was, now = was or {}, now or {}
        found += [
            Shift(_word(name), *(spelled(each.get(name), names, name) for each in (was, now)))
            for name in {**now, **was}
        ]
    elif told.kind in _STATES:
        found.append(Shift(_STATES[told.kind], _state(was), _state(now)))
    elif isinstance(was, str) or isinstance(now, str):
        found.append(Shift("Name", was or "", now or ""))
    for name, value in data.items():
        if isinstance(value, Mapping) and set(value) == {"from", "to"}:
            found.append(
                Shift(_word(name), spelled(value["from"], names), spelled(value["to"], names))
            )
    for name in ("added", "removed"):
        if data.get(name):
            listed = join([str(each) for each in data[name]])
            found.append(Shift(_word(name), "", listed) if name == "added" else
                         Shift(_word(name), listed, ""))  # fmt: skip
    if told.before or told.after:
        found.append(Shift("Text", told.before, told.after))
    return tuple(found)


_Labelled = Status | Priority | TicketType | FieldKind | Role | AutoAssign
_LABELLED: dict[str, type[_Labelled]] = {
    "status": Status,
    "priority": Priority,
    "type": TicketType,
    "ticket_type": TicketType,
    "kind": FieldKind,
    "role": Role,
    "auto_assign": AutoAssign,
}
# What is one word before and one after.
_STATES = {
    "person_added": "May read",
    "person_removed": "May read",
    "reads_changed": "May read",
    "report_decided": "Report",
    "person_blocked": "Rights",
    "person_unblocked": "Rights",
}
_WHAT = {
    **LABELS,
    "hue": "Colour",
    "kind": "Holds",
    "active": "In use",
    "body": "Text",
    "query": "Filters",
    "ticket_type": "Type",
    "auto_assign": "Automatic assignment",
    "timezone": "Time zone",
    "lead": "Lead",
}


def _word(name: str) -> str:
    words = _WHAT.get(name) or WORDS.get(name) or name.replace("_", " ")
    return words[:1].upper() + words[1:]


def _state(word: object) -> str:
    return str(word or "").replace("_", " ").capitalize()


def spelled(value: Any, names: Names, field: str = "") -> str:
    """A value as people read it."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if field in LABELS:
        return rule_words.in_words(field, value)
    if isinstance(value, Mapping):
        return "; ".join(
            f"{name.replace('_', ' ')}: {spelled(each, names)}" for name, each in value.items()
        )
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(spelled(each, names) for each in value)
    text = str(value)
    options = _LABELLED.get(field)
    if options and text in set(options):
        return str(options(text).label)
    if field == "hue" and isinstance(value, int):
        return COLOURS[value]
    return names.get(text, text)


def _of_ticket(change: Mapping[str, Any], names: Names) -> Shift:
    field = str(change.get("field", ""))
    after = "" if change.get("to") is None else str(change.get("label") or change["to"])
    before = spelled(change.get("from"), names, field)
    if field.endswith("_at") and before:
        before = label(field, datetime.fromisoformat(before))
    return Shift(_word(field), before, after)


def _in(told: Told) -> str:
    return f" in {told.ticket}" if told.ticket else ""


def _changed_ticket(told: Told, names: Names) -> str:
    parts = [_of_ticket(each, names) for each in told.data.get("changes", ())]
    said = [
        f"{each.what.lower() if each.what.lower() in WORDS.values() else each.what}"
        f"{f' of {told.ticket}' if told.ticket and not index else ''}"
        f" from {each.before or NOTHING} to {each.after or NOTHING}"
        for index, each in enumerate(parts)
    ]
    return f"changed {join(said)}"


def _tagged(told: Told, _: Names) -> str:
    added, removed = told.data.get("added") or [], told.data.get("removed") or []
    parts = [f"{verb} {_tags(these)}" for verb, these in (("added", added), ("removed", removed))
             if these]  # fmt: skip
    where = f" {'to' if added and not removed else 'of'} {told.ticket}" if told.ticket else ""
    return join(parts) + where


def _tags(these: Sequence[str]) -> str:
    return f"the tag{'s' if len(these) > 1 else ''} {join([f'“{each}”' for each in these])}"


def _posted(told: Told, _: Names) -> str:
    files = told.data.get("files") or 0
    what = {"staff": "a note for the staff", "admins": "a note for admins"}.get(
        told.audience, "a message"
    )
    return f"wrote {what}{_with_files(files)}{_in(told)}"


def _with_files(files: int) -> str:
    return f" with {files} file{'s' if files > 1 else ''}" if files else ""


def _deleted_message(told: Told, names: Names) -> str:
    size, files = told.data.get("characters"), told.data.get("files") or 0
    whose = names.get(str(told.data.get("sender_id")), "")
    of = f" of {whose}" if whose else ""
    known = f" of {size:,} characters{_with_files(files)}" if size is not None else ""
    return f"deleted a message{of}{known and f' ({known.strip()})'}{_in(told)}"


def _reacted(told: Told, _: Names) -> str:
    verb = "reacted with" if told.data.get("there") else "took back the reaction"
    return f"{verb} {told.data.get('emoji', '')} to a message{_in(told)}"


def _team_changed(told: Told, names: Names) -> str:
    team, member = told.data.get("name", "a team"), told.data.get("member")
    if not member:
        return _changed("team", told)
    if told.data.get("added"):
        return f"added {member} to the team “{team}”"
    if told.data.get("removed"):
        return f"removed {member} from the team “{team}”"
    leads = (told.data.get("to") or {}).get("lead")
    return f"made {member} {'a lead' if leads else 'no lead any more'} of the team “{team}”"


def _team_deleted(told: Told, _: Names) -> str:
    moved = _tickets(told.data.get("tickets"))
    return f"deleted the team “{told.data.get('name')}”; {moved} went to" + (
        f" “{told.data.get('tickets_to')}”"
    )


def _tickets(count: Any) -> str:
    return "1 ticket" if count == 1 else f"{count or 0:,} tickets"


def _changed(word: str, told: Told) -> str:
    name, was = told.data.get("name", ""), told.data.get("from") or {}
    before = was.get("name") if isinstance(was, Mapping) else None
    if before and before != name:
        return f"renamed the {word} “{before}” to “{name}”"
    return f"changed the {word} “{name}”"


def _set_rule(told: Told, names: Names) -> str:
    key = str(told.data.get("name", ""))
    words = f"setting “{LABELS.get(key, key)}”"
    sides = (told.data.get(side) or {} for side in ("from", "to"))
    was, now = (spelled(each.get(key), names, key) for each in sides)
    if key in ("welcome", "out_of_hours", "hours") or len(was) + len(now) > 60:
        return f"changed the {words}"
    return f"changed the {words} from {was or 'the default'} to {now or 'the default'}"


_THINGS = {
    "template": "template", "reply": "canned reply", "field": "custom field",
    "category": "category", "tag": "tag", "team": "team", "view": "view",
}  # fmt: skip
_VERBS = {"created": "created", "saved": "saved", "deleted": "deleted"}


def _of_thing(word: str, verb: str) -> Callable[[Told, Names], str]:
    def tell(told: Told, _: Names) -> str:
        if verb == "changed":
            return _changed(word, told)
        return f"{_VERBS[verb]} the {word} “{told.data.get('name', '')}”"

    return tell


def _person(verb: str) -> Callable[[Told, Names], str]:
    def tell(told: Told, names: Names) -> str:
        named = names.get(str(told.data.get("person"))) or told.data.get("name")
        return f"{verb} {told.about or named or 'somebody'}"

    return tell


def _moderated(told: Told, _: Names) -> str:
    return moderation_words.sentence(told.kind, told.data, told.ticket, told.about)


_TELLERS: dict[str, Callable[[Told, Names], str]] = {
    **dict.fromkeys(moderation_words.KINDS, _moderated),
    **{
        f"{thing}_{verb}": _of_thing(word, verb)
        for thing, word in _THINGS.items()
        for verb in ("created", "changed", "saved", "deleted")
    },
    "signed_up": lambda *_: "made an account",
    "signed_in": lambda *_: "signed in",
    "signed_out": lambda *_: "signed out",
    "sign_in_failed": lambda told, _: f"failed to sign in as {told.about or 'nobody known here'}",
    "preferences_changed": lambda told, _: "changed their own settings",
    "person_deactivated": _person("deactivated"),
    "person_reactivated": _person("reactivated"),
    "person_renamed": lambda *_: "changed their own name",
    "person_role_changed": _person("changed the role of"),
    "person_note_added": _person("wrote a note about"),
    "person_note_deleted": _person("deleted a note about"),
    "password_changed": lambda *_: "changed their password",
    "password_reset": lambda *_: "set a new password by a link",
    "reset_link_made": _person("made a link to a new password for"),
    "reset_link_withdrawn": _person("withdrew the link to a new password of"),
    "session_ended": _person("ended a session of"),
    "sessions_ended": _person("ended all sessions of"),
    "person_exported": _person("exported what is kept of"),
    "person_erased": _person("erased"),
    "person_invited": lambda told, _: f"invited {people_words.guest(told.data)}",
    "invitation_revoked": lambda told, _: (
        f"revoked the invitation of {people_words.guest(told.data)}"
    ),
    "invitation_accepted": lambda *_: "accepted an invitation",
    "ticket_filed": lambda told, _: f"filed {told.ticket or 'a ticket'}",
    "ticket_changed": _changed_ticket,
    "fields_changed": _changed_ticket,
    "tags_changed": _tagged,
    "notes_changed": lambda told, _: f"changed the notes of {told.ticket or 'a ticket'}",
    "message_posted": _posted,
    "message_edited": lambda told, _: f"edited a message{_in(told)}",
    "message_deleted": _deleted_message,
    "reaction_changed": _reacted,
    "team_changed": _team_changed,
    "team_deleted": _team_deleted,
    "tag_merged": lambda told, _: (
        f"merged the tag “{told.data.get('name')}” into"
        f" “{told.data.get('into')}”, on {_tickets(told.data.get('tickets'))}"
    ),
    "tag_deleted": lambda told, _: (
        f"deleted the tag “{told.data.get('name')}”, which {_tickets(told.data.get('tickets'))} had"
    ),
    "setting_changed": _set_rule,
    "log_exported": lambda told, _: f"exported {told.data.get('lines', 0):,} lines of the log",
}


def _in_general(told: Told) -> str:
    words = told.kind.replace("_", " ")
    name = told.about or told.data.get("name") or told.ticket
    return f"{words}: {name}" if name else words
