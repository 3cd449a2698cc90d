"""A real desk with something to steal, and a measure of whether anything of it was touched."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql

from supportdesk.domain.ids import new_id
from tests.support.desk import Desk

# Texts that occur nowhere else: whoever receives one has been told what was not for them.
SUBJECT = "MARKED-SUBJECT-of-bea-and-sol"
DESCRIPTION = "MARKED-DESCRIPTION-by-bea"
STAFF = "MARKED-NOTE-for-staff"
ADMINS = "MARKED-NOTE-for-admins"
NOTES = "MARKED-NOTES-in-the-details"
# What tags there are, every seller and admin may know; no buyer does.
TAG = "TAG-of-the-staff"
DRAFT = "MARKED-DRAFT-of-bea"
SECRETS = ("MARKED-", "bea@demo.test", "sol@demo.test", "argon2id")

# What signing in and out does by itself, and taking what is kept of oneself; and what people type
# for themselves alone.
_OWN_TRACES = {
    # Whoever looks at the desk has been there.
    "last_seen": "false",
    # What is over, the desk sums up in its own time.
    "report_span": "false",
    "report_part": "false",
    "report_change": "false",
    "draft": "false",
    "session": "false",
    "event": "kind NOT IN ('signed_in', 'signed_out', 'sign_in_failed', 'log_exported',"
    " 'person_exported')",
}


@dataclass
class Planted:
    """The ticket that bea filed to sol, and that nobody else but admins may know of."""

    desk: Desk
    id: UUID
    number: str
    tokens: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        # Kept open: a new one would read all about each table again, some fifteen hundred times.
        self._looking = psycopg.connect(self.desk.owner_url, autocommit=True)
        self._tables = _tables(self._looking)

    def close(self) -> None:
        self._looking.close()

    def fingerprint(self, leave_out: dict[str, str] | None = None) -> dict[str, str]:
        """What every table holds, but for the traces of signing in; `leave_out` are conditions."""
        tables = [_hash(table, (leave_out or {}).get(table)) for table in self._tables]
        return dict(self._looking.execute(sql.SQL(" UNION ALL ").join(tables)).fetchall())

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.desk.owner_url) as connection:
            cursor = connection.execute(query, values)
            return cursor.fetchall() if cursor.description else []


def but_of(name: str) -> str:
    """A condition: the rows of everybody else. One's own notifications one may have seen."""
    return f"user_id IS DISTINCT FROM (SELECT id FROM \"user\" WHERE email = '{name}@demo.test')"


def plant(desk: Desk) -> Planted:
    """Put the ticket into the demo, as its owner may."""
    ticket = new_id()
    with psycopg.connect(desk.owner_url) as connection:
        people = dict(connection.execute("SELECT split_part(email, '@', 1), id FROM \"user\""))
        bea, sol, ada = people["bea"], people["sol"], people["ada"]
        connection.execute(
            "INSERT INTO conversation (id, kind, created_by) VALUES (%s, 'ticket', %s)",
            [ticket, bea],
        )
        number = connection.execute(
            "INSERT INTO ticket (id, subject, buyer_id, seller_id) VALUES (%s, %s, %s, %s)"
            " RETURNING number",
            [ticket, SUBJECT, bea, sol],
        ).fetchone()
        for sender, body, audience in (
            (bea, DESCRIPTION, "everyone"),
            (sol, STAFF, "staff"),
            (ada, ADMINS, "admins"),
        ):
            connection.execute(
                "INSERT INTO message (id, conversation_id, sender_id, body, audience, client_id)"
                " VALUES (%s, %s, %s, %s, %s, %s)",
                [new_id(), ticket, sender, body, audience, new_id()],
            )
        tag = new_id()
        for statement, values in (
            (
                "INSERT INTO ticket_note (ticket_id, body, updated_by) VALUES (%s, %s, %s)",
                [ticket, NOTES, sol],
            ),
            ("INSERT INTO tag (id, name, created_by) VALUES (%s, %s, %s)", [tag, TAG, sol]),
            (
                "INSERT INTO ticket_tag (ticket_id, tag_id, added_by) VALUES (%s, %s, %s)",
                [ticket, tag, sol],
            ),
        ):
            connection.execute(statement, values)
    return Planted(desk, ticket, f"TC-{number[0] if number else 0:04d}")


def _tables(connection: psycopg.Connection[Any]) -> list[str]:
    query = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
    return [row[0] for row in connection.execute(query)]


def _hash(table: str, condition: str | None) -> sql.Composed:
    """The query for its name and its rows as one hash."""
    kept = " AND ".join(part for part in (_OWN_TRACES.get(table), condition) if part) or "true"
    rows = "sha256(convert_to(coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), ''), 'UTF8'))"
    return sql.SQL("SELECT {}, {}::text FROM {} t WHERE {}").format(
        sql.Literal(table), sql.SQL(rows), sql.Identifier(table), sql.SQL(kept)
    )
