"""Reports stay fast when the past changes, and lists when a desk has grown a hundredfold.

What changes the past corrects what was sealed of it, instead of having it counted anew.
A correction says what a report has to add or take away. So a report of years stays as fast as it
was, however many tickets have changed since their time was sealed. A tag that becomes another, or
a team that goes, corrects nothing: the one is read as the other.

People, and the tickets that a search has found, are looked up one by one in an index that has no
levels, so each takes as much on any desk.
"""

import runpy
from pathlib import Path
from typing import Any

from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

ITSELF = "'00000000-0000-0000-0000-000000000000'"
_KINDS = "('all', 'team', 'assignee', 'seller', 'tag', 'type')"

INDEXES = f"""
CREATE INDEX user_by_id_idx ON "user" USING hash (id);
CREATE INDEX ticket_listing_by_ticket_idx ON ticket_listing USING hash (ticket_id)
    WHERE tag_id = {ITSELF};
"""

# What was sealed counts with its corrections, and those so far do not say what has changed.
TABLES = f"""
TRUNCATE report_span, report_part, report_change;
DROP INDEX report_change_at_idx;
ALTER TABLE report_change DROP COLUMN concerns,
    ADD COLUMN by text NOT NULL,
    ADD COLUMN key text NOT NULL,
    ADD COLUMN what text NOT NULL,
    -- How long somebody had waited.
    ADD COLUMN seconds integer,
    ADD COLUMN change smallint NOT NULL,
    ADD CONSTRAINT report_change_by_known CHECK (by IN {_KINDS}),
    ADD CONSTRAINT report_change_what_known CHECK
        (what IN ('filed', 'answered', 'resolved', 'undone', 'reopened')),
    ADD CONSTRAINT report_change_by_one CHECK (change IN (-1, 1));
CREATE INDEX report_change_by_idx ON report_change (by, at);

-- Under which key reports count what was sealed or corrected under another; under none, where what
-- had the key has none now.
CREATE TABLE report_successor (
    by text NOT NULL,
    key text NOT NULL,
    successor text,
    PRIMARY KEY (by, key),
    CONSTRAINT report_successor_by_known CHECK (by IN {_KINDS})
);
CREATE INDEX report_successor_idx ON report_successor (by, successor);
"""
TABLES_BEFORE = """
DROP TABLE report_successor;
TRUNCATE report_span, report_part, report_change;
DROP INDEX report_change_by_idx;
ALTER TABLE report_change DROP CONSTRAINT report_change_by_known,
    DROP CONSTRAINT report_change_what_known, DROP CONSTRAINT report_change_by_one,
    DROP COLUMN by, DROP COLUMN key, DROP COLUMN what, DROP COLUMN seconds, DROP COLUMN change,
    ADD COLUMN concerns text[] NOT NULL;
CREATE INDEX report_change_at_idx ON report_change (at);
"""

CORRECTED = f"""
CREATE FUNCTION report_keys(times ticket_times) RETURNS TABLE (by text, key text)
LANGUAGE sql STABLE AS $$
    SELECT k.by, coalesce(s.successor, k.key)
    FROM (VALUES ('all', ''), ('team', coalesce(times.team_id::text, '')),
                 ('assignee', coalesce(times.assignee_id::text, '')),
                 ('seller', coalesce(times.seller_id::text, '')), ('type', times.type),
                 ('tag', times.tag_id::text)) AS k (by, key)
    LEFT JOIN report_successor s ON (s.by, s.key) = (k.by, k.key)
    WHERE (k.by = 'tag') = (times.tag_id <> {ITSELF})
      AND (s.key IS NULL OR s.successor IS NOT NULL)
$$;

-- All that reports count of a row.
CREATE FUNCTION report_entries(times ticket_times)
RETURNS TABLE (at timestamptz, by text, key text, what text, seconds integer)
LANGUAGE sql STABLE AS $$
    SELECT e.at, k.by, k.key, e.what, e.seconds
    FROM (VALUES (times.filed_at, 'filed', NULL), (times.answered_at, 'answered', times.response),
                 (times.resolved_at, 'resolved', times.resolution)
          UNION ALL SELECT resolved_at, 'undone', NULL
          FROM ticket_reopening WHERE ticket_id = times.ticket_id
          UNION ALL SELECT reopened_at, 'reopened', NULL
          FROM ticket_reopening WHERE ticket_id = times.ticket_id) AS e (at, what, seconds)
    CROSS JOIN report_keys(times) k
    WHERE e.at IS NOT NULL
$$;

-- Only what is older than a day is corrected, for only what has been over for two is sealed.
CREATE FUNCTION times_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE recent timestamptz := clock_timestamp() - interval '1 day';
BEGIN
    IF TG_OP = 'INSERT' AND least(NEW.filed_at, NEW.answered_at, NEW.resolved_at) >= recent THEN
        RETURN NULL;
    END IF;
    INSERT INTO report_change (at, by, key, what, seconds, change)
    SELECT *, -1 FROM (SELECT * FROM report_entries(OLD) WHERE at < recent
        EXCEPT ALL SELECT * FROM report_entries(NEW)) AS was
    UNION ALL
    SELECT *, 1 FROM (SELECT * FROM report_entries(NEW) WHERE at < recent
        EXCEPT ALL SELECT * FROM report_entries(OLD)) AS becomes;
    RETURN NULL;
END $$;
CREATE TRIGGER times_changed AFTER INSERT OR UPDATE OR DELETE ON ticket_times
    FOR EACH ROW EXECUTE FUNCTION times_changed();

CREATE FUNCTION reopening_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    reopening ticket_reopening := coalesce(NEW, OLD);
    recent timestamptz := clock_timestamp() - interval '1 day';
BEGIN
    INSERT INTO report_change (at, by, key, what, change)
    SELECT e.at, k.by, k.key, e.what, CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END
    FROM ticket_times t CROSS JOIN report_keys(t) k CROSS JOIN (VALUES
        (reopening.resolved_at, 'undone'), (reopening.reopened_at, 'reopened')) AS e (at, what)
    WHERE t.ticket_id = reopening.ticket_id AND e.at < recent;
    RETURN NULL;
END $$;
CREATE TRIGGER reopening_changed AFTER INSERT OR DELETE ON ticket_reopening
    FOR EACH ROW EXECUTE FUNCTION reopening_changed();
"""

# The one statement has one snapshot: corrections go exactly when what they tell of is counted in
# every span that they concern. One that is made meanwhile stays, and so it counts. No span is ever
# away, for whoever reads meanwhile. Whoever finds another at it leaves it to them.
SEALED = """
CREATE FUNCTION seal_report(of text, starts timestamptz[], ends timestamptz[]) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE sealed integer;
BEGIN
    IF NOT pg_try_advisory_xact_lock(19, 0) THEN RETURN 0; END IF;
    WITH corrections AS (DELETE FROM report_change c WHERE c.by = of),
    corrected AS (
        DELETE FROM report_span s WHERE s.by = of AND EXISTS (
            SELECT FROM report_change c
            WHERE c.by = of AND c.at >= s.starts_at AND c.at < s.ends_at)
        RETURNING s.starts_at, s.ends_at),
    wanted AS (
        SELECT starts_at, ends_at FROM corrected
        UNION SELECT a, b FROM unnest(starts, ends) AS span (a, b)
        WHERE b < clock_timestamp() - interval '2 days'),
    added AS (
        INSERT INTO report_span (by, starts_at, ends_at)
        SELECT of, starts_at, ends_at FROM wanted
        ON CONFLICT DO NOTHING RETURNING *),
    spans AS (
        SELECT array_agg(starts_at ORDER BY starts_at, ends_at) AS starts,
               array_agg(ends_at ORDER BY starts_at, ends_at) AS ends FROM added),
    parts AS (
        INSERT INTO report_part
        SELECT added.id, p.key, p.filed, p.undone, p.reopened, p.filings, p.responses,
               p.resolutions
        FROM spans CROSS JOIN LATERAL report_parts(of, spans.starts, spans.ends) AS p
        JOIN added ON (added.starts_at, added.ends_at) = (p.starts_at, p.ends_at))
    SELECT count(*) INTO sealed FROM added;
    RETURN sealed;
END $$;
"""

# As before; only that reports are told first what becomes of the key.
SUCCEEDED = """
CREATE OR REPLACE FUNCTION remove_team(gone uuid) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    home uuid := (SELECT id FROM team WHERE is_default);
    moved bigint;
BEGIN
    PERFORM 1 FROM conversation WHERE id IN (SELECT id FROM ticket WHERE team_id = gone)
        ORDER BY id FOR NO KEY UPDATE;
    PERFORM 1 FROM team WHERE id = gone AND NOT is_default FOR UPDATE;
    IF NOT FOUND THEN RETURN NULL; END IF;
{team}    UPDATE ticket SET team_id = home WHERE team_id = gone;
    GET DIAGNOSTICS moved = ROW_COUNT;
    UPDATE saved_view SET query = replace(query, 'team=' || gone, 'team=' || home)
    WHERE strpos(query, 'team=' || gone) > 0;
    DELETE FROM team WHERE id = gone;
    RETURN moved;
END $$;

CREATE OR REPLACE FUNCTION merge_tags(gone uuid, kept uuid) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE had bigint;
BEGIN
    PERFORM 1 FROM conversation WHERE id IN (SELECT ticket_id FROM ticket_tag WHERE tag_id = gone)
        ORDER BY id FOR NO KEY UPDATE;
    PERFORM 1 FROM tag WHERE id IN (gone, kept) ORDER BY id FOR UPDATE;
    IF (SELECT count(*) FROM tag WHERE id IN (gone, kept)) < 2 THEN RETURN NULL; END IF;
{merged}    SELECT count(*) INTO had FROM ticket_tag WHERE tag_id = gone;
    UPDATE ticket_tag t SET tag_id = kept WHERE tag_id = gone AND NOT EXISTS (
        SELECT FROM ticket_tag o WHERE o.ticket_id = t.ticket_id AND o.tag_id = kept);
    UPDATE saved_view SET query = replace(query, 'tag=' || gone, 'tag=' || kept)
    WHERE strpos(query, 'tag=' || gone) > 0;
    UPDATE merged_tag SET tag_id = kept WHERE tag_id = gone;
    INSERT INTO merged_tag (id, tag_id) VALUES (gone, kept);
    DELETE FROM tag WHERE id = gone;
    RETURN had;
END $$;

CREATE OR REPLACE FUNCTION remove_tag(gone uuid) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE had bigint;
BEGIN
    PERFORM 1 FROM conversation WHERE id IN (SELECT ticket_id FROM ticket_tag WHERE tag_id = gone)
        ORDER BY id FOR NO KEY UPDATE;
    PERFORM 1 FROM tag WHERE id = gone FOR UPDATE;
    IF NOT FOUND THEN RETURN NULL; END IF;
{removed}    SELECT count(*) INTO had FROM ticket_tag WHERE tag_id = gone;
    UPDATE saved_view SET query = trim(BOTH '&' FROM replace(
        replace(query, 'tag=' || gone, ''), '&&', '&'))
    WHERE strpos(query, 'tag=' || gone) > 0;
    DELETE FROM tag WHERE id = gone;
    RETURN had;
END $$;
"""
SUCCEEDS = """
CREATE FUNCTION succeed_in_reports(of text, gone uuid, next uuid) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE report_successor SET successor = next::text WHERE by = of AND successor = gone::text;
    INSERT INTO report_successor (by, key, successor) VALUES (of, gone::text, next::text);
$$;
"""
SUCCESSIONS = {
    "team": "    PERFORM succeed_in_reports('team', gone, home);\n",
    "merged": "    PERFORM succeed_in_reports('tag', gone, kept);\n",
    "removed": "    PERFORM succeed_in_reports('tag', gone, NULL);\n",
}

CHANGED = ("times_changed()", "reopening_changed()")
SEAL = "seal_report(text, timestamptz[], timestamptz[])"
NOTE = "note_report_change(timestamptz[], text[])"
INNER = (
    "report_keys(ticket_times)", "report_entries(ticket_times)",
    "succeed_in_reports(text, uuid, uuid)",
)  # fmt: skip
READ = ("report_parts(text, timestamptz[], timestamptz[])", "report_outline()")


def _of_0018() -> dict[str, Any]:
    """What was sealed until now, and how."""
    return runpy.run_path(str(Path(__file__).with_name("0018_what_reports_are_read_from.py")))


def _own(functions: dict[str, str]) -> None:
    """Given to the role that may do what they do; each with who may call it."""
    op.execute("GRANT CREATE ON SCHEMA public TO supportdesk_system")
    for function, callers in functions.items():
        op.execute(f"REVOKE EXECUTE ON FUNCTION {function} FROM PUBLIC")
        if callers:
            op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO {callers}")
        op.execute(f"ALTER FUNCTION {function} OWNER TO supportdesk_system")
    op.execute("REVOKE CREATE ON SCHEMA public FROM supportdesk_system")


def _as_system(statement: str) -> None:
    """Only the owner may replace a function, and only who may create in its schema."""
    op.execute("GRANT CREATE ON SCHEMA public TO supportdesk_system")
    op.execute("SET LOCAL ROLE supportdesk_system")
    op.execute(statement)
    op.execute("RESET ROLE")
    op.execute("REVOKE CREATE ON SCHEMA public FROM supportdesk_system")


def _drop(*functions: str) -> None:
    op.execute("DROP TRIGGER times_changed ON ticket_times")
    op.execute("DROP TRIGGER reopening_changed ON ticket_reopening")
    op.execute(f"DROP FUNCTION {', '.join((*CHANGED, *functions))}")


def upgrade() -> None:
    _drop(NOTE, SEAL)
    for part in (INDEXES, TABLES, CORRECTED, SEALED, SUCCEEDS):
        op.execute(part)
    op.execute("ALTER TABLE report_successor ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE report_successor FORCE ROW LEVEL SECURITY")
    op.execute("GRANT ALL ON report_successor TO supportdesk_system")
    op.execute("GRANT SELECT ON report_successor TO supportdesk_admin")
    op.execute(
        "CREATE POLICY system_all ON report_successor TO supportdesk_system"
        " USING (true) WITH CHECK (true)"
    )
    op.execute(
        "CREATE POLICY admin_select ON report_successor FOR SELECT TO supportdesk_admin"
        " USING (true)"
    )
    _own({**dict.fromkeys((*CHANGED, *INNER), ""), SEAL: "supportdesk_nobody"})
    _as_system(SUCCEEDED.format(**SUCCESSIONS))


def downgrade() -> None:
    op.execute("DROP INDEX user_by_id_idx, ticket_listing_by_ticket_idx")
    before = _of_0018()
    _as_system(SUCCEEDED.format(**dict.fromkeys(SUCCESSIONS, "")))
    _drop(SEAL, *reversed(INNER), *READ)
    op.execute(TABLES_BEFORE)
    op.execute(before["NOTED"])
    op.execute(before["READ"])
    restored = (*CHANGED, NOTE, SEAL, *READ)
    _own({function: before["FUNCTIONS"][function] for function in restored})
