"""Letting others know that one is there, and that one is writing."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import reflex as rx
from reflex.app import EventNamespace
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


_NOTE_TYPING = f"{PresenceState.get_full_name()}.note_typing"


def ask_for_attention() -> EventSpec:
    """Have a tab that has just arrived say whether somebody looks at it.

    Not before the page is drawn: from then on it tells by itself when that changes.
    """
    return rx.call_script(
        "new Promise((done) => { const look = () =>"
        f" refs['_client_state_{idle._setter_name}'] ? done({_ATTENTION}) : setTimeout(look, 50);"
        " setTimeout(look) })",
        callback=PresenceState.note_attention,
    )


def spare_the_crowd(namespace: EventNamespace) -> None:
    """Where hundreds type at once, let go at the door what would tell nobody anything new.

    It costs a tenth of what an event does that only then is found to be of no use, and those who
    send messages do not wait behind it. Reflex has no hook for that, so its handler is extended.
    """
    take = namespace.on_event

    async def on_event(sid: str, data: Any) -> None:
        if not _tells_nothing(namespace.sid_to_token.get(sid), data):
            await take(sid, data)

    namespace.on_event = on_event  # type: ignore[method-assign]


def _tells_nothing(token: str | None, data: Any) -> bool:
    if token is None or not isinstance(data, dict) or data.get("name") != _NOTE_TYPING:
        return False
    browser, payload = hub().browser(token), data.get("payload")
    try:
        audience = Audience(payload["audience"])  # type: ignore[index]
    except (KeyError, TypeError, ValueError):
        return False
    return browser is not None and hub().adds_nothing(browser, audience)
