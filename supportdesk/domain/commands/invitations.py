"""Inviting people: a link that makes one account of a role, once, within a week."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, insert, select, text, update
from sqlmodel import col

from supportdesk.database.engine import transaction
from supportdesk.domain import attempts, passwords
from supportdesk.domain.actor import NOBODY, Actor, Role
from supportdesk.domain.commands.sessions import check_address, token_hash
from supportdesk.domain.commands.settings import check_admin
from supportdesk.domain.errors import Invalid, NotFound, Refused
from supportdesk.domain.events import EventKind, record
from supportdesk.domain.ids import new_id
from supportdesk.domain.models import Audience, User
from supportdesk.domain.models import Invitation as Row
from supportdesk.domain.text import NAME_MAX_LENGTH, Problems, check_line, clean

_TAKEN = "There is an account with this address already."
OVER = "This link was used, has expired or was taken back. Ask an admin for a new one."


@dataclass(frozen=True, slots=True)
class Invitation:
    """What whoever holds the link is invited to; empty is what they may say themselves."""

    role: Role
    email: str
    name: str


async def invite(actor: Actor, role: Role, address: str = "", name: str = "") -> str:
    """Return the token of a new link, which is kept nowhere.

    Raises:
        Invalid: the address or the name cannot be one, or there is an account with the address.
        Refused: only admins may.
    """
    check_admin(actor)
    problems = Problems()
    with problems.noted():
        address = check_address(address) if clean(address) else ""
    with problems.noted():
        name = check_line(name, NAME_MAX_LENGTH, "The name", "name") if clean(name) else ""
    problems.tell()
    token, invitation_id = secrets.token_urlsafe(32), new_id()
    async with transaction(actor) as tx:
        if address and await tx.scalar(select(col(User.id)).where(col(User.email) == address)):
            raise Invalid(_TAKEN, "email")
        await tx.execute(
            insert(Row).values(
                id=invitation_id,
                role=role,
                email=address,
                name=name,
                token_hash=token_hash(token),
                created_by=actor.user_id,
            )
        )
        told = {"role": role, "email": address, "name": name}
        await record(
            tx, actor, EventKind.PERSON_INVITED,
            subject_id=invitation_id, audience=Audience.ADMINS, data=told,
        )  # fmt: skip
    return token


async def revoke(actor: Actor, invitation_id: UUID) -> None:
    """Have the link work no more. Raises `NotFound` when it does not anyway, or `Refused`."""
    check_admin(actor)
    async with transaction(actor) as tx:
        revoked = await tx.execute(
            update(Row)
            .where(
                col(Row.id) == invitation_id,
                col(Row.used_at).is_(None),
                col(Row.revoked_at).is_(None),
            )
            .values(revoked_at=func.now())
            .returning(col(Row.role), col(Row.email), col(Row.name))
        )
        row = revoked.mappings().one_or_none()
        if row is None:
            raise NotFound("invitation")
        await record(
            tx, actor, EventKind.INVITATION_REVOKED,
            subject_id=invitation_id, audience=Audience.ADMINS, data=dict(row),
        )  # fmt: skip


async def find(token: str) -> Invitation | None:
    """What the link invites to; None when it works no more, or never did."""
    async with transaction(NOBODY) as tx:
        found = await tx.execute(
            text("SELECT role, email, name FROM invitation_of(:hash)"), {"hash": token_hash(token)}
        )
        row = found.one_or_none()
    return Invitation(Role(row.role), row.email, row.name) if row else None


async def accept(
    token: str, address: str, name: str, password: str, *, ip: str = "", user_agent: str = ""
) -> UUID:
    """Spend the link and return the id of the new account.

    An address that the invitation names is the one, whatever is given.

    Raises:
        Invalid: for the form; the link still works.
        Refused: the link is used up.
        TooManyAttempts: from this IP.
    """
    attempts.spend("", ip)
    invitation = await find(token)
    if invitation is None:
        attempts.blame(ip)
        raise Refused(OVER)
    address = invitation.email or check_address(address)
    name = check_line(name, NAME_MAX_LENGTH, "Your name", "name")
    passwords.check_new(password)
    user_id = new_id()
    values = {
        "token": token_hash(token),
        "id": user_id,
        "address": address,
        "name": name,
        "hash": await passwords.hash_password(password),
        "event_id": new_id(),
        "ip": ip,
        "agent": clean(user_agent),
    }
    async with transaction(NOBODY) as tx:
        became = await tx.scalar(
            text(
                "SELECT accept_invitation(:token, :id, :address, :name, :hash, :event_id,"
                " :ip, :agent)"
            ),
            values,
        )
    if became == "taken":
        attempts.blame(ip)
        raise Invalid(_TAKEN, "email")
    if became != "accepted":
        raise Refused(OVER)
    return user_id
