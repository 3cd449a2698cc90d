"""What one has typed and not sent. The database shows nobody the drafts of another."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from supportdesk.database.engine import transaction
from supportdesk.domain.actor import Actor
from supportdesk.domain.models import Audience, Draft


@dataclass(frozen=True, slots=True)
class Kept:
    body: str = ""
    audience: Audience = Audience.EVERYONE
    form: dict[str, str] = field(default_factory=dict)
    written_for: Audience = Audience.EVERYONE
    """Of a reply: the fewest that it has been addressed to, before it was to more."""
    since: int = 0
    """Of a reply: the place of the last line that stood there when it was begun; 0: not known."""


async def kept_for(actor: Actor, conversation_id: UUID | None) -> Kept:
    """The draft of the reply in that conversation; None: that of a new ticket."""
    wanted = select(col(Draft.body), col(Draft.audience), col(Draft.form)).where(
        col(Draft.owner_id) == actor.user_id,
        col(Draft.conversation_id) == conversation_id
        if conversation_id
        else col(Draft.conversation_id).is_(None),
    )
    async with transaction(actor) as tx:
        row = (await tx.execute(wanted)).one_or_none()
    if row is None:
        return Kept()
    audience = Audience(row.audience)
    if conversation_id is None:
        return Kept(row.body, audience, dict(row.form))
    written_for = Audience(row.form.get("written_for", audience))
    since = int(row.form.get("since", 0))
    return Kept(row.body, audience, written_for=written_for, since=since)
