"""The people of every test: `bea` and `ben` buy, `sol` and `sia` sell, `ada` and `abe` administer;
`max` buys too, and takes part in nothing."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from supportdesk.demo.load import PASSWORD, PEOPLE
from supportdesk.domain.actor import Actor, Role
from supportdesk.domain.ids import new_id
from supportdesk.domain.passwords import _context
from tests.support.database import as_owner


@dataclass(frozen=True, slots=True)
class Cast:
    bea: Actor
    ben: Actor
    sol: Actor
    sia: Actor
    ada: Actor
    abe: Actor
    max: Actor

    def __iter__(self):
        return iter(getattr(self, name) for name in PEOPLE)

    def name_of(self, user_id: UUID) -> str:
        return next(name for name in PEOPLE if getattr(self, name).user_id == user_id)


_hash: list[str] = []


def add_cast(owner_url: str) -> Cast:
    """Put everybody into an empty database; their password is the demo's."""
    if not _hash:
        _hash.append(_context().hash(PASSWORD))
    actors = {name: Actor(new_id(), Role(role)) for name, role in PEOPLE.items()}
    people = [
        (actor.user_id, f"{name}@demo.test", name.capitalize(), actor.role, _hash[0])
        for name, actor in actors.items()
    ]
    with as_owner(owner_url) as connection, connection.cursor() as cursor:
        cursor.executemany(
            'INSERT INTO "user" (id, email, name, role, password_hash) VALUES (%s, %s, %s, %s, %s)',
            people,
        )
    return Cast(**actors)
