"""Who asks, on the HTTP side: from the session row, now."""

from __future__ import annotations

from starlette.requests import HTTPConnection

from supportdesk import cookies
from supportdesk.domain.actor import Actor
from supportdesk.domain.queries.sessions import Viewer, viewer_for


async def viewer_of(connection: HTTPConnection) -> Viewer | None:
    """None when it is nobody."""
    viewer = await viewer_for(connection.cookies.get(cookies.SESSION))
    return viewer.at(connection.cookies.get(cookies.ZONE)) if viewer else None


async def actor_of(connection: HTTPConnection) -> Actor | None:
    """None when it is nobody."""
    viewer = await viewer_of(connection)
    return viewer.actor if viewer else None
