"""Teams, who is in them, and who can be assigned to a ticket with how much they have to do."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text

from supportdesk.database.engine import transaction
from supportdesk.domain.actor import Actor, Role
from supportdesk.domain.ids import parse_id


@dataclass(frozen=True, slots=True)
class Named:
    """Something to choose: its id and what it is called."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Member:
    id: str
    name: str
    active: bool
    lead: bool = False


@dataclass(frozen=True, slots=True)
class TeamWithMembers:
    """`candidates` are the admins who are not in it yet; leads come first among the members."""

    id: str
    name: str
    is_default: bool
    auto_assign: str
    members: tuple[Member, ...]
    candidates: tuple[Named, ...]
    open_tickets: int = 0


@dataclass(frozen=True, slots=True)
class Assignable:
    id: str
    name: str
    open_tickets: int


@dataclass(frozen=True, slots=True)
class Options:
    """What the details of one ticket offer to admins."""

    assignable: tuple[Assignable, ...] = ()
    teams: tuple[Named, ...] = ()
    categories: tuple[Named, ...] = ()


_TEAMS = text("""
    SELECT id, name, is_default, auto_assign, (
        SELECT count(*) FROM ticket_listing l
        WHERE l.tag_id = '00000000-0000-0000-0000-000000000000' AND l.team_id = team.id
          AND l.status IN ('open', 'in_progress', 'waiting_on_customer')) AS open_tickets
    FROM team ORDER BY lower(name), id
""")
_MEMBERS = text("""
    SELECT m.team_id, u.id, u.name, u.active, m.lead
    FROM team_member m JOIN "user" u ON u.id = m.user_id
    ORDER BY m.lead DESC, lower(u.name), u.id
""")
_ADMINS = text("""
    SELECT id, name FROM "user" WHERE role = 'admin' AND active ORDER BY lower(name), id
""")
_ASSIGNABLE = text("""
    SELECT u.id, u.name, (
        SELECT count(*) FROM ticket o
        WHERE o.assignee_id = u.id AND o.status NOT IN ('resolved', 'closed')) AS open_tickets
    FROM "user" u
    WHERE u.active
      AND (u.role = 'admin' OR u.id = (SELECT seller_id FROM ticket WHERE id = :ticket_id))
    ORDER BY lower(u.name), u.id
""")
_TEAM_NOW = text("""
    SELECT id FROM team WHERE id = :id OR is_default ORDER BY id = :id DESC LIMIT 1
""")
_TEAM_NAMES = text("SELECT id, name FROM team ORDER BY lower(name), id")
_CATEGORY_NAMES = text("SELECT id, name FROM category ORDER BY lower(name), id")


async def teams_for(actor: Actor) -> tuple[TeamWithMembers, ...]:
    """All teams with their members, for admins; nothing for anybody else."""
    if actor.role is not Role.ADMIN:
        return ()
    async with transaction(actor) as tx:
        teams = (await tx.execute(_TEAMS)).all()
        members = (await tx.execute(_MEMBERS)).all()
        admins = [Named(str(row.id), row.name) for row in await tx.execute(_ADMINS)]
    inside: dict[UUID, list[Member]] = defaultdict(list)
    for row in members:
        inside[row.team_id].append(Member(str(row.id), row.name, row.active, row.lead))
    return tuple(
        TeamWithMembers(
            id=str(team.id),
            name=team.name,
            is_default=team.is_default,
            auto_assign=team.auto_assign,
            members=tuple(inside[team.id]),
            candidates=tuple(a for a in admins if a.id not in {m.id for m in inside[team.id]}),
            open_tickets=team.open_tickets,
        )
        for team in teams
    )


async def options_for(actor: Actor, ticket_id: UUID) -> Options:
    """What an admin chooses from in a ticket's details, counted now; nothing for others."""
    if actor.role is not Role.ADMIN:
        return Options()
    async with transaction(actor) as tx:
        people = (await tx.execute(_ASSIGNABLE, {"ticket_id": ticket_id})).all()
        teams = (await tx.execute(_TEAM_NAMES)).all()
        categories = (await tx.execute(_CATEGORY_NAMES)).all()
    return Options(
        tuple(Assignable(str(row.id), row.name, row.open_tickets) for row in people),
        tuple(Named(str(row.id), row.name) for row in teams),
        tuple(Named(str(row.id), row.name) for row in categories),
    )


async def team_now(actor: Actor, team_id: str) -> str:
    """The id of the team; of the default one, which has its tickets, when it is gone."""
    async with transaction(actor) as tx:
        return str(await tx.scalar(_TEAM_NOW, {"id": parse_id(team_id)}) or "")
