"""Who is at the desk: here, as their tabs say, and at other processes, as those announce.

In memory alone. A beat of this process costs the database one notification, whoever is here; a
person who comes or goes, one more and a row that says when, for many at once.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from supportdesk.database.engine import DatabaseUnavailable
from supportdesk.domain.actor import Role
from supportdesk.domain.commands import presence
from supportdesk.realtime.browser import Attention, Browser
from supportdesk.realtime.processes import (
    BEAT_SECONDS,
    SILENT_SECONDS,
    Attending,
    Processes,
    Told,
    Word,
    says,
    serving,
)
from supportdesk.realtime.worker import Worker

_log = logging.getLogger(__name__)
# Who loads the page again, or whose connection breaks for a moment, has not been away.
GRACE_SECONDS = 4.0
_ANNOUNCE_SECONDS = 0.25
_ONLINE, _AWAY = "online", "away"


class Attendance:
    """`tell` hears whose presence is another, and at which conversations they began or ceased to
    look."""

    def __init__(self, tell: Callable[[UUID, frozenset[UUID]], None]) -> None:
        self._tell = tell
        self._process = uuid4()
        self._others = Processes(self._process)
        self._tabs: dict[UUID, set[Browser]] = defaultdict(set)
        self._here: dict[UUID, Attending] = {}
        self._asking = False
        self._news: set[UUID] = set()
        self._came_or_went: set[UUID] = set()
        self._worker = Worker(self._announce, every=_ANNOUNCE_SECONDS)

    # What may be asked.

    def state_of(self, person: UUID) -> str:
        """`online`, `away`, or nothing for who is not here."""
        found = [*self._others.of(person)]
        if (here := self._here.get(person)) is not None:
            found.append(here)
        return _AWAY if found and all(each.away for each in found) else _ONLINE if found else ""

    def looking_at(self, conversation: UUID) -> dict[UUID, Role]:
        """Who has it before their eyes, anywhere."""
        return {
            person: attending.role
            for person, attending in self._everybody()
            if conversation in attending.looks_at
        }

    def _everybody(self) -> Iterator[tuple[UUID, Attending]]:
        yield from self._here.items()
        yield from self._others.people()

    # Tabs of this process.

    def note(self, browser: Browser) -> None:
        """Its tab has said whether somebody looks at it, so its person is here."""
        self._tabs[browser.viewer.actor.user_id].add(browser)
        self.follow(browser)

    def follow(self, browser: Browser) -> None:
        """It may show another conversation."""
        person = browser.viewer.actor.user_id
        if browser in self._tabs.get(person, ()):
            self._settle(person)

    def leave(self, browser: Browser) -> None:
        """It is gone; its person goes, too, unless they are soon back."""
        person = browser.viewer.actor.user_id
        tabs = self._tabs.get(person, set())
        if browser not in tabs:
            return
        tabs.discard(browser)
        if tabs:
            self._settle(person)
            return
        del self._tabs[person]
        self._change(person, replace(self._here[person], looks_at=frozenset()))
        asyncio.get_running_loop().call_later(GRACE_SECONDS, self._settle, person)

    def _settle(self, person: UUID) -> None:
        self._change(person, _attending(self._tabs.get(person, set())))

    def _change(self, person: UUID, now: Attending | None) -> None:
        before = self._here.pop(person, None)
        if now is not None:
            self._here[person] = now
        if now == before:
            return
        if before is None or now is None:
            self._came_or_went.add(person)
        self._news.add(person)
        self._worker.wake()
        if now is not None:  # Who has gone is told of when it is written down since when.
            looked_at = before.looks_at if before else frozenset()
            self._tell(person, looked_at ^ now.looks_at)

    async def _announce(self) -> None:
        news, came_or_went = self._news, self._came_or_went
        self._news, self._came_or_went = set(), set()
        try:
            if came_or_went:
                await presence.note_seen(came_or_went, datetime.now(UTC))
            gone = [person for person in came_or_went if person not in self._here]
            for person in gone:
                self._tell(person, frozenset())
            said = ((person, self._here.get(person)) for person in news)
            asks = [says(self._process, Word.ASKING)] if self._asking else []
            await presence.tell_processes([*asks, *serving(self._process, said)])
            self._asking = False
        except DatabaseUnavailable:
            self._news |= news
            self._came_or_went |= came_or_went
            raise

    # Other processes.

    def ask(self) -> None:
        """Have the others say who is there: this one has just begun to listen to them."""
        self._asking = True
        self._repeat()

    def _repeat(self) -> None:
        """Say again who is here."""
        self._news |= set(self._here)
        self._worker.wake()

    def hear(self, data: Mapping[str, Any]) -> None:
        """What a process says; also what this one said itself, which it knows."""
        if data["process"] == str(self._process):
            return
        if data["kind"] == Word.ASKING:
            self._repeat()
        unheard_of = data["kind"] == Word.ALIVE and not self._others.knows(data)
        self._tell_all(self._others.hear(data))
        if unheard_of:
            self.ask()

    async def beat(self) -> None:
        """Say that this process is there, and let go of those that are not."""
        for name in self._others.silent():
            gone = self._others.drop(name)
            heard_at = datetime.now(UTC) - timedelta(seconds=SILENT_SECONDS)
            absent = [person for person in gone if not self.state_of(person)]
            try:
                await presence.note_seen(absent, heard_at)
            finally:
                self._tell_all(gone)
        await presence.tell_processes([says(self._process, Word.ALIVE)])

    async def end(self) -> None:
        """This process stops: whoever is still here has been seen now."""
        await presence.note_seen(self._here, datetime.now(UTC))
        await presence.tell_processes([says(self._process, Word.LEAVING)])

    def _tell_all(self, changed: Told) -> None:
        for person, conversations in changed.items():
            self._tell(person, conversations)


async def attend(attendance: Attendance) -> None:
    """Beat, for ever; a beat that fails is made up for by the next one."""
    while True:
        try:
            await attendance.beat()
        except DatabaseUnavailable:
            _log.warning("the database is away; other processes do not hear of this one")
        except Exception:
            _log.exception("a beat failed")
        await asyncio.sleep(BEAT_SECONDS)


def _attending(tabs: set[Browser]) -> Attending | None:
    """One tab that is looked at is enough to be there."""
    if not tabs:
        return None
    role = next(iter(tabs)).viewer.actor.role
    away = all(tab.attention is not Attention.HERE for tab in tabs)
    looks_at = frozenset(tab.thread.conversation_id for tab in tabs if tab.visible and tab.thread)
    return Attending(role, away, looks_at)
