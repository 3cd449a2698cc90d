"""How one stands with the desk oneself, and whom admins can let into a ticket."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import sql
from sqlalchemy import text

from supportdesk.database.engine import ask, transaction
from supportdesk.domain.actor import Actor, Role
from supportdesk.domain.queries import numbers
from supportdesk.domain.queries.people import hue, initials
from supportdesk.domain.text import clean

_MOST = 20
_OFFERED = 8
_TYPED_MAX_LENGTH = 100

# What the policies let them see of tickets says whether they take part by now.
_OWN = sql.SQL("""
SELECT EXISTS (SELECT FROM block WHERE person_id = {me}),
       ARRAY(SELECT json_build_array(r.id, r.number, r.reason, r.state, r.word, r.created_at,
                                     t.id IS NOT NULL)
             FROM join_request r LEFT JOIN ticket t ON t.number = r.number
             ORDER BY r.created_at DESC LIMIT {most})
""")
_CANDIDATES = text(f"""
SELECT u.id, u.name, u.role, u.email FROM "user" u
WHERE u.active AND u.role <> 'admin'
  AND (strpos(lower(u.name), :text) > 0 OR strpos(u.email, :text) > 0)
  AND NOT EXISTS (SELECT FROM participant p
                  WHERE p.conversation_id = :ticket_id AND p.user_id = u.id)
ORDER BY strpos(lower(u.name), :text) <> 1, lower(u.name), u.id LIMIT {_OFFERED}
""")  # noqa: S608 - nothing in it comes from outside


@dataclass(frozen=True, slots=True)
class OwnRequest:
    """`there` is whether who asked takes part by now."""

    id: str
    number: str
    reason: str
    state: str
    word: str
    at: datetime
    there: bool


@dataclass(frozen=True, slots=True)
class OwnStanding:
    """`blocked`: they may read, but not write. Their requests, the latest first."""

    blocked: bool = False
    requests: tuple[OwnRequest, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    id: str
    name: str
    role: str
    email: str
    avatar: str
    hue: int
    seller: bool


async def own_standing_for(actor: Actor) -> OwnStanding:
    """Admins are never blocked, and need not ask."""
    if actor.role is Role.ADMIN:
        return OwnStanding()
    blocked, requests = await ask(actor, _OWN.format(me=actor.user_id, most=_MOST)) or (False, [])
    return OwnStanding(blocked, tuple(map(_own, requests)))


def _own(row: list[Any]) -> OwnRequest:
    id_, number, reason, state, word, at, there = row
    spelled, asked_at = numbers.spell(number), datetime.fromisoformat(at)
    return OwnRequest(id_, spelled, reason, state, word, asked_at, there)


async def candidates_for(actor: Actor, ticket_id: UUID, typed: str) -> tuple[Candidate, ...]:
    """Buyers and sellers of that name or address who do not take part yet; admins alone ask."""
    wanted = " ".join(clean(typed).split()).lower()[:_TYPED_MAX_LENGTH]
    if actor.role is not Role.ADMIN or not wanted:
        return ()
    async with transaction(actor) as tx:
        rows = (await tx.execute(_CANDIDATES, {"text": wanted, "ticket_id": ticket_id})).all()
    return tuple(
        Candidate(
            str(row.id), row.name, Role(row.role).label, row.email, initials(row.name),
            hue(row.id), row.role == Role.SELLER,
        )
        for row in rows
    )  # fmt: skip
