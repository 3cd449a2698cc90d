"""What waits for the admins, and what they have decided: requests to join, reports of abuse."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text

from supportdesk.database.engine import transaction
from supportdesk.domain import markup
from supportdesk.domain.actor import Actor, Role
from supportdesk.domain.errors import Refused
from supportdesk.domain.files import several
from supportdesk.domain.models import ReportState
from supportdesk.domain.queries import numbers
from supportdesk.domain.queries.people import hue, initials

# More than anybody looks through; the oldest come first, so what is decided makes room.
MOST_WAITING = 100
MOST_PAST = 30
_EXCERPT = 300

OUTCOMES = {
    ReportState.WAITING: "",
    ReportState.DISMISSED: "Dismissed",
    ReportState.MESSAGE_DELETED: "Message deleted",
    ReportState.PERSON_BLOCKED: "Person blocked",
}


@dataclass(frozen=True, slots=True)
class RequestRow:
    """Who asks for what; `exists` is whether there is such a ticket, whose `subject` it is, `there`
    whether they take part in it. Of a decided one: by whom and when."""

    id: str
    person_id: str
    name: str
    role: str
    seller: bool
    avatar: str
    hue: int
    number: str
    subject: str
    exists: bool
    there: bool
    reason: str
    at: datetime
    state: str
    word: str
    decided_by: str
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class ReportRow:
    """Who reports what of whom; `number` is empty when the ticket is gone, `seq` 0 when the
    message is, and `said` is what it says now."""

    id: str
    reporter: str
    reason: str
    at: datetime
    person_id: str
    name: str
    role: str
    avatar: str
    hue: int
    blocked: bool
    number: str
    seq: int
    said: str
    standing: bool
    state: str
    outcome: str
    decided_by: str
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class Moderation:
    requests: tuple[RequestRow, ...]
    past_requests: tuple[RequestRow, ...]
    reports: tuple[ReportRow, ...]
    past_reports: tuple[ReportRow, ...]


_WAITING = f"state = 'waiting' ORDER BY created_at LIMIT {MOST_WAITING}"
_PAST = f"state <> 'waiting' ORDER BY decided_at DESC LIMIT {MOST_PAST}"
_REQUESTS = """
SELECT r.*, u.name, u.role, t.subject, decider.name AS decider,
       EXISTS (SELECT FROM participant p
               WHERE p.conversation_id = r.ticket_id AND p.user_id = r.person_id) AS there
FROM (SELECT * FROM join_request WHERE {which}) r
JOIN "user" u ON u.id = r.person_id
LEFT JOIN ticket t ON t.id = r.ticket_id
LEFT JOIN "user" decider ON decider.id = r.decided_by
ORDER BY {order}
"""
_REPORTS = """
SELECT r.*, u.name, u.role, reporter.name AS reporter, decider.name AS decider, t.number,
       m.seq, left(m.body, 800) AS body, m.files, m.deleted_at,
       EXISTS (SELECT FROM block b WHERE b.person_id = r.person_id) AS blocked
FROM (SELECT * FROM abuse_report WHERE {which}) r
JOIN "user" u ON u.id = r.person_id
JOIN "user" reporter ON reporter.id = r.reporter_id
LEFT JOIN message m ON m.id = r.message_id
LEFT JOIN ticket t ON t.id = r.conversation_id
LEFT JOIN "user" decider ON decider.id = r.decided_by
ORDER BY {order}
"""
_WAITING_REQUESTS = text(_REQUESTS.format(which=_WAITING, order="r.created_at, r.id"))
_PAST_REQUESTS = text(_REQUESTS.format(which=_PAST, order="r.decided_at DESC, r.id"))
_WAITING_REPORTS = text(_REPORTS.format(which=_WAITING, order="r.created_at, r.id"))
_PAST_REPORTS = text(_REPORTS.format(which=_PAST, order="r.decided_at DESC, r.id"))


async def moderation_for(actor: Actor) -> Moderation:
    """All of it, in one moment. Raises `Refused`: only admins decide."""
    if actor.role is not Role.ADMIN:
        raise Refused("Only admins may do this.")
    async with transaction(actor, one_moment=True) as tx:
        return Moderation(
            _requests((await tx.execute(_WAITING_REQUESTS)).all()),
            _requests((await tx.execute(_PAST_REQUESTS)).all()),
            _reports((await tx.execute(_WAITING_REPORTS)).all()),
            _reports((await tx.execute(_PAST_REPORTS)).all()),
        )


def _requests(rows: Sequence[Any]) -> tuple[RequestRow, ...]:
    return tuple(
        RequestRow(
            id=str(row.id),
            person_id=str(row.person_id),
            name=row.name,
            role=Role(row.role).label,
            seller=row.role == Role.SELLER,
            avatar=initials(row.name),
            hue=hue(row.person_id),
            number=numbers.spell(row.number),
            subject=row.subject or "",
            exists=row.ticket_id is not None,
            there=row.there,
            reason=row.reason,
            at=row.created_at,
            state=row.state,
            word=row.word,
            decided_by=row.decider or "",
            decided_at=row.decided_at,
        )
        for row in rows
    )


def _reports(rows: Sequence[Any]) -> tuple[ReportRow, ...]:
    return tuple(
        ReportRow(
            id=str(row.id),
            reporter=row.reporter,
            reason=row.reason,
            at=row.created_at,
            person_id=str(row.person_id),
            name=row.name,
            role=Role(row.role).label,
            avatar=initials(row.name),
            hue=hue(row.person_id),
            blocked=row.blocked,
            number=numbers.spell(row.number) if row.number else "",
            seq=row.seq or 0,
            said=_said(row),
            standing=row.seq is not None and row.deleted_at is None,
            state=row.state,
            outcome=OUTCOMES[ReportState(row.state)],
            decided_by=row.decider or "",
            decided_at=row.decided_at,
        )
        for row in rows
    )


def _said(row: Any) -> str:
    if row.seq is None or row.deleted_at is not None:
        return ""
    words = markup.words(row.body)
    return f"{words[:_EXCERPT]} …" if len(words) > _EXCERPT else words or several(row.files)
