"""What one does with one's own notifications. The database makes them by itself."""

from __future__ import annotations

from dataclasses import fields

from psycopg import sql
from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlmodel import col

from supportdesk.database.engine import ask, transaction
from supportdesk.domain.actor import NOBODY, Actor
from supportdesk.domain.commands.people import tell_of_preference
from supportdesk.domain.errors import Invalid
from supportdesk.domain.models import Notification, NotificationPreference
from supportdesk.domain.queries.notifications import Preferences

CHOICES = frozenset(field.name for field in fields(Preferences))


async def mark_all_read(actor: Actor) -> None:
    """Have all of them count as read. The messages do not: nobody has seen them by this."""
    async with transaction(actor) as tx:
        await tx.execute(
            update(Notification)
            .where(col(Notification.user_id) == actor.user_id, col(Notification.read_at).is_(None))
            .values(read_at=func.now())
        )


async def forget_seen() -> None:
    """Forget what was seen so long ago that nobody looks for it in the list any more."""
    await ask(NOBODY, sql.SQL("SELECT forget_seen_notifications()").format())


async def choose(actor: Actor, choice: str, wanted: bool) -> None:
    """Turn one sort of notification, the sound or the browser's own on or off.

    Raises:
        Invalid: there is no such choice.
    """
    if choice not in CHOICES or not isinstance(wanted, bool):
        raise Invalid("Choose one of the list.")
    row = {"user_id": actor.user_id, choice: wanted}
    column = col(getattr(NotificationPreference, choice))
    mine = col(NotificationPreference.user_id) == actor.user_id
    async with transaction(actor) as tx:
        before = await tx.scalar(select(column).where(mine))
        before = True if before is None else before
        if before is wanted:
            return
        await tx.execute(
            upsert(NotificationPreference)
            .values(**row)
            .on_conflict_do_update(index_elements=["user_id"], set_={choice: wanted})
        )
        await tell_of_preference(tx, actor, choice, before, wanted)
