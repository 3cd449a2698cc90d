"""What admins do to people's accounts, and what people do to their own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from psycopg.errors import CheckViolation
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from supportdesk.database.engine import transaction
from supportdesk.domain.actor import Actor, Role
from supportdesk.domain.commands.settings import check_admin
from supportdesk.domain.errors import Changed, NotFound, Refused
from supportdesk.domain.events import EventKind, record
from supportdesk.domain.ids import new_id
from supportdesk.domain.models import Audience, Session, Team, TeamMember, User
from supportdesk.domain.text import NAME_MAX_LENGTH, check_line

# What the database refuses, by the name of the rule.
_RULES = {
    "user_keeps_an_admin": "This is the last active admin. Make somebody else an admin first.",
    "user_role_is_held": "This person still has unfinished tickets. Resolve, close or reassign"
    " those first: in another role nobody could go on with them.",
    "admins_erase_others": "Only admins may do this, and not to themselves.",
    "user_stays_erased": "This person has been erased, which cannot be undone.",
    "renamed_too_often": "You have changed your name often enough for now. Try again in an hour.",
}


async def deactivate(actor: Actor, user_id: UUID) -> None:
    """Lock somebody out: a trigger ends their sessions, their open screens go to sign-in.

    Raises:
        NotFound: no such person.
        Refused: only admins may, not to themselves, and not to the last of them.
    """
    if user_id == actor.user_id:
        raise Refused("You cannot deactivate yourself.")
    await _set_active(actor, user_id, active=False)


async def reactivate(actor: Actor, user_id: UUID) -> None:
    """Let somebody sign in again. Raises like `deactivate`."""
    await _set_active(actor, user_id, active=True)


async def _set_active(actor: Actor, user_id: UUID, *, active: bool) -> None:
    check_admin(actor)
    kind = EventKind.PERSON_REACTIVATED if active else EventKind.PERSON_DEACTIVATED
    async with by_the_rules(), transaction(actor) as tx:
        person = await held(tx, user_id)
        if person.active is not active:
            await tx.execute(update(User).where(col(User.id) == user_id).values(active=active))
            told = {"from": {"active": not active}, "to": {"active": active}}
            await _tell(tx, actor, kind, user_id, told)


async def change_role(actor: Actor, user_id: UUID, role: Role, expected: Role) -> None:
    """Make somebody, who was `expected` when the actor chose, something else on the marketplace.

    Their sessions end. What they saw in their former role they see no more; it comes back with it.

    Raises:
        NotFound: no such person.
        Refused: only admins may, not to themselves, not to the last of them, and not while
            unfinished tickets need the person as they are.
        Changed: another admin was faster.
    """
    check_admin(actor)
    if user_id == actor.user_id:
        raise Refused("You cannot change your own role. Another admin can.")
    async with by_the_rules(), transaction(actor) as tx:
        person = await held(tx, user_id)
        if person.role == role:
            return
        if person.role != expected:
            raise Changed(f"{person.name} has just been made {_a(Role(person.role))}.")
        await leave_teams(tx, actor, user_id, person.name)
        await tx.execute(update(User).where(col(User.id) == user_id).values(role=role))
        told = {"from": {"role": person.role}, "to": {"role": role}}
        await _tell(tx, actor, EventKind.PERSON_ROLE_CHANGED, user_id, told)


async def leave_teams(tx: AsyncConnection, actor: Actor, user_id: UUID, name: str) -> None:
    """Only admins are in teams."""
    mine = col(TeamMember.user_id) == user_id
    teams = select(col(Team.id), col(Team.name)).join(TeamMember).where(mine)
    left = (await tx.execute(teams)).all()
    await tx.execute(delete(TeamMember).where(mine))
    for team in left:
        told = {"name": team.name, "member": name, "member_id": str(user_id), "removed": [name]}
        await _tell(tx, actor, EventKind.TEAM_CHANGED, team.id, told)


async def end_session(actor: Actor, session_id: UUID) -> None:
    """Sign one browser out. Raises `NotFound` when it is over already, `Refused`: only admins."""
    check_admin(actor)
    async with transaction(actor) as tx:
        ended = await tx.execute(
            update(Session)
            .where(col(Session.id) == session_id, col(Session.ended_at).is_(None))
            .values(ended_at=func.now())
            .returning(col(Session.user_id))
        )
        row = ended.one_or_none()
        if row is None:
            raise NotFound("session")
        told = {"person": str(row.user_id)}
        await _tell(tx, actor, EventKind.SESSION_ENDED, session_id, told)


async def end_sessions(actor: Actor, user_id: UUID) -> None:
    """Sign somebody out everywhere. Raises like `deactivate`."""
    check_admin(actor)
    async with transaction(actor) as tx:
        await held(tx, user_id)
        ended = await tx.execute(
            update(Session)
            .where(col(Session.user_id) == user_id, col(Session.ended_at).is_(None))
            .values(ended_at=func.now())
            .returning(col(Session.id))
        )
        if count := len(ended.all()):
            await _tell(tx, actor, EventKind.SESSIONS_ENDED, user_id, {"sessions": count})


async def rename(actor: Actor, name: str) -> None:
    """Be called something else. Raises `Invalid`, and `Refused` when it is done too often."""
    name = check_line(name, NAME_MAX_LENGTH, "Your name", "name")
    async with by_the_rules(), transaction(actor) as tx:
        values = {"name": name, "event_id": new_id()}
        await tx.execute(text("SELECT rename_me(:name, :event_id)"), values)


async def tell_of_preference(
    tx: AsyncConnection, actor: Actor, name: str, before: object, after: object
) -> None:
    """What somebody wants for themselves: for the admins' log alone."""
    data = {"from": {name: before}, "to": {name: after}}
    await record(tx, actor, EventKind.PREFERENCES_CHANGED, audience=Audience.ADMINS, data=data)


async def held(tx: AsyncConnection, user_id: UUID) -> Any:
    """The person, whom no other admin changes until this transaction is over."""
    query = select(col(User.name), col(User.role), col(User.active))
    found = await tx.execute(query.where(col(User.id) == user_id).with_for_update(key_share=True))
    row = found.one_or_none()
    if row is None:
        raise NotFound("person")
    return row


async def _tell(
    tx: AsyncConnection, actor: Actor, kind: EventKind, subject_id: UUID, data: dict[str, Any]
) -> None:
    await record(tx, actor, kind, subject_id=subject_id, audience=Audience.ADMINS, data=data)


def _a(role: Role) -> str:
    return f"an {role}" if role is Role.ADMIN else f"a {role}"


@asynccontextmanager
async def by_the_rules() -> AsyncIterator[None]:
    """What the database refuses for a reason is told in words."""
    try:
        yield
    except IntegrityError as error:
        broken = error.orig
        if not isinstance(broken, CheckViolation) or broken.diag.constraint_name not in _RULES:
            raise
        raise Refused(_RULES[broken.diag.constraint_name]) from error
