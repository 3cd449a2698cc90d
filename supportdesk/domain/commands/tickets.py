"""Moving a ticket along: its status, its priority, one's own star on it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from supportdesk.database.engine import transaction
from supportdesk.domain import lifecycle
from supportdesk.domain.actor import Actor, Role
from supportdesk.domain.errors import NotFound, Refused
from supportdesk.domain.events import EventKind, record
from supportdesk.domain.lifecycle import Status
from supportdesk.domain.models import Audience, Participant, Priority, Ticket


async def set_status(actor: Actor, ticket_id: UUID, to: Status) -> None:
    """Move the ticket to `to`; setting what it already is does nothing.

    Raises:
        NotFound: no such ticket for this actor.
        Refused: this move is not the actor's to make, or somebody else was faster.
    """
    async with transaction(actor) as tx:
        current = Status(await _current(tx, ticket_id, col(Ticket.status)))
        if current is to:
            return
        lifecycle.move(current, to, actor.role)
        await change_status(tx, actor, ticket_id, current, to)


async def close(actor: Actor, ticket_id: UUID) -> None:
    """Close it for good, from any status; see `set_status`."""
    await set_status(actor, ticket_id, Status.CLOSED)


async def reopen(actor: Actor, ticket_id: UUID) -> None:
    """Open a resolved or closed ticket again; see `set_status`."""
    await set_status(actor, ticket_id, Status.OPEN)


async def change_status(
    tx: AsyncConnection, actor: Actor, ticket_id: UUID, current: Status, to: Status
) -> None:
    """Write a move that the rules allow, and tell of it.

    Telling comes first, because it takes the conversation's lock: who writes a message takes that
    before the ticket's, and two orders would be a deadlock.
    """
    await record(
        tx,
        actor,
        EventKind.STATUS_CHANGED,
        conversation_id=ticket_id,
        data={"from": current, "to": to},
    )
    changed = await tx.scalar(
        update(Ticket)
        .where(col(Ticket.id) == ticket_id, col(Ticket.status) == current)
        .values(status=to)
        .returning(col(Ticket.id))
    )
    if changed is None:
        raise Refused("Somebody else has just changed the status. Look again, then decide.")


async def set_priority(actor: Actor, ticket_id: UUID, to: Priority) -> None:
    """Set how urgent it is; setting what it already is does nothing. Raises `NotFound`."""
    async with transaction(actor) as tx:
        current = Priority(await _current(tx, ticket_id, col(Ticket.priority)))
        if current is to:
            return
        # In this order, for the reason that `change_status` gives.
        await record(
            tx,
            actor,
            EventKind.PRIORITY_CHANGED,
            conversation_id=ticket_id,
            data={"from": current, "to": to},
        )
        await tx.execute(update(Ticket).where(col(Ticket.id) == ticket_id).values(priority=to))


async def set_star(actor: Actor, ticket_id: UUID, starred: bool) -> None:
    """Put the actor's own star on the ticket, or take it off. Raises `NotFound`."""
    async with transaction(actor) as tx:
        await _current(tx, ticket_id, col(Ticket.status))
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


async def _current(tx: AsyncConnection, ticket_id: UUID, column: Any) -> str:
    value: str | None = await tx.scalar(select(column).where(col(Ticket.id) == ticket_id))
    if value is None:
        raise NotFound
    return value
