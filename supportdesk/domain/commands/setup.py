"""The first admin of an empty desk, by a link that works once."""

from __future__ import annotations

import secrets
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from supportdesk.database.engine import transaction
from supportdesk.domain import passwords
from supportdesk.domain.actor import NOBODY
from supportdesk.domain.commands.sessions import check_address, token_hash
from supportdesk.domain.errors import Invalid, Refused
from supportdesk.domain.ids import new_id
from supportdesk.domain.text import NAME_MAX_LENGTH, check_line, clean


async def issue_link() -> str | None:
    """Return a new token for `/setup`, which ends older ones; None when there is an admin."""
    token = secrets.token_urlsafe(32)
    async with transaction(NOBODY) as tx:
        issued = await tx.scalar(
            text("SELECT issue_setup_link(:id, :hash)"), {"id": new_id(), "hash": token_hash(token)}
        )
    return token if issued else None


async def link_works(token: str) -> bool:
    """Whether the first admin can still be created with this link."""
    async with transaction(NOBODY) as tx:
        return bool(
            await tx.scalar(text("SELECT setup_link_works(:hash)"), {"hash": token_hash(token)})
        )


async def create_first_admin(
    token: str, address: str, name: str, password: str, *, ip: str = "", user_agent: str = ""
) -> UUID:
    """Spend the link. Raises `Invalid` for the form, `Refused` when the link is used up."""
    address = check_address(address)
    name = check_line(name, NAME_MAX_LENGTH, "Your name", "name")
    passwords.check_new(password)
    if not await link_works(token):
        raise Refused("This link has been used or replaced. Restart the desk for a new one.")
    user_id = new_id()
    hashed = await passwords.hash_password(password)
    identity = {"id": user_id, "address": address, "name": name, "hash": hashed}
    where = {"ip": ip, "agent": clean(user_agent)}
    try:
        async with transaction(NOBODY) as tx:
            created = await tx.scalar(
                text(
                    "SELECT create_first_admin(:token, :id, :address, :name, :hash, :event_id,"
                    " :ip, :agent)"
                ),
                {"token": token_hash(token), "event_id": new_id(), **identity, **where},
            )
    except IntegrityError as error:
        raise Invalid("There is an account with this address already.", "email") from error
    if not created:
        raise Refused("This link has been used or replaced. Restart the desk for a new one.")
    return user_id
