"""Saved views: filters and an order under a name, one's own or, from admins, for all the staff."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

from sqlalchemy import delete as delete_from
from sqlalchemy import func, insert, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from supportdesk.database.engine import transaction
from supportdesk.domain.actor import Actor, Role
from supportdesk.domain.errors import Invalid, NotFound, Refused
from supportdesk.domain.events import EventKind, record
from supportdesk.domain.ids import new_id
from supportdesk.domain.models import Audience, SavedView
from supportdesk.domain.queries.filters import parse, spell
from supportdesk.domain.text import check_line

NAME_MAX_LENGTH = 60
QUERY_MAX_LENGTH = 2000
MOST = 50
_COLUMNS = col(SavedView.name), col(SavedView.shared), col(SavedView.query)
_ONLY_ADMINS = "Only admins can share a view with others."
_TAKEN = "You have a view of this name. Choose another one."


async def save(actor: Actor, name: str, query: str, *, shared: bool = False) -> UUID:
    """Keep the filters that `query` spells under `name`, and return the view's id.

    Raises:
        Invalid: the name is missing, too long or in use, or there are too many views.
        Refused: it is to be shared, and the actor is no admin.
    """
    line, spelled = _check_name(name), spell(parse(dict(parse_qsl(query))))
    if len(spelled) > QUERY_MAX_LENGTH:
        raise Invalid("What is searched for is too long to be saved. Shorten it a little.", "name")
    if shared and actor.role is not Role.ADMIN:
        raise Refused(_ONLY_ADMINS)
    view_id = new_id()
    async with transaction(actor) as tx:
        # One at a time for one person: two tabs may not both be the last that fits.
        await tx.execute(
            text("SELECT pg_advisory_xact_lock(hashtextextended(:owner, 0))"),
            {"owner": f"views of {actor.user_id}"},
        )
        await _check_room(tx, actor, line)
        await tx.execute(
            insert(SavedView).values(
                id=view_id,
                owner_id=actor.user_id,
                name=line,
                shared=shared,
                query=spelled,
            )
        )
        made = {"name": line, "shared": shared, "query": spelled}
        await _tell(tx, actor, EventKind.VIEW_SAVED, view_id, {}, made)
    return view_id


async def rename(actor: Actor, view_id: UUID, name: str) -> None:
    """Give the view another name. Raises `Invalid` and `NotFound`."""
    line = _check_name(name)
    try:
        async with transaction(actor) as tx:
            before = await _change(tx, view_id, name=line)
            await _tell(tx, actor, EventKind.VIEW_CHANGED, view_id, before, {"name": line})
    except IntegrityError as error:
        raise Invalid(_TAKEN, "name") from error


async def share(actor: Actor, view_id: UUID, shared: bool) -> None:
    """Show the view to all the staff, or to its owner alone. Raises `NotFound`, `Refused`."""
    if actor.role is not Role.ADMIN:
        raise Refused(_ONLY_ADMINS)
    async with transaction(actor) as tx:
        owner = await tx.scalar(select(col(SavedView.owner_id)).where(col(SavedView.id) == view_id))
        if owner not in (None, actor.user_id):
            raise Refused("This view belongs to another admin. Ask them, or delete it.")
        before = await _change(tx, view_id, shared=shared)
        await _tell(tx, actor, EventKind.VIEW_CHANGED, view_id, before, {"shared": shared})


async def delete(actor: Actor, view_id: UUID) -> None:
    """Remove the view. Raises `NotFound`."""
    async with transaction(actor) as tx:
        this = col(SavedView.id) == view_id
        found = await tx.execute(delete_from(SavedView).where(this).returning(*_COLUMNS))
        row = found.mappings().one_or_none()
        if row is None:
            raise NotFound("view")
        await _tell(tx, actor, EventKind.VIEW_DELETED, view_id, dict(row), {})


def _check_name(name: str) -> str:
    return check_line(name, NAME_MAX_LENGTH, "The name", "name")


async def _check_room(tx: AsyncConnection, actor: Actor, name: str) -> None:
    mine = select(
        func.count(), func.count().filter(func.lower(col(SavedView.name)) == name.lower())
    )
    count, same = (await tx.execute(mine.where(col(SavedView.owner_id) == actor.user_id))).one()
    if same:
        raise Invalid(_TAKEN, "name")
    if count >= MOST:
        raise Invalid(f"You have {MOST} views, which is the most. Delete one first.", "name")


async def _change(tx: AsyncConnection, view_id: UUID, **values: Any) -> dict[str, Any]:
    """Return what it was."""
    this = col(SavedView.id) == view_id
    before = (await tx.execute(select(*_COLUMNS).where(this))).mappings().one_or_none()
    changed = update(SavedView).where(this).values(**values).returning(col(SavedView.id))
    if before is None or await tx.scalar(changed) is None:
        raise NotFound("view")
    return dict(before)


async def _tell(
    tx: AsyncConnection,
    actor: Actor,
    kind: EventKind,
    view_id: UUID,
    before: dict[str, Any],
    after: dict[str, Any],
) -> None:
    """Of what was, what is otherwise now; all of it when it is gone."""
    was = {name: before[name] for name in after or before} if before else {}
    data = {"name": after.get("name") or before["name"], "from": was, "to": after}
    await record(tx, actor, kind, subject_id=view_id, audience=Audience.ADMINS, data=data)
