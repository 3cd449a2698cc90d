"""Letting others know that one is writing."""

from __future__ import annotations

from contextlib import suppress

import reflex as rx

from supportdesk.database.engine import DatabaseUnavailable
from supportdesk.domain.actor import Role
from supportdesk.domain.commands import presence
from supportdesk.domain.errors import DomainError
from supportdesk.domain.models import Audience
from supportdesk.state.choice import chosen
from supportdesk.state.desk import browser_of, hub
from supportdesk.state.session import signed_in


class PresenceState(rx.State):
    @rx.event
    async def note_typing(self, audience: str) -> None:
        """Sent now and then while somebody types to that audience; see `realtime/typing`."""
        viewer = await signed_in(self)
        browser = browser_of(self)
        if browser is None or browser.thread is None:
            return
        if viewer.actor.role is Role.ADMIN:
            hub().note_replying(browser)
        with suppress(DomainError, DatabaseUnavailable):
            conversation_id = browser.thread.conversation_id
            await presence.announce_typing(
                viewer.actor, conversation_id, chosen(Audience, audience)
            )
