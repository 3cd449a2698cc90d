"""What somebody has been told, several of one conversation together, and what they want to hear."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlmodel import col

from supportdesk.database.engine import transaction
from supportdesk.domain import changes, markup
from supportdesk.domain.actor import NOBODY, Actor
from supportdesk.domain.files import several
from supportdesk.domain.models import NotificationKind, NotificationPreference
from supportdesk.domain.queries import numbers
from supportdesk.domain.queries.people import hue, initials

# So far back the list goes, and the count.
MOST = 100
_EXCERPT = 140


@dataclass(frozen=True, slots=True)
class Unread:
    """How much one has not seen, and what the latest of it is about. Numbers and times alone.

    `called` is when one was mentioned last; `sound` and `browser` are what the person wants.
    """

    count: int
    latest: datetime | None
    called: datetime | None
    conversation: UUID | None
    sound: bool
    browser: bool
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """What happened in one conversation: the latest of it in words, `more` that nobody has seen.

    `seq` is the place of the earliest unread one, or of the latest.
    """

    conversation_id: str
    number: str
    subject: str
    kind: str
    name: str
    avatar: str
    hue: int
    does: str
    excerpt: str
    seq: int
    at: datetime
    unread: bool
    more: int


@dataclass(frozen=True, slots=True)
class Preferences:
    mentions: bool = True
    messages: bool = True
    assignments: bool = True
    statuses: bool = True
    sound: bool = True
    browser: bool = True


_TOLD = text("""
SELECT n.conversation_id, n.seq, n.kind, n.created_at, n.read_at IS NULL AS unread,
       t.number, t.subject, left(m.body, 400) AS body,
       m.files * (m.deleted_at IS NULL)::int AS files, e.data,
       coalesce(reporter.id, u.id) AS who, coalesce(reporter.name, u.name) AS name
FROM (SELECT * FROM notification ORDER BY created_at DESC LIMIT :most) n
JOIN ticket t ON t.id = n.conversation_id
LEFT JOIN message m ON m.conversation_id = n.conversation_id AND m.seq = n.seq
LEFT JOIN event e ON e.conversation_id = n.conversation_id AND e.seq = n.seq AND e.in_thread
LEFT JOIN "user" u ON u.id = coalesce(m.sender_id, e.actor_id)
LEFT JOIN LATERAL (
    SELECT them.id, them.name FROM abuse_report r JOIN "user" them ON them.id = r.reporter_id
    WHERE n.kind = 'report' AND r.message_id = m.id ORDER BY r.created_at DESC LIMIT 1
) reporter ON true
ORDER BY n.created_at DESC
""")


async def told_to(actor: Actor) -> list[Told]:
    """The latest of each conversation, newest first."""
    async with transaction(actor) as tx:
        rows = (await tx.execute(_TOLD, {"most": MOST})).all()
    by_conversation: dict[UUID, list[Any]] = {}
    for row in rows:
        by_conversation.setdefault(row.conversation_id, []).append(row)
    return [_told(group) for group in by_conversation.values()]


def _told(group: Sequence[Any]) -> Told:
    """Of what is unread a mention comes first: it is what one is asked for."""
    unread = [row for row in group if row.unread]
    mentions = [row for row in unread if row.kind == NotificationKind.MENTION]
    row = (mentions or unread or group)[0]
    name = row.name or ("The desk" if row.who is None else "Somebody")
    return Told(
        conversation_id=str(row.conversation_id),
        number=numbers.spell(row.number),
        subject=row.subject,
        kind=row.kind,
        name=name,
        avatar=initials(name),
        hue=hue(row.who),
        does=_does(row),
        excerpt=markup.words(row.body)[:_EXCERPT] if row.body else several(row.files or 0),
        seq=(mentions[-1:] or unread[-1:] or [row])[0].seq,
        at=group[0].created_at,
        unread=bool(unread),
        more=max(len(unread) - 1, 0),
    )


def _does(row: Any) -> str:
    """What they did, after their name."""
    match NotificationKind(row.kind):
        case NotificationKind.MENTION:
            return "mentioned you"
        case NotificationKind.MESSAGE:
            return "wrote"
        case NotificationKind.ASSIGNED:
            return "assigned this to you"
        case NotificationKind.ADDED:
            return "added you"
        case NotificationKind.REPORT:
            return "reported a message"
        case NotificationKind.STATUS:
            data = {"changes": [e for e in row.data["changes"] if e["field"] == "status"]}
            return changes.sentence("ticket_changed", data)


_UNREAD = text("""
SELECT * FROM unread_of(
    CAST(:people AS uuid[]), CAST(:lookers AS uuid[]), CAST(:looked_at AS uuid[]))
""")


async def unread_of(
    people: Sequence[UUID], looking: Iterable[tuple[UUID, UUID]] = ()
) -> dict[UUID, Unread]:
    """Of all these people at once, for the tabs that this server serves.

    `looking` are people and the conversations that they look at just now: what has come there in
    the last four seconds does not count, for it is being read.
    """
    pairs = list(looking)
    values = {
        "people": list(people),
        "lookers": [person for person, _ in pairs],
        "looked_at": [conversation for _, conversation in pairs],
    }
    async with transaction(NOBODY) as tx:
        rows = (await tx.execute(_UNREAD, values)).all()
    return {
        row.person: Unread(
            row.unread, row.latest, row.called, row.conversation, row.sound, row.browser,
            row.asked_at,
        )
        for row in rows
    }  # fmt: skip


async def preferences_for(actor: Actor) -> Preferences:
    table = NotificationPreference
    columns = [col(getattr(table, name)) for name in Preferences.__slots__]
    async with transaction(actor) as tx:
        row = (
            await tx.execute(select(*columns).where(col(table.user_id) == actor.user_id))
        ).one_or_none()
    return Preferences(*row) if row else Preferences()
