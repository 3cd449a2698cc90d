"""What the list can be filtered by: people, teams and tags, as far as the actor knows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text

from supportdesk.database.engine import transaction
from supportdesk.domain.actor import Actor, Role
from supportdesk.domain.text import clean

# Of each kind; who has more searches by text.
_CHOICES = text("""
(SELECT 'assignee' AS what, id, name FROM "user" WHERE role = 'admin' AND active
 ORDER BY lower(name), id LIMIT 500)
UNION ALL (SELECT 'former', id, name FROM "user" WHERE role = 'admin' AND NOT active
           AND (:knows_few OR EXISTS (SELECT FROM ticket WHERE assignee_id = "user".id))
           ORDER BY lower(name), id LIMIT 500)
UNION ALL (SELECT 'team', id, name FROM team ORDER BY lower(name), id LIMIT 500)
UNION ALL (SELECT 'tag', id, name FROM tag ORDER BY lower(name), id LIMIT 500)
""")

_FOUND = 12
_TYPED_MAX_LENGTH = 100
_CALLED = text("""
SELECT id, name FROM "user" WHERE role = :role AND strpos(lower(name), lower(:typed)) > 0
ORDER BY lower(name), id LIMIT :limit
""")
_NAMES = text('SELECT id, name FROM "user" WHERE id = ANY (:ids)')


@dataclass(frozen=True, slots=True)
class Named:
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Choices:
    """Each by name. `former_assignees` are deactivated, and as far as admins see, have tickets."""

    assignees: tuple[Named, ...] = ()
    former_assignees: tuple[Named, ...] = ()
    teams: tuple[Named, ...] = ()
    tags: tuple[Named, ...] = ()


async def choices_for(actor: Actor) -> Choices:
    """None of it for buyers: how the staff sorts its work is the staff's own."""
    if actor.role is Role.BUYER:
        return Choices()
    async with transaction(actor) as tx:
        # Sellers know only whom they have met; to find one ticket of theirs among many takes long.
        knows_few = actor.role is not Role.ADMIN
        rows = (await tx.execute(_CHOICES, {"knows_few": knows_few})).all()

    def of(what: str) -> tuple[Named, ...]:
        return tuple(Named(str(row.id), row.name) for row in rows if row.what == what)

    return Choices(of("assignee"), of("former"), of("team"), of("tag"))


async def people_called(actor: Actor, role: Role, typed: str) -> tuple[Named, ...]:
    """The first of those in `role` whose name has what is typed in it, by name."""
    values = {"role": role, "typed": clean(typed).strip()[:_TYPED_MAX_LENGTH], "limit": _FOUND}
    async with transaction(actor) as tx:
        rows = (await tx.execute(_CALLED, values)).all()
    return tuple(Named(str(row.id), row.name) for row in rows)


async def names_of(actor: Actor, ids: Sequence[str]) -> dict[str, str]:
    """By id, of those whom the actor knows."""
    async with transaction(actor) as tx:
        rows = (await tx.execute(_NAMES, {"ids": list(map(UUID, ids))})).all()
    return {str(row.id): row.name for row in rows}
