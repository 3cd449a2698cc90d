"""The forms of the settings page: what they say, each read as what it is of."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from supportdesk.domain.actor import Actor
from supportdesk.domain.commands import (
    categories,
    desk_rules,
    field_definitions,
    replies,
    tag_settings,
    templates,
)
from supportdesk.domain.commands.field_definitions import Definition
from supportdesk.domain.commands.templates import Template
from supportdesk.domain.errors import Invalid
from supportdesk.domain.ids import parse_id
from supportdesk.domain.models import FieldKind, TicketType
from supportdesk.domain.rule_words import DAYS
from supportdesk.state.choice import chosen, typed


def row_id_of(given: object) -> UUID:
    row_id = parse_id(given)
    if row_id is None:
        raise Invalid("Choose one of the list.")
    return row_id


async def save_form(actor: Actor, form: object) -> None:
    """Save what the form is of, if it is of something. Raises like the commands."""
    saver = _SAVERS.get(typed(form, "sort"))
    if saver is None:
        raise Invalid("Choose one of the list.")
    given = typed(form, "id")
    await saver(actor, row_id_of(given) if given else None, form)


def _was(form: object) -> dict[str, Any] | None:
    """How it read when the form was opened; None of something new."""
    try:
        was = json.loads(typed(form, "was") or "null")
    except ValueError:
        raise Invalid("Choose one of the list.") from None
    return was if isinstance(was, dict) else None


async def _save_rule(actor: Actor, _: UUID | None, form: object) -> None:
    await desk_rules.choose(actor, typed(form, "key"), typed(form, "value"), typed(form, "was"))


async def _save_template(actor: Actor, row_id: UUID | None, form: object) -> None:
    kind = chosen(TicketType, typed(form, "type"))
    template = Template(typed(form, "name"), kind, typed(form, "subject"), typed(form, "body"))
    await templates.save(actor, row_id, template, _was(form))


async def _save_reply(actor: Actor, row_id: UUID | None, form: object) -> None:
    name, body = typed(form, "name"), typed(form, "body")
    await replies.save(actor, row_id, name, body, _was(form), shared=True)


async def _save_field(actor: Actor, row_id: UUID | None, form: object) -> None:
    ticket_type = typed(form, "type")
    definition = Definition(
        typed(form, "name"),
        chosen(FieldKind, typed(form, "kind")),
        chosen(TicketType, ticket_type) if ticket_type else None,
        required=bool(typed(form, "required")),
        choices=tuple(typed(form, "choices").splitlines()),
    )
    await field_definitions.save(actor, row_id, definition, _was(form))


async def _save_tag(actor: Actor, row_id: UUID | None, form: object) -> None:
    hue = typed(form, "hue")
    await tag_settings.save(
        actor,
        row_id,
        typed(form, "name"),
        int(hue) if hue.isdecimal() and len(hue) < 4 else -1,
        typed(form, "description"),
        _was(form),
    )


async def _save_hours(actor: Actor, _: UUID | None, form: object) -> None:
    days = [
        (typed(form, f"from-{day.lower()}"), typed(form, f"until-{day.lower()}")) for day in DAYS
    ]
    timezone = typed(form, "timezone").strip()
    await desk_rules.set_hours(actor, timezone, days, _was(form) or {})


async def _save_category(actor: Actor, row_id: UUID | None, form: object) -> None:
    await categories.save(actor, row_id, typed(form, "name"), _was(form))


_SAVERS: dict[str, Callable[[Actor, UUID | None, object], Awaitable[None]]] = {
    "template": _save_template,
    "reply": _save_reply,
    "field": _save_field,
    "tag": _save_tag,
    "category": _save_category,
    "rule": _save_rule,
    "hours": _save_hours,
}
