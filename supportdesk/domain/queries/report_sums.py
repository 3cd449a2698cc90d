"""What reports are put together from: sealed spans with their corrections, and what is counted.

A report is read in a transaction of one moment, and summed up here; see
`docs/decisions/0020-reports-from-sealed-spans.md`.
"""

from __future__ import annotations

import asyncio
from array import array
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from supportdesk.database.engine import fetch_packed
from supportdesk.domain.busy import Filings
from supportdesk.domain.distribution import Distribution, unpack
from supportdesk.domain.periods import By, Period, Piece, Span
from supportdesk.domain.totals import BEGINNING, counted_as

ALL = "all"


@dataclass(frozen=True, slots=True)
class Waited:
    """Seconds from filing, of so many tickets. None of none."""

    count: int = 0
    median: float | None = None
    p90: float | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """`resolved` are tickets by their latest resolution, if it lasts; `backlog` is at the end."""

    filed: int = 0
    resolved: int = 0
    reopened: int = 0
    backlog: int = 0
    response: Waited = Waited()
    resolution: Waited = Waited()


@dataclass(slots=True)
class Many:
    """Sorted seconds: those that count, and those of them that were taken back."""

    arrays: list[array[int]] = field(default_factory=list)
    without: list[array[int]] = field(default_factory=list)

    def add(self, packed: bytes, sign: int) -> None:
        (self.arrays if sign > 0 else self.without).append(unpack(packed))

    @property
    def waited(self) -> Waited:
        found = Distribution(self.arrays, self.without)
        return Waited(found.count, found.percentile(0.5), found.percentile(0.9))


@dataclass(slots=True)
class Sum:
    filed: int = 0
    resolved: int = 0
    undone: int = 0
    reopened: int = 0
    responses: Many = field(default_factory=Many)
    resolutions: Many = field(default_factory=Many)
    filings: list[Filings] = field(default_factory=list)

    @property
    def growth(self) -> int:
        """By how much more is unresolved at the end than at the start."""
        return self.filed - self.resolved + self.reopened - self.undone

    def figures(self, backlog: int) -> Figures:
        return Figures(
            self.filed,
            self.resolved,
            self.reopened,
            backlog,
            self.responses.waited,
            self.resolutions.waited,
        )


# The key of a group and, where asked for, the start and the end of a span: on the day that an
# island skips, one starts with the next.
Key = tuple[str, datetime | None, datetime | None]


@dataclass(slots=True)
class Found:
    """Sums, and what is unresolved at the end by the key of a group."""

    sums: dict[Key, Sum]
    left: dict[str, int]
    groups: int


WHOLE = (None, None)
TOTAL: Key = ("", *WHOLE)

_TOTALS = text(
    "SELECT ends_at FROM report_span"
    " WHERE by = :by AND starts_at = :beginning AND ends_at <= :until"
)
_ENTRIES = "filed + undone + reopened + answered + resolved"
_GROWTH = "filed - resolved + reopened - undone"
_SORTED = "string_agg(int4send({0}), '' ORDER BY {0}) FILTER (WHERE what ="

# A span that is sealed counts with what has been corrected of it since. Whole years come before
# months; what is not sealed is counted.
_READ = """
WITH wanted AS MATERIALIZED (
    SELECT * FROM unnest(
        %(starts)s::timestamptz[], %(ends)s::timestamptz[],
        %(year_starts)s::timestamptz[], %(year_ends)s::timestamptz[],
        %(happened)s::integer[], %(remained)s::integer[], %(told)s::boolean[]
    ) AS w(starts_at, ends_at, year_starts, year_ends, happened, remained, told)
), sealed AS MATERIALIZED (
    SELECT s.id, s.starts_at, s.ends_at FROM report_span s
    WHERE s.by = %(by)s AND (s.starts_at, s.ends_at) IN (
        SELECT starts_at, ends_at FROM wanted UNION SELECT year_starts, year_ends FROM wanted)
), settled AS MATERIALIZED (
    SELECT w.*, coalesce(year.id, own.id) AS span_id
    FROM wanted w
    LEFT JOIN sealed year ON (year.starts_at, year.ends_at) = (w.year_starts, w.year_ends)
    LEFT JOIN sealed own ON (own.starts_at, own.ends_at) = (w.starts_at, w.ends_at)
), spans AS MATERIALIZED (
    SELECT DISTINCT s.id, s.starts_at, s.ends_at, happened, remained, told
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
    SELECT s.starts_at, s.ends_at, s.happened, s.remained, s.told, coalesce(n.key, c.key) AS key,
           c.what, c.seconds, c.change, c.at
    FROM spans s
    JOIN report_change c ON c.by = %(by)s AND c.at >= s.starts_at AND c.at < s.ends_at
    LEFT JOIN successor n ON n.was = c.key
    WHERE n.was IS NULL OR n.key IS NOT NULL
), any_part AS (
    SELECT coalesce(n.key, p.key) AS key, happened * filed AS filed,
           happened * ({entries}) AS entries, remained * ({growth}) AS growth
    FROM spans JOIN report_part p ON span_id = id LEFT JOIN successor n ON n.was = p.key
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
    SELECT starts_at, ends_at, wanted.key, 1 AS sign, filed, undone, reopened, resolved, filings,
           responses, resolutions, groups
    FROM (SELECT key, key AS sealed_as, groups FROM shown
          UNION ALL SELECT key, was, groups FROM shown JOIN successor USING (key)) AS wanted
    CROSS JOIN spans CROSS JOIN LATERAL (
        SELECT filed, undone, reopened, resolved, filings, responses, resolutions
        FROM report_part p WHERE p.span_id = spans.id AND p.key = sealed_as OFFSET 0) AS found
    WHERE told
    UNION ALL
    SELECT starts_at, ends_at, key, 1, filed, undone, reopened, resolved, filings, responses,
           resolutions, groups
    FROM counted JOIN shown USING (key) WHERE told
    UNION ALL
    SELECT starts_at, ends_at, key, change, {count} 'filed')::integer,
           {count} 'undone')::integer, {count} 'reopened')::integer,
           {count} 'resolved')::integer,
           {sorted_since} 'filed'), {sorted_seconds} 'answered'), {sorted_seconds} 'resolved'),
           max(groups)
    FROM changed JOIN shown USING (key) WHERE told
    GROUP BY starts_at, ends_at, key, change
)
SELECT starts_at, ends_at, key, sign, filed, undone, reopened, resolved,
       CASE WHEN %(hourly)s THEN filings END AS filings, responses, resolutions,
       NULL AS remaining, groups
FROM part
UNION ALL
SELECT NULL, NULL, key, 0, 0, 0, 0, 0, NULL, NULL, NULL, remaining, groups FROM shown
""".format(  # noqa: S608 - nothing in it comes from outside
    entries=_ENTRIES,
    growth=_GROWTH,
    count="count(*) FILTER (WHERE what =",
    sorted_since=_SORTED.format("floor(date_part('epoch', at - starts_at))::integer"),
    sorted_seconds=_SORTED.format("seconds"),
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
    """Sum up these pieces of the period; `apart`: by the span of these that each begins in."""
    until = period.whole.ends_at
    totals = await tx.execute(_TOTALS, {"by": by, "beginning": BEGINNING, "until": until})
    known = set(totals.scalars())
    parts = counted_as(wanted, period, known, By.DAY if by == ALL else By.WEEK)
    values = {
        "by": by,
        "starts": [each.span.starts_at for each in parts],
        "ends": [each.span.ends_at for each in parts],
        "year_starts": [each.year and each.year.starts_at for each in parts],
        "year_ends": [each.year and each.year.ends_at for each in parts],
        "happened": [each.happened for each in parts],
        "remained": [each.remained for each in parts],
        "told": [each.told for each in parts],
        "most": most,
        "hourly": by == ALL and not apart,
    }
    found = await fetch_packed(tx, _READ, values)
    return await asyncio.to_thread(_summed, found, apart)


def _summed(rows: Iterable[Any], apart: Sequence[Span]) -> Found:
    starts = [each.starts_at for each in apart]
    sums: dict[Key, Sum] = defaultdict(Sum)
    left: dict[str, int] = defaultdict(int)
    groups = 0
    for row in rows:
        groups = row.groups
        if row.starts_at is None:
            left[row.key] = row.remaining
        else:
            of = apart[bisect_right(starts, row.starts_at) - 1] if apart else None
            _add(sums[row.key, *((of.starts_at, of.ends_at) if of else WHOLE)], row)
    return Found(dict(sums), dict(left), groups)


def _add(to: Sum, row: Any) -> None:
    to.filed += row.sign * row.filed
    to.resolved += row.sign * row.resolved
    to.undone += row.sign * row.undone
    to.reopened += row.sign * row.reopened
    for name in ("responses", "resolutions"):
        if packed := getattr(row, name):
            getattr(to, name).add(packed, row.sign)
    if row.filings:
        to.filings.append(Filings(row.starts_at, unpack(row.filings), row.sign))
