"""Who is looking at what in this process, and whom a doorbell wakes.

The doorbell brings ids, never content. The hub wakes the views that care; they read again under
their readers' rights. It may ring twice or be missed (`resync`): nothing depends on it but speed.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from supportdesk.database.engine import DatabaseUnavailable
from supportdesk.domain.actor import Actor, Role
from supportdesk.domain.commands import messages
from supportdesk.domain.events import EventKind
from supportdesk.domain.queries.sessions import Viewer
from supportdesk.realtime.browser import Browser
from supportdesk.realtime.inbox_view import InboxSnapshot, InboxView
from supportdesk.realtime.screen import Screen
from supportdesk.realtime.thread_view import ThreadSnapshot, ThreadView

_log = logging.getLogger(__name__)

ThreadKey = tuple[UUID, Role]
InboxKey = tuple[Role, UUID | None]

_OVER = {EventKind.SIGNED_OUT, EventKind.PERSON_DEACTIVATED}
PARTICIPANT_CHANGED = "participant_changed"
_READ_AFTER_SECONDS = 1.5


@dataclass(frozen=True, slots=True)
class Doorbell:
    """What the database announces: ids only."""

    kind: str
    conversation: UUID | None
    subject: UUID | None
    people: frozenset[UUID] | None
    """Who takes part in the conversation; None when that is not known."""
    actor: UUID | None = None
    """Who did it; None when it was nobody of the desk."""


class Hub:
    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._browsers: dict[str, Browser] = {}
        self._threads: dict[ThreadKey, ThreadView] = {}
        self._inboxes: dict[InboxKey, InboxView] = {}
        self._waiting: set[str] = set()
        self._reading: dict[ThreadView, asyncio.TimerHandle] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    # Browsers come and go.

    def connect(self, token: str, socket: str, viewer: Viewer) -> Browser:
        """The tab's present connection and viewer; what an earlier one looked at is let go."""
        browser = self._browsers.get(token)
        if browser is not None:
            if browser.socket == socket and browser.viewer.session_id == viewer.session_id:
                browser.viewer = viewer
                return browser
            self._let_go(browser)
        browser = self._browsers[token] = Browser(token, socket, viewer)
        return browser

    def browser(self, token: str) -> Browser | None:
        return self._browsers.get(token)

    def disconnect(self, socket: str) -> None:
        """The connection is gone. What its tab had on the screen counts as read."""
        for browser in [b for b in self._browsers.values() if b.socket == socket]:
            self._spawn(self._note_read(browser, browser.thread))
            self._let_go(browser)
            del self._browsers[browser.token]

    def forget(self, browser: Browser) -> None:
        """Have the tab read everything again when it next arrives."""
        self._let_go(browser)

    def _let_go(self, browser: Browser) -> None:
        self.leave_thread(browser)
        self._leave_inbox(browser)

    # What a browser looks at.

    async def open_thread(self, browser: Browser, ticket_id: UUID) -> ThreadSnapshot:
        """Show this ticket in that tab. Raises `NotFound`. `settle_thread` has to follow."""
        self.leave_thread(browser)
        key = (ticket_id, browser.viewer.actor.role)
        view = self._threads.get(key)
        if view is None:
            view = ThreadView(*key, self._screen, lost=self._lost, shown=self._read_soon)
            self._threads[key] = view
        view.openers.add(browser)
        browser.thread = view
        try:
            return await view.open(browser)
        except BaseException:
            self.leave_thread(browser)
            raise

    def settle_thread(self, browser: Browser) -> ThreadSnapshot | None:
        """None once the tab follows the conversation; else what to hand it before asking again."""
        if (view := browser.thread) is None:
            return None
        missed = view.settle(browser)
        if missed is None:
            self._spawn(self._note_read(browser, view))
        return missed

    def leave_thread(self, browser: Browser) -> None:
        view, browser.thread, browser.paged_thread = browser.thread, None, False
        if view is None:
            return
        view.openers.discard(browser)
        view.admitted.discard(browser)
        if not view.openers:
            view.stop()
            self._threads.pop((view.conversation_id, view.role), None)

    async def open_inbox(self, browser: Browser) -> InboxSnapshot:
        """Show the ticket list in that tab. `settle_inbox` has to follow."""
        self._leave_inbox(browser)
        key = _inbox_key(browser.viewer.actor)
        view = self._inboxes.get(key)
        if view is None:
            view = self._inboxes[key] = InboxView(self._screen)
        view.openers.add(browser)
        browser.inbox = view
        try:
            return await view.open(browser)
        except BaseException:
            self._leave_inbox(browser)
            raise

    def settle_inbox(self, browser: Browser) -> InboxSnapshot | None:
        """None once the tab follows the list; else what to hand it before asking again."""
        return browser.inbox.settle(browser) if browser.inbox else None

    def _leave_inbox(self, browser: Browser) -> None:
        view, browser.inbox, browser.paged_inbox = browser.inbox, None, False
        browser.marked.clear()
        if view is None:
            return
        view.openers.discard(browser)
        view.admitted.discard(browser)
        if not view.openers:
            view.stop()
            self._inboxes.pop(_inbox_key(browser.viewer.actor), None)

    # The doorbell.

    async def ring(self, bell: Doorbell) -> None:
        """Wake whoever cares. Returns soon: reading is the views' own work."""
        if bell.kind in _OVER:
            self._end(
                b
                for b in self._browsers.values()
                if bell.subject in (b.viewer.session_id, b.viewer.actor.user_id)
            )
        if bell.conversation is None:
            return
        if bell.kind == PARTICIPANT_CHANGED:
            await self._reread_marks(bell.subject, bell.conversation)
            return
        for role in Role:
            if thread_view := self._threads.get((bell.conversation, role)):
                thread_view.wake(facts=bell.kind != EventKind.MESSAGE_POSTED)
        new = bell.kind == EventKind.TICKET_FILED
        for (_, owner), view in self._inboxes.items():
            if owner is None or bell.people is None or owner in bell.people:
                view.wake(bell.conversation, new=new)
        if bell.kind == EventKind.MESSAGE_POSTED:
            # Who writes has read what stands above, which their other tabs have yet to hear.
            await self._reread_marks(bell.actor, bell.conversation)

    async def _reread_marks(self, person: UUID | None, conversation: UUID) -> None:
        for browser in list(self._browsers.values()):
            looking = browser.thread and browser.thread.conversation_id == conversation
            if browser.viewer.actor.user_id == person and not looking and not browser.marks_asked:
                browser.marks_asked = True
                await self._screen.reread_marks(browser.token)

    def _end(self, browsers: Iterable[Browser]) -> None:
        """Nothing more reaches these tabs; each finds out for itself that its session is over."""
        for browser in list(browsers):
            self._let_go(browser)
            self._spawn(self._screen.recheck_session(browser.token))

    def _lost(self, browser: Browser) -> None:
        """This person may not see this conversation any more."""
        self.leave_thread(browser)
        self._spawn(self._screen.reread_thread(browser.token))

    async def resync(self) -> None:
        """Doorbells may have been missed: every tab proves its session and reads all it shows."""
        tokens, self._waiting = {*self._browsers, *self._waiting}, set()
        for token in tokens:
            await self._screen.recheck_session(token)

    def call_back(self, token: str) -> None:
        """This tab could not arrive while the database was away: have it try again after that."""
        self._waiting.add(token)

    async def sweep(self) -> None:
        """What rings no bell: sessions that ran out, and tabs that are quiet but still there."""
        now = datetime.now(UTC)
        self._end(b for b in self._browsers.values() if b.viewer.expires_at <= now)
        await self._screen.keep(list(self._browsers))

    # Reading: what stands on an open screen has been read, but not every message needs a write.

    def _read_soon(self, view: ThreadView) -> None:
        if (waiting := self._reading.pop(view, None)) is not None:
            waiting.cancel()
        loop = asyncio.get_running_loop()
        self._reading[view] = loop.call_later(
            _READ_AFTER_SECONDS, lambda: self._spawn(self._note_all_read(view))
        )

    async def _note_all_read(self, view: ThreadView) -> None:
        self._reading.pop(view, None)
        people = {browser.viewer.actor.user_id for browser in view.admitted}
        if people and (last := view.last_line) is not None:
            await messages.note_read(list(people), view.conversation_id, last.seq)

    async def _note_read(self, browser: Browser, view: ThreadView | None) -> None:
        if view is not None and (last := view.last_line) is not None:
            await messages.mark_read(browser.viewer.actor, view.conversation_id, last.seq)

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(_quietly(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _inbox_key(actor: Actor) -> InboxKey:
    return (actor.role, None if actor.role is Role.ADMIN else actor.user_id)


async def _quietly(work: Coroutine[None, None, None]) -> None:
    try:
        await work
    except DatabaseUnavailable:
        _log.warning("the database is away; what was seen is noted the next time")
    except Exception:
        _log.exception("work for a browser failed")
