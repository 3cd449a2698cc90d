"""Writes the demo. It alone sets times and numbers that people could not have made now.

So it acts as `supportdesk_system`, through the embedded database's owner, which no part of the
running desk logs in as.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, text, update
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool
from sqlmodel import col

from supportdesk.config import get_settings
from supportdesk.demo.settings import describe, settle
from supportdesk.demo.stories import ORDERS, PRODUCTS, STORIES, Story
from supportdesk.domain import changes as telling
from supportdesk.domain import passwords
from supportdesk.domain.ids import new_id
from supportdesk.domain.lifecycle import Status
from supportdesk.domain.models import Conversation, Event, Message, Participant, Ticket, User

PASSWORD = "demo-pass-1"  # noqa: S105 - known to all, on a desk that only this machine reaches
PEOPLE = {
    "bea": "buyer",
    "ben": "buyer",
    "sol": "seller",
    "sia": "seller",
    "ada": "admin",
    "abe": "admin",
    "max": "buyer",
}
_WEEKS = 3
_AUDIENCES = {"staff": "staff", "admins": "admins"}


@dataclass(frozen=True, slots=True)
class _Cast:
    buyer: UUID
    seller: UUID
    admin: UUID

    def who(self, part: str) -> UUID:
        return {"buyer": self.buyer, "admin": self.admin, "admins": self.admin}.get(
            part, self.seller
        )


async def load() -> bool:
    """Fill an empty desk; return False, and change nothing, when it has people already."""
    owner_url = get_settings().migration_database_url or ""
    engine = create_async_engine(
        "postgresql+psycopg" + owner_url.removeprefix("postgresql"), poolclass=NullPool
    )
    try:
        async with engine.begin() as connection:
            await connection.execute(text("SET LOCAL ROLE supportdesk_system"))
            if await connection.scalar(text('SELECT EXISTS (SELECT FROM "user")')):
                return False
            people = await _add_people(connection)
            await _tell_stories(connection, people)
        return True
    finally:
        await engine.dispose()


async def _add_people(connection: AsyncConnection) -> dict[str, UUID]:
    hashed = await passwords.hash_password(PASSWORD)
    people = {name: new_id() for name in PEOPLE}
    await connection.execute(
        insert(User),
        [
            {
                "id": people[name],
                "email": f"{name}@demo.test",
                "name": name.capitalize(),
                "role": role,
                "password_hash": hashed,
            }
            for name, role in PEOPLE.items()
        ],
    )
    return people


async def _tell_stories(connection: AsyncConnection, people: dict[str, UUID]) -> None:
    """Oldest first, so that numbers and times agree. The same every time but for the clock."""
    chance = random.Random(7)  # noqa: S311 - variety, not secrecy
    settings = await settle(connection, people["ada"])
    told = [(story, turn) for turn in range(len(ORDERS)) for story in STORIES]
    now = datetime.now(UTC)
    step = timedelta(weeks=_WEEKS) / len(told)
    for index, (story, turn) in enumerate(told):
        cast = _Cast(
            buyer=people["bea" if (index + turn) % 2 else "ben"],
            seller=people["sol" if (index + turn) % 3 else "sia"],
            admin=people["ada" if index % 4 else "abe"],
        )
        begun = now - step * (len(told) - index) + step * chance.uniform(0, 0.3)
        lasts = min(step * 0.6, now - begun)
        ticket_id = await _tell(connection, story, turn, cast, begun, lasts, chance)
        staff = cast.admin if story.by_seller else cast.seller
        await describe(connection, settings, story, ticket_id, ORDERS[turn], staff, begun, chance)
        await _read(connection, cast, people, up_to_date=index < len(told) - 9, chance=chance)


async def _tell(
    connection: AsyncConnection,
    story: Story,
    turn: int,
    cast: _Cast,
    begun: datetime,
    lasts: timedelta,
    chance: random.Random,
) -> UUID:
    words = {"order": ORDERS[turn], "product": PRODUCTS[turn]}
    ticket_id = new_id()
    requester = cast.seller if story.by_seller else cast.buyer
    await connection.execute(
        insert(Conversation).values(
            id=ticket_id,
            kind="ticket",
            created_by=requester,
            created_at=begun,
            activity_everyone=begun,
            activity_staff=begun,
            activity_admins=begun,
        )
    )
    await connection.execute(
        insert(Ticket).values(
            id=ticket_id,
            subject=story.subject.format(**words),
            type=story.type,
            priority=story.priority,
            buyer_id=None if story.by_seller else cast.buyer,
            seller_id=cast.seller,
            created_at=begun,
        )
    )
    await _record(connection, "ticket_filed", requester, ticket_id, begun)
    pause = lasts / (len(story.lines) + 1)
    at = begun
    for line in story.lines:
        part, _, body = line.partition(": ")
        await connection.execute(
            insert(Message).values(
                id=new_id(),
                conversation_id=ticket_id,
                sender_id=cast.who(part),
                body=body.format(**words),
                audience=_AUDIENCES.get(part, "everyone"),
                client_id=new_id(),
                created_at=at,
            )
        )
        at += pause * chance.uniform(0.5, 1)
    if story.status != "open":
        helpers = [cast.who(line.partition(": ")[0]) for line in story.lines]
        last_word = next(who for who in reversed(helpers) if who != requester)
        await _move(connection, ticket_id, story.status, last_word, at)
    return ticket_id


async def _move(
    connection: AsyncConnection, ticket_id: UUID, status: str, by: UUID, at: datetime
) -> None:
    await connection.execute(
        update(Ticket).where(col(Ticket.id) == ticket_id).values(status=status)
    )
    if status in ("resolved", "closed"):
        await connection.execute(
            update(Ticket).where(col(Ticket.id) == ticket_id).values(resolved_at=at)
        )
    entry = telling.entry("status", Status.OPEN, status, Status(status).label)
    change = {"changes": [entry]}
    await _record(connection, "ticket_changed", by, ticket_id, at, in_thread=True, data=change)


async def _record(
    connection: AsyncConnection,
    kind: str,
    actor: UUID,
    ticket_id: UUID,
    at: datetime,
    *,
    in_thread: bool = False,
    data: dict[str, Any] | None = None,
) -> None:
    await connection.execute(
        insert(Event).values(
            id=new_id(),
            kind=kind,
            actor_id=actor,
            conversation_id=ticket_id,
            in_thread=in_thread,
            data=data or {},
            created_at=at,
        )
    )


async def _read(
    connection: AsyncConnection,
    cast: _Cast,
    people: dict[str, UUID],
    *,
    up_to_date: bool,
    chance: random.Random,
) -> None:
    """Let most of it have been read by most: what is bold should be little, and recent."""
    newest = "SELECT id, last_seq FROM conversation ORDER BY id DESC LIMIT 1"
    conversation = (await connection.execute(text(newest))).one()
    for name in ("ada", "abe"):
        await connection.execute(
            text(
                "INSERT INTO participant (conversation_id, user_id, audience)"
                " VALUES (:id, :user_id, 'admins') ON CONFLICT DO NOTHING"
            ),
            {"id": conversation.id, "user_id": people[name]},
        )
    for user_id in (cast.buyer, cast.seller, people["ada"], people["abe"]):
        behind = 0 if up_to_date or chance.random() < 0.5 else chance.choice((1, 1, 2))
        await connection.execute(
            update(Participant)
            .where(
                col(Participant.conversation_id) == conversation.id,
                col(Participant.user_id) == user_id,
            )
            # Whoever wrote has read as far as that.
            .values(
                last_read_seq=func.greatest(
                    col(Participant.last_read_seq), conversation.last_seq - behind
                )
            )
        )
