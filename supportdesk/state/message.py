"""What one does with a message that stands there: edit, delete, react, look at earlier versions."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec
from reflex.experimental import ClientStateVar

from supportdesk import routes
from supportdesk.database.engine import DatabaseUnavailable
from supportdesk.domain.commands import amending, messages, reactions
from supportdesk.domain.errors import DomainError, NotFound
from supportdesk.domain.ids import parse_id
from supportdesk.domain.queries import versions
from supportdesk.domain.queries.sessions import Viewer
from supportdesk.realtime.lines import zone
from supportdesk.state.choice import typed
from supportdesk.state.desk import browser_of
from supportdesk.state.filters import FilterState
from supportdesk.state.session import attempt, signed_in

# Which dialog is open is the browser's business, so none is lost with a connection.
edit_open = ClientStateVar.create("edit_open", default=False)
# Nor is what is edited: which message, what it said, and whether it is on its way to be saved.
edited_id = ClientStateVar.create("edited_id", default="")
edited_text = ClientStateVar.create("edited_text", default="")
edit_saving = ClientStateVar.create("edit_saving", default=False)
EDITED, EDITED_BOX = "edited", "edited-text"
# How long the text in that dialog is, and whether somebody has tried to save it though it was too
# long.
edited_length = ClientStateVar.create("edited_length", default=0)
edited_too_long = ClientStateVar.create("edited_too_long", default=False)
# Whether the time to change the message has not run out whose menu is open.
still_editable = ClientStateVar.create("still_editable", default=True)
deleting = ClientStateVar.create("deleting", default="")
versions_open = ClientStateVar.create("versions_open", default=False)


@dataclass(frozen=True, slots=True)
class ShownVersion:
    """`at` is the day and the time for people, in their zone."""

    text: str
    at: str


def save_again() -> EventSpec:
    """Sent when a page is connected again: what it sent before may have come to nobody."""
    form = f"document.getElementById('{EDITED_BOX}')?.form"
    return rx.call_script(
        f"refs['_client_state_{edit_saving._getter_name}'] && {form}?.requestSubmit()"
    )


class MessageState(rx.State):
    error: str = ""
    delete_error: str = ""
    versions: list[ShownVersion] = []
    _versions_of: UUID | None = None

    @rx.event
    async def begin_edit(self, message_id: str) -> list[EventSpec]:
        """Open the dialog with what was typed; the screen only has what became of it."""
        viewer = await signed_in(self)
        try:
            wanted = _named(message_id)
            text = await amending.text_of(viewer.actor, wanted)
        except (DomainError, DatabaseUnavailable) as error:
            return [rx.toast.error(str(error))]
        self.error = ""
        return [edited_text.push(text), edited_id.push(str(wanted)), edit_open.push(True)]

    @rx.event
    async def save_edit(self, form_data: dict[str, Any]) -> list[EventSpec]:
        """Keep the dialog, and what is typed there, when it cannot be saved."""
        viewer = await signed_in(self)
        self.error = await attempt(self._save_edit(viewer, form_data))
        return [edit_saving.push(False), *([] if self.error else [edit_open.push(False)])]

    async def _save_edit(self, viewer: Viewer, form_data: object) -> None:
        wanted = _named(typed(form_data, EDITED))
        await amending.edit(viewer.actor, wanted, typed(form_data, "text"))

    @rx.event
    def begin_delete(self) -> None:
        """Runs when somebody is asked whether they mean it."""
        self.delete_error = ""

    @rx.event
    async def delete_message(self, message_id: str) -> EventSpec | None:
        """Keep the dialog, which then says why, when it cannot be deleted."""
        viewer = await signed_in(self)
        self.delete_error = await attempt(self._delete(viewer, message_id))
        return None if self.delete_error else deleting.push("")

    async def _delete(self, viewer: Viewer, message_id: object) -> None:
        await amending.delete(viewer.actor, _named(message_id))

    @rx.event
    async def react(self, message_id: str, emoji: str) -> EventSpec | None:
        """Put one's reaction there, or take it away."""
        viewer = await signed_in(self)
        return await _or_say_why(self._react(viewer, message_id, emoji))

    async def _react(self, viewer: Viewer, message_id: object, emoji: object) -> None:
        await reactions.toggle(viewer.actor, _named(message_id), str(emoji))

    @rx.event
    async def mark_unread(self, seq: int) -> EventSpec | None:
        """Leave the ticket with that message and all after it unread."""
        viewer, browser = await signed_in(self), browser_of(self)
        if browser is None or browser.thread is None or type(seq) is not int:
            return None
        browser.keeps_unread = True  # Before anybody is told that they are unread.
        refusal = await attempt(
            messages.mark_unread(viewer.actor, browser.thread.conversation_id, seq)
        )
        if refusal:
            browser.keeps_unread = False
            return rx.toast.error(refusal)
        query = (await self.get_state(FilterState)).query
        return rx.redirect(routes.tickets(viewer.actor.role.value) + query)

    @rx.event
    async def show_versions(self, message_id: str) -> EventSpec:
        self._versions_of = parse_id(message_id)
        await self._read_versions()
        return versions_open.push(True)

    @rx.event
    async def reread_versions(self) -> EventSpec | None:
        """Sent when the message has changed, or may not be seen any more: none are left then."""
        if self.versions:
            await self._read_versions()
            return None if self.versions else versions_open.push(False)
        return None

    async def _read_versions(self) -> None:
        viewer, browser, wanted = await signed_in(self), browser_of(self), self._versions_of
        found = await versions.versions_for(viewer.actor, wanted) if wanted else ()
        reader = zone(viewer.timezone)
        self.versions = [
            ShownVersion(each.text, f"{each.written_at.astimezone(reader):%-d %B %Y, %H:%M}")
            for each in found
        ]
        if browser is not None:
            browser.hits["versions"] = frozenset({wanted} if wanted and found else ())


async def _or_say_why(command: Awaitable[None]) -> EventSpec | None:
    refusal = await attempt(command)
    return rx.toast.error(refusal) if refusal else None


def _named(message_id: object) -> UUID:
    """Raises `NotFound`: an id from a browser may be anything."""
    found = parse_id(message_id)
    if found is None:
        raise NotFound("message")
    return found
