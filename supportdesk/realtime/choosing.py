"""What there is to choose from, and what it is called: in filters, details and forms."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from supportdesk.domain.actor import Role
from supportdesk.domain.events import CHOICES, OFFERED, REGROUPED, SHARED_REPLIES, EventKind
from supportdesk.domain.queries.filters import Filters
from supportdesk.realtime.browser import Browser
from supportdesk.realtime.doorbell import Doorbell
from supportdesk.realtime.menus import Menus
from supportdesk.realtime.open_lists import OpenLists
from supportdesk.realtime.screen import Screen
from supportdesk.realtime.thread_view import ThreadKey, ThreadView


class Choosing:
    """`browsers`, `threads` and `inboxes` are all that are open, at any time."""

    def __init__(
        self,
        screen: Screen,
        browsers: Mapping[str, Browser],
        threads: Mapping[ThreadKey, ThreadView],
        inboxes: OpenLists,
        menus: Menus,
    ) -> None:
        self._screen = screen
        self._browsers = browsers
        self._threads = threads
        self._inboxes = inboxes
        self._menus = menus

    async def ring(self, bell: Doorbell) -> None:
        if bell.kind in CHOICES:
            await self._name_anew(bell)
        if bell.kind in OFFERED:
            for browser in self._at_tickets():
                if browser.viewer.actor.role is not Role.ADMIN:
                    await self._screen.renew_offer(browser.token)
        if bell.kind in SHARED_REPLIES:
            for browser in self._at_tickets():
                if browser.viewer.actor.role is not Role.BUYER:
                    await self._screen.reread_replies(browser.token)

    def _at_tickets(self) -> list[Browser]:
        return [browser for browser in self._browsers.values() if browser.inbox is not None]

    async def _name_anew(self, bell: Doorbell) -> None:
        for thread_view in self._threads.values():
            thread_view.wake(facts=True)
        renamed = bell.subject if bell.kind == EventKind.TAG_CHANGED else None
        if renamed is not None:
            for inbox_view in self._inboxes.values():
                inbox_view.wake_tagged(renamed)
        if regrouped := bell.kind in REGROUPED:
            await self._regroup(bell.subject)
        for browser in self._at_tickets():
            if (renamed is not None or regrouped) and browser.paged_inbox:
                await self._screen.reread_inbox(browser.token)
            if browser.viewer.actor.role is not Role.BUYER and not browser.choices_asked:
                browser.choices_asked = True
                await self._screen.reread_choices(browser.token)

    async def _regroup(self, gone: UUID | None) -> None:
        """Many tickets at once are sorted otherwise; who asks for what is gone asks anew."""
        for inbox_view in self._inboxes.values():
            inbox_view.reload()
        self._menus.wake()
        for browser in self._at_tickets():
            filters = browser.inbox.key.filters if browser.inbox else Filters()
            if str(gone) in (filters.tag, filters.team):
                await self._screen.recheck_session(browser.token)
