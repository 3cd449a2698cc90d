"""What the command palette finds."""

from __future__ import annotations

import reflex as rx
from reflex.experimental import ClientStateVar

from supportdesk.domain.errors import Invalid
from supportdesk.domain.queries.recent import RecentTicket, recent_for
from supportdesk.state.session import attempt, signed_in

# What is typed lives in the browser.
typed = ClientStateVar.create("palette_typed", default="")


class PaletteState(rx.State):
    """Of the tickets only: the actions are part of the page."""

    found: list[RecentTicket] = []
    error: str = ""

    @rx.event
    async def find(self, text: str) -> None:
        self.error = await attempt(self._find(text))

    async def _find(self, text: object) -> None:
        viewer = await signed_in(self)
        if not isinstance(text, str):
            raise Invalid("Type a number, a subject or a name.")
        self.found = list(await recent_for(viewer.actor, text))
