"""Files in messages, and the bytes that they stand for."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Double, text
from sqlmodel import Field, SQLModel

from supportdesk.domain.models.columns import aware, words

_NOTHING = {"server_default": text("0")}


class Blob(SQLModel, table=True):
    """Bytes that are, or are about to be, in the storage."""

    sha256: str = words(primary_key=True)
    claimed_at: datetime = aware(now=True)


class Attachment(SQLModel, table=True):
    """A file in a message, or one that is not sent yet; several may be of the same bytes.

    `seconds` is how long it plays; `pictured` says that there is a small picture of it.
    """

    id: UUID = Field(primary_key=True)
    owner_id: UUID = Field(foreign_key="user.id", ondelete="CASCADE")
    message_id: UUID | None = Field(default=None, foreign_key="message.id", ondelete="CASCADE")
    position: int = Field(default=None, sa_column_kwargs=_NOTHING)
    name: str = words()
    alt: str = words("''")
    type: str = words()
    size: int = Field(sa_type=BigInteger)
    sha256: str = words(foreign_key="blob.sha256")
    width: int = Field(default=None, sa_column_kwargs=_NOTHING)
    height: int = Field(default=None, sa_column_kwargs=_NOTHING)
    seconds: float = Field(default=None, sa_type=Double, nullable=False, sa_column_kwargs=_NOTHING)
    pictured: bool = Field(default=None, sa_column_kwargs={"server_default": text("false")})
    created_at: datetime = aware(now=True)
