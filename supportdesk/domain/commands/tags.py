"""Tagging tickets: the staff's own order, of which a buyer does not know."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID
from zlib import crc32

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from supportdesk.database.engine import transaction
from supportdesk.domain.actor import Actor, Role
from supportdesk.domain.commands.settings import tell
from supportdesk.domain.errors import Invalid, NotFound, Refused
from supportdesk.domain.events import EventKind, record
from supportdesk.domain.ids import new_id
from supportdesk.domain.models import Audience, Tag, Ticket, TicketTag
from supportdesk.domain.queries.circles import guest_in
from supportdesk.domain.queries.people import HUES
from supportdesk.domain.text import check_line

NAME_MAX_LENGTH = 40
NOT_THEIRS = "Only the staff can tag tickets."


async def add(actor: Actor, ticket_id: UUID, name: str) -> None:
    """Put the tag of that name on the ticket, making it when there is none; twice is once.

    Raises:
        NotFound: no such ticket for this actor.
        Invalid: the name is empty or too long.
        Refused: buyers and guests do not tag.
    """
    name = _check(actor, name)
    async with transaction(actor) as tx:
        await _find_ticket(tx, actor, ticket_id)
        tag_id, spelled = await _find_or_make(tx, actor, name)
        await tag_within(tx, actor, ticket_id, added={tag_id: spelled})


async def remove(actor: Actor, ticket_id: UUID, tag_id: UUID) -> None:
    """Take a tag off the ticket; one that is not there is no error. Raises like `add`."""
    _check(actor, "any")
    async with transaction(actor) as tx:
        await _find_ticket(tx, actor, ticket_id)
        name = await tx.scalar(select(col(Tag.name)).where(col(Tag.id) == tag_id))
        if name is not None:
            await tag_within(tx, actor, ticket_id, removed={tag_id: name})


async def tag_within(
    tx: AsyncConnection,
    actor: Actor,
    ticket_id: UUID,
    *,
    added: dict[UUID, str] | None = None,
    removed: dict[UUID, str] | None = None,
) -> None:
    """Tags by id, with their names; only what changes something is told, as one line."""
    added, removed = added or {}, removed or {}
    on_it = await _tags_of(tx, ticket_id)
    added = {tag_id: name for tag_id, name in added.items() if tag_id not in on_it}
    removed = {tag_id: name for tag_id, name in removed.items() if tag_id in on_it}
    if not added and not removed:
        return
    # Telling comes first, for the reason that `tickets.write` gives.
    await record(
        tx,
        actor,
        EventKind.TAGS_CHANGED,
        conversation_id=ticket_id,
        audience=Audience.STAFF,
        data={"added": list(added.values()), "removed": list(removed.values())},
    )
    if added:
        rows = [
            {"ticket_id": ticket_id, "tag_id": tag_id, "added_by": actor.user_id}
            for tag_id in added
        ]
        await tx.execute(insert(TicketTag).values(rows).on_conflict_do_nothing())
    if removed:
        await tx.execute(
            delete(TicketTag).where(
                col(TicketTag.ticket_id) == ticket_id, col(TicketTag.tag_id).in_(removed)
            )
        )


def _check(actor: Actor, name: str) -> str:
    if actor.role is Role.BUYER:
        raise Refused(NOT_THEIRS)
    name = check_line(name, NAME_MAX_LENGTH, "The tag", "tag")
    if "," in name:
        raise Invalid("A tag's name has no comma.", "tag")
    return name


async def _find_ticket(tx: AsyncConnection, actor: Actor, ticket_id: UUID) -> None:
    if await tx.scalar(select(col(Ticket.id)).where(col(Ticket.id) == ticket_id)) is None:
        raise NotFound
    if await guest_in(tx, actor, [ticket_id]):
        raise Refused(NOT_THEIRS)


async def _tags_of(tx: AsyncConnection, ticket_id: UUID) -> Sequence[UUID]:
    mine = select(col(TicketTag.tag_id)).where(col(TicketTag.ticket_id) == ticket_id)
    return (await tx.execute(mine)).scalars().all()


async def _find_or_make(tx: AsyncConnection, actor: Actor, name: str) -> tuple[UUID, str]:
    """The tag of that name, as whoever made it spelled it. Two may make it in one moment."""
    known = select(col(Tag.id), col(Tag.name)).where(func.lower(col(Tag.name)) == func.lower(name))
    if (row := (await tx.execute(known)).one_or_none()) is None:
        new = {
            "id": new_id(),
            "name": name,
            "hue": crc32(name.lower().encode()) % HUES,
            "created_by": actor.user_id,
        }
        made = insert(Tag).values(**new).on_conflict_do_nothing().returning(col(Tag.id))
        if (tag_id := await tx.scalar(made)) is not None:
            data = {"name": name, "from": {}, "to": {"name": name, "hue": new["hue"]}}
            await tell(tx, actor, EventKind.TAG_CREATED, tag_id, data)
        row = (await tx.execute(known)).one()
    return row.id, row.name
