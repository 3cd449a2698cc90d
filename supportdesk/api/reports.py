"""Reports as files for spreadsheets: the figures of the page, all rows of them."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from supportdesk import routes
from supportdesk.api.attachments import disposition
from supportdesk.api.people import viewer_of
from supportdesk.database.engine import DatabaseUnavailable
from supportdesk.domain import periods, report_words
from supportdesk.domain.errors import NotFound
from supportdesk.domain.queries.reports import report_for

_HEADERS = {
    "Cache-Control": "private, no-store",
    "Vary": "Cookie",
    "X-Content-Type-Options": "nosniff",
}
# Without it some spreadsheets do not read a file as UTF-8.
_MARK = "\ufeff"


async def _answer(request: Request) -> Response:
    """Who is no admin is told the same as of an address that leads nowhere."""
    try:
        return await _file(request)
    except NotFound:
        return PlainTextResponse("Not found", status_code=404, headers=_HEADERS)
    except DatabaseUnavailable as error:
        return PlainTextResponse(str(error), status_code=503, headers=_HEADERS)


async def _file(request: Request) -> Response:
    viewer = await viewer_of(request)
    if viewer is None:
        raise NotFound("report")
    asked = periods.parse(request.query_params)
    zone = ZoneInfo(viewer.timezone)
    report = await report_for(viewer.actor, asked, datetime.now(UTC), zone, most=None)
    if request.query_params.get("table") == "hours":
        text, what = report_words.hours_table(report), "busiest-hours"
    else:
        text, what = report_words.table(report), f"by-{report.by}"
    named = disposition(report_words.file_name(report, what), inline=False)
    headers = {**_HEADERS, "Content-Disposition": named}
    return Response(_MARK + text, media_type="text/csv", headers=headers)


ROUTES = [Route(routes.ADMIN_REPORTS_FILE, _answer)]
