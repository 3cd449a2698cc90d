"""A ticket as the list shows it: read for the few that stand on a page, and made ready to draw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from supportdesk.domain import markup
from supportdesk.domain.actor import Role
from supportdesk.domain.files import several
from supportdesk.domain.lifecycle import Status
from supportdesk.domain.models import Priority, TicketType
from supportdesk.domain.queries import numbers
from supportdesk.domain.queries.people import hue, initials

PREVIEW_LENGTH = 120
PLATFORM = "Platform"


@dataclass(frozen=True, slots=True)
class Side:
    """How much was said in a conversation `c`, and when last, as far as somebody may know it.

    For sellers that differs from one conversation to the next: `joined` asks the database, which
    answers for the `{threads}` it is given.
    """

    activity: str
    messages: str
    joined: str = ""
    guest: str = "false"


SIDES = {
    Role.BUYER: Side("c.activity_everyone", "c.messages_everyone"),
    Role.SELLER: Side(
        "side.active_at",
        "side.messages",
        "JOIN staff_side({threads}) side ON side.id = c.id",
        "side.guest",
    ),
    Role.ADMIN: Side("c.activity_admins", "c.messages_admins"),
}
ALL_MINE = "(SELECT my_conversations())::uuid[]"


@dataclass(frozen=True, slots=True)
class ShownTag:
    id: str
    name: str
    hue: int


@dataclass(frozen=True, slots=True)
class HitPart:
    """A piece of the text in which something was found; `marked` is what was found."""

    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class TicketRow:
    """One ticket in the list. Times are ISO, empty for none; `hue` picks an avatar's colour."""

    id: str
    number: str
    subject: str
    status: str
    status_label: str
    priority: str
    priority_label: str
    type: str
    type_label: str
    avatar: str
    hue: int
    party: str
    assignee_id: str
    """Empty, like the name, when it is nobody, or nobody whom the reader may know."""
    assignee: str
    assignee_avatar: str
    assignee_hue: int
    last_sender_id: str
    last_sender: str
    last_text: str
    private: bool
    active_at: str
    due_at: str
    waiting_since: str
    messages: int
    tags: tuple[ShownTag, ...]
    """Empty for buyers, who do not learn that there are any."""
    hit: tuple[HitPart, ...]
    """Where the words searched for stand; empty when nothing is searched for."""


_TAGS = """(
    SELECT json_agg(json_build_object('id', g.id, 'name', g.name, 'hue', g.hue)
                    ORDER BY lower(g.name))
    FROM ticket_tag tt JOIN tag g ON g.id = tt.tag_id WHERE tt.ticket_id = t.id)"""

# Whom somebody knows is worked out from all their tickets: once for a page, not for each name.
_KNOWN = """, known AS MATERIALIZED (
    SELECT id, name FROM "user" WHERE id = ANY (ARRAY(
        SELECT unnest(ARRAY[buyer_id, seller_id, assignee_id, sender_id]) FROM facts))
)"""
_FACTS = """, facts AS (
    SELECT page.ticket_id, page.number, page.tier, page.seq, {key} AS key,
           t.subject, t.status, t.priority, t.type, t.buyer_id, t.seller_id, t.assignee_id,
           CASE WHEN NOT {guest} THEN t.due_at END AS due_at, t.waiting_since,
           {activity} AS active_at, {messages} AS messages,
           last.sender_id, last.body, last.files, last.audience, {tags} AS tags
    FROM page
    JOIN ticket t ON t.id = page.ticket_id
    JOIN conversation c ON c.id = page.ticket_id
    {side}
    LEFT JOIN LATERAL (
        SELECT m.sender_id, left(m.body, 200) AS body, m.audience,
               m.files * (m.deleted_at IS NULL)::int AS files
        FROM message m WHERE m.conversation_id = c.id ORDER BY m.seq DESC LIMIT 1
    ) last ON true
)"""
_NAMED = """
SELECT facts.*, buyer.name AS buyer, seller.name AS seller, assignee.name AS assignee,
       sender.name AS sender, {hit} AS hit
FROM facts
LEFT JOIN {who} buyer ON buyer.id = facts.buyer_id
LEFT JOIN {who} seller ON seller.id = facts.seller_id
LEFT JOIN {who} assignee ON assignee.id = facts.assignee_id
LEFT JOIN {who} sender ON sender.id = facts.sender_id
"""


def details(role: Role, key: str, hit: str = "NULL") -> str:
    """What follows `page`, a WITH query, to read its rows; `hit` is the snippet of a search."""
    tags = "NULL" if role is Role.BUYER else _TAGS
    known, who = ("", '"user"') if role is Role.ADMIN else (_KNOWN, "known")
    side = SIDES[role]
    facts = _FACTS.format(
        key=key,
        activity=side.activity,
        messages=side.messages,
        guest=side.guest,
        side=side.joined.format(threads="ARRAY(SELECT ticket_id FROM page)"),
        tags=tags,
    )
    return facts + known + _NAMED.format(who=who, hit=hit)


def row(role: Role, found: Any, hit: tuple[HitPart, ...]) -> TicketRow:
    status, priority = Status(found.status), Priority(found.priority)
    face, face_id, party = _other_side(role, found)
    assignee = found.assignee or ""
    return TicketRow(
        id=str(found.ticket_id),
        number=numbers.spell(found.number),
        subject=found.subject,
        status=status,
        status_label=status.label,
        priority=priority,
        priority_label=priority.label,
        type=found.type,
        type_label=TicketType(found.type).label,
        avatar=initials(face),
        hue=hue(face_id),
        party=party,
        assignee_id=str(found.assignee_id) if assignee else "",
        assignee=assignee,
        assignee_avatar=initials(assignee) if assignee else "",
        assignee_hue=hue(found.assignee_id) if assignee else 0,
        last_sender_id=str(found.sender_id or ""),
        last_sender=found.sender or "",
        last_text=_preview(found.body, found.files),
        private=found.audience not in (None, "everyone"),
        active_at=found.active_at.isoformat(),
        # When the staff wants to be done is their own business.
        due_at=found.due_at.isoformat() if found.due_at and role is not Role.BUYER else "",
        waiting_since=found.waiting_since.isoformat() if found.waiting_since else "",
        messages=found.messages,
        tags=tuple(ShownTag(tag["id"], tag["name"], tag["hue"]) for tag in found.tags or ()),
        hit=hit,
    )


def _preview(body: str | None, files: int) -> str:
    """The words of the last message; None is none at all, and a deleted one has no text."""
    if body is None:
        return ""
    return markup.words(body)[:PREVIEW_LENGTH] or several(files) or markup.DELETED


def _other_side(role: Role, found: Any) -> tuple[str, Any, str]:
    """Whose avatar it is, and the name beside it: to an admin both are others, so who asked."""
    counterpart = (found.seller if found.buyer_id else None) or PLATFORM
    if role is Role.BUYER:
        return counterpart, found.seller_id, counterpart
    if role is Role.SELLER:
        return found.buyer or PLATFORM, found.buyer_id, found.buyer or PLATFORM
    return found.buyer or found.seller or "", found.buyer_id or found.seller_id, counterpart
