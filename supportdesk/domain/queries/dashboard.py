"""How much there is behind each tab of the dashboard."""

from __future__ import annotations

from supportdesk.domain.actor import Actor
from supportdesk.domain.queries import inbox
from supportdesk.domain.queries.filters import UNDONE, Filters
from supportdesk.domain.queries.moderation import waiting_for


async def counts_for(actor: Actor) -> dict[str, str]:
    """By tab, as it is shown; for admins. `tickets` are those that are not settled, `requests` wait
    for a decision."""
    tickets = await inbox.count_for(actor, Filters(statuses=UNDONE))
    return {"tickets": tickets.spelled, "requests": str(await waiting_for(actor))}
