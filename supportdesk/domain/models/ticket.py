"""The ticket: what a conversation is about and how far it has come."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, text
from sqlmodel import Field, SQLModel

from supportdesk.domain.models.columns import aware, words


class Priority(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    URGENT = "urgent"

    @property
    def label(self) -> str:
        return self.value.capitalize()


class TicketType(StrEnum):
    PROBLEM = "problem"
    QUESTION = "question"
    FEATURE_REQUEST = "feature_request"

    @property
    def label(self) -> str:
        return self.value.replace("_", " ").capitalize()


class Ticket(SQLModel, table=True):
    """Shares its conversation's id. What the requester described is the first message."""

    id: UUID = Field(primary_key=True, foreign_key="conversation.id", ondelete="CASCADE")
    number: int = Field(
        default=None,
        sa_type=BigInteger,
        nullable=False,
        sa_column_kwargs={"server_default": text("nextval('ticket_number_seq'::regclass)")},
    )
    subject: str = words()
    status: str = words("'open'")
    priority: str = words("'medium'")
    type: str = words("'problem'")
    category_id: UUID | None = Field(default=None, foreign_key="category.id")
    buyer_id: UUID | None = Field(default=None, foreign_key="user.id")
    seller_id: UUID | None = Field(default=None, foreign_key="user.id")
    assignee_id: UUID | None = Field(default=None, foreign_key="user.id")
    team_id: UUID | None = Field(default=None, foreign_key="team.id")
    due_at: datetime | None = aware(nullable=True)
    first_response_at: datetime | None = aware(nullable=True)
    resolved_at: datetime | None = aware(nullable=True)
    created_at: datetime = aware(now=True)
    waiting_since: datetime | None = aware(nullable=True)
