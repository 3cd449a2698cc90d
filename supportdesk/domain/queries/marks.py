"""Whose marks there are on tickets, and whose names."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select, text
from sqlmodel import col

from supportdesk.database.engine import transaction
from supportdesk.domain.actor import Actor
from supportdesk.domain.models import Participant

# Of the parties, of whom it is assigned to, and of who spoke last.
_NAMING = text("""
SELECT t.id FROM ticket t WHERE t.id = ANY (:tickets) AND ARRAY[
    t.buyer_id, t.seller_id, t.assignee_id, (
        SELECT m.sender_id FROM message m
        WHERE m.conversation_id = t.id ORDER BY m.seq DESC LIMIT 1)] && CAST(:people AS uuid[])
""")


async def naming(
    actor: Actor, ticket_ids: Sequence[UUID], people: Sequence[UUID]
) -> tuple[UUID, ...]:
    """Those of the tickets whose rows in a list name any of these people."""
    values = {"tickets": list(ticket_ids), "people": list(people)}
    async with transaction(actor) as tx:
        return tuple((await tx.execute(_NAMING, values)).scalars())


async def holders_of(
    actor: Actor, ticket_ids: Sequence[UUID], people: Sequence[UUID]
) -> frozenset[tuple[UUID, UUID]]:
    """Of these tickets and people, which have read or starred which, or may have.

    As far as the actor may know it: everybody's for an admin, one's own for all others.
    """
    if not ticket_ids or not people:
        return frozenset()
    wanted = select(col(Participant.conversation_id), col(Participant.user_id)).where(
        col(Participant.conversation_id).in_(ticket_ids), col(Participant.user_id).in_(people)
    )
    async with transaction(actor) as tx:
        return frozenset((row[0], row[1]) for row in await tx.execute(wanted))
