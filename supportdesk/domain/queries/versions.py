"""What a message said before it was edited."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from supportdesk.database.engine import transaction
from supportdesk.domain.actor import Actor, Role
from supportdesk.domain.models import MessageRevision


@dataclass(frozen=True, slots=True)
class Version:
    """What a message said, from `written_at` on."""

    text: str
    written_at: datetime


async def versions_for(actor: Actor, message_id: UUID) -> tuple[Version, ...]:
    """The earlier texts of a message, oldest first; buyers are told of none."""
    if actor.role is Role.BUYER:
        return ()
    query = (
        select(col(MessageRevision.body), col(MessageRevision.written_at))
        .where(col(MessageRevision.message_id) == message_id)
        .order_by(col(MessageRevision.written_at))
    )
    async with transaction(actor) as tx:
        return tuple(Version(row.body, row.written_at) for row in (await tx.execute(query)).all())
