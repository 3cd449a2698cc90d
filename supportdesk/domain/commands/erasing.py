"""Erasing a person: the desk forgets who they were, and their tickets stay readable.

What that means for each table stands in one place, `alembic/versions/0025`.
"""

from __future__ import annotations

from uuid import UUID

from psycopg.errors import DeadlockDetected
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from supportdesk.database.engine import transaction
from supportdesk.domain.actor import Actor
from supportdesk.domain.commands.people import by_the_rules, held, leave_teams
from supportdesk.domain.commands.settings import check_admin
from supportdesk.domain.errors import Invalid, Refused
from supportdesk.domain.ids import new_id
from supportdesk.domain.text import clean

ALREADY = "This person has been erased already."
_ERASE = text("SELECT erase_person(:person, :event_id)")
_WHO = text('SELECT name, email, erased_at FROM "user" WHERE id = :person')
# It touches whatever the person was part of, while others go on working there.
_TRIES = 3


async def erase(actor: Actor, user_id: UUID, typed: str) -> None:
    """Forget somebody for good; `typed` is their address or name, to show that it is meant.

    Raises:
        NotFound: no such person.
        Invalid: something else was typed.
        Refused: only admins may, not themselves, not the last of them, and once.
    """
    check_admin(actor)
    if user_id == actor.user_id:
        raise Refused("You cannot erase yourself. Another admin can.")
    for _ in range(_TRIES):
        try:
            async with by_the_rules():
                return await _erase(actor, user_id, clean(typed).casefold())
        except DBAPIError as error:
            if not isinstance(error.orig, DeadlockDetected):
                raise
    raise Refused("Others are changing what concerns this person just now. Try again.")


async def _erase(actor: Actor, user_id: UUID, typed: str) -> None:
    async with transaction(actor) as tx:
        await held(tx, user_id)
        who = (await tx.execute(_WHO, {"person": user_id})).one()
        if who.erased_at is not None:
            raise Refused(ALREADY)
        if typed not in (who.name.casefold(), who.email.casefold()):
            raise Invalid(f"Type {who.email} or {who.name} to confirm.", "confirm")
        await leave_teams(tx, actor, user_id, who.name)
        await tx.execute(_ERASE, {"person": user_id, "event_id": new_id()})
