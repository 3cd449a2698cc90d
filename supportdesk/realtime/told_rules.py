"""What the desk allows and says, told to everybody who is here when it changes."""

from __future__ import annotations

from collections.abc import Mapping

from supportdesk.domain import rules
from supportdesk.domain.actor import Role
from supportdesk.realtime.browser import Browser
from supportdesk.realtime.screen import Screen


class ToldRules:
    def __init__(self, screen: Screen, browsers: Mapping[str, Browser]) -> None:
        self._screen = screen
        self._browsers = browsers
        self._away = ""

    async def changed(self) -> None:
        """Somebody has decided otherwise."""
        await rules.refresh()
        await self._tell()

    async def look_at_the_clock(self) -> None:
        """Working hours begin and end by themselves."""
        if rules.away_text() != self._away:
            await self._tell()

    async def _tell(self) -> None:
        self._away = rules.away_text()
        for role in Role:
            here = [b.socket for b in self._browsers.values() if b.viewer.actor.role is role]
            await self._screen.show_rules(here, role)
