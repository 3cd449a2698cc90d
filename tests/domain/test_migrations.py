"""The schema: up, down, up again; beside another desk; equal to the models."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from alembic import op
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from psycopg import sql
from psycopg.types.json import Jsonb
from sqlalchemy import NullPool, create_engine
from sqlmodel import SQLModel

import supportdesk.domain.models  # noqa: F401 - registers the tables
from supportdesk.config import StartupError
from supportdesk.database import migrations
from supportdesk.database.embedded import EmbeddedServer
from supportdesk.domain.ids import new_id


@pytest.fixture
def fresh(server: EmbeddedServer) -> Iterator[str]:
    """A new, empty database beside that of the other tests."""
    name = "another_desk"
    with psycopg.connect(server.owner_url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    yield server.cluster.url("postgres", name)
    with psycopg.connect(server.owner_url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


CATALOG = {
    "tables": """
        SELECT relname, relkind::text, relrowsecurity, relforcerowsecurity, relacl::text[]
        FROM pg_class WHERE relnamespace = 'public'::regnamespace
          AND relname NOT LIKE 'alembic%' ORDER BY 1""",
    "columns": """
        SELECT attrelid::regclass::text, attname, format_type(atttypid, atttypmod), attnotnull,
               pg_get_expr(adbin, adrelid), attacl::text[]
        FROM pg_attribute JOIN pg_class ON oid = attrelid
        LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
        WHERE relnamespace = 'public'::regnamespace AND attnum > 0 AND NOT attisdropped
          AND relname NOT LIKE 'alembic%' ORDER BY 1, 2""",
    "constraints": """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace AND conname NOT LIKE 'alembic%'
        ORDER BY 1, 2""",
    "indexes": """
        SELECT indexname, indexdef FROM pg_indexes
        WHERE schemaname = 'public' AND tablename NOT LIKE 'alembic%' ORDER BY 1""",
    "policies": "SELECT * FROM pg_policies WHERE schemaname = 'public' ORDER BY 2, 3",
    "triggers": """
        SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) FROM pg_trigger
        WHERE NOT tgisinternal ORDER BY 1, 2""",
    "functions": """
        SELECT oid::regprocedure::text, md5(prosrc), prosecdef, proconfig, proacl::text[]
        FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY 1""",
    "types": """
        SELECT typname FROM pg_type WHERE typnamespace = 'public'::regnamespace
          AND typname NOT LIKE '%alembic%' ORDER BY 1""",
}


def catalog(url: str) -> dict[str, list[Any]]:
    with psycopg.connect(url) as connection:
        return {what: connection.execute(query).fetchall() for what, query in CATALOG.items()}


def grants_on_schema(url: str) -> list[Any]:
    query = "SELECT nspacl::text FROM pg_namespace WHERE nspname = 'public'"
    with psycopg.connect(url) as connection:
        return connection.execute(query).fetchall()


def test_up_makes_the_newest_schema_and_says_so_once(fresh):
    assert migrations.current(fresh) is None
    assert migrations.upgrade(fresh) is True
    assert migrations.upgrade(fresh) is False


def test_down_leaves_nothing_behind(fresh):
    before, granted = catalog(fresh), grants_on_schema(fresh)
    migrations.upgrade(fresh)
    assert catalog(fresh) != before
    migrations.downgrade(fresh)
    assert catalog(fresh) == before
    assert "supportdesk" not in str(grants_on_schema(fresh)), granted


def test_up_again_makes_the_same_as_at_first(fresh):
    migrations.upgrade(fresh)
    first = catalog(fresh)
    migrations.downgrade(fresh)
    migrations.upgrade(fresh)
    assert catalog(fresh) == first


def test_each_step_down_and_up_again_makes_the_same(fresh):
    migrations.upgrade(fresh)
    newest = catalog(fresh)
    with migrations._alone(fresh) as database:
        script = migrations.ScriptDirectory.from_config(database.alembic)
        steps = [each.down_revision or "base" for each in script.walk_revisions()]
    for revision in steps:
        migrations.downgrade(fresh, revision)
        migrations.upgrade(fresh)
        assert catalog(fresh) == newest, revision


def test_two_desks_live_in_one_server_and_one_leaves(fresh, server):
    before = catalog(server.owner_url)
    migrations.upgrade(fresh)
    assert catalog(fresh) == before
    migrations.downgrade(fresh)
    assert catalog(server.owner_url) == before


def test_a_migration_that_fails_leaves_no_trace(fresh, monkeypatch):
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("the power went out")

    before = catalog(fresh)
    execute = op.execute
    said = []

    def execute_some(statement: Any, *rest: Any, **more: Any) -> None:
        said.append(statement)
        (fail if len(said) == 30 else execute)(statement, *rest, **more)

    monkeypatch.setattr(op, "execute", execute_some)
    with pytest.raises(RuntimeError, match="power"):
        migrations.upgrade(fresh)
    assert catalog(fresh) == before
    assert migrations.current(fresh) is None


def test_a_database_that_is_newer_than_the_code_is_left_alone(fresh):
    migrations.upgrade(fresh)
    with psycopg.connect(fresh) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    before = catalog(fresh)
    for move in (migrations.upgrade, migrations.downgrade):
        with pytest.raises(StartupError, match="newer than the code: it is at revision 9999"):
            move(fresh)
    assert catalog(fresh) == before


def test_two_servers_that_start_together_migrate_once(fresh):
    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(migrations.upgrade, [fresh] * 3)) == [False, False, True]


OPTIONS = {"compare_type": True, "compare_server_default": True}


def test_the_models_are_equal_to_the_schema(server):
    engine = create_engine(
        server.owner_url.replace("postgresql://", "postgresql+psycopg://"), poolclass=NullPool
    )
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=OPTIONS)
        found = compare_metadata(context, SQLModel.metadata)
    changes = [part for each in found for part in (each if isinstance(each, list) else [each])]
    # Indexes are the migrations' business alone; models say what a row is. And Alembic takes a
    # default from a sequence that the column owns for no default at all: see the next test. Nor is
    # a default ever equal to itself that is null when nobody acts.
    known = [
        ("modify_default", None, "ticket", "number"),
        ("modify_default", None, "event", "session_id"),
    ]
    assert [each for each in changes if each[0] != "remove_index" and each[:4] not in known] == []


def test_the_number_of_a_ticket_comes_from_the_sequence_that_the_model_names(server):
    default = SQLModel.metadata.tables["ticket"].c.number.server_default
    with psycopg.connect(server.owner_url) as connection:
        found = connection.execute(
            "SELECT column_default FROM information_schema.columns"
            " WHERE table_name = 'ticket' AND column_name = 'number'"
        ).fetchone()
    assert found == (str(default.arg),)


def test_the_comparison_would_notice(fresh):
    """A column's type, its nullability and its default: each one is seen when it differs."""
    migrations.upgrade(fresh)
    changes = {
        "ALTER TABLE team ALTER name TYPE varchar(99)": "modify_type",
        "ALTER TABLE ticket ALTER subject DROP NOT NULL": "modify_nullable",
        "ALTER TABLE ticket ALTER priority SET DEFAULT 'low'": "modify_default",
        "ALTER TABLE ticket ADD extra text": "remove_column",
        "CREATE TABLE extra (id uuid PRIMARY KEY)": "remove_table",
    }
    engine = create_engine(fresh.replace("postgresql://", "postgresql+psycopg://"))
    for change, kind in changes.items():
        with engine.connect() as connection:
            connection.exec_driver_sql(change)
            context = MigrationContext.configure(connection, opts=OPTIONS)
            found = compare_metadata(context, SQLModel.metadata)
            kinds = {each[0][0] if isinstance(each, list) else each[0] for each in found}
            assert kind in kinds, change
    engine.dispose()


def test_keys_rise_with_time():
    keys = [new_id() for _ in range(1000)]
    assert keys == sorted(keys)
    assert {key.version for key in keys} == {7}


def test_lines_of_the_former_kinds_read_as_before(fresh):
    """They are told in the one way now, and go back to their own when a step is undone."""
    migrations.upgrade(fresh)
    migrations.downgrade(fresh, "0007")
    person, told = new_id(), {"from": "open", "to": "waiting_on_customer"}
    with psycopg.connect(fresh) as connection:
        connection.execute(
            'INSERT INTO "user" (id, email, name, role, password_hash)'
            " VALUES (%s, 'x@demo.test', 'X', 'admin', 'x')",
            [person],
        )
        connection.execute(
            "INSERT INTO event (id, kind, actor_id, data) VALUES (%s, 'status_changed', %s, %s)",
            [new_id(), person, Jsonb(told)],
        )
    migrations.upgrade(fresh)
    kept = "SELECT kind, data FROM event"
    with psycopg.connect(fresh) as connection:
        change = {"field": "status", **told, "label": "Waiting on customer"}
        assert connection.execute(kept).fetchall() == [("ticket_changed", {"changes": [change]})]
    migrations.downgrade(fresh, "0007")
    with psycopg.connect(fresh) as connection:
        assert connection.execute(kept).fetchall() == [("status_changed", told)]
