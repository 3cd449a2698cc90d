"""Reading: what stands on a visible screen has been read, but not every message needs a write."""

from __future__ import annotations

import asyncio

from supportdesk.domain.commands import messages
from supportdesk.realtime.browser import Browser
from supportdesk.realtime.errands import Errands
from supportdesk.realtime.thread_view import ThreadView

_AFTER_SECONDS = 1.5


class Reading:
    def __init__(self, errands: Errands) -> None:
        self._errands = errands
        self._waiting: dict[ThreadView, asyncio.TimerHandle] = {}

    def note_soon(self, view: ThreadView) -> None:
        """For all who look at it, once nothing more has come for a moment."""
        if (waiting := self._waiting.pop(view, None)) is not None:
            waiting.cancel()
        loop = asyncio.get_running_loop()
        self._waiting[view] = loop.call_later(
            _AFTER_SECONDS, lambda: self._errands.run(self._note_all(view))
        )

    async def _note_all(self, view: ThreadView) -> None:
        self._waiting.pop(view, None)
        people = {b.viewer.actor.user_id for b in view.admitted if b.reads}
        if people and (last := view.last_line) is not None:
            await messages.note_read(list(people), view.conversation_id, last.seq)

    async def note(self, browser: Browser, view: ThreadView | None) -> None:
        """For that tab, all that stands there."""
        if view is not None and (last := view.last_line) is not None:
            await messages.mark_read(browser.viewer.actor, view.conversation_id, last.seq)
