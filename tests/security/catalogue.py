"""What the catalogue says there is, and how somebody is named to the tests of the tables."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import sql

from supportdesk.domain.actor import NOBODY
from tests.security.world import World

# Alembic's own note of how far the database was migrated: for whoever migrates, and nobody else.
UNGUARDED = {"alembic_version"}

TABLES = """
    SELECT relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f')
"""
COLUMNS = """
    SELECT attname FROM pg_attribute
    WHERE attrelid = quote_ident(%s)::regclass AND attnum > 0 AND NOT attisdropped
"""
# What the database works out of the others, it lets nobody set.
SETTABLE = f"{COLUMNS} AND attgenerated = ''"
_KEYS = """
    SELECT attname FROM pg_index JOIN pg_attribute ON attrelid = indrelid
    WHERE indrelid = quote_ident(%s)::regclass AND indisprimary AND attnum = ANY (indkey)
    ORDER BY array_position(indkey::smallint[], attnum)
"""
PRIVILEGES = """
    SELECT attname FROM pg_attribute
    WHERE attrelid = quote_ident(%s)::regclass AND attnum > 0 AND NOT attisdropped
      AND has_column_privilege('supportdesk_' || %s, attrelid, attnum, %s)
"""


def listed(owner: psycopg.Connection[Any], query: str, *values: str) -> list[str]:
    return [row[0] for row in owner.execute(query, values)]


def tables(owner: psycopg.Connection[Any]) -> list[str]:
    return sorted(set(listed(owner, TABLES)) - UNGUARDED)


def person(world: World, name: str) -> Any:
    """None is the app between two transactions, when it is nobody in particular."""
    return {"nobody": NOBODY, "the bare app": None}.get(name) or getattr(world.cast, name, None)


def row_names(text: str) -> set[str]:
    """A list of names; with commas between them, they may have spaces."""
    return {name for name in text.split(", ") if name} if "," in text else set(text.split())


_ME, _NOW = sql.SQL("current_user_id()"), sql.SQL("now()")
# What a change has to be signed with; what is decided, is decided by somebody.
_SIGNED: dict[str, dict[str, sql.Composable]] = {
    "ticket_note": {"updated_by": _ME},
    "join_request": {"state": sql.Literal("refused"), "decided_by": _ME, "decided_at": _NOW},
    "abuse_report": {"state": sql.Literal("dismissed"), "decided_by": _ME, "decided_at": _NOW},
}


def same(table: str, column: str) -> sql.Composable:
    """That the column stays what it is; a change that has to be signed is signed, and what can
    only be ended ends."""
    sets = {column: sql.Identifier(column), **_SIGNED.get(table, {})}
    if (table, column) in (("session", "ended_at"), ("invitation", "revoked_at")):
        sets[column] = sql.SQL("now()")
    return sql.SQL(", ").join(
        sql.SQL("{} = {}").format(sql.Identifier(name), value) for name, value in sets.items()
    )


def key(owner: psycopg.Connection[Any], table: str) -> sql.Composable:
    return sql.SQL(", ").join(map(sql.Identifier, listed(owner, _KEYS, table)))


def insertion(table: str, row: dict[str, Any]) -> sql.Composable:
    return sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, row)),
        sql.SQL(", ").join(map(sql.Placeholder, row)),
    )
