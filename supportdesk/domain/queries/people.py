"""People as others see them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zlib import crc32

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from supportdesk.database.engine import transaction
from supportdesk.domain.actor import Actor, Role
from supportdesk.domain.models import LastSeen, User

HUES = 12


@dataclass(frozen=True, slots=True)
class SellerChoice:
    id: str
    name: str


def initials(name: str) -> str:
    """Two letters for an avatar: of the first and last word, or the first two of a single one."""
    words = name.split()
    letters = words[0][:2] if len(words) == 1 else words[0][:1] + words[-1][:1] if words else "?"
    return letters.upper()


def hue(user_id: UUID | None) -> int:
    """Which of the avatar colours (0 to HUES - 1) a person has, always the same one."""
    return crc32(user_id.bytes) % HUES if user_id else 0


async def sellers_for(actor: Actor) -> list[SellerChoice]:
    """The sellers that a buyer may address a ticket to, by name."""
    async with transaction(actor) as tx:
        return await sellers_within(tx, actor)


async def sellers_within(tx: AsyncConnection, actor: Actor) -> list[SellerChoice]:
    """`sellers_for` inside a transaction that is already open."""
    if actor.role is not Role.BUYER:
        return []
    wanted = select(col(User.id), col(User.name)).where(
        col(User.role) == Role.SELLER, col(User.active)
    )
    rows = await tx.execute(wanted.order_by(col(User.name), col(User.id)))
    return [SellerChoice(str(row.id), row.name) for row in rows]


async def last_seen_for(actor: Actor, people: Iterable[UUID]) -> dict[UUID, datetime]:
    """When each of those was last here whom the actor knows and who has ever been."""
    wanted = select(col(LastSeen.user_id), col(LastSeen.at)).where(
        col(LastSeen.user_id).in_(list(people))
    )
    async with transaction(actor) as tx:
        return {row.user_id: row.at for row in await tx.execute(wanted)}


async def names_for(actor: Actor, people: Iterable[UUID]) -> dict[UUID, str]:
    """The names of those whom the actor knows."""
    wanted = select(col(User.id), col(User.name)).where(col(User.id).in_(list(people)))
    async with transaction(actor) as tx:
        return {row.id: row.name for row in await tx.execute(wanted)}
