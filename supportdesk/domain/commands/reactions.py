"""A reaction: one emoji of one person under a message."""

from __future__ import annotations

from uuid import UUID

import emoji as emojis
from sqlalchemy import delete, func, insert, select
from sqlmodel import col

from supportdesk.database.engine import transaction
from supportdesk.domain.actor import Actor
from supportdesk.domain.errors import Invalid, NotFound, Refused
from supportdesk.domain.events import EventKind, record
from supportdesk.domain.models import Audience, Message, Reaction

# More kinds of them than this under one message say nothing any more.
_KINDS_PER_MESSAGE = 20


async def toggle(actor: Actor, message_id: UUID, emoji: str) -> None:
    """Put the actor's reaction there, or take it away.

    Raises:
        Invalid: that is not one emoji.
        NotFound: no such message for this actor, or it was deleted.
        Refused: there are many different ones already.
    """
    if not emojis.is_emoji(emoji):
        raise Invalid("Choose one emoji.")
    async with transaction(actor) as tx:
        found = await tx.execute(
            select(col(Message.conversation_id), col(Message.audience)).where(
                col(Message.id) == message_id, col(Message.deleted_at).is_(None)
            )
        )
        message = found.one_or_none()
        if message is None:
            raise NotFound("message")
        taken_away = await tx.execute(
            delete(Reaction).where(
                col(Reaction.message_id) == message_id,
                col(Reaction.user_id) == actor.user_id,
                col(Reaction.emoji) == emoji,
            )
        )
        if not taken_away.rowcount:
            kinds = await tx.scalar(
                select(func.count(func.distinct(col(Reaction.emoji)))).where(
                    col(Reaction.message_id) == message_id, col(Reaction.emoji) != emoji
                )
            )
            if (kinds or 0) >= _KINDS_PER_MESSAGE:
                raise Refused("There are many reactions here already. Choose one of them.")
            await tx.execute(
                insert(Reaction).values(message_id=message_id, user_id=actor.user_id, emoji=emoji)
            )
        await record(
            tx,
            actor,
            EventKind.REACTION_CHANGED,
            conversation_id=message.conversation_id,
            subject_id=message_id,
            audience=Audience(message.audience),
            data={"emoji": emoji, "there": not taken_away.rowcount},
        )
