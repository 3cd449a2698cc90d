"""Filling in the custom fields of a ticket that has been filed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from supportdesk.database.engine import transaction
from supportdesk.domain import fields
from supportdesk.domain.actor import Actor, Role
from supportdesk.domain.changes import entry
from supportdesk.domain.errors import Changed, Invalid, NotFound, Refused
from supportdesk.domain.events import EventKind, record
from supportdesk.domain.models import FieldDefinition, FieldKind, Ticket, TicketField

_LAST_CHANGE = text("""
    SELECT e.actor_id, u.name
    FROM event e LEFT JOIN "user" u ON u.id = e.actor_id
    WHERE e.conversation_id = :ticket_id AND e.kind = 'fields_changed'
      AND e.data -> 'changes' @> jsonb_build_array(
          jsonb_build_object('field_id', CAST(:field_id AS text))) AND e.id <> :mine
    ORDER BY e.seq DESC LIMIT 1
""")


async def fill(
    actor: Actor, ticket_id: UUID, field_id: UUID, typed: str, expected: str | None = None
) -> None:
    """Set one field to what was typed, nothing to empty it; `expected` is what stood there.

    Raises:
        NotFound: no such ticket for this actor, or no such field on it.
        Refused: the buyer fills in fields when filing.
        Invalid: not what this field holds, or a required field would be emptied.
        Changed: somebody else was faster.
    """
    if actor.role is Role.BUYER:
        raise Refused("Only the staff can change this once the ticket is filed.")
    async with transaction(actor) as tx:
        field = await _definition(tx, ticket_id, field_id)
        kind = FieldKind(field.kind)
        value = fields.read(kind, field.name, field.choices, typed)
        if value is None and field.required:
            raise Invalid(f"{field.name} is required.", "field")
        before = await _value(tx, ticket_id, field_id)
        if fields.spell(before) == fields.spell(value):
            return
        told = await _tell(tx, actor, ticket_id, field, before, value)
        # The event holds the conversation: nobody changes the field from here on.
        now = await _value(tx, ticket_id, field_id)
        if fields.spell(now) != (fields.spell(before) if expected is None else expected):
            await _refuse_if_anothers(tx, actor, ticket_id, field, now, told)
        await _store(tx, ticket_id, field_id, value)


async def _definition(tx: AsyncConnection, ticket_id: UUID, field_id: UUID) -> Any:
    found = await tx.execute(
        select(
            *(
                getattr(FieldDefinition, name)
                for name in ("id", "name", "kind", "choices", "required")
            )
        )
        .join(Ticket, col(Ticket.id) == ticket_id)
        .where(
            col(FieldDefinition.id) == field_id,
            col(FieldDefinition.active),
            func.coalesce(col(FieldDefinition.ticket_type), col(Ticket.type)) == col(Ticket.type),
        )
    )
    row = found.one_or_none()
    if row is None:
        raise NotFound
    return row


async def _value(tx: AsyncConnection, ticket_id: UUID, field_id: UUID) -> Any:
    return await tx.scalar(
        select(col(TicketField.value)).where(
            col(TicketField.ticket_id) == ticket_id, col(TicketField.field_id) == field_id
        )
    )


async def _tell(
    tx: AsyncConnection, actor: Actor, ticket_id: UUID, field: Any, before: Any, value: Any
) -> UUID:
    kind = FieldKind(field.kind)
    change = entry(field.name, None, None, fields.words(kind, value))
    change |= {"from": before, "to": value, "field_id": str(field.id)}
    return await record(
        tx,
        actor,
        EventKind.FIELDS_CHANGED,
        conversation_id=ticket_id,
        data={"changes": [change]},
    )


async def _refuse_if_anothers(
    tx: AsyncConnection, actor: Actor, ticket_id: UUID, field: Any, now: Any, mine: UUID
) -> None:
    values = {"ticket_id": ticket_id, "field_id": str(field.id), "mine": mine}
    who = (await tx.execute(_LAST_CHANGE, values)).one_or_none()
    if who is None or who.actor_id != actor.user_id:
        name = who.name if who and who.name else "Somebody else"
        said = fields.words(FieldKind(field.kind), now)
        raise Changed(f"{name} has just set {field.name} to {said}. Look again, then decide.")


async def _store(tx: AsyncConnection, ticket_id: UUID, field_id: UUID, value: Any) -> None:
    key = {"ticket_id": ticket_id, "field_id": field_id}
    if value is None:
        await tx.execute(
            delete(TicketField).where(
                col(TicketField.ticket_id) == ticket_id, col(TicketField.field_id) == field_id
            )
        )
        return
    await tx.execute(
        insert(TicketField)
        .values(value=value, **key)
        .on_conflict_do_update(
            index_elements=list(key), set_={"value": value, "updated_at": func.now()}
        )
    )
