"""Filing a new ticket."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from psycopg.errors import UniqueViolation
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from supportdesk.database.engine import transaction
from supportdesk.domain import fields as field_values
from supportdesk.domain.actor import Actor, Role
from supportdesk.domain.commands import attachments, drafts
from supportdesk.domain.commands.attachments import Sent
from supportdesk.domain.commands.messages import post_within
from supportdesk.domain.errors import Invalid, NotFound, Refused
from supportdesk.domain.events import EventKind, record
from supportdesk.domain.ids import new_id
from supportdesk.domain.models import (
    Audience,
    Category,
    Conversation,
    Priority,
    Tag,
    Ticket,
    TicketField,
    TicketTag,
    TicketType,
)
from supportdesk.domain.queries import custom_fields
from supportdesk.domain.queries.custom_fields import CustomField
from supportdesk.domain.text import SUBJECT_MAX_LENGTH, Problems, check_body, check_line


@dataclass(frozen=True, slots=True)
class NewTicket:
    """What the form says. The form carries the new ticket's id, so filing it twice is harmless.

    `fields` are the custom fields as they were typed; `tag_ids` count for staff only.
    """

    subject: str
    description: str
    type: TicketType = TicketType.PROBLEM
    priority: Priority = Priority.MEDIUM
    seller_id: UUID | None = None
    id: UUID | None = None
    category_id: UUID | None = None
    fields: Mapping[UUID, str] = field(default_factory=dict)
    tag_ids: tuple[UUID, ...] = ()
    files: tuple[Sent, ...] = ()


@dataclass(frozen=True, slots=True)
class Filed:
    id: UUID
    number: int


async def file_ticket(actor: Actor, new: NewTicket) -> Filed:
    """Open a ticket: by a buyer to the platform or to a seller, by a seller to the platform.

    Raises:
        SeveralInvalid: something in the form cannot be accepted; it names each field.
        Refused: admins answer tickets, they do not file them.
    """
    if actor.role is Role.ADMIN:
        raise Refused("Tickets are filed by buyers and sellers.")
    ticket_id = new.id or new_id()
    try:
        async with transaction(actor) as tx:
            checked = await _check(tx, actor, new)
            await _insert(tx, actor, ticket_id, checked.subject, new)
            filed = {"type": new.type, "priority": new.priority}
            await record(
                tx, actor, EventKind.TICKET_FILED, conversation_id=ticket_id, data={"to": filed}
            )
            # The description is the conversation's first message, its id that of the ticket.
            await post_within(
                tx,
                actor,
                ticket_id,
                checked.description,
                Audience.EVERYONE,
                client_id=ticket_id,
                files=checked.files,
            )
            await _label(tx, actor, ticket_id, checked)
            await drafts.forget_new_ticket(tx, actor)
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


@dataclass(frozen=True, slots=True)
class _Checked:
    subject: str
    description: str
    fields: dict[UUID, Any]
    tag_ids: tuple[UUID, ...]
    files: tuple[Sent, ...]


async def _check(tx: AsyncConnection, actor: Actor, new: NewTicket) -> _Checked:
    problems = Problems()
    subject = description = ""
    fields: dict[UUID, Any] = {}
    files: tuple[Sent, ...] = ()
    tag_ids = tuple(dict.fromkeys(new.tag_ids)) if actor.role is not Role.BUYER else ()
    with problems.noted():
        subject = check_line(new.subject, SUBJECT_MAX_LENGTH, "The subject", "subject")
    with problems.noted():
        description = check_body(new.description, "description")
    with problems.noted():
        await _check_known(tx, col(Category.id), (new.category_id,), "category")
    for asked in await custom_fields.asked_within(tx, new.type):
        with problems.noted():
            value = _read_field(asked, new.fields.get(asked.id, ""))
            if value is not None:
                fields[asked.id] = value
    with problems.noted():
        await _check_known(tx, col(Tag.id), tag_ids, "tags")
    with problems.noted():
        files = attachments.check_sent(new.files)
    problems.tell()
    return _Checked(subject, description, fields, tag_ids, files)


def _read_field(asked: CustomField, given: str) -> Any:
    try:
        value = field_values.read(asked.kind, asked.name, asked.choices, given)
    except Invalid as error:
        raise Invalid(str(error), asked.key) from None
    if value is None and asked.required:
        raise Invalid(f"{asked.name} is missing.", asked.key)
    return value


async def _check_known(
    tx: AsyncConnection, key: Any, wanted: tuple[UUID | None, ...], name: str
) -> None:
    ids = {each for each in wanted if each is not None}
    if ids and set((await tx.execute(select(key).where(key.in_(ids)))).scalars()) != ids:
        raise Invalid("Choose from the list; what you chose is no longer there.", name)


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
            id=ticket_id,
            subject=subject,
            type=new.type,
            priority=new.priority,
            category_id=new.category_id,
            **parties,
        )
    )


async def _label(tx: AsyncConnection, actor: Actor, ticket_id: UUID, checked: _Checked) -> None:
    if checked.fields:
        rows = [
            {"ticket_id": ticket_id, "field_id": field_id, "value": value}
            for field_id, value in checked.fields.items()
        ]
        await tx.execute(insert(TicketField), rows)
    if checked.tag_ids:
        marks = [
            {"ticket_id": ticket_id, "tag_id": tag_id, "added_by": actor.user_id}
            for tag_id in checked.tag_ids
        ]
        await tx.execute(insert(TicketTag), marks)
