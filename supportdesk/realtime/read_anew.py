"""Reading what a view of a conversation is asked for, as one of those who have it open."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from supportdesk.database.engine import transaction
from supportdesk.domain.queries import news, thread
from supportdesk.domain.queries.news import Following
from supportdesk.domain.queries.thread import Line, Receipt
from supportdesk.domain.queries.ticket_facts import TicketFacts, facts_within
from supportdesk.realtime.asked import Asked, Found, may_change_facts, not_seen_yet


@dataclass(frozen=True, slots=True)
class Known:
    """What they have been told of by now."""

    facts: TicketFacts | None
    receipt: Receipt
    lines: tuple[Line, ...]


async def read_anew(asked: Asked, following: Following, known: Known) -> Found:
    """What there is that is not known. Raises `DatabaseUnavailable`."""
    if asked.only_receipt:
        return await _receipt(following, known)
    if asked.anything:
        return await _all(asked, following, known)
    # For almost every message that was not told of with its post: the fastest way.
    told = await news.news_for(following)
    return Found(told, receipt=not_seen_yet(told.lines))


async def _receipt(following: Following, known: Known) -> Found:
    """A message that is not told of yet has not been seen either, and is told as such."""
    seq, receipt = await thread.receipt_for(following.actor, following.conversation_id)
    same = seq > following.seq or receipt == known.receipt
    return Found(receipt=None if same else receipt)


async def _all(asked: Asked, following: Following, known: Known) -> Found:
    """As it is in one moment."""
    actor, conversation_id = following.actor, following.conversation_id
    async with transaction(actor, one_moment=True) as tx:
        told = await news.news_within(tx, following)
        if actor.user_id in told.lost:
            return Found(told)
        again = await _amended(tx, conversation_id, asked.amended, known.lines)
        facts = None
        if asked.facts or may_change_facts(known.facts, (*told.lines, *again.values())):
            facts = await facts_within(tx, actor, conversation_id)
        receipt = not_seen_yet(told.lines)
        if asked.receipt:
            receipt = await thread.receipt_within(tx, conversation_id)
    return Found(
        told,
        again,
        facts if facts != known.facts else None,
        receipt if receipt != known.receipt else None,
    )


async def _amended(
    tx: AsyncConnection, conversation_id: UUID, amended: set[UUID], known: tuple[Line, ...]
) -> dict[str, Line]:
    """The lines that have changed, and those that quote them."""
    if not amended:
        return {}
    changed = {str(id_) for id_ in amended}
    quoting = {UUID(line.id) for line in known if line.quote and line.quote.id in changed}
    lines = await thread.lines_named(tx, conversation_id, [*(amended | quoting)])
    return {line.id: line for line in lines}
