"""People, their teams and their sessions."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, LargeBinary, text
from sqlmodel import Field, SQLModel

from supportdesk.domain.models.columns import aware, words


class AutoAssign(StrEnum):
    """Who gets a ticket of the team that nobody has: the one after the last, or the least busy."""

    OFF = "off"
    ROUND_ROBIN = "round_robin"
    LEAST_OPEN = "least_open"

    @property
    def label(self) -> str:
        return {"off": "Off", "round_robin": "In turn", "least_open": "Fewest open tickets"}[self]


class User(SQLModel, table=True):
    id: UUID = Field(primary_key=True)
    email: str = words()
    name: str = words()
    role: str = words()
    password_hash: str = words()
    active: bool = Field(default=None, sa_column_kwargs={"server_default": text("true")})
    created_at: datetime = aware(now=True)
    erased_at: datetime | None = aware(nullable=True)


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
    lead: bool = Field(default=None, sa_column_kwargs={"server_default": text("false")})


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


def _until(lifetime: str) -> datetime:
    default = {"server_default": text(f"now() + interval '{lifetime}'")}
    until: datetime = Field(default=None, sa_type=DateTime(timezone=True), sa_column_kwargs=default)
    return until


class Invitation(SQLModel, table=True):
    """A one-time link to an account of that role; empty is what the invited person says."""

    id: UUID = Field(primary_key=True)
    role: str = words()
    email: str = words("''")
    name: str = words("''")
    token_hash: bytes = Field(sa_type=LargeBinary)
    created_by: UUID = Field(foreign_key="user.id", ondelete="CASCADE")
    created_at: datetime = aware(now=True)
    expires_at: datetime = _until("7 days")
    used_at: datetime | None = aware(nullable=True)
    revoked_at: datetime | None = aware(nullable=True)


class PasswordReset(SQLModel, table=True):
    """The newest one-time link with which that person sets a new password."""

    __tablename__ = "password_reset"

    user_id: UUID = Field(primary_key=True, foreign_key="user.id", ondelete="CASCADE")
    token_hash: bytes = Field(sa_type=LargeBinary)
    created_by: UUID = Field(foreign_key="user.id", ondelete="CASCADE")
    created_at: datetime = aware(now=True)
    expires_at: datetime = _until("24 hours")


class PersonNote(SQLModel, table=True):
    """What admins have noted about somebody, who does not learn of it."""

    __tablename__ = "person_note"

    id: UUID = Field(primary_key=True)
    person_id: UUID = Field(foreign_key="user.id", ondelete="CASCADE")
    author_id: UUID = Field(foreign_key="user.id")
    body: str = words()
    created_at: datetime = aware(now=True)


class FormerParticipant(SQLModel, table=True):
    """Who took part while they had that role, and has another one now."""

    __tablename__ = "former_participant"

    conversation_id: UUID = Field(
        primary_key=True, foreign_key="conversation.id", ondelete="CASCADE"
    )
    user_id: UUID = Field(primary_key=True, foreign_key="user.id", ondelete="CASCADE")
    role: str = words(primary_key=True)
    audience: str = words()
    last_read_seq: int = Field(sa_type=BigInteger)
    starred: bool
    follows: bool
    reads: str = words("'staff'")
