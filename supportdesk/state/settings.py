"""The page on which admins manage what the desk asks for and offers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec
from reflex.experimental import ClientStateVar

from supportdesk.database.engine import DatabaseUnavailable
from supportdesk.domain.actor import Actor
from supportdesk.domain.commands import (
    categories,
    field_definitions,
    replies,
    tag_settings,
    teams,
    templates,
)
from supportdesk.domain.commands.field_definitions import Definition
from supportdesk.domain.commands.teams import AutoAssign
from supportdesk.domain.commands.templates import Template
from supportdesk.domain.errors import DomainError, Invalid, SeveralInvalid
from supportdesk.domain.ids import parse_id
from supportdesk.domain.models import FieldKind, TicketType
from supportdesk.domain.queries.sessions import Viewer
from supportdesk.domain.queries.settings import (
    CategoryRow,
    FieldRow,
    SharedReply,
    TagRow,
    TeamRow,
    TemplateRow,
    settings_for,
)
from supportdesk.realtime.pages import Page
from supportdesk.state.arriving import admin_at, arrive_at
from supportdesk.state.choice import chosen, typed
from supportdesk.state.session import attempt, signed_in

# What is being edited, and in which dialog. It lives in the browser, so that it stays open, with
# all that was typed, through a lost connection and a restart of the server.
NOTHING_EDITED: dict[str, Any] = {
    "sort": "", "id": "", "name": "", "type": "", "subject": "", "body": "", "hue": "0",
    "description": "", "kind": "text", "required": False, "choices": "",
}  # fmt: skip
edited = ClientStateVar.create("edited_setting", default=NOTHING_EDITED)
kind_chosen = ClientStateVar.create("field_kind", default=FieldKind.TEXT.value)


class SettingsState(rx.State):
    loaded: bool = False
    error: str = ""
    errors: dict[str, str] = {}
    templates: list[TemplateRow] = []
    replies: list[SharedReply] = []
    fields: list[FieldRow] = []
    tags: list[TagRow] = []
    categories: list[CategoryRow] = []
    teams: list[TeamRow] = []

    @rx.event
    async def arrive(self) -> EventSpec | None:
        """Runs on the page, and again after each reconnect."""
        return await arrive_at(self, Page.SETTINGS, self._read)

    @rx.event
    async def reread(self) -> None:
        """Sent when some admin has changed something."""
        if viewer := await admin_at(self, Page.SETTINGS):
            await self._read(viewer)

    async def _read(self, viewer: Viewer) -> None:
        found = await settings_for(viewer.actor)
        self.templates, self.replies = list(found.templates), list(found.replies)
        self.fields, self.tags = list(found.fields), list(found.tags)
        self.categories, self.teams = list(found.categories), list(found.teams)
        self.loaded = True

    @rx.event
    def begin(self) -> None:
        """Runs when something is opened for editing."""
        self.error, self.errors = "", {}

    @rx.event
    async def submit(self, form_data: dict[str, Any]) -> EventSpec | None:
        """Save what is edited; on an error say at which field, and keep the dialog open."""
        self.errors = {}
        viewer = await signed_in(self)
        try:
            await _save(viewer.actor, form_data)
        except SeveralInvalid as error:
            self.errors = {each.field: str(each) for each in error.problems}
        except Invalid as error:
            self.errors = {error.field or "form": str(error)}
        except (DomainError, DatabaseUnavailable) as error:
            self.errors = {"form": str(error)}
        else:
            return edited.push(NOTHING_EDITED)
        return None

    @rx.event
    async def retire(self, sort: str, row_id: str) -> None:
        """Offer a template, or ask for a field, no more."""
        await self._do(_activate, sort, row_id, False)

    @rx.event
    async def restore(self, sort: str, row_id: str) -> None:
        """Offer it, or ask for it, again."""
        await self._do(_activate, sort, row_id, True)

    @rx.event
    async def move_up(self, row_id: str) -> None:
        """Ask for a field before the one that stands above it."""
        await self._do(_move, row_id, True)

    @rx.event
    async def move_down(self, row_id: str) -> None:
        await self._do(_move, row_id, False)

    @rx.event
    async def delete_reply(self, row_id: str) -> None:
        await self._do(_delete_reply, row_id)

    @rx.event
    async def choose_auto_assign(self, row_id: str, value: str) -> None:
        """Let a team's tickets find their assignee by themselves, or not."""
        await self._do(_set_auto_assign, row_id, value)

    async def _do(self, command: Callable[..., Awaitable[None]], *arguments: object) -> None:
        viewer = await signed_in(self)
        self.error = await attempt(command(viewer.actor, *arguments))


def _row_id(given: object) -> UUID:
    row_id = parse_id(given)
    if row_id is None:
        raise Invalid("Choose one of the list.")
    return row_id


async def _activate(actor: Actor, sort: object, given: object, active: bool) -> None:
    row_id = _row_id(given)
    if sort == "template":
        await templates.set_active(actor, row_id, active)
    elif sort == "field":
        await field_definitions.set_active(actor, row_id, active)


async def _move(actor: Actor, given: object, up: bool) -> None:
    await field_definitions.move(actor, _row_id(given), up)


async def _delete_reply(actor: Actor, given: object) -> None:
    await replies.remove(actor, _row_id(given))


async def _set_auto_assign(actor: Actor, given: object, value: object) -> None:
    await teams.choose_auto_assign(actor, _row_id(given), chosen(AutoAssign, value))


# What the forms say, each read as what it is of.


async def _save(actor: Actor, form: object) -> None:
    saver = _SAVERS.get(typed(form, "sort"))
    if saver is None:
        raise Invalid("Choose one of the list.")
    given = typed(form, "id")
    await saver(actor, _row_id(given) if given else None, form)


async def _save_template(actor: Actor, row_id: UUID | None, form: object) -> None:
    kind = chosen(TicketType, typed(form, "type"))
    template = Template(typed(form, "name"), kind, typed(form, "subject"), typed(form, "body"))
    await templates.save(actor, row_id, template)


async def _save_reply(actor: Actor, row_id: UUID | None, form: object) -> None:
    await replies.save(actor, row_id, typed(form, "name"), typed(form, "body"), shared=True)


async def _save_field(actor: Actor, row_id: UUID | None, form: object) -> None:
    ticket_type = typed(form, "type")
    definition = Definition(
        typed(form, "name"),
        chosen(FieldKind, typed(form, "kind")),
        chosen(TicketType, ticket_type) if ticket_type else None,
        required=bool(typed(form, "required")),
        choices=tuple(typed(form, "choices").splitlines()),
    )
    await field_definitions.save(actor, row_id, definition)


async def _save_tag(actor: Actor, row_id: UUID | None, form: object) -> None:
    hue = typed(form, "hue")
    await tag_settings.save(
        actor,
        row_id,
        typed(form, "name"),
        int(hue) if hue.isdecimal() and len(hue) < 4 else -1,
        typed(form, "description"),
    )


async def _save_category(actor: Actor, row_id: UUID | None, form: object) -> None:
    await categories.save(actor, row_id, typed(form, "name"))


_SAVERS: dict[str, Callable[[Actor, UUID | None, object], Awaitable[None]]] = {
    "template": _save_template,
    "reply": _save_reply,
    "field": _save_field,
    "tag": _save_tag,
    "category": _save_category,
}
