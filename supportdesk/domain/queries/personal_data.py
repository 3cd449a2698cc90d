"""All that the desk keeps of one person, to be handed to them: as far as who asks may see it.

Each part is a list of objects, written by the database as JSON, so that however much there is, only
one row of it is in memory at a time. `docs/personal-data.md` says what the keys mean.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, text
from sqlmodel import col

from supportdesk.database.engine import transaction
from supportdesk.domain.actor import Actor, Role
from supportdesk.domain.errors import NotFound
from supportdesk.domain.models import User

# What there is one of; everything else is a list.
ONE = ("profile", "preferences")
PARTS = (
    "profile", "preferences", "teams", "sessions", "invitations", "views", "replies", "drafts",
    "notes", "tickets", "messages", "reactions", "requests", "reports", "notifications",
    "account_events", "ticket_events",
)  # fmt: skip

# What is nobody else's business is read by a function, which looks at who asks.
_KEPT = "SELECT part, data::text FROM kept_of(:person)"
_TICKETS = """
SELECT json_build_object(
    'number', ticket_name(t.number), 'subject', t.subject,
    'part', CASE :person WHEN t.buyer_id THEN 'buyer' WHEN t.seller_id THEN 'seller'
                         WHEN t.assignee_id THEN 'assignee' ELSE 'participant' END,
    'status', t.status, 'priority', t.priority, 'type', t.type, 'category', c.name,
    'fields', (SELECT coalesce(json_object_agg(d.name, f.value), '{}') FROM ticket_field f
               JOIN field_definition d ON d.id = f.field_id WHERE f.ticket_id = t.id),
    'starred', coalesce(p.starred, false), 'last_read_at', p.read_at, 'filed_at', t.created_at,
    'first_response_at', t.first_response_at, 'resolved_at', t.resolved_at)::text
FROM ticket t
LEFT JOIN category c ON c.id = t.category_id
LEFT JOIN participant p ON p.conversation_id = t.id AND p.user_id = :person
WHERE t.id = ANY (ARRAY(
    SELECT conversation_id FROM participant
    WHERE user_id = :person AND (audience = 'everyone' OR follows)
    UNION SELECT id FROM ticket WHERE buyer_id = :person
    UNION SELECT id FROM ticket WHERE seller_id = :person
    UNION SELECT id FROM ticket WHERE assignee_id = :person))
ORDER BY t.number
"""
_MESSAGES = """
SELECT json_build_object(
    'id', m.id, 'ticket', ticket_name(t.number), 'place', m.seq, 'visible_to', m.audience,
    'sent_at', m.created_at, 'edited_at', m.edited_at, 'deleted_at', m.deleted_at,
    'answers', m.quote_id, 'text', m.body,
    'earlier_versions', (
        SELECT coalesce(json_agg(json_build_object('text', r.body, 'written_at', r.written_at)
                                 ORDER BY r.written_at), '[]')
        FROM message_revision r WHERE r.message_id = m.id))::text
FROM message m LEFT JOIN ticket t ON t.id = m.conversation_id
WHERE m.sender_id = :person ORDER BY m.created_at, m.id
"""
_REACTIONS = """
SELECT json_build_object('message', r.message_id, 'ticket', ticket_name(t.number),
                         'emoji', r.emoji, 'at', r.created_at)::text
FROM reaction r JOIN message m ON m.id = r.message_id LEFT JOIN ticket t ON t.id = m.conversation_id
WHERE r.user_id = :person ORDER BY r.created_at, r.message_id
"""
_DRAFTS = """
SELECT json_build_object('ticket', ticket_name(t.number), 'text', d.body, 'visible_to', d.audience,
                         'form', d.form, 'kept_at', d.updated_at)::text
FROM draft d LEFT JOIN ticket t ON t.id = d.conversation_id
WHERE d.owner_id = :person ORDER BY d.updated_at, d.id
"""
_NOTES = """
SELECT json_build_object('text', n.body, 'by', u.name, 'at', n.created_at)::text
FROM person_note n JOIN "user" u ON u.id = n.author_id
WHERE n.person_id = :person ORDER BY n.created_at, n.id
"""
_EVENTS = """
SELECT json_build_object('kind', e.kind, 'ticket', ticket_name(t.number), 'message', m.id,
                         'at', e.created_at, 'details', e.data)::text
FROM event e
LEFT JOIN ticket t ON t.id = e.conversation_id
LEFT JOIN message m ON m.id = e.subject_id
WHERE e.actor_id = :person AND e.conversation_id IS NOT NULL ORDER BY e.created_at, e.id
"""
_OWN = {
    "drafts": _DRAFTS,
    "tickets": _TICKETS,
    "messages": _MESSAGES,
    "reactions": _REACTIONS,
    "ticket_events": _EVENTS,
}
_FILES = text("""
SELECT a.id, a.name, a.type, a.size, a.sha256, a.created_at, a.alt, m.id AS message_id,
       ticket_name(t.number) AS ticket
FROM attachment a
LEFT JOIN message m ON m.id = a.message_id
LEFT JOIN ticket t ON t.id = m.conversation_id
WHERE a.owner_id = :person ORDER BY a.created_at, a.id
""")


@dataclass(frozen=True, slots=True)
class OwnFile:
    """`ticket` is where it was sent; empty: not yet. `at` is ISO."""

    id: str
    name: str
    alt: str
    type: str
    size: int
    sha256: str
    at: str
    ticket: str
    message: str


async def name_of(actor: Actor, person_id: UUID) -> str:
    """What the person is called, of whom somebody wants all of it.

    Raises `NotFound`, also when it is somebody else's.
    """
    if actor.role is not Role.ADMIN and person_id != actor.user_id:
        raise NotFound("person")
    async with transaction(actor) as tx:
        name: str | None = await tx.scalar(select(col(User.name)).where(col(User.id) == person_id))
    if name is None:
        raise NotFound("person")
    return name


async def rows_for(actor: Actor, person_id: UUID) -> AsyncIterator[tuple[str, str]]:
    """The name of a part and one object of it, as JSON; the rows of a part follow each other."""
    parts = dict(_OWN)
    if actor.role is Role.ADMIN:
        parts["notes"] = _NOTES
    async with transaction(actor) as tx:
        async for row in await tx.stream(text(_KEPT), {"person": person_id}):
            yield row.part, row.data
        for part, query in parts.items():
            async for line in await tx.stream_scalars(text(query), {"person": person_id}):
                yield part, line


async def files_of(actor: Actor, person_id: UUID) -> list[OwnFile]:
    """What they sent, where the actor sees it, and what of their own they have not sent."""
    async with transaction(actor) as tx:
        return [
            OwnFile(
                str(row.id), row.name, row.alt, row.type, row.size, row.sha256,
                row.created_at.isoformat(), row.ticket or "", str(row.message_id or ""),
            )
            for row in await tx.execute(_FILES, {"person": person_id})
        ]  # fmt: skip
