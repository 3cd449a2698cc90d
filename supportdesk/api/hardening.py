"""What every answer carries, and what is not answered at all."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from supportdesk.config import get_settings

# The framework's own upload route takes anything from anybody.
_CLOSED = ("/_upload", "/auth-codespace", "/_all_routes")


def content_policy() -> str:
    """Only this site, for everything. The front end runs inline scripts, so those are allowed, and
    workers that are made of them: the one that counts the pictures of a recording is."""
    sockets = " ".join(o.replace("http", "ws", 1) for o in get_settings().allowed_origins)
    return (
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
        "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; media-src 'self' blob:; "
        "font-src 'self' data:; worker-src 'self' blob:; "
        f"connect-src 'self' {sockets}; object-src 'none'; base-uri 'self'; form-action 'self'; "
        "frame-ancestors 'none'"
    )


def harden(app: ASGIApp) -> ASGIApp:
    """Wrap the whole server."""
    fixed = {
        "content-security-policy": content_policy(),
        "x-content-type-options": "nosniff",
        "referrer-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
        "x-frame-options": "DENY",
        "permissions-policy": "display-capture=(self), microphone=(self)",
    }

    async def hardened(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in fixed.items():
                    headers.setdefault(name, value)
            await send(message)

        if scope["path"].startswith(_CLOSED):
            await PlainTextResponse("Not found", 404)(scope, receive, send_with_headers)
            return
        await app(scope, receive, send_with_headers)

    return hardened
