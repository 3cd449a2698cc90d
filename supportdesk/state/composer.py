"""Writing a message."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from uuid import uuid5

import reflex as rx
from reflex.event import EventSpec
from reflex.experimental import ClientStateVar

from supportdesk.domain.commands import messages
from supportdesk.domain.commands.messages import MAY_ADDRESS
from supportdesk.domain.errors import Invalid, NotFound
from supportdesk.domain.ids import new_id, parse_id
from supportdesk.domain.models import Audience
from supportdesk.domain.queries.sessions import Viewer
from supportdesk.state.choice import Choice, chosen, typed
from supportdesk.state.session import attempt, signed_in
from supportdesk.state.thread import ThreadState

# Lives in the browser, so that the box is still from the moment of sending, on a slow line too.
sending = ClientStateVar.create("sending", default=False)
# The same for whom it is addressed to: what the screen says when it is sent is what counts, before
# the server has heard of the choice, too.
audience_chosen = ClientStateVar.create("audience_chosen", default=Audience.EVERYONE.value)

MESSAGE_BOX = "message"
_AUDIENCE_LABELS = {
    Audience.EVERYONE: "Everyone",
    Audience.STAFF: "Staff",
    Audience.ADMINS: "Admins",
}


class ComposerState(rx.State):
    """The text itself stays in the browser until it is saved; see `ui/composer`."""

    error: str = ""
    audiences: list[Choice] = []
    # Names the next send. Kept by the browser, so that a send repeated after the server was
    # restarted in the middle is still the same send.
    send_id: str = rx.SessionStorage("", name="supportdesk-send-id")
    _drafts: dict[str, str] = {}
    _addressed: dict[str, str] = {}
    _sent: str = ""

    @rx.event
    async def send(self, form_data: dict[str, Any]) -> EventSpec | list[EventSpec]:
        """Post what is in the box; empty the box only when it is saved."""
        text = typed(form_data, MESSAGE_BOX)
        self.error = await attempt(self._post(text, typed(form_data, "audience")))
        if self.error:
            return sending.push(False)
        self.send_id = str(new_id())
        await self._forget_draft(text)
        return [rx.set_value(MESSAGE_BOX, ""), sending.push(False), rx.set_focus(MESSAGE_BOX)]

    async def _post(self, text: str, audience: str) -> None:
        viewer = await signed_in(self)
        ticket = await self.get_state(ThreadState)
        ticket_id = await ticket._ticket_id()
        if ticket_id is None:
            raise NotFound
        send_id = parse_id(self.send_id) or new_id()
        # Another text is another message, even under the same id: nothing typed is swallowed.
        client_id = uuid5(send_id, f"{audience}:{text}")
        await messages.post(viewer.actor, ticket_id, text, chosen(Audience, audience), client_id)

    async def _forget_draft(self, sent: str) -> None:
        ticket = await self.get_state(ThreadState)
        self._drafts.pop(ticket.number, None)
        self._sent = sent

    @rx.event
    async def keep_draft(self, text: str) -> None:
        """Remember what is in the box, for when its ticket is opened again in this tab."""
        ticket = await self.get_state(ThreadState)
        # Who leaves the box before it is emptied leaves what has been sent, not a draft.
        if isinstance(text, str) and ticket.number and text != self._sent:
            self._drafts[ticket.number] = text[:20_000]

    @rx.event
    async def keep_audience(self, value: str) -> None:
        """Remember whom the draft is addressed to; the browser has chosen already."""
        ticket = await self.get_state(ThreadState)
        with suppress(Invalid):
            self._addressed[ticket.number] = chosen(Audience, value).value

    def _arrive(self, viewer: Viewer) -> None:
        mine = MAY_ADDRESS[viewer.actor.role]
        self.audiences = [Choice(audience.value, _AUDIENCE_LABELS[audience]) for audience in mine]
        if parse_id(self.send_id) is None:
            self.send_id = str(new_id())

    def _swap_draft(self, number: str) -> list[EventSpec]:
        """Put the draft of the ticket that is being opened into the box, as it was addressed."""
        self.error = ""
        audience = self._addressed.get(number, Audience.EVERYONE.value)
        return [
            audience_chosen.push(audience),
            rx.set_value(MESSAGE_BOX, self._drafts.get(number, "")),
        ]
