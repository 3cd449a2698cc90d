"""What one does to a ticket without opening it, from its row in the list."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec

from supportdesk.domain.actor import Actor
from supportdesk.domain.changes import Changes
from supportdesk.domain.commands import tickets
from supportdesk.domain.errors import NotFound
from supportdesk.domain.ids import parse_id
from supportdesk.domain.models import Priority
from supportdesk.state.choice import chosen
from supportdesk.state.desk import browser_of
from supportdesk.state.inbox import InboxState
from supportdesk.state.session import attempt, signed_in

Command = Callable[[Actor, UUID], Awaitable[None]]


class QuickState(rx.State):
    @rx.event
    async def star(self, ticket_id: str, starred: bool) -> EventSpec | None:
        """Put one's own star on the ticket, or take it off."""
        viewer = await signed_in(self)

        async def star(actor: Actor, found: UUID) -> None:
            await tickets.set_star(actor, found, starred is True)

        effect = await self._do(star, ticket_id)
        browser = browser_of(self)
        if browser is not None and browser.inbox is not None:
            await (await self.get_state(InboxState))._read_marks(viewer, browser)
        return effect

    @rx.event
    async def close(self, ticket_id: str) -> EventSpec | None:
        return await self._do(tickets.close, ticket_id)

    @rx.event
    async def reopen(self, ticket_id: str) -> EventSpec | None:
        return await self._do(tickets.reopen, ticket_id)

    @rx.event
    async def assign_to_me(self, ticket_id: str) -> EventSpec | None:
        async def assign(actor: Actor, found: UUID) -> None:
            await tickets.change(actor, found, Changes(assignee_id=actor.user_id))

        return await self._do(assign, ticket_id)

    @rx.event
    async def prioritise(self, ticket_id: str, value: str) -> EventSpec | None:
        async def prioritise(actor: Actor, found: UUID) -> None:
            await tickets.set_priority(actor, found, chosen(Priority, value))

        return await self._do(prioritise, ticket_id)

    async def _do(self, command: Command, ticket_id: object) -> EventSpec | None:
        """Run it for whoever sent this; what could not be done is said."""
        error = await attempt(self._run(command, ticket_id))
        return rx.toast.error(error) if error else None

    async def _run(self, command: Command, ticket_id: object) -> None:
        viewer, found = await signed_in(self), parse_id(ticket_id)
        if found is None:
            raise NotFound
        await command(viewer.actor, found)
