"""The card beside a row on which the pointer rests."""

from __future__ import annotations

import reflex as rx

from supportdesk.database.engine import DatabaseUnavailable
from supportdesk.domain.errors import NotFound
from supportdesk.domain.ids import parse_id
from supportdesk.domain.queries.preview import Preview, preview_for
from supportdesk.state.session import signed_in


class PreviewState(rx.State):
    card: Preview = Preview()

    @rx.event
    async def look(self, ticket_id: str) -> None:
        """Sent when the pointer has rested on a row for a moment."""
        viewer, found = await signed_in(self), parse_id(ticket_id)
        try:
            self.card = await preview_for(viewer.actor, found) if found else Preview()
        except (NotFound, DatabaseUnavailable):
            self.card = Preview()
