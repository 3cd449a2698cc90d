"""What admins decide about teams: which there are, who is in them and leads them, and whether they
assign by themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from psycopg.errors import ForeignKeyViolation
from sqlalchemy import delete as delete_from
from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from supportdesk.database.engine import transaction
from supportdesk.domain.actor import Actor, Role
from supportdesk.domain.commands import settings
from supportdesk.domain.commands.settings import Sort
from supportdesk.domain.errors import NotFound, Refused
from supportdesk.domain.events import EventKind, record
from supportdesk.domain.models import Audience, AutoAssign, Team, TeamMember, User
from supportdesk.domain.text import check_line

NAME_MAX_LENGTH = 60
_SORT = Sort(Team, "team", EventKind.TEAM_CREATED, EventKind.TEAM_CHANGED)


async def choose_auto_assign(actor: Actor, team_id: UUID, mode: AutoAssign) -> None:
    """Let the team's tickets be assigned in that way from now on. Raises like `add_member`."""
    await settings.change(actor, _SORT, team_id, {"auto_assign": mode})


async def save(
    actor: Actor, team_id: UUID | None, name: str, expected: Mapping[str, Any] | None = None
) -> UUID:
    """Found a team (no id) or rename one. Raises like `settings.save`."""
    values = {"name": check_line(name, NAME_MAX_LENGTH, "The name", "name")}
    return await settings.save(actor, _SORT, team_id, values, expected=expected)


async def delete(actor: Actor, team_id: UUID) -> None:
    """Dissolve it: its tickets go to the default team, and so do views that asked for it.

    Raises:
        NotFound: no such team.
        Refused: it is the default team, somebody has just given it a ticket, or only admins may.
    """
    settings.check_admin(actor)
    try:
        async with transaction(actor) as tx:
            team = await _find(tx, team_id)
            if team.is_default:
                raise Refused("Every ticket needs a team, so the default team stays.")
            values = {"team_id": team_id}
            moved = await tx.scalar(text("SELECT remove_team(:team_id)"), values)
            if moved is None:
                raise NotFound("team")
            home = await tx.scalar(select(col(Team.name)).where(col(Team.is_default)))
            data = {
                "name": team.name,
                "from": {"name": team.name},
                "to": {},
                "tickets": moved,
                "tickets_to": home,
            }
            await _tell(tx, actor, EventKind.TEAM_DELETED, team_id, data)
    except IntegrityError as error:
        if not isinstance(error.orig, ForeignKeyViolation):
            raise
        raise Refused("A ticket has just come to this team. Try again.") from error


async def add_member(actor: Actor, team_id: UUID, user_id: UUID) -> None:
    """Put an admin into the team; who is in it already stays.

    Raises:
        Refused: only admins may, and only admins are in teams.
        NotFound: no such team or person.
    """
    settings.check_admin(actor)
    async with transaction(actor) as tx:
        team, person = await _find(tx, team_id), await _person(tx, user_id)
        if person.role != Role.ADMIN:
            raise Refused("Only admins can be in a team.")
        added = await tx.execute(
            insert(TeamMember)
            .values(team_id=team_id, user_id=user_id)
            .on_conflict_do_nothing()
            .returning(col(TeamMember.user_id))
        )
        if added.one_or_none():
            await _tell_of_member(tx, actor, team, person, added=[person.name])


async def remove_member(actor: Actor, team_id: UUID, user_id: UUID) -> None:
    """Take somebody out of the team; their tickets stay theirs. Raises like `add_member`."""
    settings.check_admin(actor)
    async with transaction(actor) as tx:
        team, person = await _find(tx, team_id), await _person(tx, user_id)
        removed = await tx.execute(
            delete_from(TeamMember)
            .where(col(TeamMember.team_id) == team_id, col(TeamMember.user_id) == user_id)
            .returning(col(TeamMember.user_id))
        )
        if removed.one_or_none():
            await _tell_of_member(tx, actor, team, person, removed=[person.name])


async def set_lead(actor: Actor, team_id: UUID, user_id: UUID, lead: bool) -> None:
    """Let a member lead the team, or no more; it may have several leads. Raises `NotFound`."""
    settings.check_admin(actor)
    async with transaction(actor) as tx:
        team, person = await _find(tx, team_id), await _person(tx, user_id)
        this = (col(TeamMember.team_id) == team_id, col(TeamMember.user_id) == user_id)
        before = await tx.scalar(select(col(TeamMember.lead)).where(*this))
        if before is None:
            raise NotFound("member of the team")
        if before is not lead:
            await tx.execute(update(TeamMember).where(*this).values(lead=lead))
            change = {"from": {"lead": before}, "to": {"lead": lead}}
            await _tell_of_member(tx, actor, team, person, **change)


async def _find(tx: AsyncConnection, team_id: UUID) -> Any:
    columns = col(Team.id), col(Team.name), col(Team.is_default)
    row = (await tx.execute(select(*columns).where(col(Team.id) == team_id))).one_or_none()
    if row is None:
        raise NotFound("team")
    return row


async def _person(tx: AsyncConnection, user_id: UUID) -> Any:
    columns = col(User.id), col(User.name), col(User.role)
    row = (await tx.execute(select(*columns).where(col(User.id) == user_id))).one_or_none()
    if row is None:
        raise NotFound("person")
    return row


async def _tell_of_member(
    tx: AsyncConnection, actor: Actor, team: Any, person: Any, **change: object
) -> None:
    data = {"name": team.name, "member": person.name, "member_id": str(person.id), **change}
    await _tell(tx, actor, EventKind.TEAM_CHANGED, team.id, data)


async def _tell(
    tx: AsyncConnection, actor: Actor, kind: EventKind, team_id: UUID, data: dict[str, Any]
) -> None:
    await record(tx, actor, kind, subject_id=team_id, audience=Audience.ADMINS, data=data)
