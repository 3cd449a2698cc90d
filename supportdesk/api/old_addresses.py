"""Addresses of earlier versions, which people still have in their bookmarks."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from supportdesk import routes

OLD = ("/dashboard/support", "/dashboard/chat")


async def home(_: Request) -> Response:
    """The first page knows where everybody belongs."""
    return RedirectResponse(routes.HOME, status_code=307)


ROUTES = [Route(path, home) for path in OLD]
