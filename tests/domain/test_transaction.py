"""The one way in: who one is there, for how long, and what happens when the database goes away."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncConnection

from supportdesk.config import get_settings
from supportdesk.database import places
from supportdesk.database.engine import (
    DatabaseUnavailable,
    dispose_engine,
    fetch_packed,
    get_engine,
    transaction,
)
from supportdesk.database.engine import ask as ask_over_any
from supportdesk.domain.actor import NOBODY, Actor
from supportdesk.domain.circles import Circle
from supportdesk.domain.commands import messages
from supportdesk.domain.queries.news import Following, News, news_for

WHO = "SELECT current_user::text, coalesce(current_setting('supportdesk.user_id', true), '')"


async def whoami(tx) -> tuple[str, str]:
    return tuple((await tx.execute(text(WHO))).one())


@pytest.mark.parametrize("name", ["bea", "sol", "ada"])
async def test_one_is_oneself_in_ones_role(cast, name):
    actor = getattr(cast, name)
    async with transaction(actor) as tx:
        assert await whoami(tx) == (f"supportdesk_{actor.role}", str(actor.user_id))


async def test_nobody_is_nobody(cast):
    async with transaction(NOBODY) as tx:
        assert await whoami(tx) == ("supportdesk_nobody", "")


@contextmanager
def sending(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What is sent to the database, each in a round trip of its own."""
    sent: list[str] = []
    execute = psycopg.AsyncCursor.execute

    async def note(cursor: Any, query: Any, *values: Any, **how: Any) -> Any:
        sent.append(query.decode() if isinstance(query, bytes) else str(query))
        return await execute(cursor, query, *values, **how)

    with monkeypatch.context() as patch:
        patch.setattr(psycopg.AsyncCursor, "execute", note)
        yield sent


async def test_one_round_trip_comes_before_the_first_of_ones_own(cast, monkeypatch):
    async with transaction(cast.bea):
        pass  # Whatever a connection does when it is new, it has done.
    with sending(monkeypatch) as said:
        async with transaction(cast.bea) as tx:
            await tx.execute(text("SELECT 1"))
    assert len(said) == 2
    assert said[0].startswith("BEGIN; SELECT set_config('role', 'supportdesk_buyer', true)")
    assert said[1].startswith("SELECT 1")


async def read_all(actor: Actor, circle: Circle, ticket: UUID) -> News:
    return await news_for(Following(actor, circle, ticket, 0, frozenset([actor.user_id])))


async def test_what_is_read_at_once_is_read_in_one_round_trip(cast, ticket, monkeypatch):
    async def read() -> News:
        return await read_all(cast.bea, Circle.BUYERS, ticket)

    first = await read()
    with sending(monkeypatch) as said:
        assert await read() == first
        assert await read() == first
    assert len(first.lines) == 1
    assert [statement.split()[0] for statement in said] == ["BEGIN", "BEGIN"]
    assert not any("PREPARE" in statement for statement in said)


async def test_what_is_kept_prepared_may_be_forgotten_by_the_connection(cast, ticket):
    """A rollback makes the driver forget all that it has prepared, and ours with it."""
    for _ in range(3):
        await read_all(cast.bea, Circle.BUYERS, ticket)
        with pytest.raises(ZeroDivisionError):
            async with transaction(cast.bea) as tx:
                for _ in range(4):
                    await tx.execute(text("SELECT 1"))
                raise ZeroDivisionError


async def test_a_plan_is_made_once_for_each_role_and_not_whenever_another_has_asked(cast):
    count = text("SELECT count(*) FROM ticket")
    kept = text(
        "SELECT generic_plans + custom_plans FROM pg_prepared_statements"
        " WHERE statement LIKE 'SELECT count(*) FROM ticket%' ORDER BY 1"
    )
    for actor in [cast.bea, cast.sol, cast.ada] * 5:
        async with transaction(actor) as tx:
            await tx.execute(count)
    async with transaction(cast.bea) as tx:
        assert list((await tx.execute(kept)).scalars()) == [3, 3, 3]


async def raw_look() -> tuple[int, str, str]:
    """What the pool hands out, before anybody became somebody."""
    async with get_engine().connect() as connection:
        pid = (await connection.execute(text("SELECT pg_backend_pid()"))).scalar_one()
        return pid, *(await connection.execute(text(WHO))).one()


async def test_what_is_read_packed_is_planned_each_time(cast):
    """Of a table that was empty and is not any more, a plan that was kept reads all."""
    packed = "SELECT 'never kept' AS word, %(number)s::integer AS number"
    async with transaction(cast.ada) as tx:
        for number in range(9):
            (row,) = await fetch_packed(tx, packed, {"number": number})
            assert (row.word, row.number) == ("never kept", number)
        kept = await tx.scalars(text("SELECT statement FROM pg_prepared_statements"))
        assert [each for each in kept if "never kept" in each] == []


@pytest.mark.parametrize("ending", ["commit", "error"])
async def test_the_next_use_of_the_connection_knows_nothing_of_who_was_there(cast, ending):
    await dispose_engine()
    try:
        async with transaction(cast.ada) as tx:
            used = (await tx.execute(text("SELECT pg_backend_pid()"))).scalar_one()
            if ending == "error":
                raise RuntimeError
    except RuntimeError:
        pass
    assert await raw_look() == (used, "supportdesk_app", "")


async def test_between_transactions_a_connection_may_do_nothing(cast):
    async with get_engine().connect() as connection:
        with pytest.raises(ProgrammingError, match="permission denied"):
            await connection.execute(text("SELECT id FROM ticket"))


async def test_many_at_once_are_each_themselves(cast):
    async def check(actor) -> None:
        async with transaction(actor) as tx:
            await asyncio.sleep(0)
            assert (await whoami(tx))[1] == str(actor.user_id)

    await asyncio.gather(*(check(actor) for _ in range(8) for actor in cast))


async def test_the_connection_that_has_just_answered_is_at_hand(cast, monkeypatch):
    question = sql.SQL("SELECT pg_backend_pid()").format()
    used = await ask_over_any(cast.bea, question)

    async def none_from_the_pool(_connection: object, **_how: object) -> None:
        raise AssertionError("it went to the pool")

    monkeypatch.setattr(AsyncConnection, "start", none_from_the_pool)
    assert [await ask_over_any(actor, question) for actor in (cast.sol, cast.ada)] == [used] * 2


async def test_the_connection_that_is_kept_at_hand_is_one_of_those_there_are(cast):
    """As many at once as ever, and none has to wait for the pool to give up."""
    assert await ask_over_any(cast.bea, sql.SQL("SELECT 1").format()) == (1,)
    begun = 0
    everybody = asyncio.Event()

    async def stay() -> None:
        nonlocal begun
        async with transaction(cast.bea):
            begun += 1
            if begun == places.POOLED:
                everybody.set()
            await everybody.wait()

    async with asyncio.timeout(10):
        await asyncio.gather(*(stay() for _ in range(places.POOLED)))


async def test_an_error_takes_everything_back(cast, ticket, ask):
    with pytest.raises(RuntimeError):
        async with transaction(cast.bea) as tx:
            await tx.execute(text("UPDATE ticket SET priority = 'urgent'"))
            raise RuntimeError
    assert ask("SELECT priority FROM ticket") == ["medium"]


async def test_being_cancelled_takes_everything_back_and_gives_the_connection_back(
    cast, ticket, ask
):
    changed = asyncio.Event()

    async def change_and_wait() -> None:
        async with transaction(cast.bea) as tx:
            await tx.execute(text("UPDATE ticket SET priority = 'urgent'"))
            changed.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(change_and_wait())
    await changed.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ask("SELECT priority FROM ticket") == ["medium"]
    assert get_engine().pool.checkedout() == 0


def end_all(ask) -> None:
    ask(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE usename = 'supportdesk_server' AND datname = current_database()"
    )


async def test_connections_that_died_in_the_pool_are_replaced(cast, ticket, ask):
    async def look() -> int:
        async with transaction(cast.bea) as tx:
            return await tx.scalar(text("SELECT count(*) FROM ticket")) or 0

    await asyncio.gather(*(look() for _ in range(8)))
    end_all(ask)
    assert await asyncio.gather(*(look() for _ in range(8))) == [1] * 8


async def test_a_connection_that_dies_in_the_middle_is_said_so(cast, ticket, ask):
    with pytest.raises(DatabaseUnavailable, match="Try again in a moment"):
        async with transaction(cast.bea) as tx:
            await tx.execute(text("UPDATE ticket SET priority = 'urgent'"))
            end_all(ask)
            await tx.execute(text("SELECT 1"))
    assert ask("SELECT priority FROM ticket") == ["medium"]


async def test_a_connection_that_dies_before_the_commit_is_said_so(cast, ticket, ask):
    with pytest.raises(DatabaseUnavailable):
        async with transaction(cast.bea) as tx:
            await tx.execute(text("UPDATE ticket SET priority = 'urgent'"))
            end_all(ask)
    assert ask("SELECT priority FROM ticket") == ["medium"]


@pytest.fixture
async def elsewhere(database, monkeypatch):
    """Settings that name a server that is not there."""
    await dispose_engine()
    monkeypatch.setenv("SUPPORTDESK_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    get_settings.cache_clear()
    yield
    monkeypatch.undo()
    get_settings.cache_clear()
    await dispose_engine()


async def test_a_server_that_is_away_is_said_to_be(cast, elsewhere):
    with pytest.raises(DatabaseUnavailable) as away:
        await messages.mark_read(cast.bea, cast.bea.user_id, 1)
    assert str(away.value) == (
        "The desk cannot reach its database just now. Try again in a moment."
    )


async def test_when_all_connections_are_taken_one_is_told_to_try_again(cast, database):
    """Rather than waiting for ever, or failing without a word."""
    await dispose_engine()
    pool = get_engine().pool
    pool._timeout = 0.05
    held = [get_engine().connect() for _ in range(pool.size())]
    try:
        await asyncio.gather(*(connection.start() for connection in held))
        with pytest.raises(DatabaseUnavailable):
            async with transaction(cast.bea):
                pass
    finally:
        await asyncio.gather(*(connection.close() for connection in held))
        await dispose_engine()
    async with transaction(cast.bea) as tx:
        assert await tx.scalar(text("SELECT 1")) == 1


async def test_who_waits_for_a_connection_waits_no_longer_than_for_some_time(cast, monkeypatch):
    monkeypatch.setattr(places, "PATIENCE_SECONDS", 0.05)
    async with AsyncExitStack() as held:
        for _ in range(get_engine().pool.size()):
            await held.enter_async_context(transaction(cast.bea))
        with pytest.raises(DatabaseUnavailable):
            async with asyncio.timeout(5), transaction(cast.bea):
                pass
    async with transaction(cast.bea) as tx:
        assert await tx.scalar(text("SELECT 1")) == 1


async def test_who_waits_for_a_connection_is_not_overtaken(cast, ticket):
    came: list[str] = []

    async def come(name: str) -> None:
        await read_all(cast.bea, Circle.BUYERS, ticket)
        came.append(name)

    async with AsyncExitStack() as held:
        for _ in range(get_engine().pool.size() - 1):
            await held.enter_async_context(transaction(cast.ada))
        async with transaction(cast.ada):
            waiting = [asyncio.create_task(come(f"waiting {each}")) for each in range(3)]
            await asyncio.sleep(0)  # Each begins, and comes as far as there is no connection.
        await come("later")
        await asyncio.gather(*waiting)
    assert came == ["waiting 0", "waiting 1", "waiting 2", "later"]


def test_the_login_of_the_app_can_step_down_and_nothing_else(database):
    with psycopg.connect(database.app_url) as connection:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT id FROM ticket")
        connection.rollback()
        for role in ("postgres", "supportdesk_system"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(f"SET ROLE {role}")
            connection.rollback()
