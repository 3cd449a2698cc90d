"""Files, as far as somebody may see them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlmodel import col

from supportdesk.database.engine import transaction
from supportdesk.domain.actor import NOBODY, Actor
from supportdesk.domain.errors import NotFound
from supportdesk.domain.file_kinds import Kind, kind_of
from supportdesk.domain.files import in_words
from supportdesk.domain.models import Attachment


@dataclass(frozen=True, slots=True)
class File:
    """A file as it is shown: its `kind` is a `Kind`, it `plays` for so long, and where it is
    `pictured` there is a small picture of it."""

    id: str
    name: str
    alt: str
    kind: str
    size: str
    width: int
    height: int
    plays: str
    pictured: bool


@dataclass(frozen=True, slots=True)
class Stored:
    """What is needed to send it."""

    name: str
    type: str
    size: int
    sha256: str
    pictured: bool


_ONE = text("""
    SELECT a.id, a.name, a.alt, a.type, a.size, a.width, a.height, a.seconds, a.pictured
    FROM attachment a WHERE a.id = :id
""")


async def stored_for(actor: Actor, attachment_id: UUID) -> Stored:
    """Raises `NotFound`."""
    query = select(
        col(Attachment.name),
        col(Attachment.type),
        col(Attachment.size),
        col(Attachment.sha256),
        col(Attachment.pictured),
    ).where(col(Attachment.id) == attachment_id)
    async with transaction(actor) as tx:
        row = (await tx.execute(query)).one_or_none()
    if row is None:
        raise NotFound("file")
    return Stored(*row)


async def file_for(actor: Actor, attachment_id: UUID) -> File:
    """Raises `NotFound`."""
    async with transaction(actor) as tx:
        row = (await tx.execute(_ONE, {"id": attachment_id})).one_or_none()
    if row is None:
        raise NotFound("file")
    return as_file(row)


async def erased_among(people: Collection[UUID]) -> set[UUID]:
    """Who of these has been erased, and is to leave no files behind that were not sent."""
    if not people:
        return set()
    async with transaction(NOBODY) as tx:
        return set(await tx.scalar(text("SELECT erased_among(:people)"), {"people": list(people)}))


def as_file(row: Any) -> File:
    """From id, name, alt, type, size, width, height, seconds and whether it is pictured."""
    id_, name, alt, type_, size, width, height, seconds, pictured = row
    kind, plays = kind_of(type_), play_time(seconds)
    if kind is Kind.PICTURE and not pictured:  # It was too large for the desk to draw.
        kind = Kind.OTHER
    return File(str(id_), name, alt, kind.value, in_words(size), width, height, plays, pictured)


def as_files(rows: Iterable[Any]) -> tuple[File, ...]:
    """Pictures first, for they stand side by side."""
    return tuple(sorted(map(as_file, rows), key=lambda file: file.kind != Kind.PICTURE))


def play_time(seconds: float) -> str:
    if not seconds:
        return ""
    minutes, rest = divmod(max(round(seconds), 1), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
