"""What is said of a ticket besides its facts: category, tags, custom fields, notes."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import SmallInteger, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from supportdesk.domain.models.columns import aware, words


class FieldKind(StrEnum):
    """What a custom field holds."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    YES_NO = "yes_no"
    CHOICE = "choice"

    @property
    def label(self) -> str:
        return {"yes_no": "Yes or no"}.get(self, self.capitalize())


# What a tag's `hue` is called.
COLOURS = (
    "Red", "Orange", "Amber", "Olive", "Green", "Teal",
    "Cyan", "Blue", "Indigo", "Violet", "Purple", "Pink",
)  # fmt: skip


class Category(SQLModel, table=True):
    id: UUID = Field(primary_key=True)
    name: str = words()
    created_at: datetime = aware(now=True)


class Tag(SQLModel, table=True):
    """`hue` picks one of the palette's colours, 0 to 11."""

    id: UUID = Field(primary_key=True)
    name: str = words()
    hue: int = Field(
        default=None,
        sa_type=SmallInteger,
        nullable=False,
        sa_column_kwargs={"server_default": text("0")},
    )
    description: str = words("''")
    created_by: UUID = Field(foreign_key="user.id")
    created_at: datetime = aware(now=True)


class MergedTag(SQLModel, table=True):
    """`id` was a tag, which is `tag_id` now."""

    __tablename__ = "merged_tag"

    id: UUID = Field(primary_key=True)
    tag_id: UUID = Field(foreign_key="tag.id", ondelete="CASCADE")


class TicketTag(SQLModel, table=True):
    __tablename__ = "ticket_tag"

    ticket_id: UUID = Field(primary_key=True, foreign_key="ticket.id", ondelete="CASCADE")
    tag_id: UUID = Field(primary_key=True, foreign_key="tag.id", ondelete="CASCADE")
    added_by: UUID = Field(foreign_key="user.id")
    created_at: datetime = aware(now=True)


class TicketNote(SQLModel, table=True):
    """What the staff keeps in mind about a ticket; the buyer never sees it."""

    __tablename__ = "ticket_note"

    ticket_id: UUID = Field(primary_key=True, foreign_key="ticket.id", ondelete="CASCADE")
    body: str = words()
    updated_by: UUID = Field(foreign_key="user.id")
    updated_at: datetime = aware(now=True)
    event_id: UUID | None = None


class NoteRevision(SQLModel, table=True):
    """What a note said before: until the event `replaced_by`, since that of `event_id`."""

    __tablename__ = "note_revision"

    event_id: UUID = Field(primary_key=True)
    ticket_id: UUID = Field(foreign_key="ticket.id", ondelete="CASCADE")
    body: str = words()
    replaced_by: UUID


class FieldDefinition(SQLModel, table=True):
    """A custom field that tickets of `ticket_type` (None: all) are asked for."""

    __tablename__ = "field_definition"

    id: UUID = Field(primary_key=True)
    ticket_type: str | None = words(nullable=True)
    name: str = words()
    kind: str = words()
    choices: list[str] = Field(
        default=None,
        sa_type=JSONB,
        nullable=False,
        sa_column_kwargs={"server_default": text("'[]'")},
    )
    required: bool = Field(default=None, sa_column_kwargs={"server_default": text("false")})
    position: int = Field(default=None, sa_column_kwargs={"server_default": text("0")})
    active: bool = Field(default=None, sa_column_kwargs={"server_default": text("true")})
    created_at: datetime = aware(now=True)


class TicketField(SQLModel, table=True):
    """The value of one custom field: text, a number, an ISO date, true or false, a choice."""

    __tablename__ = "ticket_field"

    ticket_id: UUID = Field(primary_key=True, foreign_key="ticket.id", ondelete="CASCADE")
    field_id: UUID = Field(primary_key=True, foreign_key="field_definition.id")
    value: Any = Field(sa_type=JSONB, nullable=False)
    updated_at: datetime = aware(now=True)
