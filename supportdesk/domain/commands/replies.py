"""Canned replies: one's own, and those that admins keep for all of the staff."""

from __future__ import annotations

from uuid import UUID

from psycopg.errors import UniqueViolation
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from supportdesk.database.engine import transaction
from supportdesk.domain.actor import Actor, Role
from supportdesk.domain.commands.settings import tell
from supportdesk.domain.errors import Invalid, NotFound, Refused
from supportdesk.domain.events import EventKind
from supportdesk.domain.ids import new_id
from supportdesk.domain.models import CannedReply
from supportdesk.domain.text import Problems, check_line, check_room, clean

NAME_MAX_LENGTH = 40
BODY_MAX_LENGTH = 10_000


async def save(
    actor: Actor, reply_id: UUID | None, name: str, body: str, *, shared: bool = False
) -> UUID:
    """Write a new reply (no id) or change one; whose it is stays.

    One's own are nobody else's business, so only what happens to shared ones is told of.

    Raises:
        Invalid: name or text missing or too long, or one has a reply of this name.
        NotFound: no such reply, or not the actor's to change.
        Refused: buyers have none, and shared ones are kept by admins.
    """
    _check_may(actor, shared)
    name, body = _check(name, body)
    owner = None if shared else actor.user_id
    before: dict[str, str] = {}
    try:
        async with transaction(actor) as tx:
            if reply_id is None:
                reply_id = new_id()
                values = {"id": reply_id, "owner_id": owner, "name": name, "body": body}
                await tx.execute(insert(CannedReply).values(**values))
                kind = EventKind.REPLY_CREATED
            else:
                shared, before = await _as_it_is(tx, actor, reply_id)
                mine = update(CannedReply).where(col(CannedReply.id) == reply_id)
                await tx.execute(mine.values(name=name, body=body))
                kind = EventKind.REPLY_CHANGED
            after = {"name": name, "body": body}
            if shared and before != after:
                await tell(tx, actor, kind, reply_id, {"name": name, "from": before, "to": after})
    except IntegrityError as error:
        if not isinstance(error.orig, UniqueViolation):
            raise
        raise Invalid("There is a reply of this name already.", "name") from error
    return reply_id


async def remove(actor: Actor, reply_id: UUID) -> None:
    """Delete it. Raises `NotFound`, or `Refused` when it is not the actor's to delete."""
    _check_may(actor, shared=False)
    async with transaction(actor) as tx:
        shared, before = await _as_it_is(tx, actor, reply_id)
        await tx.execute(delete(CannedReply).where(col(CannedReply.id) == reply_id))
        if shared:
            data = {"name": before["name"], "from": before, "to": {}}
            await tell(tx, actor, EventKind.REPLY_DELETED, reply_id, data)


def _check_may(actor: Actor, shared: bool) -> None:
    if actor.role is Role.BUYER:
        raise Refused("Canned replies are for sellers and admins.")
    if shared and actor.role is not Role.ADMIN:
        raise Refused("Only admins may change what is shared.")


async def _as_it_is(
    tx: AsyncConnection, actor: Actor, reply_id: UUID
) -> tuple[bool, dict[str, str]]:
    """Whether it is shared, and what it says."""
    columns = col(CannedReply.owner_id), col(CannedReply.name), col(CannedReply.body)
    found = await tx.execute(select(*columns).where(col(CannedReply.id) == reply_id))
    row = found.one_or_none()
    if row is None:
        raise NotFound("reply")
    _check_may(actor, row.owner_id is None)
    return row.owner_id is None, {"name": row.name, "body": row.body}


def _check(name: str, body: str) -> tuple[str, str]:
    problems = Problems()
    with problems.noted():
        name = check_line(name, NAME_MAX_LENGTH, "The name", "name")
    with problems.noted():
        body = clean(body)
        if not body:
            raise Invalid("The text is missing.", "body")
        check_room(body, BODY_MAX_LENGTH, "The text", "body")
    problems.tell()
    return name, body
