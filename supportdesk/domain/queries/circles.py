"""Where the actor reads less than their role may."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from psycopg import sql
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from supportdesk.database.engine import ask
from supportdesk.domain.actor import Actor, Role
from supportdesk.domain.circles import Circle, circle_of
from supportdesk.domain.models import Audience, Participant

_GUEST = sql.SQL("""
SELECT FROM participant
WHERE user_id = {person} AND conversation_id = {conversation} AND reads = 'everyone'
""")


async def circle_for(actor: Actor, conversation_id: UUID) -> Circle:
    """The circle that the actor belongs to there, if they see it at all."""
    if actor.role is not Role.SELLER:
        return circle_of(actor.role)
    asked = _GUEST.format(person=actor.user_id, conversation=conversation_id)
    return circle_of(actor.role, guest=await ask(actor, asked) is not None)


async def guest_in(
    tx: AsyncConnection, actor: Actor, conversations: Collection[UUID]
) -> frozenset[UUID]:
    """In which of them the actor reads only what is said to everyone. Only sellers are asked."""
    if actor.role is not Role.SELLER:
        return frozenset()
    wanted = select(col(Participant.conversation_id)).where(
        col(Participant.user_id) == actor.user_id,
        col(Participant.conversation_id).in_(conversations),
        col(Participant.reads) == Audience.EVERYONE,
    )
    return frozenset((await tx.execute(wanted)).scalars())
