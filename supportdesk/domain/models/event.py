"""The log of what happened."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from supportdesk.domain.models.columns import aware, words


class Event(SQLModel, table=True):
    """Never changed and never deleted. `in_thread` events are lines in the conversation and take a
    place (`seq`) in it. The conversation may be gone."""

    id: UUID = Field(primary_key=True)
    kind: str = words()
    actor_id: UUID | None = Field(default=None, foreign_key="user.id")
    conversation_id: UUID | None = None
    subject_id: UUID | None = None
    audience: str = words("'everyone'")
    in_thread: bool = Field(default=None, sa_column_kwargs={"server_default": text("false")})
    seq: int | None = Field(default=None, sa_type=BigInteger)
    data: dict[str, Any] = Field(
        default=None,
        sa_type=JSONB,
        nullable=False,
        sa_column_kwargs={"server_default": text("'{}'")},
    )
    created_at: datetime = aware(now=True)
    session_id: UUID | None = Field(
        default=None,
        sa_column_kwargs={
            "server_default": text(
                "nullif(current_setting('supportdesk.session_id', true), '')::uuid"
            )
        },
    )
