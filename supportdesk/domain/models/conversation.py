"""Everything that has messages: the conversation, who takes part, what was said."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Computed, DateTime, text
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR
from sqlmodel import Field, SQLModel, Text

from supportdesk.domain.models.columns import aware, words


class Audience(StrEnum):
    """Who may see a message; each level is part of the ones before it."""

    EVERYONE = "everyone"
    STAFF = "staff"
    ADMINS = "admins"


def _number(default: str | None, sa_type: type | None = None) -> Any:
    kwargs = {"server_default": text(default)} if default else {}
    if sa_type is None:
        return Field(default=None, sa_column_kwargs=kwargs)
    return Field(default=None, sa_type=sa_type, nullable=False, sa_column_kwargs=kwargs)


def _flag() -> Any:
    return Field(default=None, sa_column_kwargs={"server_default": text("false")})


class Conversation(SQLModel, table=True):
    """`messages_*` and `activity_*` are what somebody of that audience sees."""

    id: UUID = Field(primary_key=True)
    kind: str = words()
    created_by: UUID = Field(foreign_key="user.id")
    created_at: datetime = aware(now=True)
    last_seq: int = _number("0", BigInteger)
    messages_everyone: int = _number("0")
    messages_staff: int = _number("0")
    messages_admins: int = _number("0")
    activity_everyone: datetime = aware(now=True)
    activity_staff: datetime = aware(now=True)
    activity_admins: datetime = aware(now=True)


class Participant(SQLModel, table=True):
    """Membership: for buyers and sellers it is the right to see the conversation.

    `audience` says who may know of it, `reads` how far they read what their role may read at all.
    """

    conversation_id: UUID = Field(
        primary_key=True, foreign_key="conversation.id", ondelete="CASCADE"
    )
    user_id: UUID = Field(primary_key=True, foreign_key="user.id", ondelete="CASCADE")
    audience: str = words("'everyone'")
    last_read_seq: int = _number("0", BigInteger)
    starred: bool = _flag()
    muted: bool = _flag()
    archived: bool = _flag()
    pinned: bool = _flag()
    created_at: datetime = aware(now=True)
    read_at: datetime | None = aware(nullable=True)
    follows: bool = _flag()
    reads: str = words("'staff'")


class PastParticipant(SQLModel, table=True):
    """Who took part once, so that what they said keeps their name."""

    __tablename__ = "past_participant"

    conversation_id: UUID = Field(
        primary_key=True, foreign_key="conversation.id", ondelete="CASCADE"
    )
    user_id: UUID = Field(primary_key=True, foreign_key="user.id", ondelete="CASCADE")
    audience: str = words()


class Message(SQLModel, table=True):
    """`mentions` are the ids of those whom the text names, with the names as they stand there."""

    id: UUID = Field(primary_key=True)
    conversation_id: UUID = Field(foreign_key="conversation.id", ondelete="CASCADE")
    seq: int = _number(None, BigInteger)
    sender_id: UUID = Field(foreign_key="user.id")
    body: str = words()
    audience: str = words("'everyone'")
    client_id: UUID
    created_at: datetime = aware(now=True)
    edited_at: datetime | None = aware(nullable=True)
    deleted_at: datetime | None = aware(nullable=True)
    words: str | None = Field(
        default=None, sa_type=TSVECTOR, sa_column_kwargs={"server_default": Computed("")}
    )
    quote_id: UUID | None = Field(default=None, foreign_key="message.id", ondelete="SET NULL")
    mentions: dict[str, str] = Field(
        default=None,
        sa_type=JSONB,
        nullable=False,
        sa_column_kwargs={"server_default": text("'{}'")},
    )
    files: int = _number("0")


class MessageRevision(SQLModel, table=True):
    """What a message said from `written_at` until it was edited."""

    __tablename__ = "message_revision"

    message_id: UUID = Field(primary_key=True, foreign_key="message.id", ondelete="CASCADE")
    written_at: datetime = Field(primary_key=True, sa_type=DateTime(timezone=True))
    body: str = words()


class Reaction(SQLModel, table=True):
    message_id: UUID = Field(primary_key=True, foreign_key="message.id", ondelete="CASCADE")
    user_id: UUID = Field(primary_key=True, foreign_key="user.id", ondelete="CASCADE")
    emoji: str = Field(primary_key=True, sa_type=Text)
    created_at: datetime = aware(now=True)
