"""The card beside a row on which the pointer rests, or for which it was asked."""

from __future__ import annotations

import reflex as rx

from supportdesk.database.engine import DatabaseUnavailable
from supportdesk.domain.errors import NotFound
from supportdesk.domain.ids import parse_id
from supportdesk.domain.queries.preview import Preview, preview_for
from supportdesk.state.session import signed_in


class PreviewState(rx.State):
    card: Preview = Preview()
    # It shows for as long as the row has the focus, not the pointer.
    by_key: bool = False

    @rx.event
    async def look(self, ticket_id: str) -> None:
        """Sent when the pointer has rested on a row for a moment."""
        self.by_key = False
        await self._read(ticket_id)

    @rx.event
    async def peek(self, ticket_id: str) -> None:
        """Show it for a row that has the focus; the second time, put it away."""
        self.by_key = not (self.by_key and self.card.id == ticket_id)
        await self._read(ticket_id)

    @rx.event
    def put_away(self) -> None:
        """Show the card that was asked for no more."""
        self.by_key = False

    async def _read(self, ticket_id: str) -> None:
        viewer, found = await signed_in(self), parse_id(ticket_id)
        try:
            self.card = await preview_for(viewer.actor, found) if found else Preview()
        except (NotFound, DatabaseUnavailable):
            self.card = Preview()
