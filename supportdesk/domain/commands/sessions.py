"""Signing up, in and out. A session is a random token; the database holds its SHA-256."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import text

from supportdesk.config import get_settings
from supportdesk.database.engine import transaction
from supportdesk.domain import attempts, passwords
from supportdesk.domain.actor import NOBODY
from supportdesk.domain.errors import Invalid, SignInFailed
from supportdesk.domain.ids import new_id
from supportdesk.domain.text import NAME_MAX_LENGTH, check_line, clean

# One @ with something on either side and a dot after it: everything else only a letter can prove.
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
ADDRESS_MAX_LENGTH = 254


@dataclass(frozen=True, slots=True)
class OpenedSession:
    """`token` goes into the browser's cookie and nowhere else."""

    token: str
    expires_at: datetime


def token_hash(token: str) -> bytes:
    # A made-up token may hold half a character, which is simply wrong, not an error.
    return hashlib.sha256(token.encode(errors="surrogatepass")).digest()


def check_address(address: str) -> str:
    """Return the address as it is stored; raise `Invalid` when it cannot be one."""
    address = clean(address).lower()
    if not _ADDRESS.fullmatch(address) or len(address) > ADDRESS_MAX_LENGTH:
        raise Invalid("Enter an e-mail address, like name@example.com.", "email")
    return address


async def sign_in(
    address: str, password: str, *, ip: str = "", user_agent: str = "", replaced: str | None = None
) -> OpenedSession:
    """Open a session. `replaced` is the token this browser held before; it ends.

    Raises:
        SignInFailed: unknown address, wrong password or deactivated, in the same time.
        TooManyAttempts: by this address, or from this IP.
    """
    address = clean(address).lower()[:ADDRESS_MAX_LENGTH]
    attempts.spend(address, ip)
    async with transaction(NOBODY) as tx:
        found = (
            await tx.execute(text("SELECT * FROM find_credentials(:address)"), {"address": address})
        ).one_or_none()
    password_hash = found.password_hash if found else None
    if not await passwords.verify(password, password_hash) or found is None:
        attempts.blame(ip)
        await _note_failure(address, ip, user_agent)
        raise SignInFailed
    attempts.forgive(address)
    return await open_session(found.user_id, ip=ip, user_agent=user_agent, replaced=replaced)


async def _note_failure(address: str, ip: str, user_agent: str) -> None:
    """For the log. The address is only looked up there: what was typed may be a password."""
    async with transaction(NOBODY) as tx:
        await tx.execute(
            text("SELECT note_failed_sign_in(:event_id, :address, :ip, :agent)"),
            {"event_id": new_id(), "address": address, "ip": ip, "agent": clean(user_agent)},
        )


async def open_session(
    user_id: UUID, *, ip: str = "", user_agent: str = "", replaced: str | None = None
) -> OpenedSession:
    """Start a session for somebody whose identity has just been proven."""
    token = secrets.token_urlsafe(32)
    expires_at = datetime.now(UTC) + timedelta(days=get_settings().session_days)
    async with transaction(NOBODY) as tx:
        await tx.execute(
            text(
                "SELECT open_session(:session_id, :user_id, :hash, :expires_at, :ip, :agent,"
                " :replaced, :event_id, :replaced_event_id)"
            ),
            {
                "session_id": new_id(),
                "user_id": user_id,
                "hash": token_hash(token),
                "expires_at": expires_at,
                "ip": ip,
                "agent": clean(user_agent),
                "replaced": token_hash(replaced) if replaced else None,
                "event_id": new_id(),
                "replaced_event_id": new_id(),
            },
        )
    return OpenedSession(token, expires_at)


async def sign_up(
    address: str, name: str, password: str, *, ip: str = "", user_agent: str = ""
) -> UUID:
    """Make a buyer's account and return its id. Raises `Invalid` or `TooManyAttempts`."""
    address = check_address(address)
    name = check_line(name, NAME_MAX_LENGTH, "Your name", "name")
    passwords.check_new(password)
    attempts.spend("", ip)
    attempts.blame(ip)  # Making accounts by the dozen is as unwelcome as guessing.
    user_id = new_id()
    hashed = await passwords.hash_password(password)
    async with transaction(NOBODY) as tx:
        made = await tx.scalar(
            text("SELECT sign_up(:user_id, :address, :name, :hash, :event_id, :ip, :agent)"),
            {
                "user_id": user_id,
                "address": address,
                "name": name,
                "hash": hashed,
                "event_id": new_id(),
                "ip": ip,
                "agent": clean(user_agent),
            },
        )
    if not made:
        raise Invalid("There is an account with this address. Sign in instead.", "email")
    return user_id


async def sign_out(token: str) -> None:
    """End the session of this token, in every tab; an unknown token is fine."""
    async with transaction(NOBODY) as tx:
        await tx.execute(
            text("SELECT close_session(:hash, :event_id)"),
            {"hash": token_hash(token), "event_id": new_id()},
        )
