"""Canned replies: one's own, and those that admins keep for all of the staff."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from psycopg.errors import UniqueViolation
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from supportdesk.database.engine import transaction
from supportdesk.domain.actor import Actor, Role
from supportdesk.domain.commands.settings import changes_of, tell
from supportdesk.domain.errors import Invalid, NotFound, Refused
from supportdesk.domain.events import EventKind
from supportdesk.domain.ids import new_id
from supportdesk.domain.models import CannedReply
from supportdesk.domain.text import Problems, check_line, check_room

NAME_MAX_LENGTH = 40
BODY_MAX_LENGTH = 10_000


async def save(
    actor: Actor,
    reply_id: UUID | None,
    name: str,
    body: str,
    expected: Mapping[str, Any] | None = None,
    *,
    shared: bool = False,
) -> UUID:
    """Write a new reply (no id) or change one; whose it is stays.

    One's own are nobody else's business, so only what happens to shared ones is told of.

    `expected` is how it read when the actor began, see `settings.save`.

    Raises:
        Changed: another admin was faster.
        Invalid: name or text missing or too long, or one has a reply of this name.
        NotFound: no such reply, or not the actor's to change.
        Refused: buyers have none, and shared ones are kept by admins.
    """
    _check_may(actor, shared)
    name, body = _check(name, body)
    owner = None if shared else actor.user_id
    before: dict[str, str] = {}
    after = {"name": name, "body": body}
    try:
        async with transaction(actor) as tx:
            if reply_id is None:
                reply_id = new_id()
                new = insert(CannedReply).values(id=reply_id, owner_id=owner, **after)
                await tx.execute(new)
                kind = EventKind.REPLY_CREATED
            else:
                shared, before = await _as_it_is(tx, actor, reply_id)
                after = before | changes_of(before, after, expected)
                this = update(CannedReply).where(col(CannedReply.id) == reply_id)
                await tx.execute(this.values(**after))
                kind = EventKind.REPLY_CHANGED
            if shared and before != after:
                data = {"name": after["name"], "from": before, "to": after}
                await tell(tx, actor, kind, reply_id, data)
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
    """Whether it is shared, and what it says; nobody else changes it meanwhile."""
    columns = col(CannedReply.owner_id), col(CannedReply.name), col(CannedReply.body)
    this = select(*columns).where(col(CannedReply.id) == reply_id)
    row = (await tx.execute(this)).one_or_none()
    if row is None:
        raise NotFound("reply")
    _check_may(actor, row.owner_id is None)
    row = (await tx.execute(this.with_for_update())).one_or_none()
    if row is None:  # Deleted in this very moment.
        raise NotFound("reply")
    return row.owner_id is None, {"name": row.name, "body": row.body}


def _check(name: str, body: str) -> tuple[str, str]:
    problems = Problems()
    with problems.noted():
        name = check_line(name, NAME_MAX_LENGTH, "The name", "name")
    with problems.noted():
        body = check_room(body, BODY_MAX_LENGTH, "The text", "body")
        if not body:
            raise Invalid("The text is missing.", "body")
    problems.tell()
    return name, body
