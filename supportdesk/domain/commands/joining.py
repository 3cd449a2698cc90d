"""Asking to join a conversation of which one knows only the number, and what admins answer.

Asking never tells whether there is such a ticket: what is kept, and what is said, are the same.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from supportdesk.database.engine import transaction
from supportdesk.domain.actor import Actor, Role
from supportdesk.domain.commands import participants
from supportdesk.domain.commands.settings import check_admin
from supportdesk.domain.errors import Changed, Invalid, NotFound, Refused
from supportdesk.domain.events import EventKind, record
from supportdesk.domain.ids import new_id
from supportdesk.domain.models import Audience, JoinRequest, RequestState, User
from supportdesk.domain.queries import numbers
from supportdesk.domain.text import Problems, check_room

REASON_MAX_LENGTH = 500
WORD_MAX_LENGTH = 500
_ASK = text("SELECT ask_to_join(:id, :number, :reason, :event_id)")
_REFUSALS = {
    "there": "You take part in this ticket already.",
    "waiting": "You have asked for this already. An admin decides.",
    "many": "Five requests of yours are waiting. Ask again when one of them is decided.",
    "often": "You have asked ten times within an hour. Wait a while, then ask again.",
}


async def ask(actor: Actor, number: str, reason: str) -> None:
    """Ask the admins to be let into the ticket of that number, if there is one.

    Raises:
        Invalid: that is no number, or there is no reason.
        Refused: one takes part, has asked, or has asked for much; admins need not ask.
        Blocked: the actor may read, but not write.
    """
    if actor.role is Role.ADMIN:
        raise Refused("Admins see every ticket.")
    problems = Problems()
    with problems.noted():
        wanted = _check_number(number)
    with problems.noted():
        reason = check_reason(reason)
    problems.tell()
    values = {"id": new_id(), "number": wanted, "reason": reason, "event_id": new_id()}
    async with transaction(actor) as tx:
        answer = await tx.scalar(_ASK, values)
    if answer in _REFUSALS:
        raise Refused(_REFUSALS[answer])


def check_reason(reason: str) -> str:
    """Return it cleaned; raise `Invalid` when it is empty or too long."""
    reason = check_room(reason, REASON_MAX_LENGTH, "The reason", "reason")
    if not reason:
        raise Invalid("Say in a few words why.", "reason")
    return reason


async def accept(actor: Actor, request_id: UUID, audience: Audience) -> None:
    """Let them take part and read all that is said to that audience.

    Raises:
        Changed: another admin was faster; the sentence says who.
        Invalid: they cannot be let read that.
        NotFound: no such request.
        Refused: only admins may, and only into a ticket that there is.
    """
    async with transaction(actor) as tx:
        request = await _decide(tx, actor, request_id, RequestState.ACCEPTED)
        if request.ticket_id is None:
            raise Refused("There is no ticket of this number. Refuse the request.")
        await participants.let_in(tx, actor, request.ticket_id, request.person_id, audience)
        await _tell(tx, actor, EventKind.JOIN_ACCEPTED, request, {"reads": audience})


async def refuse(actor: Actor, request_id: UUID, word: str = "") -> None:
    """Say no, with a word to who asked. Raises like `accept`."""
    word = check_room(word, WORD_MAX_LENGTH, "The word", "word")
    async with transaction(actor) as tx:
        request = await _decide(tx, actor, request_id, RequestState.REFUSED, word)
        await _tell(tx, actor, EventKind.JOIN_REFUSED, request, {"word": word})


def _check_number(typed: str) -> int:
    number = numbers.meant(typed)
    if not number:
        raise Invalid("A ticket's number looks like TC-0012.", "number")
    return number


async def _decide(
    tx: AsyncConnection, actor: Actor, request_id: UUID, state: RequestState, word: str = ""
) -> Any:
    """The request, which waited until now: of two admins, one decides."""
    check_admin(actor)
    decided = await tx.execute(
        update(JoinRequest)
        .where(col(JoinRequest.id) == request_id, col(JoinRequest.state) == RequestState.WAITING)
        .values(state=state, word=word, decided_by=actor.user_id, decided_at=func.now())
        .returning(
            col(JoinRequest.id),
            col(JoinRequest.person_id),
            col(JoinRequest.ticket_id),
            col(JoinRequest.number),
        )
    )
    row = decided.one_or_none()
    if row is None:
        raise await _overtaken(tx, request_id)
    return row


async def _overtaken(tx: AsyncConnection, request_id: UUID) -> Exception:
    found = await tx.execute(
        select(col(User.name), col(JoinRequest.state))
        .join(User, col(User.id) == col(JoinRequest.decided_by))
        .where(col(JoinRequest.id) == request_id)
    )
    row = found.one_or_none()
    if row is None:
        return NotFound("request")
    return Changed(f"{row.name} was faster and has {row.state} this request.")


async def _tell(
    tx: AsyncConnection, actor: Actor, kind: EventKind, request: Any, data: dict[str, Any]
) -> None:
    """For admins; who asked is the subject, so that their screens hear of it."""
    await record(
        tx,
        actor,
        kind,
        subject_id=request.person_id,
        audience=Audience.ADMINS,
        data={"request": str(request.id), "number": request.number, **data},
    )
