"""Asking to join a conversation, reports of abuse, and who may only read."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel

from supportdesk.domain.models.columns import aware, words


class RequestState(StrEnum):
    WAITING = "waiting"
    ACCEPTED = "accepted"
    REFUSED = "refused"


class ReportState(StrEnum):
    WAITING = "waiting"
    DISMISSED = "dismissed"
    MESSAGE_DELETED = "message_deleted"
    PERSON_BLOCKED = "person_blocked"


class JoinRequest(SQLModel, table=True):
    """`ticket_id` is that of the asked-for `number`, if there is such a ticket; who asks does not
    learn it."""

    __tablename__ = "join_request"

    id: UUID = Field(primary_key=True)
    person_id: UUID = Field(foreign_key="user.id", ondelete="CASCADE")
    number: int = Field(sa_type=BigInteger)
    ticket_id: UUID | None = Field(default=None, foreign_key="ticket.id", ondelete="SET NULL")
    reason: str = words()
    state: str = words("'waiting'")
    word: str = words("''")
    decided_by: UUID | None = Field(default=None, foreign_key="user.id")
    decided_at: datetime | None = aware(nullable=True)
    created_at: datetime = aware(now=True)


class AbuseReport(SQLModel, table=True):
    """`person_id` said what `reporter_id` complains of; the message may be gone since."""

    __tablename__ = "abuse_report"

    id: UUID = Field(primary_key=True)
    message_id: UUID | None = Field(default=None, foreign_key="message.id", ondelete="SET NULL")
    conversation_id: UUID | None = Field(
        default=None, foreign_key="conversation.id", ondelete="SET NULL"
    )
    person_id: UUID = Field(foreign_key="user.id", ondelete="CASCADE")
    reporter_id: UUID = Field(foreign_key="user.id", ondelete="CASCADE")
    reason: str = words()
    state: str = words("'waiting'")
    decided_by: UUID | None = Field(default=None, foreign_key="user.id")
    decided_at: datetime | None = aware(nullable=True)
    created_at: datetime = aware(now=True)


class Block(SQLModel, table=True):
    """Somebody who may read, but not write."""

    person_id: UUID = Field(primary_key=True, foreign_key="user.id", ondelete="CASCADE")
    blocked_by: UUID = Field(foreign_key="user.id")
    created_at: datetime = aware(now=True)
