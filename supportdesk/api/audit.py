"""The log as a file, for admins: all of it that is asked for, however long, in pieces."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from supportdesk import routes
from supportdesk.api.people import viewer_of
from supportdesk.database.engine import DatabaseUnavailable
from supportdesk.domain.actor import Role
from supportdesk.domain.commands import exports
from supportdesk.domain.queries.audit import Entry, LogPage, page_for
from supportdesk.domain.queries.audit_asked import Asked, Cursor, parse, spell
from supportdesk.domain.queries.sessions import Viewer
from supportdesk.domain.spreadsheets import lines

_PIECE = 1000
_COLUMNS = (
    "time", "who", "what", "kind", "ticket", "subject", "address", "browser", "before", "after",
    "id",
)  # fmt: skip
_HEADERS = {
    "Cache-Control": "private, no-store",
    "Vary": "Cookie",
    "X-Content-Type-Options": "nosniff",
}

Writer = Callable[[AsyncIterator[Sequence[Entry]], ZoneInfo], AsyncIterator[str]]


async def _as_csv(pieces: AsyncIterator[Sequence[Entry]], zone: ZoneInfo) -> AsyncIterator[str]:
    # Spreadsheets take a file for UTF-8 when it begins with this mark.
    yield "\ufeff" + lines([_COLUMNS])
    async for entries in pieces:
        yield lines([_cells(each, zone) for each in entries])


def _cells(entry: Entry, zone: ZoneInfo) -> tuple[str, ...]:
    before = "\n".join(f"{each.what}: {each.before}" for each in entry.shifts if each.before)
    after = "\n".join(f"{each.what}: {each.after}" for each in entry.shifts if each.after)
    return (
        entry.at.astimezone(zone).isoformat(timespec="milliseconds"),
        entry.who, entry.sentence, entry.kind, entry.number, entry.subject,
        entry.ip, entry.browser, before, after, entry.id,
    )  # fmt: skip


async def _as_json(pieces: AsyncIterator[Sequence[Entry]], zone: ZoneInfo) -> AsyncIterator[str]:
    begin = "[\n"
    async for entries in pieces:
        for entry in entries:
            yield begin + json.dumps(_object(entry, zone), ensure_ascii=False)
            begin = ",\n"
    yield "\n]\n" if begin != "[\n" else "[]\n"


def _object(entry: Entry, zone: ZoneInfo) -> dict[str, object]:
    values: dict[str, object] = dict(zip(_COLUMNS, _cells(entry, zone), strict=True))
    del values["before"], values["after"]
    values["changes"] = [
        {"what": each.what, "before": each.before, "after": each.after} for each in entry.shifts
    ]
    return values


def _export(
    ending: str, media_type: str, write: Writer
) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        try:
            viewer = await viewer_of(request)
            if viewer is None or viewer.actor.role is not Role.ADMIN:
                return PlainTextResponse("Not found", status_code=404, headers=_HEADERS)
            asked = parse(dict(request.query_params))
            # Before the answer begins: once it has, only its end could say what went wrong.
            first = await page_for(viewer.actor, asked, viewer.timezone, most=_PIECE)
        except DatabaseUnavailable as error:
            return PlainTextResponse(str(error), status_code=503, headers=_HEADERS)
        zone, today = ZoneInfo(viewer.timezone), datetime.now(UTC)
        name = f"log-{today.astimezone(zone):%Y-%m-%d}.{ending}"
        headers = {**_HEADERS, "Content-Disposition": f'attachment; filename="{name}"'}
        if request.method == "HEAD":
            return Response(headers=headers, media_type=media_type)
        pieces = _pieces(viewer, asked, ending, first)
        return StreamingResponse(write(pieces, zone), media_type=media_type, headers=headers)

    return answer


async def _pieces(
    viewer: Viewer, asked: Asked, ending: str, page: LogPage
) -> AsyncIterator[Sequence[Entry]]:
    """Page by page; at the end the log is told that it was taken. Who breaks off has some of it."""
    sent = 0
    try:
        while True:
            sent += len(page.entries)
            yield page.entries
            after: Cursor | None = page.after
            if after is None:
                return
            page = await page_for(viewer.actor, asked, viewer.timezone, after, most=_PIECE)
    finally:
        await exports.note_log(viewer.actor, ending, spell(asked), sent)


ROUTES = [
    Route(f"{routes.ADMIN_AUDIT}.csv", _export("csv", "text/csv; charset=utf-8", _as_csv)),
    Route(f"{routes.ADMIN_AUDIT}.json", _export("json", "application/json", _as_json)),
]
