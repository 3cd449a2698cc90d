"""The admins' page of one person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from supportdesk.database.engine import transaction
from supportdesk.domain import user_agents
from supportdesk.domain.actor import Actor, Role
from supportdesk.domain.commands.settings import check_admin
from supportdesk.domain.errors import NotFound
from supportdesk.domain.events import EventKind
from supportdesk.domain.lifecycle import Status
from supportdesk.domain.queries import numbers
from supportdesk.domain.queries.audit import Entry, entries_of
from supportdesk.domain.queries.people import hue, initials
from supportdesk.domain.queries.people_list import UNFINISHED

TICKETS, DEEDS, NOTES, SESSIONS = 20, 30, 100, 50


@dataclass(frozen=True, slots=True)
class PersonTicket:
    number: str
    subject: str
    status: str
    status_label: str
    active_at: str


@dataclass(frozen=True, slots=True)
class PersonSession:
    """`here` is the one in which it is looked at."""

    id: str
    browser: str
    ip: str
    since: str
    here: bool


@dataclass(frozen=True, slots=True)
class Note:
    id: str
    body: str
    author: str
    avatar: str
    hue: int
    at: str


@dataclass(frozen=True, slots=True)
class Deed:
    """A line of the log: `who`, then what they did, in which `number` is a ticket to go to."""

    id: str
    who: str
    words: str
    number: str
    rest: str
    at: str


@dataclass(frozen=True, slots=True)
class PersonPage:
    """Times are ISO, empty for never. Figures are of the role that the person has."""

    id: str = ""
    name: str = ""
    email: str = ""
    role: str = ""
    role_label: str = ""
    avatar: str = ""
    hue: int = 0
    active: bool = True
    blocked: bool = False
    joined_at: str = ""
    erased_at: str = ""
    """Empty: they have not been."""
    seen_at: str = ""
    unfinished: int = 0
    total: int = 0
    first_response: str = ""
    """The median from filing to the first answer, in words; empty when there is none yet."""
    reset_expires_at: str = ""
    """Until when a link to set a new password works; empty when there is none."""
    tickets: tuple[PersonTicket, ...] = ()
    sessions: tuple[PersonSession, ...] = ()
    notes: tuple[Note, ...] = ()
    deeds: tuple[Deed, ...] = ()


_COLUMNS = {Role.BUYER: "buyer_id", Role.SELLER: "seller_id", Role.ADMIN: "assignee_id"}
_PERSON = text(f"""
SELECT u.id, u.name, u.email, u.role, u.active, u.created_at, u.erased_at, s.at,
       {UNFINISHED} AS unfinished, r.expires_at,
       u.role <> 'admin' AND EXISTS (SELECT FROM block WHERE person_id = u.id) AS blocked
FROM "user" u
LEFT JOIN last_seen s ON s.user_id = u.id
LEFT JOIN password_reset r ON r.user_id = u.id AND r.expires_at > now()
WHERE u.id = :id
""")  # noqa: S608 - of constants
_FIGURES = {
    role: text(f"""
SELECT count(*) AS total, percentile_cont(0.5) WITHIN GROUP
       (ORDER BY extract(epoch FROM first_response_at - created_at)) AS median
FROM ticket WHERE {column} = :id
""")  # noqa: S608
    for role, column in _COLUMNS.items()
}
_TICKETS = {
    role: text(f"""
SELECT t.number, t.subject, t.status, c.activity_admins AS active_at
FROM ticket t JOIN conversation c ON c.id = t.id WHERE t.{column} = :id
ORDER BY c.activity_admins DESC, t.id DESC LIMIT {TICKETS}
""")  # noqa: S608
    for role, column in _COLUMNS.items()
}
_SESSIONS = text(f"""
SELECT id, ip, user_agent, created_at FROM session
WHERE user_id = :id AND ended_at IS NULL AND expires_at > now()
ORDER BY created_at DESC, id DESC LIMIT {SESSIONS}
""")  # noqa: S608
_NOTES = text(f"""
SELECT n.id, n.body, n.created_at, n.author_id, u.name FROM person_note n
JOIN "user" u ON u.id = n.author_id
WHERE n.person_id = :id ORDER BY n.created_at DESC, n.id DESC LIMIT {NOTES}
""")  # noqa: S608
# What the person did, and what was done to them; each by an index of its own. The former is looked
# up by kind, for the index has the kind before the time: who did much, long ago, costs no more.
_DEEDS = f"""
SELECT id, created_at FROM (
    (SELECT done.id, done.created_at FROM unnest(CAST(:kinds AS text[])) AS of (kind)
     CROSS JOIN LATERAL (
         SELECT e.id, e.created_at FROM event e WHERE e.actor_id = :id AND e.kind = of.kind
         ORDER BY e.created_at DESC, e.id DESC LIMIT {DEEDS}) done
     ORDER BY done.created_at DESC, done.id DESC LIMIT {DEEDS})
    UNION
    (SELECT id, created_at FROM event WHERE subject_id = :id AND conversation_id IS NULL
     ORDER BY created_at DESC, id DESC LIMIT {DEEDS})
) e ORDER BY created_at DESC, id DESC LIMIT {DEEDS}
"""  # noqa: S608
_KINDS = [kind.value for kind in EventKind]


async def person_for(actor: Actor, person_id: UUID, session_id: UUID | None = None) -> PersonPage:
    """All of it, in one transaction; `session_id` is the session of whoever looks.

    Raises:
        NotFound: no such person.
        Refused: only admins may look.
    """
    check_admin(actor)
    async with transaction(actor) as tx:
        found = (await tx.execute(_PERSON, {"id": person_id})).one_or_none()
        if found is None:
            raise NotFound("person")
        role, who = Role(found.role), {"id": person_id}
        figures = (await tx.execute(_FIGURES[role], who)).one()
        tickets = (await tx.execute(_TICKETS[role], who)).all()
        sessions = (await tx.execute(_SESSIONS, who)).all()
        return PersonPage(
            id=str(found.id),
            name=found.name,
            email="" if found.erased_at else found.email,
            role=role,
            role_label=role.label,
            avatar=initials(found.name),
            hue=hue(found.id),
            active=found.active,
            blocked=found.blocked,
            joined_at=found.created_at.isoformat(),
            erased_at=found.erased_at.isoformat() if found.erased_at else "",
            seen_at=found.at.isoformat() if found.at else "",
            unfinished=found.unfinished,
            total=figures.total,
            first_response=in_words(figures.median),
            reset_expires_at=found.expires_at.isoformat() if found.expires_at else "",
            tickets=tuple(map(_ticket, tickets)),
            sessions=tuple(_session(row, session_id) for row in sessions),
            notes=await _notes(tx, person_id),
            deeds=await _deeds(tx, person_id),
        )


def in_words(seconds: float | None) -> str:
    """`3 h 20 min`; the two largest units, and empty for none."""
    if seconds is None:
        return ""
    minutes = round(seconds / 60)
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [f"{n} {unit}" for n, unit in ((days, "d"), (hours, "h"), (minutes, "min")) if n]
    return " ".join(parts[:2]) or "under a minute"


def _ticket(row: Any) -> PersonTicket:
    status = Status(row.status)
    return PersonTicket(
        numbers.spell(row.number), row.subject, status, status.label, row.active_at.isoformat()
    )


def _session(row: Any, here: UUID | None) -> PersonSession:
    return PersonSession(
        str(row.id),
        user_agents.in_words(row.user_agent),
        row.ip,
        row.created_at.isoformat(),
        row.id == here,
    )


async def _notes(tx: AsyncConnection, person_id: UUID) -> tuple[Note, ...]:
    return tuple(
        Note(
            str(row.id), row.body, row.name, initials(row.name), hue(row.author_id),
            row.created_at.isoformat(),
        )
        for row in await tx.execute(_NOTES, {"id": person_id})
    )  # fmt: skip


async def _deeds(tx: AsyncConnection, person_id: UUID) -> tuple[Deed, ...]:
    return tuple(map(_deed, await entries_of(tx, _DEEDS, {"id": person_id, "kinds": _KINDS})))


def _deed(entry: Entry) -> Deed:
    words, number, rest = entry.sentence.partition(entry.number or entry.sentence)
    if not entry.number:
        words, number = number, ""
    return Deed(entry.id, entry.who, words, number, rest, entry.at.isoformat())
