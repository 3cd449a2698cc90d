"""What those who have a conversation open are told of the others: who is at the desk, who looks at
it just now, and who of the admins writes there.

Somebody's presence is told to those in whose list of people they stand, which is read under the
reader's own rights; when an absent one was last here is read under them, too. Admins learn which
other admins look at a ticket; buyers and sellers learn that only of each other.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from supportdesk.domain.actor import Actor, Role
from supportdesk.domain.circles import Circle
from supportdesk.domain.queries.people import hue, initials, last_seen_for, names_for
from supportdesk.realtime.browser import Browser
from supportdesk.realtime.screen import Screen
from supportdesk.realtime.thread_view import ThreadKey, ThreadView
from supportdesk.realtime.worker import Worker

REPLYING_SECONDS = 5.0
# However many come and go, those who look on are told so often at most.
_TELL_SECONDS = 0.25
# More are not drawn; the rest is a number.
MOST_ADMINS = 6


@dataclass(frozen=True, slots=True)
class Here:
    """An admin who looks at the ticket; `doing` is `viewing` or `replying`."""

    id: str
    name: str
    avatar: str
    hue: int
    doing: str


@dataclass(frozen=True, slots=True)
class Standing:
    """`state` is `online`, `away` or `offline`, of whom `seen_at` says since when, if ever; `here`:
    they look at this very ticket."""

    state: str
    seen_at: str
    here: bool


@dataclass(frozen=True, slots=True)
class Present:
    """`admins` who look at it, of whom the reader may be one; there are `more` than those.
    `people` are by the ids of those who take part, as the reader's list has them."""

    admins: tuple[Here, ...] = ()
    more: int = 0
    people: Mapping[str, Standing] = field(default_factory=dict)


@dataclass(slots=True)
class _Told:
    """What the readers of one circle know, and what was read for it under their rights."""

    present: Present = field(default_factory=Present)
    absent: frozenset[UUID] = frozenset()
    seen_at: Mapping[UUID, str] = field(default_factory=dict)
    names: dict[UUID, str] = field(default_factory=dict)


class Presence:
    """`views` are those of one conversation, one for each circle that has it open; `state_of` and
    `looking_at` ask who is where, see `attendance`."""

    def __init__(
        self,
        screen: Screen,
        views: Callable[[UUID], Iterable[ThreadView]],
        state_of: Callable[[UUID], str],
        looking_at: Callable[[UUID], Mapping[UUID, Role]],
    ) -> None:
        self._screen = screen
        self._views = views
        self._state_of = state_of
        self._looking_at = looking_at
        self._told: dict[ThreadKey, _Told] = {}
        self._newcomers: dict[UUID, set[Browser]] = {}
        self._went: dict[UUID, set[UUID]] = {}
        self._replying: dict[UUID, dict[UUID, float]] = {}
        self._workers: dict[UUID, Worker] = {}

    def welcome(self, browser: Browser, conversation: UUID) -> None:
        """Tell one who has just come what the others have been told."""
        self._newcomers.setdefault(conversation, set()).add(browser)
        self.wake(conversation)

    def wake(self, conversation: UUID, person: UUID | None = None) -> None:
        """Somebody came, went or looks elsewhere; `person` may have been seen since it was told."""
        if person is not None:
            self._went.setdefault(conversation, set()).add(person)
        worker = self._workers.get(conversation)
        if worker is None:
            worker = Worker(lambda: self._tell(conversation), every=_TELL_SECONDS, yields=False)
            self._workers[conversation] = worker
        worker.wake()

    def note_people(self, view: ThreadView) -> None:
        """Who takes part there may be others than before."""
        told = self._told.get(view.key)
        if told is None or told.present.people.keys() != set(map(str, view.people)):
            self.wake(view.conversation_id)

    def forget(self, person: UUID) -> None:
        """They are called something else now; and nobody knows when an erased person came."""
        for (conversation, _), told in self._told.items():
            named = told.names.pop(person, None) is not None
            if named or person in told.absent:
                told.absent -= {person}
                self.wake(conversation)

    def note_replying(self, conversation: UUID, person: UUID) -> None:
        """They write there, and if they are an admin, count as doing so for a few seconds."""
        if self._looking_at(conversation).get(person) is not Role.ADMIN:
            return
        loop, there = asyncio.get_running_loop(), self._replying.setdefault(conversation, {})
        if person not in there:
            self.wake(conversation)
        there[person] = loop.time() + REPLYING_SECONDS
        loop.call_later(REPLYING_SECONDS + 0.1, self._stop_replying, conversation, person)

    def _stop_replying(self, conversation: UUID, person: UUID) -> None:
        there = self._replying.get(conversation, {})
        if there.get(person, 0) <= asyncio.get_running_loop().time():
            there.pop(person, None)
            if not there:
                self._replying.pop(conversation, None)
            self.wake(conversation)

    async def _tell(self, conversation: UUID) -> None:
        newcomers = self._newcomers.pop(conversation, set())
        went = self._went.pop(conversation, set())
        views = list(self._views(conversation))
        for circle in set(Circle) - {view.circle for view in views}:
            self._told.pop((conversation, circle), None)
        if not views:
            self._workers.pop(conversation, None)
        for view in views:
            try:
                await self._tell_view(view, newcomers, went)
            except BaseException:
                self._newcomers.setdefault(conversation, set()).update(newcomers)
                self._went.setdefault(conversation, set()).update(went)
                raise

    async def _tell_view(self, view: ThreadView, newcomers: set[Browser], went: set[UUID]) -> None:
        if (reader := next(iter(view.admitted), None)) is None:
            return
        told = self._told.setdefault(view.key, _Told())
        present = Present(people=await self._people(told, view, reader.viewer.actor, went))
        if view.role is Role.ADMIN:
            told.names |= {b.viewer.actor.user_id: b.viewer.name for b in view.admitted}
            admins, more = await self._admins(told, view.conversation_id, reader.viewer.actor)
            present = Present(admins, more, present.people)
        if told.present != present:
            told.present = present
            to = list(view.admitted)
        else:
            to = [browser for browser in newcomers if browser in view.admitted]
        await self._screen.change_presence([browser.socket for browser in to], present)

    async def _people(
        self, told: _Told, view: ThreadView, actor: Actor, went: set[UUID]
    ) -> dict[str, Standing]:
        looking = self._looking_at(view.conversation_id)
        people = {person: self._state_of(person) for person in view.people}
        absent = frozenset(person for person, state in people.items() if not state)
        if absent - told.absent or absent & went:
            seen = await last_seen_for(actor, absent)
            told.seen_at = {person: at.isoformat() for person, at in seen.items()}
        told.absent = absent
        return {
            str(person): Standing(
                state=state or "offline",
                seen_at="" if state else told.seen_at.get(person, ""),
                here=person in looking
                and (view.role is Role.ADMIN or looking[person] is not Role.ADMIN),
            )
            for person, state in people.items()
        }

    async def _admins(
        self, told: _Told, conversation: UUID, actor: Actor
    ) -> tuple[tuple[Here, ...], int]:
        replying = self._replying.get(conversation, {})
        admins = [who for who, role in self._looking_at(conversation).items() if role is Role.ADMIN]
        unknown = [person for person in admins if person not in told.names]
        if unknown:
            told.names |= await names_for(actor, unknown)
        known = [(person not in replying, told.names.get(person, ""), person) for person in admins]
        drawn = [
            Here(
                id=str(person),
                name=name,
                avatar=initials(name),
                hue=hue(person),
                doing="viewing" if only_viewing else "replying",
            )
            for only_viewing, name, person in sorted(known)[: MOST_ADMINS + 1]
        ]
        return tuple(drawn), max(0, len(known) - len(drawn))
