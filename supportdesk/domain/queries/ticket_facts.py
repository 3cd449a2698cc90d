"""What is known of one ticket besides its conversation, as far as the reader may know it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from supportdesk.domain import fields, lifecycle
from supportdesk.domain.actor import Actor, Role
from supportdesk.domain.changes import MAY_CHANGE
from supportdesk.domain.circles import Circle, circle_of
from supportdesk.domain.errors import NotFound
from supportdesk.domain.lifecycle import Status
from supportdesk.domain.models import FieldKind, Priority, TicketType
from supportdesk.domain.queries import numbers
from supportdesk.domain.queries.attachments import File, as_file
from supportdesk.domain.queries.people import hue, initials


@dataclass(frozen=True, slots=True)
class Person:
    id: str
    name: str
    role: str
    avatar: str
    hue: int
    joined: bool = False
    """Was let in, and can be put out."""
    guest: bool = False


@dataclass(frozen=True, slots=True)
class TagOnTicket:
    id: str
    name: str
    hue: int
    description: str


@dataclass(frozen=True, slots=True)
class FieldOnTicket:
    """`value` is what a control holds, `words` what people read."""

    id: str
    name: str
    kind: str
    required: bool
    choices: tuple[str, ...]
    value: str
    words: str


@dataclass(frozen=True, slots=True)
class TicketFacts:
    """What the details panel shows. Times are aware; None when it has not happened.

    `due_at`, `tags` and `note` are the staff's: for a buyer they are empty, and not even read.
    """

    id: str
    number: str
    subject: str
    status: str
    status_label: str
    moves: tuple[str, ...]
    priority: str
    priority_label: str
    type: str
    type_label: str
    category_id: str
    category: str
    team_id: str
    team: str
    assignee_id: str
    assignee: str
    due_at: datetime | None
    tags: tuple[TagOnTicket, ...]
    fields: tuple[FieldOnTicket, ...]
    note: str
    edits: tuple[str, ...]
    """What the reader may change: columns of the ticket, `tags`, `fields`, `notes`."""
    over: bool
    """Resolved or closed."""
    accepts_messages: bool
    requester_id: str
    """Whom the first response is to."""
    circle: Circle
    """Of those who know just this of it."""
    people: tuple[Person, ...]
    opened_at: datetime
    first_response_at: datetime | None
    resolved_at: datetime | None
    files: tuple[File, ...]
    """Of all messages that the reader sees, the latest first."""


# One statement whatever there is to tell. A buyer's role may not read tags and notes at all.
_FACTS = """
SELECT t.id, t.number, t.subject, t.status, t.priority, t.type, t.created_at,
       t.first_response_at, t.resolved_at, coalesce(t.buyer_id, t.seller_id) AS requester_id,
       t.category_id, category.name AS category,
       t.team_id, team.name AS team, t.assignee_id, assignee.name AS assignee, {staff},
       {guest} AS guest,
       (SELECT json_agg(json_build_object(
            'id', d.id, 'name', d.name, 'kind', d.kind, 'required', d.required,
            'choices', d.choices, 'value', v.value) ORDER BY d.position, d.name, d.id)
        FROM field_definition d
        LEFT JOIN ticket_field v ON v.field_id = d.id AND v.ticket_id = t.id
        WHERE d.active AND coalesce(d.ticket_type, t.type) = t.type) AS fields,
       (SELECT json_agg(json_build_array(a.id, a.name, a.alt, a.type, a.size, a.width, a.height,
                                         a.seconds, a.pictured) ORDER BY m.seq DESC, a.position)
        FROM message m JOIN attachment a ON a.message_id = m.id
        WHERE m.conversation_id = t.id AND m.files > 0) AS files
FROM ticket t
LEFT JOIN category ON category.id = t.category_id
LEFT JOIN team ON team.id = t.team_id
LEFT JOIN "user" assignee ON assignee.id = t.assignee_id
WHERE t.id = :id
"""
# Tags and notes their policies keep from guests.
_STAFF = """
    CASE WHEN t.id <> ALL (my_guest_conversations()) THEN t.due_at END AS due_at,
    (SELECT n.body FROM ticket_note n WHERE n.ticket_id = t.id) AS note,
    (SELECT json_agg(json_build_object(
         'id', g.id, 'name', g.name, 'hue', g.hue, 'description', g.description)
         ORDER BY lower(g.name), g.id)
     FROM ticket_tag x JOIN tag g ON g.id = x.tag_id WHERE x.ticket_id = t.id) AS tags
"""
_FACTS_FOR = {
    role: text(
        _FACTS.format(
            staff="NULL::timestamptz AS due_at, '' AS note, NULL::json AS tags"
            if role is Role.BUYER
            else _STAFF,
            guest="t.id = ANY (my_guest_conversations())" if role is Role.SELLER else "false",
        )
    )
    for role in Role
}
_PEOPLE = text("""
SELECT u.id, u.name, u.role, u.role = 'seller' AND p.reads = 'everyone' AS guest,
       u.role <> 'admin' AND u.id IS DISTINCT FROM t.buyer_id AND u.id IS DISTINCT FROM t.seller_id
           AS joined
FROM participant p JOIN "user" u ON u.id = p.user_id JOIN ticket t ON t.id = p.conversation_id
WHERE p.conversation_id = :conversation_id AND (p.audience <> 'admins' OR EXISTS (
    SELECT FROM message m WHERE m.conversation_id = p.conversation_id AND m.sender_id = p.user_id))
ORDER BY array_position(ARRAY['buyer', 'seller', 'admin'], u.role), u.name, u.id
""")


async def facts_within(tx: AsyncConnection, actor: Actor, ticket_id: UUID) -> TicketFacts:
    """The facts as `actor` may know them. Raises `NotFound`."""
    row = (await tx.execute(_FACTS_FOR[actor.role], {"id": ticket_id})).one_or_none()
    if row is None:
        raise NotFound
    people = (await tx.execute(_PEOPLE, {"conversation_id": row.id})).all()
    status, priority = Status(row.status), Priority(row.priority)
    circle = circle_of(actor.role, guest=row.guest)
    return TicketFacts(
        id=str(row.id),
        number=numbers.spell(row.number),
        subject=row.subject,
        status=status,
        status_label=status.label,
        moves=tuple(move.value for move in lifecycle.allowed_moves(status, actor.role)),
        priority=priority,
        priority_label=priority.label,
        type=row.type,
        type_label=TicketType(row.type).label,
        category_id=_id(row.category_id),
        category=row.category or "",
        team_id=_id(row.team_id),
        team=row.team or "",
        assignee_id=_id(row.assignee_id),
        assignee=row.assignee or ("Somebody" if row.assignee_id else ""),
        due_at=row.due_at,
        tags=tuple(TagOnTicket(**tag) for tag in row.tags or ()),
        fields=tuple(_field(field) for field in row.fields or ()),
        note=row.note or "",
        edits=edits_of(circle),
        over=status in (Status.RESOLVED, Status.CLOSED),
        accepts_messages=lifecycle.accepts_messages(status),
        requester_id=str(row.requester_id),
        circle=circle,
        people=tuple(
            Person(
                str(p.id),
                p.name,
                Role(p.role).label,
                initials(p.name),
                hue(p.id),
                p.joined,
                p.guest,
            )
            for p in people
        ),
        opened_at=row.created_at,
        first_response_at=row.first_response_at,
        resolved_at=row.resolved_at,
        files=tuple(as_file(file) for file in row.files or ()),
    )


_LABELS = {
    Circle.BUYERS: (),
    Circle.GUESTS: ("fields",),
    Circle.SELLERS: ("tags", "fields", "notes"),
    Circle.ADMINS: ("tags", "fields", "notes"),
}


def edits_of(circle: Circle) -> tuple[str, ...]:
    """What somebody of that circle may change of a ticket that they see."""
    return MAY_CHANGE[circle.role] + _LABELS[circle]


def _id(value: UUID | None) -> str:
    return str(value) if value else ""


def _field(row: dict[str, Any]) -> FieldOnTicket:
    kind, value = FieldKind(row["kind"]), row["value"]
    return FieldOnTicket(
        id=row["id"],
        name=row["name"],
        kind=kind,
        required=row["required"],
        choices=tuple(row["choices"]),
        value=fields.spell(value),
        words="" if value is None else fields.words(kind, value),
    )
