"""What admins do beside the conversation: who takes part in it, and what of it goes away."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec
from reflex.experimental import ClientStateVar

from supportdesk import routes
from supportdesk.domain.commands import moderation, participants
from supportdesk.domain.errors import Invalid
from supportdesk.domain.ids import parse_id
from supportdesk.domain.models import Audience
from supportdesk.domain.queries.joining import Candidate, candidates_for
from supportdesk.domain.queries.sessions import Viewer
from supportdesk.state.choice import chosen, typed
from supportdesk.state.details import DetailsState
from supportdesk.state.session import attempt, signed_in

# Which dialog is open is the browser's business, so none is lost with a connection.
NOBODY = {"id": "", "name": "", "role": "", "seller": ""}
adding = ClientStateVar.create("adding_person", default=False)
picked = ClientStateVar.create("picked_person", default=NOBODY)
removing = ClientStateVar.create("removing_person", default=NOBODY)
blocking = ClientStateVar.create("blocking_person", default=NOBODY)
# `chat` or `ticket`: what is about to be deleted.
wiping = ClientStateVar.create("wiping", default="")


class ModerationState(rx.State):
    """`looked` for candidates, of whom there may be none."""

    error: str = ""
    candidates: list[Candidate] = []
    looked: bool = False

    @rx.event
    def begin(self) -> None:
        """Runs when one of the dialogs is opened."""
        self.error, self.candidates, self.looked = "", [], False

    @rx.event
    async def look_for(self, text: str) -> None:
        """Whom one may mean who has typed so much."""
        self.error = await attempt(self._look_for(text))

    async def _look_for(self, text: object) -> None:
        viewer, ticket_id = await self._here()
        wanted = text if isinstance(text, str) else ""
        self.candidates = list(await candidates_for(viewer.actor, ticket_id, wanted))
        self.looked = wanted.strip() != ""

    @rx.event
    async def add(self, form_data: dict[str, Any]) -> list[EventSpec] | None:
        """Let the person who was picked take part."""
        return await self._done(self._add(form_data), adding.push(False), picked.push(NOBODY))

    async def _add(self, form: object) -> None:
        viewer, ticket_id = await self._here()
        person = _person(typed(form, "person"))
        audience = chosen(Audience, typed(form, "may_read"))
        await participants.add(viewer.actor, ticket_id, person, audience)

    @rx.event
    async def remove(self, person_id: str) -> list[EventSpec] | None:
        return await self._done(self._remove(person_id), removing.push(NOBODY))

    async def _remove(self, person_id: object) -> None:
        viewer, ticket_id = await self._here()
        await participants.remove(viewer.actor, ticket_id, _person(person_id))

    @rx.event
    async def let_read(self, person_id: str, audience: str) -> EventSpec | None:
        """Let a seller who was let in read more, or less."""
        refusal = await attempt(self._let_read(person_id, audience))
        return rx.toast.error(refusal) if refusal else None

    async def _let_read(self, person_id: object, audience: object) -> None:
        viewer, ticket_id = await self._here()
        upto = chosen(Audience, audience)
        await participants.set_reads(viewer.actor, ticket_id, _person(person_id), upto)

    @rx.event
    async def block(self, person_id: str) -> list[EventSpec] | None:
        """Let somebody read, and not write."""
        return await self._done(self._block(person_id), blocking.push(NOBODY))

    async def _block(self, person_id: object) -> None:
        viewer = await signed_in(self)
        await moderation.block(viewer.actor, _person(person_id))

    @rx.event
    async def wipe(self, form_data: dict[str, Any]) -> list[EventSpec] | None:
        """Delete all chat of the open ticket, or the ticket itself."""
        whole = typed(form_data, "what") == "ticket"
        then = [rx.redirect(routes.tickets("admin"))] if whole else []
        return await self._done(self._wipe(form_data, whole), wiping.push(""), *then)

    async def _wipe(self, form: object, whole: bool) -> None:
        viewer, ticket_id = await self._here()
        command = moderation.delete_ticket if whole else moderation.delete_chat
        await command(viewer.actor, ticket_id, typed(form, "confirmation"))

    async def _here(self) -> tuple[Viewer, UUID]:
        """Who acts, and on which ticket. Raises `NotFound`."""
        viewer = await signed_in(self)
        return viewer, await (await self.get_state(DetailsState))._open_ticket()

    async def _done(self, command: Awaitable[None], *effects: EventSpec) -> list[EventSpec] | None:
        """The effects, unless it could not be done: then the dialog stays, and says why."""
        self.error = await attempt(command)
        return None if self.error else list(effects)


def _person(given: object) -> UUID:
    found = parse_id(given)
    if found is None:
        raise Invalid("Choose one of the list.", "person")
    return found
