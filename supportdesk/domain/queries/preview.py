"""A ticket at a glance: how it began, who takes part, when what happened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from supportdesk.database.engine import transaction
from supportdesk.domain.actor import Actor, Role
from supportdesk.domain.errors import NotFound

LENGTH = 280

_PREVIEW = text("""
SELECT t.id, t.created_at, t.resolved_at,
       CASE WHEN t.id <> ALL (my_guest_conversations()) THEN t.due_at END AS due_at,
       first.name, first.body,
       ARRAY(SELECT u.name FROM participant p JOIN "user" u ON u.id = p.user_id
             WHERE p.conversation_id = t.id AND p.audience <> 'admins' ORDER BY p.created_at, u.name
             LIMIT 6) AS people
FROM ticket t LEFT JOIN LATERAL (
    SELECT u.name, left(m.body, 400) AS body
    FROM message m LEFT JOIN "user" u ON u.id = m.sender_id
    WHERE m.conversation_id = t.id ORDER BY m.seq LIMIT 1
) first ON true
WHERE t.id = :id
""")


@dataclass(frozen=True, slots=True)
class Preview:
    """Times are ISO, empty for none."""

    id: str = ""
    sender: str = ""
    text: str = ""
    people: tuple[str, ...] = ()
    opened_at: str = ""
    due_at: str = ""
    resolved_at: str = ""


async def preview_for(actor: Actor, ticket_id: UUID) -> Preview:
    """What the actor may see of it; when it is due is the staff's own. Raises `NotFound`."""
    async with transaction(actor) as tx:
        row = (await tx.execute(_PREVIEW, {"id": ticket_id})).one_or_none()
    if row is None:
        raise NotFound
    words = " ".join((row.body or "").split())
    return Preview(
        id=str(row.id),
        sender=row.name or "",
        text=words if len(words) <= LENGTH else f"{words[:LENGTH].rstrip()} …",
        people=tuple(row.people),
        opened_at=_iso(row.created_at),
        due_at="" if actor.role is Role.BUYER else _iso(row.due_at),
        resolved_at=_iso(row.resolved_at),
    )


def _iso(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""
