"""The person (or nobody) on whose behalf the database is asked."""

from __future__ import annotations

from dataclasses import dataclass
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
    """Who acts. Made from a session row, never from what a browser claims."""

    user_id: UUID
    role: Role

    @property
    def database_role(self) -> str:
        return f"supportdesk_{self.role.value}"

    @property
    def database_user_id(self) -> str:
        return str(self.user_id)


@dataclass(frozen=True, slots=True)
class Nobody:
    """Who signs in, signs up or sets up: may call the few functions granted to nobody."""

    database_role: str = "supportdesk_nobody"
    database_user_id: str = ""


NOBODY = Nobody()
