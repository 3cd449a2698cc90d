"""What lists and searches of admins are read from. Kept by triggers; nobody writes to it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, SmallInteger, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlmodel import Field, SQLModel

from supportdesk.domain.models.columns import aware, words


class TicketListing(SQLModel, table=True):
    """Each ticket once, once for each of its tags, and once more if a seller has filed it.

    A zero id is none, a tag's id of one is a seller's, `infinity` is never.
    """

    __tablename__ = "ticket_listing"

    ticket_id: UUID = Field(primary_key=True, foreign_key="ticket.id", ondelete="CASCADE")
    tag_id: UUID = Field(
        primary_key=True,
        sa_column_kwargs={"server_default": text("'00000000-0000-0000-0000-000000000000'::uuid")},
    )
    number: int = Field(sa_type=BigInteger)
    status: str = words()
    urgency: int = Field(sa_type=SmallInteger)
    type: str = words()
    assignee_id: UUID
    team_id: UUID
    active_at: datetime = aware()
    due_at: datetime = aware()
    waiting_since: datetime = aware()


class TicketWords(SQLModel, table=True):
    __tablename__ = "ticket_words"

    ticket_id: UUID = Field(primary_key=True, foreign_key="ticket.id", ondelete="CASCADE")
    subject: str = Field(sa_type=TSVECTOR)
    subject_and_people: str = Field(sa_type=TSVECTOR)
