"""The one way in which the app reads and writes data: `transaction(actor)`.

Each connection steps down to `supportdesk_app`, which may do nothing. A transaction then becomes,
for itself only, the database role of the actor: what it may see and change is decided by policies
and grants, never by a WHERE clause that somebody might forget.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import Protocol

import psycopg
from psycopg import sql
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from supportdesk.config import get_settings

# Sent at once, so one round trip; `true` ends both settings with the transaction.
_BEGIN = sql.SQL(
    "BEGIN; SELECT set_config('role', {role}, true),"
    " set_config('supportdesk.user_id', {user_id}, true)"
)
_POOLED, _MORE = 20, 20


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


@asynccontextmanager
async def transaction(actor: ActsInDatabase) -> AsyncIterator[AsyncConnection]:
    """Open a transaction as `actor`; commit at the end, roll back on an error.

    Raises:
        DatabaseUnavailable: there is no connection to be had, or it broke.
    """
    connection = await _begin(actor)
    try:
        yield connection
        await connection.commit()
    except DBAPIError as error:
        if error.connection_invalidated:
            raise DatabaseUnavailable from error
        raise
    finally:
        await connection.close()


async def _begin(actor: ActsInDatabase) -> AsyncConnection:
    begin = _BEGIN.format(role=actor.database_role, user_id=actor.database_user_id)
    # After a restart of PostgreSQL every pooled connection fails once.
    for _ in range(_POOLED + _MORE + 1):
        connection = get_engine().connect()
        try:
            await connection.start()
        except (OperationalError, InterfaceError, PoolTimeout) as error:
            raise DatabaseUnavailable from error
        try:
            await _execute(connection, begin)
        except psycopg.OperationalError:
            await _throw_away(connection)
        except BaseException:
            await _throw_away(connection)
            raise
        else:
            return connection
    raise DatabaseUnavailable


async def _throw_away(connection: AsyncConnection) -> None:
    """Nobody knows what state it is in."""
    await connection.invalidate()
    await connection.close()


async def _execute(connection: AsyncConnection, statements: sql.Composed) -> None:
    """Past SQLAlchemy, which cannot send several statements at once."""
    driver = (await connection.get_raw_connection()).driver_connection
    if isinstance(driver, psycopg.AsyncConnection):
        await driver.execute(statements, prepare=False)
