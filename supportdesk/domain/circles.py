"""Who reads the same of a conversation: by their role, and by how far they were let in."""

from __future__ import annotations

from enum import StrEnum

from supportdesk.domain.actor import Role
from supportdesk.domain.models import Audience


class Circle(StrEnum):
    """Guests are sellers who read only what is said to everyone."""

    BUYERS = "buyers"
    GUESTS = "guests"
    SELLERS = "sellers"
    ADMINS = "admins"

    @property
    def role(self) -> Role:
        return _ROLES[self]

    @property
    def audiences(self) -> tuple[Audience, ...]:
        """What they read, and whom they may address."""
        return _AUDIENCES[self]


_ROLES = {
    Circle.BUYERS: Role.BUYER,
    Circle.GUESTS: Role.SELLER,
    Circle.SELLERS: Role.SELLER,
    Circle.ADMINS: Role.ADMIN,
}
_AUDIENCES = {
    Circle.BUYERS: (Audience.EVERYONE,),
    Circle.GUESTS: (Audience.EVERYONE,),
    Circle.SELLERS: (Audience.EVERYONE, Audience.STAFF),
    Circle.ADMINS: (Audience.EVERYONE, Audience.STAFF, Audience.ADMINS),
}
_OF_ROLE = {Role.BUYER: Circle.BUYERS, Role.SELLER: Circle.SELLERS, Role.ADMIN: Circle.ADMINS}


def circle_of(role: Role, *, guest: bool = False) -> Circle:
    """Where somebody of that role belongs; `guest` says something of sellers alone."""
    return Circle.GUESTS if guest and role is Role.SELLER else _OF_ROLE[role]
