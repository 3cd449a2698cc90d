"""Changing the open ticket: status, priority, one's own star."""

from __future__ import annotations

from uuid import UUID

import reflex as rx

from supportdesk.domain.commands import tickets
from supportdesk.domain.errors import NotFound
from supportdesk.domain.lifecycle import Status
from supportdesk.domain.models import Priority
from supportdesk.state.choice import chosen
from supportdesk.state.desk import browser_of
from supportdesk.state.inbox import InboxState
from supportdesk.state.session import attempt, signed_in
from supportdesk.state.thread import ThreadState


class DetailsState(rx.State):
    error: str = ""

    @rx.event
    async def choose_status(self, value: str) -> None:
        self.error = await attempt(self._set_status(value))

    @rx.event
    async def close_ticket(self) -> None:
        self.error = await attempt(self._set_status(Status.CLOSED))

    @rx.event
    async def reopen_ticket(self) -> None:
        self.error = await attempt(self._set_status(Status.OPEN))

    @rx.event
    async def choose_priority(self, value: str) -> None:
        self.error = await attempt(self._set_priority(value))

    @rx.event
    async def toggle_star(self) -> None:
        self.error = await attempt(self._toggle_star())

    async def _set_status(self, value: object) -> None:
        viewer = await signed_in(self)
        await tickets.set_status(viewer.actor, await self._open_ticket(), chosen(Status, value))

    async def _set_priority(self, value: object) -> None:
        viewer = await signed_in(self)
        ticket_id = await self._open_ticket()
        await tickets.set_priority(viewer.actor, ticket_id, chosen(Priority, value))

    async def _toggle_star(self) -> None:
        viewer = await signed_in(self)
        ticket, list_ = await self.get_state(ThreadState), await self.get_state(InboxState)
        await tickets.set_star(
            viewer.actor, await self._open_ticket(), not list_.starred.get(ticket.number, False)
        )
        browser = browser_of(self)
        if browser is not None:
            await list_._read_marks(viewer, browser)

    async def _open_ticket(self) -> UUID:
        ticket = await self.get_state(ThreadState)
        ticket_id = await ticket._ticket_id()
        if ticket_id is None:
            raise NotFound
        return ticket_id
