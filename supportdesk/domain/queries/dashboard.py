"""How much there is behind each tab of the dashboard, for admins."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from psycopg import sql

from supportdesk.database.engine import ask
from supportdesk.domain.actor import Actor
from supportdesk.domain.queries import inbox, listing
from supportdesk.domain.queries.filters import UNDONE, Filters
from supportdesk.domain.queries.inbox import COUNTED, Count

_IN_ROLE = """(SELECT count(*) FROM (
    SELECT FROM "user" WHERE role = '{role}' AND active LIMIT {most}) AS {role}s)"""
_COUNTS = f"""
SELECT {_IN_ROLE.format(role="buyer", most=COUNTED + 1)},
       {_IN_ROLE.format(role="seller", most=COUNTED + 1)},
       (SELECT count(*) FROM join_request WHERE state = 'waiting')
           + (SELECT count(*) FROM abuse_report WHERE state = 'waiting'),
       (SELECT count(*) FROM team),
       (SELECT count(*) FROM setting)
"""  # noqa: S608 - of constants
# From the latest backwards, over an index: what was before the day is never looked at.
_SINCE = f"""
SELECT array_agg(ARRAY[
    (SELECT count(*) FROM (
        SELECT FROM ticket_times WHERE tag_id = {listing.NONE} AND filed_at >= starts_at
        ORDER BY filed_at DESC LIMIT {COUNTED + 1}) AS filed),
    (SELECT count(*) FROM (
        SELECT FROM event WHERE created_at >= starts_at
        ORDER BY created_at DESC, id DESC LIMIT {COUNTED + 1}) AS logged)] ORDER BY place)
FROM unnest({{}}::timestamptz[]) WITH ORDINALITY AS today (starts_at, place)
"""  # noqa: S608


async def counts_for(actor: Actor) -> dict[str, str]:
    """By tab, as it is shown.

    `tickets` are those that are not settled, `requests` wait for a decision, people are those
    who may sign in, and `settings` are limits, texts and hours that admins have set.
    """
    tickets = await inbox.count_for(actor, Filters(statuses=UNDONE))
    found = await ask(actor, sql.Composed([sql.SQL(_COUNTS)])) or (0,) * 5
    tabs = ("users", "sellers", "requests", "teams", "settings")
    return {"tickets": tickets.spelled, **dict(zip(tabs, map(_spelled, found), strict=True))}


async def today_for(actor: Actor, days: Mapping[str, datetime]) -> dict[str, dict[str, str]]:
    """What has come since each of these moments, the beginnings of a day in different places.

    By place and tab, as it is shown. `reports` are tickets that were filed, `audit` lines of the
    log.
    """
    question = sql.SQL(_SINCE).format(list(days.values()))
    row = await ask(actor, sql.Composed([question]))
    found = (row[0] if row else None) or [(0, 0)] * len(days)
    return {
        place: {"reports": _spelled(filed), "audit": _spelled(logged)}
        for place, (filed, logged) in zip(days, found, strict=True)
    }


def _spelled(number: int) -> str:
    return Count(min(number, COUNTED), number > COUNTED).spelled
