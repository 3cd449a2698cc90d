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
from supportdesk.domain.queries.attachments import File
from supportdesk.domain.queries.sessions import Viewer
from supportdesk.domain.queries.ticket_facts import (
    FieldOnTicket,
    Person,
    TagOnTicket,
    TicketFacts,
)
from supportdesk.realtime.browser import Browser
from supportdesk.realtime.lines import ShownLine, ShownReceipt, exactly, show, show_receipt, zone
from supportdesk.realtime.presence import Here, Standing
from supportdesk.realtime.thread_snapshot import ThreadSnapshot
from supportdesk.realtime.thread_view import MOST_LINES
from supportdesk.realtime.thread_view import SLOTS as LIVE
from supportdesk.realtime.typing import Typist
from supportdesk.state.choice import Choice
from supportdesk.state.desk import browser_of, hub
from supportdesk.state.session import Effects, attempt, signed_in

# So many lines above the one that a tab is led to are loaded with it, and as many below where the
# end is far away: more comes as one scrolls, and it opens as fast as a short conversation.
_CONTEXT = 25
_LINK = re.compile(r"message-(\d{1,9})")


def linked_message(fragment: str) -> int:
    """The place that the end of an address names, as in `#message-12`; 0 for none."""
    link = _LINK.fullmatch(fragment)
    return int(link[1]) if link else 0


FOLLOWED = "window.linkFollowed = location.href"
"""The page has been led to the message that its address names."""


def note_link() -> EventSpec:
    return rx.call_script(FOLLOWED)


def follow_link(seq: int) -> EventSpec:
    """Go to the message in that place, unless the page has been led there already: a connection
    that comes back is no new visit."""
    followed = "window.linkFollowed === location.href"
    go_to: Any = ThreadState.go_to
    return rx.call_script(f"{followed} ? 0 : ({FOLLOWED}, {seq})", callback=go_to)


@dataclass(frozen=True, slots=True)
class ShownFacts:
    """`choices` are the statuses to offer, the present one first; times are ISO or empty.

    `due` is the reader's own date of `due_at`, and `due_exactly` the same with the time in words.
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
    due_exactly: str = ""
    tags: tuple[TagOnTicket, ...] = ()
    fields: tuple[FieldOnTicket, ...] = ()
    note: str = ""
    edits: tuple[str, ...] = ()
    over: bool = False
    accepts_messages: bool = True
    circle: str = ""
    people: tuple[Person, ...] = ()
    opened_at: str = ""
    first_response_at: str = ""
    resolved_at: str = ""
    files: tuple[File, ...] = ()


PRIORITIES = tuple(Choice(priority.value, priority.label) for priority in Priority)
_SAME = {field.name for field in fields(ShownFacts)} & {f.name for f in fields(TicketFacts)}


def show_facts(facts: TicketFacts, timezone: str) -> ShownFacts:
    shown: dict[str, Any] = {name: _plain(getattr(facts, name)) for name in _SAME}
    statuses = (facts.status, *facts.moves)
    choices = tuple(Choice(status, Status(status).label) for status in statuses)
    due = facts.due_at.astimezone(zone(timezone)).date().isoformat() if facts.due_at else ""
    due_exactly = exactly(facts.due_at, timezone) if facts.due_at else ""
    return ShownFacts(choices=choices, due=due, due_exactly=due_exactly, **shown)


def _plain(value: object) -> object:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, datetime) else value


class ThreadState(rx.State):
    """`live_0` … `live_31` are the slots for what arrives; see `realtime/thread_view`.

    As with the list, the hub changes them without asking this state. A reader who is not at the end
    has a stretch of lines of their own in `history`; with `has_later` it ends before the slots
    begin, which then are not drawn. `aim` names what to bring into view, see `ui/reading_place`.
    """

    number: str = ""
    loaded: bool = False
    missing: bool = False
    facts: ShownFacts = ShownFacts()
    history: list[ShownLine] = []
    has_earlier: bool = False
    has_later: bool = False
    # The last line when the reader left the end, 0 at the end; where the history ended since then,
    # and how many messages had come by there.
    away_since: int = 0
    history_to: int = 0
    missed: int = 0
    aim: str = ""
    receipt: ShownReceipt = ShownReceipt()
    loading_earlier: bool = False
    loading_later: bool = False
    # The first message that was not read when the ticket was opened; 0: all were.
    new_from: int = 0
    presence: dict[str, Standing] = {}
    admins_here: list[Here] = []
    more_admins: int = 0
    typing: list[Typist] = []
    error: str = ""
    # Where the stretch that this tab shows begins, and how long it may be; 0 while it shows the
    # end, like everybody.
    _first_seq: int = 0
    _most: int = MOST_LINES
    _aims: int = 0

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
        if browser is None or (view := browser.thread) is None:
            return
        here = self._first_seq or view.first_seq
        if seq := await thread.page_before(viewer.actor, view.conversation_id, here):
            await self._read_from(viewer, browser, seq)

    @rx.event
    async def load_later(self) -> Effects:
        """Put the next page under the last line."""
        if self.loading_later or not self.has_later:
            return
        self.loading_later = True
        yield None
        self.error = await attempt(self._load_later())
        self.loading_later = False

    async def _load_later(self) -> None:
        viewer = await signed_in(self)
        browser = browser_of(self)
        if browser is not None and self.has_later:
            kept = self.history[max(0, len(self.history) + thread.PAGE - MOST_LINES)]
            await self._read_from(viewer, browser, kept.seq)

    @rx.event
    async def go_to(self, seq: int) -> None:
        """Bring the message in that place into view, with what stands around it."""
        if not isinstance(seq, int) or isinstance(seq, bool) or not 0 < seq < 2**53:
            return
        await self._go_to(seq)

    @rx.event
    async def follow_address(self, path: str, fragment: str) -> None:
        """The address names another place now. That of another ticket is an arrival of its own."""
        here = str(path).rstrip("/").endswith(f"/{self.number}")
        if here and (seq := linked_message(str(fragment).removeprefix("#"))):
            await self._go_to(seq)

    async def _go_to(self, seq: int) -> None:
        viewer = await signed_in(self)
        browser = browser_of(self)
        if browser is not None:
            self.error = await attempt(self._reach(viewer, browser, seq))

    async def _reach(self, viewer: Viewer, browser: Browser, seq: int) -> None:
        if (view := browser.thread) is None or seq > view.last_seq:
            return
        first = self._first_seq or view.first_seq
        if seq < first or (self.has_later and seq > self.history[-1].seq):
            await self._read_around(viewer, browser, seq)
        self._aim(f"message-{seq}")

    @rx.event
    async def scroll_away(self, seq: int) -> None:
        """The end is out of sight, and the line in that place the last: nothing that is on the
        screen goes away by itself from here on."""
        await signed_in(self)
        browser = browser_of(self)
        view = browser.thread if browser else None
        if browser is None or view is None or not isinstance(seq, int) or self.away_since:
            return
        hub().note_end(browser, away=True)
        browser.paged_thread = True
        self._first_seq = self._first_seq or view.first_seq
        self.history_to, self.away_since = view.history_to, max(1, min(seq, view.last_seq))

    @rx.event
    async def show_latest(self) -> Effects:
        """Show the end of the conversation and follow what happens there; also sent when the end
        has been scrolled to."""
        viewer = await signed_in(self)
        browser = browser_of(self)
        if browser is not None:
            if self.has_later:
                self._aim("end")
            async for effect in self._go_back(viewer, browser):
                yield effect

    async def _go_back(self, viewer: Viewer, browser: Browser) -> Effects:
        if (view := browser.thread) is None or not self._first_seq:
            return
        first_seq, history_to = self._first_seq, self.history_to
        self._forget_place()
        hub().note_end(browser, away=False)
        if (first_seq, history_to) == (view.first_seq, view.history_to):
            browser.paged_thread = False
            return
        missed = view.go_back_to_end(browser)
        while missed:
            self._show(missed, viewer)
            yield None
            missed = hub().settle_thread(browser)

    async def _read_around(self, viewer: Viewer, browser: Browser, seq: int) -> None:
        if (view := browser.thread) is None:
            return
        far = view.history_to - seq > MOST_LINES
        most = 2 * _CONTEXT + 1 if far else MOST_LINES
        await self._read_from(viewer, browser, max(1, seq - _CONTEXT), most)

    async def _read_from(
        self, viewer: Viewer, browser: Browser, seq: int, most: int = MOST_LINES
    ) -> None:
        """Show the stretch of lines that begins at `seq`; it ends where the slots begin, or before
        that when it would be longer than `most`."""
        if (view := browser.thread) is None:
            return
        browser.paged_thread = True  # Before reading: what changes meanwhile is read again.
        actor, id_ = viewer.actor, view.conversation_id
        found = await thread.stretch_for(actor, id_, seq, most + 1)
        history_to = view.history_to
        lines = [line for line in found.lines if line.seq <= history_to]
        has_later = len(lines) > most
        away_since = self.away_since or (view.last_seq if has_later else 0)
        missed = 0
        if 0 < away_since < history_to:
            missed = await thread.messages_between(actor, id_, away_since, history_to)
        self.history = show(lines[:most], viewer.timezone, found.above)
        self.has_earlier, self.has_later = found.above is not None, has_later
        self._first_seq, self._most, self.history_to = seq, most, history_to
        self.away_since, self.missed = away_since, missed

    def _aim(self, what: str) -> None:
        """Bring it into view, again if it is the same as before."""
        self._aims += 1
        self.aim = f"{what} {self._aims}"

    def _open(self, number: str) -> None:
        """Clear the panel for another ticket, which is on its way."""
        self.number, self.loaded, self.missing, self.error = number, False, False, ""
        self.facts, self.receipt = ShownFacts(), ShownReceipt()
        self.presence, self.admins_here, self.more_admins, self.typing = {}, [], 0, []
        self.history, self.has_earlier, self.new_from, self.aim = [], False, 0, ""
        self._forget_place()
        self._set_live([])

    def _forget_place(self) -> None:
        """The tab shows the end, like everybody."""
        self._first_seq = self.away_since = self.history_to = self.missed = 0
        self.has_later = False

    async def _show_all(self, viewer: Viewer, browser: Browser, snapshot: ThreadSnapshot) -> None:
        """Show it, with the stretch of lines that its reader is at."""
        self._show(snapshot, viewer)
        reads_further_up = self.away_since > 0
        if self._first_seq:
            await self._read_from(viewer, browser, self._first_seq, self._most)
        if self.has_later and not reads_further_up:
            self._forget_place()
            self._show(snapshot, viewer)
            browser.paged_thread = False
        browser.away = reads_further_up

    async def _mark_new(self, viewer: Viewer, browser: Browser, read_to: int) -> None:
        """Note where what has not been read begins, and see to it that it stands on the screen.

        For who has read nothing yet, everything is new, which needs no saying.
        """
        if (view := browser.thread) is None or not read_to:
            return
        if read_to < view.first_seq:
            await self._read_around(viewer, browser, read_to)
        shown = [*self.history, *(line for n in range(LIVE) for line in getattr(self, f"live_{n}"))]
        me = str(viewer.actor.user_id)
        unread = (
            line.seq
            for line in shown
            if line.seq > read_to and line.kind == "message" and line.sender_id != me
        )
        self.new_from = next(unread, 0)
        if self.new_from:
            self._aim("new-line")

    def _show(self, snapshot: ThreadSnapshot, viewer: Viewer) -> None:
        timezone = viewer.timezone
        self.facts = show_facts(snapshot.facts, timezone)
        receipt = snapshot.receipt.told_to(viewer.actor.user_id)
        self.receipt = show_receipt(receipt, timezone)
        self.history = show(snapshot.history, timezone)
        self.has_earlier = snapshot.has_earlier
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
