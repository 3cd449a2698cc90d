"""All that admins manage on the settings page."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from supportdesk.database.engine import transaction
from supportdesk.domain.actor import Actor, Role
from supportdesk.domain.errors import Refused
from supportdesk.domain.models import (
    CannedReply,
    Category,
    FieldDefinition,
    FieldKind,
    Setting,
    Tag,
    TicketTemplate,
    TicketType,
)
from supportdesk.domain.queries.desk_rules import (
    HoursRow,
    RuleRow,
    hours_shown,
    limits_shown,
    texts_shown,
)

ALL_TYPES = "All types"


@dataclass(frozen=True, slots=True)
class TemplateRow:
    """`was`, here and below, is what a form hands back: how the row read when it was opened."""

    id: str
    name: str
    type: str
    type_label: str
    subject: str
    body: str
    active: bool
    was: str


@dataclass(frozen=True, slots=True)
class SharedReply:
    id: str
    name: str
    body: str
    was: str


@dataclass(frozen=True, slots=True)
class FieldRow:
    """`choices` stand on a line each, as they are edited."""

    id: str
    name: str
    kind: str
    kind_label: str
    type: str
    type_label: str
    required: bool
    choices: str
    active: bool
    was: str


@dataclass(frozen=True, slots=True)
class TagRow:
    id: str
    name: str
    hue: int
    description: str
    was: str


@dataclass(frozen=True, slots=True)
class CategoryRow:
    id: str
    name: str
    was: str


@dataclass(frozen=True, slots=True)
class Settings:
    templates: tuple[TemplateRow, ...]
    replies: tuple[SharedReply, ...]
    fields: tuple[FieldRow, ...]
    tags: tuple[TagRow, ...]
    categories: tuple[CategoryRow, ...]
    limits: tuple[RuleRow, ...]
    texts: tuple[RuleRow, ...]
    hours: HoursRow


async def settings_for(actor: Actor, timezone: str = "UTC") -> Settings:
    """Everything, in one transaction; hours begin with the reader's time zone.

    Raises `Refused`: only admins manage it.
    """
    if actor.role is not Role.ADMIN:
        raise Refused("Only admins may do this.")
    async with transaction(actor) as tx:
        templates = await tx.execute(select(TicketTemplate).order_by(col(TicketTemplate.name)))
        replies = await tx.execute(
            select(CannedReply)
            .where(col(CannedReply.owner_id).is_(None))
            .order_by(col(CannedReply.name))
        )
        fields = await tx.execute(
            select(FieldDefinition).order_by(col(FieldDefinition.position), col(FieldDefinition.id))
        )
        tags = await tx.execute(select(Tag).order_by(col(Tag.name)))
        categories = await tx.execute(select(Category).order_by(col(Category.name)))
        found = await tx.execute(select(col(Setting.key), col(Setting.value)))
        stored = {row.key: row.value for row in found}
    return Settings(
        templates=tuple(
            TemplateRow(
                str(row.id), row.name, row.ticket_type, TicketType(row.ticket_type).label,
                row.subject, row.body, row.active,
                _was(row, "name", "ticket_type", "subject", "body"),
            )
            for row in templates
        ),
        replies=tuple(
            SharedReply(str(row.id), row.name, row.body, _was(row, "name", "body"))
            for row in replies
        ),
        fields=tuple(
            FieldRow(
                str(row.id), row.name, row.kind, FieldKind(row.kind).label,
                row.ticket_type or "",
                TicketType(row.ticket_type).label if row.ticket_type else ALL_TYPES,
                row.required, "\n".join(row.choices), row.active,
                _was(row, "name", "ticket_type", "kind", "required", "choices"),
            )
            for row in fields
        ),
        tags=tuple(
            TagRow(
                str(row.id), row.name, row.hue, row.description,
                _was(row, "name", "hue", "description"),
            )
            for row in tags
        ),
        categories=tuple(
            CategoryRow(str(row.id), row.name, _was(row, "name")) for row in categories
        ),
        limits=limits_shown(stored),
        texts=texts_shown(stored),
        hours=hours_shown(stored, timezone),
    )  # fmt: skip


def _was(row: Any, *names: str) -> str:
    return json.dumps({name: getattr(row, name) for name in names})
