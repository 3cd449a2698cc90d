"""What reports are read from. Kept by triggers and by `seal_report`; nobody writes to it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, LargeBinary, SmallInteger, Text, text
from sqlmodel import Field, SQLModel

from supportdesk.domain.models.columns import aware, words


class TicketTimes(SQLModel, table=True):
    """Each ticket once, under a zero tag, and once for each of its tags; whole seconds."""

    __tablename__ = "ticket_times"

    ticket_id: UUID = Field(primary_key=True, foreign_key="ticket.id", ondelete="CASCADE")
    tag_id: UUID = Field(
        primary_key=True,
        sa_column_kwargs={"server_default": text("'00000000-0000-0000-0000-000000000000'::uuid")},
    )
    filed_at: datetime = aware()
    answered_at: datetime | None = aware(nullable=True)
    response: int | None = None
    resolved_at: datetime | None = aware(nullable=True)
    resolution: int | None = None
    team_id: UUID | None = None
    assignee_id: UUID | None = None
    seller_id: UUID | None = None
    type: str = words()


class TicketReopening(SQLModel, table=True):
    __tablename__ = "ticket_reopening"

    ticket_id: UUID = Field(primary_key=True, foreign_key="ticket.id", ondelete="CASCADE")
    resolved_at: datetime = aware()
    reopened_at: datetime = Field(primary_key=True, sa_type=DateTime(timezone=True))


class ReportSpan(SQLModel, table=True):
    __tablename__ = "report_span"

    id: UUID = Field(
        primary_key=True, sa_column_kwargs={"server_default": text("gen_random_uuid()")}
    )
    by: str = words()
    starts_at: datetime = aware()
    ends_at: datetime = aware()


class ReportPart(SQLModel, table=True):
    """The seconds are sorted, four bytes each. A total of all that was before a moment has none.
    `quarters`: of days alone, one byte for each entry (`domain/entries`)."""

    __tablename__ = "report_part"

    span_id: UUID = Field(primary_key=True, foreign_key="report_span.id", ondelete="CASCADE")
    key: str = Field(primary_key=True, sa_type=Text)
    filed: int
    undone: int
    reopened: int
    filings: bytes = Field(sa_type=LargeBinary)
    responses: bytes = Field(sa_type=LargeBinary)
    resolutions: bytes = Field(sa_type=LargeBinary)
    answered: int
    resolved: int
    quarters: bytes = Field(sa_type=LargeBinary)


class ReportChange(SQLModel, table=True):
    """What is to be added to what was sealed, or (`change` is -1) taken from it."""

    __tablename__ = "report_change"

    id: UUID = Field(
        primary_key=True, sa_column_kwargs={"server_default": text("gen_random_uuid()")}
    )
    at: datetime = aware()
    by: str = words()
    key: str = words()
    what: str = words()
    seconds: int | None = None
    change: int = Field(sa_type=SmallInteger)


class ReportSuccessor(SQLModel, table=True):
    """Under which key what was sealed under another is counted; none: under no key."""

    __tablename__ = "report_successor"

    by: str = Field(primary_key=True, sa_type=Text)
    key: str = Field(primary_key=True, sa_type=Text)
    successor: str | None = Field(default=None, sa_type=Text)
