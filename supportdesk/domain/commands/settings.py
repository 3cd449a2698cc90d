"""What all things on the admins' settings page have in common: saved whole, under a name of their
own, by admins, with an event for whoever looks at the log later.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg.errors import UniqueViolation
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import SQLModel

from supportdesk.database.engine import transaction
from supportdesk.domain.actor import Actor, Role
from supportdesk.domain.audit import NOTHING, Told, shifts
from supportdesk.domain.changes import join
from supportdesk.domain.errors import Changed, Invalid, NotFound, Refused
from supportdesk.domain.events import EventKind, record
from supportdesk.domain.ids import new_id
from supportdesk.domain.models import Audience

# More of a text would not help anybody decide.
_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Sort:
    """One sort of setting: its table, what people call it, and what its events are called."""

    table: type[SQLModel]
    word: str
    created: EventKind
    changed: EventKind


def check_admin(actor: Actor) -> None:
    if actor.role is not Role.ADMIN:
        raise Refused("Only admins may do this.")


async def save(
    actor: Actor,
    sort: Sort,
    row_id: UUID | None,
    values: dict[str, Any],
    new_only: dict[str, Any] | None = None,
    expected: Mapping[str, Any] | None = None,
) -> UUID:
    """Add a row (no id) or change one, and tell of it; changing nothing tells of nothing.

    `expected` is how the row read when the actor began: what they left so stays as it is by now.

    Raises:
        Changed: another admin was faster with the same; the sentence says what it is now.
        Invalid: there is one of this name.
        NotFound: no such row.
        Refused: only admins may.
    """
    check_admin(actor)
    async with _own_name(sort), transaction(actor) as tx:
        if row_id is not None:
            await change_within(tx, actor, sort, row_id, values, expected)
            return row_id
        row_id = new_id()
        await tx.execute(insert(sort.table).values(id=row_id, **values, **(new_only or {})))
        data = {"name": values["name"], "from": {}, "to": values}
        await tell(tx, actor, sort.created, row_id, data)
        return row_id


async def change(actor: Actor, sort: Sort, row_id: UUID, values: dict[str, Any]) -> None:
    """Change some of a row. Raises like `save`."""
    check_admin(actor)
    async with _own_name(sort), transaction(actor) as tx:
        await change_within(tx, actor, sort, row_id, values)


async def change_within(
    tx: AsyncConnection,
    actor: Actor,
    sort: Sort,
    row_id: UUID,
    values: dict[str, Any],
    expected: Mapping[str, Any] | None = None,
) -> None:
    """`change` inside a transaction that is already open."""
    table: Any = sort.table.__table__  # type: ignore[attr-defined]
    # Two who change it at once take turns, and the second sees what the first has made of it.
    found = await tx.execute(select(table).where(table.c.id == row_id).with_for_update())
    row = found.mappings().one_or_none()
    if row is None:
        raise NotFound(sort.word)
    changed = changes_of(dict(row), values, expected)
    if not changed:
        return
    await tx.execute(update(table).where(table.c.id == row_id).values(**changed))
    data = {
        "name": values.get("name", row["name"]),
        "from": {name: row[name] for name in changed},
        "to": changed,
    }
    await tell(tx, actor, sort.changed, row_id, data)


def changes_of(
    row: Mapping[str, Any], values: Mapping[str, Any], expected: Mapping[str, Any] | None
) -> dict[str, Any]:
    """What of the `values` is to be written into the row. Raises `Changed`, see `save`."""
    changed = {name: value for name, value in values.items() if row[name] != value}
    if expected is None:
        return changed
    mine = {name: value for name, value in changed.items() if expected.get(name) != value}
    theirs = [name for name in mine if expected.get(name) != row[name]]
    if theirs:
        now = {name: row[name] for name in theirs}
        raise overtaken(now, json.dumps({**expected, **now}))
    return mine


def overtaken(now: Mapping[str, Any], was: str) -> Changed:
    """Another admin was faster, and this is what it is `now`. Who hands `was` back has seen it."""
    parts = [
        f"{each.what} is now {f'“{_begin(each.after)}”' if each.after else NOTHING}"
        for each in shifts(Told("", {"from": {}, "to": now}), {})
    ]
    return Changed(
        f"Another admin has just changed this. {join(parts)}."
        " Save once more to put yours in its place.",
        now=was,
    )


def _begin(text: str) -> str:
    return f"{text[:_SHOWN]} …" if len(text) > _SHOWN else text


async def tell(
    tx: AsyncConnection, actor: Actor, kind: EventKind, subject_id: UUID, data: dict[str, Any]
) -> None:
    """For admins: what the desk is set to is not the business of others."""
    await record(tx, actor, kind, subject_id=subject_id, audience=Audience.ADMINS, data=data)


@asynccontextmanager
async def _own_name(sort: Sort) -> AsyncIterator[None]:
    try:
        yield
    except IntegrityError as error:
        if not isinstance(error.orig, UniqueViolation):
            raise
        raise Invalid(f"There is a {sort.word} of this name already.", "name") from error
