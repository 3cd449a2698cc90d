"""Who has been told of what, and what of it they want to hear."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, ForeignKeyConstraint, text
from sqlmodel import Field, SQLModel

from supportdesk.domain.models.columns import aware, words


class NotificationKind(StrEnum):
    MENTION = "mention"
    MESSAGE = "message"
    ASSIGNED = "assigned"
    STATUS = "status"
    ADDED = "added"
    REPORT = "report"


class Notification(SQLModel, table=True):
    """What stands at `seq` in the conversation concerns that person. Written by triggers alone."""

    __table_args__ = (
        ForeignKeyConstraint(
            ["conversation_id", "user_id"],
            ["participant.conversation_id", "participant.user_id"],
            ondelete="CASCADE",
        ),
    )

    conversation_id: UUID = Field(primary_key=True)
    user_id: UUID = Field(primary_key=True)
    seq: int = Field(primary_key=True, sa_type=BigInteger)
    kind: str = words()
    created_at: datetime = Field(sa_type=DateTime(timezone=True))
    read_at: datetime | None = aware(nullable=True)


def _wanted() -> bool:
    wanted: bool = Field(default=None, sa_column_kwargs={"server_default": text("true")})
    return wanted


class NotificationPreference(SQLModel, table=True):
    """Whoever has no row wants everything."""

    __tablename__ = "notification_preference"

    user_id: UUID = Field(primary_key=True, foreign_key="user.id", ondelete="CASCADE")
    mentions: bool = _wanted()
    messages: bool = _wanted()
    assignments: bool = _wanted()
    statuses: bool = _wanted()
    sound: bool = _wanted()
    browser: bool = _wanted()
