"""Whom one can call into a conversation by name."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from supportdesk.database.engine import transaction
from supportdesk.domain.actor import Actor, Role
from supportdesk.domain.circles import circle_of
from supportdesk.domain.markup import texts
from supportdesk.domain.mentions import mentioned_in
from supportdesk.domain.models import Audience
from supportdesk.domain.queries.people import hue, initials

# The policies decide whom the actor knows to take part. Admins may read every ticket, so the staff
# can call those it knows of, too.
_PEOPLE = text("""
SELECT u.id, u.name, u.role, coalesce(p.reads = 'everyone', false) AS guest FROM "user" u
LEFT JOIN participant p ON p.conversation_id = :conversation_id AND p.user_id = u.id
WHERE u.active AND u.id <> :me AND (p.user_id IS NOT NULL OR (:staff AND u.role = 'admin'))
ORDER BY coalesce(p.follows, false) DESC, lower(u.name), u.id LIMIT 500
""")


@dataclass(frozen=True, slots=True)
class Callee:
    """`reads` are the audiences that they are part of."""

    id: str
    name: str
    role: str
    avatar: str
    hue: int
    reads: tuple[str, ...]


async def people_for(actor: Actor, conversation_id: UUID) -> list[Callee]:
    """Whom the actor can mention there: those who take part first, then by name."""
    async with transaction(actor) as tx:
        return await _people(tx, actor, conversation_id)


async def _people(tx: AsyncConnection, actor: Actor, conversation_id: UUID) -> list[Callee]:
    values = {
        "conversation_id": conversation_id,
        "me": actor.user_id,
        "staff": actor.role is not Role.BUYER,
    }
    return [
        Callee(
            str(row.id), row.name, Role(row.role).label, initials(row.name), hue(row.id),
            tuple(circle_of(Role(row.role), guest=row.guest).audiences),
        )
        for row in await tx.execute(_PEOPLE, values)
    ]  # fmt: skip


async def named_in(
    tx: AsyncConnection, actor: Actor, conversation_id: UUID, body: str, audience: Audience
) -> dict[str, str]:
    """Whom the text of a message names, by id: of those who may read it, and nobody else.

    A name that means nobody there is a word like any other. Without an `@` nothing is asked.
    """
    pieces = [piece for piece in texts(body) if "@" in piece] if "@" in body else []
    if not pieces:
        return {}
    people = await _people(tx, actor, conversation_id)
    return mentioned_in(pieces, {p.id: p.name for p in people if audience.value in p.reads})
