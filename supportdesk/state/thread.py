"""The open ticket of one tab: its conversation and its facts."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

import reflex as rx

from supportdesk.domain.lifecycle import Status
from supportdesk.domain.models import Priority
from supportdesk.domain.queries import thread
from supportdesk.domain.queries.sessions import Viewer
from supportdesk.domain.queries.thread import Person, TicketFacts
from supportdesk.realtime.browser import Browser
from supportdesk.realtime.lines import ShownLine, show
from supportdesk.realtime.thread_view import SLOTS as LIVE
from supportdesk.realtime.thread_view import ThreadSnapshot
from supportdesk.state.choice import Choice
from supportdesk.state.desk import browser_of
from supportdesk.state.session import Effects, attempt, signed_in


@dataclass(frozen=True, slots=True)
class ShownFacts:
    """`choices` are the statuses to offer, the present one first; times are ISO or empty."""

    id: str = ""
    number: str = ""
    subject: str = ""
    status: str = ""
    status_label: str = ""
    choices: tuple[Choice, ...] = ()
    priority: str = ""
    priority_label: str = ""
    type_label: str = ""
    team: str = ""
    assignee: str = ""
    over: bool = False
    accepts_messages: bool = True
    people: tuple[Person, ...] = ()
    opened_at: str = ""
    first_response_at: str = ""
    resolved_at: str = ""


PRIORITIES = tuple(Choice(priority.value, priority.label) for priority in Priority)
_SAME = {field.name for field in fields(ShownFacts)} & {f.name for f in fields(TicketFacts)}


def show_facts(facts: TicketFacts) -> ShownFacts:
    shown: dict[str, Any] = {name: _plain(getattr(facts, name)) for name in _SAME}
    statuses = (facts.status, *facts.moves)
    choices = tuple(Choice(status, Status(status).label) for status in statuses)
    return ShownFacts(choices=choices, **shown)


def _plain(value: object) -> object:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, datetime) else value


class ThreadState(rx.State):
    """`live_0` … `live_31` are the slots for what arrives; see `realtime/thread_view`.

    As with the list, the hub changes them without asking this state.
    """

    number: str = ""
    loaded: bool = False
    missing: bool = False
    facts: ShownFacts = ShownFacts()
    history: list[ShownLine] = []
    has_earlier: bool = False
    loading_earlier: bool = False
    error: str = ""
    # Where this tab's screen begins once it shows earlier pages; 0 while the view's own does.
    _first_seq: int = 0

    @rx.event
    async def load_earlier(self) -> Effects:
        """Put the page before the first line above it."""
        if self.loading_earlier:
            return
        self.loading_earlier = True
        yield None
        self.error = await attempt(self._load_earlier())
        self.loading_earlier = False

    async def _load_earlier(self) -> None:
        viewer = await signed_in(self)
        browser = browser_of(self)
        if browser is None or browser.thread is None:
            return
        view = browser.thread
        first_seq = self._first_seq or view.first_seq
        earlier, _ = await thread.earlier_for(viewer.actor, view.conversation_id, first_seq)
        if earlier:
            await self._read_from(viewer, browser, earlier[0].seq)

    async def _read_from(self, viewer: Viewer, browser: Browser, seq: int) -> None:
        """Let the history begin at `seq`; it ends where the slots begin."""
        view = browser.thread
        if view is None:
            return
        browser.paged_thread = True
        above, _ = await thread.earlier_for(viewer.actor, view.conversation_id, seq)
        lines = await thread.from_seq_for(viewer.actor, view.conversation_id, seq)
        self.history = show(
            [line for line in lines if line.seq <= view.history_to], viewer.timezone
        )
        self._first_seq, self.has_earlier = seq, bool(above)

    def _open(self, number: str) -> None:
        """Clear the panel for another ticket, which is on its way."""
        self.number, self.loaded, self.missing, self.error = number, False, False, ""
        self.facts = ShownFacts()
        self.history, self._first_seq, self.has_earlier = [], 0, False
        self._set_live([])

    async def _show_all(self, viewer: Viewer, browser: Browser, snapshot: ThreadSnapshot) -> None:
        """Show it, with the earlier pages that this tab has loaded."""
        read_back_to = self._first_seq
        self._show(snapshot, viewer.timezone)
        if 0 < read_back_to < snapshot.first_seq:
            await self._read_from(viewer, browser, read_back_to)

    def _show(self, snapshot: ThreadSnapshot, timezone: str) -> None:
        self.facts = show_facts(snapshot.facts)
        self.history = show(snapshot.history, timezone)
        self._first_seq, self.has_earlier = 0, snapshot.has_earlier
        above = snapshot.history[-1] if snapshot.history else None
        self._set_live(show(snapshot.live, timezone, above))
        self.loaded, self.missing = True, False

    def _set_live(self, lines: list[ShownLine]) -> None:
        for number in range(LIVE):
            setattr(self, f"live_{number}", lines[number : number + 1])

    async def _ticket_id(self) -> UUID | None:
        """The ticket that this tab has open."""
        browser = browser_of(self)
        return browser.thread.conversation_id if browser and browser.thread else None


for _slot in range(LIVE):
    ThreadState.add_var(f"live_{_slot}", list[ShownLine], [])


def live(number: int) -> rx.Var[list[ShownLine]]:
    """The var that holds the line in that slot, or nothing."""
    return getattr(ThreadState, f"live_{number}")
