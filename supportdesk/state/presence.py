"""Letting others know that one is there, and that one is writing."""

from __future__ import annotations

from contextlib import suppress

import reflex as rx
from reflex.event import EventSpec
from reflex.experimental import ClientStateVar

from supportdesk.database.engine import DatabaseUnavailable
from supportdesk.domain.commands import presence
from supportdesk.domain.errors import DomainError
from supportdesk.domain.models import Audience
from supportdesk.realtime.browser import Attention
from supportdesk.state.choice import chosen
from supportdesk.state.desk import browser_of, hub
from supportdesk.state.inbox import InboxState
from supportdesk.state.session import signed_in

# Nothing has moved in this tab for long; only the browser knows.
idle = ClientStateVar.create("idle", default=False)

_ATTENTION = (
    f"document.hidden ? '{Attention.HIDDEN}'"
    f" : refs['_client_state_{idle._getter_name}'] ? '{Attention.IDLE}' : '{Attention.HERE}'"
)


class PresenceState(rx.State):
    @rx.event
    async def note_attention(self, attention: str) -> None:
        """Sent when the tab comes into sight or goes out of it, and when its person stops moving
        or moves again."""
        viewer, browser = await signed_in(self), browser_of(self)
        if browser is None:
            return
        with suppress(DomainError, DatabaseUnavailable):
            await hub().look(browser, chosen(Attention, attention))
            await (await self.get_state(InboxState))._look(viewer, browser)

    @rx.event
    async def note_typing(self, audience: str) -> None:
        """Sent now and then while somebody types to that audience; see `realtime/typing`."""
        viewer = await signed_in(self)
        browser = browser_of(self)
        if browser is None or browser.thread is None:
            return
        with suppress(DomainError, DatabaseUnavailable):
            conversation_id = browser.thread.conversation_id
            await presence.announce_typing(
                viewer.actor, conversation_id, chosen(Audience, audience)
            )


def ask_for_attention() -> EventSpec:
    """Have a tab that has just arrived say whether somebody looks at it."""
    return rx.call_script(_ATTENTION, callback=PresenceState.note_attention)
