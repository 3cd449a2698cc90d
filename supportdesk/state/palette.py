"""What the command palette finds."""

from __future__ import annotations

from uuid import UUID

import reflex as rx
from reflex.experimental import ClientStateVar

from supportdesk.domain.errors import Invalid
from supportdesk.domain.queries.recent import RecentTicket, recent_for
from supportdesk.state.desk import browser_of
from supportdesk.state.session import attempt, signed_in

# What is typed lives in the browser.
typed = ClientStateVar.create("palette_typed", default="")


class PaletteState(rx.State):
    """Of the tickets only: the actions are part of the page."""

    found: list[RecentTicket] = []
    error: str = ""
    _looked_for: object = ""

    @rx.event
    async def find(self, text: str) -> None:
        self._looked_for = text
        self.error = await attempt(self._find(text))

    @rx.event
    async def reread(self) -> None:
        """Sent when one of them may be gone."""
        if self.found:
            self.error = await attempt(self._find(self._looked_for))

    async def _find(self, text: object) -> None:
        viewer = await signed_in(self)
        if not isinstance(text, str):
            raise Invalid("Type a number, a subject or a name.")
        self.found = list(await recent_for(viewer.actor, text))
        if (browser := browser_of(self)) is not None:
            browser.hits["tickets"] = frozenset(UUID(each.id) for each in self.found)
