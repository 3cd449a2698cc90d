"""Letting other admins know that one is writing an answer."""

from __future__ import annotations

import reflex as rx

from supportdesk.domain.actor import Role
from supportdesk.state.desk import browser_of, hub
from supportdesk.state.session import signed_in


class PresenceState(rx.State):
    @rx.event
    async def note_replying(self) -> None:
        """Sent now and then while an admin types; see `realtime/presence`."""
        viewer = await signed_in(self)
        browser = browser_of(self)
        if browser is not None and viewer.actor.role is Role.ADMIN:
            hub().note_replying(browser)
