"""What the database announces: ids only, and never what was said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from supportdesk.domain.models import Audience

# Kinds that are no events: nothing is written down for them.
PARTICIPANT_CHANGED = "participant_changed"
NOTIFICATIONS_CHANGED = "notifications_changed"
TYPING = "typing"


@dataclass(frozen=True, slots=True)
class Doorbell:
    kind: str
    conversation: UUID | None
    subject: UUID | None
    people: frozenset[UUID] | None
    """Who takes part in the conversation; None when that is not known."""
    actor: UUID | None = None
    """Who did it; None when it was nobody of the desk."""
    audience: Audience = Audience.EVERYONE
    """To whom somebody writes, when that is what it says."""


def read(data: dict[str, Any]) -> Doorbell:
    """The doorbell of a notification's payload."""
    people = data["people"]
    return Doorbell(
        kind=data["kind"],
        conversation=_uuid(data["conversation"]),
        subject=_uuid(data["subject"]),
        people=None if people is None else frozenset(map(UUID, people)),
        actor=_uuid(data["actor"]),
        audience=Audience(data.get("audience", Audience.EVERYONE)),
    )


def _uuid(text: str | None) -> UUID | None:
    return UUID(text) if text else None
