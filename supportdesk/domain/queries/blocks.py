"""Who may read, but not write."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from supportdesk.domain.actor import Actor
from supportdesk.domain.models import Block


async def is_blocked(tx: AsyncConnection, actor: Actor) -> bool:
    """Whether the actor is one of them."""
    mine = select(col(Block.person_id)).where(col(Block.person_id) == actor.user_id)
    return await tx.scalar(mine) is not None
