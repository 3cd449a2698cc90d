"""What can be changed of a ticket, by whom, and how it is told. Pure: no database, no clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from enum import Enum, StrEnum
from typing import Any, Final, Literal
from uuid import UUID

from supportdesk.domain.actor import Role
from supportdesk.domain.lifecycle import Status
from supportdesk.domain.models import Audience, Priority, TicketType


class _Keep(Enum):
    KEEP = 0


Keep = Literal[_Keep.KEEP]
KEEP: Final = _Keep.KEEP


@dataclass(frozen=True, slots=True)
class Changes:
    """New values of a ticket's columns. `KEEP` leaves one as it is, None takes it away.

    A line says the date of `due_at` in the zone that the time comes in.
    """

    status: Status | Keep = KEEP
    priority: Priority | Keep = KEEP
    type: TicketType | Keep = KEEP
    category_id: UUID | Keep | None = KEEP
    assignee_id: UUID | Keep | None = KEEP
    team_id: UUID | Keep | None = KEEP
    due_at: datetime | Keep | None = KEEP

    def given(self) -> dict[str, Any]:
        """Column -> value, of what is not kept."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in values.items() if value is not KEEP}


COLUMNS = tuple(field.name for field in fields(Changes))
MAY_CHANGE = {
    Role.BUYER: ("status", "priority"),
    Role.SELLER: ("status", "priority", "type"),
    Role.ADMIN: COLUMNS,
}
WORDS = {
    "status": "status",
    "priority": "priority",
    "type": "type",
    "category_id": "category",
    "assignee_id": "assignee",
    "team_id": "team",
    "due_at": "due date",
}
_LABELS: dict[str, type[Status] | type[Priority] | type[TicketType]] = {
    "status": Status,
    "priority": Priority,
    "type": TicketType,
}
NONE = {"assignee_id": "nobody"}
# What was done to the conversation itself.
_DEEDS = {
    "notes_changed": "edited the notes",
    "person_added": "added {person}",
    "person_removed": "removed {person}",
    "chat_emptied": "deleted all messages",
}
# When the desk wants to be done is its own business; what is done is everybody's.
_STAFF_ONLY = {"due_at"}


def audience_of(column: str) -> Audience:
    """Who may know that this was changed."""
    return Audience.STAFF if column in _STAFF_ONLY else Audience.EVERYONE


def label(column: str, value: Any, name: str = "") -> str:
    """`value` in words; `name` is that of the person, team or category it is the id of."""
    if value is None:
        return NONE.get(column, "none")
    if column in _LABELS:
        return _LABELS[column](value).label
    if isinstance(value, datetime):
        return f"{value.day} {value:%B %Y}"
    return name


def entry(column: str, before: Any, after: Any, label_after: str) -> dict[str, Any]:
    """One change as an event keeps it: with the words of then, whatever is renamed later."""
    return {
        "field": column,
        "from": _stored(before),
        "to": _stored(after),
        "label": label_after,
    }


def _stored(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, StrEnum):
        return value.value
    return value.isoformat() if isinstance(value, datetime) else str(value)


def sentence(kind: str, data: Mapping[str, Any]) -> str:
    """What a line says after the name: `set status to Resolved and priority to High`."""
    if kind == "tags_changed":
        added = f"added {_tags(data['added'])}" if data["added"] else ""
        removed = f"removed {_tags(data['removed'])}" if data["removed"] else ""
        return join([part for part in (added, removed) if part])
    if kind in _DEEDS:
        return _DEEDS[kind].format(**data)
    if kind == "reads_changed":
        may = "may" if data["to"] == "staff" else "may no longer"
        return f"decided that {data['person']} {may} read what the staff says among itself"
    parts = [f"{WORDS.get(e['field'], e['field'])} to {e['label']}" for e in data["changes"]]
    return f"set {join(parts)}"


def _tags(names: Sequence[str]) -> str:
    return f"the tag{'s' if len(names) > 1 else ''} {join(names)}"


def join(parts: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"
