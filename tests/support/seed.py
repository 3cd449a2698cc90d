"""People, sessions, tickets and long conversations put straight into a desk's database.

Signing in hundreds of times through argon2 would take minutes, and writing ten thousand messages
through the desk would too. Nothing here rings the doorbell: seed before the browsers open.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID

import psycopg
from psycopg.types.json import Jsonb

from supportdesk import cookies, routes
from supportdesk.domain.actor import Actor, Role
from supportdesk.domain.commands.sessions import token_hash
from supportdesk.domain.ids import new_id
from supportdesk.domain.queries import numbers

BUYER, SELLER, ADMIN = Role.BUYER, Role.SELLER, Role.ADMIN


@dataclass(frozen=True, slots=True)
class AskedField:
    """A custom field, as admins define it."""

    name: str
    kind: str = "text"
    required: bool = False
    choices: tuple[str, ...] = ()


def zone_at_noon() -> str:
    """Of a browser that is there, what was said an hour ago was said today, at whatever hour this
    runs.

    The sign is the database's: west of Greenwich is positive.
    """
    return f"Etc/GMT{datetime.now(UTC).hour - 12:+d}"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account; `session` is the token of a session that is open."""

    actor: Actor
    name: str
    session: str

    @property
    def id(self) -> UUID:
        return self.actor.user_id

    def there(self, zone: str) -> Person:
        """The same at a browser that says it is in that time zone."""
        return replace(self, session=f"{self.session}; {cookies.ZONE}={zone}")

    @property
    def home(self) -> str:
        return routes.tickets(self.actor.role.value)

    def page(self, ticket: SeededTicket | None) -> str:
        """The address of the ticket for this person, or of the list alone."""
        return routes.ticket(self.actor.role.value, ticket.number) if ticket else self.home


@dataclass(frozen=True, slots=True)
class SeededTicket:
    id: UUID
    number: str


class Seed:
    def __init__(self, owner_url: str) -> None:
        self._owner_url = owner_url

    @contextmanager
    def _system(self, *, triggers: bool = True) -> Iterator[psycopg.Connection]:
        with psycopg.connect(self._owner_url) as connection:
            if not triggers:
                connection.execute("SET LOCAL session_replication_role = replica")
            connection.execute("SET LOCAL ROLE supportdesk_system")
            yield connection

    def person(self, role: Role, name: str = "") -> Person:
        return self.people(role, 1, name)[0]

    def people(self, role: Role, count: int, name: str = "") -> list[Person]:
        """`count` people with an open session each."""
        made = []
        for number in range(count):
            user_id = new_id()
            own = f"{name or role.label} {number}" if count > 1 else name or role.label
            made.append(Person(Actor(user_id, role), own, secrets.token_urlsafe(16)))
        with self._system() as connection, connection.cursor() as cursor:
            cursor.executemany(
                'INSERT INTO "user" (id, email, name, role, password_hash)'
                " VALUES (%s, %s, %s, %s, 'none')",
                [(p.id, f"{p.id.hex}@seed.test", p.name, p.actor.role) for p in made],
            )
            cursor.executemany(
                "INSERT INTO session (id, user_id, token_hash, expires_at)"
                " VALUES (%s, %s, %s, now() + interval '1 day')",
                [(new_id(), p.id, token_hash(p.session)) for p in made],
            )
        return made

    def session_of(self, person: Person) -> Person:
        """The same person in another browser, with a session of its own."""
        other = Person(person.actor, person.name, secrets.token_urlsafe(16))
        with self._system() as connection:
            connection.execute(
                "INSERT INTO session (id, user_id, token_hash, expires_at)"
                " VALUES (%s, %s, %s, now() + interval '1 day')",
                (new_id(), other.id, token_hash(other.session)),
            )
        return other

    def ticket(
        self,
        buyer: Person | None = None,
        seller: Person | None = None,
        *,
        subject: str = "A ticket",
        messages: int = 1,
    ) -> SeededTicket:
        return self.tickets([(buyer, seller)], subject=subject, messages=messages)[0]

    def tickets(
        self,
        parties: Sequence[tuple[Person | None, Person | None]],
        *,
        subject: str = "A ticket",
        messages: int = 1,
    ) -> list[SeededTicket]:
        """A ticket for each pair of a buyer and a seller, with that many messages in it."""
        made = []
        with self._system() as connection:
            for buyer, seller in parties:
                id_, requester = new_id(), buyer or seller
                if requester is None:
                    raise ValueError("a ticket needs a buyer or a seller")
                connection.execute(
                    "INSERT INTO conversation (id, kind, created_by) VALUES (%s, 'ticket', %s)",
                    (id_, requester.id),
                )
                found = connection.execute(
                    "INSERT INTO ticket (id, subject, buyer_id, seller_id)"
                    " VALUES (%s, %s, %s, %s) RETURNING number",
                    (id_, subject, buyer.id if buyer else None, seller.id if seller else None),
                ).fetchone()
                made.append(SeededTicket(id_, numbers.spell(found[0] if found else 0)))
        for ticket, (buyer, seller) in zip(made, parties, strict=True):
            self._talk(ticket, [p for p in (buyer, seller) if p], messages)
        return made

    def has_read(self, person: Person, ticket: SeededTicket, seq: int) -> None:
        """The person has read as far as that place, and nothing that follows."""
        with self._system() as connection:
            connection.execute(
                "UPDATE participant SET last_read_seq = %s"
                " WHERE conversation_id = %s AND user_id = %s",
                (seq, ticket.id, person.id),
            )

    def unsent_file(self, person: Person) -> UUID:
        """A text that they have uploaded; nobody here asks for its bytes."""
        file_id, hash_ = new_id(), secrets.token_hex(32)
        with self._system() as connection:
            connection.execute("INSERT INTO blob (sha256) VALUES (%s)", (hash_,))
            connection.execute(
                "INSERT INTO attachment (id, owner_id, name, type, size, sha256)"
                " VALUES (%s, %s, 'a.txt', 'text/plain', 5, %s)",
                (file_id, person.id, hash_),
            )
        return file_id

    @contextmanager
    def asked_of_feature_requests(self, *fields: AskedField) -> Iterator[list[UUID]]:
        """Custom fields in this order, and their ids; afterwards no form asks for them any more."""
        ids = [new_id() for _ in fields]
        with self._system() as connection, connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO field_definition"
                " (id, ticket_type, name, kind, required, choices, position)"
                " VALUES (%s, 'feature_request', %s, %s, %s, %s, %s)",
                [
                    (id_, each.name, each.kind, each.required, Jsonb(each.choices), position)
                    for position, (id_, each) in enumerate(zip(ids, fields, strict=True))
                ],
            )
        yield ids
        with self._system() as connection:
            connection.execute(
                "UPDATE field_definition SET active = false WHERE id = ANY(%s)", [ids]
            )

    def _talk(self, ticket: SeededTicket, people: list[Person], count: int) -> None:
        """Fill a new conversation, in the same moment and without the triggers' work for each.

        Filing a ticket may have told of something in it already, as that it was assigned.
        """
        with self._system(triggers=False) as connection:
            connection.execute(
                "INSERT INTO message"
                " (id, conversation_id, seq, sender_id, body, client_id, created_at)"
                " SELECT gen_random_uuid(), c.id, c.last_seq + n,"
                " (%(senders)s::uuid[])[1 + n %% %(several)s],"
                " 'Seeded message ' || n, gen_random_uuid(),"
                " now() - (%(count)s - n) * interval '1 second' - interval '1 hour'"
                " FROM conversation c, generate_series(1, %(count)s) AS n WHERE c.id = %(id)s",
                {
                    "id": ticket.id,
                    "senders": [p.id for p in people],
                    "several": len(people),
                    "count": count,
                },
            )
            connection.execute(
                "UPDATE conversation SET last_seq = last_seq + %(count)s,"
                " messages_everyone = %(count)s, messages_staff = %(count)s,"
                " messages_admins = %(count)s WHERE id = %(id)s",
                {"id": ticket.id, "count": count},
            )
