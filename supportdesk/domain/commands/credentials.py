"""Setting a password anew: one's own, or by a link that an admin has made."""

from __future__ import annotations

import secrets
from uuid import UUID

from psycopg.errors import UniqueViolation
from sqlalchemy import delete, insert, select, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from supportdesk.database.engine import transaction
from supportdesk.domain import attempts, passwords
from supportdesk.domain.actor import NOBODY, Actor
from supportdesk.domain.commands.sessions import token_hash
from supportdesk.domain.commands.settings import check_admin
from supportdesk.domain.errors import Changed, Invalid, NotFound, Refused
from supportdesk.domain.events import EventKind, record
from supportdesk.domain.ids import new_id
from supportdesk.domain.models import Audience, PasswordReset, User
from supportdesk.domain.text import clean

OVER = "This link was used, has expired or was replaced. Ask an admin for a new one."


async def make_reset_link(actor: Actor, user_id: UUID) -> str:
    """Return the token of a link that works once, for a day; older ones work no more.

    Raises:
        NotFound: no such person.
        Refused: only admins may, and only for who can sign in.
        Changed: another admin has made one in this moment.
    """
    check_admin(actor)
    token = secrets.token_urlsafe(32)
    try:
        async with transaction(actor) as tx:
            active = await tx.scalar(select(col(User.active)).where(col(User.id) == user_id))
            if active is None:
                raise NotFound("person")
            if not active:
                raise Refused("Reactivate the account first: nobody can sign in to it.")
            await tx.execute(delete(PasswordReset).where(col(PasswordReset.user_id) == user_id))
            await tx.execute(
                insert(PasswordReset).values(
                    user_id=user_id, token_hash=token_hash(token), created_by=actor.user_id
                )
            )
            await record(
                tx, actor, EventKind.RESET_LINK_MADE, subject_id=user_id, audience=Audience.ADMINS
            )
    except IntegrityError as error:
        if not isinstance(error.orig, UniqueViolation):
            raise
        raise Changed("Another admin has just made a link for this person.") from error
    return token


async def withdraw_reset_link(actor: Actor, user_id: UUID) -> None:
    """Have the link work no more. Raises `NotFound` when there is none, or `Refused`."""
    check_admin(actor)
    async with transaction(actor) as tx:
        gone = await tx.execute(
            delete(PasswordReset)
            .where(col(PasswordReset.user_id) == user_id)
            .returning(col(PasswordReset.user_id))
        )
        if gone.one_or_none() is None:
            raise NotFound("link")
        await record(
            tx, actor, EventKind.RESET_LINK_WITHDRAWN, subject_id=user_id, audience=Audience.ADMINS
        )


async def address_of(token: str) -> str:
    """Whose password the link sets, by their address; empty when it works no more."""
    async with transaction(NOBODY) as tx:
        found = await tx.scalar(
            text("SELECT password_reset_of(:hash)"), {"hash": token_hash(token)}
        )
    return found or ""


async def reset(token: str, password: str, *, ip: str = "", user_agent: str = "") -> UUID:
    """Spend the link: all sessions of its person end. Return their id.

    Raises:
        Invalid: the password may not be set; the link still works.
        Refused: the link is used up.
        TooManyAttempts: from this IP.
    """
    attempts.spend("", ip)
    address = await address_of(token)
    if not address:
        attempts.blame(ip)
        raise Refused(OVER)
    passwords.check_new(password)
    values = {
        "token": token_hash(token),
        "hash": await passwords.hash_password(password),
        "event_id": new_id(),
        "ip": ip,
        "agent": clean(user_agent),
    }
    async with transaction(NOBODY) as tx:
        user_id: UUID | None = await tx.scalar(
            text("SELECT reset_password(:token, :hash, :event_id, :ip, :agent)"), values
        )
    if user_id is None:
        raise Refused(OVER)
    attempts.forgive(address)
    return user_id


async def change(session: str, address: str, current: str, password: str) -> None:
    """Set one's own password, in the session of that token; the person's other sessions end.

    Raises:
        Invalid: the current password is not right, or the new one may not be set.
        Refused: the session is over.
        TooManyAttempts: as many as to sign in, but counted apart: who types the old password
            wrong here can still come in with the right one.
    """
    if not current:
        raise Invalid("Enter your current password.", "current")
    attempts.spend(f"own {address}", "")
    async with transaction(NOBODY) as tx:
        found = await tx.execute(
            text("SELECT password_hash FROM find_credentials(:address)"), {"address": address}
        )
        row = found.one_or_none()
    if not await passwords.verify(current, row.password_hash if row else None):
        raise Invalid("This is not your current password.", "current")
    attempts.forgive(f"own {address}")
    passwords.check_new(password)
    values = {
        "session": token_hash(session),
        "hash": await passwords.hash_password(password),
        "event_id": new_id(),
    }
    async with transaction(NOBODY) as tx:
        if not await tx.scalar(text("SELECT change_password(:session, :hash, :event_id)"), values):
            raise Refused("Your session is over. Sign in again.")
