"""Addresses of pages that are files of the front end's build."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

from supportdesk import routes

# The build has a folder for each, and a folder is answered with a redirect to its own slash.
_DOORS = {
    routes.LOGIN,
    routes.SIGNUP,
    routes.SETUP,
    routes.INVITE,
    routes.FORGOT_PASSWORD,
    routes.RESET_PASSWORD,
    routes.ACCOUNT,
}


def plain_addresses(app: ASGIApp) -> ASGIApp:
    """Serve `/login` at `/login`: no second round trip, and the address that was asked for."""

    async def served(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] in _DOORS:
            scope = {**scope, "path": scope["path"] + "/", "raw_path": scope["raw_path"] + b"/"}
        await app(scope, receive, send)

    return served
