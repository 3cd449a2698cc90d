"""Where a request comes from."""

from __future__ import annotations

from starlette.requests import HTTPConnection

from supportdesk.config import get_settings


def same_origin(connection: HTTPConnection) -> bool:
    """Whether a browser sent this from one of our own pages.

    Programs send neither header and hold nobody's cookies; every browser of today sends at least
    one of them with a post, and always an Origin with a websocket.
    """
    origin = connection.headers.get("origin")
    if origin is not None:
        return origin in get_settings().allowed_origins
    return connection.headers.get("sec-fetch-site", "same-origin") in {"same-origin", "none"}


def client_ip(connection: HTTPConnection) -> str:
    """The address of the client, past as many proxies as the settings trust."""
    hops = get_settings().trusted_proxy_hops
    forwarded = [
        part.strip()
        for part in connection.headers.get("x-forwarded-for", "").split(",")
        if part.strip()
    ]
    if hops and len(forwarded) >= hops:
        return forwarded[-hops]
    return connection.client.host if connection.client else ""
