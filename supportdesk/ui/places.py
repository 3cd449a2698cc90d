"""The places of the navigation, for the rail and for the palette."""

from typing import NamedTuple

from supportdesk import routes

TICKETS, SETTINGS, ACCOUNT = "Tickets", "Settings", "Account"


class Place(NamedTuple):
    name: str
    icon: str
    href: str


def places(role: str) -> list[Place]:
    """Where somebody of that role can go."""
    found = [Place(TICKETS, "ticket", routes.tickets(role))]
    if role == "admin":
        found.append(Place(SETTINGS, "settings", routes.ADMIN_SETTINGS))
    return found
