"""The one way in which the app reads and writes data: `transaction(actor)`.

Each connection steps down to `supportdesk_app`, which may do nothing. A transaction then becomes,
for itself only, the database role of the actor: what it may see and change is decided by policies
and grants, never by a WHERE clause that somebody might forget.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Container, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, LiteralString, Protocol, TypeVar

import psycopg
from psycopg import sql
from psycopg.adapt import Transformer
from psycopg.rows import namedtuple_row, tuple_row
from sqlalchemy import Connection, PoolProxiedConnection, TextClause, event
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from supportdesk.config import get_settings
from supportdesk.database.places import PATIENCE_SECONDS, POOLED, Places
from supportdesk.database.plans import Plan, plan_of
from supportdesk.database.spelling import Spelled, become, call

_BEGIN = sql.SQL("BEGIN")
_BEGIN_READING = sql.SQL("BEGIN READ ONLY")
_ONE_MOMENT = sql.SQL("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
_COMMIT = sql.SQL("COMMIT")
_PROVE = Spelled(b"SELECT prove_session(")
# Statements that a connection keeps plans of: what three roles ask for again and again.
_MOST_PREPARED = 300
# What is known of a connection.
_ROLE, _PREPARED, _QUOTING = "role", "prepared", "quoting"

Driver = psycopg.AsyncConnection[Any]
Cursor = psycopg.AsyncCursor[Any]
_Answer = TypeVar("_Answer")

# The connection that somebody has just done with, for whoever comes next: to give it to the pool
# and take it from there costs more than to send a message. One of those that the pool has.
_spare: list[AsyncConnection] = []

# What triggers refuse by a SQLSTATE of the desk's own; the domain says what each means to people.
refusals: dict[str, Callable[[], Exception]] = {}


class DatabaseUnavailable(Exception):
    """PostgreSQL cannot be reached, or went away in the middle.

    Only when it goes away during a commit may the change have been made: commands are safe to
    repeat, so people are told to.
    """

    def __init__(self) -> None:
        super().__init__("The desk cannot reach its database just now. Try again in a moment.")


class ActsInDatabase(Protocol):
    """What a transaction needs to know of an actor; the domain's `Actor` and `Nobody` fit."""

    @property
    def database_role(self) -> str: ...

    @property
    def database_user_id(self) -> str: ...

    @property
    def database_session_id(self) -> str: ...

    @property
    def unproven(self) -> bytes | None: ...


@lru_cache(maxsize=1)
def get_engine() -> AsyncEngine:
    url = get_settings().database_url
    if url is None:
        raise DatabaseUnavailable
    engine = create_async_engine(
        "postgresql+psycopg" + url.removeprefix("postgresql"),
        connect_args={
            "options": "-c role=supportdesk_app -c timezone=UTC",
            "prepare_threshold": 2,
        },
        # Transactions begin and end by our own word, see `transaction`.
        isolation_level="AUTOCOMMIT",
        pool_size=POOLED,
        max_overflow=0,
        # The one used last knows the statements best: they are prepared in each connection.
        pool_use_lifo=True,
        pool_timeout=PATIENCE_SECONDS,
        query_cache_size=500,
    )
    event.listen(engine.sync_engine, "connect", _keep_plans_of_all_roles)
    event.listen(engine.sync_engine, "before_cursor_execute", _spell_for_role, retval=True)
    return engine


@lru_cache(maxsize=1)
def _places() -> Places:
    # By a socket one reaches only what runs on the same machine.
    return Places(shared=str(get_engine().url.query.get("host", "")).startswith("/"))


@asynccontextmanager
async def _place(*, brisk: bool) -> AsyncIterator[None]:
    async with AsyncExitStack() as taken:
        try:
            await taken.enter_async_context(_places().brisk() if brisk else _places().any())
        except TimeoutError as error:
            raise DatabaseUnavailable from error
        yield


def _keep_plans_of_all_roles(driver: Any, _record: object) -> None:
    driver.driver_connection.prepared_max = _MOST_PREPARED


def _spell_for_role(
    connection: Connection, _cursor: object, statement: str, values: Any, *_: object
) -> tuple[str, Any]:
    """In words that no other role uses. PostgreSQL makes a plan for a role, policies included, and
    throws it away when the same words come from another."""
    return f"{statement} /* {connection.info.get(_ROLE)} */", values


async def dispose_engine() -> None:
    """Close every pooled connection; the next transaction starts afresh."""
    if get_engine.cache_info().currsize:
        while _spare:
            await _spare.pop().close()
        await get_engine().dispose()
        get_engine.cache_clear()
        _places.cache_clear()


async def ask(actor: ActsInDatabase, question: sql.Composed) -> tuple[Any, ...] | None:
    """The first row that one short statement answers, as `actor`: all of it in one round trip.

    It is sent again when a connection broke, so it has to be one that may be done twice.

    Raises:
        DatabaseUnavailable: there is no connection to be had.
        One of `refusals`, where a trigger has refused.
    """
    row, _ = await ask_and_read(actor, question, ())
    return row


@dataclass(frozen=True, slots=True)
class Reading:
    """What to read as whom, by a plan that is kept."""

    actor: ActsInDatabase
    query: TextClause
    values: Mapping[str, Any]


async def ask_and_read(
    actor: ActsInDatabase, question: sql.Composed, readings: Sequence[Reading]
) -> tuple[tuple[Any, ...] | None, list[list[Any]]]:
    """`ask`, and what is read once that is committed: the rows of each reading, as its own actor.
    Still in one round trip."""
    asking = _Turn(_Opening(actor, _BEGIN), question, tuple_row)
    answers = await _take_turns([asking, *(_Turn.of(reading) for reading in readings)])
    return next(iter(answers[0]), None), answers[1:]


async def read_at_once(
    actor: ActsInDatabase, query: TextClause, values: Mapping[str, Any]
) -> list[Any]:
    """The rows of one query, as `actor`, in one round trip and by a plan that is kept.

    Raises:
        DatabaseUnavailable: there is no connection to be had.
    """
    (rows,) = await _take_turns([_Turn.of(Reading(actor, query, values))])
    return rows


@asynccontextmanager
async def transaction(
    actor: ActsInDatabase, *, one_moment: bool = False
) -> AsyncIterator[AsyncConnection]:
    """Open a transaction as `actor`; commit at the end, roll back on an error.

    In `one_moment` all statements see the same state: for reading what has to go together.

    Raises:
        DatabaseUnavailable: there is no connection to be had, or it broke.
        One of `refusals`, where a trigger has refused.
    """
    opening = _Opening(actor, _ONE_MOMENT if one_moment else _BEGIN)
    async with _place(brisk=False):
        connection, _ = await _connected(partial(_open, opening=opening))
        try:
            yield connection
            await connection.commit()
        except DBAPIError as error:
            if error.connection_invalidated:
                raise DatabaseUnavailable from error
            if refusal := refusals.get(getattr(error.orig, "sqlstate", None) or ""):
                raise refusal() from error
            raise
        finally:
            await connection.close()


async def fetch_packed(
    connection: AsyncConnection, query: LiteralString, values: Mapping[str, Any]
) -> list[Any]:
    """The rows of a query whose answer is mostly packed bytes, sent as they are: as text they would
    be twice as many. It is planned each time, for the tables as they are: a plan that was kept from
    when one of them was empty would be kept until somebody counts it again. `query` is psycopg's,
    with `%(name)s`.

    Raises:
        DatabaseUnavailable: the connection broke.
    """
    driver = _driver_of(connection)
    try:
        async with driver.cursor(binary=True, row_factory=namedtuple_row) as cursor:
            await cursor.execute(query, values, prepare=False)
            return await cursor.fetchall()
    except psycopg.OperationalError as error:
        await connection.invalidate()
        raise DatabaseUnavailable from error


@dataclass(frozen=True)
class _Opening:
    """How a transaction begins: whose it is, and the plan that it needs."""

    actor: ActsInDatabase
    begin: sql.SQL
    plan: Plan | None = None

    def statements(self, prepared: Container[str]) -> list[sql.Composable]:
        actor = self.actor
        who = actor.database_role, actor.database_user_id, actor.database_session_id
        found: list[sql.Composable] = [self.begin, become(*who)]
        if actor.unproven is not None:
            found.append(call(_PROVE, [actor.unproven]))
        if self.plan is not None and self.plan.name not in prepared:
            found.append(self.plan.prepare())
        return found


@dataclass(frozen=True)
class _Turn:
    """A whole transaction of one question, which is sent together with others."""

    opening: _Opening
    question: sql.Composable
    rows: Any

    @classmethod
    def of(cls, reading: Reading) -> _Turn:
        plan = plan_of(reading.query, reading.actor.database_role)
        opening = _Opening(reading.actor, _BEGIN_READING, plan)
        return cls(opening, plan.asked_for(reading.values), namedtuple_row)


async def _take_turns(turns: Sequence[_Turn]) -> list[list[Any]]:
    """The rows that each answers. They are committed one after the other, and what follows one
    that fails is not done."""
    async with _place(brisk=turns[-1].opening.plan is not None):
        connection, answers = await _connected(partial(_take, turns=turns))
        if _spare:
            await connection.close()
        else:
            _spare.append(connection)
    return answers


async def _connected(
    work: Callable[[AsyncConnection], Awaitable[_Answer]],
) -> tuple[AsyncConnection, _Answer]:
    """Begin over a connection that works; it is still to be closed."""
    # After a restart of PostgreSQL every pooled connection fails once.
    for _ in range(POOLED + 1):
        connection = _spare.pop() if _spare else await _checked_out()
        try:
            return connection, await work(connection)
        # A rollback makes psycopg throw away all that is prepared.
        except (psycopg.OperationalError, psycopg.errors.InvalidSqlStatementName):
            await _throw_away(connection)
        except psycopg.Error as error:
            if refusal := refusals.get(error.sqlstate or ""):
                await connection.close()
                raise refusal() from error
            await _throw_away(connection)
            raise
        except BaseException:
            await _throw_away(connection)
            raise
    raise DatabaseUnavailable


async def _checked_out() -> AsyncConnection:
    connection = get_engine().connect()
    try:
        return await connection.start()
    except (OperationalError, InterfaceError, PoolTimeout) as error:
        raise DatabaseUnavailable from error


async def _open(connection: AsyncConnection, opening: _Opening) -> None:
    await _send(connection, opening.actor.database_role, opening.statements(()))


async def _take(connection: AsyncConnection, turns: Sequence[_Turn]) -> list[list[Any]]:
    known = _raw(connection).info
    prepared: set[str] = known.setdefault(_PREPARED, set())
    statements: list[sql.Composable] = []
    places, plans = [], set[str]()
    for turn in turns:
        statements += turn.opening.statements(prepared | plans)
        if turn.opening.plan is not None:
            plans.add(turn.opening.plan.name)
        places.append(len(statements))
        statements += [turn.question, _COMMIT]
    answers = await _send(connection, turns[-1].opening.actor.database_role, statements)
    prepared |= plans
    found, at = [], 0
    for turn, place in zip(turns, places, strict=True):
        answers.row_factory = turn.rows
        for _ in range(place - at):
            answers.nextset()
        at = place
        found.append(await answers.fetchall())
    return found


async def _send(
    connection: AsyncConnection, role: str, statements: Sequence[sql.Composable]
) -> Cursor:
    """All at once, past SQLAlchemy, which cannot send several statements in one round trip."""
    driver, known = _driver_of(connection), _raw(connection).info
    known[_ROLE] = role
    # What knows how to quote is kept: making it costs more than its work.
    quoting = known.get(_QUOTING) or known.setdefault(_QUOTING, Transformer(driver))
    answers = driver.cursor()
    spelled = b"; ".join([each.as_bytes(quoting) for each in statements])
    await answers.execute(spelled, prepare=False)
    return answers


async def _throw_away(connection: AsyncConnection) -> None:
    """Nobody knows what state it is in."""
    await connection.invalidate()
    await connection.close()


def _raw(connection: AsyncConnection) -> PoolProxiedConnection:
    if connection.sync_connection is None:
        raise TypeError("the connection has been started")
    return connection.sync_connection.connection


def _driver_of(connection: AsyncConnection) -> Driver:
    driver = _raw(connection).driver_connection
    if not isinstance(driver, psycopg.AsyncConnection):
        raise TypeError("the engine's driver is psycopg")
    return driver
