"""Canned replies as the staff has them at hand."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, text
from sqlmodel import col

from supportdesk.database.engine import transaction
from supportdesk.domain import placeholders
from supportdesk.domain.actor import Actor, Role
from supportdesk.domain.errors import NotFound
from supportdesk.domain.models import CannedReply
from supportdesk.domain.queries import numbers


@dataclass(frozen=True, slots=True)
class ReplyRow:
    """`mine` is one's own; the others are shared."""

    id: str
    name: str
    body: str
    mine: bool


async def all_for(actor: Actor) -> list[ReplyRow]:
    """One's own and the shared ones, by name. Buyers have none."""
    if actor.role is Role.BUYER:
        return []
    wanted = select(CannedReply).order_by(text("lower(name), owner_id NULLS LAST"))
    async with transaction(actor) as tx:
        rows = (await tx.execute(wanted)).all()
    return [ReplyRow(str(row.id), row.name, row.body, row.owner_id is not None) for row in rows]


_FACTS = text("""
    SELECT t.number, t.subject, buyer.name AS buyer, seller.name AS seller, me.name AS my_name
    FROM ticket t
    LEFT JOIN "user" buyer ON buyer.id = t.buyer_id
    LEFT JOIN "user" seller ON seller.id = t.seller_id
    LEFT JOIN "user" me ON me.id = :me
    WHERE t.id = :ticket_id
""")


async def filled_for(actor: Actor, reply_id: UUID, ticket_id: UUID, timezone: str) -> str:
    """The text of a reply, with the names of this ticket in it. Raises `NotFound`."""
    if actor.role is Role.BUYER:
        raise NotFound("reply")
    wanted = select(col(CannedReply.body)).where(col(CannedReply.id) == reply_id)
    async with transaction(actor) as tx:
        body = await tx.scalar(wanted)
        facts = {"me": actor.user_id, "ticket_id": ticket_id}
        ticket = (await tx.execute(_FACTS, facts)).one_or_none()
    if body is None or ticket is None:
        raise NotFound("reply")
    values = {
        "number": numbers.spell(ticket.number),
        "subject": ticket.subject,
        "buyer": ticket.buyer,
        "seller": ticket.seller,
        "my_name": ticket.my_name,
        "date": placeholders.today(timezone),
    }
    return placeholders.fill(body, values)
