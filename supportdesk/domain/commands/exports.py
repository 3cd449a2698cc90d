"""That something left the desk as a file is worth a line in the log, too."""

from __future__ import annotations

from uuid import UUID

from supportdesk.database.engine import transaction
from supportdesk.domain.actor import Actor
from supportdesk.domain.commands.settings import check_admin
from supportdesk.domain.events import EventKind, record
from supportdesk.domain.models import Audience


async def note_log(actor: Actor, format_: str, query: str, lines: int) -> None:
    """Tell that the actor has taken so many lines of the log with them. Raises `Refused`."""
    check_admin(actor)
    data = {"format": format_, "query": query, "lines": lines}
    async with transaction(actor) as tx:
        await record(tx, actor, EventKind.LOG_EXPORTED, audience=Audience.ADMINS, data=data)


async def note_person(actor: Actor, person_id: UUID) -> None:
    """Somebody has asked for all that is kept of a person, who may be themselves."""
    async with transaction(actor) as tx:
        await record(
            tx, actor, EventKind.PERSON_EXPORTED, subject_id=person_id, audience=Audience.ADMINS
        )
