"""Keeping what somebody has typed and not sent. No events: it is nobody else's business."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from supportdesk.database.engine import transaction
from supportdesk.domain.actor import Actor
from supportdesk.domain.ids import new_id
from supportdesk.domain.models import Audience, Draft
from supportdesk.domain.text import clean

LONGEST = 20_000
_LONGEST_FORM = 25_000

# A browser keeps what is typed a moment later, so that may come in when the very text has been
# sent: such a late comer is no draft.
_SENT = """
    SELECT FROM message WHERE conversation_id = :conversation_id AND sender_id = :owner_id
      AND created_at > now() - interval '1 minute' AND body = :sent
"""
_KEEP_REPLY = text(f"""
    INSERT INTO draft (id, owner_id, conversation_id, body, audience, form)
    SELECT :id, :owner_id, :conversation_id, :body, :audience, CAST(:form AS jsonb)
    WHERE NOT EXISTS ({_SENT})
    ON CONFLICT (owner_id, conversation_id) WHERE conversation_id IS NOT NULL
    DO UPDATE SET body = excluded.body, audience = excluded.audience, form = excluded.form,
        updated_at = now()
""")
_KEEP_TICKET = text("""
    INSERT INTO draft (id, owner_id, body, form)
    VALUES (:id, :owner_id, :body, CAST(:form AS jsonb))
    ON CONFLICT (owner_id) WHERE conversation_id IS NULL
    DO UPDATE SET body = coalesce(CAST(:new_body AS text), draft.body),
        form = draft.form || excluded.form, updated_at = now()
""")


async def keep_reply(
    actor: Actor,
    conversation_id: UUID,
    body: str,
    audience: Audience = Audience.EVERYONE,
    written_for: Audience = Audience.EVERYONE,
    since: int = 0,
) -> None:
    """Remember what stands in the box of that ticket. Nothing, to everyone, is no draft.

    `written_for` are the fewest that it has been addressed to, before it was to more; it was begun
    when the line in the place `since` was the last.
    """
    body = _storable(body)[:LONGEST]
    async with transaction(actor) as tx:
        if not body.strip() and audience is Audience.EVERYONE:
            await tx.execute(delete(Draft).where(reply_of(actor, conversation_id)))
            return
        values = {"body": body, "audience": audience, "sent": clean(body)}
        values["form"] = json.dumps({"written_for": written_for.value, "since": str(since)})
        keys = {"id": new_id(), "owner_id": actor.user_id, "conversation_id": conversation_id}
        await tx.execute(_KEEP_REPLY, {**keys, **values})


async def keep_new_ticket(
    actor: Actor, *, description: str | None = None, form: Mapping[str, str] | None = None
) -> None:
    """Remember these parts of the new ticket's form; the others stay as they were."""
    kept = {_storable(name): _storable(value) for name, value in (form or {}).items()}
    if len(json.dumps(kept)) > _LONGEST_FORM:
        return
    body = None if description is None else _storable(description)[:LONGEST]
    values = {"body": body or "", "new_body": body, "form": json.dumps(kept)}
    # A form that grew beyond all measure is nobody's honest draft: it stays as it was.
    with suppress(IntegrityError):
        async with transaction(actor) as tx:
            await tx.execute(_KEEP_TICKET, {"id": new_id(), "owner_id": actor.user_id, **values})


async def discard_new_ticket(actor: Actor) -> None:
    async with transaction(actor) as tx:
        await forget_new_ticket(tx, actor)


def reply_of(actor: Actor, conversation_id: UUID) -> ColumnElement[bool]:
    """Which draft it is: it goes in the transaction of what became of it."""
    return and_(col(Draft.owner_id) == actor.user_id, col(Draft.conversation_id) == conversation_id)


async def forget_new_ticket(tx: AsyncConnection, actor: Actor) -> None:
    """In the transaction in which it is filed."""
    await tx.execute(
        delete(Draft).where(
            col(Draft.owner_id) == actor.user_id, col(Draft.conversation_id).is_(None)
        )
    )


def _storable(text: str) -> str:
    """Without what PostgreSQL cannot hold; white space stays, for somebody is still typing."""
    return text.replace("\x00", "").encode(errors="ignore").decode()
