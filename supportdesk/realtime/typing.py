"""Who writes in a conversation just now, told to those who may see what they write.

In memory alone, and gone after a few seconds of silence. It travels between server processes as a
doorbell of its own, which costs the database no write.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from supportdesk.domain.circles import Circle
from supportdesk.domain.models import Audience
from supportdesk.realtime.browser import Browser
from supportdesk.realtime.screen import Screen
from supportdesk.realtime.thread_view import ThreadKey, ThreadView
from supportdesk.realtime.worker import Worker

SILENCE_SECONDS = 5.0
# However many come and go, those who look on are told so often at most.
_TELL_SECONDS = 0.5
_NAMED = 4


@dataclass(frozen=True, slots=True)
class Typist:
    id: str
    name: str


@dataclass(slots=True)
class _Writing:
    name: str
    audience: Audience
    until: float


class Typing:
    """`views` are those of one conversation, one for each circle that has it open."""

    def __init__(self, screen: Screen, views: Callable[[UUID], Iterable[ThreadView]]) -> None:
        self._screen = screen
        self._views = views
        self._writing: dict[UUID, dict[UUID, _Writing]] = {}
        self._told: dict[ThreadKey, tuple[Typist, ...]] = {}
        self._workers: dict[UUID, Worker] = {}

    def note(self, conversation: UUID, person: UUID, name: str, audience: Audience) -> None:
        """They write, to that audience, and count as doing so for a few seconds."""
        until = asyncio.get_running_loop().time() + SILENCE_SECONDS
        there = self._writing.setdefault(conversation, {})
        there[person] = _Writing(name, audience, until)
        self._wake(conversation)
        asyncio.get_running_loop().call_later(
            SILENCE_SECONDS + 0.05, lambda: self._wake(conversation)
        )

    def crowded(self, conversation: UUID, person: UUID, audience: Audience) -> bool:
        """Whether all who could be told that this person writes hear of enough others as it is."""
        readers = [each.audiences for each in Circle if audience in each.audiences]
        others = [
            each.audience
            for writer, each in self._writing.get(conversation, {}).items()
            if writer != person
        ]
        return all(sum(said in audiences for said in others) >= _NAMED for audiences in readers)

    def stop(self, conversation: UUID, person: UUID | None) -> None:
        """What they wrote has been sent."""
        there = self._writing.get(conversation)
        if there and person in there:
            del there[person]
            self._wake(conversation)

    async def greet(self, browser: Browser) -> None:
        """Tell one who has just come what the others have been told."""
        if browser.thread is None:
            return
        told = self._told.get(browser.thread.key)
        if told:
            await self._screen.change_typing([browser.socket], told)

    def _wake(self, conversation: UUID) -> None:
        worker = self._workers.get(conversation)
        if worker is None:
            worker = Worker(lambda: self._tell(conversation), every=_TELL_SECONDS, yields=False)
            self._workers[conversation] = worker
        worker.wake()

    async def _tell(self, conversation: UUID) -> None:
        now = asyncio.get_running_loop().time()
        there = self._writing.get(conversation, {})
        for person in [person for person, each in there.items() if each.until <= now]:
            del there[person]
        for view in self._views(conversation):
            writing = tuple(
                Typist(str(person), each.name)
                for person, each in there.items()
                if each.audience in view.circle.audiences
            )[:_NAMED]
            if self._told.get(view.key, ()) != writing:
                self._told[view.key] = writing
                sockets = [browser.socket for browser in view.admitted]
                await self._screen.change_typing(sockets, writing)
        if not there:
            self._forget(conversation)

    def _forget(self, conversation: UUID) -> None:
        self._writing.pop(conversation, None)
        self._workers.pop(conversation, None)
        for circle in Circle:
            self._told.pop((conversation, circle), None)
