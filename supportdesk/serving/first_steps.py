"""What it takes before anybody can sign in: the demo, a first admin, or their new password."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import psycopg

from supportdesk import routes
from supportdesk.config import StartupError, get_settings
from supportdesk.database.engine import dispose_engine
from supportdesk.domain.commands import reports, setup
from supportdesk.domain.commands.sessions import token_hash
from supportdesk.domain.events import EventKind
from supportdesk.domain.ids import new_id
from supportdesk.serving.progress import say

_NOT_WORTH_A_WORD = 1.0


def require_embedded_for_demo() -> None:
    """The demo's passwords are known to all, so it stays out of databases that others reach."""
    if get_settings().database_url:
        raise StartupError(
            "The demo needs the embedded database, but SUPPORTDESK_DATABASE_URL is set."
        )


async def furnish(*, demo: bool) -> str | None:
    """Load the demo if asked to; return the link for the first admin if there is none yet."""
    async with _engine():
        if demo:
            await _load_demo()
        token = await setup.issue_link()
    return f"{get_settings().base_url}/setup?token={token}" if token else None


async def load_demo() -> None:
    async with _engine():
        await _load_demo()


def load_tickets(tickets: int, messages: int | None) -> None:
    """Fill an empty desk with made-up people and tickets, as many as one likes."""
    from supportdesk.seeding import load

    load.seed(get_settings().migration_database_url or "", tickets, messages or 10 * tickets, say)
    asyncio.run(sum_up())
    say(f"Everybody's password is {load.PASSWORD}: admin1@seed.test, seller1@seed.test, ...")


async def sum_up() -> None:
    """Seal what is over, before anybody asks for a report of it."""
    async with _engine():
        sealing = asyncio.create_task(reports.seal(datetime.now(UTC)))
        await asyncio.wait([sealing], timeout=_NOT_WORTH_A_WORD)
        if not sealing.done():
            say("Summing up what reports are read from ...")
        await sealing


async def create_admin(address: str, name: str, password: str) -> None:
    """Create the first admin at the terminal, through the same door as the link does."""
    async with _engine():
        token = await setup.issue_link()
        if token is None:
            raise StartupError("There is an admin already, who can make others admins in the desk.")
        await setup.create_first_admin(token, address, name, password)


def reset_link(address: str) -> str:
    """A link with which an admin sets a new password, for who runs the desk: no other admin may be
    left who could make one. It acts as the owner of the database, as no part of the desk does."""
    settings, token = get_settings(), secrets.token_urlsafe(32)
    with psycopg.connect(settings.migration_database_url or settings.database_url or "") as owner:
        owner.execute("SET LOCAL ROLE supportdesk_system")
        made = owner.execute(
            "INSERT INTO password_reset AS r (user_id, token_hash, created_by)"
            " SELECT id, %s, id FROM \"user\" WHERE email = %s AND role = 'admin' AND active"
            " ON CONFLICT (user_id) DO UPDATE SET token_hash = excluded.token_hash,"
            " created_by = r.user_id, created_at = now(), expires_at = now() + interval '24 hours'"
            " RETURNING user_id",
            [token_hash(token), address.strip().lower()],
        ).fetchone()
        if made is None:
            raise StartupError("There is no active admin with this address.")
        owner.execute(
            "INSERT INTO event (id, kind, subject_id, audience) VALUES (%s, %s, %s, 'admins')",
            [new_id(), EventKind.RESET_LINK_MADE, made[0]],
        )
    return f"{settings.base_url}{routes.reset_password(token)}"


async def _load_demo() -> None:
    # Only those who want the demo pay for what it imports.
    from supportdesk.demo.load import load

    say("Loading the demo ...")
    if not await load():
        say("The desk is not empty, so the demo was not loaded.")


@asynccontextmanager
async def _engine() -> AsyncIterator[None]:
    """Connections belong to one event loop and must not outlive it."""
    try:
        yield
    finally:
        await dispose_engine()
