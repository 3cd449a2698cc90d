"""The staff's notes on a ticket: one text, which nobody overwrites unseen.

The log says that they changed; what they said before is kept beside it, until they are taken away.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from supportdesk.database.engine import transaction
from supportdesk.domain.actor import Actor, Role
from supportdesk.domain.errors import Changed, Invalid, NotFound, Refused
from supportdesk.domain.events import EventKind, record
from supportdesk.domain.models import Audience, Ticket, TicketNote, User
from supportdesk.domain.queries.circles import guest_in
from supportdesk.domain.text import clean

MAX_LENGTH = 10_000
_NOT_THEIRS = "Only the staff can write notes."


async def write(actor: Actor, ticket_id: UUID, body: str, expected: str) -> None:
    """Replace the notes, which were `expected` when the actor began to write.

    Raises:
        NotFound: no such ticket for this actor.
        Refused: buyers and guests have no notes.
        Changed: somebody else has written meanwhile.
        Invalid: too long.
    """
    if actor.role is Role.BUYER:
        raise Refused(_NOT_THEIRS)
    body = clean(body)
    if len(body) > MAX_LENGTH:
        raise Invalid(f"Notes hold {MAX_LENGTH:,} characters; these are {len(body):,}.", "notes")
    async with transaction(actor) as tx:
        if await tx.scalar(select(col(Ticket.id)).where(col(Ticket.id) == ticket_id)) is None:
            raise NotFound
        if await guest_in(tx, actor, [ticket_id]):
            raise Refused(_NOT_THEIRS)
        now = select(col(TicketNote.body)).where(col(TicketNote.ticket_id) == ticket_id)
        before = await tx.scalar(now) or ""
        if before == body:
            return
        # Telling comes first: it takes the conversation's lock, so what is read after it holds.
        event_id = await record(
            tx,
            actor,
            EventKind.NOTES_CHANGED,
            conversation_id=ticket_id,
            audience=Audience.STAFF,
            data={"characters": {"from": len(before), "to": len(body)}},
        )
        found = await tx.execute(
            select(col(TicketNote.body), col(TicketNote.updated_by), col(User.name))
            .outerjoin(User, col(User.id) == col(TicketNote.updated_by))
            .where(col(TicketNote.ticket_id) == ticket_id)
        )
        row = found.one_or_none()
        if row and row.body != clean(expected) and row.updated_by != actor.user_id:
            raise Changed(
                f"{row.name or 'Somebody else'} has just changed the notes to “{row.body}”."
                " Your text is still in the box: leave it once more to put it in its place.",
                now=row.body,
            )
        values = {"body": body, "updated_by": actor.user_id, "event_id": event_id}
        await tx.execute(
            insert(TicketNote)
            .values(ticket_id=ticket_id, **values)
            .on_conflict_do_update(
                index_elements=["ticket_id"], set_={**values, "updated_at": func.now()}
            )
        )
