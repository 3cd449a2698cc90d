"""Writing a message."""

from __future__ import annotations

from contextlib import suppress
from time import monotonic
from typing import Any
from uuid import UUID, uuid5

import reflex as rx
from reflex.event import EventSpec
from reflex.experimental import ClientStateVar

from supportdesk.database.engine import DatabaseUnavailable
from supportdesk.domain.commands import drafts, messages
from supportdesk.domain.commands.messages import MAY_ADDRESS
from supportdesk.domain.errors import Invalid, NotFound
from supportdesk.domain.ids import new_id, parse_id
from supportdesk.domain.models import Audience
from supportdesk.domain.queries import numbers, thread
from supportdesk.domain.queries.drafts import Kept, kept_for
from supportdesk.domain.queries.sessions import Viewer
from supportdesk.state.boxes import empty_of, offer, setter
from supportdesk.state.choice import Choice, chosen, typed
from supportdesk.state.session import Effects, attempt, signed_in
from supportdesk.state.thread import ThreadState

# Lives in the browser, so that the box is still from the moment of sending, on a slow line too.
sending = ClientStateVar.create("sending", default=False)
# The same for whom it is addressed to: what the screen says when it is sent is what counts, before
# the server has heard of the choice, too.
audience_chosen = ClientStateVar.create("audience_chosen", default=Audience.EVERYONE.value)

# The message that the next one answers: `{"id": ..., "name": ...}`, or nothing.
quoted = ClientStateVar.create("quoted", default=None)

MESSAGE_BOX = "message"
_SEND_ID = "supportdesk-send-id"
# Read at the moment of sending, not when the page was drawn.
kept_send_id = rx.Var(f"(sessionStorage.getItem('{_SEND_ID}') ?? '')").to(str)
# Who presses Enter again, and the box is empty by then, meant what has just been sent.
_IMPATIENCE_SECONDS = 3.0
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
    send_id: str = rx.SessionStorage("", name=_SEND_ID)
    # What this tab knows of drafts, by ticket: for when the database is away, and for whom the
    # next message is addressed to when there is none.
    _drafts: dict[str, Kept] = {}
    _unsaved: set[str] = set()
    _sent: str = ""
    _impatient_until: float = 0.0

    @rx.event
    async def send(self, form_data: dict[str, Any], send_id: str = "") -> Effects:
        """Post what is in the box; empty the box only when it is saved.

        `send_id` is what the browser kept when the button was pressed: meanwhile another send may
        have been answered, or the server may have been away and know it no more.
        """
        text = typed(form_data, MESSAGE_BOX)
        if not text and monotonic() < self._impatient_until:
            yield sending.push(False)
            return
        self.error = await attempt(self._post(text, form_data, parse_id(send_id) or new_id()))
        if self.error:
            yield sending.push(False)
            return
        await self._forget_draft(text, typed(form_data, "audience"))
        yield [
            empty_of(MESSAGE_BOX, text),
            quoted.push(None),
            sending.push(False),
            rx.set_focus(MESSAGE_BOX),
        ]
        self._impatient_until = monotonic() + _IMPATIENCE_SECONDS
        # Last: who presses again while the text still stands there repeats this send.
        self.send_id = str(new_id())

    async def _post(self, text: str, form: object, send_id: UUID) -> None:
        viewer = await signed_in(self)
        ticket = await self.get_state(ThreadState)
        ticket_id = await ticket._ticket_id()
        if ticket_id is None:
            raise NotFound
        audience, quote_id = typed(form, "audience"), parse_id(typed(form, "quote"))
        # Another text is another message, even under the same id: nothing typed is swallowed.
        client_id = uuid5(send_id, f"{audience}:{quote_id or ''}:{text}")
        await messages.post(
            viewer.actor, ticket_id, text, chosen(Audience, audience), client_id, quote_id
        )

    async def _forget_draft(self, sent: str, audience: str) -> None:
        """The database has, with the message; what is left is whom this tab writes to."""
        ticket = await self.get_state(ThreadState)
        self._unsaved.discard(ticket.number)
        self._drafts[ticket.number] = Kept("", chosen(Audience, audience))
        self._sent = sent

    @rx.event
    async def keep_draft(self, number: str, text: str, audience: str) -> None:
        """Remember what is in the box of that ticket, and whom it is addressed to."""
        # Who leaves the box before it is emptied leaves what has been sent, not a draft.
        if not isinstance(text, str) or (text and text == self._sent):
            return
        with suppress(Invalid, NotFound):
            draft = Kept(text[: drafts.LONGEST], chosen(Audience, audience))
            viewer = await signed_in(self)
            number = numbers.spell(numbers.read(number) or 0)
            if self._drafts.get(number) == draft and number not in self._unsaved:
                return
            self._unsaved.add(number)
            self._drafts[number] = draft
            with suppress(DatabaseUnavailable):
                await self._save(viewer, number, draft)

    async def _save(self, viewer: Viewer, number: str, draft: Kept) -> None:
        try:
            ticket_id = await thread.find(viewer.actor, numbers.read(number) or 0)
            await drafts.keep_reply(viewer.actor, ticket_id, draft.body, draft.audience)
        except NotFound:
            del self._drafts[number]
        self._unsaved.discard(number)

    def _arrive(self, viewer: Viewer) -> None:
        mine = MAY_ADDRESS[viewer.actor.role]
        self.audiences = [Choice(audience.value, _AUDIENCE_LABELS[audience]) for audience in mine]
        if parse_id(self.send_id) is None:
            self.send_id = str(new_id())

    @rx.event
    async def bring_draft(self) -> EventSpec | None:
        """Runs when the page has drawn the box: put in what was left, unless one types already."""
        number = numbers.read(self.router.url.path.rstrip("/").rpartition("/")[2])
        if number is None:
            return None
        draft = await self._draft_of(await signed_in(self), numbers.spell(number))
        if draft == Kept():
            return None
        return offer(MESSAGE_BOX, draft.body, setter(audience_chosen, draft.audience))

    async def _swap_draft(self, viewer: Viewer, number: str) -> list[EventSpec]:
        """Put the draft of the ticket that is being opened into the box, as it was addressed."""
        self.error = ""
        draft = await self._draft_of(viewer, number)
        return [
            quoted.push(None),
            audience_chosen.push(draft.audience),
            rx.set_value(MESSAGE_BOX, draft.body),
        ]

    async def _draft_of(self, viewer: Viewer, number: str) -> Kept:
        known = self._drafts.get(number, Kept())
        if number in self._unsaved:
            return known
        try:
            ticket_id = await thread.find(viewer.actor, numbers.read(number) or 0)
            kept = await kept_for(viewer.actor, ticket_id)
        except NotFound:
            return Kept()
        except DatabaseUnavailable:
            return known
        return kept if kept.body else Kept("", known.audience)
