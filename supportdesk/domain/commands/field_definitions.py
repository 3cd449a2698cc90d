"""The custom fields that tickets are asked for.

A field is never deleted, for tickets hold values of it: it is retired, and can come back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import col

from supportdesk.database.engine import transaction
from supportdesk.domain.actor import Actor
from supportdesk.domain.commands import settings
from supportdesk.domain.commands.settings import Sort
from supportdesk.domain.errors import Invalid, NotFound
from supportdesk.domain.events import EventKind
from supportdesk.domain.models import FieldDefinition, FieldKind, TicketType
from supportdesk.domain.text import Problems, check_line, check_room

NAME_MAX_LENGTH = 60
MOST_CHOICES = 50
_SORT = Sort(FieldDefinition, "field", EventKind.FIELD_CREATED, EventKind.FIELD_CHANGED)


@dataclass(frozen=True, slots=True)
class Definition:
    """`type` None: asked of tickets of all types. `choices` are for the kind that has some."""

    name: str
    kind: FieldKind
    type: TicketType | None = None
    required: bool = False
    choices: tuple[str, ...] = ()


async def save(
    actor: Actor,
    field_id: UUID | None,
    definition: Definition,
    expected: Mapping[str, Any] | None = None,
) -> UUID:
    """Define a field (no id), at the end, or change one. Raises like `settings.save`.

    What kind of value it holds stays as it is: tickets have values of that kind.
    """
    settings.check_admin(actor)
    values = _check(definition)
    async with transaction(actor) as tx:
        last = await tx.scalar(select(func.max(col(FieldDefinition.position))))
        kind = await tx.scalar(
            select(col(FieldDefinition.kind)).where(col(FieldDefinition.id) == field_id)
        )
    if field_id is not None and kind not in (None, definition.kind):
        raise Invalid("What a field holds cannot be changed. Retire it, add another.", "kind")
    new_only = {"position": (last or 0) + 1}
    return await settings.save(actor, _SORT, field_id, values, new_only, expected)


def _check(definition: Definition) -> dict[str, Any]:
    problems = Problems()
    values: dict[str, Any] = {
        "ticket_type": definition.type,
        "kind": definition.kind,
        "required": definition.required,
        "choices": [],
    }
    with problems.noted():
        values["name"] = check_line(definition.name, NAME_MAX_LENGTH, "The name", "name")
    if definition.kind is FieldKind.CHOICE:
        with problems.noted():
            values["choices"] = _check_choices(definition.choices)
    problems.tell()
    return values


def _check_choices(given: tuple[str, ...]) -> list[str]:
    choices = [" ".join(each.split()) for each in given]
    choices = list(dict.fromkeys(each for each in choices if each))
    if not choices:
        raise Invalid("Write the choices, one on a line.", "choices")
    if len(choices) > MOST_CHOICES:
        raise Invalid(f"These are {len(choices)} choices; {MOST_CHOICES} is the most.", "choices")
    return [check_room(each, NAME_MAX_LENGTH, "A choice", "choices") for each in choices]


async def set_active(actor: Actor, field_id: UUID, active: bool) -> None:
    """Ask for it, or ask no more; what tickets hold stays. Raises like `settings.save`."""
    await settings.change(actor, _SORT, field_id, {"active": active})


async def move(actor: Actor, field_id: UUID, up: bool) -> None:
    """Let it change places with the field before it, or after it. Raises like `settings.save`."""
    settings.check_admin(actor)
    order = select(FieldDefinition).order_by(col(FieldDefinition.position), col(FieldDefinition.id))
    async with transaction(actor) as tx:
        # Two who move at once take turns, so no two fields end in one place.
        rows = (await tx.execute(order.with_for_update())).all()
        ids = [row.id for row in rows]
        if field_id not in ids:
            raise NotFound("field")
        place = ids.index(field_id)
        other = place - 1 if up else place + 1
        if not 0 <= other < len(ids):
            return
        ids[place], ids[other] = ids[other], ids[place]
        before = {row.id: row.position for row in rows}
        for position, id_ in enumerate(ids, start=1):
            if id_ in (field_id, ids[place]) or before[id_] != position:
                await settings.change_within(tx, actor, _SORT, id_, {"position": position})
