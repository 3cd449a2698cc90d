"""Who is at this browser."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable

import reflex as rx
from reflex.event import EventSpec

from supportdesk import cookies, routes
from supportdesk.database.engine import DatabaseUnavailable
from supportdesk.domain.commands.sessions import token_hash
from supportdesk.domain.errors import DomainError
from supportdesk.domain.queries.people import hue, initials
from supportdesk.domain.queries.sessions import Viewer, viewer_for

# What a handler that draws in several steps yields: nothing, to draw now, or effects.
Effects = AsyncIterator[EventSpec | list[EventSpec] | None]


class SignedOut(Exception):
    """The event came from nobody: no session, or one that is over. `path` is where they were."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path


def session_token(state: rx.State) -> str | None:
    """The token in the cookie that came with this tab's connection."""
    return cookies.read(cookie_header(state), cookies.SESSION)


def cookie_header(state: rx.State) -> str:
    """The cookies that came with it."""
    return state.router.headers.raw_headers.get("cookie", "")


async def viewer_of(state: rx.State) -> Viewer | None:
    """Who sent this event, from the session row, now, and where their browser was as this tab
    connected; None when it is nobody."""
    viewer = await viewer_for(session_token(state))
    return viewer.at(cookies.read(cookie_header(state), cookies.ZONE)) if viewer else None


async def signed_in(state: rx.State) -> Viewer:
    """Who sent this event. Raises `SignedOut`, which takes the screen to the sign-in page."""
    viewer = await viewer_of(state)
    if viewer is None:
        raise SignedOut(_address(state))
    return viewer


async def attempt(command: Awaitable[object]) -> str:
    """Run a command; return the sentence to show when it could not be done, else nothing."""
    try:
        await command
    except (DomainError, DatabaseUnavailable) as error:
        return str(error)
    return ""


def leave_for(path: str) -> EventSpec:
    """Load `path` anew: the next page begins with a new connection, and with nothing of this one.

    A redirect inside the app would keep the page's memory, and the cookies as they were.
    """
    return rx.call_script(f"window.location.assign({json.dumps(path)})")


def sign_in_again(state: rx.State) -> EventSpec:
    """Leave for the sign-in page, and come back here afterwards."""
    return leave_for(routes.login(then=_address(state)))


def _address(state: rx.State) -> str:
    """Where they were, filters included."""
    url = state.router.url
    return f"{url.path}?{url.query}" if url.query else url.path


class SessionState(rx.State):
    """The person, as the shell shows them. `_owner` says whose state this tab's is."""

    signed_in: bool = False
    me_id: str = ""
    me_name: str = ""
    me_email: str = ""
    me_role: str = ""
    me_role_label: str = ""
    me_avatar: str = ""
    me_hue: int = 0
    _owner: bytes = b""

    def _welcome(self, viewer: Viewer) -> None:
        self.signed_in = True
        self.me_id = str(viewer.actor.user_id)
        self.me_name = viewer.name
        self.me_email = viewer.email
        self.me_role = viewer.actor.role.value
        self.me_role_label = viewer.actor.role.label
        self.me_avatar = initials(viewer.name)
        self.me_hue = hue(viewer.actor.user_id)
        self._owner = token_hash(session_token(self) or "")

    def _is_anothers(self) -> bool:
        """Whether this tab's state was filled for another session than the one in the cookie."""
        return bool(self._owner) and self._owner != token_hash(session_token(self) or "")
