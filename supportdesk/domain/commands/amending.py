"""Second thoughts: editing a message, deleting it.

The database keeps the earlier texts of an edited message, for the staff, and nothing of a deleted
one.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from supportdesk.database.engine import transaction
from supportdesk.domain import rules
from supportdesk.domain.actor import Actor, Role
from supportdesk.domain.errors import Deleted, NotFound, Refused
from supportdesk.domain.events import EventKind, record
from supportdesk.domain.models import Audience, Message
from supportdesk.domain.queries import mentions
from supportdesk.domain.rule_words import several
from supportdesk.domain.text import check_body


async def text_of(actor: Actor, message_id: UUID) -> str:
    """What was typed, to begin an edit with. Raises `NotFound` or `Refused`, as `edit` would."""
    async with transaction(actor) as tx:
        message = await _standing(tx, message_id)
    _check_own(actor, message)
    return str(message.body)


async def edit(actor: Actor, message_id: UUID, body: str) -> None:
    """Say it in other words; the same words change nothing.

    Raises:
        Invalid: the text is empty or too long.
        NotFound: no such message for this actor, or it was deleted.
        Refused: it is somebody else's, or too old.
    """
    async with transaction(actor) as tx:
        message = await _standing(tx, message_id)
        _check_own(actor, message)
        body = check_body(body, may_be_empty=message.files > 0)
        if message.body == body:
            return
        named = await mentions.named_in(
            tx, actor, message.conversation_id, body, Audience(message.audience)
        )
        edited_at = await tx.scalar(
            update(Message)
            .where(col(Message.id) == message_id)
            .values(body=body, mentions=named)
            .returning(col(Message.edited_at))
        )
        # By this the log finds the texts before and after, for as long as the message stands.
        told = {"edited_at": edited_at.isoformat() if edited_at else None}
        await _tell(tx, actor, EventKind.MESSAGE_EDITED, message, told)


async def delete(actor: Actor, message_id: UUID) -> None:
    """Take it back: one's own for a while, anybody's as an admin. Raises as `edit` does."""
    async with transaction(actor) as tx:
        await delete_within(tx, actor, message_id)


async def delete_within(tx: AsyncConnection, actor: Actor, message_id: UUID) -> None:
    """`delete` inside a transaction that is already open."""
    message = await _standing(tx, message_id)
    if actor.role is not Role.ADMIN:
        _check_own(actor, message)
    await tx.execute(
        update(Message)
        .where(col(Message.id) == message_id)
        .values(body="", mentions={}, deleted_at=func.now())
    )
    told = {
        "characters": len(message.body),
        "files": message.files,
        "sender_id": str(message.sender_id),
    }
    await _tell(tx, actor, EventKind.MESSAGE_DELETED, message, told)


async def _standing(tx: AsyncConnection, message_id: UUID) -> Any:
    found = await tx.execute(
        select(
            col(Message.id),
            col(Message.conversation_id),
            col(Message.sender_id),
            col(Message.body),
            col(Message.audience),
            col(Message.created_at),
            col(Message.files),
            col(Message.deleted_at),
        ).where(col(Message.id) == message_id)
    )
    row = found.one_or_none()
    if row is None:
        raise NotFound("message")
    if row.deleted_at is not None:
        raise Deleted
    return row


def _check_own(actor: Actor, message: Any) -> None:
    minutes = rules.now().message_edit_minutes
    if message.sender_id != actor.user_id:
        raise Refused("Only the person who wrote a message can change it.")
    if datetime.now(UTC) - message.created_at > timedelta(minutes=minutes):
        window = several(minutes, "minutes")
        can = f"A message can be changed for {window}." if minutes else "No message can be changed."
        raise Refused(f"{can} Write another one instead.")


async def _tell(
    tx: AsyncConnection, actor: Actor, kind: EventKind, message: Any, data: dict[str, Any]
) -> None:
    await record(
        tx,
        actor,
        kind,
        conversation_id=message.conversation_id,
        subject_id=message.id,
        audience=Audience(message.audience),
        data=data,
    )
