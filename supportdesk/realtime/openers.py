"""The tabs that have a conversation open, and whose they are."""

from __future__ import annotations

from uuid import UUID

from supportdesk.realtime.browser import Browser


class Openers(set[Browser]):
    """The people are asked for with every message, and are others only when a tab comes or goes: a
    tab has one person for as long as it is among them."""

    _people: frozenset[UUID] | None = None

    @property
    def people(self) -> frozenset[UUID]:
        if self._people is None:
            self._people = frozenset(browser.viewer.actor.user_id for browser in self)
        return self._people

    def add(self, browser: Browser) -> None:
        super().add(browser)
        self._people = None

    def discard(self, browser: object) -> None:
        super().discard(browser)
        self._people = None
