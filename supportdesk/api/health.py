"""Whether the desk works: for whoever watches over it."""

from __future__ import annotations

from sqlalchemy import text
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from supportdesk import __version__
from supportdesk.database.engine import DatabaseUnavailable, transaction
from supportdesk.domain.actor import NOBODY


async def health(_: Request) -> Response:
    """200 when the database answers, else 503."""
    try:
        async with transaction(NOBODY) as tx:
            await tx.execute(text("SELECT 1"))
    except DatabaseUnavailable as error:
        return JSONResponse({"status": "unavailable", "reason": str(error)}, status_code=503)
    return JSONResponse({"status": "ok", "version": __version__})


ROUTES = [Route("/health", health)]
