"""What a tag is called, looks like and means. Who puts tags on tickets does so elsewhere."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from supportdesk.domain.actor import Actor
from supportdesk.domain.commands import settings
from supportdesk.domain.commands.settings import Sort
from supportdesk.domain.errors import Invalid
from supportdesk.domain.events import EventKind
from supportdesk.domain.models import Tag
from supportdesk.domain.queries.people import HUES
from supportdesk.domain.text import Problems, check_line, check_room

NAME_MAX_LENGTH = 40
DESCRIPTION_MAX_LENGTH = 200
_SORT = Sort(Tag, "tag", EventKind.TAG_CREATED, EventKind.TAG_CHANGED)


async def save(
    actor: Actor, tag_id: UUID | None, name: str, hue: int = 0, description: str = ""
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
    return await settings.save(actor, _SORT, tag_id, values, {"created_by": actor.user_id})
