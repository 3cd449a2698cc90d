"""Handing out all that is kept of one person: to themselves, and to admins."""

from __future__ import annotations

import json
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from typing import IO
from uuid import UUID

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from supportdesk import routes
from supportdesk.api.archive import Entry, Names, zipped
from supportdesk.api.attachments import disposition
from supportdesk.api.origin import same_origin
from supportdesk.api.people import actor_of
from supportdesk.config import get_settings
from supportdesk.database.engine import DatabaseUnavailable
from supportdesk.domain.actor import Actor
from supportdesk.domain.commands import exports
from supportdesk.domain.errors import NotFound
from supportdesk.domain.ids import parse_id
from supportdesk.domain.queries.personal_data import (
    ONE,
    PARTS,
    OwnFile,
    files_of,
    name_of,
    rows_for,
)
from supportdesk.storage.errors import StorageFailed, told_plainly
from supportdesk.storage.store import get_store, key_of

Answer = Callable[[Request], Awaitable[Response]]

FORMAT = "supportdesk personal data 1"
_READ_BYTES = 256 * 1024
_NOT_SENT = "not sent"

_FIXED = {"Cache-Control": "no-store", "Vary": "Cookie", "X-Content-Type-Options": "nosniff"}


async def _own(request: Request) -> Response:
    actor = await _who(request)
    return await _export(request, actor, actor.user_id)


async def _anybodys(request: Request) -> Response:
    actor, wanted = await _who(request), parse_id(request.path_params["id"])
    if wanted is None:
        raise NotFound("person")
    return await _export(request, actor, wanted)


async def _who(request: Request) -> Actor:
    """Raises `NotFound` for nobody, and where another site has the browser ask."""
    actor = await actor_of(request) if same_origin(request) else None
    if actor is None:
        raise NotFound("person")
    return actor


async def _export(request: Request, actor: Actor, person_id: UUID) -> Response:
    name = await name_of(actor, person_id)
    called = f"{name.replace('/', '_')} {datetime.now(UTC):%Y-%m-%d}.zip"
    headers = {"Content-Disposition": disposition(called, inline=False)}
    if request.method == "HEAD":
        return Response(headers=headers, media_type="application/zip")
    await exports.note_person(actor, person_id)
    data = await _written(actor, person_id)
    files = await files_of(actor, person_id)
    pieces = zipped(_entries(data, files))
    return StreamingResponse(pieces, headers=headers, media_type="application/zip")


async def _written(actor: Actor, person_id: UUID) -> IO[bytes]:
    """All but the files, as JSON that is still open at its end, in a file that has no name.

    So the database is done with it before somebody on a slow line begins to receive it.
    """
    home = get_settings().home
    with told_plainly():
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        file: IO[bytes] = tempfile.TemporaryFile(dir=home)  # noqa: SIM115 - closed when it is sent
    try:
        with told_plainly():
            await _write(file, actor, person_id)
    except BaseException:
        file.close()
        raise
    return file


async def _write(file: IO[bytes], actor: Actor, person_id: UUID) -> None:
    at = datetime.now(UTC).isoformat()
    file.write(f'{{\n"format": {json.dumps(FORMAT)},\n"exported_at": "{at}"'.encode())
    seen, part = set(), ""
    async for of, row in rows_for(actor, person_id):
        if of != part:
            file.write(_end(part))
            file.write(f',\n"{of}": {"" if of in ONE else "["}'.encode())
            seen.add(of)
        file.write(("" if of in ONE else "\n  " if of != part else ",\n  ").encode() + row.encode())
        part = of
    file.write(_end(part))
    for of in (each for each in PARTS if each not in seen):
        file.write(f',\n"{of}": {"null" if of in ONE else "[]"}'.encode())


def _end(part: str) -> bytes:
    return b"" if part in ("", *ONE) else b"\n]"


async def _entries(data: IO[bytes], files: list[OwnFile]) -> AsyncIterator[Entry]:
    """The files, then `data.json`, which says what became of each of them."""
    names = Names()
    with data:
        data.write(b',\n"files": [')
        for number, file in enumerate(files):
            path = names.give(f"files/{file.ticket or _NOT_SENT}", file.name)
            pieces = await _pieces(file)
            said = json.dumps(_said(file, path if pieces else None), ensure_ascii=False)
            data.write(("," if number else "").encode() + b"\n  " + said.encode())
            if pieces:
                yield Entry(path, file.size, pieces)
        data.write(b"\n]\n}\n" if files else b"]\n}\n")
        size = data.tell()
        data.seek(0)
        yield Entry("data.json", size, _read(data), packed=True)


async def _pieces(file: OwnFile) -> AsyncIterator[bytes] | None:
    """None where the storage does not have it any more."""
    try:
        return await get_store().read(key_of(file.sha256), 0, file.size)
    except StorageFailed:
        return None


def _said(file: OwnFile, path: str | None) -> dict[str, object]:
    return {
        "id": file.id,
        "name": file.name,
        "description": file.alt,
        "type": file.type,
        "size": file.size,
        "sha256": file.sha256,
        "uploaded_at": file.at,
        "ticket": file.ticket or None,
        "message": file.message or None,
        "in_archive": path,
        "missing": path is None,
    }


async def _read(file: IO[bytes]) -> AsyncIterator[bytes]:
    while piece := file.read(_READ_BYTES):
        yield piece


def _guarded(answer: Answer) -> Answer:
    """Strangers and nobody are told the same as of somebody who never was."""

    async def answered(request: Request) -> Response:
        try:
            response = await answer(request)
        except NotFound:
            response = PlainTextResponse("Not found", status_code=404)
        except (DatabaseUnavailable, StorageFailed) as error:
            response = PlainTextResponse(str(error), status_code=503)
        response.headers.update(_FIXED)
        return response

    return answered


ROUTES = [
    Route(routes.ACCOUNT_EXPORT, _guarded(_own)),
    Route(routes.PERSON_EXPORT, _guarded(_anybodys)),
]
