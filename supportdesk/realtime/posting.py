"""A message on its way from this process: who follows here is told without waiting for the bell.

What they are told is read right after the message is saved, in the same round trip, for each circle
with its own rights. The bell rings all the same, for other processes, and for whatever else hangs
on a message.
"""

from __future__ import annotations

from collections.abc import Iterable
from types import TracebackType

from supportdesk.domain.commands.messages import Posted
from supportdesk.domain.queries.news import Following
from supportdesk.realtime.thread_view import ThreadView


class Posting:
    """`views` are those of the conversation, of which every circle has its own."""

    def __init__(self, views: Iterable[ThreadView]) -> None:
        # Where most wait, it is told first.
        most_first = sorted(views, key=lambda view: len(view.openers), reverse=True)
        self._views = [(view, each) for view in most_first if (each := view.expect())]

    @property
    def following(self) -> list[Following]:
        return [following for _, following in self._views]

    async def tell(self, posted: Posted) -> None:
        if not posted.news:
            return
        for news in posted.news:
            view, following = self._views.pop(0)
            await view.heed(following, posted.id, news)

    def __enter__(self) -> Posting:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for view, _ in self._views:  # Nothing came of it, or nobody knows what did.
            view.give_up()
