"""What admins decide of people and conversations, on the screens of those whom it concerns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from uuid import UUID

from supportdesk.domain.events import REQUESTS, EventKind
from supportdesk.realtime.browser import Browser
from supportdesk.realtime.doorbell import Doorbell
from supportdesk.realtime.screen import Screen
from supportdesk.realtime.thread_view import ThreadView
from supportdesk.realtime.unread_counts import UnreadCounts

_BLOCKING = {EventKind.PERSON_BLOCKED, EventKind.PERSON_UNBLOCKED}
_MEMBERSHIP = {EventKind.PERSON_ADDED, EventKind.PERSON_REMOVED, EventKind.READS_CHANGED}
_REPORTS = {EventKind.ABUSE_REPORTED, EventKind.REPORT_DECIDED}
_GONE = {EventKind.CHAT_EMPTIED, EventKind.TICKET_DELETED}
# A list may have one ticket more or less for them.
ONE_MORE_OR_LESS = {EventKind.TICKET_FILED} | _MEMBERSHIP | _GONE
# Neither a conversation nor a list looks different for them.
UNSEEN = _REPORTS | {EventKind.CHAT_DELETED}


class Moderated:
    """`browsers` are all tabs, `views_of` those of one conversation; `lose` takes it from a tab,
    which then reads again what it may still see."""

    def __init__(
        self,
        screen: Screen,
        unread: UnreadCounts,
        browsers: Mapping[str, Browser],
        views_of: Callable[[UUID], Iterable[ThreadView]],
        lose: Callable[[Browser], None],
    ) -> None:
        self._screen = screen
        self._unread = unread
        self._browsers = browsers
        self._views_of = views_of
        self._lose = lose

    async def ring(self, bell: Doorbell) -> None:
        if bell.kind in _BLOCKING:
            for tab in self._tabs_of(bell.subject):
                await self._screen.recheck_session(tab.token)
        if bell.kind in REQUESTS:
            for tab in self._tabs_of(bell.subject):
                await self._screen.reread_requests(tab.token)
        if bell.kind == EventKind.ABUSE_REPORTED:
            for tab in self._tabs_of(bell.actor):
                await self._screen.reread_reported(tab.token)
        if bell.conversation is None:
            return
        if bell.kind in _MEMBERSHIP:
            await self._let_in_or_out(bell.subject)
        if bell.kind in _GONE:
            await self._take_away(bell.conversation)
        if bell.kind in _MEMBERSHIP | _GONE | _REPORTS:
            self._unread.note(bell.conversation, bell.people, said=False)

    def _tabs_of(self, person: UUID | None) -> list[Browser]:
        tabs = self._browsers.values()
        return [tab for tab in tabs if tab.viewer.actor.user_id == person]

    async def _let_in_or_out(self, person: UUID | None) -> None:
        """Who has it open is found by the view itself; who was told that there is no such ticket
        looks again, and so do searches."""
        for tab in self._tabs_of(person):
            if tab.thread is None:
                await self._screen.reread_thread(tab.token)
            if tab.hits:
                await self._screen.reread_hits(tab.token)

    async def _take_away(self, conversation: UUID) -> None:
        """Lines that are gone leave nothing to tell of: all read the whole anew."""
        for view in self._views_of(conversation):
            for tab in list(view.openers):
                self._lose(tab)
        for tab in list(self._browsers.values()):
            if any(tab.hits.values()):
                await self._screen.reread_hits(tab.token)
