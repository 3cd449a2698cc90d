"""Where something was said in one conversation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from supportdesk.database.engine import transaction
from supportdesk.domain.actor import Actor
from supportdesk.domain.queries import search
from supportdesk.domain.queries.ticket_rows import HitPart

MOST = 50

_SAID = text(f"""
    SELECT m.id, m.seq, m.created_at, m.audience, coalesce(u.name, 'Somebody') AS name,
           ts_headline('simple', left(m.body, 10000), {search.QUERY},
                       '{search.MARKS}, MaxWords=24, MinWords=12') AS headline
    FROM message m LEFT JOIN "user" u ON u.id = m.sender_id
    WHERE m.conversation_id = :conversation_id AND m.words @@ {search.QUERY}
    ORDER BY m.seq DESC LIMIT {MOST + 1}
""")  # noqa: S608 - nothing in it comes from outside


@dataclass(frozen=True, slots=True)
class Said:
    id: UUID
    seq: int
    name: str
    at: datetime
    audience: str
    parts: tuple[HitPart, ...]


async def said_in(actor: Actor, conversation_id: UUID, words: str) -> tuple[Said, ...]:
    """The latest messages with all these words that the actor sees, up to one more than `MOST`.

    The last word may still be being typed: its beginning is enough.
    """
    values = search.values(words)
    if not (values["head"] or values["last"]):
        return ()
    async with transaction(actor) as tx:
        rows = await tx.execute(_SAID, {"conversation_id": conversation_id, **values})
        return tuple(
            Said(
                row.id,
                row.seq,
                row.name,
                row.created_at,
                row.audience,
                search.parts(search.MESSAGES, "", row.headline),
            )
            for row in rows
        )
