"""Writing in a conversation, and having read it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from supportdesk.database.engine import transaction
from supportdesk.domain import lifecycle
from supportdesk.domain.actor import NOBODY, Actor, Role
from supportdesk.domain.commands import drafts, tickets
from supportdesk.domain.errors import NotFound, Refused
from supportdesk.domain.events import EventKind, record
from supportdesk.domain.ids import new_id
from supportdesk.domain.lifecycle import Status
from supportdesk.domain.models import Audience, Message, Participant, Ticket
from supportdesk.domain.text import check_body

MAY_ADDRESS = {
    Role.BUYER: (Audience.EVERYONE,),
    Role.SELLER: (Audience.EVERYONE, Audience.STAFF),
    Role.ADMIN: (Audience.EVERYONE, Audience.STAFF, Audience.ADMINS),
}
_LAST_SEQ = 2**62


@dataclass(frozen=True, slots=True)
class Posted:
    """A saved message; `again` when this very send had been saved before."""

    id: UUID
    seq: int
    again: bool


async def post(
    actor: Actor,
    conversation_id: UUID,
    body: str,
    audience: Audience = Audience.EVERYONE,
    client_id: UUID | None = None,
    quote_id: UUID | None = None,
) -> Posted:
    """Say something, in answer to `quote_id` if given. The same `client_id` again returns the first
    result.

    Raises:
        Invalid: the text is empty or too long.
        NotFound: no such conversation for this actor, or no such message in it to quote.
        Refused: the ticket is closed, or the actor may not address this audience.
    """
    body = check_body(body)
    if audience not in MAY_ADDRESS[actor.role]:
        raise Refused("You cannot write to this audience.")
    client_id = client_id or new_id()
    async with transaction(actor) as tx:
        if quote_id is not None:
            await _check_quote(tx, conversation_id, quote_id)
        posted = await post_within(tx, actor, conversation_id, body, audience, client_id, quote_id)
        await drafts.forget_reply(tx, actor, conversation_id)
        return posted


async def post_within(
    tx: AsyncConnection,
    actor: Actor,
    conversation_id: UUID,
    body: str,
    audience: Audience,
    client_id: UUID,
    quote_id: UUID | None = None,
) -> Posted:
    """`post` inside a transaction that is already open, with a body already checked."""
    status = await _status_of(tx, conversation_id)
    message_id = new_id()
    inserted = await tx.execute(
        insert(Message)
        .values(
            id=message_id,
            conversation_id=conversation_id,
            sender_id=actor.user_id,
            body=body,
            audience=audience,
            client_id=client_id,
            quote_id=quote_id,
        )
        .returning(col(Message.seq))
    )
    seq = inserted.scalar_one_or_none()
    if seq is None:
        return await _first_result(tx, actor, conversation_id, client_id)
    # Only now does this transaction hold the conversation: the ticket may have moved meanwhile.
    status = await _status_of(tx, conversation_id)
    if not lifecycle.accepts_messages(status):
        raise Refused("This ticket is closed. Reopen it to write; your text is still here.")
    await record(
        tx,
        actor,
        EventKind.MESSAGE_POSTED,
        conversation_id=conversation_id,
        subject_id=message_id,
        audience=audience,
    )
    if audience is Audience.EVERYONE:
        after = lifecycle.after_message(status, actor.role)
        if after is not status:
            await tickets.write(tx, actor, conversation_id, {"status": status}, {"status": after})
    return Posted(message_id, seq, again=False)


async def _check_quote(tx: AsyncConnection, conversation_id: UUID, quote_id: UUID) -> None:
    found = await tx.scalar(
        select(col(Message.id)).where(
            col(Message.id) == quote_id, col(Message.conversation_id) == conversation_id
        )
    )
    if found is None:
        raise NotFound("message")


async def _status_of(tx: AsyncConnection, conversation_id: UUID) -> Status:
    status = await tx.scalar(select(col(Ticket.status)).where(col(Ticket.id) == conversation_id))
    if status is None:
        raise NotFound
    return Status(status)


async def _first_result(
    tx: AsyncConnection, actor: Actor, conversation_id: UUID, client_id: UUID
) -> Posted:
    first = await tx.execute(
        select(col(Message.id), col(Message.seq)).where(
            col(Message.conversation_id) == conversation_id,
            col(Message.sender_id) == actor.user_id,
            col(Message.client_id) == client_id,
        )
    )
    row = first.one()
    return Posted(row.id, row.seq, again=True)


async def note_read(people: Sequence[UUID], conversation_id: UUID, seq: int) -> None:
    """`mark_read` for all who have the conversation open, in one statement.

    Acts for nobody in particular: the hub knows whose screens it has drawn, with their own rights.
    """
    values = {"thread": conversation_id, "people": list(people), "seq": seq}
    async with transaction(NOBODY) as tx:
        await tx.execute(text("SELECT note_read(:thread, CAST(:people AS uuid[]), :seq)"), values)


async def mark_unread(actor: Actor, conversation_id: UUID, seq: int) -> None:
    """Have the message in that place, and all after it, count as not yet seen by the actor."""
    if not 1 <= seq <= _LAST_SEQ:
        return
    async with transaction(actor) as tx:
        await tx.execute(
            update(Participant)
            .where(
                col(Participant.conversation_id) == conversation_id,
                col(Participant.user_id) == actor.user_id,
                col(Participant.last_read_seq) >= seq,
            )
            .values(last_read_seq=seq - 1)
        )


async def mark_read(actor: Actor, conversation_id: UUID, seq: int) -> None:
    """Remember that the actor has seen everything up to `seq`; never moves backwards."""
    async with transaction(actor) as tx:
        await tickets.note_admin(tx, actor, conversation_id)
        await tx.execute(
            update(Participant)
            .where(
                col(Participant.conversation_id) == conversation_id,
                col(Participant.user_id) == actor.user_id,
                col(Participant.last_read_seq) < seq,
            )
            .values(last_read_seq=seq)
        )
