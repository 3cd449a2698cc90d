"""The categories that tickets are sorted into."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from supportdesk.domain.actor import Actor
from supportdesk.domain.commands import settings
from supportdesk.domain.commands.settings import Sort
from supportdesk.domain.events import EventKind
from supportdesk.domain.models import Category
from supportdesk.domain.text import check_line

NAME_MAX_LENGTH = 60
_SORT = Sort(Category, "category", EventKind.CATEGORY_CREATED, EventKind.CATEGORY_CHANGED)


async def save(
    actor: Actor,
    category_id: UUID | None,
    name: str,
    expected: Mapping[str, Any] | None = None,
) -> UUID:
    """Add a category (no id) or rename one. Raises like `settings.save`."""
    values = {"name": check_line(name, NAME_MAX_LENGTH, "The name", "name")}
    return await settings.save(actor, _SORT, category_id, values, expected=expected)
