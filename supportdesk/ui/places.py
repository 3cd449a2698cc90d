"""The places of the navigation, for the rail, the tabs of the dashboard and the palette."""

from typing import NamedTuple

from supportdesk import routes

TICKETS, SETTINGS, ACCOUNT = "Tickets", "Settings", "Account"
USERS, SELLERS = "Users", "Sellers"
REPORTS = "Reports"
TEAMS, AUDIT = "Teams", "Audit log"
REQUESTS = "Chat requests"


class Place(NamedTuple):
    """`counted` names what of it the tabs count, in `DashboardState.counts`, and `what` says it."""

    name: str
    icon: str
    href: str
    counted: str
    what: str


_RAIL = (TICKETS,)
_SET = "Limits, texts and hours that admins have set"


def rail(role: str) -> list[Place]:
    """What everybody of that role has at the side."""
    return [place for place in places(role) if place.name in _RAIL]


def places(role: str) -> list[Place]:
    """Where somebody of that role can go. For admins these are the tabs of the dashboard."""
    found = [Place(TICKETS, "ticket", routes.tickets(role), "tickets", "Not settled")]
    if role == "admin":
        found += [
            Place(USERS, "users", routes.ADMIN_USERS, "users", "May sign in"),
            Place(SELLERS, "store", routes.ADMIN_SELLERS, "sellers", "May sign in"),
            Place(REQUESTS, "user-plus", routes.ADMIN_REQUESTS, "requests", "Waiting"),
            Place(TEAMS, "users-round", routes.ADMIN_TEAMS, "teams", "Teams"),
            Place(SETTINGS, "settings", routes.ADMIN_SETTINGS, "settings", _SET),
            Place(REPORTS, "chart-column", routes.ADMIN_REPORTS, "reports", "Tickets filed today"),
            Place(AUDIT, "scroll-text", routes.ADMIN_AUDIT, "audit", "Logged today"),
        ]
    return found
