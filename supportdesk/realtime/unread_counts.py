"""How much each person who is here has not seen, told to all of their tabs, and that it is new.

The numbers of all whom something concerned are read together, so that it costs as much for many as
for one. Who looks at the conversation in which something is said is not called to it: what stands
there is noted as read in a moment, or when they look away.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from supportdesk.database.engine import DatabaseUnavailable
from supportdesk.domain.queries.notifications import Unread, unread_of
from supportdesk.realtime.browser import Browser
from supportdesk.realtime.screen import Screen
from supportdesk.realtime.worker import Worker

_EVERY_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class News:
    """Something that was not there the last time. `at` is when, in one form: later is greater."""

    at: str
    mention: bool
    conversation: str
    sound: bool
    browser: bool


class UnreadCounts:
    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._tabs: defaultdict[UUID, set[Browser]] = defaultdict(set)
        self._newcomers: set[Browser] = set()
        self._told: dict[UUID, int] = {}
        self._heard: dict[UUID, datetime] = {}
        self._asked: set[UUID] = set()
        self._worker = Worker(self._tell, every=_EVERY_SECONDS)

    def follow(self, browser: Browser) -> None:
        """Tell that tab from now on, and what is so already at once."""
        person = browser.viewer.actor.user_id
        if browser not in self._tabs[person]:
            self._tabs[person].add(browser)
            self._newcomers.add(browser)
            self.ask(person)

    def leave(self, browser: Browser) -> None:
        person = browser.viewer.actor.user_id
        self._newcomers.discard(browser)
        self._tabs[person].discard(browser)
        if not self._tabs[person]:
            del self._tabs[person]
            self._told.pop(person, None)
            self._heard.pop(person, None)

    def ask(self, person: UUID) -> None:
        """Something of theirs may have changed."""
        self._asked.add(person)
        self._worker.wake()

    def note(self, conversation: UUID, people: frozenset[UUID] | None, *, said: bool) -> None:
        """Something happened there; `said` when it is something new to see."""
        here = self._tabs.keys() if people is None else self._tabs.keys() & people
        for person in here:
            if not (said and self._looks(person, conversation)):
                self.ask(person)

    def note_read(self, person: UUID, conversation: UUID) -> None:
        """They have read there, or left something unread. What nobody was told of is no news."""
        if person not in self._tabs:
            return
        if self._told.get(person) or not self._looks(person, conversation):
            self.ask(person)

    def _looks(self, person: UUID, conversation: UUID) -> bool:
        # Asked of everybody who is here, with every message.
        for tab in self._tabs[person]:
            if tab.thread is not None and tab.thread.conversation_id == conversation and tab.reads:
                return True
        return False

    def _looked_at(self, person: UUID) -> set[UUID]:
        return {
            tab.thread.conversation_id
            for tab in self._tabs[person]
            if tab.thread is not None and tab.reads
        }

    async def _tell(self) -> None:
        people, self._asked = self._asked & self._tabs.keys(), set()
        if not people:
            return
        try:
            looking = [(person, at) for person in people for at in self._looked_at(person)]
            found = await unread_of(list(people), looking)
        except DatabaseUnavailable:
            self._asked |= people
            raise
        for person, unread in found.items():
            if person in self._tabs:
                await self._tell_person(person, unread)

    async def _tell_person(self, person: UUID, unread: Unread) -> None:
        tabs = self._tabs[person]
        news = self._news(person, unread)
        same = self._told.get(person) == unread.count
        self._told[person] = unread.count
        told = tabs & self._newcomers if same and not news else set(tabs)
        self._newcomers -= told
        await self._screen.show_unread([tab.socket for tab in told], unread.count, news)
        for tab in [tab for tab in tabs if tab.notifications]:
            await self._screen.reread_notifications(tab.token)

    def _news(self, person: UUID, unread: Unread) -> News | None:
        """What came before the first of their tabs is no news."""
        since = self._heard.setdefault(person, unread.asked_at)
        if unread.latest is None or unread.latest <= since:
            return None
        self._heard[person] = unread.latest
        return News(
            at=unread.latest.isoformat(timespec="microseconds"),
            mention=unread.called is not None and unread.called > since,
            conversation=str(unread.conversation),
            sound=unread.sound,
            browser=unread.browser,
        )
