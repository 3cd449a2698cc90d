"""Files: keeping what has arrived, giving it to a message, and dropping what nobody holds.

No events: a file is told of by the message that it is in.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, insert, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from supportdesk.database.engine import transaction
from supportdesk.domain import files, rules
from supportdesk.domain.actor import NOBODY, Actor
from supportdesk.domain.errors import Blocked, Invalid, NotFound
from supportdesk.domain.files import ALT_MAX_LENGTH, clean_name
from supportdesk.domain.models import Attachment
from supportdesk.domain.queries.blocks import is_blocked
from supportdesk.domain.text import check_room


@dataclass(frozen=True, slots=True)
class Arrived:
    """A file that has been received, checked and recognised. Zeros are unknown."""

    id: UUID
    name: str
    type: str
    size: int
    sha256: str
    width: int = 0
    height: int = 0
    seconds: float = 0.0
    pictured: bool = False


@dataclass(frozen=True, slots=True)
class Sent:
    """A file of a message that is being sent, as its sender describes it."""

    id: UUID
    name: str
    alt: str = ""


_STORED = text("SELECT my_stored_bytes()")
_GIVE = text("""
    UPDATE attachment a SET message_id = :message_id, position = f.position, name = f.name,
        alt = f.alt
    FROM jsonb_to_recordset(CAST(:files AS jsonb)) AS f (id uuid, position int, name text, alt text)
    WHERE a.id = f.id AND a.owner_id = :owner_id AND a.message_id IS NULL
    RETURNING a.name, a.type, a.size
""")


async def check_room_for(
    actor: Actor, size: int, underway: Mapping[UUID, int] | None = None
) -> None:
    """Raise `Refused` when `size` more would be more than this person may store, and `Blocked`
    before anything is sent that would be refused in the end.

    `underway` are the sizes of what they send already, by id; some of it may be stored by now.
    """
    awaited = dict(underway or {})
    async with transaction(actor) as tx:
        if await is_blocked(tx, actor):
            raise Blocked
        stored = int(await tx.scalar(_STORED) or 0)
        known = select(col(Attachment.id)).where(col(Attachment.id).in_(awaited))
        for id_ in await tx.scalars(known):
            del awaited[id_]
        files.check_total(actor.role, stored + sum(awaited.values()) + size)


async def claim(actor: Actor, sha256: str) -> None:
    """Say that these bytes are about to be stored, so that no sweep takes them away."""
    async with transaction(actor) as tx:
        await tx.execute(text("SELECT claim_blob(:hash)"), {"hash": sha256})


async def keep(actor: Actor, file: Arrived) -> None:
    """Note a file whose bytes are stored; the same one again changes nothing.

    Raises `Refused` when it is more than this person may store.
    """
    async with transaction(actor) as tx:
        stored = int(await tx.scalar(_STORED) or 0)
        known = select(col(Attachment.id)).where(col(Attachment.id) == file.id)
        if await tx.scalar(known) is not None:
            return
        files.check_total(actor.role, stored + file.size)
        await tx.execute(
            insert(Attachment).values(
                id=file.id,
                owner_id=actor.user_id,
                name=file.name,
                type=file.type,
                size=file.size,
                sha256=file.sha256,
                width=file.width,
                height=file.height,
                seconds=file.seconds,
                pictured=file.pictured,
            )
        )


def check_sent(sent: Sequence[Sent]) -> tuple[Sent, ...]:
    """Names and descriptions as they are kept. Raises `Invalid`."""
    most = rules.now().message_files
    if len(sent) > most:
        raise Invalid(f"These are {len(sent)} files; {most} is the most in one message.")
    if len({each.id for each in sent}) < len(sent):
        raise Invalid("The same file is in this message twice.")
    return tuple(
        Sent(
            each.id,
            clean_name(each.name),
            check_room(each.alt, ALT_MAX_LENGTH, "The description of an image", "alt"),
        )
        for each in sent
    )


async def give_to(
    tx: AsyncConnection, actor: Actor, message_id: UUID, sent: Sequence[Sent]
) -> None:
    """Put the actor's own unsent files into a message, in the transaction that posts it.

    Raises `NotFound` when one of them is not there any more, and `Refused` when one is larger than
    it may be by now, or of a kind that is not allowed any more.
    """
    rows = [
        {"id": str(each.id), "position": place, "name": each.name, "alt": each.alt}
        for place, each in enumerate(sent)
    ]
    values = {"message_id": message_id, "owner_id": actor.user_id, "files": json.dumps(rows)}
    given = (await tx.execute(_GIVE, values)).all()
    if len(given) != len(sent):
        raise NotFound("file")
    for file in given:
        files.check_sent(actor.role, file.name, file.type, file.size)


async def discard(actor: Actor, attachment_id: UUID) -> None:
    """Drop a file that was not sent; nothing happens when there is none."""
    async with transaction(actor) as tx:
        await tx.execute(
            delete(Attachment).where(
                col(Attachment.id) == attachment_id,
                col(Attachment.owner_id) == actor.user_id,
                col(Attachment.message_id).is_(None),
            )
        )


async def drop_unsent() -> None:
    """Forget files that were uploaded long ago and never sent."""
    async with transaction(NOBODY) as tx:
        await tx.execute(text("SELECT drop_unsent_attachments()"))


async def unheld() -> tuple[str, ...]:
    """Hashes of stored bytes that no file stands for, the oldest first; not all at once."""
    async with transaction(NOBODY) as tx:
        return tuple((await tx.execute(text("SELECT unheld_blobs()"))).scalars())


async def drop(sha256: str, delete_bytes: Callable[[], Awaitable[None]]) -> bool:
    """Delete stored bytes if still nothing holds them; return whether that was so.

    Who wants to store the very same meanwhile waits until they are gone, and then stores them anew.
    """
    try:
        async with transaction(NOBODY) as tx:
            free = bool(await tx.scalar(text("SELECT drop_blob(:hash)"), {"hash": sha256}))
            if free:
                await delete_bytes()
            return free
    except IntegrityError:
        return False  # A file has come to stand for them in this very moment.
