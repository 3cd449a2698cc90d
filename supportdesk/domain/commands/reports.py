"""Sealing what is over, so that reports of long periods need not count it again.

Acts for nobody in particular. What was not sealed, or has changed since, is counted by whoever
reads a report: sealing changes how long that takes and nothing else.
"""

from __future__ import annotations

from datetime import datetime

from psycopg import sql

from supportdesk.database.engine import ask
from supportdesk.domain.actor import NOBODY
from supportdesk.domain.pieces import months_of, sealed

_SINCE = sql.SQL("SELECT report_since()").format()
_SEAL = sql.SQL("SELECT seal_report({}, {}::timestamptz[], {}::timestamptz[], {}::timestamptz[])")


async def seal(now: datetime) -> int:
    """Seal all that is over, for readers in all zones; return how many spans it was.

    What has been corrected since it was sealed is sealed anew.
    """
    found = await ask(NOBODY, _SINCE)
    since: datetime | None = found[0] if found else None
    if since is None:
        return 0
    months, count = months_of(since, now), 0
    for by, spans in sealed(since, now):
        starts, ends = [span.starts_at for span in spans], [span.ends_at for span in spans]
        row = await ask(NOBODY, _SEAL.format(by, starts, ends, months))
        count += row[0] if row else 0
    return count
