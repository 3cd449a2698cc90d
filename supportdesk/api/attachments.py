"""Handing out files: to those who may read the message, and in a way that nothing in them runs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from supportdesk import routes
from supportdesk.api.people import actor_of
from supportdesk.api.ranges import NotSatisfiable, asked_range
from supportdesk.database.engine import DatabaseUnavailable
from supportdesk.domain.errors import NotFound
from supportdesk.domain.file_kinds import INLINE, UNKNOWN
from supportdesk.domain.ids import parse_id
from supportdesk.domain.queries.attachments import Stored, stored_for
from supportdesk.storage.errors import StorageFailed
from supportdesk.storage.store import get_store, key_of, picture_key_of

Answer = Callable[[Request, Stored], Awaitable[Response]]

_FIXED = {
    # Asked for again each time, because who may see it is decided anew.
    "Cache-Control": "private, no-cache",
    "Vary": "Cookie",
    "Content-Security-Policy": "default-src 'none'; img-src 'self'; media-src 'self';"
    " style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}


async def _whole_or_part(request: Request, file: Stored) -> Response:
    etag = f'"{file.sha256}"'
    inline = file.type in INLINE
    headers = {
        "Content-Type": file.type if inline else UNKNOWN,
        "Content-Disposition": disposition(file.name, inline=inline),
        "Accept-Ranges": "bytes",
        "ETag": etag,
    }
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers={"ETag": etag})
    try:
        asked = asked_range(request.headers, file.size, etag)
    except NotSatisfiable:
        return Response(status_code=416, headers={"Content-Range": f"bytes */{file.size}"})
    start, end = (asked.start, asked.end) if asked else (0, file.size)
    headers["Content-Length"] = str(end - start)
    if asked:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{file.size}"
    status = 206 if asked else 200
    if request.method == "HEAD":
        return Response(status_code=status, headers=headers)
    pieces = await get_store().read(key_of(file.sha256), start, end)
    return StreamingResponse(pieces, status_code=status, headers=headers)


async def _picture(request: Request, file: Stored) -> Response:
    """The small one, which the desk has drawn itself."""
    if not file.pictured:
        raise NotFound("file")
    headers = {"ETag": f'"{file.sha256}-thumbnail"', "Content-Disposition": "inline"}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    picture = await get_store().read_all(picture_key_of(file.sha256))
    return Response(picture, headers=headers, media_type="image/webp")


def disposition(name: str, *, inline: bool) -> str:
    """The header of RFC 6266: the name in ASCII for the old, and as it is for all others."""
    plain = "".join(each if " " <= each <= "~" and each not in '"\\%' else "_" for each in name)
    kind = "inline" if inline else "attachment"
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _guarded(answer: Answer) -> Callable[[Request], Awaitable[Response]]:
    """A stranger, who has left, and nobody are told the same as for a file that never was."""

    async def answered(request: Request) -> Response:
        try:
            response = await answer(request, await _asked_for(request))
        except NotFound:
            response = PlainTextResponse("Not found", status_code=404)
        except (DatabaseUnavailable, StorageFailed) as error:
            response = PlainTextResponse(str(error), status_code=503)
        response.headers.update(_FIXED)
        return response

    return answered


async def _asked_for(request: Request) -> Stored:
    wanted = parse_id(request.path_params["id"])
    actor = await actor_of(request)
    if wanted is None or actor is None:
        raise NotFound("file")
    return await stored_for(actor, wanted)


_ONE = f"{routes.ATTACHMENTS}/{{id}}"
ROUTES = [
    Route(_ONE, _guarded(_whole_or_part)),
    Route(f"{_ONE}/thumbnail", _guarded(_picture)),
]
