"""The person (or nobody) on whose behalf the database is asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """What a person is on the marketplace; also names the database role they act in."""

    BUYER = "buyer"
    SELLER = "seller"
    ADMIN = "admin"

    @property
    def label(self) -> str:
        return self.value.capitalize()


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. Made from a session row, never from what a browser claims.

    `session_id` is only for the log, which says from where; at another browser one is the same.
    `unproven` is the hash of that session's token when it has yet to be looked up: each transaction
    then begins with that, and raises `SessionOver` when it is not this actor's any more.
    """

    user_id: UUID
    role: Role
    session_id: UUID | None = field(default=None, compare=False)
    unproven: bytes | None = field(default=None, compare=False, repr=False)

    @property
    def database_role(self) -> str:
        return f"supportdesk_{self.role.value}"

    @property
    def database_user_id(self) -> str:
        return str(self.user_id)

    @property
    def database_session_id(self) -> str:
        return str(self.session_id or "")


@dataclass(frozen=True, slots=True)
class Nobody:
    """Who signs in, signs up or sets up: may call the few functions granted to nobody."""

    database_role: str = "supportdesk_nobody"
    database_user_id: str = ""
    database_session_id: str = ""
    unproven: None = None


NOBODY = Nobody()
