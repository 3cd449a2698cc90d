"""Every path of the desk, and what builds addresses from them. Strings only: no Reflex, no HTTP."""

from urllib.parse import urlencode

HOME = "/"
LOGIN = "/login"
SIGNUP = "/signup"
SETUP = "/setup"
INVITE = "/invite"
FORGOT_PASSWORD = "/forgot-password"  # noqa: S105 - where to go, not what to say
RESET_PASSWORD = "/reset-password"  # noqa: S105

ACCOUNT = "/account"
ADMIN_USERS = "/admin/buyers"
ADMIN_SELLERS = "/admin/sellers"
ADMIN_PEOPLE = "/admin/people"
ADMIN_REQUESTS = "/admin/requests"
ADMIN_TEAMS = "/admin/teams"
ADMIN_SETTINGS = "/admin/settings"
ADMIN_REPORTS = "/admin/reports"
ADMIN_REPORTS_FILE = "/admin/reports.csv"
ADMIN_AUDIT = "/admin/audit"

# All that is kept of one person, in one file.
ACCOUNT_EXPORT = f"{ACCOUNT}/export.zip"
PERSON_EXPORT = f"{ADMIN_PEOPLE}/{{id}}/export.zip"

# What Reflex calls the page for addresses that lead nowhere.
NOT_FOUND = "404"

# Forms post here; the HTTP side answers with a redirect to a page.
POST_LOGIN = "/auth/login"
POST_LOGOUT = "/auth/logout"
POST_SIGNUP = "/auth/signup"
POST_SETUP = "/auth/setup"
POST_INVITE = "/auth/invite"
POST_RESET_PASSWORD = "/auth/reset-password"  # noqa: S105

# What a message comes with. Uploads speak the tus protocol.
ATTACHMENTS = "/attachments"
UPLOADS = f"{ATTACHMENTS}/uploads"

# The name Reflex gives the part of a page's path that is the ticket's number.
TICKET_PARAMETER = "splat"
# And the part that is a person's id.
PERSON_PAGE = f"{ADMIN_PEOPLE}/[person_id]"


def asking(query: str) -> str:
    """A link: the page that one is on, asked for something else."""
    return f"?{query}"


def tickets(role: str) -> str:
    """The ticket list of a role."""
    return f"/{role}/tickets"


def ticket(role: str, number: str) -> str:
    """One ticket, open beside the list."""
    return f"{tickets(role)}/{number}"


def tickets_page(role: str) -> str:
    """The route of both: one page, so that opening a ticket does not begin anew."""
    return f"{tickets(role)}/[[...{TICKET_PARAMETER}]]"


def login(then: str = "") -> str:
    """The sign-in page, which returns to `then` (a path of this site) afterwards."""
    return f"{LOGIN}?{urlencode({'next': then})}" if own_path(then) else LOGIN


def setup(token: str) -> str:
    """The page on which the first admin is made, for whoever has the token."""
    return f"{SETUP}?{urlencode({'token': token})}"


def invite(token: str) -> str:
    """The page on which whoever has the token makes the account they are invited to."""
    return f"{INVITE}?{urlencode({'token': token})}"


def reset_password(token: str) -> str:
    """The page on which whoever has the token sets a new password."""
    return f"{RESET_PASSWORD}?{urlencode({'token': token})}"


def export_of(person: str) -> str:
    """Where admins get all that is kept of the person with that id."""
    return PERSON_EXPORT.format(id=person)


def own_path(path: str) -> bool:
    """Whether a browser sent to `path` stays on this site: no scheme, no host, no tricks."""
    return path.startswith("/") and not path.startswith("//") and not _odd(path)


def _odd(path: str) -> bool:
    # Browsers read a backslash as a slash, and drop tabs and line ends before they look.
    return "\\" in path or any(character <= " " or character == "\x7f" for character in path)
