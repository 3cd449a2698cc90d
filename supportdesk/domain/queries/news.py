"""What came in a conversation since those of a circle who have it open were told last."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from supportdesk.database.engine import Reading, read_at_once
from supportdesk.domain.actor import Actor
from supportdesk.domain.circles import Circle
from supportdesk.domain.queries.thread import AFTER, PAGE, Line, as_line

# Of the people who have the conversation open, those who may not see it any more.
_LOST_ADMINS = """
SELECT unnest(CAST(:people AS uuid[])) EXCEPT SELECT id FROM "user" WHERE role = 'admin' AND active
"""
_LOST_PARTIES = """
SELECT unnest(CAST(:people AS uuid[]))
EXCEPT SELECT user_id FROM participant
WHERE conversation_id = :conversation_id AND reads = ANY (:reads)
"""
# How far a participant reads who belongs to the circle; of buyers it says nothing.
_READS = {
    Circle.BUYERS: ["everyone", "staff"],
    Circle.GUESTS: ["everyone"],
    Circle.SELLERS: ["staff"],
}
_NEWS = """
SELECT ARRAY({lost}) AS lost, news.* FROM (VALUES (true)) once
LEFT JOIN LATERAL ({lines}) news ON true ORDER BY news.seq
"""
_NEWS_FOR_ADMINS = text(_NEWS.format(lost=_LOST_ADMINS, lines=AFTER.text))
_NEWS_FOR_PARTIES = text(_NEWS.format(lost=_LOST_PARTIES, lines=AFTER.text))


@dataclass(frozen=True, slots=True)
class News:
    """`lines` are oldest first; `lost` are those of the asked-for who may not see them any more."""

    lines: tuple[Line, ...]
    lost: frozenset[UUID]


@dataclass(frozen=True, slots=True)
class Following:
    """One who follows a conversation, as one of a circle: what came after `seq`, at most a page of
    it, and who of these `people` of that circle is no longer to be told. `actor` is one of them."""

    actor: Actor
    circle: Circle
    conversation_id: UUID
    seq: int
    people: frozenset[UUID]

    @property
    def reading(self) -> Reading:
        return Reading(self.actor, *_news(self.circle, self.conversation_id, self.seq, self.people))


async def news_for(following: Following) -> News:
    """What there is to tell them."""
    reading = following.reading
    return as_news(await read_at_once(reading.actor, reading.query, reading.values))


async def news_within(tx: AsyncConnection, following: Following) -> News:
    """The same, in a transaction of one of them that the hub holds open."""
    reading = following.reading
    return as_news((await tx.execute(reading.query, reading.values)).all())


def _news(
    circle: Circle, conversation_id: UUID, seq: int, people: Iterable[UUID]
) -> tuple[TextClause, dict[str, Any]]:
    values = {"conversation_id": conversation_id, "seq": seq, "limit": PAGE}
    values["people"] = list(people)
    if circle is Circle.ADMINS:
        return _NEWS_FOR_ADMINS, values
    return _NEWS_FOR_PARTIES, {**values, "reads": _READS[circle]}


def as_news(rows: Sequence[Any]) -> News:
    lines = tuple(as_line(row) for row in rows if row.seq is not None)
    return News(lines, frozenset(rows[0].lost))
