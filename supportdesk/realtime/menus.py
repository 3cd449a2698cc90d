"""The menus of views that are open, and whose counts something has changed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from supportdesk.domain.queries.views import View
from supportdesk.realtime.browser import Browser
from supportdesk.realtime.screen import Screen
from supportdesk.realtime.view_counts import ViewCounts


class Menus:
    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._counts: dict[UUID, ViewCounts] = {}

    def open(self, browser: Browser, views: Sequence[View]) -> ViewCounts:
        """Keep the counts of these views up to date in that tab, until `close`."""
        actor = browser.viewer.actor
        counts = self._counts.get(actor.user_id)
        if counts is None:
            counts = self._counts[actor.user_id] = ViewCounts(actor, self._screen)
        counts.openers.add(browser)
        counts.views = tuple(views)
        return counts

    def shows(self, browser: Browser) -> bool:
        counts = self._counts.get(browser.viewer.actor.user_id)
        return counts is not None and browser in counts.openers

    def close(self, browser: Browser) -> None:
        counts = self._counts.get(browser.viewer.actor.user_id)
        if counts is None:
            return
        counts.openers.discard(browser)
        if not counts.openers:
            counts.stop()
            del self._counts[browser.viewer.actor.user_id]

    async def reread(self) -> None:
        """Other views may be chosen."""
        for counts in list(self._counts.values()):
            for browser in counts.openers:
                await self._screen.reread_views(browser.token)

    def wake(self, people: Collection[UUID] | None = None) -> None:
        """A ticket of these people has changed; None: it may be anybody's."""
        for owner, counts in self._counts.items():
            if counts.of_admin or people is None or owner in people:
                counts.wake()

    def wake_own(self, person: UUID) -> None:
        """What they have read or starred may count."""
        if counts := self._counts.get(person):
            counts.wake()
