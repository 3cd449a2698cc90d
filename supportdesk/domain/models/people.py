"""People, their teams and their sessions."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import LargeBinary, text
from sqlmodel import Field, SQLModel

from supportdesk.domain.models.columns import aware, words


class User(SQLModel, table=True):
    id: UUID = Field(primary_key=True)
    email: str = words()
    name: str = words()
    role: str = words()
    password_hash: str = words()
    active: bool = Field(default=None, sa_column_kwargs={"server_default": text("true")})
    timezone: str = words("'UTC'")
    created_at: datetime = aware(now=True)


class Team(SQLModel, table=True):
    id: UUID = Field(primary_key=True)
    name: str = words()
    is_default: bool = Field(default=None, sa_column_kwargs={"server_default": text("false")})
    created_at: datetime = aware(now=True)
    auto_assign: str = words("'off'")


class TeamMember(SQLModel, table=True):
    __tablename__ = "team_member"

    team_id: UUID = Field(primary_key=True, foreign_key="team.id", ondelete="CASCADE")
    user_id: UUID = Field(primary_key=True, foreign_key="user.id", ondelete="CASCADE")
    created_at: datetime = aware(now=True)
    last_assigned_at: datetime | None = aware(nullable=True)


class Session(SQLModel, table=True):
    """A signed-in browser. The token itself is only in its cookie; here is its SHA-256."""

    id: UUID = Field(primary_key=True)
    user_id: UUID = Field(foreign_key="user.id", ondelete="CASCADE")
    token_hash: bytes = Field(sa_type=LargeBinary)
    created_at: datetime = aware(now=True)
    expires_at: datetime = aware()
    ended_at: datetime | None = aware(nullable=True)
    ip: str = words("''")
    user_agent: str = words("''")


class LastSeen(SQLModel, table=True):
    """When somebody came or went; who is here now is written nowhere."""

    __tablename__ = "last_seen"

    user_id: UUID = Field(primary_key=True, foreign_key="user.id", ondelete="CASCADE")
    at: datetime = aware()


class SetupLink(SQLModel, table=True):
    """The one-time link with which the first admin is created."""

    __tablename__ = "setup_link"

    id: UUID = Field(primary_key=True)
    token_hash: bytes = Field(sa_type=LargeBinary)
    created_at: datetime = aware(now=True)
