"""What a tag is called, looks like and means, and its end.

Who puts tags on tickets does so elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from supportdesk.database.engine import transaction
from supportdesk.domain.actor import Actor
from supportdesk.domain.commands import settings
from supportdesk.domain.commands.settings import Sort
from supportdesk.domain.errors import Invalid, NotFound
from supportdesk.domain.events import EventKind
from supportdesk.domain.models import Tag
from supportdesk.domain.queries.people import HUES
from supportdesk.domain.text import Problems, check_line, check_room

NAME_MAX_LENGTH = 40
DESCRIPTION_MAX_LENGTH = 200
_SORT = Sort(Tag, "tag", EventKind.TAG_CREATED, EventKind.TAG_CHANGED)


async def save(
    actor: Actor,
    tag_id: UUID | None,
    name: str,
    hue: int = 0,
    description: str = "",
    expected: Mapping[str, Any] | None = None,
) -> UUID:
    """Add a tag (no id) or change one. Raises like `settings.save`."""
    problems = Problems()
    values: dict[str, Any] = {"hue": hue}
    with problems.noted():
        values["name"] = check_line(name, NAME_MAX_LENGTH, "The name", "name")
        if "," in values["name"]:
            raise Invalid("A tag's name has no comma.", "name")
    with problems.noted():
        if not 0 <= hue < HUES:
            raise Invalid("Choose one of the colours.", "hue")
    with problems.noted():
        values["description"] = check_room(
            description, DESCRIPTION_MAX_LENGTH, "The description", "description"
        )
    problems.tell()
    new_only = {"created_by": actor.user_id}
    return await settings.save(actor, _SORT, tag_id, values, new_only, expected)


async def merge(actor: Actor, tag_id: UUID, into_id: UUID) -> int:
    """Let one tag become another: its tickets get that, saved views ask for that, links find that.

    Returns how many tickets had it. Raises `NotFound`, `Refused`, or `Invalid`: it is the same.
    """
    settings.check_admin(actor)
    if tag_id == into_id:
        raise Invalid("Choose another tag to merge it into.", "into")
    async with transaction(actor) as tx:
        gone, kept = await _find(tx, tag_id), await _find(tx, into_id)
        values = {"gone": tag_id, "kept": into_id}
        tickets = await tx.scalar(text("SELECT merge_tags(:gone, :kept)"), values)
        if tickets is None:
            raise NotFound("tag")
        data = {
            "name": gone["name"],
            "into": kept["name"],
            "into_id": str(into_id),
            "tickets": tickets,
            "from": gone,
            "to": kept,
        }
        await settings.tell(tx, actor, EventKind.TAG_MERGED, tag_id, data)
    return int(tickets)


async def delete(actor: Actor, tag_id: UUID) -> int:
    """Take it off all tickets, and away. Returns how many had it. Raises like `merge`."""
    settings.check_admin(actor)
    async with transaction(actor) as tx:
        gone = await _find(tx, tag_id)
        tickets = await tx.scalar(text("SELECT remove_tag(:gone)"), {"gone": tag_id})
        if tickets is None:
            raise NotFound("tag")
        data = {"name": gone["name"], "tickets": tickets, "from": gone, "to": {}}
        await settings.tell(tx, actor, EventKind.TAG_DELETED, tag_id, data)
    return int(tickets)


async def _find(tx: AsyncConnection, tag_id: UUID) -> dict[str, Any]:
    columns = col(Tag.name), col(Tag.hue), col(Tag.description)
    found = await tx.execute(select(*columns).where(col(Tag.id) == tag_id))
    row = found.mappings().one_or_none()
    if row is None:
        raise NotFound("tag")
    return dict(row)
