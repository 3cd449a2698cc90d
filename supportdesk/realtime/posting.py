"""A message on its way from this process: who follows here is told without waiting for the bell.

What they are told is read right after the message is saved, in the same round trip, for each circle
with its own rights; next to a crowd, the others come in the one after that. The bell rings all the
same, for other processes, and for whatever else hangs on a message. It often rings before all that
was read has arrived here; then the message is told first.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from types import TracebackType
from uuid import UUID
from weakref import WeakValueDictionary

from supportdesk.database.engine import DatabaseUnavailable
from supportdesk.domain.commands.messages import Posted
from supportdesk.domain.errors import Invalid
from supportdesk.domain.events import EventKind
from supportdesk.domain.markup import marked_up
from supportdesk.domain.queries.news import Following, news_for
from supportdesk.domain.text import check_body
from supportdesk.realtime.doorbell import Doorbell
from supportdesk.realtime.errands import Errands
from supportdesk.realtime.thread_view import ThreadView

# Where so many more wait in one circle than in all others, they do not wait for what these read.
_CROWD = 20
# Longer than it takes from the bell to the last of what was read.
_SOON_SECONDS = 0.02


class Posting:
    """`views` are those of the conversation, of which every circle has its own; `text` is what is
    posted. Those for whom it was read with the message have been `told`, or never will be."""

    def __init__(self, views: Iterable[ThreadView], text: str) -> None:
        self.told = asyncio.Event()
        self._text = text
        # Where most wait, it is told first.
        most_first = sorted(views, key=lambda view: len(view.openers), reverse=True)
        self._views = [(view, each) for view in most_first if (each := view.expect())]
        first, *others = [len(view.openers) for view, _ in self._views] or [0]
        self._at_once = 1 if first >= sum(others) + _CROWD else len(self._views)

    @property
    def following(self) -> list[Following]:
        """For whom it is to be read in the round trip that saves the message."""
        return [following for _, following in self._views[: self._at_once]]

    async def tell(self, posted: Posted) -> None:
        if not posted.news:
            return
        for news in posted.news:
            view, following = self._views.pop(0)
            if news is None:
                view.give_up()
            else:
                await view.heed(following, posted.id, news)
        self.told.set()
        with suppress(DatabaseUnavailable):
            while self._views:
                view, following = self._views[0]
                rest = await news_for(following)
                del self._views[0]
                await view.heed(following, posted.id, rest)

    def __enter__(self) -> Posting:
        if self._views:  # There is nothing else to do while the database saves it.
            asyncio.get_running_loop().call_soon(_draw_ahead, self._text)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.told.set()
        for view, _ in self._views:  # Nothing came of it, or nobody knows what did.
            view.give_up()


class Postings:
    """Those under way at this process. `ring` is how a bell is answered."""

    def __init__(
        self,
        views_of: Callable[[UUID], Iterable[ThreadView]],
        ring: Callable[[Doorbell], Awaitable[None]],
        errands: Errands,
    ) -> None:
        self._views_of, self._ring, self._errands = views_of, ring, errands
        self._latest: WeakValueDictionary[UUID, Posting] = WeakValueDictionary()

    def begin(self, conversation: UUID, text: str, *, plain: bool) -> Posting:
        """Only with what is plain can anything be read."""
        posting = Posting(self._views_of(conversation) if plain else (), text)
        if posting.following:
            self._latest[conversation] = posting
        return posting

    async def hear(self, bell: Doorbell) -> None:
        """Answer it, or see to it that it is answered as soon as a message is told."""
        posted = bell.kind == EventKind.MESSAGE_POSTED and bell.conversation
        posting = self._latest.get(posted) if posted else None
        if posting is None or posting.told.is_set():
            await self._ring(bell)
        else:
            self._errands.run(self._answer_after(posting, bell))

    async def _answer_after(self, posting: Posting, bell: Doorbell) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(_SOON_SECONDS):
                await posting.told.wait()
        await self._ring(bell)


def _draw_ahead(text: str) -> None:
    """What it looks like is kept for a while: see `markup.render`."""
    with suppress(Invalid):
        marked_up(check_body(text))
