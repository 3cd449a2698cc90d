"""The open ticket of one tab: its conversation and its facts."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec

from supportdesk.domain.lifecycle import Status
from supportdesk.domain.models import Priority
from supportdesk.domain.queries import thread
from supportdesk.domain.queries.sessions import Viewer
from supportdesk.domain.queries.ticket_facts import (
    FieldOnTicket,
    Person,
    TagOnTicket,
    TicketFacts,
)
from supportdesk.realtime.browser import Browser
from supportdesk.realtime.lines import ShownLine, ShownReceipt, show, show_receipt, zone
from supportdesk.realtime.presence import Here
from supportdesk.realtime.thread_view import SLOTS as LIVE
from supportdesk.realtime.thread_view import ThreadSnapshot
from supportdesk.realtime.typing import Typist
from supportdesk.state.choice import Choice
from supportdesk.state.desk import browser_of
from supportdesk.state.session import Effects, attempt, signed_in

# So many unread lines are loaded at once, and so many of those before them.
_MOST_UNREAD, _CONTEXT = 200, 5
# Further back than this, a link to a message opens the conversation at its end.
_FURTHEST_JUMP = 1_000
_LINK = re.compile(r"message-(\d{1,9})")


def linked_message(fragment: str) -> int:
    """The place that the end of an address names, as in `#message-12`; 0 for none."""
    link = _LINK.fullmatch(fragment)
    return int(link[1]) if link else 0


def show_message(seq: int) -> EventSpec:
    """Bring it into view, and mark it for a moment; it may have yet to be drawn."""
    return rx.call_script(
        f"(function look(left) {{ const line = document.getElementById('message-{seq}');"
        " if (!line) { left && requestAnimationFrame(() => look(left - 1)); return }"
        " line.scrollIntoView({block: 'center'});"
        " line.animate([{background: 'var(--accent-soft)'}, {}], 2500) })(120)"
    )


@dataclass(frozen=True, slots=True)
class ShownFacts:
    """`choices` are the statuses to offer, the present one first; times are ISO or empty.

    `due` is the reader's own date of `due_at`.
    """

    id: str = ""
    number: str = ""
    subject: str = ""
    status: str = ""
    status_label: str = ""
    choices: tuple[Choice, ...] = ()
    priority: str = ""
    priority_label: str = ""
    type: str = ""
    type_label: str = ""
    category_id: str = ""
    category: str = ""
    team_id: str = ""
    team: str = ""
    assignee_id: str = ""
    assignee: str = ""
    due_at: str = ""
    due: str = ""
    tags: tuple[TagOnTicket, ...] = ()
    fields: tuple[FieldOnTicket, ...] = ()
    note: str = ""
    edits: tuple[str, ...] = ()
    over: bool = False
    accepts_messages: bool = True
    people: tuple[Person, ...] = ()
    opened_at: str = ""
    first_response_at: str = ""
    resolved_at: str = ""


PRIORITIES = tuple(Choice(priority.value, priority.label) for priority in Priority)
_SAME = {field.name for field in fields(ShownFacts)} & {f.name for f in fields(TicketFacts)}


def show_facts(facts: TicketFacts, timezone: str) -> ShownFacts:
    shown: dict[str, Any] = {name: _plain(getattr(facts, name)) for name in _SAME}
    statuses = (facts.status, *facts.moves)
    choices = tuple(Choice(status, Status(status).label) for status in statuses)
    due = facts.due_at.astimezone(zone(timezone)).date().isoformat() if facts.due_at else ""
    return ShownFacts(choices=choices, due=due, **shown)


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
    receipt: ShownReceipt = ShownReceipt()
    loading_earlier: bool = False
    # The first message that was not read when the ticket was opened; 0: all were.
    new_from: int = 0
    here: list[str] = []
    admins_here: list[Here] = []
    typing: list[Typist] = []
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

    @rx.event
    async def go_to(self, seq: int) -> Effects:
        """Bring the message in that place into view, loading what lies between if need be."""
        if not isinstance(seq, int) or isinstance(seq, bool):
            return
        viewer = await signed_in(self)
        browser = browser_of(self)
        if browser is not None:
            self.error = await attempt(self._reach(viewer, browser, seq))
            yield None
            yield show_message(seq)

    async def _reach(self, viewer: Viewer, browser: Browser, seq: int) -> None:
        view = browser.thread
        if view is None or not self.has_earlier:
            return
        first_seq = self._first_seq or view.first_seq
        if max(1, first_seq - _FURTHEST_JUMP) <= seq < first_seq:
            await self._read_from(viewer, browser, max(1, seq - _CONTEXT))

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
        self.facts, self.receipt = ShownFacts(), ShownReceipt()
        self.here, self.admins_here, self.typing = [], [], []
        self.history, self._first_seq, self.has_earlier, self.new_from = [], 0, False, 0
        self._set_live([])

    async def _show_all(self, viewer: Viewer, browser: Browser, snapshot: ThreadSnapshot) -> None:
        """Show it, with the earlier pages that this tab has loaded."""
        read_back_to = self._first_seq
        self._show(snapshot, viewer)
        if 0 < read_back_to < snapshot.first_seq:
            await self._read_from(viewer, browser, read_back_to)

    async def _mark_new(self, viewer: Viewer, browser: Browser, read_to: int) -> None:
        """Note where what has not been read begins, and see to it that it stands on the screen.

        For who has read nothing yet, everything is new, which needs no saying.
        """
        view = browser.thread
        if view is None or not read_to:
            return
        if read_to < view.first_seq:
            far = view.first_seq - _MOST_UNREAD
            await self._read_from(viewer, browser, max(read_to - _CONTEXT, far, 1))
        shown = [*self.history, *(line for n in range(LIVE) for line in getattr(self, f"live_{n}"))]
        me = str(viewer.actor.user_id)
        unread = (
            line.seq
            for line in shown
            if line.seq > read_to and line.kind == "message" and line.sender_id != me
        )
        self.new_from = next(unread, 0)

    def _show(self, snapshot: ThreadSnapshot, viewer: Viewer) -> None:
        timezone = viewer.timezone
        self.facts = show_facts(snapshot.facts, timezone)
        receipt = snapshot.receipt.told_to(viewer.actor.user_id)
        self.receipt = show_receipt(receipt, timezone)
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
