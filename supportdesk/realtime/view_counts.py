"""How many tickets there are in each view of the menu, while one person has that menu open."""

from __future__ import annotations

import asyncio

from supportdesk.domain.actor import Actor, Role
from supportdesk.domain.queries import views
from supportdesk.domain.queries.views import View
from supportdesk.realtime.browser import Browser
from supportdesk.realtime.screen import Screen
from supportdesk.realtime.worker import Worker

# Counting is dearer than reading a row, and nobody reads numbers faster than this.
_EVERY_SECONDS = 1.0


class ViewCounts:
    """`openers` are the person's tabs with the menu open; `views` is what stands in it."""

    def __init__(self, actor: Actor, screen: Screen) -> None:
        self.openers: set[Browser] = set()
        self.views: tuple[View, ...] = ()
        self._actor = actor
        self._screen = screen
        self._counts: dict[str, str] = {}
        self._lock = asyncio.Lock()
        self._worker = Worker(self._count, every=_EVERY_SECONDS)

    @property
    def of_admin(self) -> bool:
        return self._actor.role is Role.ADMIN

    def wake(self) -> None:
        """Something changed that may count."""
        self._worker.wake()

    def stop(self) -> None:
        self._worker.stop()

    @property
    def latest(self) -> dict[str, str]:
        """What the menus show, or are about to."""
        return self._counts

    async def now(self) -> dict[str, str]:
        """The counts for a menu that just opened, which `wake` keeps up to date."""
        await self._count()
        return self._counts

    async def _count(self) -> None:
        async with self._lock:  # What was counted last is the latest.
            before, self._counts = self._counts, await views.counts_for(self._actor, self.views)
            if self._counts != before:
                sockets = [browser.socket for browser in self.openers]
                await self._screen.show_counts(sockets, self._counts)
