"""One sealing for readers in all zones: days begin in UTC, and say of each entry when it happened.

Until now each zone of an admin had spans of its own. Where the day of a reader begins within a day
of UTC, the entries of that day are told apart by the quarter of an hour that each of them has.
"""

import runpy
from pathlib import Path
from typing import Any

from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

ITSELF = "'00000000-0000-0000-0000-000000000000'"
# As `domain/totals` has it.
BEGINNING = "'0001-01-01 00:00+00'"

# Whoever upgrades seals anew: what was sealed until now is of zones, and has no such quarters.
TABLES = """
TRUNCATE report_span, report_part, report_change;
-- Of days: of each that was filed, undone, reopened, answered (in the order of `responses`) and
-- resolved (in that of `resolutions`), which quarter of an hour of the day it was.
ALTER TABLE report_part ADD COLUMN quarters bytea NOT NULL;
ALTER TABLE report_part ALTER quarters SET STORAGE EXTERNAL;
"""
TABLES_BEFORE = """
TRUNCATE report_span, report_part, report_change;
ALTER TABLE report_part DROP COLUMN quarters;
"""

COUNTS = ("filed", "undone", "reopened", "answered", "resolved")
SECONDS = ("filings", "responses", "resolutions")
_SINCE = "floor(date_part('epoch', t.filed_at - s.starts_at))::integer"


def _sorted(value: str, condition: str = "true") -> str:
    return (
        f"coalesce(string_agg(int4send({value}), '' ORDER BY {value})"
        f" FILTER (WHERE s.starts_at > {BEGINNING} AND {condition}), '')"
    )


def _quarters(at: str, order: str) -> str:
    quarter = f"floor(date_part('epoch', {at} - s.starts_at) / 900)::integer"
    return (
        f"coalesce(string_agg(substr(int4send({quarter}), 4), ''{order})"
        f" FILTER (WHERE by = 'all' AND s.ends_at - s.starts_at = interval '1 day'), '')"
    )


def _each(what: str, at: str, times: str, order: str = "", **seconds: str) -> str:
    """All of that kind, by the key of a group."""
    found = dict.fromkeys(COUNTS, "0") | dict.fromkeys(SECONDS, "''::bytea")
    found |= {what: "count(*)", **seconds, "quarters": _quarters(at, order)}
    found["place"] = str(COUNTS.index(what))
    return f"""
        SELECT CASE by WHEN 'team' THEN t.team_id WHEN 'assignee' THEN t.assignee_id
                       WHEN 'seller' THEN t.seller_id WHEN 'tag' THEN t.tag_id END AS id,
               CASE by WHEN 'type' THEN t.type END AS word,
               {", ".join(f"{value} AS {name}" for name, value in found.items())}
        FROM {times}
        WHERE {at} >= s.starts_at AND {at} < s.ends_at AND (t.tag_id <> {ITSELF}) = (by = 'tag')
        GROUP BY 1, 2"""


_TIMES = "ticket_times t"
_REOPENINGS = "ticket_reopening r JOIN ticket_times t USING (ticket_id)"
_EACH = (
    _each("filed", "t.filed_at", _TIMES, filings=_sorted(_SINCE, "by = 'all'")),
    _each("undone", "r.resolved_at", _REOPENINGS),
    _each("reopened", "r.reopened_at", _REOPENINGS),
    _each(
        "answered", "t.answered_at", _TIMES, " ORDER BY t.response", responses=_sorted("t.response")
    ),
    _each(
        "resolved",
        "t.resolved_at",
        _TIMES,
        " ORDER BY t.resolution",
        resolutions=_sorted("t.resolution"),
    ),
)

READ = f"""
-- The parts of these spans, counted from the times themselves. A total has counts alone.
CREATE FUNCTION report_parts(by text, starts timestamptz[], ends timestamptz[])
RETURNS TABLE (starts_at timestamptz, ends_at timestamptz, key text,
               {", ".join(f"{name} integer" for name in COUNTS)},
               {", ".join(f"{name} bytea" for name in (*SECONDS, "quarters"))})
LANGUAGE sql STABLE AS $$
    SELECT s.starts_at, s.ends_at, coalesce(part.id::text, part.word, ''),
           {", ".join(f"sum(part.{name})::integer" for name in COUNTS)},
           {", ".join(f"string_agg(part.{name}, '')" for name in SECONDS)},
           string_agg(part.quarters, '' ORDER BY part.place)
    FROM unnest(starts, ends) AS s(starts_at, ends_at)
    CROSS JOIN LATERAL ({" UNION ALL".join(_EACH)}
    ) AS part
    GROUP BY 1, 2, 3
$$;
"""

SINCE = """
-- Since when there are tickets.
CREATE FUNCTION report_since() RETURNS timestamptz
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT min(filed_at) FROM ticket_times
$$;
"""

_COLUMNS = ", ".join((*COUNTS, *SECONDS, "quarters"))
_CHANGES = ", ".join(
    f"coalesce(sum(c.change) FILTER (WHERE c.what = '{what}'), 0)::integer" for what in COUNTS
)
_ADDED = ", ".join(f"{what} = p.{what} + excluded.{what}" for what in COUNTS)
_SUMS = ", ".join(f"sum(p.{what})" for what in COUNTS)
_FOUND = ", ".join(f"p.{name}" for name in (*COUNTS, *SECONDS, "quarters"))

# The first statement has one snapshot: corrections go exactly when what they tell of is counted in
# every span that they concern. One that is made meanwhile stays, and so it counts. No span is ever
# away, for whoever reads meanwhile. Whoever finds another at it leaves it to them.
SEALED = f"""
CREATE FUNCTION seal_report(
    of text, starts timestamptz[], ends timestamptz[], months timestamptz[]
) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    recent timestamptz := clock_timestamp() - interval '2 days';
    sealed integer;
    total uuid;
BEGIN
    IF NOT pg_try_advisory_xact_lock(19, 0) THEN RETURN 0; END IF;
    WITH corrections AS (DELETE FROM report_change c WHERE c.by = of RETURNING *),
    added_to AS (
        INSERT INTO report_part AS p (span_id, key, {_COLUMNS})
        SELECT s.id, c.key, {_CHANGES}, '', '', '', ''
        FROM corrections c
        JOIN report_span s ON s.by = of AND s.starts_at = {BEGINNING} AND c.at < s.ends_at
        GROUP BY s.id, c.key
        ON CONFLICT (span_id, key) DO UPDATE SET {_ADDED}),
    corrected AS (
        DELETE FROM report_span s WHERE s.by = of AND s.starts_at > {BEGINNING} AND EXISTS (
            SELECT FROM report_change c
            WHERE c.by = of AND c.at >= s.starts_at AND c.at < s.ends_at)
        RETURNING s.starts_at, s.ends_at),
    wanted AS (
        SELECT starts_at, ends_at FROM corrected
        UNION SELECT a, b FROM unnest(starts, ends) AS span (a, b) WHERE b < recent
        UNION SELECT {BEGINNING}, months[1] WHERE months[1] < recent),
    added AS (
        INSERT INTO report_span (by, starts_at, ends_at)
        SELECT of, starts_at, ends_at FROM wanted
        ON CONFLICT DO NOTHING RETURNING *),
    spans AS (
        SELECT array_agg(starts_at ORDER BY starts_at, ends_at) AS starts,
               array_agg(ends_at ORDER BY starts_at, ends_at) AS ends FROM added),
    parts AS (
        INSERT INTO report_part (span_id, key, {_COLUMNS})
        SELECT added.id, p.key, {_FOUND}
        FROM spans CROSS JOIN LATERAL report_parts(of, spans.starts, spans.ends) AS p
        JOIN added ON (added.starts_at, added.ends_at) = (p.starts_at, p.ends_at))
    SELECT count(*) INTO sealed FROM added;
    -- Each total is the one before and the month between; what is committed now is in neither.
    FOR n IN 2 .. cardinality(months) LOOP
        EXIT WHEN months[n] >= recent;
        INSERT INTO report_span (by, starts_at, ends_at) VALUES (of, {BEGINNING}, months[n])
        ON CONFLICT DO NOTHING RETURNING id INTO total;
        CONTINUE WHEN total IS NULL;
        INSERT INTO report_part (span_id, key, {_COLUMNS})
        SELECT total, p.key, {_SUMS}, '', '', '', ''
        FROM report_span s JOIN report_part p ON p.span_id = s.id
        WHERE s.by = of AND (s.starts_at, s.ends_at) IN (
            ({BEGINNING}, months[n - 1]), (months[n - 1], months[n]))
        GROUP BY p.key;
        sealed := sealed + 1;
    END LOOP;
    RETURN sealed;
END $$;
"""

PARTS = "report_parts(text, timestamptz[], timestamptz[])"
SEAL = "seal_report(text, timestamptz[], timestamptz[], timestamptz[])"
OUTLINE, SINCE_WHEN = "report_outline()", "report_since()"


def _of(name: str) -> dict[str, Any]:
    """What another migration says."""
    return runpy.run_path(str(Path(__file__).with_name(f"{name}.py")))


def _own(functions: dict[str, str]) -> None:
    """Given to the role that may do what they do; each with who may call it."""
    op.execute("GRANT CREATE ON SCHEMA public TO supportdesk_system")
    for function, callers in functions.items():
        op.execute(f"REVOKE EXECUTE ON FUNCTION {function} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO {callers}")
        op.execute(f"ALTER FUNCTION {function} OWNER TO supportdesk_system")
    op.execute("REVOKE CREATE ON SCHEMA public FROM supportdesk_system")


def upgrade() -> None:
    op.execute(f"DROP FUNCTION {PARTS}, {SEAL}, {OUTLINE}")
    for part in (TABLES, READ, SINCE, SEALED):
        op.execute(part)
    nobody = dict.fromkeys((SINCE_WHEN, SEAL), "supportdesk_nobody")
    _own({PARTS: "supportdesk_admin", **nobody})


def downgrade() -> None:
    op.execute(f"DROP FUNCTION {PARTS}, {SEAL}, {SINCE_WHEN}")
    op.execute(TABLES_BEFORE)
    # Its parts are those of 0031 by now, but it has the outline, too.
    op.execute(_of("0018_what_reports_are_read_from")["READ"])
    op.execute(f"DROP FUNCTION {PARTS}, seal_report(text, timestamptz[], timestamptz[])")
    before = _of("0031_totals_of_all_before")
    for part in (before["READ"], before["SEALED"]):
        op.execute(part)
    nobody = dict.fromkeys((OUTLINE, SEAL), "supportdesk_nobody")
    _own({PARTS: "supportdesk_admin", **nobody})
