"""One open ticket: its facts, who takes part, and the lines of its conversation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from supportdesk.database.engine import read_at_once, transaction
from supportdesk.domain import markup, mentions
from supportdesk.domain.actor import Actor, Role
from supportdesk.domain.changes import sentence
from supportdesk.domain.errors import NotFound
from supportdesk.domain.events import EventKind
from supportdesk.domain.files import several
from supportdesk.domain.models import Ticket
from supportdesk.domain.queries.attachments import File, as_files
from supportdesk.domain.queries.people import hue, initials
from supportdesk.domain.queries.ticket_facts import TicketFacts, facts_within

PAGE = 50
QUOTE_LENGTH = 160

PRIVATE_LABELS = {
    "everyone": "",
    "staff": "Staff only, hidden from the buyer",
    "admins": "Admins only, hidden from buyer and seller",
}


@dataclass(frozen=True, slots=True)
class Reacted:
    """One emoji under a message, and whose reaction it is."""

    emoji: str
    people: tuple[str, ...]
    """Their ids."""
    names: str


@dataclass(frozen=True, slots=True)
class Quote:
    """The message that this one answers, as far as the reader may see that one."""

    id: str
    seq: int
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """A message, or an event between messages; the same for all who may see it.

    `client_id` is what its sender's browser called it before it was saved.
    """

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
    edited: bool = False
    deleted: bool = False
    reactions: tuple[Reacted, ...] = ()
    quote: Quote | None = None
    client_id: str = ""
    mentions: mentions.Named = ()
    files: tuple[File, ...] = ()

    def names(self, person: str) -> bool:
        """Whether the person, by their id, has said it, reacted to it or is mentioned in it."""
        return (
            person == self.sender_id
            or any(person in each.people for each in self.reactions)
            or any(person in ids.split() for _, ids in self.mentions)
        )


@dataclass(frozen=True, slots=True)
class Stretch:
    """Lines that follow each other somewhere in a conversation, and the line `above` them."""

    above: Line | None
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class SeenBy:
    id: str
    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Receipt:
    """Who has seen the latest message, besides the person who sent it."""

    sender_id: str = ""
    people: tuple[SeenBy, ...] = ()

    def told_to(self, person: UUID) -> Receipt:
        """Only the sender is told who it is."""
        return self if self.sender_id == str(person) else Receipt(self.sender_id)


_LINES = """
SELECT * FROM (
    (SELECT m.seq, m.id, 'message' AS kind, m.sender_id, m.body, NULL::jsonb AS data, m.audience,
            m.created_at, m.edited_at, m.deleted_at, m.quote_id, m.client_id,
            m.mentions, m.files
     FROM message m WHERE m.conversation_id = :conversation_id AND {range}
     ORDER BY m.seq {direction} LIMIT :limit)
    UNION ALL
    (SELECT m.seq, m.id, m.kind, m.actor_id, '', m.data, m.audience,
            m.created_at, NULL, NULL, NULL, NULL, NULL, 0
     FROM event m WHERE m.conversation_id = :conversation_id AND m.in_thread AND {range}
     ORDER BY m.seq {direction} LIMIT :limit)
) line
LEFT JOIN LATERAL (SELECT u.name, u.role FROM "user" u WHERE u.id = line.sender_id) who ON true
LEFT JOIN LATERAL (
    SELECT q.seq AS quote_seq, left(q.body, 400) AS quote_body, u.name AS quote_name,
           q.deleted_at AS quote_deleted_at, q.files AS quote_files
    FROM message q LEFT JOIN "user" u ON u.id = q.sender_id
    WHERE line.quote_id IS NOT NULL AND q.id = line.quote_id OFFSET 0
) quoted ON true
LEFT JOIN LATERAL (
    SELECT json_agg(json_build_array(r.emoji, r.user_id, coalesce(u.name, 'Somebody'))
                    ORDER BY r.created_at, r.user_id) AS reactions
    FROM reaction r LEFT JOIN "user" u ON u.id = r.user_id
    WHERE line.kind = 'message' AND r.message_id = line.id
) reacted ON true
LEFT JOIN LATERAL (
    SELECT json_agg(json_build_array(a.id, a.name, a.alt, a.type, a.size, a.width, a.height,
                                     a.seconds, a.pictured) ORDER BY a.position) AS attached
    FROM attachment a WHERE line.files > 0 AND a.message_id = line.id
) attached ON true
ORDER BY seq {direction} LIMIT :limit
"""
_LATEST = text(_LINES.format(range="true", direction="DESC"))
_BEFORE = text(_LINES.format(range="m.seq < :seq", direction="DESC"))
_NAMED = text(_LINES.format(range="m.id = ANY (:ids)", direction="ASC"))
AFTER = text(_LINES.format(range="m.seq > :seq", direction="ASC"))

# Where the page before a place begins.
_PAGE_BEFORE = text("""
SELECT min(seq) FROM (
    SELECT seq FROM (
        (SELECT m.seq FROM message m WHERE m.conversation_id = :conversation_id AND m.seq < :seq
         ORDER BY m.seq DESC LIMIT :limit)
        UNION ALL
        (SELECT e.seq FROM event e
         WHERE e.conversation_id = :conversation_id AND e.in_thread AND e.seq < :seq
         ORDER BY e.seq DESC LIMIT :limit)
    ) line ORDER BY seq DESC LIMIT :limit
) page
""")
_MESSAGES_BETWEEN = text("""
SELECT count(*) FROM message m
WHERE m.conversation_id = :conversation_id AND m.seq > :after AND m.seq <= :to
""")

_OWN_MARKS = text("""
SELECT (SELECT last_read_seq FROM participant
        WHERE conversation_id = :conversation_id AND user_id = :me) AS read_to,
       ARRAY(SELECT r.message_id FROM abuse_report r JOIN message m ON m.id = r.message_id
             WHERE r.reporter_id = :me AND m.conversation_id = :conversation_id) AS reported
""")

# What one may not see of a conversation does not count as its latest message either; and who has
# read further than a message for few, without being one of them, has not seen it.
_RECEIPT = text("""
SELECT last.seq, last.sender_id, p.user_id, u.name, p.read_at
FROM (SELECT m.seq, m.sender_id, m.audience FROM message m
      WHERE m.conversation_id = :conversation_id ORDER BY m.seq DESC LIMIT 1) last
LEFT JOIN (participant p JOIN "user" u ON u.id = p.user_id)
    ON p.conversation_id = :conversation_id AND p.last_read_seq >= last.seq
    AND p.user_id <> last.sender_id AND p.read_at IS NOT NULL
    AND (last.audience = 'everyone' OR u.role = 'admin'
         OR last.audience = 'staff' AND u.role = 'seller' AND p.reads = 'staff')
ORDER BY p.read_at, p.user_id
""")


@dataclass(frozen=True, slots=True)
class Opening:
    """A ticket as it is when opened: its facts and its latest lines, oldest first."""

    facts: TicketFacts
    lines: tuple[Line, ...]
    has_earlier: bool
    receipt: Receipt


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
    """Read the ticket as it is in one moment. Raises `NotFound`."""
    async with transaction(actor, one_moment=True) as tx:
        facts = await facts_within(tx, actor, ticket_id)
        lines, has_earlier = await _page(tx, _LATEST, {"conversation_id": ticket_id})
        receipt = await receipt_within(tx, ticket_id)
    return Opening(facts, lines, has_earlier, receipt)


async def facts_for(actor: Actor, ticket_id: UUID) -> TicketFacts:
    """The facts alone. Raises `NotFound`."""
    async with transaction(actor) as tx:
        return await facts_within(tx, actor, ticket_id)


@dataclass(frozen=True, slots=True)
class OwnMarks:
    """Up to which place the reader has read, 0 for nothing yet; the ids of what they reported."""

    read_to: int = 0
    reported: tuple[str, ...] = ()


async def own_marks_for(actor: Actor, conversation_id: UUID) -> OwnMarks:
    """What concerns nobody else who reads it."""
    values = {"me": actor.user_id, "conversation_id": conversation_id}
    async with transaction(actor) as tx:
        row = (await tx.execute(_OWN_MARKS, values)).one()
    return OwnMarks(row.read_to or 0, tuple(map(str, row.reported)))


async def stretch_for(actor: Actor, conversation_id: UUID, from_seq: int, limit: int) -> Stretch:
    """Up to `limit` lines from the place `from_seq` on, oldest first."""
    place = {"conversation_id": conversation_id, "seq": from_seq, "limit": 1}
    async with transaction(actor) as tx:
        above = (await tx.execute(_BEFORE, place)).first()
        values = {"conversation_id": conversation_id, "seq": from_seq - 1, "limit": limit}
        rows = (await tx.execute(AFTER, values)).all()
    return Stretch(as_line(above) if above else None, tuple(map(as_line, rows)))


async def page_before(actor: Actor, conversation_id: UUID, seq: int) -> int:
    """The place where the page before `seq` begins; 0 when there is nothing before it."""
    values = {"conversation_id": conversation_id, "seq": seq, "limit": PAGE}
    async with transaction(actor) as tx:
        return int(await tx.scalar(_PAGE_BEFORE, values) or 0)


async def messages_between(actor: Actor, conversation_id: UUID, after: int, to: int) -> int:
    """How many messages stand after the place `after`, up to the place `to`."""
    values = {"conversation_id": conversation_id, "after": after, "to": to}
    async with transaction(actor) as tx:
        return int(await tx.scalar(_MESSAGES_BETWEEN, values) or 0)


async def _page(
    tx: AsyncConnection, query: Any, values: dict[str, Any]
) -> tuple[tuple[Line, ...], bool]:
    found = (await tx.execute(query, {**values, "limit": PAGE + 1})).all()
    return tuple(as_line(row) for row in reversed(found[:PAGE])), len(found) > PAGE


async def lines_named(
    tx: AsyncConnection, conversation_id: UUID, ids: Sequence[UUID]
) -> tuple[Line, ...]:
    """Just these lines as they are now, as far as the reader sees them."""
    values = {"conversation_id": conversation_id, "ids": list(ids), "limit": len(ids)}
    return tuple(as_line(row) for row in (await tx.execute(_NAMED, values)).all())


async def receipt_for(actor: Actor, conversation_id: UUID) -> tuple[int, Receipt]:
    """The place of the latest message that the actor sees, and who has seen it."""
    rows = await read_at_once(actor, _RECEIPT, {"conversation_id": conversation_id})
    return (rows[0].seq if rows else 0), _as_receipt(rows)


async def receipt_within(tx: AsyncConnection, conversation_id: UUID) -> Receipt:
    """Who has seen it, in a transaction that is already open."""
    return _as_receipt((await tx.execute(_RECEIPT, {"conversation_id": conversation_id})).all())


def _as_receipt(rows: Sequence[Any]) -> Receipt:
    if not rows:
        return Receipt()
    people = (SeenBy(str(r.user_id), r.name or "Somebody", r.read_at) for r in rows if r.user_id)
    return Receipt(str(rows[0].sender_id), tuple(people))


def as_line(row: Any) -> Line:
    told = row.kind != "message"
    # What the desk did by itself has nobody's name.
    name = row.name or ("The desk" if row.sender_id is None else "Somebody")
    return Line(
        id=str(row.id),
        seq=row.seq,
        kind="event" if told else "message",
        sender_id=str(row.sender_id),
        name=name,
        role=Role(row.role).label if row.role else "",
        avatar=initials(name),
        hue=hue(row.sender_id),
        body=sentence(EventKind(row.kind), row.data) if told else row.body,
        audience=row.audience,
        audience_label=PRIVATE_LABELS[row.audience],
        at=row.created_at,
        edited=row.edited_at is not None and row.deleted_at is None,
        deleted=row.deleted_at is not None,
        reactions=_reacted(row.reactions or []),
        quote=_quoted(row),
        client_id=row.client_id.hex if row.client_id else "",
        mentions=mentions.by_name(row.mentions) if row.mentions else (),
        files=as_files(row.attached or ()),
    )


def _reacted(reactions: list[list[str]]) -> tuple[Reacted, ...]:
    kinds: dict[str, list[list[str]]] = {}
    for reaction in reactions:
        kinds.setdefault(reaction[0], []).append(reaction)
    return tuple(
        Reacted(
            kind,
            people=tuple(person for _, person, _ in who),
            names=", ".join(name for _, _, name in who),
        )
        for kind, who in kinds.items()
    )


def _quoted(row: Any) -> Quote | None:
    if row.quote_seq is None:
        return None
    words = markup.words(row.quote_body)[:QUOTE_LENGTH] or several(row.quote_files)
    text = markup.DELETED if row.quote_deleted_at else words
    return Quote(str(row.quote_id), row.quote_seq, row.quote_name or "Somebody", text)
