"""What the form for a new ticket offers."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from supportdesk.database.engine import transaction
from supportdesk.domain import placeholders
from supportdesk.domain.actor import Actor, Role
from supportdesk.domain.errors import NotFound
from supportdesk.domain.models import Category, FieldDefinition, Tag, TicketTemplate
from supportdesk.domain.queries.people import SellerChoice, sellers_within


@dataclass(frozen=True, slots=True)
class Named:
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class TemplateChoice:
    id: str
    name: str
    type: str


@dataclass(frozen=True, slots=True)
class FieldChoice:
    """A custom field; `type` is empty when all types are asked for it."""

    key: str
    name: str
    kind: str
    type: str
    required: bool
    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TagChoice:
    id: str
    name: str
    hue: int


@dataclass(frozen=True, slots=True)
class Offer:
    sellers: tuple[SellerChoice, ...]
    categories: tuple[Named, ...]
    templates: tuple[TemplateChoice, ...]
    fields: tuple[FieldChoice, ...]
    tags: tuple[TagChoice, ...]


async def offer_for(actor: Actor) -> Offer:
    """All of it, in one transaction. Sellers are for buyers to choose, tags for the staff."""
    async with transaction(actor) as tx:
        return Offer(
            sellers=tuple(await sellers_within(tx, actor)),
            categories=await _categories(tx),
            templates=await _templates(tx),
            fields=await _fields(tx),
            tags=() if actor.role is Role.BUYER else await _tags(tx),
        )


async def _categories(tx: AsyncConnection) -> tuple[Named, ...]:
    rows = await tx.execute(select(Category).order_by(col(Category.name)))
    return tuple(Named(str(row.id), row.name) for row in rows)


async def _templates(tx: AsyncConnection) -> tuple[TemplateChoice, ...]:
    rows = await tx.execute(
        select(TicketTemplate).where(col(TicketTemplate.active)).order_by(col(TicketTemplate.name))
    )
    return tuple(TemplateChoice(str(row.id), row.name, row.ticket_type) for row in rows)


async def _fields(tx: AsyncConnection) -> tuple[FieldChoice, ...]:
    rows = await tx.execute(
        select(FieldDefinition)
        .where(col(FieldDefinition.active))
        .order_by(col(FieldDefinition.position), col(FieldDefinition.id))
    )
    return tuple(
        FieldChoice(
            f"field:{row.id}", row.name, row.kind, row.ticket_type or "", row.required,
            tuple(row.choices),
        )
        for row in rows
    )  # fmt: skip


async def _tags(tx: AsyncConnection) -> tuple[TagChoice, ...]:
    rows = await tx.execute(select(Tag).order_by(col(Tag.name)))
    return tuple(TagChoice(str(row.id), row.name, row.hue) for row in rows)


@dataclass(frozen=True, slots=True)
class FilledTemplate:
    subject: str
    body: str


_NAMES = text("""
    SELECT (SELECT name FROM "user" WHERE id = :me) AS my_name,
           (SELECT name FROM "user" WHERE id = :seller) AS seller
""")


async def filled_template(
    actor: Actor, template_id: UUID, seller_id: UUID | None, timezone: str
) -> FilledTemplate:
    """A template as this person would begin with it. Raises `NotFound`."""
    wanted = select(TicketTemplate).where(
        col(TicketTemplate.id) == template_id, col(TicketTemplate.active)
    )
    async with transaction(actor) as tx:
        template = (await tx.execute(wanted)).one_or_none()
        names = (await tx.execute(_NAMES, {"me": actor.user_id, "seller": seller_id})).one()
    if template is None:
        raise NotFound("template")
    seller = names.my_name if actor.role is Role.SELLER else names.seller
    values = {
        "my_name": names.my_name,
        "buyer": names.my_name if actor.role is Role.BUYER else None,
        "seller": seller,
        "date": placeholders.today(timezone),
    }
    return FilledTemplate(
        placeholders.fill(template.subject, values), placeholders.fill(template.body, values)
    )
