"""Who is at the other server processes of the desk, as each of them announces.

A process says who came to it, went, or looks at something else; and, every few seconds, that it is
still there. Of one that falls silent nobody is there any more. What it says are ids and words of
this file, in doorbells that everybody hears.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from supportdesk.domain.actor import Role

BEAT_SECONDS = 5.0
# With the time between two looks at it, well under half a minute.
SILENT_SECONDS = 15.0
# A notification of PostgreSQL is shorter than 8,000 bytes.
_ROOM = 7_000
_MOST_LOOKED_AT = 50


class Word(StrEnum):
    """The kinds of doorbells that processes ring for each other."""

    ALIVE = "process_alive"
    ASKING = "process_asking"
    SERVING = "process_serving"
    LEAVING = "process_leaving"


@dataclass(frozen=True, slots=True)
class Attending:
    """Somebody at one process: whether they are away, and which conversations they look at."""

    role: Role
    away: bool
    looks_at: frozenset[UUID] = frozenset()


@dataclass(slots=True)
class _Process:
    heard_at: float
    people: dict[UUID, Attending] = field(default_factory=dict)


Told = dict[UUID, frozenset[UUID]]
"""Whose presence is another now, and at which conversations that can be seen."""


class Processes:
    """The other ones; `own` is the name of this one."""

    def __init__(self, own: UUID) -> None:
        self._own = own
        self._others: dict[UUID, _Process] = {}

    def people(self) -> Iterator[tuple[UUID, Attending]]:
        for process in self._others.values():
            yield from process.people.items()

    def of(self, person: UUID) -> Iterator[Attending]:
        for process in self._others.values():
            if (attending := process.people.get(person)) is not None:
                yield attending

    def hear(self, data: Mapping[str, Any]) -> Told:
        """Note what another process says of itself and its people."""
        name = UUID(data["process"])
        if data["kind"] == Word.LEAVING:
            return self.drop(name)
        process = self._others.setdefault(name, _Process(0))
        process.heard_at = asyncio.get_running_loop().time()
        changed: Told = {}
        for person, attending in _read(data.get("serves", {})):
            before = process.people.pop(person, None)
            if attending is not None:
                process.people[person] = attending
            if before != attending:
                changed[person] = _looked_at(before) ^ _looked_at(attending)
        return changed

    def knows(self, data: Mapping[str, Any]) -> bool:
        return UUID(data["process"]) in self._others

    def silent(self) -> list[UUID]:
        """Those that have died, as far as one can hear."""
        latest = asyncio.get_running_loop().time() - SILENT_SECONDS
        return [name for name, process in self._others.items() if process.heard_at < latest]

    def drop(self, name: UUID) -> Told:
        """Nobody is there any more."""
        process = self._others.pop(name, None)
        return {person: at.looks_at for person, at in process.people.items()} if process else {}


def _looked_at(attending: Attending | None) -> frozenset[UUID]:
    return attending.looks_at if attending else frozenset()


def says(process: UUID, word: Word) -> dict[str, object]:
    return {"kind": word, "process": str(process)}


def serving(
    process: UUID, people: Iterable[tuple[UUID, Attending | None]]
) -> Iterator[dict[str, object]]:
    """Who is at `process` (None: not any more), in as many notifications as it takes."""
    serves: dict[str, object] = {}
    size = 0
    for person, attending in people:
        said = _say(attending)
        length = len(json.dumps({str(person): said}))
        if serves and size + length > _ROOM:
            yield {**says(process, Word.SERVING), "serves": serves}
            serves, size = {}, 0
        serves[str(person)] = said
        size += length
    if serves:
        yield {**says(process, Word.SERVING), "serves": serves}


def _say(attending: Attending | None) -> list[object] | None:
    if attending is None:
        return None
    looks_at = sorted(map(str, attending.looks_at))[:_MOST_LOOKED_AT]
    return [attending.role, attending.away, looks_at]


def _read(serves: Mapping[str, Any]) -> Iterator[tuple[UUID, Attending | None]]:
    for person, said in serves.items():
        if said is None:
            yield UUID(person), None
        else:
            role, away, looks_at = said
            yield UUID(person), Attending(Role(role), bool(away), frozenset(map(UUID, looks_at)))
