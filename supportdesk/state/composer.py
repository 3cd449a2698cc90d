"""Writing a message."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from time import monotonic
from typing import Any
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec
from reflex.experimental import ClientStateVar

from supportdesk.database.engine import DatabaseUnavailable
from supportdesk.domain.actor import Actor
from supportdesk.domain.commands import drafts
from supportdesk.domain.commands.messages import MAY_ADDRESS
from supportdesk.domain.errors import DomainError, Invalid, NotFound, SessionOver
from supportdesk.domain.models import Audience
from supportdesk.domain.queries import numbers, thread
from supportdesk.domain.queries.drafts import Kept, kept_for
from supportdesk.domain.queries.sessions import Viewer
from supportdesk.domain.text import check_body
from supportdesk.state.boxes import offer, setter
from supportdesk.state.choice import Choice, chosen, typed
from supportdesk.state.desk import acting, browser_of
from supportdesk.state.outbox import (
    AT_ONCE,
    MEASURE,
    MESSAGE_BOX,
    hand_over,
    settle,
    waits,
    written_length,
)
from supportdesk.state.rules import allowed
from supportdesk.state.sending import Outgoing, posted_ahead
from supportdesk.state.session import Effects, SessionState, signed_in
from supportdesk.state.thread import ThreadState
from supportdesk.state.unsaved import Unsaved, forget, unsaved_by

# Lives in the browser: what the screen says when a message is sent is what counts, before the
# server has heard of the choice, too.
audience_chosen = ClientStateVar.create("audience_chosen", default=Audience.EVERYONE.value)

# The fewest to whom what stands in the box has been addressed, and whether it is asked just now if
# it may go to more.
written_for = ClientStateVar.create("written_for", default=Audience.EVERYONE.value)
asking = ClientStateVar.create("asking_wider", default=False)

# The last line that stood there when one began to write; 0 while one does not.
writing_since = ClientStateVar.create("writing_since", default=0)

# The message that the next one answers: `{"id": ..., "name": ...}`, or nothing.
quoted = ClientStateVar.create("quoted", default=None)

_IMPATIENCE_SECONDS = 3.0
_TRY_AGAIN_SECONDS = 2.0
_SEEN_WITHIN_SECONDS = 2.0
_REMEMBERED = 50
AUDIENCE_LABELS = {
    Audience.EVERYONE: "Everyone",
    Audience.STAFF: "Staff",
    Audience.ADMINS: "Admins",
}


class ComposerState(rx.State):
    """The text itself stays in the browser until it is saved; see `ui/composer`."""

    error: str = ""
    audiences: list[Choice] = []
    most: int = 0
    file_most: int = 0
    files_most: int = 0
    files_allowed: str = ""
    edit_minutes: int = 0
    # What this tab knows of drafts, by ticket: for when the database is away, and for whom the
    # next message is addressed to when there is none.
    _drafts: dict[str, Kept] = {}
    _unsaved: set[str] = set()
    _saved: list[str] = []
    _trying_again: bool = False
    _impatient_until: float = 0.0

    @rx.event
    async def send(self, waiting: list[dict[str, Any]], unsendable: str = "") -> Effects:
        """Post what waits in the browser's outbox; `unsendable` is what was in the box and cannot
        be a message. It is still there."""
        self._tell(self._why_not(str(unsendable), bool(waiting)))
        async for effect in self._send(waiting):
            yield effect

    @rx.event
    async def send_again(self, waiting: list[dict[str, Any]]) -> Effects:
        """Post what an outage left in the outbox, or what there was too much of for one time."""
        self._trying_again = False
        self._tell("" if waiting else self.error)
        async for effect in self._send(waiting):
            yield effect

    def _tell(self, error: str) -> None:
        """Once: Reflex sends what is set, also when it is what was there."""
        if error != self.error:
            self.error = error

    def _why_not(self, text: str, waiting: bool) -> str:
        # Who presses Enter again, and the box is empty by then, meant what has just been sent.
        if not text and (waiting or monotonic() < self._impatient_until):
            return ""
        try:
            check_body(text)
        except Invalid as error:
            return str(error)
        return ""

    async def _send(self, waiting: object) -> Effects:
        """In order, and each once: the same may come again, but its id makes it one message."""
        if not isinstance(waiting, list) or not waiting:
            return
        waiting = waiting[:AT_ONCE]
        saved: list[str] = []
        refused: dict[str, str] = {}
        away = ""
        try:
            actor = await acting(self)
            for each in waiting:
                try:
                    actor = await self._post_as(actor, each)
                    saved.append(typed(each, "id"))
                except DomainError as error:
                    refused[typed(each, "id")] = str(error)
        except DatabaseUnavailable as error:
            away = str(error)
        self._tell(away or self.error)
        self._impatient_until = monotonic() + _IMPATIENCE_SECONDS
        yield settle(saved, refused)
        if (away and not self._trying_again) or (not away and len(waiting) == AT_ONCE):
            self._trying_again = bool(away)
            yield await self._hand_over(after_seconds=_TRY_AGAIN_SECONDS if away else 0)

    async def _hand_over(self, *, after_seconds: float = 0) -> EventSpec:
        again: Any = ComposerState.send_again
        me = (await self.get_state(SessionState)).me_id
        return hand_over(me, again, after_seconds=after_seconds)

    async def _post_as(self, actor: Actor, each: object) -> Actor:
        """Returns whom their session turned out to be. Raises `DomainError` for what will never be
        saved like this, and `SignedOut`."""
        try:
            await self._post(actor, each)
        except (DomainError, SessionOver):
            if actor.unproven is None:
                raise
            # Before anything is said to them: who are they?
            actor = (await signed_in(self)).actor
            await self._post(actor, each)
        return actor

    async def _post(self, actor: Actor, each: object) -> None:
        """Raises `DomainError` for what will never be saved like this."""
        outgoing = Outgoing.read(each)
        if str(outgoing.id) in self._saved:
            return
        ticket_id = await self._id_of(actor, outgoing.ticket)
        ahead = posted_ahead(browser_of(self), outgoing.id)
        posted = await (ahead or outgoing.post(actor, ticket_id))
        self._saved = [*self._saved[-_REMEMBERED:], str(outgoing.id)]
        self._forget_draft(outgoing.ticket, outgoing.text, outgoing.audience)
        await self._see(ticket_id, posted.seq)

    async def _id_of(self, actor: Actor, number: str) -> UUID:
        open_ = await self.get_state(ThreadState)
        open_id = await open_._ticket_id()
        if open_id is not None and number == open_.number:
            return open_id
        return await thread.find(actor, numbers.read(number) or 0)

    def _forget_draft(self, number: str, sent: str, audience: Audience) -> None:
        """The database has, with the message; what has been typed since then is a new one."""
        draft = self._drafts.get(number, Kept())
        if draft.body.strip() in ("", sent.strip()):
            self._unsaved.discard(number)
            self._drafts[number] = Kept("", audience, written_for=audience)
        else:
            self._unsaved.add(number)

    async def _see(self, ticket_id: UUID, seq: int) -> None:
        """Wait until it stands in the conversation: not before that does it leave the outbox."""
        browser = browser_of(self)
        view = browser.thread if browser else None
        if browser and view and view.conversation_id == ticket_id and browser in view.admitted:
            with suppress(TimeoutError):
                async with asyncio.timeout(_SEEN_WITHIN_SECONDS):
                    await view.shown(seq)

    @rx.event
    async def keep_draft(
        self, number: str, text: str, audience: str, written_for: str, since: int = 0
    ) -> EventSpec | None:
        """Remember what is in the box of that ticket, whom it is and was addressed to, and which
        line was the last when it was begun."""
        typed_here = Unsaved(str(text), audience, written_for, since)
        return await self._keep(await signed_in(self), str(number), typed_here)

    async def _keep(self, viewer: Viewer, place: str, typed_here: Unsaved) -> EventSpec | None:
        """Returns what ends the browser's own care of it, as soon as the database has it."""
        text = typed_here.text[: drafts.LONGEST]
        try:
            draft = Kept(
                text,
                chosen(Audience, typed_here.audience),
                written_for=chosen(Audience, typed_here.written_for),
                since=_place(typed_here.since) if text.strip() else 0,
            )
        except Invalid:
            return None
        number = numbers.spell(numbers.read(place) or 0)
        if self._drafts.get(number) != draft or number in self._unsaved:
            self._unsaved.add(number)
            self._drafts[number] = draft
            try:
                await self._save(viewer, number, draft)
            except DatabaseUnavailable:
                return None
        me = str(viewer.actor.user_id)
        return forget(me, place, typed_here.text, typed_here.audience)

    async def _save(self, viewer: Viewer, number: str, draft: Kept) -> None:
        try:
            ticket_id = await thread.find(viewer.actor, numbers.read(number) or 0)
            await drafts.keep_reply(
                viewer.actor, ticket_id, draft.body, draft.audience, draft.written_for, draft.since
            )
        except NotFound:
            del self._drafts[number]
        self._unsaved.discard(number)

    def _arrive(self, viewer: Viewer) -> None:
        mine = MAY_ADDRESS[viewer.actor.role]
        self.audiences = [Choice(audience.value, AUDIENCE_LABELS[audience]) for audience in mine]
        for name, value in allowed(viewer.actor.role).items():
            setattr(self, name, value)
        self._trying_again = False

    @rx.event
    async def bring_draft(self, unsaved: dict[str, Any] | None = None) -> Effects:
        """Runs when the page has drawn the box: put in what was left, unless one types already.

        An earlier page may have left something `unsaved`; that is the latest.
        """
        number = numbers.read(self.router.url.path.rstrip("/").rpartition("/")[2])
        if number is None and not unsaved:
            return
        viewer = await signed_in(self)
        for place, each in unsaved_by(str(viewer.actor.user_id), unsaved).items():
            if numbers.read(place) and (saved := await self._keep(viewer, place, each)):
                yield saved
        if number is None:
            return
        spelled = numbers.spell(number)
        draft = await self._draft_of(viewer, spelled)
        if draft == Kept():
            return
        yield offer(
            MESSAGE_BOX,
            draft.body,
            setter(audience_chosen, draft.audience),
            setter(written_for, draft.written_for),
            setter(writing_since, draft.since),
            MEASURE,
            unless=waits(spelled, draft.body),
        )

    async def _swap_draft(self, viewer: Viewer, number: str) -> list[EventSpec]:
        """Put the draft of the ticket that is being opened into the box, as it was addressed."""
        self.error = ""
        draft = await self._draft_of(viewer, number)
        return [
            quoted.push(None),
            audience_chosen.push(draft.audience),
            written_for.push(draft.written_for),
            writing_since.push(draft.since),
            rx.set_value(MESSAGE_BOX, draft.body),
            written_length.push(len(draft.body.strip())),
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
        return kept if kept.body else Kept("", known.audience, written_for=known.audience)


def _place(value: object) -> int:
    """Of a line; 0 for what cannot be one."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53:
        return value
    return 0


SEND = f"{ComposerState.get_full_name()}.send"
