"""Writes a seeded desk, as the owner of the embedded database, past triggers and policies.

One process makes the rows while the database takes in those before. Indexes are built at the end,
from the whole, which is many times faster. It is all one transaction: stopped halfway, the desk is
as empty as before.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from multiprocessing import get_context
from typing import Any

import psycopg
from psycopg import sql

from supportdesk.config import StartupError
from supportdesk.domain import passwords
from supportdesk.seeding.derived import DERIVED
from supportdesk.seeding.plan import CATEGORIES, TAGS, TEAMS, Plan, id_of
from supportdesk.seeding.stories import COLUMNS, Stories

PASSWORD = "demo-pass-1"  # noqa: S105 - known to all, on a desk that only this machine reaches
_BATCH = 10_000
_TABLES = (*COLUMNS, "ticket_listing", "ticket_words", "ticket_times")
_SAID_EVERY = 10
Say = Callable[[str], None]


def seed(owner_url: str, tickets: int, messages: int, say: Say) -> None:
    """Fill an empty desk. Raises `StartupError` when there is anybody in it."""
    plan = Plan(tickets, messages, datetime.now(UTC))
    with psycopg.connect(owner_url, autocommit=True) as database, _in_bulk(database):
        with database.transaction():
            _require_empty(database)
            database.execute("SET LOCAL session_replication_role = replica")
            database.execute("SET LOCAL maintenance_work_mem = '1GB'")
            database.execute("SET LOCAL work_mem = '256MB'")
            with _without_indexes(database, say):
                _add_people(database, plan)
                _add_labels(database)
                _add_tickets(database, plan, say)
                say("Working out what the lists are read from ...")
                for statement in DERIVED:
                    database.execute(statement)
                database.execute("SELECT setval('ticket_number_seq', %s)", [tickets])
        say("Tidying up ...")
        database.execute("VACUUM (ANALYZE)")


def _require_empty(database: psycopg.Connection[Any]) -> None:
    if database.execute('SELECT FROM "user" LIMIT 1').rowcount:
        raise StartupError("The desk is not empty. Only an empty one can be filled with tickets.")


@contextmanager
def _in_bulk(database: psycopg.Connection[Any]) -> Iterator[None]:
    """Let the log of changes grow before it has to be worked off."""
    database.execute("ALTER SYSTEM SET max_wal_size = '8GB'")
    database.execute("SELECT pg_reload_conf()")
    try:
        yield
    finally:
        database.execute("ALTER SYSTEM RESET max_wal_size")
        database.execute("SELECT pg_reload_conf()")


@contextmanager
def _without_indexes(database: psycopg.Connection[Any], say: Say) -> Iterator[None]:
    """All but the primary keys, which rows arrive in the order of."""
    found = database.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
        " AND tablename = ANY (%s) AND indexname NOT LIKE '%%_pkey'",
        [list(_TABLES)],
    ).fetchall()
    for name, _ in found:
        database.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
    yield
    for at, (name, definition) in enumerate(found, 1):
        say(f"Building index {at} of {len(found)}: {name} ...")
        database.execute(definition)


def _add_people(database: psycopg.Connection[Any], plan: Plan) -> None:
    hashed = asyncio.run(passwords.hash_password(PASSWORD))
    begun = plan.begun(0)
    counts = {"buyer": plan.buyers, "seller": plan.sellers, "admin": plan.admins}
    columns = '"user" (id, email, name, role, password_hash, created_at)'
    with database.cursor().copy(f"COPY {columns} FROM STDIN") as copy:
        for role, count in counts.items():
            for index in range(count):
                address = f"{role}{index + 1}@seed.test"
                name = plan.name(role, index)
                copy.write_row((id_of(role, index), address, name, role, hashed, begun))


def _add_labels(database: psycopg.Connection[Any]) -> None:
    cursor = database.cursor()
    cursor.executemany(
        "INSERT INTO team (id, name) VALUES (%s, %s)",
        [(id_of("team", at), name) for at, name in enumerate(TEAMS)],
    )
    cursor.executemany(
        "INSERT INTO category (id, name) VALUES (%s, %s)",
        [(id_of("category", at), name) for at, name in enumerate(CATEGORIES)],
    )
    cursor.executemany(
        "INSERT INTO tag (id, name, hue, created_by) VALUES (%s, %s, %s, %s)",
        [(id_of("tag", at), name, at % 12, id_of("admin", 0)) for at, name in enumerate(TAGS)],
    )
    database.execute(
        'INSERT INTO team_member (team_id, user_id) SELECT %s, id FROM "user" WHERE role = %s',
        [id_of("team", 0), "admin"],
    )


def _add_tickets(database: psycopg.Connection[Any], plan: Plan, say: Say) -> None:
    batches = [
        (first, min(first + _BATCH - 1, plan.tickets))
        for first in range(1, plan.tickets + 1, _BATCH)
    ]
    for at, rows in enumerate(_told(plan, batches), 1):
        for table, lines in rows.items():
            command = sql.SQL("COPY {} ({}) FROM STDIN").format(
                sql.Identifier(table), sql.SQL(COLUMNS[table])
            )
            with database.cursor().copy(command) as copy:
                copy.write(lines)
        if at % _SAID_EVERY == 0 or at == len(batches):
            say(f"{batches[at - 1][1]:,} of {plan.tickets:,} tickets ...")


def _told(plan: Plan, batches: list[tuple[int, int]]) -> Iterator[dict[str, bytes]]:
    """Each batch, made in another process while the one before is taken in."""
    if len(batches) == 1:
        yield Stories(plan).tell(*batches[0])
        return
    with ProcessPoolExecutor(
        1, mp_context=get_context("spawn"), initializer=_begin, initargs=(plan,)
    ) as worker:
        ahead: list[Future[dict[str, bytes]]] = []
        for batch in batches:
            ahead.append(worker.submit(_tell, *batch))
            if len(ahead) > 1:
                yield ahead.pop(0).result()
        yield ahead.pop(0).result()


_stories: list[Stories] = []


def _begin(plan: Plan) -> None:
    _stories[:] = [Stories(plan)]


def _tell(first: int, last: int) -> dict[str, bytes]:
    return _stories[0].tell(first, last)
