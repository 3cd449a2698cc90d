"""A change of several tickets in one transaction, with as many statements as for one.

What is allowed is decided by whoever calls this, for each ticket by itself; here it is written, and
told of each. Conversations are locked in the order of their ids, so that two who change the same
tickets take turns.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Result, delete, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from supportdesk.domain import changes as telling
from supportdesk.domain.actor import Actor
from supportdesk.domain.changes import COLUMNS
from supportdesk.domain.commands import tickets
from supportdesk.domain.events import EventKind, record_each
from supportdesk.domain.lifecycle import Status
from supportdesk.domain.models import Audience, Ticket, TicketTag

# Column -> what it was, and what it shall be.
Move = tuple[Any, Any]

_TYPES = {"status": "text", "priority": "text", "assignee_id": "uuid", "team_id": "uuid"}
_MOVE = """
    UPDATE ticket SET {column} = CAST(move.after AS {type})
    FROM unnest(CAST(:ids AS uuid[]), CAST(:before AS text[]), CAST(:after AS text[]))
        AS move (id, before, after)
    WHERE ticket.id = move.id AND CAST({column} AS text) IS NOT DISTINCT FROM move.before
    RETURNING ticket.id
"""
_MOVES = {name: text(_MOVE.format(column=name, type=type_)) for name, type_ in _TYPES.items()}


class Overtaken(Exception):
    """Somebody changed one of them in this very moment: nothing of the transaction may stay."""


async def current(tx: AsyncConnection, ticket_ids: Collection[UUID]) -> dict[UUID, dict[str, Any]]:
    """What can be changed of each of them that the actor sees."""
    columns = [getattr(Ticket, name) for name in COLUMNS]
    wanted = select(col(Ticket.id), *columns).where(col(Ticket.id).in_(ticket_ids))
    rows = (await tx.execute(wanted)).mappings()
    return {row["id"]: {**row, "status": Status(row["status"])} for row in rows}


async def write(tx: AsyncConnection, actor: Actor, column: str, moves: Mapping[UUID, Move]) -> None:
    """Set the column of each ticket, and tell of it. Raises `Overtaken`.

    Telling comes first, for the reason that `tickets.write` gives.
    """
    labels = {after: await tickets.label(tx, column, after) for _, after in moves.values()}
    ids = sorted(moves)
    entries = {id_: telling.entry(column, *moves[id_], labels[moves[id_][1]]) for id_ in ids}
    told = {id_: {"changes": [entry]} for id_, entry in entries.items()}
    await record_each(tx, actor, EventKind.TICKET_CHANGED, told, telling.audience_of(column))
    before, after = zip(*(map(_as_text, moves[id_]) for id_ in ids), strict=True)
    values = {"ids": ids, "before": list(before), "after": list(after)}
    _all_of(ids, await tx.execute(_MOVES[column], values))


async def tag(
    tx: AsyncConnection,
    actor: Actor,
    ticket_ids: Collection[UUID],
    named: tuple[UUID, str],
    *,
    put_on: bool,
) -> None:
    """Put the tag on all of them or take it off, and tell of it. Raises `Overtaken`."""
    (tag_id, name), ids = named, sorted(ticket_ids)
    data = {"added": [name] if put_on else [], "removed": [] if put_on else [name]}
    told = dict.fromkeys(ids, data)
    await record_each(tx, actor, EventKind.TAGS_CHANGED, told, Audience.STAFF)
    if put_on:
        rows = [{"ticket_id": id_, "tag_id": tag_id, "added_by": actor.user_id} for id_ in ids]
        added = insert(TicketTag).values(rows).on_conflict_do_nothing()
        done = await tx.execute(added.returning(col(TicketTag.ticket_id)))
    else:
        mine = (col(TicketTag.ticket_id).in_(ids), col(TicketTag.tag_id) == tag_id)
        gone = delete(TicketTag).where(*mine)
        done = await tx.execute(gone.returning(col(TicketTag.ticket_id)))
    _all_of(ids, done)


def _all_of(ids: Collection[UUID], done: Result[Any]) -> None:
    if set(done.scalars()) != set(ids):
        raise Overtaken


def _as_text(value: Any) -> str | None:
    return None if value is None else str(value)
