"""A real embedded PostgreSQL for a test run, migrated like any other."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Any

import psycopg

from supportdesk.config import override
from supportdesk.database import embedded
from supportdesk.database.embedded import EmbeddedServer
from tests.support import template


@contextmanager
def embedded_database() -> Iterator[EmbeddedServer]:
    """Start a server on an empty database, and let the settings name it."""
    with tempfile.TemporaryDirectory(prefix="desk-test-") as folder:
        template.copy_to(Path(folder))
        server = embedded.start(Path(folder))
        try:
            hurry(server.owner_url)
            override(database_url=server.app_url)
            yield server
        finally:
            if kept := _kept.pop(server.owner_url, None):
                kept.close()
            server.stop()


_kept: dict[str, psycopg.Connection[Any]] = {}
_one_at_a_time = RLock()


@contextmanager
def as_owner(url: str) -> Iterator[psycopg.Connection[Any]]:
    """A transaction of the owner of the database. The connection is kept for the next one: a new
    one costs more than most of what is asked over it, for it knows nothing of any table."""
    with _one_at_a_time:
        if url not in _kept or _kept[url].closed:
            _kept[url] = psycopg.connect(url, autocommit=True, prepare_threshold=None)
        with _kept[url].transaction():
            yield _kept[url]


def hurry(owner_url: str) -> None:
    """A test run may lose its data in a crash, so nothing has to wait for the disk."""
    with psycopg.connect(owner_url, autocommit=True) as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")


# Those tables, and whatever names a row of theirs. A few rows are deleted faster than TRUNCATE
# makes new files for a table and its indexes; many dead ones would make the planner choose others.
_TAKE_OUT = """
DO $$
DECLARE each regclass; command text;
BEGIN
    FOR each, command IN
        WITH RECURSIVE named (id) AS (
            SELECT unnest(CAST(ARRAY[{tables}] AS regclass[]))
            UNION SELECT c.conrelid FROM named JOIN pg_constraint c ON c.confrelid = named.id
        )
        SELECT id, CASE WHEN pg_relation_size(id) < 1e6 THEN 'DELETE FROM %s'
                        ELSE 'TRUNCATE %s CASCADE' END
        FROM named WHERE pg_relation_size(id) > 0
    LOOP EXECUTE format(command, each); END LOOP;
END $$
"""
_TABLES = (
    '"user"', "team_member", "session", "setup_link", "conversation", "participant", "ticket",
    "message", "event", "category", "field_definition", "ticket_template", "canned_reply", "tag",
    "blob", "setting", "report_span", "report_change", "report_successor",
)  # fmt: skip


def empty(owner_url: str) -> None:
    """Take everything out of the database but what the migrations put in."""
    with as_owner(owner_url) as connection:
        # The log is kept whoever asks, and rows that name each other go in any order, but only for
        # who may turn off all triggers.
        connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute(_TAKE_OUT.format(tables=", ".join(f"'{each}'" for each in _TABLES)))
        connection.execute("ALTER SEQUENCE ticket_number_seq RESTART")
        connection.execute("DELETE FROM team WHERE NOT is_default")
        connection.execute("UPDATE team SET auto_assign = 'off', name = 'Customer Service'")
