"""One change to many tickets at once, and putting it back.

Each ticket is changed with the actor's own rights and by the same rules as when it is changed
alone: what is refused for one does not keep the others from being changed. They are written some at
a time (`several`), because a transaction for each would take seconds.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from supportdesk.database.engine import DatabaseUnavailable, transaction
from supportdesk.domain.actor import Actor, Role
from supportdesk.domain.commands import several, tickets
from supportdesk.domain.commands.several import Move, Overtaken
from supportdesk.domain.commands.tags import NOT_THEIRS
from supportdesk.domain.errors import DomainError, Invalid, NotFound
from supportdesk.domain.ids import parse_id
from supportdesk.domain.lifecycle import Status
from supportdesk.domain.models import Priority, Tag, Ticket, TicketTag
from supportdesk.domain.queries import inbox, numbers
from supportdesk.domain.queries.circles import guest_in
from supportdesk.domain.queries.filters import Filters

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
_NO_MATCH = "It does not match the list any more, so it stays as it is."
_OVERTAKEN = "Somebody changed it in this very moment. Look again, then decide."
# So many in one transaction: who writes in one of them waits for all of them, a moment only.
_TOGETHER = 50
# What a ticket was and is; None when it was like that already; or why it was refused.
Outcomes = dict[UUID, tuple[str, str] | str | None]
Option = TypeVar("Option", bound=StrEnum)


async def apply(
    actor: Actor, ticket_ids: Sequence[UUID], change: Change, match: Filters | None = None
) -> Summary:
    """Make `change` to each of the tickets that the actor may change in this way.

    `match`: they were chosen for it, so those that it does not find by now are left as they are.

    Raises `Invalid` when the value is none that can be set, or there are too many tickets.
    """
    wanted = _read(change)
    if len(ticket_ids) > MOST:
        raise Invalid(f"{MOST} tickets are the most that can be changed at once. Choose fewer.")
    ids = list(dict.fromkeys(ticket_ids))
    known = await _numbers(actor, ids)

    async def change_some(tx: AsyncConnection, some: list[UUID]) -> Outcomes:
        return await _change(tx, actor, some, change.field, wanted)

    outcomes: Outcomes = {}
    if match is not None:
        found = {UUID(each.row.id) for each in await inbox.rows_for(actor, ids, match)}
        outcomes = {id_: _NO_MATCH for id_ in ids if id_ in known and id_ not in found}
    outcomes |= await _each(actor, [id_ for id_ in ids if id_ not in outcomes], change_some)
    done: list[Done] = []
    unchanged: list[str] = []
    refused: list[Refusal] = []
    for id_ in ids:
        number, outcome = known.get(id_, ""), outcomes[id_]
        if isinstance(outcome, str):
            refused.append(Refusal(number, outcome))
        elif outcome is None:
            unchanged.append(number)
        else:
            done.append(Done(id_, number, change.field, *outcome))
    return Summary(tuple(done), tuple(unchanged), tuple(refused))


async def undo(actor: Actor, done: Sequence[Done]) -> Summary:
    """Put each ticket back to what it was, unless it is not what `apply` made of it any more.

    That is no new decision, so what it was may come back even where the rules allow no such move.
    """
    by_id = {each.ticket_id: each for each in done}

    async def put_some_back(tx: AsyncConnection, some: list[UUID]) -> Outcomes:
        return await _put_back(tx, actor, [by_id[id_] for id_ in some])

    outcomes = await _each(actor, list(by_id), put_some_back)
    reasons = {id_: outcome for id_, outcome in outcomes.items() if isinstance(outcome, str)}
    return Summary(
        done=tuple(each for each in by_id.values() if each.ticket_id not in reasons),
        refused=tuple(Refusal(by_id[id_].number, reason) for id_, reason in reasons.items()),
    )


async def _each(
    actor: Actor,
    ticket_ids: Sequence[UUID],
    work: Callable[[AsyncConnection, list[UUID]], Awaitable[Outcomes]],
) -> Outcomes:
    """Do it to some at a time; where one of those stands in the way, to each by itself."""
    outcomes: Outcomes = {}
    waiting = [[*ticket_ids[i : i + _TOGETHER]] for i in range(0, len(ticket_ids), _TOGETHER)]
    while waiting:
        some = waiting.pop(0)
        try:
            with tickets.choosable():
                async with transaction(actor) as tx:
                    outcomes |= await work(tx, some)
        except DatabaseUnavailable as error:
            outcomes |= dict.fromkeys(some, str(error))
        except (Overtaken, DomainError, DBAPIError) as error:
            if len(some) == 1:
                outcomes[some[0]] = _reason(error)
            else:
                waiting[:0] = [[id_] for id_ in some]
    return outcomes


def _reason(error: Exception) -> str:
    """Raises what nobody has foreseen."""
    if isinstance(error, Overtaken):
        return _OVERTAKEN
    if isinstance(error, DomainError):
        return str(error)
    raise error


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


async def _change(
    tx: AsyncConnection, actor: Actor, ticket_ids: list[UUID], field: Field, wanted: Any
) -> Outcomes:
    seen = await several.current(tx, ticket_ids)
    outcomes: Outcomes = {id_: str(NotFound()) for id_ in ticket_ids if id_ not in seen}
    if field in _TAGGING:
        return outcomes | await _tag(tx, actor, [*seen], wanted, put_on=field is Field.TAG)
    column = _COLUMNS[field]
    moves: dict[UUID, Move] = {}
    for id_, current in seen.items():
        try:
            if current[column] == wanted:
                outcomes[id_] = None
                continue
            tickets.check_rights(actor, [column])
            tickets.check_move(actor, current, {column: wanted})
        except DomainError as error:
            outcomes[id_] = str(error)
        else:
            moves[id_] = current[column], wanted
    if moves:
        await several.write(tx, actor, column, moves)
    return outcomes | {id_: (_stored(was), _stored(now)) for id_, (was, now) in moves.items()}


async def _put_back(tx: AsyncConnection, actor: Actor, done: list[Done]) -> Outcomes:
    """All of one field, as one change has made them."""
    seen = await several.current(tx, [each.ticket_id for each in done])
    outcomes: Outcomes = {each.ticket_id: str(NotFound()) for each in done}
    field = done[0].field
    if field in _TAGGING:
        tag_id, put_on = UUID(done[0].before or done[0].after), bool(done[0].before)
        back = await _tag(tx, actor, [*seen], tag_id, put_on=put_on)
        return outcomes | {id_: outcome or _ANOTHER for id_, outcome in back.items()}
    column = _COLUMNS[field]
    moves: dict[UUID, Move] = {}
    for each in (each for each in done if each.ticket_id in seen):
        id_, now = each.ticket_id, seen[each.ticket_id][column]
        outcomes[id_] = _ANOTHER
        if _stored(now) == each.after:
            moves[id_] = now, _restored(field, each.before)
            outcomes[id_] = each.after, each.before
    if moves:
        await several.write(tx, actor, column, moves)
    return outcomes


def _stored(value: Any) -> str:
    return "" if value is None else str(value)


def _restored(field: Field, stored: str) -> Any:
    if field is Field.STATUS:
        return Status(stored)
    if field is Field.PRIORITY:
        return Priority(stored)
    return parse_id(stored)


async def _tag(
    tx: AsyncConnection, actor: Actor, ticket_ids: list[UUID], tag_id: UUID, *, put_on: bool
) -> Outcomes:
    """What a tag was and is: its id while it is on the ticket."""
    if actor.role is Role.BUYER:
        return dict.fromkeys(ticket_ids, NOT_THEIRS)
    name = await tx.scalar(select(col(Tag.name)).where(col(Tag.id) == tag_id))
    if name is None:
        return dict.fromkeys(ticket_ids, str(NotFound("tag")))
    tagged = await _tagged(tx, ticket_ids, tag_id)
    outcomes: Outcomes = {id_: None for id_ in ticket_ids if (id_ in tagged) is put_on}
    outcomes |= dict.fromkeys(await guest_in(tx, actor, ticket_ids), NOT_THEIRS)
    ids = [id_ for id_ in ticket_ids if id_ not in outcomes]
    if ids:
        await several.tag(tx, actor, ids, (tag_id, name), put_on=put_on)
    after = ("", str(tag_id)) if put_on else (str(tag_id), "")
    return outcomes | dict.fromkeys(ids, after)


async def _tagged(tx: AsyncConnection, ticket_ids: list[UUID], tag_id: UUID) -> set[UUID]:
    wanted = select(col(TicketTag.ticket_id)).where(
        col(TicketTag.tag_id) == tag_id, col(TicketTag.ticket_id).in_(ticket_ids)
    )
    return set((await tx.execute(wanted)).scalars())
