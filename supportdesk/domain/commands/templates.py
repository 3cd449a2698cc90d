"""Templates for new tickets: what admins write down once, for those who file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from supportdesk.domain.actor import Actor
from supportdesk.domain.commands import settings
from supportdesk.domain.commands.settings import Sort
from supportdesk.domain.events import EventKind
from supportdesk.domain.models import TicketTemplate, TicketType
from supportdesk.domain.text import SUBJECT_MAX_LENGTH, Problems, check_line, check_room

NAME_MAX_LENGTH = 60
BODY_MAX_LENGTH = 10_000
_SORT = Sort(TicketTemplate, "template", EventKind.TEMPLATE_CREATED, EventKind.TEMPLATE_CHANGED)


@dataclass(frozen=True, slots=True)
class Template:
    """What it fills in; see `placeholders` for what may be left open in it."""

    name: str
    type: TicketType
    subject: str = ""
    body: str = ""


async def save(
    actor: Actor,
    template_id: UUID | None,
    template: Template,
    expected: Mapping[str, Any] | None = None,
) -> UUID:
    """Write a new template (no id) or change one. Raises like `settings.save`."""
    problems = Problems()
    values: dict[str, Any] = {"ticket_type": template.type}
    with problems.noted():
        values["name"] = check_line(template.name, NAME_MAX_LENGTH, "The name", "name")
    with problems.noted():
        line = " ".join(template.subject.split())
        values["subject"] = check_room(line, SUBJECT_MAX_LENGTH, "The subject", "subject")
    with problems.noted():
        values["body"] = check_room(template.body, BODY_MAX_LENGTH, "The description", "body")
    problems.tell()
    return await settings.save(actor, _SORT, template_id, values, expected=expected)


async def set_active(actor: Actor, template_id: UUID, active: bool) -> None:
    """Offer it, or offer it no more. Raises like `settings.save`."""
    await settings.change(actor, _SORT, template_id, {"active": active})
