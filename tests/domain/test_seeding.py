"""A made-up desk: what is written past the triggers is what they would have made."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import sql

from supportdesk.config import StartupError, get_settings
from supportdesk.database.embedded import EmbeddedServer
from supportdesk.seeding import load
from supportdesk.serving import first_steps
from tests.support.database import empty

TICKETS, MESSAGES = 300, 2500

# What is given; all else in these tables, and all rows of the others, triggers make of it.
GIVEN = {
    "conversation": "id kind created_by created_at",
    "ticket": "id number subject priority type category_id buyer_id seller_id assignee_id team_id"
    " due_at created_at",
    "ticket_tag": "ticket_id tag_id added_by created_at",
}
# What triggers keep that does not depend on when somebody looked or what the clock says now.
MADE = {
    "conversation": "*",
    "ticket": "*",
    "message": "*",
    "event": "*",
    "participant": "conversation_id, user_id",
    "ticket_listing": "*",
    "ticket_words": "*",
    "ticket_times": "*",
}


@pytest.fixture
def desk(database) -> Iterator[EmbeddedServer]:
    """An empty desk, and empty again for the next, without the teams and categories of this."""
    yield database
    empty(database.owner_url)
    with psycopg.connect(database.owner_url) as connection:
        connection.execute("DELETE FROM team WHERE NOT is_default")
        connection.execute("DELETE FROM category")


@pytest.fixture
def seeded(desk) -> Iterator[psycopg.Connection[Any]]:
    load.seed(desk.owner_url, TICKETS, MESSAGES, lambda _: None)
    with psycopg.connect(desk.owner_url) as connection:
        yield connection
        connection.rollback()


def rows(connection, table: str, columns: str) -> list[Any]:
    query = sql.SQL("SELECT {} FROM {} ORDER BY 1, 2").format(
        sql.SQL(columns), sql.Identifier(table)
    )
    # A driver reads no time that never comes.
    as_text = sql.SQL("SELECT row_to_json(r)::text FROM ({}) r").format(query)
    return [row[0] for row in connection.execute(as_text)]


def kept_aside(connection, table: str) -> None:
    connection.execute(
        sql.SQL("CREATE TEMP TABLE {} AS SELECT * FROM {}").format(
            sql.Identifier(f"given_{table}"), sql.Identifier("public", table)
        )
    )


def told_again(connection) -> None:
    """Empty the desk, and say everything again in its order while the triggers listen."""
    for table in ("conversation", "ticket", "message", "event", "ticket_tag", "participant"):
        kept_aside(connection, table)
    connection.execute("ALTER TABLE event DISABLE TRIGGER event_is_kept")
    connection.execute("DELETE FROM event")
    connection.execute("ALTER TABLE event ENABLE TRIGGER event_is_kept")
    connection.execute("DELETE FROM conversation")
    for table, names in GIVEN.items():
        if table != "ticket_tag":
            given(connection, table, names.replace(" ", ", "))
    connection.execute(
        "UPDATE conversation SET activity_everyone = created_at,"
        " activity_staff = created_at, activity_admins = created_at"
    )
    lines = connection.execute(
        "SELECT conversation_id, seq, 'message' FROM given_message"
        " UNION ALL SELECT conversation_id, seq, 'event' FROM given_event WHERE in_thread"
        " ORDER BY 1, 2"
    ).fetchall()
    for thread, seq, table in lines:
        names = {
            "message": "id, conversation_id, sender_id, body, audience, client_id, created_at",
            "event": "id, kind, actor_id, conversation_id, audience, in_thread, data, created_at",
        }[table]
        given(connection, table, names, "WHERE conversation_id = %s AND seq = %s", thread, seq)
    given(
        connection, "event",
        "id, kind, actor_id, conversation_id, audience, in_thread, data, created_at",
        "WHERE NOT in_thread",
    )  # fmt: skip
    connection.execute(
        "UPDATE ticket SET status = g.status FROM given_ticket g"
        " WHERE g.id = ticket.id AND g.status <> 'open'"
    )
    # That time is the clock's, and in a made-up past it is the plan's.
    connection.execute(
        "UPDATE ticket SET resolved_at = g.resolved_at FROM given_ticket g WHERE g.id = ticket.id"
    )
    given(connection, "ticket_tag", GIVEN["ticket_tag"].replace(" ", ", "))


def given(connection, table: str, names: str, where: str = "", *values: Any) -> None:
    query = sql.SQL("INSERT INTO {} ({names}) SELECT {names} FROM {} {}").format(
        sql.Identifier("public", table), sql.Identifier(f"given_{table}"), sql.SQL(where),
        names=sql.SQL(names),
    )  # fmt: skip
    connection.execute(query, values)


def test_reports_find_all_that_is_over_summed_up_from_the_first_moment_on(desk, monkeypatch):
    settings = get_settings().model_copy(update={"migration_database_url": desk.owner_url})
    monkeypatch.setattr(first_steps, "get_settings", lambda: settings)
    first_steps.load_tickets(TICKETS, MESSAGES)
    with psycopg.connect(desk.owner_url) as connection:
        filed, summed_up = connection.execute(
            "SELECT (SELECT count(*) FROM ticket WHERE created_at < date_trunc('day', now()) -"
            "  interval '3 days'),"
            " (SELECT sum(filed) FROM report_part JOIN report_span ON span_id = report_span.id"
            "  WHERE by = 'all' AND ends_at - starts_at = interval '1 day'"
            "  AND starts_at < date_trunc('day', now()) - interval '3 days')"
        ).fetchone()
    assert filed == summed_up > TICKETS / 2


def test_a_made_up_desk_is_what_the_triggers_would_have_made(seeded):
    before = {table: rows(seeded, table, columns) for table, columns in MADE.items()}
    assert (len(before["ticket"]), len(before["message"])) == (TICKETS, MESSAGES)
    told_again(seeded)
    for table, columns in MADE.items():
        again = rows(seeded, table, columns)
        if table == "participant":  # Admins who only looked in made themselves members.
            assert set(again) <= set(before[table])
        else:
            assert again == before[table], table
    wrong = seeded.execute(
        "SELECT count(*) FROM participant p"
        " JOIN given_participant g USING (conversation_id, user_id)"
        " WHERE p.audience <> g.audience OR p.last_read_seq > g.last_read_seq"
        " OR p.follows <> g.follows"
    ).fetchone()
    assert wrong == (0,)


def test_only_an_empty_desk_is_filled(database, cast):
    with pytest.raises(StartupError, match="The desk is not empty"):
        load.seed(database.owner_url, 5, 5, lambda _: None)


def test_each_ticket_needs_a_message(database):
    with pytest.raises(StartupError, match="at least --tickets"):
        load.seed(database.owner_url, 5, 4, lambda _: None)


@pytest.mark.parametrize("size", [1, 7])
def test_the_smallest_desks_can_be_made_too(desk, size):
    load.seed(desk.owner_url, size, size, lambda _: None)
    with psycopg.connect(desk.owner_url) as connection:
        counts = connection.execute(
            "SELECT (SELECT count(*) FROM ticket), (SELECT count(*) FROM message),"
            " (SELECT max(number) FROM ticket), nextval('ticket_number_seq')"
        ).fetchone()
    assert counts == (size, size, size, size + 1)
