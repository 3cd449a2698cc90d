"""Who is behind a session token."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from supportdesk.database.engine import transaction
from supportdesk.domain.actor import NOBODY, Actor, Role
from supportdesk.domain.commands.sessions import token_hash


@dataclass(frozen=True, slots=True)
class Viewer:
    """A signed-in person at one browser."""

    session_id: UUID
    actor: Actor
    name: str
    email: str
    timezone: str
    expires_at: datetime


async def viewer_for(token: str | None) -> Viewer | None:
    """The viewer behind `token`; None when it is unknown, over, or of a deactivated person."""
    if not token:
        return None
    async with transaction(NOBODY) as tx:
        row = (
            await tx.execute(
                text("SELECT * FROM session_actor(:hash)"), {"hash": token_hash(token)}
            )
        ).one_or_none()
    if row is None:
        return None
    actor = Actor(row.user_id, Role(row.role))
    return Viewer(row.session_id, actor, row.name, row.email, row.timezone, row.expires_at)
