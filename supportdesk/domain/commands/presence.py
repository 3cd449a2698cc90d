"""Being seen: at work in a conversation, or at the desk at all. Both are nobody's business a moment
later, so neither is written down; what is, is when somebody was last here.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from psycopg import sql

from supportdesk.database.engine import ask
from supportdesk.domain.actor import NOBODY, Actor
from supportdesk.domain.commands.messages import MAY_ADDRESS
from supportdesk.domain.errors import NotFound, Refused
from supportdesk.domain.models import Audience

# A doorbell like those of events, rung in a conversation that the actor sees and in no other.
_RING = sql.SQL("""
    SELECT pg_notify('supportdesk', json_build_object(
        'kind', 'typing', 'conversation', id, 'subject', NULL, 'people', NULL,
        'actor', {actor}::text, 'audience', {audience}::text)::text)
    FROM conversation WHERE id = {conversation}
      AND ({audience} = 'everyone' OR id <> ALL (my_guest_conversations()))
      AND NOT EXISTS (SELECT FROM block WHERE person_id = {actor}::uuid)
""")
_TELL = sql.SQL("SELECT pg_notify('supportdesk', said) FROM unnest({}::text[]) AS said")
_NOTE_SEEN = sql.SQL("SELECT note_seen({}::uuid[], {})")


async def announce_typing(actor: Actor, conversation_id: UUID, audience: Audience) -> None:
    """Let those who may see what the actor writes to that audience know that they write.

    Raises:
        NotFound: no such conversation for this actor, or nothing that they may write there.
        Refused: the actor may not address this audience.
    """
    if audience not in MAY_ADDRESS[actor.role]:
        raise Refused("You cannot write to this audience.")
    bell = _RING.format(
        actor=str(actor.user_id), audience=audience.value, conversation=conversation_id
    )
    if await ask(actor, bell) is None:
        raise NotFound


async def tell_processes(said: Sequence[Mapping[str, object]]) -> None:
    """Let every server process know what this one says of itself and of those it serves.

    Acts for nobody in particular: a process serves whoever has shown it a session, and says so of
    many at once. Each of `said` is one notification, so shorter than 8,000 bytes, and of ids alone.
    """
    await ask(NOBODY, _TELL.format([json.dumps(each) for each in said]))


async def note_seen(people: Collection[UUID], at: datetime) -> None:
    """Remember that they were here then; never moves backwards."""
    await ask(NOBODY, _NOTE_SEEN.format(list(people), at))
