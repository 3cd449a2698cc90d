"""What admins note about people, for each other."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import delete, insert, select
from sqlmodel import col

from supportdesk.database.engine import transaction
from supportdesk.domain.actor import Actor
from supportdesk.domain.commands.people import by_the_rules
from supportdesk.domain.commands.settings import check_admin
from supportdesk.domain.errors import Invalid, NotFound
from supportdesk.domain.events import EventKind, record
from supportdesk.domain.ids import new_id
from supportdesk.domain.models import Audience, PersonNote, User
from supportdesk.domain.text import check_room

MAX_LENGTH = 10_000


async def add(actor: Actor, person_id: UUID, body: str) -> UUID:
    """Note something about somebody.

    Raises `Invalid`, `NotFound`, or `Refused`: only admins, and not about who was erased.
    """
    check_admin(actor)
    body = check_room(body, MAX_LENGTH, "The note", "note")
    if not body:
        raise Invalid("Write something first.", "note")
    note_id = new_id()
    async with by_the_rules(), transaction(actor) as tx:
        if await tx.scalar(select(col(User.id)).where(col(User.id) == person_id)) is None:
            raise NotFound("person")
        note = {"id": note_id, "person_id": person_id, "author_id": actor.user_id, "body": body}
        await tx.execute(insert(PersonNote).values(**note))
        await record(
            tx, actor, EventKind.PERSON_NOTE_ADDED,
            subject_id=person_id, audience=Audience.ADMINS, data={"note": str(note_id)},
        )  # fmt: skip
    return note_id


async def remove(actor: Actor, note_id: UUID) -> None:
    """Throw a note away, whoever wrote it. What it said is gone from the log, too: it never was
    there. Raises `NotFound`, or `Refused`: only admins."""
    check_admin(actor)
    async with transaction(actor) as tx:
        gone = await tx.execute(
            delete(PersonNote)
            .where(col(PersonNote.id) == note_id)
            .returning(col(PersonNote.person_id), col(PersonNote.author_id))
        )
        row = gone.one_or_none()
        if row is None:
            raise NotFound("note")
        told = {"note": str(note_id), "author": str(row.author_id)}
        await record(
            tx, actor, EventKind.PERSON_NOTE_DELETED,
            subject_id=row.person_id, audience=Audience.ADMINS, data=told,
        )  # fmt: skip
