"""The page on which admins manage what the desk asks for and offers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import reflex as rx
from reflex.event import EventSpec
from reflex.experimental import ClientStateVar

from supportdesk.database.engine import DatabaseUnavailable
from supportdesk.domain.actor import Actor
from supportdesk.domain.commands import (
    field_definitions,
    replies,
    tag_settings,
    templates,
)
from supportdesk.domain.errors import Changed, DomainError, Invalid, SeveralInvalid
from supportdesk.domain.models import FieldKind
from supportdesk.domain.queries import tags
from supportdesk.domain.queries.desk_rules import HoursRow, RuleRow
from supportdesk.domain.queries.sessions import Viewer
from supportdesk.domain.queries.settings import (
    CategoryRow,
    FieldRow,
    SharedReply,
    TagRow,
    TemplateRow,
    settings_for,
)
from supportdesk.realtime.pages import Page
from supportdesk.state.arriving import admin_at, arrive_at
from supportdesk.state.choice import typed
from supportdesk.state.session import attempt, signed_in
from supportdesk.state.settings_forms import row_id_of, save_form

# What is being edited, and in which dialog. It lives in the browser, so that it stays open, with
# all that was typed, through a lost connection and a restart of the server.
NOTHING_EDITED: dict[str, Any] = {
    "sort": "", "id": "", "name": "", "type": "", "subject": "", "body": "", "hue": "0",
    "description": "", "kind": "text", "required": False, "choices": "", "key": "",
    "value": "", "hint": "", "by_default": "", "long": False, "was": "", "timezone": "",
    "days": [""] * 14,
}  # fmt: skip
edited = ClientStateVar.create("edited_setting", default=NOTHING_EDITED)
# A tag that somebody thinks of merging or deleting: `what` says which.
NO_TAG_ASKED = {"what": "", "id": "", "name": ""}
tag_asked = ClientStateVar.create("tag_asked", default=NO_TAG_ASKED)
kind_chosen = ClientStateVar.create("field_kind", default=FieldKind.TEXT.value)


NO_HOURS = HoursRow("hours", "", "", "UTC", ("",) * 14, "{}")


class SettingsState(rx.State):
    loaded: bool = False
    error: str = ""
    errors: dict[str, str] = {}
    templates: list[TemplateRow] = []
    replies: list[SharedReply] = []
    fields: list[FieldRow] = []
    tags: list[TagRow] = []
    categories: list[CategoryRow] = []
    limits: list[RuleRow] = []
    texts: list[RuleRow] = []
    hours: HoursRow = NO_HOURS
    uses: str = ""
    overtaken: bool = False
    was: str = ""
    """How what is edited reads by now, where its editor was `overtaken` and has been told that."""

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
        found = await settings_for(viewer.actor, viewer.timezone)
        self.templates, self.replies = list(found.templates), list(found.replies)
        self.fields, self.tags = list(found.fields), list(found.tags)
        self.categories, self.hours = list(found.categories), found.hours
        self.limits, self.texts = list(found.limits), list(found.texts)
        self.loaded = True

    @rx.event
    def begin(self) -> None:
        """Runs when something is opened for editing."""
        self.error, self.errors, self.overtaken = "", {}, False

    @rx.event
    async def submit(self, form_data: dict[str, Any]) -> EventSpec | None:
        """Save what is edited; on an error say at which field, and keep the dialog open."""
        self.errors = {}
        viewer = await signed_in(self)
        try:
            await save_form(viewer.actor, form_data)
        except SeveralInvalid as error:
            self.errors = {each.field: str(each) for each in error.problems}
        except Invalid as error:
            self.errors = {error.field or "form": str(error)}
        except Changed as changed:
            self.errors = {"form": str(changed)}
            self.overtaken, self.was = True, changed.now
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
    async def ask_uses(self, row_id: str) -> None:
        """Runs when somebody thinks of merging or deleting a tag: what would become of what."""
        self.error, self.errors, self.uses = "", {}, ""
        viewer = await signed_in(self)
        try:
            counts = await tags.uses_of(viewer.actor, row_id_of(row_id))
        except (DomainError, DatabaseUnavailable) as error:
            self.errors = {"form": str(error)}
        else:
            self.uses = _uses_in_words(*counts)

    @rx.event
    async def merge_tag(self, form_data: dict[str, Any]) -> EventSpec | None:
        """Let one tag become another; on an error the dialog stays open."""
        ids = typed(form_data, "id"), typed(form_data, "into")
        return await self._with_tag(_merge_tag, *ids)

    @rx.event
    async def delete_tag(self, row_id: str) -> EventSpec | None:
        return await self._with_tag(_delete_tag, row_id)

    async def _with_tag(
        self, command: Callable[..., Awaitable[None]], *ids: object
    ) -> EventSpec | None:
        self.errors = {}
        viewer = await signed_in(self)
        if error := await attempt(command(viewer.actor, *ids)):
            self.errors = {"form": error}
            return None
        return tag_asked.push(NO_TAG_ASKED)

    async def _do(self, command: Callable[..., Awaitable[None]], *arguments: object) -> None:
        viewer = await signed_in(self)
        self.error = await attempt(command(viewer.actor, *arguments))


async def _activate(actor: Actor, sort: object, given: object, active: bool) -> None:
    row_id = row_id_of(given)
    if sort == "template":
        await templates.set_active(actor, row_id, active)
    elif sort == "field":
        await field_definitions.set_active(actor, row_id, active)


async def _move(actor: Actor, given: object, up: bool) -> None:
    await field_definitions.move(actor, row_id_of(given), up)


async def _delete_reply(actor: Actor, given: object) -> None:
    await replies.remove(actor, row_id_of(given))


async def _merge_tag(actor: Actor, given: object, into: object) -> None:
    await tag_settings.merge(actor, row_id_of(given), row_id_of(into))


async def _delete_tag(actor: Actor, given: object) -> None:
    await tag_settings.delete(actor, row_id_of(given))


def _uses_in_words(tickets: int, views: int) -> str:
    on = "1 ticket has it" if tickets == 1 else f"{tickets:,} tickets have it"
    named = "1 saved view asks" if views == 1 else f"{views:,} saved views ask"
    return f"{on}, and {named} for it."
