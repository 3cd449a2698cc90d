"""Before somebody asks twice: their own open tickets that sound like the one they are writing."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import text

from supportdesk.database.engine import transaction
from supportdesk.domain.actor import Actor, Role
from supportdesk.domain.lifecycle import Status
from supportdesk.domain.queries import numbers

MOST = 3
_MOST_WORDS = 12
_SHORTEST = 4
_WORD = re.compile(r"\w+")
# Long enough to count as a word, and in every other subject.
_SAYS_NOTHING = frozenset(
    {
        "about", "after", "again", "also", "been", "before", "cannot", "could", "does", "doesn",
        "dont", "from", "have", "help", "here", "into", "just", "more", "need", "only", "please",
        "problem", "question", "some", "still", "that", "their", "them", "then", "there", "they",
        "this", "ticket", "want", "were", "what", "when", "where", "which", "while", "will",
        "with", "work", "working", "would", "your",
    }
)  # fmt: skip

_SIMILAR = text("""
    SELECT t.number, t.subject, t.status, count(*) AS shared
    FROM ticket t JOIN unnest(CAST(:words AS text[])) AS word
        ON to_tsvector('simple', t.subject) @@ to_tsquery('simple', word)
    WHERE t.status IN ('open', 'in_progress', 'waiting_on_customer')
      AND ((:buyer AND t.buyer_id = :me)
           OR (NOT :buyer AND t.buyer_id IS NULL AND t.seller_id = :me))
    GROUP BY t.id, t.number, t.subject, t.status, t.created_at
    ORDER BY shared DESC, t.created_at DESC
    LIMIT :most
""")


@dataclass(frozen=True, slots=True)
class Similar:
    number: str
    subject: str
    status_label: str


async def similar_for(actor: Actor, subject: str) -> list[Similar]:
    """The actor's own open tickets whose subject shares words with this one, the closest first.

    A word counts from its beginning, so one that is still being typed finds its ticket, too.
    """
    words = _words(subject)
    if not words or actor.role is Role.ADMIN:
        return []
    values = {
        "words": [f"'{word}':*" for word in words],
        "me": actor.user_id,
        "buyer": actor.role is Role.BUYER,
        "most": MOST,
    }
    async with transaction(actor) as tx:
        rows = (await tx.execute(_SIMILAR, values)).all()
    return [
        Similar(numbers.spell(row.number), row.subject, Status(row.status).label) for row in rows
    ]


def _words(subject: str) -> list[str]:
    found = dict.fromkeys(_WORD.findall(subject.lower()))
    return [
        word.replace("_", "") for word in found
        if len(word.replace("_", "")) >= _SHORTEST and word not in _SAYS_NOTHING
    ][:_MOST_WORDS]  # fmt: skip
