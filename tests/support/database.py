"""A real embedded PostgreSQL for a test run, migrated like any other."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from supportdesk.config import override
from supportdesk.database import embedded, migrations
from supportdesk.database.embedded import EmbeddedServer


@contextmanager
def embedded_database() -> Iterator[EmbeddedServer]:
    """Start a server on an empty folder, migrate, and let the settings name it."""
    with tempfile.TemporaryDirectory(prefix="desk-test-") as folder:
        server = embedded.start(Path(folder))
        try:
            _hurry(server.owner_url)
            migrations.upgrade(server.owner_url)
            server.admit_app()
            override(database_url=server.app_url)
            yield server
        finally:
            server.stop()


def _hurry(owner_url: str) -> None:
    """A test run may lose its data in a crash, so nothing has to wait for the disk."""
    with psycopg.connect(owner_url, autocommit=True) as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")


def empty(owner_url: str) -> None:
    """Take everything out of the database but what the migrations put in."""
    with psycopg.connect(owner_url) as connection:
        # The log is kept whoever asks, but for who may turn off all triggers.
        connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute(
            'TRUNCATE "user", team_member, session, setup_link, conversation, participant, ticket,'
            " message, event, category, field_definition, ticket_template, canned_reply, tag,"
            " blob, setting, report_span, report_change RESTART IDENTITY CASCADE"
        )
        connection.execute("DELETE FROM team WHERE NOT is_default")
        connection.execute("UPDATE team SET auto_assign = 'off', name = 'Customer Service'")
