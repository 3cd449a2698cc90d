"""The admins' list of people, and of those who are invited."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text

from supportdesk.database.engine import transaction
from supportdesk.domain.actor import Actor, Role
from supportdesk.domain.commands.settings import check_admin
from supportdesk.domain.ids import parse_id
from supportdesk.domain.queries.people import hue, initials

PAGE = 50
# So many at most are drawn, and read again when somebody changes; a search finds all others.
MOST = 500
TYPED_MAX_LENGTH = 100
ACTIVE, DEACTIVATED = "active", "deactivated"
_FIRST = UUID(int=0)


@dataclass(frozen=True, slots=True)
class PeopleFilters:
    """`tab` are the roles that the list is of, `role` one of them or all."""

    tab: tuple[Role, ...]
    role: Role | None = None
    standing: str = ""
    """`active`, `deactivated`, or both."""
    typed: str = ""


@dataclass(frozen=True, slots=True)
class PersonRow:
    """Times are ISO, empty for never. `tickets` are the unfinished ones that need the person."""

    id: str
    name: str
    email: str
    role: str
    role_label: str
    avatar: str
    hue: int
    active: bool
    erased: bool
    tickets: int
    joined_at: str
    seen_at: str
    presence: str = ""
    """`online`, `away`, or nothing; the database does not know."""


@dataclass(frozen=True, slots=True)
class PendingInvitation:
    id: str
    role_label: str
    email: str
    name: str
    by: str
    created_at: str
    expires_at: str


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """`invitations` are all that wait for somebody in the roles of the tab."""

    people: tuple[PersonRow, ...]
    more: bool
    invitations: tuple[PendingInvitation, ...]


# What keeps somebody in their role: see the rule `user_role_is_held` of the database.
UNFINISHED = """CASE u.role
    WHEN 'buyer' THEN (SELECT count(*) FROM ticket t
        WHERE t.buyer_id = u.id AND t.status NOT IN ('resolved', 'closed'))
    WHEN 'seller' THEN (SELECT count(*) FROM ticket t
        WHERE t.seller_id = u.id AND t.status NOT IN ('resolved', 'closed'))
    ELSE (SELECT count(*) FROM ticket t
        WHERE t.assignee_id = u.id AND t.status NOT IN ('resolved', 'closed')) END"""
_PEOPLE = text(f"""
SELECT u.id, u.name, u.email, u.role, u.active, u.created_at, u.erased_at, s.at,
       {UNFINISHED} AS tickets
FROM "user" u LEFT JOIN last_seen s ON s.user_id = u.id
WHERE u.role = ANY (:roles) AND u.active = ANY (:standings)
  AND (:typed = '' OR strpos(lower(u.name), lower(:typed)) > 0
       OR strpos(u.email, lower(:typed)) > 0 OR u.id = :id)
  AND (lower(u.name), u.id) > (lower(:after), :after_id)
ORDER BY lower(u.name), u.id LIMIT :limit
""")  # noqa: S608 - of constants
_INVITATIONS = text("""
SELECT i.id, i.role, i.email, i.name, i.created_at, i.expires_at, host.name AS host
FROM invitation i JOIN "user" host ON host.id = i.created_by
WHERE i.used_at IS NULL AND i.revoked_at IS NULL AND i.expires_at > now() AND i.role = ANY (:roles)
ORDER BY i.created_at DESC, i.id LIMIT 200
""")


async def page_for(
    actor: Actor, filters: PeopleFilters, *, limit: int = PAGE, after: PersonRow | None = None
) -> PeoplePage:
    """`limit` people by name, those behind the row `after`.

    Raises `Refused`: only admins see others than those they have to do with.
    """
    check_admin(actor)
    limit = max(1, min(limit, MOST))
    values = {
        "roles": [filters.role] if filters.role in filters.tab else list(filters.tab),
        "standings": [s == ACTIVE for s in (ACTIVE, DEACTIVATED) if filters.standing in ("", s)],
        "typed": filters.typed[:TYPED_MAX_LENGTH],
        "id": parse_id(filters.typed),
        "after": after.name if after else "",
        "after_id": UUID(after.id) if after else _FIRST,
        "limit": limit + 1,
    }
    async with transaction(actor) as tx:
        people = (await tx.execute(_PEOPLE, values)).all()
        invited = (await tx.execute(_INVITATIONS, {"roles": list(filters.tab)})).all()
    return PeoplePage(
        people=tuple(map(_row, people[:limit])),
        more=len(people) > limit,
        invitations=tuple(map(_invitation, invited)),
    )


def _row(found: Any) -> PersonRow:
    return PersonRow(
        id=str(found.id),
        name=found.name,
        email="" if found.erased_at else found.email,
        role=found.role,
        role_label=Role(found.role).label,
        avatar=initials(found.name),
        hue=hue(found.id),
        active=found.active,
        erased=found.erased_at is not None,
        tickets=found.tickets,
        joined_at=found.created_at.isoformat(),
        seen_at=found.at.isoformat() if found.at else "",
    )


def _invitation(found: Any) -> PendingInvitation:
    return PendingInvitation(
        id=str(found.id),
        role_label=Role(found.role).label,
        email=found.email,
        name=found.name,
        by=found.host,
        created_at=found.created_at.isoformat(),
        expires_at=found.expires_at.isoformat(),
    )
