"""What saves people typing and looking: saved views, templates, canned replies, drafts."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import JSONB
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


class Draft(SQLModel, table=True):
    """What somebody has typed and not sent: a reply, or a new ticket (no conversation yet).

    `body` is the reply or the description; `form` holds what else the new ticket's form says.
    """

    id: UUID = Field(primary_key=True)
    owner_id: UUID = Field(foreign_key="user.id", ondelete="CASCADE")
    conversation_id: UUID | None = Field(
        default=None, foreign_key="conversation.id", ondelete="CASCADE"
    )
    body: str = words("''")
    audience: str = words("'everyone'")
    form: dict[str, str] = Field(
        default=None,
        sa_type=JSONB,
        nullable=False,
        sa_column_kwargs={"server_default": text("'{}'")},
    )
    updated_at: datetime = aware(now=True)
