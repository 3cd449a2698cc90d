"""What admins do to people's accounts, and what people do to their own."""

from __future__ import annotations

from uuid import UUID
from zoneinfo import available_timezones

from sqlalchemy import select, update
from sqlmodel import col

from supportdesk.database.engine import transaction
from supportdesk.domain.actor import Actor, Role
from supportdesk.domain.errors import Invalid, NotFound, Refused
from supportdesk.domain.events import EventKind, record
from supportdesk.domain.models import Audience, User


async def deactivate(actor: Actor, user_id: UUID) -> None:
    """Lock somebody out: a trigger ends their sessions, their open screens go to sign-in.

    Raises:
        NotFound: no such person.
        Refused: only admins may, and not to themselves.
    """
    if user_id == actor.user_id:
        raise Refused("You cannot deactivate yourself.")
    await _set_active(actor, user_id, active=False)


async def reactivate(actor: Actor, user_id: UUID) -> None:
    """Let somebody sign in again. Raises like `deactivate`."""
    await _set_active(actor, user_id, active=True)


async def _set_active(actor: Actor, user_id: UUID, *, active: bool) -> None:
    if actor.role is not Role.ADMIN:
        raise Refused("Only admins may do this.")
    kind = EventKind.PERSON_REACTIVATED if active else EventKind.PERSON_DEACTIVATED
    async with transaction(actor) as tx:
        current = await tx.scalar(select(col(User.active)).where(col(User.id) == user_id))
        if current is None:
            raise NotFound("person")
        if current is not active:
            await tx.execute(update(User).where(col(User.id) == user_id).values(active=active))
            await record(tx, actor, kind, subject_id=user_id, audience=Audience.ADMINS)


async def set_timezone(actor: Actor, name: str) -> None:
    """Remember in which time zone the person reads times; `name` as in the IANA database."""
    if name not in available_timezones():
        raise Invalid("This time zone is not known.", "timezone")
    async with transaction(actor) as tx:
        await tx.execute(update(User).where(col(User.id) == actor.user_id).values(timezone=name))
