"""What the demo's admins have settled: categories, tags, fields, templates, replies, a view."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from supportdesk.demo.stories import Story
from supportdesk.domain.ids import new_id
from supportdesk.domain.models import (
    CannedReply,
    Category,
    FieldDefinition,
    SavedView,
    Tag,
    Ticket,
    TicketField,
    TicketNote,
    TicketTag,
    TicketTemplate,
)

_CATEGORIES = ("Delivery", "Returns", "Payment", "Product", "Shop and account")
# Colours are places in the palette.
_TAGS = {
    "carrier": (7, "The parcel service has to look into it"),
    "refund": (3, "Money goes back to the buyer"),
    "exchange": (5, "Something is sent in return for something else"),
    "damaged": (0, "Arrived broken, scratched or incomplete"),
    "invoice": (8, "About the paper, not the money"),
    "payout": (4, "Money on its way to a seller"),
    "bug": (1, "The marketplace itself does not do what it should"),
    "privacy": (10, "Somebody may have seen what is not theirs"),
    "vip": (9, "Answer first"),
}
_TEMPLATES = (
    ("Something arrived damaged", "problem", "Arrived damaged",
     "Order number:\nWhat is damaged, and how:\nI would rather have (a new one / money back):"),
    ("A parcel is missing", "problem", "Where is my parcel?",
     "Order number:\nWhat the tracking says:\nWhere you have looked:"),
    ("A question about a product", "question", "",
     "Hello {seller},\n\nI would like to know:"),
    ("An idea", "feature_request", "", "What I would like to do:\nHow I do it today:"),
)  # fmt: skip
_REPLIES = (
    ("Photo, please",
     "Hello {buyer},\n\ncould you send a photo of the damage and one of the box? Then we can "
     "settle {number} today."),
    ("Money is on its way",
     "Hello {buyer},\n\nyour refund left today. Banks take up to **five working days**."
     "\n\n{my_name}"),
    ("How to send it back",
     "Hello {buyer},\n\nthe label is in the box: put it over the old one and hand the parcel in "
     "wherever is near. We write again as soon as it is here."),
)  # fmt: skip
_CARRIERS = ("Parcel Post", "Swift", "By bicycle")


@dataclass(frozen=True, slots=True)
class Settings:
    """The ids of what tickets refer to, by name."""

    categories: dict[str, UUID]
    tags: dict[str, UUID]
    order: UUID
    carrier: UUID


async def settle(connection: AsyncConnection, admin: UUID) -> Settings:
    categories = {name: new_id() for name in _CATEGORIES}
    tags = {name: new_id() for name in _TAGS}
    order, carrier = new_id(), new_id()
    rows: dict[type, list[dict[str, Any]]] = {
        Category: [{"id": id_, "name": name} for name, id_ in categories.items()],
        Tag: [
            {"id": tags[name], "name": name, "hue": hue, "description": about, "created_by": admin}
            for name, (hue, about) in _TAGS.items()
        ],
        FieldDefinition: [
            {"id": order, "name": "Order", "kind": "text", "position": 1, "choices": []},
            {
                "id": carrier,
                "name": "Sent with",
                "kind": "choice",
                "position": 2,
                "choices": list(_CARRIERS),
                "ticket_type": "problem",
            },
        ],
        TicketTemplate: [
            {"id": new_id(), "name": name, "ticket_type": kind, "subject": subject, "body": body}
            for name, kind, subject, body in _TEMPLATES
        ],
        CannedReply: [{"id": new_id(), "name": name, "body": body} for name, body in _REPLIES],
        SavedView: [
            {
                "id": new_id(),
                "owner_id": admin,
                "name": "Urgent and not settled",
                "shared": True,
                "query": "status=open,in_progress,waiting_on_customer&priority=urgent",
            }
        ],
    }
    for table, values in rows.items():
        for value in values:
            await connection.execute(insert(table).values(**value))
    return Settings(categories, tags, order, carrier)


async def describe(
    connection: AsyncConnection,
    settings: Settings,
    story: Story,
    ticket_id: UUID,
    order: str,
    staff: UUID,
    begun: datetime,
    chance: random.Random,
) -> None:
    """What the staff has put on the ticket of that story."""
    values: dict[str, Any] = {"category_id": settings.categories[story.category]}
    if story.status not in ("resolved", "closed") and chance.random() < 0.4:
        values["due_at"] = begun + timedelta(days=chance.choice((2, 5, 20)))
    if story.status == "in_progress":
        values["assignee_id"] = staff
    await connection.execute(update(Ticket).where(col(Ticket.id) == ticket_id).values(**values))
    for tag in story.tags:
        await connection.execute(
            insert(TicketTag).values(
                ticket_id=ticket_id, tag_id=settings.tags[tag], added_by=staff, created_at=begun
            )
        )
    fields = {} if story.by_seller else {settings.order: order}
    if story.category in ("Delivery", "Returns") and story.type == "problem":
        fields[settings.carrier] = chance.choice(_CARRIERS)
    for field, value in fields.items():
        await connection.execute(
            insert(TicketField).values(ticket_id=ticket_id, field_id=field, value=value)
        )
    if "vip" in story.tags:
        await connection.execute(
            insert(TicketNote).values(
                ticket_id=ticket_id,
                body="Has ordered here for years. Ring them rather than write a third time.",
                updated_by=staff,
                updated_at=begun,
            )
        )
