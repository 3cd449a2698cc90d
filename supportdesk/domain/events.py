"""The closed vocabulary of things that happen, and the one place that records them.

An `event` row is the audit log and, when `in_thread`, a line in the conversation. A trigger on the
table announces it; nothing else announces anything.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from supportdesk.domain.actor import Actor
from supportdesk.domain.ids import new_id
from supportdesk.domain.models import Audience, Event


class EventKind(StrEnum):
    SIGNED_UP = "signed_up"
    SIGNED_IN = "signed_in"
    SIGNED_OUT = "signed_out"
    PERSON_DEACTIVATED = "person_deactivated"
    PERSON_REACTIVATED = "person_reactivated"
    TICKET_FILED = "ticket_filed"
    MESSAGE_POSTED = "message_posted"
    STATUS_CHANGED = "status_changed"
    PRIORITY_CHANGED = "priority_changed"


# What the conversation shows as a line between its messages.
_LINES = {EventKind.STATUS_CHANGED, EventKind.PRIORITY_CHANGED}


async def record(
    tx: AsyncConnection,
    actor: Actor,
    kind: EventKind,
    *,
    conversation_id: UUID | None = None,
    subject_id: UUID | None = None,
    audience: Audience = Audience.EVERYONE,
    data: dict[str, Any] | None = None,
) -> None:
    """Write the event in the transaction of the change it tells of."""
    await tx.execute(
        insert(Event).values(
            id=new_id(),
            kind=kind,
            actor_id=actor.user_id,
            conversation_id=conversation_id,
            subject_id=subject_id,
            audience=audience,
            in_thread=kind in _LINES,
            data=data or {},
        )
    )
