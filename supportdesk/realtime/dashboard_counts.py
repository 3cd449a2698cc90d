"""The numbers on the tabs of the dashboard: read once for all admins who are here."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from supportdesk.domain.actor import Actor, Role
from supportdesk.domain.events import COUNTED, EventKind
from supportdesk.domain.periods import midnight
from supportdesk.domain.queries import dashboard
from supportdesk.realtime.browser import Browser
from supportdesk.realtime.screen import Screen
from supportdesk.realtime.worker import Worker

# Counting is dearer than reading a row, and nobody reads numbers faster than this.
_EVERY_SECONDS = 1.0
_LOGGED = frozenset(EventKind)


class DashboardCounts:
    """Each admin's day is that of their time zone, as on the pages of reports and of the log."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        # Who is here, and what each tab has been told.
        self._tabs: dict[Browser, dict[str, str]] = {}
        self._counts: dict[str, str] = {}
        self._today: dict[str, dict[str, str]] = {}
        self._days: dict[str, datetime] = {}
        self._stale = self._later = True
        self._worker = Worker(self._tell, every=_EVERY_SECONDS)

    def arrive(self, browser: Browser) -> None:
        """Tell that tab from now on, and what is so already at once, if an admin is at it."""
        if browser.viewer.actor.role is Role.ADMIN and browser not in self._tabs:
            self._tabs[browser] = {}
            self._worker.wake()

    def leave(self, browser: Browser) -> None:
        self._tabs.pop(browser, None)
        if not self._tabs:
            self.reload()

    def ring(self, kind: str) -> None:
        if kind in _LOGGED and self._tabs:
            self._stale = self._stale or kind in COUNTED
            self._later = True
            self._worker.wake()

    def look_at_the_clock(self) -> None:
        """A day begins by itself."""
        if self._days != self._beginnings():
            self._worker.wake()

    def reload(self) -> None:
        """Something may have been missed."""
        self._stale = self._later = True

    async def _tell(self) -> None:
        if not self._tabs:
            return
        await self._count(next(iter(self._tabs)).viewer.actor)
        told: dict[str, list[str]] = defaultdict(list)
        for tab, known in self._tabs.items():
            zone = tab.viewer.timezone
            # Who came meanwhile from elsewhere has woken this again.
            if zone in self._today and (counts := self._shown(zone)) != known:
                self._tabs[tab] = counts
                told[zone].append(tab.socket)
        for zone, sockets in told.items():
            await self._screen.show_dashboard(sockets, self._shown(zone))

    async def _count(self, reader: Actor) -> None:
        days = self._beginnings()
        if self._stale:
            self._stale = False
            try:
                self._counts = await dashboard.counts_for(reader)
            except BaseException:
                self._stale = True
                raise
        if self._later or days != self._days:
            self._later = False
            try:
                self._today, self._days = await dashboard.today_for(reader, days), days
            except BaseException:
                self._later = True
                raise

    def _shown(self, zone: str) -> dict[str, str]:
        return self._counts | self._today[zone]

    def _beginnings(self) -> dict[str, datetime]:
        """When today began, where the admins who are here are."""
        now = datetime.now(UTC)
        zones = {name: ZoneInfo(name) for name in {tab.viewer.timezone for tab in self._tabs}}
        return {name: midnight(now.astimezone(zone).date(), zone) for name, zone in zones.items()}
