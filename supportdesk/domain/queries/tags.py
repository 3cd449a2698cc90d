"""Tags to choose from."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text

from supportdesk.database.engine import transaction
from supportdesk.domain.actor import Actor, Role
from supportdesk.domain.errors import Refused
from supportdesk.domain.ids import parse_id
from supportdesk.domain.text import clean

_AT_MOST = 6

# Those that begin with it come before those that contain it.
_SUGGESTIONS = text("""
    SELECT id, name, hue, description FROM tag g
    WHERE position(lower(:text) IN lower(name)) > 0
      AND NOT EXISTS (SELECT FROM ticket_tag x WHERE x.tag_id = g.id AND x.ticket_id = :ticket_id)
    ORDER BY position(lower(:text) IN lower(name)) > 1, lower(name), id LIMIT :limit
""")
_NOW = text("""
    SELECT id FROM tag WHERE id = :id UNION ALL SELECT tag_id FROM merged_tag WHERE id = :id
""")
_USES = text("SELECT tickets, views FROM uses_of_tag(:id)")


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


async def tag_now(actor: Actor, tag_id: str) -> str:
    """The id of the tag, or of what it has been merged into; nothing when it is gone."""
    asked = parse_id(tag_id)
    if asked is None or actor.role is Role.BUYER:
        return tag_id
    async with transaction(actor) as tx:
        return str(await tx.scalar(_NOW, {"id": asked}) or "")


async def uses_of(actor: Actor, tag_id: UUID) -> tuple[int, int]:
    """How many tickets have the tag, and how many saved views ask for it; for admins."""
    if actor.role is not Role.ADMIN:
        raise Refused("Only admins may do this.")
    async with transaction(actor) as tx:
        row = (await tx.execute(_USES, {"id": tag_id})).one()
    return row.tickets, row.views
