"""Who has a conversation open just now, and who of the admins is writing there.

In this process's memory alone: presence is nobody's business a moment later. Admins learn of each
other; buyers and sellers learn only that the other party is there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from supportdesk.domain.actor import Role
from supportdesk.domain.queries.people import hue, initials
from supportdesk.realtime.browser import Browser
from supportdesk.realtime.screen import Screen
from supportdesk.realtime.thread_view import ThreadView

REPLYING_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Here:
    """An admin who has the ticket open; `doing` is `viewing` or `replying`."""

    id: str
    name: str
    avatar: str
    hue: int
    doing: str


@dataclass(frozen=True, slots=True)
class Present:
    """`admins` in full, `ids` of all whom the reader may know to be there."""

    admins: tuple[Here, ...] = ()
    ids: tuple[str, ...] = ()


class Presence:
    """`views` are those of one conversation, one for each role that has it open."""

    def __init__(self, screen: Screen, views: Callable[[UUID], Iterable[ThreadView]]) -> None:
        self._screen = screen
        self._views = views
        self._told: dict[tuple[UUID, Role], Present] = {}
        self._lock = asyncio.Lock()
        self._waiting: dict[UUID, set[Browser]] = {}

    async def tell(self, conversation: UUID, joined: Browser | None = None) -> None:
        """Tell those who follow the conversation what has changed, and who joined all of it.

        One at a time, so that what was true last is what is told last; and those who come or go
        while others are told are told of together, for each telling costs as much as they are many.
        """
        self._waiting.setdefault(conversation, set()).update([joined] if joined else [])
        async with self._lock:
            newcomers = self._waiting.pop(conversation, None)
            if newcomers is None:
                return
            views = list(self._views(conversation))
            browsers = [browser for view in views for browser in view.openers]
            for role in Role:
                if role not in {view.role for view in views}:
                    self._told.pop((conversation, role), None)
            for view in views:
                await self._tell(view, _present(view.role, browsers), newcomers)

    async def _tell(self, view: ThreadView, present: Present, newcomers: set[Browser]) -> None:
        key = (view.conversation_id, view.role)
        if self._told.get(key, Present()) != present:
            self._told[key] = present
            to = list(view.admitted)
        else:
            to = [browser for browser in newcomers if browser in view.admitted]
        await self._screen.change_presence([browser.socket for browser in to], present)


def _present(role: Role, browsers: Iterable[Browser]) -> Present:
    now = asyncio.get_running_loop().time()
    people: dict[UUID, Here | None] = {}
    for browser in browsers:
        viewer = browser.viewer
        if viewer.actor.role is not Role.ADMIN:
            people[viewer.actor.user_id] = None
        elif role is Role.ADMIN:
            before = people.get(viewer.actor.user_id)
            writes = browser.replying_until > now or (before and before.doing == "replying")
            people[viewer.actor.user_id] = Here(
                id=str(viewer.actor.user_id),
                name=viewer.name,
                avatar=initials(viewer.name),
                hue=hue(viewer.actor.user_id),
                doing="replying" if writes else "viewing",
            )
    return Present(
        admins=tuple(sorted((here for here in people.values() if here), key=lambda h: h.name)),
        ids=tuple(sorted(map(str, people))),
    )
