"""One open ticket: its facts, who takes part, and the lines of its conversation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from supportdesk.database.engine import transaction
from supportdesk.domain import lifecycle
from supportdesk.domain.actor import Actor, Role
from supportdesk.domain.errors import NotFound
from supportdesk.domain.events import EventKind
from supportdesk.domain.lifecycle import Status
from supportdesk.domain.models import Priority, Ticket, TicketType
from supportdesk.domain.queries import numbers
from supportdesk.domain.queries.people import hue, initials

PAGE = 50

_LABELS: dict[EventKind, type[Status] | type[Priority]] = {
    EventKind.STATUS_CHANGED: Status,
    EventKind.PRIORITY_CHANGED: Priority,
}
_SENTENCES = {
    EventKind.STATUS_CHANGED: "set status to {to}",
    EventKind.PRIORITY_CHANGED: "set priority to {to}",
}
PRIVATE_LABELS = {
    "everyone": "",
    "staff": "Staff only, hidden from the buyer",
    "admins": "Admins only, hidden from buyer and seller",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A message, or an event between messages; the same for all who may see it."""

    id: str
    seq: int
    kind: str
    sender_id: str
    name: str
    role: str
    avatar: str
    hue: int
    body: str
    audience: str
    audience_label: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Person:
    id: str
    name: str
    role: str
    avatar: str
    hue: int


@dataclass(frozen=True, slots=True)
class TicketFacts:
    """What the details panel shows. Times are aware; None when it has not happened."""

    id: str
    number: str
    subject: str
    status: str
    status_label: str
    moves: tuple[str, ...]
    priority: str
    priority_label: str
    type_label: str
    team: str
    assignee: str
    over: bool
    """Resolved or closed."""
    accepts_messages: bool
    people: tuple[Person, ...]
    opened_at: datetime
    first_response_at: datetime | None
    resolved_at: datetime | None


_LINES = """
SELECT * FROM (
    (SELECT m.seq, m.id, 'message' AS kind, m.sender_id, m.body, NULL::jsonb AS data, m.audience,
            m.created_at
     FROM message m WHERE m.conversation_id = :conversation_id AND {range}
     ORDER BY m.seq {direction} LIMIT :limit)
    UNION ALL
    (SELECT m.seq, m.id, m.kind, m.actor_id, '', m.data, m.audience, m.created_at
     FROM event m WHERE m.conversation_id = :conversation_id AND m.in_thread AND {range}
     ORDER BY m.seq {direction} LIMIT :limit)
) line
LEFT JOIN LATERAL (SELECT u.name, u.role FROM "user" u WHERE u.id = line.sender_id) who ON true
ORDER BY seq {direction} LIMIT :limit
"""
_LATEST = text(_LINES.format(range="true", direction="DESC"))
_BEFORE = text(_LINES.format(range="m.seq < :seq", direction="DESC"))
_AFTER = text(_LINES.format(range="m.seq > :seq", direction="ASC"))

_FACTS = text("""
SELECT t.id, t.number, t.subject, t.status, t.priority, t.type, t.created_at,
       t.first_response_at, t.resolved_at, team.name AS team, assignee.name AS assignee
FROM ticket t
LEFT JOIN team ON team.id = t.team_id
LEFT JOIN "user" assignee ON assignee.id = t.assignee_id
WHERE t.id = :id
""")
_PEOPLE = text("""
SELECT u.id, u.name, u.role FROM participant p JOIN "user" u ON u.id = p.user_id
WHERE p.conversation_id = :conversation_id AND (p.audience <> 'admins' OR EXISTS (
    SELECT FROM message m WHERE m.conversation_id = p.conversation_id AND m.sender_id = p.user_id))
ORDER BY array_position(ARRAY['buyer', 'seller', 'admin'], u.role), u.name, u.id
""")


@dataclass(frozen=True, slots=True)
class Opening:
    """A ticket as it is when opened: its facts and its latest lines, oldest first."""

    facts: TicketFacts
    lines: tuple[Line, ...]
    has_earlier: bool


async def find(actor: Actor, number: int) -> UUID:
    """The id of the ticket with that number. Raises `NotFound`."""
    async with transaction(actor) as tx:
        found: UUID | None = await tx.scalar(
            select(col(Ticket.id)).where(col(Ticket.number) == number)
        )
    if found is None:
        raise NotFound
    return found


async def opening_for(actor: Actor, ticket_id: UUID) -> Opening:
    """Read the ticket in one transaction. Raises `NotFound`."""
    async with transaction(actor) as tx:
        facts = await facts_within(tx, actor, ticket_id)
        lines, has_earlier = await _page(tx, _LATEST, {"conversation_id": ticket_id})
    return Opening(facts, lines, has_earlier)


async def facts_for(actor: Actor, ticket_id: UUID) -> TicketFacts:
    """The facts alone. Raises `NotFound`."""
    async with transaction(actor) as tx:
        return await facts_within(tx, actor, ticket_id)


async def from_seq_for(actor: Actor, conversation_id: UUID, seq: int) -> tuple[Line, ...]:
    """All lines from `seq` on, oldest first: what a reader who has paged back is looking at."""
    values = {"conversation_id": conversation_id, "seq": seq - 1, "limit": None}
    async with transaction(actor) as tx:
        return tuple(as_line(row) for row in (await tx.execute(_AFTER, values)).all())


async def earlier_for(
    actor: Actor, conversation_id: UUID, before_seq: int
) -> tuple[tuple[Line, ...], bool]:
    """The page of lines before `before_seq`, oldest first, and whether there are more."""
    async with transaction(actor) as tx:
        return await _page(tx, _BEFORE, {"conversation_id": conversation_id, "seq": before_seq})


async def _page(
    tx: AsyncConnection, query: Any, values: dict[str, Any]
) -> tuple[tuple[Line, ...], bool]:
    found = (await tx.execute(query, {**values, "limit": PAGE + 1})).all()
    return tuple(as_line(row) for row in reversed(found[:PAGE])), len(found) > PAGE


async def lines_after(
    tx: AsyncConnection, conversation_id: UUID, seq: int, limit: int
) -> tuple[Line, ...]:
    """The lines after `seq`, oldest first, in a transaction that the hub holds open."""
    values = {"conversation_id": conversation_id, "seq": seq, "limit": limit}
    return tuple(as_line(row) for row in (await tx.execute(_AFTER, values)).all())


def as_line(row: Any) -> Line:
    body = row.body
    if row.kind != "message":
        label = _LABELS[EventKind(row.kind)](row.data["to"]).label
        body = _SENTENCES[EventKind(row.kind)].format(to=label)
    name = row.name or "Somebody"
    return Line(
        id=str(row.id),
        seq=row.seq,
        kind="message" if row.kind == "message" else "event",
        sender_id=str(row.sender_id),
        name=name,
        role=Role(row.role).label if row.role else "",
        avatar=initials(name),
        hue=hue(row.sender_id),
        body=body,
        audience=row.audience,
        audience_label=PRIVATE_LABELS[row.audience],
        at=row.created_at,
    )


async def facts_within(tx: AsyncConnection, actor: Actor, ticket_id: UUID) -> TicketFacts:
    """`facts_for` inside a transaction that is already open."""
    row = (await tx.execute(_FACTS, {"id": ticket_id})).one_or_none()
    if row is None:
        raise NotFound
    people = (await tx.execute(_PEOPLE, {"conversation_id": row.id})).all()
    status, priority = Status(row.status), Priority(row.priority)
    return TicketFacts(
        id=str(row.id),
        number=numbers.spell(row.number),
        subject=row.subject,
        status=status,
        status_label=status.label,
        moves=tuple(move.value for move in lifecycle.allowed_moves(status, actor.role)),
        priority=priority,
        priority_label=priority.label,
        type_label=TicketType(row.type).label,
        team=row.team or "",
        assignee=row.assignee or "",
        over=status in (Status.RESOLVED, Status.CLOSED),
        accepts_messages=lifecycle.accepts_messages(status),
        people=tuple(
            Person(str(p.id), p.name, Role(p.role).label, initials(p.name), hue(p.id))
            for p in people
        ),
        opened_at=row.created_at,
        first_response_at=row.first_response_at,
        resolved_at=row.resolved_at,
    )
