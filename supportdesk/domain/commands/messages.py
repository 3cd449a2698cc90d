"""Writing in a conversation, and having read it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from psycopg import errors, sql
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from supportdesk.database.engine import ask, ask_and_read, transaction
from supportdesk.database.spelling import Spelled, call, opened, spelled
from supportdesk.domain import lifecycle
from supportdesk.domain.actor import NOBODY, Actor, Role
from supportdesk.domain.circles import circle_of
from supportdesk.domain.commands import attachments, drafts, tickets
from supportdesk.domain.commands.attachments import Sent
from supportdesk.domain.errors import NotFound, Refused
from supportdesk.domain.events import EventKind, told_of
from supportdesk.domain.ids import new_id
from supportdesk.domain.lifecycle import Status
from supportdesk.domain.models import Audience, Draft, Message, Participant, Ticket
from supportdesk.domain.queries import mentions
from supportdesk.domain.queries.circles import guest_in
from supportdesk.domain.queries.news import Following, News, plain_news
from supportdesk.domain.text import check_body

# As far as anybody of that role is let.
MAY_ADDRESS = {role: circle_of(role).audiences for role in Role}
_NOT_TO_THEM = "You cannot write to this audience."
_LAST_SEQ = 2**62
# What the database answers to a message in a conversation that is not there, or not for the actor.
_NO_SUCH_PLACE = (
    errors.InsufficientPrivilege,
    errors.ForeignKeyViolation,
    errors.NotNullViolation,
)
_NOTE_READ = sql.SQL("SELECT note_read({}, {}, {})")


@dataclass(frozen=True, slots=True)
class Posted:
    """A saved message; `again` when this very send had been saved before.

    `news` is what those who follow have to be told by now, in their order. None of it, or None for
    one of them, where there was more to it, and they are to find out for themselves.
    """

    id: UUID
    seq: int
    again: bool
    news: tuple[News | None, ...] = ()


async def post(
    actor: Actor,
    conversation_id: UUID,
    body: str,
    audience: Audience = Audience.EVERYONE,
    client_id: UUID | None = None,
    quote_id: UUID | None = None,
    files: Sequence[Sent] = (),
    following: Sequence[Following] = (),
) -> Posted:
    """Say something, in answer to `quote_id` if given. The same `client_id` again returns the first
    result. What comes with `files` may go without words. For those who are `following` what they
    are to be told is read at once, each with their own rights.

    Raises:
        Invalid: the text is empty or too long, or there are too many files.
        NotFound: no such conversation for this actor, or no such message in it to quote, or no such
            file of theirs.
        Refused: the ticket is closed, or the actor may not address this audience.
        Blocked: the actor may read, but not write.
    """
    files = attachments.check_sent(files)
    body = check_body(body, may_be_empty=bool(files))
    if audience not in MAY_ADDRESS[actor.role]:
        raise Refused(_NOT_TO_THEM)
    client_id = client_id or new_id()
    if is_plain(body, quote_id, files):
        plain = await _post_plain(actor, conversation_id, body, audience, client_id, following)
        if plain is not None:
            return plain
    async with transaction(actor) as tx:
        if audience is Audience.STAFF and await guest_in(tx, actor, [conversation_id]):
            raise Refused(_NOT_TO_THEM)
        if quote_id is not None:
            await _check_quote(tx, conversation_id, quote_id)
        return await post_within(
            tx, actor, conversation_id, body, audience, client_id, quote_id, files
        )


def is_plain(body: str, quote_id: UUID | None, files: Sequence[Sent]) -> bool:
    """Whether there is nothing to it but words, and nobody is called."""
    return quote_id is None and not files and "@" not in body


async def _post_plain(
    actor: Actor,
    conversation_id: UUID,
    body: str,
    audience: Audience,
    client_id: UUID,
    following: Sequence[Following],
) -> Posted | None:
    """What most messages are, in one round trip; None when there is more to it.

    See `post_message_as_…` in the database, one for each role. Every refusal is more to it, and so
    is a changed status.
    """
    message_id = new_id()
    function = opened("SELECT", f"post_message_as_{actor.role}")
    plain = _plain_statuses(audience, actor.role)
    values = (message_id, conversation_id, body, audience, client_id, new_id(), plain)
    readings = [each.plain_reading for each in following]
    row, answers = await ask_and_read(actor, call(function, values), readings)
    if row is None or row[0] is None:
        return None
    return Posted(message_id, row[0], again=False, news=tuple(map(plain_news, following, answers)))


@cache
def _plain_statuses(audience: Audience, role: Role) -> Spelled:
    """Those that such a message leaves as they are."""
    return spelled(
        [
            status
            for status in Status
            if lifecycle.accepts_messages(status)
            and (
                audience is not Audience.EVERYONE or lifecycle.after_message(status, role) is status
            )
        ]
    )


async def post_within(
    tx: AsyncConnection,
    actor: Actor,
    conversation_id: UUID,
    body: str,
    audience: Audience,
    client_id: UUID,
    quote_id: UUID | None = None,
    files: Sequence[Sent] = (),
) -> Posted:
    """`post` inside a transaction that is already open, with body and files already checked."""
    message_id = new_id()
    values = {
        "id": message_id,
        "conversation_id": conversation_id,
        "sender_id": actor.user_id,
        "body": body,
        "audience": audience,
        "client_id": client_id,
        "quote_id": quote_id,
        "mentions": await mentions.named_in(tx, actor, conversation_id, body, audience),
        "files": len(files),
    }
    seq = await _insert(tx, values)
    if seq is None:
        return await _first_result(tx, actor, conversation_id, client_id)
    if files:
        await attachments.give_to(tx, actor, message_id, files)
    told = told_of(
        actor,
        EventKind.MESSAGE_POSTED,
        conversation_id=conversation_id,
        subject_id=message_id,
        audience=audience,
        data={"files": len(files)} if files else None,
    )
    draft = drafts.reply_of(actor, conversation_id)
    # Not before the insert did this transaction hold the conversation: now its status stays.
    status = await tx.scalar(
        select(col(Ticket.status))
        .where(col(Ticket.id) == conversation_id)
        .add_cte(told.cte("told"), delete(Draft).where(draft).cte("forgotten"))
    )
    if status is None:
        raise NotFound
    if not lifecycle.accepts_messages(Status(status)):
        raise Refused("This ticket is closed. Reopen it to write; your text is still here.")
    if audience is Audience.EVERYONE:
        after = lifecycle.after_message(Status(status), actor.role)
        if after is not Status(status):
            await tickets.write(tx, actor, conversation_id, {"status": status}, {"status": after})
    return Posted(message_id, seq, again=False)


async def _insert(tx: AsyncConnection, values: dict[str, Any]) -> int | None:
    """The message's place; None when this very send had been saved before."""
    try:
        inserted = await tx.execute(insert(Message).values(values).returning(col(Message.seq)))
    except DBAPIError as error:
        if isinstance(error.orig, _NO_SUCH_PLACE):
            raise NotFound from error
        raise
    seq: int | None = inserted.scalar_one_or_none()
    return seq


async def _check_quote(tx: AsyncConnection, conversation_id: UUID, quote_id: UUID) -> None:
    found = await tx.scalar(
        select(col(Message.id)).where(
            col(Message.id) == quote_id, col(Message.conversation_id) == conversation_id
        )
    )
    if found is None:
        raise NotFound("message")


async def _first_result(
    tx: AsyncConnection, actor: Actor, conversation_id: UUID, client_id: UUID
) -> Posted:
    first = await tx.execute(
        select(col(Message.id), col(Message.seq)).where(
            col(Message.conversation_id) == conversation_id,
            col(Message.sender_id) == actor.user_id,
            col(Message.client_id) == client_id,
        )
    )
    row = first.one()
    return Posted(row.id, row.seq, again=True)


async def note_read(people: Sequence[UUID], conversation_id: UUID, seq: int) -> None:
    """`mark_read` for all who have the conversation open, in one statement.

    Acts for nobody in particular: the hub knows whose screens it has drawn, with their own rights.
    """
    await ask(NOBODY, _NOTE_READ.format(conversation_id, list(people), seq))


async def mark_unread(actor: Actor, conversation_id: UUID, seq: int) -> None:
    """Have the message in that place, and all after it, count as not yet seen by the actor."""
    if not 1 <= seq <= _LAST_SEQ:
        return
    async with transaction(actor) as tx:
        await tx.execute(
            update(Participant)
            .where(
                col(Participant.conversation_id) == conversation_id,
                col(Participant.user_id) == actor.user_id,
                col(Participant.last_read_seq) >= seq,
            )
            .values(last_read_seq=seq - 1)
        )


async def mark_read(actor: Actor, conversation_id: UUID, seq: int) -> None:
    """Remember that the actor has seen everything up to `seq`; never moves backwards."""
    async with transaction(actor) as tx:
        await tickets.note_admin(tx, actor, conversation_id)
        await tx.execute(
            update(Participant)
            .where(
                col(Participant.conversation_id) == conversation_id,
                col(Participant.user_id) == actor.user_id,
                col(Participant.last_read_seq) < seq,
            )
            .values(last_read_seq=seq)
        )
