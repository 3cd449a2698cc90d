"""Arriving on a page of the workspace: whose it is, the list, the ticket in the address."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import reflex as rx
from reflex.event import EventSpec

from supportdesk import routes
from supportdesk.database.engine import DatabaseUnavailable
from supportdesk.domain.actor import Role
from supportdesk.domain.commands import messages
from supportdesk.domain.errors import NotFound
from supportdesk.domain.queries import numbers, tags, teams, thread
from supportdesk.domain.queries.filters import Filters, spell
from supportdesk.domain.queries.sessions import Viewer
from supportdesk.domain.queries.thread import OwnMarks
from supportdesk.realtime.browser import Browser
from supportdesk.state.asides import arrival_at
from supportdesk.state.asking import AskingState, ask
from supportdesk.state.bulk import BulkState
from supportdesk.state.chosen import forget_choices, forget_notes
from supportdesk.state.clock import set_clock
from supportdesk.state.composer import ComposerState
from supportdesk.state.desk import browser_of, hub
from supportdesk.state.filters import FilterState, asked_for
from supportdesk.state.inbox import LIST_TOP, InboxState
from supportdesk.state.message import save_again
from supportdesk.state.new_ticket import NewTicketState
from supportdesk.state.notifications import NotificationState
from supportdesk.state.presence import ask_for_attention
from supportdesk.state.replies import RepliesState
from supportdesk.state.rules import RulesState
from supportdesk.state.session import (
    Effects,
    SessionState,
    leave_for,
    sign_in_again,
    signed_in,
    viewer_of,
)
from supportdesk.state.standing import StandingState
from supportdesk.state.thread import ThreadState, follow_link, linked_message, note_link
from supportdesk.state.views import ViewsState

# The number of the ticket that was open here last.
_BOXES_OF = "refs['supportdesk_boxes_of']"


class WorkspaceState(rx.State):
    @rx.event
    async def arrive(self) -> Effects:
        """Runs on every page of the workspace, and again after each reconnect."""
        (await self.get_state(AskingState))._arrive()
        try:
            viewer = await viewer_of(self)
        except DatabaseUnavailable as error:
            await self._wait_for_database(error)
            return
        if viewer is None:
            yield sign_in_again(self)
            return
        path = self.router.url.path.rstrip("/")
        home = routes.tickets(viewer.actor.role.value)
        if path != home and not path.startswith(f"{home}/"):
            yield leave_for(_as_asked(self, home))
            return
        if (
            moved := await _as_it_is_now(viewer, asked := asked_for(self, viewer.actor.role))
        ) != asked:
            if asked.tag and not moved.tag:  # All that was without it shows now.
                yield rx.toast.info("The tag that this list was filtered by is gone.")
            yield ask(home, spell(moved), replace=True, keep_place=True)
            return
        (await self.get_state(SessionState))._welcome(viewer)
        session = self.router.session
        browser = hub().connect(session.client_token, session.session_id, viewer)
        async for effect in self._arrive(viewer, browser, path[len(home) + 1 :]):
            yield effect

    async def _arrive(self, viewer: Viewer, browser: Browser, number: str) -> Effects:
        list_, ticket = await self.get_state(InboxState), await self.get_state(ThreadState)
        bar = await self.get_state(FilterState)
        filters = asked_for(self, viewer.actor.role)
        composer = await self.get_state(ComposerState)
        composer._arrive(viewer)
        (await self.get_state(RulesState))._arrive(viewer.actor.role)
        for effect in (set_clock(), *forget_choices(), save_again()):
            yield effect
        if browser.inbox is None:
            await (await self.get_state(StandingState))._read(viewer)
            await (await self.get_state(RepliesState))._read_again()
            if is_open := (await self.get_state(NewTicketState))._ask_whether_open():
                yield is_open
        came_from = list_.open_number
        list_.open_number = number
        try:
            if number and not list_.loaded:
                yield _swap_if_of_another(number)
            # Nothing is swapped on a reconnect: what stands in the box then is of this very ticket.
            elif number and came_from != number:
                for effect in await self._swap(viewer, number):
                    yield effect
            # Without marks an earlier arrival was cut short, by going on to another page.
            others = browser.inbox is not None and browser.inbox.key.filters != filters
            if others:
                list_.more, list_._scrolled = [], False
            (await self.get_state(BulkState))._arrive(filters)
            if browser.inbox is None or not list_.loaded or not browser.marked or others:
                list_._show(await hub().open_inbox(browser, filters))
                await list_._read_rest(viewer, browser)
                yield await bar._arrive(viewer, filters)
            if others:
                yield rx.scroll_to(LIST_TOP)
            await self._leave(viewer, browser, list_, number)
            showing = ticket.number == number and ticket.loaded
            linked = linked_message(self.router.url.fragment)
            if number and not (browser.thread and showing):
                if ticket.number != number:
                    ticket._open(number)
                    yield None
                await self._open(viewer, browser, ticket, number)
                if linked and not showing:
                    await ticket._reach(viewer, browser, linked)
                    yield note_link()
            yield None
            while missed := hub().settle_inbox(browser):
                list_._show(missed)
                await list_._read_rest(viewer, browser)
                yield None
            list_._hold()
            while missed_lines := hub().settle_thread(browser):
                await ticket._show_all(viewer, browser, missed_lines)
                yield None
            list_.error = ""
            if linked and showing:
                yield follow_link(linked)
            (await self.get_state(NotificationState))._arrive(browser)
            hub().dashboard.arrive(browser)
            yield await composer._hand_over()
            async for step in (await self.get_state(ViewsState))._arrive(viewer, browser):
                yield step
            yield ask_for_attention()
        except DatabaseUnavailable as error:
            await self._wait_for_database(error)

    @rx.event
    async def swap(self, number: str) -> list[EventSpec]:
        """Sent when what stands in the boxes of the page is of another ticket than this one."""
        return await self._swap(
            await signed_in(self), numbers.spell(numbers.read(str(number)) or 0)
        )

    async def _swap(self, viewer: Viewer, number: str) -> list[EventSpec]:
        composer = await self.get_state(ComposerState)
        swapped = await composer._swap_draft(viewer, number)
        return [*swapped, forget_notes(), rx.call_script(_boxes_are_of(number))]

    async def _wait_for_database(self, error: DatabaseUnavailable) -> None:
        """Say so, and arrive again when it is back."""
        (await self.get_state(InboxState)).error = str(error)
        hub().call_back(self.router.session.client_token)

    async def _leave(
        self, viewer: Viewer, browser: Browser, list_: InboxState, number: str
    ) -> None:
        """Let go of the ticket that was open; what stood there has been read."""
        ticket = await self.get_state(ThreadState)
        if ticket.number == number:
            return
        view, reads = browser.thread, browser.reads
        hub().leave_thread(browser)
        if not number:
            ticket._open("")
        if view is None:  # A reconnect on its way to that ticket was overtaken.
            return
        if (last := view.last_line) is not None and reads:
            await messages.mark_read(viewer.actor, view.conversation_id, last.seq)
        await list_._read_marks(viewer, browser)

    async def _open(
        self, viewer: Viewer, browser: Browser, ticket: ThreadState, number: str
    ) -> None:
        try:
            ticket_id = await thread.find(viewer.actor, numbers.read(number) or 0)
            marks = OwnMarks()
            if not (ticket.loaded and not ticket.missing):
                marks = await thread.own_marks_for(viewer.actor, ticket_id)
                (await self.get_state(StandingState)).reported = list(marks.reported)
            snapshot = await hub().open_thread(browser, ticket_id)
            await ticket._show_all(viewer, browser, snapshot)
            await ticket._mark_new(viewer, browser, marks.read_to)
        except NotFound:
            ticket._open(number)
            ticket.missing, ticket.loaded = True, True

    @rx.event
    async def reopen(self) -> Effects:
        """Read the open ticket again, because it changed in a way that slots cannot tell."""
        viewer = await signed_in(self)
        browser = browser_of(self)
        ticket = await self.get_state(ThreadState)
        if browser is None or not ticket.number:
            return
        await self._open(viewer, browser, ticket, ticket.number)
        yield None
        while missed := hub().settle_thread(browser):
            await ticket._show_all(viewer, browser, missed)
            yield None

    @rx.event
    async def recheck(self) -> Any:
        """Sent when the session may be over, or changes may have been missed."""
        browser = browser_of(self)
        if browser is not None:
            hub().forget(browser)
        return arrival_at(self.router.url.path.rstrip("/")) or WorkspaceState.arrive


def _boxes_are_of(number: str) -> str:
    return f"{_BOXES_OF} = {json.dumps(number)}"


def _swap_if_of_another(number: str) -> EventSpec:
    """Who went on to another ticket while the server was down comes back to one that knows nothing
    of where they were. The page does."""
    swap: Any = WorkspaceState.swap
    another = f"was && was !== {json.dumps(number)} && done({json.dumps(number)})"
    return rx.call_script(
        f"new Promise((done) => ((was) => {{ {_boxes_are_of(number)}; {another} }})({_BOXES_OF}))",
        callback=swap,
    )


def _as_asked(state: rx.State, home: str) -> str:
    """One's own list, with the filters of the list of another role that a link led to."""
    url = state.router.url
    is_list = url.path.rstrip("/") in {routes.tickets(role) for role in Role}
    return f"{home}?{url.query}" if is_list and url.query else home


async def _as_it_is_now(viewer: Viewer, asked: Filters) -> Filters:
    """What a link asks for that is older than a tag's merging, or a team's or a tag's end."""
    tag = await tags.tag_now(viewer.actor, asked.tag) if asked.tag else ""
    team = await teams.team_now(viewer.actor, asked.team) if asked.team else ""
    return replace(asked, tag=tag, team=team)
