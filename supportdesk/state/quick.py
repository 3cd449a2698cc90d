"""What one does to a ticket without opening it, from its row in the list."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec

from supportdesk.database.engine import DatabaseUnavailable
from supportdesk.domain.actor import Actor
from supportdesk.domain.changes import Changes
from supportdesk.domain.commands import bulk, tickets
from supportdesk.domain.commands.bulk import Change, Field
from supportdesk.domain.errors import NotFound, Refused
from supportdesk.domain.ids import parse_id
from supportdesk.domain.lifecycle import Status
from supportdesk.domain.models import Priority
from supportdesk.state.bulk import BulkState
from supportdesk.state.choice import chosen
from supportdesk.state.chosen import answered_in, in_row, in_rows
from supportdesk.state.desk import browser_of
from supportdesk.state.inbox import InboxState
from supportdesk.state.session import attempt, signed_in

Command = Callable[[Actor, UUID], Awaitable[None]]

# What is chosen in a row.
STAR, STATUS, PRIORITY = "star", "status", "priority"


class QuickState(rx.State):
    """The row shows what was chosen before this has heard of it: see `state/chosen`."""

    @rx.event
    async def star(self, ticket_id: str, starred: bool) -> list[EventSpec]:
        """Put one's own star on the ticket, or take it off."""
        viewer = await signed_in(self)

        async def star(actor: Actor, found: UUID) -> None:
            await tickets.set_star(actor, found, starred is True)

        answer = await self._do(star, ticket_id, STAR, "yes" if starred is True else "no")
        browser = browser_of(self)
        if browser is not None and browser.inbox is not None:
            await (await self.get_state(InboxState))._read_marks(viewer, browser)
        return answer

    @rx.event
    async def close(self, ticket_id: str) -> list[EventSpec]:
        """What leaves the list by that is named, and can be put back from there."""

        async def close(actor: Actor, found: UUID) -> None:
            summary = await bulk.apply(actor, [found], Change(Field.STATUS, Status.CLOSED))
            for refusal in summary.refused:
                raise Refused(refusal.reason)
            if self._leaves_as(Status.CLOSED):
                for done in summary.done:
                    (await self.get_state(BulkState))._tell_closed(done)

        return await self._do(close, ticket_id, STATUS, Status.CLOSED)

    def _leaves_as(self, status: Status) -> bool:
        """Whether the list asks for tickets of other statuses."""
        browser = browser_of(self)
        if browser is None or browser.inbox is None:
            return False
        asked = browser.inbox.key.filters.statuses
        return bool(asked) and status not in asked

    @rx.event
    async def reopen(self, ticket_id: str) -> list[EventSpec]:
        return await self._do(tickets.reopen, ticket_id, STATUS, Status.OPEN)

    @rx.event
    async def assign_to_me(self, ticket_id: str) -> list[EventSpec]:
        async def assign(actor: Actor, found: UUID) -> None:
            await tickets.change(actor, found, Changes(assignee_id=actor.user_id))

        return await self._do(assign, ticket_id)

    @rx.event
    async def prioritise(self, ticket_id: str, value: str) -> list[EventSpec]:
        async def prioritise(actor: Actor, found: UUID) -> None:
            await tickets.set_priority(actor, found, chosen(Priority, value))

        return await self._do(prioritise, ticket_id, PRIORITY, value)

    async def _do(
        self, command: Command, ticket_id: object, what: str = "", value: object = None
    ) -> list[EventSpec]:
        """Run it for whoever sent this; what could not be done is said, and shown no more."""
        error = await attempt(self._run(command, ticket_id))
        told = [rx.toast.error(error)] if error else []
        found = parse_id(ticket_id)
        if not what or found is None:
            return told
        return [*told, answered_in(in_rows, in_row(str(found), what), str(value))]

    async def _run(self, command: Command, ticket_id: object) -> None:
        viewer, found = await signed_in(self), parse_id(ticket_id)
        if found is None:
            raise NotFound
        await command(viewer.actor, found)
        browser = browser_of(self)
        if browser is not None:
            with suppress(DatabaseUnavailable):
                await (await self.get_state(InboxState))._catch_up(viewer, browser, found)
