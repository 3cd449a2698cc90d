"""Being seen: at work in a conversation, or at the desk at all. Both are nobody's business a moment
later, so neither is written down; what is, is when somebody was last here.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from supportdesk.database.engine import transaction
from supportdesk.domain.actor import NOBODY, Actor
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
_TELL = text("SELECT pg_notify('supportdesk', said) FROM unnest(CAST(:said AS text[])) AS said")
_NOTE_SEEN = text("SELECT note_seen(CAST(:people AS uuid[]), :at)")


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


async def tell_processes(said: Sequence[Mapping[str, object]]) -> None:
    """Let every server process know what this one says of itself and of those it serves.

    Acts for nobody in particular: a process serves whoever has shown it a session, and says so of
    many at once. Each of `said` is one notification, so shorter than 8,000 bytes, and of ids alone.
    """
    async with transaction(NOBODY) as tx:
        await tx.execute(_TELL, {"said": [json.dumps(each) for each in said]})


async def note_seen(people: Collection[UUID], at: datetime) -> None:
    """Remember that they were here then; never moves backwards."""
    async with transaction(NOBODY) as tx:
        await tx.execute(_NOTE_SEEN, {"people": list(people), "at": at})
