"""Which status may follow which, and by whom. Pure: no database, no clock.

The times that go with a status (`resolved_at`, `first_response_at`) are kept by triggers, because
buyers may change a status but no time.
"""

from __future__ import annotations

from enum import StrEnum

from supportdesk.domain.actor import Role
from supportdesk.domain.errors import Refused


class Status(StrEnum):
    OPEN = "open"
    IN_PROGRESS = "in_progress"
    WAITING_ON_CUSTOMER = "waiting_on_customer"
    RESOLVED = "resolved"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        return self.value.replace("_", " ").capitalize()


_WORKING = (Status.OPEN, Status.IN_PROGRESS, Status.WAITING_ON_CUSTOMER)

_STAFF: dict[Status, tuple[Status, ...]] = {
    Status.OPEN: (Status.IN_PROGRESS, Status.WAITING_ON_CUSTOMER, Status.RESOLVED, Status.CLOSED),
    Status.IN_PROGRESS: (Status.OPEN, Status.WAITING_ON_CUSTOMER, Status.RESOLVED, Status.CLOSED),
    Status.WAITING_ON_CUSTOMER: (Status.OPEN, Status.IN_PROGRESS, Status.RESOLVED, Status.CLOSED),
    Status.RESOLVED: (Status.OPEN, Status.CLOSED),
    Status.CLOSED: (Status.OPEN,),
}

_BUYER: dict[Status, tuple[Status, ...]] = {
    **dict.fromkeys(_WORKING, (Status.RESOLVED, Status.CLOSED)),
    Status.RESOLVED: (Status.OPEN, Status.CLOSED),
    Status.CLOSED: (Status.OPEN,),
}


def allowed_moves(current: Status, role: Role) -> tuple[Status, ...]:
    """The statuses that somebody in `role` may set next, in the order to offer them."""
    return (_BUYER if role is Role.BUYER else _STAFF)[current]


def move(current: Status, to: Status, role: Role) -> Status:
    """Return `to` if `role` may set it now; raise `Refused` with the reason otherwise."""
    if to in allowed_moves(current, role):
        return to
    if to in _STAFF[current]:
        raise Refused(f"Only the seller or the platform can set a ticket to “{to.label}”.")
    if current is Status.CLOSED:
        raise Refused("This ticket is closed. Reopen it first.")
    raise Refused(f"A ticket that is “{current.label}” cannot become “{to.label}”.")


def after_message(current: Status, role: Role) -> Status:
    """The status after somebody in `role` wrote a message that everyone can see."""
    if role is Role.BUYER and current in (Status.RESOLVED, Status.WAITING_ON_CUSTOMER):
        return Status.OPEN
    return current


def accepts_messages(current: Status) -> bool:
    """Whether one may write: a closed ticket has to be reopened first."""
    return current is not Status.CLOSED
