"""The one way in which the app reads and writes data: `transaction(actor)`.

Each connection steps down to `supportdesk_app`, which may do nothing. A transaction then becomes,
for itself only, the database role of the actor: what it may see and change is decided by policies
and grants, never by a WHERE clause that somebody might forget.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import Any, LiteralString, Protocol, TypeVar

import psycopg
from psycopg import sql
from psycopg.rows import namedtuple_row
from sqlalchemy import TextClause
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from supportdesk.config import get_settings

_BECOME = (
    "SELECT set_config('role', {role}, true), set_config('supportdesk.user_id', {user_id}, true),"
    " set_config('supportdesk.session_id', {session_id}, true)"
)
# Sent at once, so one round trip; `true` ends the settings with the transaction.
_BEGIN = sql.SQL("BEGIN{isolation}; " + _BECOME)
_BECOME_PREPARED = _BECOME.format(
    role="%(role)s", user_id="%(user_id)s", session_id="%(session_id)s"
)
_ONE_MOMENT = sql.SQL(" ISOLATION LEVEL REPEATABLE READ READ ONLY")
_ANSWERS_BEFORE = 2  # Those of BEGIN and of set_config.
_POOLED, _MORE = 20, 20

Driver = psycopg.AsyncConnection[Any]
T = TypeVar("T")

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


@lru_cache(maxsize=1)
def get_engine() -> AsyncEngine:
    url = get_settings().database_url
    if url is None:
        raise DatabaseUnavailable
    return create_async_engine(
        "postgresql+psycopg" + url.removeprefix("postgresql"),
        connect_args={
            "options": "-c role=supportdesk_app -c timezone=UTC",
            "prepare_threshold": 2,
        },
        # Transactions begin and end by our own word, see `transaction`.
        isolation_level="AUTOCOMMIT",
        pool_size=_POOLED,
        max_overflow=_MORE,
        # The one used last knows the statements best: they are prepared in each connection.
        pool_use_lifo=True,
        pool_timeout=10,
        query_cache_size=500,
    )


async def dispose_engine() -> None:
    """Close every pooled connection; the next transaction starts afresh."""
    if get_engine.cache_info().currsize:
        await get_engine().dispose()
        get_engine.cache_clear()


async def ask(actor: ActsInDatabase, question: sql.Composed) -> tuple[Any, ...] | None:
    """The first row that one short statement answers, as `actor`: all of it in one round trip.

    It is sent again when a connection broke, so it has to be one that may be done twice.

    Raises:
        DatabaseUnavailable: there is no connection to be had.
        One of `refusals`, where a trigger has refused.
    """
    statements = sql.SQL("{}; {}; COMMIT").format(_opening(actor), question)
    connection, answers = await _send(statements)
    try:
        for _ in range(_ANSWERS_BEFORE):
            answers.nextset()
        return await answers.fetchone()
    finally:
        await connection.close()


async def read_at_once(
    actor: ActsInDatabase, query: TextClause, values: Mapping[str, Any]
) -> list[Any]:
    """The rows of one query, as `actor`, in one round trip and by a plan that is kept.

    Raises:
        DatabaseUnavailable: there is no connection to be had.
    """

    async def send(driver: Driver) -> list[Any]:
        async with driver.pipeline(), driver.cursor(row_factory=namedtuple_row) as cursor:
            await driver.execute("BEGIN READ ONLY")
            await driver.execute(_BECOME_PREPARED, _identity(actor))
            await cursor.execute(_spelled_for_driver(query), values)
            await driver.execute("COMMIT")
            return await cursor.fetchall()

    connection, rows = await _begin(send)
    await connection.close()
    return rows


@lru_cache(maxsize=100)
def _spelled_for_driver(query: TextClause) -> sql.SQL:
    """With `%(name)s` where SQLAlchemy has `:name`."""
    return sql.SQL(str(query.compile(dialect=get_engine().dialect)))


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
    connection, _ = await _send(_opening(actor, one_moment=one_moment))
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
    be twice as many. `query` is psycopg's, with `%(name)s`.

    Raises:
        DatabaseUnavailable: the connection broke.
    """
    driver = await _driver_of(connection)
    try:
        async with driver.cursor(binary=True, row_factory=namedtuple_row) as cursor:
            await cursor.execute(query, values)
            return await cursor.fetchall()
    except psycopg.OperationalError as error:
        await connection.invalidate()
        raise DatabaseUnavailable from error


def _opening(actor: ActsInDatabase, *, one_moment: bool = False) -> sql.Composed:
    return _BEGIN.format(isolation=_ONE_MOMENT if one_moment else sql.SQL(""), **_identity(actor))


def _identity(actor: ActsInDatabase) -> dict[str, str]:
    return {
        "role": actor.database_role,
        "user_id": actor.database_user_id,
        "session_id": actor.database_session_id,
    }


async def _send(statements: sql.Composed) -> tuple[AsyncConnection, psycopg.AsyncCursor[Any]]:
    """Statements with which a transaction begins, and the answers to them."""
    # Past SQLAlchemy, which cannot send several statements at once.
    return await _begin(lambda driver: driver.execute(statements, prepare=False))


async def _begin(send: Callable[[Driver], Awaitable[T]]) -> tuple[AsyncConnection, T]:
    """Over a connection that works, and what was answered."""
    # After a restart of PostgreSQL every pooled connection fails once.
    for _ in range(_POOLED + _MORE + 1):
        connection = get_engine().connect()
        try:
            await connection.start()
        except (OperationalError, InterfaceError, PoolTimeout) as error:
            raise DatabaseUnavailable from error
        try:
            return connection, await send(await _driver_of(connection))
        except psycopg.OperationalError:
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


async def _throw_away(connection: AsyncConnection) -> None:
    """Nobody knows what state it is in."""
    await connection.invalidate()
    await connection.close()


async def _driver_of(connection: AsyncConnection) -> Driver:
    driver = (await connection.get_raw_connection()).driver_connection
    if not isinstance(driver, psycopg.AsyncConnection):
        raise TypeError("the engine's driver is psycopg")
    return driver
