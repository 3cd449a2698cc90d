"""Tickets to go to: those with the latest activity, narrowed by what is typed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from supportdesk.database.engine import transaction
from supportdesk.domain.actor import Actor
from supportdesk.domain.lifecycle import Status
from supportdesk.domain.queries import numbers
from supportdesk.domain.queries.ticket_rows import ALL_MINE, PLATFORM, SIDES
from supportdesk.domain.text import clean

SHOWN = 12
# Looking through these costs the same however many tickets there are; the search of the list finds
# the others, and a number finds any.
LOOKED_THROUGH = 300
TYPED_MAX_LENGTH = 100

_RECENT = """
WITH recent AS (
    SELECT c.id, {activity} AS active_at
    FROM conversation c {side}
    WHERE c.kind = 'ticket'
    ORDER BY {activity} DESC, c.id DESC
    LIMIT :looked_through
)
SELECT t.id, t.number, t.subject, t.status, buyer.name AS buyer, seller.name AS seller
FROM ticket t
JOIN conversation c ON c.id = t.id {side}
LEFT JOIN "user" buyer ON buyer.id = t.buyer_id
LEFT JOIN "user" seller ON seller.id = t.seller_id
WHERE t.number = :number
   OR t.id IN (SELECT id FROM recent)
  AND (strpos(lower(t.subject), :typed) > 0 OR strpos(t.number::text, :typed) > 0
       OR strpos(lower(coalesce(buyer.name, '')), :typed) > 0
       OR strpos(lower(coalesce(seller.name, '')), :typed) > 0)
ORDER BY t.number IS NOT DISTINCT FROM :number DESC, {activity} DESC, c.id DESC
LIMIT :shown
"""
_RECENT_FOR = {
    role: text(_RECENT.format(activity=side.activity, side=side.joined.format(threads=ALL_MINE)))
    for role, side in SIDES.items()
}


@dataclass(frozen=True, slots=True)
class RecentTicket:
    """`words` is what it is found by, first of all its number; also without the zeros."""

    id: str
    number: str
    words: str
    subject: str
    parties: str
    status_label: str


async def recent_for(actor: Actor, typed: str) -> tuple[RecentTicket, ...]:
    """The ticket of that number first, then the latest whose number, subject or people say it."""
    typed = clean(typed)[:TYPED_MAX_LENGTH].lower()
    number = numbers.meant(typed)
    values = {
        "typed": str(number) if number and not typed.isdigit() else typed,
        "number": number,
        "looked_through": LOOKED_THROUGH,
        "shown": SHOWN,
    }
    async with transaction(actor) as tx:
        rows = (await tx.execute(_RECENT_FOR[actor.role], values)).all()
    return tuple(_ticket(row) for row in rows)


def _ticket(row: Any) -> RecentTicket:
    number = numbers.spell(row.number)
    parties = f"{row.buyer or PLATFORM}, {row.seller or PLATFORM}"
    return RecentTicket(
        id=str(row.id),
        number=number,
        words=" ".join(f"{number} TC-{row.number} {row.subject} {parties}".split()),
        subject=row.subject,
        parties=parties,
        status_label=Status(row.status).label,
    )
