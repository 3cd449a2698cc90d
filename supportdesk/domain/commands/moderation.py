"""Against abuse: reports, people who may only read, and what is taken away from everybody."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from supportdesk.database.engine import transaction
from supportdesk.domain.actor import Actor, Role
from supportdesk.domain.commands import amending
from supportdesk.domain.commands.joining import check_reason
from supportdesk.domain.commands.settings import check_admin
from supportdesk.domain.errors import Changed, Invalid, NotFound, Refused
from supportdesk.domain.events import EventKind, record
from supportdesk.domain.ids import new_id
from supportdesk.domain.models import (
    AbuseReport,
    Audience,
    Block,
    Message,
    ReportState,
    Ticket,
    User,
)
from supportdesk.domain.queries import numbers

_WORDS = {
    ReportState.DISMISSED: "dismissed this report",
    ReportState.MESSAGE_DELETED: "deleted the message",
    ReportState.PERSON_BLOCKED: "blocked this person",
}
_DELETE_CHAT = text("SELECT messages, files FROM delete_chat(:ticket_id)")
_DELETE_TICKET = text("SELECT delete_ticket(:ticket_id)")


# People who may read, but not write.


async def block(actor: Actor, person_id: UUID) -> None:
    """Let somebody read and not write, until it is lifted; twice is once.

    Raises:
        NotFound: no such person.
        Refused: only admins may, and not to each other.
    """
    check_admin(actor)
    async with transaction(actor) as tx:
        await _block(tx, actor, person_id)


async def unblock(actor: Actor, person_id: UUID) -> None:
    """Let them write again. Raises like `block`."""
    check_admin(actor)
    async with transaction(actor) as tx:
        person = await _person(tx, person_id)
        lifted = delete(Block).where(col(Block.person_id) == person_id)
        if await tx.scalar(lifted.returning(col(Block.person_id))) is not None:
            await _tell_of_person(tx, actor, EventKind.PERSON_UNBLOCKED, person)


async def _block(tx: AsyncConnection, actor: Actor, person_id: UUID) -> None:
    person = await _person(tx, person_id)
    if person.role == Role.ADMIN:
        raise Refused("An admin cannot be blocked. Deactivate the account instead.")
    made = insert(Block).values(person_id=person_id, blocked_by=actor.user_id)
    made = made.on_conflict_do_nothing()
    if await tx.scalar(made.returning(col(Block.person_id))) is not None:
        await _tell_of_person(tx, actor, EventKind.PERSON_BLOCKED, person)


async def _person(tx: AsyncConnection, person_id: UUID) -> Any:
    columns = (col(User.id), col(User.name), col(User.role))
    row = (await tx.execute(select(*columns).where(col(User.id) == person_id))).one_or_none()
    if row is None:
        raise NotFound("person")
    return row


async def _tell_of_person(tx: AsyncConnection, actor: Actor, kind: EventKind, person: Any) -> None:
    writes, reads = "may write", "may only read"
    before, now = (writes, reads) if kind is EventKind.PERSON_BLOCKED else (reads, writes)
    data = {"person": person.name, "from": before, "to": now}
    await record(tx, actor, kind, subject_id=person.id, audience=Audience.ADMINS, data=data)


# Reports.


async def report(actor: Actor, message_id: UUID, reason: str) -> None:
    """Have the admins look at a message; twice is once. Who wrote it learns nothing of it.

    Raises:
        Invalid: no reason, or a long one.
        NotFound: no such message for this actor, or it was deleted.
        Refused: it is the actor's own, or one of very many.
    """
    reason = check_reason(reason)
    async with transaction(actor) as tx:
        sender = await tx.scalar(
            select(col(Message.sender_id)).where(
                col(Message.id) == message_id, col(Message.deleted_at).is_(None)
            )
        )
        if sender is None:
            raise NotFound("message")
        if sender == actor.user_id:
            raise Refused("This message is your own. You can delete it.")
        values = {"message_id": message_id, "reporter_id": actor.user_id, "reason": reason}
        await tx.execute(insert(AbuseReport).values(id=new_id(), **values).on_conflict_do_nothing())


async def dismiss(actor: Actor, report_id: UUID) -> None:
    """Nothing has to be done.

    Raises:
        Changed: another admin was faster; the sentence says who.
        NotFound: no such report.
        Refused: only admins may.
    """
    async with transaction(actor) as tx:
        await _decide(tx, actor, report_id, ReportState.DISMISSED)


async def delete_reported(actor: Actor, report_id: UUID) -> None:
    """Take the message away, which answers all reports of it. Raises like `dismiss`."""
    async with transaction(actor) as tx:
        found = await _decide(tx, actor, report_id, ReportState.MESSAGE_DELETED)
        others = select(col(AbuseReport.id)).where(
            col(AbuseReport.message_id) == found.message_id,
            col(AbuseReport.state) == ReportState.WAITING,
        )
        for other in (await tx.execute(others)).scalars().all():
            await _decide(tx, actor, other, ReportState.MESSAGE_DELETED)
        standing = select(col(Message.id)).where(
            col(Message.id) == found.message_id, col(Message.deleted_at).is_(None)
        )
        if await tx.scalar(standing) is not None:
            await amending.delete_within(tx, actor, found.message_id)


async def block_reported(actor: Actor, report_id: UUID) -> None:
    """Let who wrote it read, and not write. Raises like `dismiss` and `block`."""
    async with transaction(actor) as tx:
        found = await _decide(tx, actor, report_id, ReportState.PERSON_BLOCKED)
        await _block(tx, actor, found.person_id)


async def _decide(tx: AsyncConnection, actor: Actor, report_id: UUID, state: ReportState) -> Any:
    """The report, which waited until now: of two admins, one decides."""
    check_admin(actor)
    decided = await tx.execute(
        update(AbuseReport)
        .where(col(AbuseReport.id) == report_id, col(AbuseReport.state) == ReportState.WAITING)
        .values(state=state, decided_by=actor.user_id, decided_at=func.now())
        .returning(
            col(AbuseReport.message_id),
            col(AbuseReport.conversation_id),
            col(AbuseReport.person_id),
        )
    )
    row = decided.one_or_none()
    if row is None:
        raise await _overtaken(tx, report_id)
    await record(
        tx,
        actor,
        EventKind.REPORT_DECIDED,
        conversation_id=row.conversation_id,
        subject_id=row.message_id,
        audience=Audience.ADMINS,
        data={"report": str(report_id), "from": ReportState.WAITING, "to": state},
    )
    return row


async def _overtaken(tx: AsyncConnection, report_id: UUID) -> Exception:
    found = await tx.execute(
        select(col(User.name), col(AbuseReport.state))
        .join(User, col(User.id) == col(AbuseReport.decided_by))
        .where(col(AbuseReport.id) == report_id)
    )
    row = found.one_or_none()
    if row is None:
        return NotFound("report")
    return Changed(f"{row.name} was faster and has {_WORDS[ReportState(row.state)]}.")


# What is taken away from everybody.


async def delete_chat(actor: Actor, ticket_id: UUID, typed: str) -> None:
    """Delete all messages of a ticket, and their files; `typed` is its number, to be sure.

    Raises:
        Invalid: that is not its number.
        NotFound: no such ticket.
        Refused: only admins may.
    """
    check_admin(actor)
    async with transaction(actor) as tx:
        ticket = await _confirmed(tx, ticket_id, typed)
        gone = (await tx.execute(_DELETE_CHAT, {"ticket_id": ticket_id})).one()
        # How many there were is known to admins: some of them nobody else saw.
        data = {"number": ticket.number, "messages": gone.messages, "files": gone.files}
        await _tell_of_ticket(tx, actor, EventKind.CHAT_DELETED, ticket_id, data)
        await record(tx, actor, EventKind.CHAT_EMPTIED, conversation_id=ticket_id)


async def delete_ticket(actor: Actor, ticket_id: UUID, typed: str) -> None:
    """Delete a ticket and all that is in it; the log of what happened stays. Raises like
    `delete_chat`."""
    check_admin(actor)
    async with transaction(actor) as tx:
        ticket = await _confirmed(tx, ticket_id, typed)
        gone = (await tx.execute(_DELETE_CHAT, {"ticket_id": ticket_id})).one()
        data = {
            "number": ticket.number,
            "subject": ticket.subject,
            "buyer": str(ticket.buyer_id) if ticket.buyer_id else None,
            "seller": str(ticket.seller_id) if ticket.seller_id else None,
            "messages": gone.messages,
            "files": gone.files,
        }
        # Before it goes: the doorbell names those who take part.
        await _tell_of_ticket(tx, actor, EventKind.TICKET_DELETED, ticket_id, data)
        await tx.execute(_DELETE_TICKET, {"ticket_id": ticket_id})


async def _confirmed(tx: AsyncConnection, ticket_id: UUID, typed: str) -> Any:
    columns = (Ticket.number, Ticket.subject, Ticket.buyer_id, Ticket.seller_id)
    found = select(*(col(each) for each in columns)).where(col(Ticket.id) == ticket_id)
    ticket = (await tx.execute(found)).one_or_none()
    if ticket is None:
        raise NotFound
    if numbers.read(typed.strip()) != ticket.number:
        raise Invalid(f"Type {numbers.spell(ticket.number)} to confirm.", "confirmation")
    return ticket


async def _tell_of_ticket(
    tx: AsyncConnection, actor: Actor, kind: EventKind, ticket_id: UUID, data: dict[str, Any]
) -> None:
    await record(tx, actor, kind, conversation_id=ticket_id, audience=Audience.ADMINS, data=data)
