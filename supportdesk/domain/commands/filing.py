"""Filing a new ticket."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from psycopg.errors import UniqueViolation
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from supportdesk.database.engine import transaction
from supportdesk.domain.actor import Actor, Role
from supportdesk.domain.commands.messages import post_within
from supportdesk.domain.errors import Invalid, NotFound, Refused
from supportdesk.domain.events import EventKind, record
from supportdesk.domain.ids import new_id
from supportdesk.domain.models import Audience, Conversation, Priority, Ticket, TicketType
from supportdesk.domain.text import SUBJECT_MAX_LENGTH, check_body, check_line


@dataclass(frozen=True, slots=True)
class NewTicket:
    """What the form says. The form carries the new ticket's id, so filing it twice is harmless."""

    subject: str
    description: str
    type: TicketType = TicketType.PROBLEM
    priority: Priority = Priority.MEDIUM
    seller_id: UUID | None = None
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Filed:
    id: UUID
    number: int


async def file_ticket(actor: Actor, new: NewTicket) -> Filed:
    """Open a ticket: by a buyer to the platform or to a seller, by a seller to the platform.

    Raises:
        Invalid: subject, description or seller cannot be accepted.
        Refused: admins answer tickets, they do not file them.
    """
    if actor.role is Role.ADMIN:
        raise Refused("Tickets are filed by buyers and sellers.")
    subject = check_line(new.subject, SUBJECT_MAX_LENGTH, "The subject", "subject")
    description = check_body(new.description, "description")
    ticket_id = new.id or new_id()
    try:
        async with transaction(actor) as tx:
            await _insert(tx, actor, ticket_id, subject, new)
            await record(tx, actor, EventKind.TICKET_FILED, conversation_id=ticket_id)
            # The description is the conversation's first message, its id that of the ticket.
            await post_within(
                tx, actor, ticket_id, description, Audience.EVERYONE, client_id=ticket_id
            )
            number = await _number(tx, ticket_id)
    except IntegrityError as error:
        if not isinstance(error.orig, UniqueViolation):
            raise Invalid("This seller is not available. Choose another.", "seller") from error
        # This form has been filed before; by somebody else it was another form.
        async with transaction(actor) as tx:
            number = await _number(tx, ticket_id)
    if number is None:
        raise NotFound
    return Filed(ticket_id, number)


async def _number(tx: AsyncConnection, ticket_id: UUID) -> int | None:
    number: int | None = await tx.scalar(
        select(col(Ticket.number)).where(col(Ticket.id) == ticket_id)
    )
    return number


async def _insert(
    tx: AsyncConnection, actor: Actor, ticket_id: UUID, subject: str, new: NewTicket
) -> None:
    await tx.execute(
        insert(Conversation).values(id=ticket_id, kind="ticket", created_by=actor.user_id)
    )
    buyer = actor.role is Role.BUYER
    parties = (
        {"buyer_id": actor.user_id, "seller_id": new.seller_id}
        if buyer
        else {"seller_id": actor.user_id}
    )
    await tx.execute(
        insert(Ticket).values(
            id=ticket_id, subject=subject, type=new.type, priority=new.priority, **parties
        )
    )
