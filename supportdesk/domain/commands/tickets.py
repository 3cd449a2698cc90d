"""Changing a ticket: its facts, together or one by one, and one's own star on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from psycopg.errors import CheckViolation, ForeignKeyViolation
from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from supportdesk.database.engine import transaction
from supportdesk.domain import changes as telling
from supportdesk.domain import lifecycle
from supportdesk.domain.actor import Actor, Role
from supportdesk.domain.changes import COLUMNS, MAY_CHANGE, WORDS, Changes
from supportdesk.domain.errors import Changed, Invalid, NotFound, Refused
from supportdesk.domain.events import EventKind, record
from supportdesk.domain.lifecycle import Status
from supportdesk.domain.models import Audience, Category, Participant, Priority, Team, Ticket, User

_NOT_ANY_MORE = "This cannot be chosen here any more. Choose again."
_NAMED_BY: dict[str, tuple[Any, Any]] = {
    "category_id": (col(Category.id), col(Category.name)),
    "assignee_id": (col(User.id), col(User.name)),
    "team_id": (col(Team.id), col(Team.name)),
}
# Who last changed it before the events that this transaction has written itself.
_LAST_CHANGE = text("""
    SELECT e.actor_id, u.name
    FROM event e LEFT JOIN "user" u ON u.id = e.actor_id
    WHERE e.conversation_id = :ticket_id AND e.kind = 'ticket_changed'
      AND NOT e.id = ANY (CAST(:mine AS uuid[]))
      AND e.data -> 'changes' @> jsonb_build_array(
          jsonb_build_object('field', CAST(:field AS text)))
    ORDER BY e.seq DESC LIMIT 1
""")


async def change(
    actor: Actor, ticket_id: UUID, changes: Changes, expected: Changes | None = None
) -> None:
    """Set some of the ticket's facts at once; what is so already is no change.

    `expected` is what the actor saw when they decided. What somebody else has changed meanwhile is
    not overwritten.

    Raises:
        NotFound: no such ticket for this actor.
        Refused: a change is not the actor's to make.
        Changed: somebody else was faster; the sentence says who, and what it is now.
        Invalid: this cannot be set, for example a person who cannot be assigned.
    """
    with choosable():
        async with transaction(actor) as tx:
            await _change(tx, actor, ticket_id, changes, expected)


@contextmanager
def choosable() -> Iterator[None]:
    """Say so where what was chosen cannot be chosen any more. Raises `Invalid`."""
    try:
        yield
    except IntegrityError as error:
        if isinstance(error.orig, CheckViolation | ForeignKeyViolation):
            raise Invalid(_NOT_ANY_MORE) from error
        raise


async def _change(
    tx: AsyncConnection,
    actor: Actor,
    ticket_id: UUID,
    changes: Changes,
    expected: Changes | None,
) -> None:
    current = await _current(tx, ticket_id)
    wanted = {name: value for name, value in changes.given().items() if value != current[name]}
    check_rights(actor, wanted)
    for name, seen in (expected.given() if expected else {}).items():
        if name in wanted and seen != current[name]:
            await _refuse_if_anothers(tx, actor, ticket_id, name)
    check_move(actor, current, wanted)
    if wanted:
        await write(tx, actor, ticket_id, current, wanted)


def check_rights(actor: Actor, wanted: Iterable[str]) -> None:
    """Raises `Refused` if one of these columns is not the actor's to change."""
    for name in wanted:
        if name not in MAY_CHANGE[actor.role]:
            raise Refused(f"You cannot change the {WORDS[name]} of a ticket.")


def check_move(actor: Actor, current: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    """Raises `Refused` if the ticket cannot become that from what it is."""
    if "status" in wanted:
        lifecycle.move(current["status"], wanted["status"], actor.role)


async def write(
    tx: AsyncConnection,
    actor: Actor,
    ticket_id: UUID,
    current: dict[str, Any],
    wanted: dict[str, Any],
) -> None:
    """Write changes that the rules allow, and tell of them.

    Telling comes first, because it takes the conversation's lock: who writes a message takes that
    before the ticket's, and two orders would be a deadlock.
    """
    told = await _tell(tx, actor, ticket_id, current, wanted)
    unchanged = [getattr(Ticket, name).is_not_distinct_from(current[name]) for name in wanted]
    changed = await tx.scalar(
        update(Ticket)
        .where(col(Ticket.id) == ticket_id, *unchanged)
        .values(**wanted)
        .returning(col(Ticket.id))
    )
    if changed is None:
        now = await _current(tx, ticket_id)
        name = next(name for name in wanted if now[name] != current[name])
        raise await _changed(tx, actor, ticket_id, name, told)


async def _tell(
    tx: AsyncConnection,
    actor: Actor,
    ticket_id: UUID,
    current: dict[str, Any],
    wanted: dict[str, Any],
) -> list[UUID]:
    """One event for those who may know of all of it, one for the staff of the rest."""
    told = []
    for audience in (Audience.EVERYONE, Audience.STAFF):
        names = [name for name in wanted if telling.audience_of(name) is audience]
        entries = [
            telling.entry(name, current[name], wanted[name], await label(tx, name, wanted[name]))
            for name in names
        ]
        if entries:
            told.append(
                await record(
                    tx,
                    actor,
                    EventKind.TICKET_CHANGED,
                    conversation_id=ticket_id,
                    audience=audience,
                    data={"changes": entries},
                )
            )
    return told


async def label(tx: AsyncConnection, name: str, value: Any) -> str:
    """What people call that value of the column. Raises `Invalid` if there is none such."""
    if value is None or name not in _NAMED_BY:
        return telling.label(name, value)
    key, title = _NAMED_BY[name]
    found: str | None = await tx.scalar(select(title).where(key == value))
    if found is None:
        raise Invalid(_NOT_ANY_MORE)
    return telling.label(name, value, found)


async def _refuse_if_anothers(
    tx: AsyncConnection, actor: Actor, ticket_id: UUID, name: str
) -> None:
    """Nobody is in their own way: the same person in another tab means it, too."""
    who = await _last_change(tx, ticket_id, name, [])
    if who is None or who.actor_id != actor.user_id:
        raise await _changed(tx, actor, ticket_id, name, [])


async def _changed(
    tx: AsyncConnection, actor: Actor, ticket_id: UUID, name: str, mine: list[UUID]
) -> Changed:
    who = await _last_change(tx, ticket_id, name, mine)
    now = (await _current(tx, ticket_id))[name]
    by = "You have" if who and who.actor_id == actor.user_id else _has(who)
    said = await label(tx, name, now)
    return Changed(f"{by} just set the {WORDS[name]} to {said}. Look again, then decide.")


def _has(who: Any) -> str:
    return f"{who.name} has" if who and who.name else "Somebody else has"


async def _last_change(tx: AsyncConnection, ticket_id: UUID, name: str, mine: list[UUID]) -> Any:
    values = {"ticket_id": ticket_id, "field": name, "mine": mine}
    return (await tx.execute(_LAST_CHANGE, values)).one_or_none()


async def set_status(actor: Actor, ticket_id: UUID, to: Status) -> None:
    """`change` of the status alone."""
    await change(actor, ticket_id, Changes(status=to))


async def close(actor: Actor, ticket_id: UUID) -> None:
    """Close it for good, from any status."""
    await set_status(actor, ticket_id, Status.CLOSED)


async def reopen(actor: Actor, ticket_id: UUID) -> None:
    """Open a resolved or closed ticket again."""
    await set_status(actor, ticket_id, Status.OPEN)


async def set_priority(actor: Actor, ticket_id: UUID, to: Priority) -> None:
    """`change` of the priority alone."""
    await change(actor, ticket_id, Changes(priority=to))


async def set_star(actor: Actor, ticket_id: UUID, starred: bool) -> None:
    """Put the actor's own star on the ticket, or take it off. Raises `NotFound`."""
    async with transaction(actor) as tx:
        await _current(tx, ticket_id)
        await note_admin(tx, actor, ticket_id)
        await tx.execute(
            update(Participant)
            .where(
                col(Participant.conversation_id) == ticket_id,
                col(Participant.user_id) == actor.user_id,
            )
            .values(starred=starred)
        )


async def note_admin(tx: AsyncConnection, actor: Actor, conversation_id: UUID) -> None:
    """Make the row that keeps an admin's own marks on a ticket; parties have theirs already."""
    if actor.role is not Role.ADMIN:
        return
    await tx.execute(
        upsert(Participant)
        .values(
            conversation_id=conversation_id,
            user_id=actor.user_id,
            audience=Audience.ADMINS,
            last_read_seq=0,
        )
        .on_conflict_do_nothing()
    )


async def _current(tx: AsyncConnection, ticket_id: UUID) -> dict[str, Any]:
    columns = [getattr(Ticket, name) for name in COLUMNS]
    found = await tx.execute(select(*columns).where(col(Ticket.id) == ticket_id))
    row = found.mappings().one_or_none()
    if row is None:
        raise NotFound
    return {**row, "status": Status(row["status"])}
