"""What reports are put together from: sealed spans with their corrections, and what is counted.

A report is read in a transaction of one moment, and summed up here; see
`docs/decisions/0020-reports-from-sealed-spans.md`.
"""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from supportdesk.database.engine import fetch_packed
from supportdesk.domain.busy import Filings
from supportdesk.domain.distribution import unpack
from supportdesk.domain.entries import Part, entries_of
from supportdesk.domain.periods import By, Period, Span
from supportdesk.domain.pieces import BEGINNING, Piece
from supportdesk.domain.sums import Stretch, Sum
from supportdesk.domain.totals import counted_as

ALL = "all"


# The key of what is not in groups.
TOTAL = ""


@dataclass(slots=True)
class Found:
    """By the key of a group: sums, and what is unresolved at the end. `stretches` are by their
    place among those that were asked for apart."""

    sums: dict[str, Sum]
    stretches: dict[int, Stretch]
    left: dict[str, int]
    groups: int


_TOTALS = text(
    "SELECT ends_at FROM report_span"
    " WHERE by = :by AND starts_at = :beginning AND ends_at <= :until"
)
_KINDS = ("filed", "undone", "reopened", "answered", "resolved")
_GROWTH = "filed - resolved + reopened - undone"
_SORTED = "string_agg(int4send({0}), '' ORDER BY {0}) FILTER (WHERE what ="


def _quarters(what: str) -> str:
    """In the order of their seconds, where they have any."""
    return f"coalesce(string_agg(quarter, '' ORDER BY seconds) FILTER (WHERE what = '{what}'), '')"


# A span that is sealed counts with what has been corrected of it since. Whole years come before
# months, and a day before the two parts of it that belong to two rows of a report: it is `cut`
# here. What is not sealed is counted.
_READ = """
WITH wanted AS MATERIALIZED (
    SELECT * FROM unnest(
        %(starts)s::timestamptz[], %(ends)s::timestamptz[],
        %(within_starts)s::timestamptz[], %(within_ends)s::timestamptz[],
        %(happened)s::integer[], %(remained)s::integer[], %(told)s::boolean[]
    ) AS w(starts_at, ends_at, within_starts, within_ends, happened, remained, told)
), sealed AS MATERIALIZED (
    SELECT s.id, s.starts_at, s.ends_at FROM report_span s
    WHERE s.by = %(by)s AND (s.starts_at, s.ends_at) IN (
        SELECT starts_at, ends_at FROM wanted UNION SELECT within_starts, within_ends FROM wanted)
), settled AS MATERIALIZED (
    SELECT w.*, coalesce(larger.id, own.id) AS span_id, larger.id IS NOT NULL AS cut
    FROM wanted w
    LEFT JOIN sealed larger
        ON (larger.starts_at, larger.ends_at) = (w.within_starts, w.within_ends)
    LEFT JOIN sealed own ON (own.starts_at, own.ends_at) = (w.starts_at, w.ends_at)
), spans AS MATERIALIZED (
    SELECT DISTINCT s.id, s.starts_at, s.ends_at, happened, remained, told, cut
    FROM settled JOIN sealed s ON s.id = span_id
), counted AS MATERIALIZED (
    SELECT p.*, c.happened, c.remained, c.told
    FROM report_parts(
        %(by)s,
        ARRAY(SELECT starts_at FROM settled WHERE span_id IS NULL ORDER BY starts_at, ends_at),
        ARRAY(SELECT ends_at FROM settled WHERE span_id IS NULL ORDER BY starts_at, ends_at)) p
    JOIN settled c ON c.span_id IS NULL AND (c.starts_at, c.ends_at) = (p.starts_at, p.ends_at)
), successor AS MATERIALIZED (
    SELECT key AS was, successor AS key FROM report_successor WHERE by = %(by)s
), changed AS NOT MATERIALIZED (
    SELECT s.starts_at, s.ends_at, s.happened, s.remained, s.told, s.cut,
           coalesce(n.key, c.key) AS key, c.what, c.seconds, c.change, c.at,
           {quarter} AS quarter
    FROM spans s
    JOIN report_change c ON c.by = %(by)s AND c.at >= s.starts_at AND c.at < s.ends_at
    LEFT JOIN successor n ON n.was = c.key
    WHERE n.was IS NULL OR n.key IS NOT NULL
), any_part AS (
    -- Span by span: of millions of parts, few are of these spans.
    SELECT coalesce(n.key, p.key) AS key, happened * filed AS filed,
           happened * ({entries}) AS entries, remained * ({growth}) AS growth
    FROM spans CROSS JOIN LATERAL (
        SELECT key, {kinds} FROM report_part own WHERE own.span_id = spans.id OFFSET 0) AS p
    LEFT JOIN successor n ON n.was = p.key
    WHERE (happened, remained) <> (0, 0) AND (n.was IS NULL OR n.key IS NOT NULL)
    UNION ALL
    SELECT key, happened * filed, happened * ({entries}), remained * ({growth}) FROM counted
    UNION ALL
    SELECT key, CASE what WHEN 'filed' THEN happened * change ELSE 0 END, happened * change,
           CASE WHEN what IN ('filed', 'reopened') THEN remained * change
                WHEN what IN ('resolved', 'undone') THEN -remained * change ELSE 0 END
    FROM changed WHERE (happened, remained) <> (0, 0)
), shown AS MATERIALIZED (
    -- Those of which anything happened, or was left at the end of it.
    SELECT key, sum(growth)::integer AS remaining, count(*) OVER () AS groups
    FROM any_part GROUP BY key
    HAVING sum(entries) > 0 OR sum(growth) <> 0
    ORDER BY sum(filed) DESC, key LIMIT %(most)s
), part AS (
    -- Looked up one by one: of ten thousand sellers a hundred are shown.
    SELECT spans.id, starts_at, ends_at, wanted.key, 1 AS sign, filed, undone, reopened, resolved,
           filings, responses, resolutions, CASE WHEN cut THEN quarters END AS quarters, groups
    FROM (SELECT key, key AS sealed_as, groups FROM shown
          UNION ALL SELECT key, was, groups FROM shown JOIN successor USING (key)) AS wanted
    CROSS JOIN spans CROSS JOIN LATERAL (
        SELECT filed, undone, reopened, resolved, filings, responses, resolutions, quarters
        FROM report_part p WHERE p.span_id = spans.id AND p.key = sealed_as OFFSET 0) AS found
    WHERE told
    UNION ALL
    SELECT NULL, starts_at, ends_at, key, 1, filed, undone, reopened, resolved, filings, responses,
           resolutions, NULL, groups
    FROM counted JOIN shown USING (key) WHERE told
    UNION ALL
    SELECT NULL, starts_at, ends_at, key, change, {count} 'filed')::integer,
           {count} 'undone')::integer, {count} 'reopened')::integer,
           {count} 'resolved')::integer,
           {sorted_since} 'filed'), {sorted_seconds} 'answered'), {sorted_seconds} 'resolved'),
           {quarters}, max(groups)
    FROM changed JOIN shown USING (key) WHERE told
    GROUP BY starts_at, ends_at, key, change, cut
)
SELECT id, starts_at, ends_at, key, sign, filed, undone, reopened, resolved,
       CASE WHEN %(hourly)s THEN filings END AS filings, responses, resolutions,
       quarters, NULL AS remaining, groups
FROM part
UNION ALL
SELECT NULL, NULL, NULL, key, 0, 0, 0, 0, 0, NULL, NULL, NULL, NULL, remaining, groups FROM shown
""".format(  # noqa: S608 - nothing in it comes from outside
    kinds=", ".join(_KINDS),
    entries=" + ".join(_KINDS),
    growth=_GROWTH,
    count="count(*) FILTER (WHERE what =",
    sorted_since=_SORTED.format("floor(date_part('epoch', at - starts_at))::integer"),
    sorted_seconds=_SORTED.format("seconds"),
    quarter="substr(int4send(floor(date_part('epoch', c.at - s.starts_at) / 900)::integer), 4)",
    quarters=f"CASE WHEN cut THEN {' || '.join(map(_quarters, _KINDS))} END",
)


async def read(
    tx: AsyncConnection,
    by: str,
    wanted: Sequence[Piece],
    period: Period,
    *,
    most: int | None = None,
    apart: Sequence[Span] = (),
) -> Found:
    """Sum up these pieces of the period; `apart`: by the one of these spans that each is in, which
    follow on each other."""
    until = period.whole.ends_at
    totals = await tx.execute(_TOTALS, {"by": by, "beginning": BEGINNING, "until": until})
    known = set(totals.scalars())
    parts = counted_as(wanted, period.whole, known, By.DAY if by == ALL else By.WEEK)
    within = [each.within for each in parts]
    values = {
        "by": by,
        "starts": _packed(each.span.starts_at for each in parts),
        "ends": _packed(each.span.ends_at for each in parts),
        "within_starts": _packed(each.starts_at if each else None for each in within),
        "within_ends": _packed(each.ends_at if each else None for each in within),
        "happened": _packed(each.happened for each in parts),
        "remained": _packed(each.remained for each in parts),
        "told": _packed(each.told for each in parts),
        "most": most,
        "hourly": by == ALL and not apart,
    }
    found = await fetch_packed(tx, _READ, values)
    return await asyncio.to_thread(_summed, found, apart)


def _packed(values: Iterable[datetime | int | None]) -> str:
    """As PostgreSQL writes an array: of thousands, the driver would look at each for its type."""
    return f"{{{','.join(['NULL' if each is None else str(each) for each in values])}}}"


def _summed(rows: Iterable[Any], apart: Sequence[Span]) -> Found:
    starts = [each.starts_at for each in apart]
    found = Found(defaultdict(Sum), defaultdict(Stretch), defaultdict(int), 0)
    for row in rows:
        found.groups = row.groups
        if row.starts_at is None:
            found.left[row.key] = row.remaining
        elif not apart:
            found.sums[row.key].add(entries_of(row), _filings(row))
        else:
            _put(row, apart, bisect_right(starts, row.starts_at) - 1, found.stretches)
    return found


def _filings(row: Any) -> Filings | None:
    return Filings(row.starts_at, unpack(row.filings), row.sign) if row.filings else None


def _put(row: Any, apart: Sequence[Span], first: int, stretches: dict[int, Stretch]) -> None:
    """Into the stretch that it is in, or a day that is cut into each of them, from this one on."""
    part = Part(row)
    for at in range(first, len(apart)):
        stretches[at].add(part, apart[at])
        if row.quarters is None or apart[at].ends_at >= row.ends_at:
            return
