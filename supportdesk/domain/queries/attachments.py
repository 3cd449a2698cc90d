"""Files, as far as somebody may see them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlmodel import col

from supportdesk.database.engine import transaction
from supportdesk.domain.actor import Actor
from supportdesk.domain.errors import NotFound
from supportdesk.domain.files import in_words, kind_of
from supportdesk.domain.models import Attachment


@dataclass(frozen=True, slots=True)
class File:
    """A file as it is shown. `kind` is a `files.Kind`, `length` how long it plays; `pictured` says
    that there is a small picture of it."""

    id: str
    name: str
    alt: str
    kind: str
    size: str
    width: int
    height: int
    length: str
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
_OF_TICKET = text("""
    SELECT a.id, a.name, a.alt, a.type, a.size, a.width, a.height, a.seconds, a.pictured
    FROM attachment a JOIN message m ON m.id = a.message_id
    WHERE m.conversation_id = :ticket_id AND m.files > 0 ORDER BY m.seq DESC, a.position
    LIMIT 500
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


async def files_of_ticket(actor: Actor, ticket_id: UUID) -> tuple[File, ...]:
    """All files of a ticket, those of the latest message first."""
    async with transaction(actor) as tx:
        rows = (await tx.execute(_OF_TICKET, {"ticket_id": ticket_id})).all()
    return tuple(as_file(row) for row in rows)


def as_file(row: Any) -> File:
    """From id, name, alt, type, size, width, height, seconds and whether it is pictured."""
    id_, name, alt, type_, size, width, height, seconds, pictured = row
    length = play_time(seconds)
    kind = kind_of(type_).value
    return File(str(id_), name, alt, kind, in_words(size), width, height, length, pictured)


def play_time(seconds: float) -> str:
    if not seconds:
        return ""
    minutes, rest = divmod(max(round(seconds), 1), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
