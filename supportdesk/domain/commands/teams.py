"""What admins decide about teams: who is in them, and whether they assign by themselves."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from supportdesk.database.engine import transaction
from supportdesk.domain.actor import Actor, Role
from supportdesk.domain.errors import NotFound, Refused
from supportdesk.domain.events import EventKind, record
from supportdesk.domain.models import Audience, Team, TeamMember, User


class AutoAssign(StrEnum):
    """Who gets a ticket of the team that nobody has: the one after the last, or the least busy."""

    OFF = "off"
    ROUND_ROBIN = "round_robin"
    LEAST_OPEN = "least_open"

    @property
    def label(self) -> str:
        return {"off": "Off", "round_robin": "In turn", "least_open": "Fewest open tickets"}[self]


async def choose_auto_assign(actor: Actor, team_id: UUID, mode: AutoAssign) -> None:
    """Let the team's tickets be assigned in that way from now on. Raises like `add_member`."""
    _check(actor)
    async with transaction(actor) as tx:
        current = await _mode(tx, team_id)
        if current == mode:
            return
        await tx.execute(update(Team).where(col(Team.id) == team_id).values(auto_assign=mode))
        await _tell(tx, actor, team_id, {"auto_assign": {"from": current, "to": mode}})


async def add_member(actor: Actor, team_id: UUID, user_id: UUID) -> None:
    """Put an admin into the team; who is in it already stays.

    Raises:
        Refused: only admins may, and only admins are in teams.
        NotFound: no such team or person.
    """
    _check(actor)
    async with transaction(actor) as tx:
        await _mode(tx, team_id)
        role = await tx.scalar(select(col(User.role)).where(col(User.id) == user_id))
        if role is None:
            raise NotFound("person")
        if role != Role.ADMIN:
            raise Refused("Only admins can be in a team.")
        added = await tx.execute(
            insert(TeamMember)
            .values(team_id=team_id, user_id=user_id)
            .on_conflict_do_nothing()
            .returning(col(TeamMember.user_id))
        )
        if added.one_or_none():
            await _tell(tx, actor, team_id, {"added": str(user_id)})


async def remove_member(actor: Actor, team_id: UUID, user_id: UUID) -> None:
    """Take somebody out of the team; their tickets stay theirs. Raises like `add_member`."""
    _check(actor)
    async with transaction(actor) as tx:
        await _mode(tx, team_id)
        removed = await tx.execute(
            delete(TeamMember)
            .where(col(TeamMember.team_id) == team_id, col(TeamMember.user_id) == user_id)
            .returning(col(TeamMember.user_id))
        )
        if removed.one_or_none():
            await _tell(tx, actor, team_id, {"removed": str(user_id)})


def _check(actor: Actor) -> None:
    if actor.role is not Role.ADMIN:
        raise Refused("Only admins may do this.")


async def _mode(tx: AsyncConnection, team_id: UUID) -> str:
    mode: str | None = await tx.scalar(select(col(Team.auto_assign)).where(col(Team.id) == team_id))
    if mode is None:
        raise NotFound("team")
    return mode


async def _tell(tx: AsyncConnection, actor: Actor, team_id: UUID, data: dict[str, object]) -> None:
    await record(
        tx, actor, EventKind.TEAM_CHANGED, subject_id=team_id, audience=Audience.ADMINS, data=data
    )
