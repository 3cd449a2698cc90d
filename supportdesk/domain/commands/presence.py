"""Being seen at work: no row is written for it, for it is nobody's business a moment later."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import text

from supportdesk.database.engine import transaction
from supportdesk.domain.actor import Actor
from supportdesk.domain.commands.messages import MAY_ADDRESS
from supportdesk.domain.errors import NotFound, Refused
from supportdesk.domain.models import Audience

# A doorbell like those of events, rung in a conversation that the actor sees and in no other.
_RING = text("""
    SELECT pg_notify('supportdesk', json_build_object(
        'kind', 'typing', 'conversation', id, 'subject', NULL, 'people', NULL,
        'actor', CAST(:actor AS text), 'audience', CAST(:audience AS text))::text)
    FROM conversation WHERE id = :conversation_id
""")


async def announce_typing(actor: Actor, conversation_id: UUID, audience: Audience) -> None:
    """Let those who may see what the actor writes to that audience know that they write.

    Raises:
        NotFound: no such conversation for this actor.
        Refused: the actor may not address this audience.
    """
    if audience not in MAY_ADDRESS[actor.role]:
        raise Refused("You cannot write to this audience.")
    values = {"actor": str(actor.user_id), "audience": audience.value}
    async with transaction(actor) as tx:
        rung = await tx.execute(_RING, {"conversation_id": conversation_id, **values})
        if rung.first() is None:
            raise NotFound
