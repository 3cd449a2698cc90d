"""Tags to choose from."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text

from supportdesk.database.engine import transaction
from supportdesk.domain.actor import Actor, Role
from supportdesk.domain.text import clean

_AT_MOST = 6

# Those that begin with it come before those that contain it.
_SUGGESTIONS = text("""
    SELECT id, name, hue, description FROM tag g
    WHERE position(lower(:text) IN lower(name)) > 0
      AND NOT EXISTS (SELECT FROM ticket_tag x WHERE x.tag_id = g.id AND x.ticket_id = :ticket_id)
    ORDER BY position(lower(:text) IN lower(name)) > 1, lower(name), id LIMIT :limit
""")


@dataclass(frozen=True, slots=True)
class Suggestion:
    id: str
    name: str
    hue: int
    description: str


async def suggestions_for(actor: Actor, ticket_id: UUID, typed: str) -> list[Suggestion]:
    """The tags that somebody of the staff may mean who has typed that, without those on it."""
    wanted = " ".join(clean(typed).split())
    if actor.role is Role.BUYER or not wanted:
        return []
    values = {"text": wanted, "ticket_id": ticket_id, "limit": _AT_MOST}
    async with transaction(actor) as tx:
        rows = (await tx.execute(_SUGGESTIONS, values)).all()
    return [Suggestion(str(row.id), row.name, row.hue, row.description) for row in rows]
