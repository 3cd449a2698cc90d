"""The ticket list: rows that are the same for all with equal rights, and each person's own marks.

The two are apart on purpose. A row is read once and sent to many; what somebody has read or
starred is a small overlay that goes to them alone. Unread is the difference of two counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from supportdesk.database.engine import transaction
from supportdesk.domain.actor import Actor, Role
from supportdesk.domain.lifecycle import Status
from supportdesk.domain.models import Priority
from supportdesk.domain.queries import numbers
from supportdesk.domain.queries.people import hue, initials

PAGE = 30
PREVIEW_LENGTH = 120
PLATFORM = "Platform"

# The audience whose counts and times somebody of that role is shown.
LEVELS = {Role.BUYER: "everyone", Role.SELLER: "staff", Role.ADMIN: "admins"}


@dataclass(frozen=True, slots=True)
class TicketRow:
    """One ticket in the list. `active_at` is an ISO time; `hue` picks the avatar's colour."""

    id: str
    number: str
    subject: str
    status: str
    status_label: str
    priority: str
    priority_label: str
    avatar: str
    hue: int
    party: str
    last_sender_id: str
    last_sender: str
    last_text: str
    private: bool
    active_at: str
    messages: int


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page ended: the next one begins after it, whatever was added meanwhile."""

    active_at: datetime
    id: UUID


@dataclass(frozen=True, slots=True)
class InboxPage:
    rows: tuple[TicketRow, ...]
    after: Cursor | None
    """None when there is nothing further."""


@dataclass(frozen=True, slots=True)
class Marks:
    """What one person has done to the listed tickets, by ticket number."""

    read: dict[str, int]
    """How many of the ticket's messages they have read."""
    starred: dict[str, bool]


_ROWS = """
SELECT t.id, t.number, t.subject, t.status, t.priority, t.buyer_id, t.seller_id,
       c.activity_{level} AS active_at, c.messages_{level} AS messages,
       buyer.name AS buyer, seller.name AS seller,
       last.sender_id, last.sender, last.body, last.audience
FROM conversation c
JOIN ticket t ON t.id = c.id
LEFT JOIN "user" buyer ON buyer.id = t.buyer_id
LEFT JOIN "user" seller ON seller.id = t.seller_id
LEFT JOIN LATERAL (
    SELECT m.sender_id, u.name AS sender, left(m.body, 200) AS body, m.audience
    FROM message m LEFT JOIN "user" u ON u.id = m.sender_id
    WHERE m.conversation_id = c.id ORDER BY m.seq DESC LIMIT 1
) last ON true
WHERE {condition}
ORDER BY c.activity_{level} DESC, c.id DESC
LIMIT :limit
"""

_MARKS = """
SELECT t.number, coalesce(p.starred, false) AS starred,
       CASE WHEN coalesce(p.last_read_seq, 0) = 0 THEN 0 ELSE c.messages_{level} - (
           SELECT count(*) FROM message m
           WHERE m.conversation_id = c.id AND m.seq > p.last_read_seq) END AS read
FROM conversation c
JOIN ticket t ON t.id = c.id
LEFT JOIN participant p ON p.conversation_id = c.id AND p.user_id = :user_id
WHERE c.id = ANY (:ids)
"""


async def page_for(actor: Actor, after: Cursor | None = None, limit: int = PAGE) -> InboxPage:
    """The tickets that the actor sees, newest activity first, from `after` on."""
    if after is None:
        return await _page(actor, "true", {}, limit)
    condition = "(c.activity_{level}, c.id) < (:active_at, :id)"
    return await _page(actor, condition, {"active_at": after.active_at, "id": after.id}, limit)


async def rows_for(actor: Actor, ids: Sequence[UUID]) -> tuple[TicketRow, ...]:
    """The rows of just these tickets, as far as the actor sees them."""
    return (await _page(actor, "c.id = ANY (:ids)", {"ids": list(ids)}, len(ids))).rows


async def count_for(actor: Actor) -> int:
    """How many tickets the actor sees."""
    async with transaction(actor) as tx:
        return int(await tx.scalar(text("SELECT count(*) FROM ticket")) or 0)


async def marks_for(actor: Actor, ids: Sequence[UUID]) -> Marks:
    """What the actor has read and starred of these tickets."""
    query = text(_MARKS.format(level=LEVELS[actor.role]))
    async with transaction(actor) as tx:
        rows = (await tx.execute(query, {"ids": list(ids), "user_id": actor.user_id})).all()
    return Marks(
        read={numbers.spell(row.number): row.read for row in rows},
        starred={numbers.spell(row.number): True for row in rows if row.starred},
    )


async def _page(actor: Actor, condition: str, values: dict[str, Any], limit: int) -> InboxPage:
    level = LEVELS[actor.role]
    query = text(_ROWS.format(level=level, condition=condition.format(level=level)))
    async with transaction(actor) as tx:
        found = (await tx.execute(query, {**values, "limit": limit + 1})).all()
    shown = found[:limit]
    more = Cursor(shown[-1].active_at, shown[-1].id) if len(found) > limit else None
    return InboxPage(tuple(_row(actor.role, row) for row in shown), more)


def _row(role: Role, row: Any) -> TicketRow:
    status, priority = Status(row.status), Priority(row.priority)
    requester = row.buyer or row.seller or ""
    requester_id = row.buyer_id or row.seller_id
    counterpart = (row.seller if row.buyer_id else None) or PLATFORM
    # The avatar is the other side; to an admin both are, so it is who asked.
    if role is Role.BUYER:
        face, face_id, party = counterpart, row.seller_id, counterpart
    elif role is Role.SELLER:
        face, face_id = (row.buyer or PLATFORM), row.buyer_id
        party = face
    else:
        face, face_id, party = requester, requester_id, counterpart
    return TicketRow(
        id=str(row.id),
        number=numbers.spell(row.number),
        subject=row.subject,
        status=status,
        status_label=status.label,
        priority=priority,
        priority_label=priority.label,
        avatar=initials(face),
        hue=hue(face_id),
        party=party,
        last_sender_id=str(row.sender_id or ""),
        last_sender=row.sender or "",
        last_text=" ".join((row.body or "").split())[:PREVIEW_LENGTH],
        private=row.audience not in (None, "everyone"),
        active_at=row.active_at.isoformat(),
        messages=row.messages,
    )
