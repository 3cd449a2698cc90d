"""Who is behind a session token."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from psycopg import sql

from supportdesk.database.engine import ask
from supportdesk.domain.actor import NOBODY, Actor, Role
from supportdesk.domain.commands.sessions import token_hash
from supportdesk.domain.zones import is_zone


@dataclass(frozen=True, slots=True)
class Viewer:
    """A signed-in person at one browser, with the time zone in which they read times there."""

    session_id: UUID
    actor: Actor
    name: str
    email: str
    timezone: str
    expires_at: datetime

    def at(self, zone: str | None) -> Viewer:
        """The same at a browser that says it is in `zone`; as before when that is none."""
        return replace(self, timezone=zone) if zone and is_zone(zone) else self


# The time zone of a browser that does not say where it is.
_UNTIL_TOLD = "UTC"
_SESSION = sql.SQL(
    "SELECT session_id, user_id, role, name, email, expires_at FROM session_actor({})"
)
_OPEN = sql.SQL("SELECT open_among({}::uuid[])")


async def open_among(sessions: Collection[UUID]) -> set[UUID]:
    """In which of these somebody is signed in still."""
    if not sessions:
        return set()
    row = await ask(NOBODY, _OPEN.format(list(sessions)))
    return set(row[0]) if row else set()


async def viewer_for(token: str | None) -> Viewer | None:
    """The viewer behind `token`; None when it is unknown, over, or of a deactivated person."""
    if not token:
        return None
    row = await ask(NOBODY, _SESSION.format(token_hash(token)))
    if row is None:
        return None
    session_id, user_id, role, name, email, expires_at = row
    actor = Actor(user_id, Role(role), session_id)
    return Viewer(session_id, actor, name, email, _UNTIL_TOLD, expires_at)
