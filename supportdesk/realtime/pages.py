"""The pages of the dashboard that are open, and what happens that has them read again."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import partial

from supportdesk.domain.events import MODERATED, PEOPLE, REPORTED, SETTINGS, TEAMS, EventKind
from supportdesk.realtime.browser import Browser
from supportdesk.realtime.screen import Screen
from supportdesk.realtime.worker import Worker

# Each page reads itself as a whole, so a rush of changes is read together.
_EVERY_SECONDS = 0.25


# Somebody came or went, which is no event.
PRESENCE = "presence"


class Page(StrEnum):
    USERS = "users"
    SELLERS = "sellers"
    PERSON = "person"
    REQUESTS = "requests"
    TEAMS = "teams"
    SETTINGS = "settings"
    REPORTS = "reports"
    AUDIT = "audit"


# Figures of many tickets are dearer, and nobody reads them faster.
_AT_LEISURE = {Page.REPORTS: 3.0}

# What gives a team more to do, or less.
_FOR_TEAMS = {EventKind.TICKET_FILED, EventKind.TICKET_CHANGED, EventKind.TICKET_DELETED}

# The kinds of events, and of other doorbells, that change what stands on a page.
CONCERNS: Mapping[Page, frozenset[str]] = {
    Page.USERS: frozenset(PEOPLE) | {PRESENCE},
    Page.SELLERS: frozenset(PEOPLE) | {PRESENCE},
    # Whatever they do stands among what they did last.
    Page.PERSON: frozenset(EventKind) | {PRESENCE},
    Page.REQUESTS: frozenset(MODERATED),
    Page.TEAMS: frozenset(TEAMS | _FOR_TEAMS),
    Page.SETTINGS: frozenset(SETTINGS),
    Page.REPORTS: frozenset(REPORTED),
    # All of them: that is what the log is of.
    Page.AUDIT: frozenset(EventKind),
}


class OpenPages:
    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._open: dict[Browser, Page] = {}
        self._workers = {
            page: Worker(partial(self._tell, page), every=_AT_LEISURE.get(page, _EVERY_SECONDS))
            for page in Page
        }

    def open(self, browser: Browser, page: Page) -> None:
        """Have this tab read the page again whenever something on it changes."""
        self._open[browser] = page

    def leave(self, browser: Browser) -> None:
        self._open.pop(browser, None)

    def shows(self, browser: Browser, page: Page) -> bool:
        return self._open.get(browser) is page

    def ring(self, kind: str) -> None:
        for page in {page for page in self._open.values() if kind in CONCERNS[page]}:
            self._workers[page].wake()

    async def _tell(self, page: Page) -> None:
        for browser, shown in list(self._open.items()):
            if shown is page:
                await self._screen.reread_page(browser.token, page)
