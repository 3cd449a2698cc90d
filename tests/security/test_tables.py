"""Every table of the database, tried by everybody in every way, as the app's own login would.

The tables and their columns are read from the catalogue: what is added later without an expectation
in `rights` fails. Whatever a test does is rolled back.
"""

from __future__ import annotations

import pytest
from psycopg import sql

from supportdesk.domain.actor import Actor, Role
from supportdesk.domain.ids import new_id
from tests.security.catalogue import (
    COLUMNS,
    PRIVILEGES,
    SETTABLE,
    TABLES,
    UNGUARDED,
    key,
    listed,
    person,
    row_names,
    same,
    tables,
)
from tests.security.columns import INSERTABLE, READABLE
from tests.security.rights import (
    ACTORS,
    CHANGED,
    DELETED,
    ROLES,
    SEEN,
)
from tests.support.attempt import REFUSED, outcome

# What there is.


def test_every_table_has_an_expectation(owner):
    apart = {"setup_link", "blob", "former_participant", "past_participant"}
    known = set().union(*SEEN.values(), apart)
    assert set(listed(owner, TABLES)) == known | UNGUARDED


def test_every_table_is_guarded_against_its_owner_too(owner):
    guarded = "AND relrowsecurity AND relforcerowsecurity"
    assert sorted(listed(owner, f"{TABLES} {guarded}")) == tables(owner)


@pytest.mark.parametrize("role", ROLES)
def test_nobody_may_read_or_change_how_far_the_database_was_migrated(owner, role):
    for right in ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE"):
        found = owner.execute(
            "SELECT has_table_privilege(%s, 'alembic_version', %s)", [f"supportdesk_{role}", right]
        ).fetchone()
        assert found == (False,), right


# Reading.


@pytest.mark.parametrize("name", ACTORS)
def test_everybody_sees_exactly_these_rows(owner, app, world, name):
    expected, found = {}, {}
    for table in tables(owner):
        query = sql.SQL("SELECT {} FROM {}").format(key(owner, table), sql.Identifier(table))
        rows = outcome(app, person(world, name), query)
        found[table] = rows if rows is REFUSED else {world.name(*row) for row in rows}
        expected[table] = row_names(SEEN[name][table]) if table in SEEN[name] else REFUSED
    assert found == expected


@pytest.mark.parametrize("name", ACTORS)
def test_everybody_reads_exactly_these_columns(owner, app, world, name):
    role = {"nobody": "nobody", "the bare app": "app"}.get(name) or person(world, name).role
    for table in tables(owner):
        columns = {
            column
            for column in listed(owner, COLUMNS, table)
            if outcome(
                app,
                person(world, name),
                sql.SQL("SELECT count({}) FROM {}").format(
                    sql.Identifier(column), sql.Identifier(table)
                ),
            )
            is not REFUSED
        }
        assert columns == set(READABLE[role].get(table, "").split()), table


# Changing.


@pytest.mark.parametrize("name", ACTORS)
def test_everybody_changes_exactly_these_columns_of_these_rows(owner, app, world, name):
    for table in tables(owner):
        columns, rows = CHANGED[name].get(table, ("", ""))
        for column in listed(owner, SETTABLE, table):
            update = sql.SQL("UPDATE {table} SET {sets} RETURNING {key}").format(
                table=sql.Identifier(table), sets=same(table, column), key=key(owner, table)
            )
            found = outcome(app, person(world, name), update)
            reached = found if found is REFUSED else {world.name(*row) for row in found}
            expected = row_names(rows) if column in columns.split() else REFUSED
            assert reached == expected, (table, column)


@pytest.mark.parametrize("name", ACTORS)
def test_everybody_deletes_exactly_these_rows(owner, app, world, name):
    for table in tables(owner):
        statement = sql.SQL("DELETE FROM {} RETURNING {}").format(
            sql.Identifier(table), key(owner, table)
        )
        found = outcome(app, person(world, name), statement)
        deleted = found if found is REFUSED else {world.name(*row) for row in found}
        rows = DELETED[name].get(table)
        assert deleted == (REFUSED if rows is None else row_names(rows)), table


@pytest.mark.parametrize("name", ACTORS)
def test_nobody_empties_anything(owner, app, world, name):
    for table in tables(owner):
        statement = sql.SQL("TRUNCATE {}").format(sql.Identifier(table))
        assert outcome(app, person(world, name), statement) is REFUSED, table


@pytest.mark.parametrize("role", ROLES)
def test_the_grants_are_these_and_no_others(owner, role):
    changeable = {
        "buyer": CHANGED["bea"], "seller": CHANGED["sol"], "admin": CHANGED["abe"],
    }.get(role, {})  # fmt: skip
    for table in tables(owner):
        assert set(listed(owner, PRIVILEGES, table, role, "SELECT")) == set(
            READABLE[role].get(table, "").split()
        ), table
        assert set(listed(owner, PRIVILEGES, table, role, "INSERT")) == set(
            INSERTABLE[role].get(table, "").split()
        ), table
        assert set(listed(owner, PRIVILEGES, table, role, "UPDATE")) == set(
            changeable.get(table, ("", ""))[0].split()
        ), table


@pytest.mark.parametrize("table", ["ticket", "conversation", "message", "event", "participant"])
def test_somebody_made_up_sees_nothing(owner, app, world, table):
    query = sql.SQL("SELECT {} FROM {}").format(key(owner, table), sql.Identifier(table))
    assert outcome(app, Actor(new_id(), Role.SELLER), query) == []
