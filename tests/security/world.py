"""Three tickets with everything private that a desk can hold, and names for all its rows.

t1  bea to sol. bea's description, sol's staff note, ada's note for admins, a status line,
    a star of abe's.
t2  ben to the platform. ben's description, ada's answer.
t3  sia to the platform. sia's description, ada's staff note.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import psycopg

from supportdesk.domain.commands import filing, messages, sessions, tickets
from supportdesk.domain.commands.filing import NewTicket
from supportdesk.domain.ids import new_id
from supportdesk.domain.lifecycle import Status
from supportdesk.domain.models import Audience
from tests.support.cast import Cast


@dataclass(frozen=True)
class World:
    cast: Cast
    t1: UUID
    t2: UUID
    t3: UUID
    names: dict[UUID, str] = field(default_factory=dict)

    def name(self, *key: Any) -> str:
        """What a row with this key is called here."""
        return "/".join(self.names[part] if isinstance(part, UUID) else str(part) for part in key)


async def furnish(cast: Cast, owner_url: str) -> World:
    """Make it by the commands that people use, and by hand what has no command yet."""

    async def file(actor: Any, label: str, seller: UUID | None = None) -> UUID:
        new = NewTicket(f"{label} subject", f"{label}-description", seller_id=seller)
        return (await filing.file_ticket(actor, new)).id

    t1 = await file(cast.bea, "t1", cast.sol.user_id)
    t2 = await file(cast.ben, "t2")
    t3 = await file(cast.sia, "t3")
    await messages.post(cast.sol, t1, "t1-staff", Audience.STAFF)
    await messages.post(cast.ada, t1, "t1-admins", Audience.ADMINS)
    await tickets.set_status(cast.sol, t1, Status.IN_PROGRESS)
    await tickets.set_star(cast.abe, t1, True)
    await messages.post(cast.ada, t2, "t2-answer")
    await messages.post(cast.ada, t3, "t3-staff", Audience.STAFF)
    await sessions.open_session(cast.bea.user_id)
    world = World(cast, t1, t2, t3)
    world.names.update({t1: "t1", t2: "t2", t3: "t3"})
    world.names.update({actor.user_id: cast.name_of(actor.user_id) for actor in cast})
    with psycopg.connect(owner_url) as connection:
        _add_rest(connection, cast, world)
    return world


def _add_rest(connection: psycopg.Connection[Any], cast: Cast, world: World) -> None:
    link = new_id()
    connection.execute(
        "INSERT INTO setup_link (id, token_hash) VALUES (%s, sha256('spare'))", [link]
    )
    team = connection.execute("SELECT id FROM team").fetchone()[0]
    connection.execute(
        "INSERT INTO team_member (team_id, user_id) VALUES (%s, %s)", [team, cast.ada.user_id]
    )
    world.names.update({link: "link", team: "team"})
    for session, person in connection.execute("SELECT id, user_id FROM session"):
        world.names[session] = f"session of {world.names[person]}"
    for message, body in connection.execute("SELECT id, body FROM message"):
        world.names[message] = body
    about = "SELECT id, kind, coalesce(subject_id, conversation_id) FROM event"
    for event, kind, subject in connection.execute(about):
        world.names[event] = f"{kind} {world.names[subject]}"
