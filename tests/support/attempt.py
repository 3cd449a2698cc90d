"""Asking the database as one of the cast, as the app's own login does, and undoing it all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.errors import InsufficientPrivilege

from supportdesk.database.engine import ActsInDatabase

REFUSED = "refused"


@contextmanager
def app_connection(app_url: str) -> Iterator[psycopg.Connection[Any]]:
    """A connection like those of the app's pool: it has stepped down, and is nobody yet."""
    with psycopg.connect(app_url, options="-c role=supportdesk_app") as connection:
        yield connection


@contextmanager
def acting(
    connection: psycopg.Connection[Any], actor: ActsInDatabase | None
) -> Iterator[psycopg.Cursor[Any]]:
    """Be that person until the end of the block, then take everything back."""
    try:
        if actor is not None:
            connection.execute(
                "SELECT set_config('role', %s, true), set_config('supportdesk.user_id', %s, true)",
                (actor.database_role, actor.database_user_id),
            )
        yield connection.cursor()
    finally:
        connection.rollback()


def outcome(
    connection: psycopg.Connection[Any],
    actor: ActsInDatabase | None,
    statement: Any,
    values: Sequence[Any] | dict[str, Any] = (),
) -> list[Any] | str:
    """The rows that the statement gives back to that person, or that it is refused."""
    try:
        with acting(connection, actor) as cursor:
            cursor.execute(statement, values)
            return cursor.fetchall() if cursor.description else []
    except InsufficientPrivilege:
        return REFUSED
