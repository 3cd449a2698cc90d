"""The custom fields that tickets of a type are asked for."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from supportdesk.domain.models import FieldDefinition, FieldKind, TicketType


@dataclass(frozen=True, slots=True)
class CustomField:
    """A definition, as far as asking for a value of it needs."""

    id: UUID
    name: str
    kind: FieldKind
    choices: tuple[str, ...]
    required: bool

    @property
    def key(self) -> str:
        """How the field is called in forms, and by errors."""
        return f"field:{self.id}"


async def asked_within(tx: AsyncConnection, ticket_type: TicketType) -> list[CustomField]:
    """Those of this type and those of all types, in their order."""
    asked = (
        select(FieldDefinition)
        .where(
            col(FieldDefinition.active),
            or_(
                col(FieldDefinition.ticket_type).is_(None),
                col(FieldDefinition.ticket_type) == ticket_type,
            ),
        )
        .order_by(col(FieldDefinition.position), col(FieldDefinition.id))
    )
    return [
        CustomField(row.id, row.name, FieldKind(row.kind), tuple(row.choices), row.required)
        for row in await tx.execute(asked)
    ]
