"""What people of one circle see of one conversation, while somebody of them has it open.

Lines that arrive meanwhile stand in slots, one variable each, so that one more costs its own bytes
whatever the length of the conversation. When the slots are used up, the latest page becomes the
history and the slots start anew.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from uuid import UUID

from supportdesk.database.engine import DatabaseUnavailable
from supportdesk.domain.actor import Actor, Role
from supportdesk.domain.circles import Circle
from supportdesk.domain.queries import thread
from supportdesk.domain.queries.news import Following, News
from supportdesk.domain.queries.thread import Line, Receipt
from supportdesk.domain.queries.ticket_facts import TicketFacts
from supportdesk.realtime.asked import Asked, Elsewhere, Found, may_change_facts, not_seen_yet
from supportdesk.realtime.browser import Browser
from supportdesk.realtime.lines import ShownLine, show, show_receipt
from supportdesk.realtime.openers import Openers
from supportdesk.realtime.read_anew import Known, read_anew
from supportdesk.realtime.screen import Screen, ThreadChange
from supportdesk.realtime.thread_snapshot import ThreadSnapshot
from supportdesk.realtime.told import Told
from supportdesk.realtime.worker import Worker

ThreadKey = tuple[UUID, Circle]

SLOTS = 32
# So many lines at most stand in a page at a time, beside those in slots.
MOST_LINES = 150

# Long enough for all who read it at the same time, short enough to be told at once.
_RECEIPTS_AFTER_SECONDS = 0.5


class ThreadView:
    """`openers` have it open; those of them in `admitted` are sent what changes."""

    def __init__(
        self,
        conversation_id: UUID,
        circle: Circle,
        screen: Screen,
        *,
        lost: Callable[[Browser], None],
        shown: Callable[[ThreadView], None],
    ) -> None:
        self.conversation_id = conversation_id
        self.circle = circle
        self.openers = Openers()
        self.admitted: set[Browser] = set()
        self.version = 0
        self._screen = screen
        self._lost = lost
        self._shown = shown
        self._facts: TicketFacts | None = None
        self._facts_stale = False
        self._lines_stale = False
        self._amended: set[UUID] = set()
        self._history: tuple[Line, ...] = ()
        self._has_earlier = False
        self._receipt = Receipt()
        self._receipt_stale = False
        self._receipt_owed = False
        self._told = Told()
        self._live: tuple[Line, ...] = ()
        self._shown_to = 0
        self._shown_more = asyncio.Event()
        self._lock = asyncio.Lock()
        self._worker = Worker(self._refresh)

    @property
    def key(self) -> ThreadKey:
        return self.conversation_id, self.circle

    @property
    def role(self) -> Role:
        return self.circle.role

    @property
    def number(self) -> str:
        """The ticket's, once it has been read."""
        return self._facts.number if self._facts else ""

    @property
    def last_line(self) -> Line | None:
        lines = self._live or self._history
        return lines[-1] if lines else None

    @property
    def first_seq(self) -> int:
        """Where the conversation begins on a screen that shows no earlier pages."""
        lines = self._history or self._live
        return lines[0].seq if lines else 0

    @property
    def last_seq(self) -> int:
        """The place of the last line."""
        return self.last_line.seq if self.last_line else 0

    @property
    def history_to(self) -> int:
        """The last place that stands in the history; what follows is in slots."""
        return self._history[-1].seq if self._history else 0

    @property
    def people(self) -> list[UUID]:
        """Who takes part, as far as its readers may know."""
        return [UUID(each.id) for each in self._facts.people] if self._facts else []

    def name_of(self, person: UUID) -> str:
        """Of somebody who takes part, else nothing."""
        people = self._facts.people if self._facts else ()
        return next((each.name for each in people if each.id == str(person)), "")

    def wake(self, *, facts: bool = False, amended: UUID | None = None, seen: bool = False) -> None:
        """Something happened here: the facts may be others, the line `amended` is another, or
        somebody has `seen` more; in any case there may be new lines."""
        self._facts_stale = self._facts_stale or facts
        if amended is not None:
            self._amended.add(amended)
        if seen:
            self._wake_for_receipt()
        else:
            self._lines_stale = True
            self._worker.wake()

    def shows(self, person: UUID) -> bool:
        """Whether the person is named anywhere in it, as far as its readers may know."""
        lines = (*self._history, *self._live)
        return person in self.people or any(line.names(str(person)) for line in lines)

    def wake_named(self, person: UUID, *, in_text: bool = False) -> None:
        """The person is called something else now: what names them is another, and any line may
        be where their name is taken out of the text, too."""
        lines = (*self._history, *self._live)
        named = {line.id for line in lines if in_text or line.quote or line.names(str(person))}
        self._amended |= {UUID(id_) for id_ in named}
        self._receipt_stale = True
        self.wake(facts=True)

    def _wake_for_receipt(self) -> None:
        """All who look have read a message at about the same time, and are told of together. Only
        its sender is told: while they are not here it is owed to them."""
        if self._receipt_stale:
            return
        self._receipt_owed = not self._is_sender_here()
        if self._receipt_owed:
            return
        self._receipt_stale = True
        asyncio.get_running_loop().call_later(_RECEIPTS_AFTER_SECONDS, self._worker.wake)

    def _is_sender_here(self) -> bool:
        return self._receipt.sender_id in map(str, self.openers.people)

    def wake_posted(self, message_id: UUID | None) -> None:
        """Somebody has said something."""
        if not self._told.knows(message_id):
            self.wake()

    def expect(self) -> Following | None:
        """Somebody is about to post at this process. Whom to read for as soon as that is done; then
        `heed` has to follow, or `give_up`. None when nothing is to be read at once."""
        reader = next(iter(self.admitted or self.openers), None)
        if reader is None or self._facts is None or self._lock.locked():
            return None
        self._told.begin()
        return self._following(reader)

    def _following(self, reader: Browser) -> Following:
        actor, people = reader.viewer.actor, self.openers.people
        return Following(actor, self.circle, self.conversation_id, self.last_seq, people)

    async def heed(self, following: Following, message_id: UUID, news: News) -> None:
        """Tell all who follow what was read for them once the message was saved."""
        if self._lock.locked():
            self.give_up()
            return
        others = self._told.end(message_id)
        async with self._lock:
            # Only now: somebody may have been next at a lock that was free, and told of some.
            lines = tuple(line for line in news.lines if line.seq > self.last_seq)
            found = Found(News(lines, news.lost), receipt=not_seen_yet(lines))
            await self._tell(following.actor, found, Asked.nothing())
        if others or len(news.lines) == thread.PAGE:
            self.wake()

    def give_up(self) -> None:
        """Nothing was read for those who follow: find out what there is."""
        self._told.end()
        self.wake()

    async def catch_up(self) -> None:
        """Read now, and return when all who follow have been told."""
        self._facts_stale = True
        await self._refresh()

    async def shown(self, seq: int) -> None:
        """Return once all who follow have been told of the line in that place."""
        while self._shown_to < seq:
            await self._shown_more.wait()

    def stop(self) -> None:
        self._worker.stop()

    async def open(self, browser: Browser) -> ThreadSnapshot:
        """The conversation for a tab that just opened it. Raises `NotFound`, or `Elsewhere` when
        its person belongs to another circle by now."""
        actor = browser.viewer.actor
        async with self._lock:
            if self._facts is None:
                opening = await thread.opening_for(actor, self.conversation_id)
                facts = self._facts = self._of_this_circle(opening.facts)
                self._history, self._has_earlier = opening.lines, opening.has_earlier
                self._receipt = opening.receipt
                self._shown_to = opening.lines[-1].seq if opening.lines else 0
            else:
                # Kept for people with equal rights: this one has yet to show that they have them.
                facts = await thread.facts_for(actor, self.conversation_id)
                self._of_this_circle(facts)
                if facts != self._facts:
                    self.wake(facts=True)  # Those who have it open have yet to be told.
                if self._receipt_owed and self._is_sender_here():
                    self._receipt_owed, self._receipt_stale = False, True
                    self.wake()
            browser.thread_version = self.version
            return self._snapshot(facts)

    def _of_this_circle(self, facts: TicketFacts) -> TicketFacts:
        if facts.circle is not self.circle:
            raise Elsewhere
        return facts

    def settle(self, browser: Browser) -> ThreadSnapshot | None:
        """Admit the tab, or return what it should be handed first. Never waits: see `Browser`."""
        if browser.thread_version == self.version:
            self.admitted.add(browser)
            return None
        browser.thread_version = self.version
        return self._snapshot(self._facts) if self._facts else None

    def go_back_to_end(self, browser: Browser) -> ThreadSnapshot | None:
        """What a tab that showed lines of its own choice is handed to follow the end again.
        `settle` has to follow."""
        self.admitted.discard(browser)
        browser.paged_thread = False
        browser.thread_version = self.version
        return self._snapshot(self._facts) if self._facts else None

    def _snapshot(self, facts: TicketFacts) -> ThreadSnapshot:
        return ThreadSnapshot(facts, self._history, self._has_earlier, self._live, self._receipt)

    async def _refresh(self) -> None:
        async with self._lock:
            if self._facts is None:
                return
            reader = next(iter(self.admitted or self.openers), None)
            if reader is None:
                return
            asked, lines = self._take_asked(), (*self._history, *self._live)
            known = Known(self._facts, self._receipt, lines)
            try:
                found = await read_anew(asked, self._following(reader), known)
            except DatabaseUnavailable:
                self._ask_again(asked)
                raise
            await self._tell(reader.viewer.actor, found, asked)

    async def _tell(self, reader: Actor, found: Found, asked: Asked) -> None:
        lost = found.news.lost
        if lost:
            for browser in [b for b in self.openers if b.viewer.actor.user_id in lost]:
                self._lost(browser)
        if reader.user_id not in self.openers.people:
            self._ask_again(asked)
            self._worker.wake()  # Read again as somebody who still may.
            return
        before, lines = self.last_line, found.news.lines
        if asked.amended:
            await self._amend(found.again, asked.amended)
        if lines or found.facts or found.receipt:
            await self._show(before, lines, found.facts, found.receipt)
            if self._receipt_owed:  # What somebody has seen may be these very lines.
                self._wake_for_receipt()
        if lines:
            self._note_shown(lines[-1].seq)
        elif found.facts:  # There may be others of whom to say whether they are there.
            self._shown(self)
        if not asked.anything and may_change_facts(self._facts, lines):
            self.wake(facts=True)
        if len(lines) == thread.PAGE:
            self.wake()

    def _take_asked(self) -> Asked:
        """Before reading: what is asked for while it is being read is asked for anew."""
        asked = Asked(self._amended, self._facts_stale, self._receipt_stale, self._lines_stale)
        self._amended = set()
        self._receipt_owed = self._receipt_owed and not self._receipt_stale
        self._facts_stale = self._receipt_stale = self._lines_stale = False
        return asked

    def _ask_again(self, asked: Asked) -> None:
        self._amended |= asked.amended
        self._facts_stale = self._facts_stale or asked.facts
        self._receipt_stale = self._receipt_stale or asked.receipt
        self._lines_stale = True

    def _note_shown(self, seq: int) -> None:
        self._shown_to = seq
        self._shown_more.set()
        self._shown_more = asyncio.Event()
        self._shown(self)

    async def _amend(self, again: Mapping[str, Line], amended: set[UUID]) -> None:
        """Put lines that have changed in the place where they stand."""
        live = tuple(again.get(line.id, line) for line in self._live)
        history = tuple(again.get(line.id, line) for line in self._history)
        in_slots = [slot for slot, line in enumerate(live) if line != self._live[slot]]
        changed_above = history != self._history
        further_up = len({str(id_) for id_ in amended} - {line.id for line in (*history, *live)})
        self.version += 1
        self._live, self._history = live, history
        for timezone, browsers in self._by_zone().items():
            shown = show(live, timezone, history[-1] if history else None)
            slots: dict[int, ShownLine | None] = {slot: shown[slot] for slot in in_slots}
            sockets = [b.socket for b in browsers]
            await self._screen.change_thread(sockets, ThreadChange(live=slots))
            if changed_above:
                at_end = [b.socket for b in browsers if not b.paged_thread]
                above = ThreadChange(history=show(history, timezone))
                await self._screen.change_thread(at_end, above)
            if changed_above or further_up:
                for browser in (b for b in browsers if b.paged_thread):
                    await self._screen.reread_thread(browser.token)

    def _by_zone(self) -> dict[str, list[Browser]]:
        """Whom to send the present version to."""
        by_zone: dict[str, list[Browser]] = defaultdict(list)
        for browser in self.admitted:
            browser.thread_version = self.version
            by_zone[browser.viewer.timezone].append(browser)
        return by_zone

    async def _show(
        self,
        before: Line | None,
        lines: tuple[Line, ...],
        facts: TicketFacts | None,
        receipt: Receipt | None,
    ) -> None:
        self.version += 1
        self._facts = facts or self._facts
        if receipt is not None:
            self._receipt = receipt
        sent = Receipt(receipt.sender_id) if receipt and lines else None
        seen_by = receipt if receipt != sent else None
        first_slot = len(self._live)
        full = first_slot + len(lines) > SLOTS
        if full:
            everything = self._history + self._live + lines
            self._has_earlier = self._has_earlier or len(everything) > thread.PAGE
            self._history, self._live = everything[-thread.PAGE :], ()
        else:
            self._live += lines
        for timezone, browsers in self._by_zone().items():
            shown = show(lines, timezone, before)
            added = ThreadChange(
                live={first_slot + i: line for i, line in enumerate(shown)},
                facts=facts,
                receipt=show_receipt(sent, timezone) if sent else None,
                timezone=timezone,
            )
            if not full:
                await self._screen.change_thread([b.socket for b in browsers], added)
                await self._show_receipt(browsers, timezone, seen_by)
                continue
            anew = ThreadChange(
                live=dict.fromkeys(range(SLOTS)),
                history=show(self._history, timezone),
                has_earlier=self._has_earlier,
                facts=facts,
                receipt=show_receipt(sent, timezone) if sent else None,
                timezone=timezone,
            )
            at_end = [b for b in browsers if not b.paged_thread]
            await self._screen.change_thread([b.socket for b in at_end], anew)
            await self._show_receipt(at_end, timezone, seen_by)
            for browser in (b for b in browsers if b.paged_thread):
                await self._screen.reread_thread(browser.token)

    async def _show_receipt(
        self, browsers: Iterable[Browser], timezone: str, receipt: Receipt | None
    ) -> None:
        """To the sender of the message alone."""
        if receipt is None:
            return
        sender = [b.socket for b in browsers if str(b.viewer.actor.user_id) == receipt.sender_id]
        seen = ThreadChange(receipt=show_receipt(receipt, timezone))
        await self._screen.change_thread(sender, seen)
