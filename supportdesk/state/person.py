"""The admins' page of one person, and what they do there. Whom it is about, the address says."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec
from reflex.experimental import ClientStateVar

from supportdesk import routes
from supportdesk.database.engine import DatabaseUnavailable
from supportdesk.domain.actor import Actor, Role
from supportdesk.domain.commands import credentials, erasing, moderation, people, person_notes
from supportdesk.domain.errors import DomainError, Invalid, NotFound
from supportdesk.domain.ids import parse_id
from supportdesk.domain.queries.person import PersonPage, person_for
from supportdesk.domain.queries.sessions import Viewer
from supportdesk.realtime.pages import Page
from supportdesk.state.arriving import admin_at, arrive_at
from supportdesk.state.choice import chosen, typed
from supportdesk.state.desk import hub
from supportdesk.state.inviting import made_link, whole
from supportdesk.state.session import attempt, signed_in

# Which dialog is open, by what it is for, and the note that is to be thrown away.
asking = ClientStateVar.create("asking_of_person", default="")
deleting_note = ClientStateVar.create("deleting_note", default="")
NOTE_BOX = "person-note"


class PersonState(rx.State):
    """`problem` is what went wrong in the dialog that is open, `confirm_error` with what was typed
    there, `note_error` with the new note."""

    loaded: bool = False
    missing: bool = False
    error: str = ""
    problem: str = ""
    confirm_error: str = ""
    note_error: str = ""
    person: PersonPage = PersonPage()
    presence: str = ""

    @rx.event
    async def arrive(self) -> EventSpec | None:
        """Runs on the page, and again after each reconnect."""
        if self.person.id != str(self._asked_for() or ""):
            self.loaded, self.person = False, PersonPage()
        return await arrive_at(self, Page.PERSON, self._read)

    @rx.event
    async def reread(self) -> None:
        """Sent when something of it may have changed."""
        if viewer := await admin_at(self, Page.PERSON):
            await self._read(viewer)

    async def _read(self, viewer: Viewer) -> None:
        asked, self.missing = self._asked_for(), False
        try:
            if asked is None:
                raise NotFound("person")
            self.person = await person_for(viewer.actor, asked, viewer.session_id)
            # Whoever may not sign in is gone, though others learn of it a little later.
            self.presence = hub().attendance.state_of(asked) if self.person.active else ""
        except NotFound:
            self.missing, self.person = True, PersonPage()
        self.loaded = True

    def _asked_for(self) -> UUID | None:
        path = self.router.url.path.rstrip("/")
        home = f"{routes.ADMIN_PEOPLE}/"
        return parse_id(path.removeprefix(home)) if path.startswith(home) else None

    @rx.event
    def begin(self) -> None:
        """Runs when a dialog opens."""
        self.problem = self.confirm_error = ""

    @rx.event
    async def change_role(self, form_data: dict[str, Any]) -> EventSpec | None:
        """To what was chosen, if the person still is what the dialog showed."""
        return await self._do(_change_role, form_data)

    @rx.event
    async def deactivate(self) -> EventSpec | None:
        return await self._do(people.deactivate)

    @rx.event
    async def reactivate(self) -> EventSpec | None:
        return await self._do(people.reactivate)

    @rx.event
    async def block(self) -> EventSpec | None:
        """Let them read, and not write."""
        return await self._do(moderation.block)

    @rx.event
    async def unblock(self) -> EventSpec | None:
        """Let them write again."""
        return await self._do(moderation.unblock)

    @rx.event
    async def end_sessions(self) -> EventSpec | None:
        return await self._do(people.end_sessions)

    @rx.event
    async def erase(self, form_data: dict[str, Any]) -> EventSpec | None:
        """Forget the person for good, when what was typed shows that it is meant."""
        viewer, asked = await signed_in(self), self._asked_for()
        self.problem = self.confirm_error = ""
        try:
            if asked is None:
                raise NotFound("person")
            await erasing.erase(viewer.actor, asked, typed(form_data, "confirm"))
            await self._read(viewer)  # Before the dialog closes: its button is gone by then.
        except Invalid as error:
            self.confirm_error = str(error)
        except (DomainError, DatabaseUnavailable) as error:
            self.problem = str(error)
        else:
            return asking.push("")
        return None

    @rx.event
    async def withdraw_reset_link(self) -> None:
        """Have the link work no more."""
        self.error = await self._attempt(credentials.withdraw_reset_link)

    @rx.event
    async def end_session(self, session_id: str) -> None:
        """Sign one of the person's browsers out."""
        viewer = await signed_in(self)
        self.error = await attempt(_by_id(people.end_session, viewer.actor, session_id, "session"))

    @rx.event
    async def make_reset_link(self) -> EventSpec | None:
        """Make the link and show it in this browser, once."""
        viewer, asked = await signed_in(self), self._asked_for()
        try:
            if asked is None:
                raise NotFound("person")
            token = await credentials.make_reset_link(viewer.actor, asked)
        except (DomainError, DatabaseUnavailable) as error:
            self.problem = str(error)
            return None
        return made_link.push(whole(routes.reset_password(token)))

    @rx.event
    async def add_note(self, form_data: dict[str, Any]) -> EventSpec | None:
        """Keep it, and empty the box."""
        self.note_error = await self._attempt(person_notes.add, typed(form_data, "note"))
        return None if self.note_error else rx.set_value(NOTE_BOX, "")

    @rx.event
    async def delete_note(self, note_id: str) -> EventSpec | None:
        """Throw it away, whoever wrote it."""
        viewer = await signed_in(self)
        self.problem = await attempt(_by_id(person_notes.remove, viewer.actor, note_id, "note"))
        return None if self.problem else deleting_note.push("")

    async def _do(self, command: Callable[..., Awaitable[Any]], *given: Any) -> EventSpec | None:
        """What a dialog asked about; it stays open when it cannot be done."""
        self.problem = await self._attempt(command, *given)
        return None if self.problem else asking.push("")

    async def _attempt(self, command: Callable[..., Awaitable[Any]], *given: Any) -> str:
        """Do it to whom the page is about."""
        viewer, asked = await signed_in(self), self._asked_for()
        if asked is None:
            return str(NotFound("person"))
        return await attempt(command(viewer.actor, asked, *given))


async def _change_role(actor: Actor, person: UUID, form: object) -> None:
    now, before = typed(form, "role"), typed(form, "was")
    await people.change_role(actor, person, chosen(Role, now), chosen(Role, before))


async def _by_id(
    command: Callable[[Actor, UUID], Awaitable[None]], actor: Actor, given: object, what: str
) -> None:
    found = parse_id(given)
    if found is None:
        raise NotFound(what)
    await command(actor, found)
