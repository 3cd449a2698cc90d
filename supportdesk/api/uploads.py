"""Receiving files in pieces, by the tus protocol (version 1.0.0: core, creation, termination).

`POST` announces a file, `PATCH` sends a piece of it, `HEAD` asks how much has come, `DELETE` gives
up. What has come whole is not yet a file to send: `POST .../keep` has it checked and stored.
Nothing of a piece is held in memory beyond what goes to the disk next.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import asdict
from uuid import UUID

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from supportdesk import routes
from supportdesk.api.origin import same_origin
from supportdesk.api.people import actor_of
from supportdesk.database.engine import DatabaseUnavailable
from supportdesk.domain.actor import Actor
from supportdesk.domain.errors import DomainError, Invalid, NotFound, Refused
from supportdesk.domain.ids import parse_id
from supportdesk.domain.queries.attachments import file_for
from supportdesk.storage import lines, spool, uploads
from supportdesk.storage.errors import ScannerAway, StorageFailed, StorageFull
from supportdesk.storage.lines import Cut
from supportdesk.storage.spool import Busy, OutOfStep, Upload

_VERSION = "1.0.0"
_PIECE_TYPE = "application/offset+octet-stream"
_LONGEST_METADATA = 8_000

Handler = Callable[[Request, Actor], Awaitable[Response]]

_STATUS: dict[type[Exception], int] = {
    NotFound: 404,
    OutOfStep: 409,
    Busy: 423,
    Invalid: 400,
    Refused: 422,
    StorageFull: 507,
    ScannerAway: 503,
    StorageFailed: 503,
    DatabaseUnavailable: 503,
}


async def announce(request: Request, actor: Actor) -> Response:
    length = _number(request, "upload-length")
    name = _metadata(request.headers.get("upload-metadata", "")).get("filename", "")
    upload = await uploads.begin(actor, name, length)
    return Response(status_code=201, headers={"Location": f"{routes.UPLOADS}/{upload.id}"})


async def ask(request: Request, actor: Actor) -> Response:
    upload = _found(request, actor)
    # Who asks has lost the line through which the rest came.
    await lines.cut(upload.id)
    headers = {"Upload-Offset": str(upload.offset), "Upload-Length": str(upload.length)}
    return Response(headers=headers)


async def receive(request: Request, actor: Actor) -> Response:
    if request.headers.get("content-type") != _PIECE_TYPE:
        return _sorry(f"A piece of a file is sent as {_PIECE_TYPE}.", 415)
    upload = _found(request, actor)
    offset = _number(request, "upload-offset")
    offset = await uploads.receive(actor, upload, offset, _pieces(request))
    return Response(status_code=204, headers={"Upload-Offset": str(offset)})


async def give_up(request: Request, actor: Actor) -> Response:
    await uploads.give_up(actor, _id(request))
    return Response(status_code=204)


async def keep(request: Request, actor: Actor) -> Response:
    """Check and store what has come, and say what it is. May be asked again."""
    upload_id = _id(request)
    # It may have been kept before; else it is not to be found below either.
    with suppress(NotFound):
        await uploads.finish(actor, _found(request, actor))
    return JSONResponse(asdict(await file_for(actor, upload_id)))


def _found(request: Request, actor: Actor) -> Upload:
    upload = spool.find(actor.user_id, _id(request))
    spool.carry_on(upload, actor.session_id)
    return upload


async def _pieces(request: Request) -> AsyncIterator[bytes]:
    try:
        async for piece in request.stream():
            yield piece
    except ClientDisconnect:
        raise Cut from None


def _id(request: Request) -> UUID:
    found = parse_id(request.path_params["id"])
    if found is None:
        raise NotFound("upload")
    return found


def _number(request: Request, header: str) -> int:
    text = request.headers.get(header, "")
    if not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise Invalid(f"{header.title()} is missing, or is not a number.")
    return int(text)


def _metadata(header: str) -> dict[str, str]:
    """Names with values in base64, separated by commas."""
    found = {}
    for pair in header[:_LONGEST_METADATA].split(","):
        name, _, value = pair.strip().partition(" ")
        with suppress(binascii.Error, ValueError):
            found[name] = base64.b64decode(value, validate=True).decode(errors="ignore")
    return found


def _guarded(handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    """For people of this desk, on pages of this desk; errors become sentences."""

    async def answered(request: Request) -> Response:
        if not same_origin(request):
            return _sorry("This was not sent from this desk.", 403)
        try:
            actor = await actor_of(request)
            if actor is None:
                return _sorry("You are signed out. Sign in again.", 401)
            return await handler(request, actor)
        except Cut:
            return _sorry("The connection was lost.", 409)
        except (DomainError, DatabaseUnavailable) as error:
            return _refusal(error)

    async def spoken(request: Request) -> Response:
        response = await answered(request)
        response.headers["Tus-Resumable"] = _VERSION
        response.headers["Cache-Control"] = "no-store"
        return response

    return spoken


def _refusal(error: Exception) -> Response:
    status = next(s for kind, s in _STATUS.items() if isinstance(error, kind))
    return _sorry(str(error), status, waits=isinstance(error, ScannerAway))


def _sorry(sentence: str, status: int, *, waits: bool = False) -> Response:
    return JSONResponse({"error": sentence, "waits": waits}, status_code=status)


_ONE = f"{routes.UPLOADS}/{{id}}"
ROUTES = [
    Route(routes.UPLOADS, _guarded(announce), methods=["POST"]),
    Route(f"{_ONE}/keep", _guarded(keep), methods=["POST"]),
    Route(_ONE, _guarded(receive), methods=["PATCH"]),
    Route(_ONE, _guarded(give_up), methods=["DELETE"]),
    Route(_ONE, _guarded(ask), methods=["HEAD"]),
]
