"""Who takes part in a ticket besides its own parties: admins let them in, and put them out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from psycopg.errors import CheckViolation
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from supportdesk.database.engine import transaction
from supportdesk.domain.actor import Actor, Role
from supportdesk.domain.commands.settings import check_admin
from supportdesk.domain.errors import Invalid, NotFound, Refused
from supportdesk.domain.events import EventKind, record
from supportdesk.domain.models import Audience, Participant, Ticket, User

_ADD = text("SELECT add_participant(:ticket_id, :person_id, :reads)")
_REMOVE = text("SELECT remove_participant(:ticket_id, :person_id)")


async def add(actor: Actor, ticket_id: UUID, person_id: UUID, audience: Audience) -> None:
    """Let a buyer or seller take part and read all that is, and was, said to that audience.

    Raises:
        NotFound: no such ticket.
        Invalid: not somebody who can be let in, or not to that audience.
        Refused: only admins may, and nobody is let in twice.
    """
    check_admin(actor)
    async with transaction(actor) as tx:
        person = await _person(tx, person_id)
        if await _reads(tx, ticket_id, person_id) is not None:
            raise Refused(f"{person.name} takes part already.")
        await let_in(tx, actor, ticket_id, person_id, audience)


async def let_in(
    tx: AsyncConnection, actor: Actor, ticket_id: UUID, person_id: UUID, audience: Audience
) -> None:
    """`add` in a transaction that is already open; who takes part already reads so far from now
    on."""
    person = await _person(tx, person_id)
    check_audience(person, audience)
    await _find(tx, ticket_id)
    before = await _reads(tx, ticket_id, person_id)
    if not await _added(tx, ticket_id, person_id, audience):
        return
    told = {"person": person.name, "from": before, "to": audience}
    if before is None:
        await _tell(tx, actor, EventKind.PERSON_ADDED, ticket_id, person_id, told)
    else:
        kind = EventKind.READS_CHANGED
        await _tell(tx, actor, kind, ticket_id, person_id, told, Audience.STAFF)


async def set_reads(actor: Actor, ticket_id: UUID, person_id: UUID, audience: Audience) -> None:
    """Let a seller who takes part read more, or less. Raises like `add` and `remove`."""
    check_admin(actor)
    async with transaction(actor) as tx:
        person = await _person(tx, person_id)
        if await _reads(tx, ticket_id, person_id) is None:
            raise NotFound("person")
        await _refuse_party(tx, ticket_id, person)
        await let_in(tx, actor, ticket_id, person_id, audience)


async def remove(actor: Actor, ticket_id: UUID, person_id: UUID) -> None:
    """Put somebody out: they do not see the ticket any more; what they said stays.

    Raises:
        NotFound: no such ticket, or they do not take part.
        Refused: only admins may; neither the ticket's own parties nor admins can be put out.
    """
    check_admin(actor)
    async with transaction(actor) as tx:
        found = select(col(User.id), col(User.name), col(User.role)).where(
            col(User.id) == person_id
        )
        person = (await tx.execute(found)).one_or_none()
        if person is None:
            raise NotFound("person")
        if person.role == Role.ADMIN:
            raise Refused("Admins see every ticket, so they cannot be removed from one.")
        await _refuse_party(tx, ticket_id, person)
        before = await _reads(tx, ticket_id, person_id)
        if before is None:
            raise NotFound("person")
        # Before they go: the doorbell names those who take part, and they are to hear it.
        told = {"person": person.name, "from": before, "to": None}
        await _tell(tx, actor, EventKind.PERSON_REMOVED, ticket_id, person_id, told)
        if not await tx.scalar(_REMOVE, {"ticket_id": ticket_id, "person_id": person_id}):
            raise Refused(f"{person.name} has just been removed by somebody else.")


def check_audience(person: Any, audience: Audience) -> None:
    """Raises `Invalid` when somebody of that role cannot be let read that."""
    if audience is Audience.ADMINS:
        raise Invalid("What admins say among themselves is for admins alone.", "audience")
    if audience is Audience.STAFF and person.role != Role.SELLER:
        raise Invalid("A buyer reads only what is said to everyone.", "audience")


async def _person(tx: AsyncConnection, person_id: UUID) -> Any:
    found = await tx.execute(
        select(col(User.id), col(User.name), col(User.role)).where(
            col(User.id) == person_id, col(User.active), col(User.role) != Role.ADMIN
        )
    )
    row = found.one_or_none()
    if row is None:
        raise Invalid("Choose a buyer or a seller whose account is active.", "person")
    return row


async def _find(tx: AsyncConnection, ticket_id: UUID) -> None:
    if await tx.scalar(select(col(Ticket.id)).where(col(Ticket.id) == ticket_id)) is None:
        raise NotFound


async def _reads(tx: AsyncConnection, ticket_id: UUID, person_id: UUID) -> str | None:
    """How far they read there; None when they do not take part."""
    reads: str | None = await tx.scalar(
        select(col(Participant.reads)).where(
            col(Participant.conversation_id) == ticket_id, col(Participant.user_id) == person_id
        )
    )
    return reads


async def _refuse_party(tx: AsyncConnection, ticket_id: UUID, person: Any) -> None:
    found = await tx.execute(
        select(col(Ticket.buyer_id), col(Ticket.seller_id)).where(col(Ticket.id) == ticket_id)
    )
    parties = found.one_or_none()
    if parties is None:
        raise NotFound
    if person.id in parties:
        raise Refused(f"This is {person.name}'s own ticket: they always take part in it.")


async def _added(tx: AsyncConnection, ticket_id: UUID, person_id: UUID, audience: Audience) -> bool:
    values = {"ticket_id": ticket_id, "person_id": person_id, "reads": audience}
    try:
        return bool(await tx.scalar(_ADD, values))
    except IntegrityError as error:
        if not isinstance(error.orig, CheckViolation):
            raise
        raise Invalid("Choose a buyer or a seller whose account is active.", "person") from error


async def _tell(
    tx: AsyncConnection,
    actor: Actor,
    kind: EventKind,
    ticket_id: UUID,
    person_id: UUID,
    data: dict[str, Any],
    audience: Audience = Audience.EVERYONE,
) -> None:
    await record(
        tx,
        actor,
        kind,
        conversation_id=ticket_id,
        subject_id=person_id,
        audience=audience,
        data=data,
    )
