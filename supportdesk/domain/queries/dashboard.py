"""How much there is behind each tab of the dashboard."""

from __future__ import annotations

from psycopg import sql

from supportdesk.database.engine import ask
from supportdesk.domain.actor import Actor
from supportdesk.domain.queries import inbox
from supportdesk.domain.queries.filters import UNDONE, Filters
from supportdesk.domain.queries.inbox import COUNTED, Count

_IN_ROLE = """(SELECT count(*) FROM (
    SELECT FROM "user" WHERE role = '{role}' AND active LIMIT {most}) AS {role}s)"""
_COUNTS = f"""
SELECT {_IN_ROLE.format(role="buyer", most=COUNTED + 1)},
       {_IN_ROLE.format(role="seller", most=COUNTED + 1)},
       (SELECT count(*) FROM join_request WHERE state = 'waiting')
           + (SELECT count(*) FROM abuse_report WHERE state = 'waiting'),
       (SELECT count(*) FROM team)
"""  # noqa: S608 - of constants


async def counts_for(actor: Actor) -> dict[str, str]:
    """By tab, as it is shown; for admins.

    `tickets` are those that are not settled, `requests` wait for a decision, and people are those
    who may sign in.
    """
    tickets = await inbox.count_for(actor, Filters(statuses=UNDONE))
    found = await ask(actor, sql.Composed([sql.SQL(_COUNTS)])) or (0, 0, 0, 0)
    others = [Count(min(number, COUNTED), number > COUNTED).spelled for number in found]
    return {
        "tickets": tickets.spelled,
        **dict(zip(("users", "sellers", "requests", "teams"), others, strict=True)),
    }
