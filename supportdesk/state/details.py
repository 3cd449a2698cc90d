"""Changing the open ticket: its facts, one's own star."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec

from supportdesk.domain.changes import Changes
from supportdesk.domain.commands import tickets
from supportdesk.domain.errors import Invalid, NotFound
from supportdesk.domain.ids import parse_id
from supportdesk.domain.lifecycle import Status
from supportdesk.domain.models import Priority, TicketType
from supportdesk.domain.queries.sessions import Viewer
from supportdesk.domain.queries.teams import Assignable, options_for
from supportdesk.realtime.lines import zone
from supportdesk.state.choice import Choice, chosen
from supportdesk.state.chosen import NONE, answered
from supportdesk.state.chosen import chosen as at_browser
from supportdesk.state.desk import browser_of, hub
from supportdesk.state.inbox import InboxState
from supportdesk.state.session import attempt, signed_in
from supportdesk.state.thread import ThreadState

_LISTS = {"status": Status, "priority": Priority, "type": TicketType}
_YEARS = range(2000, 2200)


class DetailsState(rx.State):
    """`seen` is what stood there when the person chose: see `tickets.change`.

    What there is to choose from is read when a ticket is opened, and how many tickets each has
    again whenever somebody reaches for the list.
    """

    error: str = ""
    assignable: list[Assignable] = []
    teams: list[Choice] = []
    categories: list[Choice] = []

    @rx.event
    async def open_details(self) -> None:
        self.error = await attempt(self._read_options())

    @rx.event
    async def count_again(self) -> None:
        await attempt(self._read_options())

    @rx.event
    async def choose_status(self, value: str, seen: str | None = None) -> EventSpec:
        return await self._choose("status", value, seen)

    @rx.event
    async def close_ticket(self) -> EventSpec:
        return await self._choose("status", Status.CLOSED, None)

    @rx.event
    async def reopen_ticket(self) -> EventSpec:
        return await self._choose("status", Status.OPEN, None)

    @rx.event
    async def choose_priority(self, value: str, seen: str | None = None) -> EventSpec:
        return await self._choose("priority", value, seen)

    @rx.event
    async def choose_type(self, value: str, seen: str | None = None) -> EventSpec:
        return await self._choose("type", value, seen)

    @rx.event
    async def choose_category(self, value: str, seen: str | None = None) -> EventSpec:
        return await self._choose("category_id", value, seen)

    @rx.event
    async def choose_assignee(self, value: str, seen: str | None = None) -> EventSpec:
        answer = await self._choose("assignee_id", value, seen)
        await attempt(self._read_options())
        return answer

    @rx.event
    async def choose_team(self, value: str, seen: str | None = None) -> EventSpec:
        return await self._choose("team_id", value, seen)

    @rx.event
    async def choose_due(self, value: str, seen: str | None = None) -> EventSpec:
        return await self._choose("due_at", value, seen)

    @rx.event
    async def toggle_star(self) -> EventSpec:
        self.error = await attempt(self._toggle_star())
        return at_browser["starred"].push("")

    async def _choose(self, name: str, value: object, seen: object) -> EventSpec:
        """Save the choice; the control then follows the facts, which say it or what is so."""
        self.error = await attempt(self._change(name, value, seen))
        await self._catch_up()
        return answered(name, value)

    async def _change(self, name: str, value: object, seen: object) -> None:
        viewer = await signed_in(self)
        ticket_id = await self._open_ticket()
        changes = Changes(**{name: _read(name, value, viewer)})
        expected = None if seen is None else Changes(**{name: _read_seen(name, seen, viewer)})
        await tickets.change(viewer.actor, ticket_id, changes, expected)

    async def _toggle_star(self) -> None:
        viewer = await signed_in(self)
        ticket, list_ = await self.get_state(ThreadState), await self.get_state(InboxState)
        await tickets.set_star(
            viewer.actor, await self._open_ticket(), not list_.starred.get(ticket.number, False)
        )
        browser = browser_of(self)
        if browser is not None:
            await list_._read_marks(viewer, browser)

    async def _read_options(self) -> None:
        viewer = await signed_in(self)
        options = await options_for(viewer.actor, await self._open_ticket())
        self.assignable = list(options.assignable)
        self.teams = [Choice(team.id, team.name) for team in options.teams]
        self.categories = [Choice(each.id, each.name) for each in options.categories]

    async def _open_ticket(self) -> UUID:
        ticket = await self.get_state(ThreadState)
        ticket_id = await ticket._ticket_id()
        if ticket_id is None:
            raise NotFound
        return ticket_id

    async def _catch_up(self) -> None:
        """Have this screen told before the answer comes, so that nothing flickers."""
        browser = browser_of(self)
        if browser is not None:
            await hub().catch_up(browser)


def _read(name: str, value: object, viewer: Viewer) -> Any:
    """What the browser says was chosen. Raises `Invalid`: it may send anything."""
    if name in _LISTS:
        return chosen(_LISTS[name], value)
    if value == NONE:
        return None
    return _end_of(value, viewer) if name == "due_at" else _id(value)


def _read_seen(name: str, seen: object, viewer: Viewer) -> Any:
    if seen in ("", NONE):
        return None
    if name != "due_at":
        return _read(name, seen, viewer)
    try:
        return datetime.fromisoformat(str(seen))
    except ValueError:
        raise Invalid("Choose a date.") from None


def _id(value: object) -> UUID:
    found = parse_id(value)
    if found is None:
        raise Invalid("Choose one of the list.")
    return found


def _end_of(value: object, viewer: Viewer) -> datetime:
    """The last moment of that day where the person is."""
    try:
        day = date.fromisoformat(str(value))
    except ValueError:
        raise Invalid("Choose a date.") from None
    if day.year not in _YEARS:
        raise Invalid("Choose a date of this century.")
    return datetime.combine(day, time(23, 59, 59), zone(viewer.timezone))
