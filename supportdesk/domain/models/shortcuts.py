"""What saves people typing and looking: saved views, templates, canned replies."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Field, SQLModel

from supportdesk.domain.models.columns import aware, words


class SavedView(SQLModel, table=True):
    """A name for filters and an order; `query` is how they stand in the list's address."""

    __tablename__ = "saved_view"

    id: UUID = Field(primary_key=True)
    owner_id: UUID = Field(foreign_key="user.id", ondelete="CASCADE")
    name: str = words()
    shared: bool = Field(default=None, sa_column_kwargs={"server_default": text("false")})
    query: str = words("''")
    created_at: datetime = aware(now=True)


class TicketTemplate(SQLModel, table=True):
    __tablename__ = "ticket_template"

    id: UUID = Field(primary_key=True)
    name: str = words()
    ticket_type: str = words("'problem'")
    subject: str = words("''")
    body: str = words("''")
    active: bool = Field(default=None, sa_column_kwargs={"server_default": text("true")})
    created_at: datetime = aware(now=True)


class CannedReply(SQLModel, table=True):
    """`owner_id` None: shared by all of the staff."""

    __tablename__ = "canned_reply"

    id: UUID = Field(primary_key=True)
    owner_id: UUID | None = Field(default=None, foreign_key="user.id", ondelete="CASCADE")
    name: str = words()
    body: str = words()
    created_at: datetime = aware(now=True)
