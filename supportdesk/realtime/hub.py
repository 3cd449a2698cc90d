"""Who is looking at what in this process, and whom a doorbell wakes.

The doorbell brings ids, never content. The hub wakes the views that care; they read again under
their readers' rights. It may ring twice or be missed (`resync`): nothing depends on it but speed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
from uuid import UUID

from supportdesk.database.engine import DatabaseUnavailable
from supportdesk.domain.circles import Circle
from supportdesk.domain.events import SESSIONS, EventKind
from supportdesk.domain.models import Audience
from supportdesk.domain.queries.circles import circle_for
from supportdesk.domain.queries.filters import Filters
from supportdesk.domain.queries.sessions import Viewer
from supportdesk.realtime.asked import Elsewhere
from supportdesk.realtime.attendance import Attendance
from supportdesk.realtime.browser import Attention, Browser
from supportdesk.realtime.choosing import Choosing
from supportdesk.realtime.dashboard_counts import DashboardCounts
from supportdesk.realtime.doorbell import (
    NOTIFICATIONS_CHANGED,
    PARTICIPANT_CHANGED,
    TYPING,
    Doorbell,
)
from supportdesk.realtime.errands import Errands
from supportdesk.realtime.inbox_view import InboxSnapshot, inbox_key
from supportdesk.realtime.menus import Menus
from supportdesk.realtime.moderated import ONE_MORE_OR_LESS, UNSEEN, Moderated
from supportdesk.realtime.open_lists import OpenLists
from supportdesk.realtime.pages import PRESENCE, OpenPages
from supportdesk.realtime.posting import Posting, Postings
from supportdesk.realtime.presence import Presence
from supportdesk.realtime.reading import Reading
from supportdesk.realtime.renaming import tell_of_person
from supportdesk.realtime.screen import Screen
from supportdesk.realtime.thread_snapshot import ThreadSnapshot
from supportdesk.realtime.thread_view import ThreadKey, ThreadView
from supportdesk.realtime.told_rules import ToldRules
from supportdesk.realtime.typing import Typing
from supportdesk.realtime.unread_counts import UnreadCounts

_NAMED_ANEW = {
    EventKind.PERSON_RENAMED, EventKind.PERSON_ROLE_CHANGED, EventKind.PERSON_ERASED,
}  # fmt: skip
_AMENDED = {EventKind.MESSAGE_EDITED, EventKind.MESSAGE_DELETED, EventKind.REACTION_CHANGED}
_VIEWS = {EventKind.VIEW_SAVED, EventKind.VIEW_CHANGED, EventKind.VIEW_DELETED}
_SEEN_ANEW = {EventKind.MESSAGE_POSTED, EventKind.TICKET_CHANGED}


class Hub:
    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._browsers: dict[str, Browser] = {}
        self._tabs: defaultdict[UUID, set[Browser]] = defaultdict(set)
        self._threads: dict[ThreadKey, ThreadView] = {}
        self._inboxes = OpenLists()
        self.menus = Menus(screen)
        self._waiting: set[str] = set()
        self._errands = Errands()
        self._reading = Reading(self._errands, self._views_of)
        self._postings = Postings(self._views_of, self.ring, self._errands)
        self.attendance = Attendance(self._tell_presence)
        self._presence = Presence(
            screen, self._views_of, self.attendance.state_of, self.attendance.looking_at
        )
        self._typing = Typing(screen, self._views_of)
        self._unread = UnreadCounts(screen)
        self._moderated = Moderated(
            screen, self._unread, self._browsers, self._views_of, self._lost
        )
        self.pages = OpenPages(screen)
        self.dashboard = DashboardCounts(screen)
        self._rules = ToldRules(screen, self._browsers)
        self._choosing = Choosing(screen, self._browsers, self._threads, self._inboxes, self.menus)

    # Browsers come and go.

    def connect(self, token: str, socket: str, viewer: Viewer) -> Browser:
        """The tab's present connection and viewer; what an earlier one looked at is let go."""
        browser = self._browsers.get(token)
        if browser is not None:
            if browser.socket == socket and browser.viewer.session_id == viewer.session_id:
                browser.viewer = viewer
                return browser
            self._let_go(browser)
            self.attendance.leave(browser)
            self._remove(browser)
        browser = self._browsers[token] = Browser(token, socket, viewer)
        self._tabs[viewer.actor.user_id].add(browser)
        return browser

    def browser(self, token: str) -> Browser | None:
        return self._browsers.get(token)

    def disconnect(self, socket: str) -> None:
        """The connection is gone. What its tab had on a visible screen counts as read."""
        for browser in [b for b in self._browsers.values() if b.socket == socket]:
            if browser.reads:
                self._errands.run(self._reading.note(browser, browser.thread))
            self._let_go(browser)
            self.attendance.leave(browser)
            self._remove(browser)

    def _remove(self, browser: Browser) -> None:
        person = browser.viewer.actor.user_id
        del self._browsers[browser.token]
        self._tabs[person].discard(browser)
        if not self._tabs[person]:
            del self._tabs[person]

    def _tabs_of(self, person: UUID | None) -> list[Browser]:
        return [*self._tabs.get(person, ())] if person else []

    def forget(self, browser: Browser) -> None:
        """Have the tab read everything again when it next arrives."""
        self._let_go(browser)

    def _let_go(self, browser: Browser) -> None:
        self.leave_thread(browser)
        self._leave_inbox(browser)
        self.menus.close(browser)
        self._unread.leave(browser)
        self.pages.leave(browser)
        self.dashboard.leave(browser)
        browser.notifications = browser.preferences = False

    # What a browser looks at.

    async def open_thread(self, browser: Browser, ticket_id: UUID) -> ThreadSnapshot:
        """Show this ticket in that tab. Raises `NotFound`. `settle_thread` has to follow."""
        self.leave_thread(browser)
        while True:
            key = (ticket_id, await circle_for(browser.viewer.actor, ticket_id))
            view = self._threads.get(key)
            if view is None:
                view = ThreadView(*key, self._screen, lost=self._lost, shown=self._shown)
                self._threads[key] = view
            view.openers.add(browser)
            browser.thread = view
            try:
                return await view.open(browser)
            except Elsewhere:  # They were let read more or less in this very moment.
                self.leave_thread(browser)
            except BaseException:
                self.leave_thread(browser)
                raise

    def settle_thread(self, browser: Browser) -> ThreadSnapshot | None:
        """None once the tab follows the conversation; else what to hand it before asking again."""
        if (view := browser.thread) is None:
            return None
        missed = view.settle(browser)
        if missed is None:
            if browser.reads:
                self._errands.run(self._reading.note(browser, view))
            self.attendance.follow(browser)
            self._presence.welcome(browser, view.conversation_id)
            self._errands.run(self._typing.greet(browser))
        return missed

    def leave_thread(self, browser: Browser) -> None:
        view, browser.thread, browser.paged_thread = browser.thread, None, False
        browser.keeps_unread = browser.away = False
        if view is None:
            return
        view.openers.discard(browser)
        view.admitted.discard(browser)
        if not view.openers:
            view.stop()
            self._threads.pop(view.key, None)
        self.attendance.follow(browser)

    def posting(self, conversation: UUID, text: str, *, plain: bool) -> Posting:
        """For as long as somebody posts there."""
        return self._postings.begin(conversation, text, plain=plain)

    async def catch_up(self, browser: Browser) -> None:
        """Have the ticket that is open there, and everywhere else, show what is so by now."""
        if browser.thread is not None:
            with suppress(DatabaseUnavailable):
                await browser.thread.catch_up()

    def _tell_presence(self, person: UUID, conversations: frozenset[UUID]) -> None:
        """They came, went or look elsewhere: for those who see them among the people of a ticket,
        and for those at these conversations."""
        self.pages.ring(PRESENCE)
        theirs = {view.conversation_id for view in self._threads.values() if view.name_of(person)}
        for conversation in theirs | conversations:
            self._presence.wake(conversation, person)

    def adds_nothing(self, browser: Browser, audience: Audience) -> bool:
        """Whether nobody would learn anything from hearing that its person types."""
        view, person = browser.thread, browser.viewer.actor.user_id
        return view is None or self._typing.crowded(view.conversation_id, person, audience)

    def _name_of(self, person: UUID, conversation: UUID) -> str:
        """Whoever writes at another process is known here if they take part."""
        here = (browser.viewer.name for browser in self._tabs_of(person))
        views = self._views_of(conversation)
        known = (name for view in views if (name := view.name_of(person)))
        return next(here, "") or next(known, "Somebody")

    def _views_of(self, conversation: UUID) -> list[ThreadView]:
        return [view for circle in Circle if (view := self._threads.get((conversation, circle)))]

    async def open_inbox(self, browser: Browser, filters: Filters) -> InboxSnapshot:
        """Show this list in that tab. `settle_inbox` has to follow."""
        self._leave_inbox(browser)
        view = self._inboxes.find(inbox_key(browser.viewer.actor, filters), self._screen)
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
        browser.hold = None
        browser.marked.clear()
        if view is None:
            return
        view.openers.discard(browser)
        view.admitted.discard(browser)
        if not view.openers:
            view.stop()
            self._inboxes.drop(view)

    def follow_unread(self, browser: Browser) -> None:
        """Keep that tab told of how much its person has not seen."""
        self._unread.follow(browser)

    # The doorbell.

    async def hear(self, bell: Doorbell) -> None:
        """Wake whoever cares, soon."""
        await self._postings.hear(bell)

    async def ring(self, bell: Doorbell) -> None:
        """Wake whoever cares. Returns soon: reading is the views' own work."""
        if bell.kind in SESSIONS:
            who, tabs = bell.subject, self._browsers.values()
            self._end(b for b in tabs if who in (b.viewer.session_id, b.viewer.actor.user_id))
        if bell.kind in _VIEWS:
            await self.menus.reread()
        if bell.kind == EventKind.SETTING_CHANGED:
            await self._rules.changed()
        self.pages.ring(bell.kind)
        self.dashboard.ring(bell.kind)
        await self._moderated.ring(bell)
        await self._choosing.ring(bell)
        if bell.kind in _NAMED_ANEW and bell.subject is not None:
            await self._tell_of_person(bell.subject, erased=bell.kind == EventKind.PERSON_ERASED)
        if bell.kind == NOTIFICATIONS_CHANGED and bell.subject is not None:
            await self._tell_own_tabs(bell.subject)
        if bell.conversation is None or bell.kind in UNSEEN:
            return
        if bell.kind == TYPING and bell.actor is not None:
            name = self._name_of(bell.actor, bell.conversation)
            self._typing.note(bell.conversation, bell.actor, name, bell.audience)
            self._presence.note_replying(bell.conversation, bell.actor)
            return
        if bell.kind == EventKind.MESSAGE_POSTED:
            self._typing.stop(bell.conversation, bell.actor)
        if bell.kind == PARTICIPANT_CHANGED:
            self._wake_personal(bell.subject, bell.conversation)
            await self._reread_marks(bell.subject, bell.conversation)
            for thread_view in self._views_of(bell.conversation):
                thread_view.wake(seen=True)
            if bell.subject is not None:
                self._unread.note_read(bell.subject, bell.conversation)
            return
        amended = bell.subject if bell.kind in _AMENDED else None
        for thread_view in self._views_of(bell.conversation):
            if bell.kind == EventKind.MESSAGE_POSTED:
                thread_view.wake_posted(bell.subject)
                continue
            facts = amended is None
            if bell.kind == EventKind.REACTION_CHANGED and bell.actor is not None:
                # Whoever reacts takes part from then on.
                facts = not thread_view.name_of(bell.actor)
            thread_view.wake(facts=facts, amended=amended)
        if bell.kind == EventKind.REACTION_CHANGED:
            return
        if amended is not None:
            for browser in list(self._browsers.values()):
                if any(amended in found for found in browser.hits.values()):
                    await self._screen.reread_hits(browser.token)
        if bell.kind in _SEEN_ANEW | _AMENDED:
            said = bell.kind in _SEEN_ANEW
            self._unread.note(bell.conversation, bell.people, said=said)
        self._wake_lists(bell, bell.conversation)
        if bell.kind == EventKind.MESSAGE_POSTED:
            # Who writes has read what stands above, which their other tabs have yet to hear.
            await self._reread_marks(bell.actor, bell.conversation)

    async def _tell_own_tabs(self, person: UUID) -> None:
        """Somebody has marked all as read, or wants something else."""
        self._unread.ask(person)
        for browser in self._tabs_of(person):
            if browser.preferences:
                await self._screen.reread_preferences(browser.token)

    async def _tell_of_person(self, person: UUID, *, erased: bool) -> None:
        self._presence.forget(person)
        threads, inboxes = list(self._threads.values()), list(self._inboxes.values())
        browsers = list(self._browsers.values())
        await tell_of_person(person, browsers, threads, inboxes, self._screen, in_text=erased)

    def _wake_lists(self, bell: Doorbell, ticket_id: UUID) -> None:
        new = bell.kind in ONE_MORE_OR_LESS
        for view in self._inboxes.that_may_hold(bell.people):
            view.wake(ticket_id, by=bell.actor, new=new)
        self.menus.wake(bell.people)

    def _wake_personal(self, person: UUID | None, ticket_id: UUID) -> None:
        """What somebody has read or starred decides what is in their lists that ask for it."""
        if person is None:
            return
        for view in self._inboxes.of(person):
            if view.key.filters.unread or view.key.filters.starred:
                view.wake(ticket_id, by=person)
        self.menus.wake_own(person)

    async def _reread_marks(self, person: UUID | None, conversation: UUID) -> None:
        for browser in self._tabs_of(person):
            here = browser.thread and browser.thread.conversation_id == conversation
            looking = here and browser.visible
            if not looking and not browser.marks_asked:
                browser.marks_asked = True
                await self._screen.reread_marks(browser.token)

    def _end(self, browsers: Iterable[Browser]) -> None:
        """Nothing more reaches these tabs; each finds out for itself that its session is over."""
        for browser in list(browsers):
            self._let_go(browser)
            self.attendance.leave(browser)
            self._errands.run(self._screen.recheck_session(browser.token))

    def _lost(self, browser: Browser) -> None:
        """This person may not see this conversation any more."""
        self.leave_thread(browser)
        self._errands.run(self._screen.reread_thread(browser.token))

    async def resync(self) -> None:
        """Doorbells may have been missed: every tab proves its session and reads all it shows."""
        tokens, self._waiting = {*self._browsers, *self._waiting}, set()
        self.dashboard.reload()
        for token in tokens:
            await self._screen.recheck_session(token)

    def call_back(self, token: str) -> None:
        """This tab could not arrive while the database was away: have it try again after that."""
        self._waiting.add(token)

    async def sweep(self) -> None:
        """What rings no bell: sessions that ran out, and tabs that are quiet but still there."""
        now = datetime.now(UTC)
        self._end(b for b in self._browsers.values() if b.viewer.expires_at <= now)
        for view in self._inboxes.values():
            if view.key.filters.overdue:
                view.reload()
        await self._rules.look_at_the_clock()
        self.dashboard.look_at_the_clock()
        await self._screen.keep(list(self._browsers))

    async def look(self, browser: Browser, attention: Attention) -> None:
        """The tab came into sight or went out of it: what stands there has been read by now."""
        was_visible, browser.attention = browser.visible, attention
        self.attendance.note(browser)
        if was_visible != browser.visible and not browser.keeps_unread and not browser.away:
            await self._reading.note(browser, browser.thread)

    def note_end(self, browser: Browser, *, away: bool) -> None:
        """Its reader has left the end of the conversation, or has come to it: what stood there, or
        stands there now, has been read."""
        read, browser.away = browser.reads, away
        if read or browser.reads:
            self._errands.run(self._reading.note(browser, browser.thread))

    def _shown(self, view: ThreadView) -> None:
        self._reading.note_soon(view.conversation_id)
        self._presence.note_people(view)  # Who has just written may be new among them.
