"""What came in a conversation since those of a circle who have it open were told last."""

from __future__ import annotations

from collections.abc import Sequence
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
# The same where nothing but plain messages came, as far as they show it: a third of the work.
_PLAIN = """
SELECT ARRAY({lost}) AS lost, news.* FROM (VALUES (true)) once
LEFT JOIN LATERAL (
    SELECT m.seq, m.id, 'message' AS kind, m.sender_id, m.body, m.audience, m.created_at,
           m.edited_at, m.deleted_at, m.quote_id, m.client_id, m.mentions, m.files,
           NULL AS quote_seq, NULL AS reactions, NULL AS attached, who.name, who.role
    FROM message m
    LEFT JOIN LATERAL (SELECT u.name, u.role FROM "user" u WHERE u.id = m.sender_id) who ON true
    WHERE m.conversation_id = :conversation_id AND m.seq > :seq ORDER BY m.seq LIMIT :limit
) news ON true ORDER BY news.seq
"""
_NEWS_FOR_ADMINS = text(_NEWS.format(lost=_LOST_ADMINS, lines=AFTER.text))
_NEWS_FOR_PARTIES = text(_NEWS.format(lost=_LOST_PARTIES, lines=AFTER.text))
_PLAIN_FOR_ADMINS = text(_PLAIN.format(lost=_LOST_ADMINS))
_PLAIN_FOR_PARTIES = text(_PLAIN.format(lost=_LOST_PARTIES))


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
        return self._asking(_NEWS_FOR_ADMINS, _NEWS_FOR_PARTIES)

    @property
    def plain_reading(self) -> Reading:
        """For `plain_news`."""
        return self._asking(_PLAIN_FOR_ADMINS, _PLAIN_FOR_PARTIES)

    def _asking(self, of_admins: TextClause, of_parties: TextClause) -> Reading:
        values = {"conversation_id": self.conversation_id, "seq": self.seq, "limit": PAGE}
        values["people"] = self.people
        if self.circle is Circle.ADMINS:
            return Reading(self.actor, of_admins, values)
        return Reading(self.actor, of_parties, {**values, "reads": _READS[self.circle]})


async def news_for(following: Following) -> News:
    """What there is to tell them."""
    reading = following.reading
    return as_news(await read_at_once(reading.actor, reading.query, reading.values))


async def news_within(tx: AsyncConnection, following: Following) -> News:
    """The same, in a transaction of one of them that the hub holds open."""
    reading = following.reading
    values = {**reading.values, "people": list(following.people)}
    return as_news((await tx.execute(reading.query, values)).all())


def plain_news(following: Following, rows: Sequence[Any]) -> News | None:
    """What there is to tell them; None when that is more than messages of words alone, or when
    something stands between that was not read: they have to ask for all of it.

    What people did about a message since it was saved rings for itself.
    """
    news = as_news(rows)
    first = following.seq + 1
    if [line.seq for line in news.lines] != list(range(first, first + len(news.lines))):
        return None
    return None if any(row.quote_id or row.files for row in rows) else news


def as_news(rows: Sequence[Any]) -> News:
    lines = tuple(as_line(row) for row in rows if row.seq is not None)
    return News(lines, frozenset(rows[0].lost))
