"""Reading: what stands on a visible screen has been read, but not every message needs a write."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable
from uuid import UUID

from supportdesk.domain.commands import messages
from supportdesk.realtime.browser import Browser
from supportdesk.realtime.errands import Errands
from supportdesk.realtime.thread_view import ThreadView

_AFTER_SECONDS = 1.5


class Reading:
    def __init__(self, errands: Errands, views_of: Callable[[UUID], Iterable[ThreadView]]) -> None:
        self._errands = errands
        self._views_of = views_of
        self._waiting: dict[UUID, asyncio.TimerHandle] = {}

    def note_soon(self, conversation: UUID) -> None:
        """For all who look at it, once nothing more has come for a moment."""
        if (waiting := self._waiting.pop(conversation, None)) is not None:
            waiting.cancel()
        loop = asyncio.get_running_loop()
        self._waiting[conversation] = loop.call_later(
            _AFTER_SECONDS, lambda: self._errands.run(self._note_all(conversation))
        )

    async def _note_all(self, conversation: UUID) -> None:
        self._waiting.pop(conversation, None)
        read_to: defaultdict[int, set[UUID]] = defaultdict(set)
        for view in self._views_of(conversation):
            if (last := view.last_line) is not None:
                read_to[last.seq] |= {b.viewer.actor.user_id for b in view.admitted if b.reads}
        for seq, people in read_to.items():
            if people:
                await messages.note_read(list(people), conversation, seq)

    async def note(self, browser: Browser, view: ThreadView | None) -> None:
        """For that tab, all that stands there."""
        if view is not None and (last := view.last_line) is not None:
            await messages.mark_read(browser.viewer.actor, view.conversation_id, last.seq)
