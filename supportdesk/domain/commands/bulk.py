"""One change to many tickets at once, and putting it back.

Each ticket is changed on its own, with the actor's own rights and by the same rules as when it is
changed alone: what is refused for one does not keep the others from being changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from supportdesk.database.engine import DatabaseUnavailable, transaction
from supportdesk.domain.actor import Actor, Role
from supportdesk.domain.changes import Changes
from supportdesk.domain.commands import tags, tickets
from supportdesk.domain.errors import DomainError, Invalid, NotFound, Refused
from supportdesk.domain.ids import parse_id
from supportdesk.domain.lifecycle import Status
from supportdesk.domain.models import Priority, Tag, Ticket, TicketTag
from supportdesk.domain.queries import numbers

MOST = 500


class Field(StrEnum):
    """What of many tickets can be changed at once."""

    STATUS = "status"
    PRIORITY = "priority"
    ASSIGNEE = "assignee"
    TEAM = "team"
    TAG = "tag"
    UNTAG = "untag"


@dataclass(frozen=True, slots=True)
class Change:
    """`value` is a status, a priority or an id; no assignee or team is empty.

    Tags are put on (`TAG`) or taken off (`UNTAG`) one at a time.
    """

    field: Field
    value: str


@dataclass(frozen=True, slots=True)
class Done:
    """What a ticket was changed from, and to: what it takes to put it back."""

    ticket_id: UUID
    number: str
    field: Field
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """`number` is empty where there is no such ticket for the actor."""

    number: str
    reason: str


@dataclass(frozen=True, slots=True)
class Summary:
    """What became of each ticket."""

    done: tuple[Done, ...] = ()
    unchanged: tuple[str, ...] = ()
    """Numbers of the tickets that were like that already."""
    refused: tuple[Refusal, ...] = ()


_COLUMNS = {
    Field.STATUS: "status",
    Field.PRIORITY: "priority",
    Field.ASSIGNEE: "assignee_id",
    Field.TEAM: "team_id",
}
_TAGGING = (Field.TAG, Field.UNTAG)
_ANOTHER = "Somebody has changed it since, so it stays as it is."
# What one ticket was and is; None when it was like that already.
Outcome = tuple[str, str] | None
Option = TypeVar("Option", bound=StrEnum)


async def apply(actor: Actor, ticket_ids: Sequence[UUID], change: Change) -> Summary:
    """Make `change` to each of the tickets that the actor may change in this way.

    Raises `Invalid` when the value is none that can be set, or there are too many tickets.
    """
    wanted = _read(change)
    if len(ticket_ids) > MOST:
        raise Invalid(f"{MOST} tickets are the most that can be changed at once. Choose fewer.")
    known = await _numbers(actor, ticket_ids)
    done: list[Done] = []
    unchanged: list[str] = []
    refused: list[Refusal] = []
    for ticket_id in dict.fromkeys(ticket_ids):
        number = known.get(ticket_id, "")
        try:
            outcome = await _change(actor, ticket_id, change.field, wanted)
        except (DomainError, DatabaseUnavailable) as error:
            refused.append(Refusal(number, str(error)))
            continue
        if outcome is None:
            unchanged.append(number)
        else:
            done.append(Done(ticket_id, number, change.field, *outcome))
    return Summary(tuple(done), tuple(unchanged), tuple(refused))


async def undo(actor: Actor, done: Sequence[Done]) -> Summary:
    """Put each ticket back to what it was, unless it is not what `apply` made of it any more.

    That is no new decision, so what it was may come back even where the rules allow no such move.
    """
    back: list[Done] = []
    refused: list[Refusal] = []
    for each in done:
        try:
            await _put_back(actor, each)
        except (DomainError, DatabaseUnavailable) as error:
            refused.append(Refusal(each.number, str(error)))
        else:
            back.append(each)
    return Summary(done=tuple(back), refused=tuple(refused))


def _read(change: Change) -> Any:
    """The value as the domain knows it."""
    if change.field is Field.STATUS:
        return _one_of(Status, change.value)
    if change.field is Field.PRIORITY:
        return _one_of(Priority, change.value)
    found = parse_id(change.value)
    if found is None and (change.value or change.field in _TAGGING):
        raise Invalid("Choose one of the list.")
    return found


def _one_of(options: type[Option], value: str) -> Option:
    if value not in set(options):
        raise Invalid("Choose one of the list.")
    return options(value)


async def _numbers(actor: Actor, ticket_ids: Sequence[UUID]) -> dict[UUID, str]:
    wanted = select(col(Ticket.id), col(Ticket.number)).where(col(Ticket.id).in_(ticket_ids))
    async with transaction(actor) as tx:
        return {row.id: numbers.spell(row.number) for row in await tx.execute(wanted)}


async def _change(actor: Actor, ticket_id: UUID, field: Field, wanted: Any) -> Outcome:
    async with transaction(actor) as tx:
        if field in _TAGGING:
            put_on = field is Field.TAG
            tagged = await _tag(tx, actor, ticket_id, wanted, put_on=put_on)
            return (_on(wanted, not put_on), _on(wanted, put_on)) if tagged else None
        before = await _current(tx, ticket_id, field)
        if before == wanted:
            return None
        column = _COLUMNS[field]
        # Nobody can come in between: what it was is what it would be put back to.
        await tickets.change_within(
            tx, actor, ticket_id, Changes(**{column: wanted}), Changes(**{column: before})
        )
    return _stored(before), _stored(wanted)


async def _put_back(actor: Actor, done: Done) -> None:
    async with transaction(actor) as tx:
        if done.field in _TAGGING:
            tag_id, put_on = UUID(done.before or done.after), bool(done.before)
            if not await _tag(tx, actor, done.ticket_id, tag_id, put_on=put_on):
                raise Refused(_ANOTHER)
            return
        column = _COLUMNS[done.field]
        now = await _current(tx, done.ticket_id, done.field)
        if _stored(now) != done.after:
            raise Refused(_ANOTHER)
        before = _restored(done.field, done.before)
        await tickets.write(tx, actor, done.ticket_id, {column: now}, {column: before})


async def _current(tx: AsyncConnection, ticket_id: UUID, field: Field) -> Any:
    column = getattr(Ticket, _COLUMNS[field])
    row = (await tx.execute(select(column).where(col(Ticket.id) == ticket_id))).one_or_none()
    if row is None:
        raise NotFound
    return _restored(field, _stored(row[0]))


def _stored(value: Any) -> str:
    return "" if value is None else str(value)


def _restored(field: Field, stored: str) -> Any:
    if field is Field.STATUS:
        return Status(stored)
    if field is Field.PRIORITY:
        return Priority(stored)
    return parse_id(stored)


async def _tag(
    tx: AsyncConnection, actor: Actor, ticket_id: UUID, tag_id: UUID, *, put_on: bool
) -> bool:
    """Put the tag on, or take it off; whether that changed anything."""
    named = {tag_id: await _tag_name(tx, actor, ticket_id, tag_id)}
    if await _has_tag(tx, ticket_id, tag_id) is put_on:
        return False
    if put_on:
        await tags.tag_within(tx, actor, ticket_id, added=named)
    else:
        await tags.tag_within(tx, actor, ticket_id, removed=named)
    return True


def _on(tag_id: UUID, on: bool) -> str:
    """What `Done` keeps of a tag: its id while it is on the ticket."""
    return str(tag_id) if on else ""


async def _tag_name(tx: AsyncConnection, actor: Actor, ticket_id: UUID, tag_id: UUID) -> str:
    """The tag's name, if the actor may put it on that ticket or take it off."""
    await _current(tx, ticket_id, Field.STATUS)
    if actor.role is Role.BUYER:
        raise Refused("Only the staff can tag tickets.")
    name: str | None = await tx.scalar(select(col(Tag.name)).where(col(Tag.id) == tag_id))
    if name is None:
        raise NotFound("tag")
    return name


async def _has_tag(tx: AsyncConnection, ticket_id: UUID, tag_id: UUID) -> bool:
    wanted = select(col(TicketTag.tag_id)).where(
        col(TicketTag.ticket_id) == ticket_id, col(TicketTag.tag_id) == tag_id
    )
    return await tx.scalar(wanted) is not None
