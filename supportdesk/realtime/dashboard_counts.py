"""The numbers on the tabs of the dashboard: read once for all admins who are here."""

from __future__ import annotations

from supportdesk.domain.actor import Role
from supportdesk.domain.events import COUNTED
from supportdesk.domain.queries import dashboard
from supportdesk.realtime.browser import Browser
from supportdesk.realtime.screen import Screen
from supportdesk.realtime.worker import Worker

# Counting is dearer than reading a row, and nobody reads numbers faster than this.
_EVERY_SECONDS = 1.0


class DashboardCounts:
    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._tabs: set[Browser] = set()
        self._newcomers: set[Browser] = set()
        self._counts: dict[str, str] = {}
        self._stale = True
        self._worker = Worker(self._tell, every=_EVERY_SECONDS)

    def arrive(self, browser: Browser) -> None:
        """Tell that tab from now on, and what is so already at once, if an admin is at it."""
        if browser.viewer.actor.role is Role.ADMIN and browser not in self._tabs:
            self._tabs.add(browser)
            self._newcomers.add(browser)
            self._worker.wake()

    def leave(self, browser: Browser) -> None:
        self._tabs.discard(browser)
        self._newcomers.discard(browser)
        self._stale = self._stale or not self._tabs

    def ring(self, kind: str) -> None:
        if kind in COUNTED and self._tabs:
            self._stale = True
            self._worker.wake()

    def reload(self) -> None:
        """Something may have been missed."""
        self._stale = True

    async def _tell(self) -> None:
        newcomers, before = set(self._newcomers), self._counts
        if self._stale and self._tabs:
            await self._count(next(iter(self._tabs)))
        told = newcomers & self._tabs if self._counts == before else self._tabs
        self._newcomers -= newcomers
        await self._screen.show_dashboard([tab.socket for tab in told], self._counts)

    async def _count(self, reader: Browser) -> None:
        self._stale = False
        try:
            self._counts = await dashboard.counts_for(reader.viewer.actor)
        except BaseException:
            self._stale = True
            raise
