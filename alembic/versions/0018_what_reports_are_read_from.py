"""What reports are read from: the times of each ticket, and those of closed periods summed up.

A period that is over is sealed once: how many were filed in it, and each time that somebody waited,
sorted. What changes the past afterwards leaves a note, and a sealed period with a note does not
count until it is sealed anew. So a report is exact at every moment, and nobody who changes a ticket
waits for somebody else who does.
"""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

ITSELF = "'00000000-0000-0000-0000-000000000000'"

TABLES = f"""
-- Each ticket once, and once for each of its tags. Whole seconds from filing.
CREATE TABLE ticket_times (
    ticket_id uuid NOT NULL REFERENCES ticket (id) ON DELETE CASCADE,
    -- Zero: the ticket itself.
    tag_id uuid NOT NULL DEFAULT {ITSELF},
    filed_at timestamptz NOT NULL,
    answered_at timestamptz,
    response integer,
    resolved_at timestamptz,
    resolution integer,
    team_id uuid,
    assignee_id uuid,
    seller_id uuid,
    type text NOT NULL,
    PRIMARY KEY (ticket_id, tag_id)
);

-- A resolution that did not last.
CREATE TABLE ticket_reopening (
    ticket_id uuid NOT NULL REFERENCES ticket (id) ON DELETE CASCADE,
    resolved_at timestamptz NOT NULL,
    reopened_at timestamptz NOT NULL,
    PRIMARY KEY (ticket_id, reopened_at)
);

CREATE TABLE report_span (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    -- What its parts are of: 'all', or one for each team, assignee, seller, tag or type.
    by text NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    CONSTRAINT report_span_by_known CHECK
        (by IN ('all', 'team', 'assignee', 'seller', 'tag', 'type'))
);
CREATE UNIQUE INDEX report_span_key ON report_span (by, starts_at, ends_at);

-- Sorted seconds, four bytes each: `filings` since the start of the span, and only of 'all'.
CREATE TABLE report_part (
    span_id uuid NOT NULL REFERENCES report_span (id) ON DELETE CASCADE,
    key text NOT NULL,
    filed integer NOT NULL,
    undone integer NOT NULL,
    reopened integer NOT NULL,
    filings bytea NOT NULL,
    responses bytea NOT NULL,
    resolutions bytea NOT NULL,
    PRIMARY KEY (span_id, key)
);
ALTER TABLE report_part ALTER filings SET STORAGE EXTERNAL, ALTER responses SET STORAGE EXTERNAL,
    ALTER resolutions SET STORAGE EXTERNAL;

-- Something of a time that may have been sealed has changed, and for which kinds of spans.
CREATE TABLE report_change (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    at timestamptz NOT NULL,
    concerns text[] NOT NULL
);
"""

INDEXES = """
CREATE INDEX ticket_times_filed_idx ON ticket_times (filed_at);
CREATE INDEX ticket_times_answered_idx ON ticket_times (answered_at) WHERE answered_at IS NOT NULL;
CREATE INDEX ticket_times_resolved_idx ON ticket_times (resolved_at) WHERE resolved_at IS NOT NULL;
CREATE INDEX ticket_times_unresolved_idx ON ticket_times (tag_id)
    INCLUDE (team_id, assignee_id, seller_id, type) WHERE resolved_at IS NULL;
CREATE INDEX report_change_at_idx ON report_change (at);
CREATE INDEX ticket_reopening_resolved_idx ON ticket_reopening (resolved_at);
CREATE INDEX ticket_reopening_reopened_idx ON ticket_reopening (reopened_at);
"""

_SECONDS = "floor(date_part('epoch', {} - t.created_at))::integer"
_TIMES = f"""
INSERT INTO ticket_times (ticket_id, tag_id, filed_at, answered_at, response, resolved_at,
                          resolution, team_id, assignee_id, seller_id, type)
SELECT t.id, label.tag_id, t.created_at, t.first_response_at,
       {_SECONDS.format("t.first_response_at")}, t.resolved_at,
       {_SECONDS.format("t.resolved_at")}, t.team_id, t.assignee_id, t.seller_id, t.type
FROM ticket t
"""

# How a ticket went is known from its lines, which were written in the moments of the changes.
BACKFILL = f"""
{_TIMES} JOIN LATERAL (
    SELECT {ITSELF}::uuid AS tag_id
    UNION ALL SELECT tag_id FROM ticket_tag WHERE ticket_id = t.id) label ON true;

INSERT INTO ticket_reopening (ticket_id, resolved_at, reopened_at)
SELECT conversation_id, min(at) FILTER (WHERE over), max(at) FILTER (WHERE NOT over)
FROM (
    SELECT conversation_id, at, over,
           count(*) FILTER (WHERE NOT over) OVER (
               PARTITION BY conversation_id ORDER BY seq
               ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS round
    FROM (
        SELECT e.conversation_id, e.seq, e.created_at AS at,
               c."to" IN ('resolved', 'closed') AS over,
               c."from" IN ('resolved', 'closed') AS was_over
        FROM event e CROSS JOIN LATERAL jsonb_to_recordset(e.data -> 'changes')
            AS c(field text, "from" text, "to" text)
        WHERE e.kind = 'ticket_changed' AND e.in_thread AND c.field = 'status'
    ) AS moves WHERE over <> was_over
) AS turns
GROUP BY conversation_id, round
HAVING min(at) FILTER (WHERE over) < max(at) FILTER (WHERE NOT over);
"""

KEPT = f"""
CREATE FUNCTION time_new_ticket() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    {_TIMES} JOIN (SELECT {ITSELF}::uuid AS tag_id) label ON true WHERE t.id = NEW.id;
    RETURN NULL;
END $$;

CREATE FUNCTION time_changed_ticket() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF OLD.resolved_at < now() AND NEW.resolved_at IS NULL THEN
        INSERT INTO ticket_reopening (ticket_id, resolved_at, reopened_at)
        VALUES (NEW.id, OLD.resolved_at, now()) ON CONFLICT DO NOTHING;
    END IF;
    UPDATE ticket_times SET
        filed_at = t.created_at, answered_at = t.first_response_at,
        response = {_SECONDS.format("t.first_response_at")},
        resolved_at = t.resolved_at, resolution = {_SECONDS.format("t.resolved_at")},
        team_id = t.team_id, assignee_id = t.assignee_id, seller_id = t.seller_id, type = t.type
    FROM (SELECT NEW.*) AS t WHERE ticket_id = t.id;
    RETURN NULL;
END $$;

CREATE FUNCTION time_tagged_ticket() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    -- In the order in which everybody takes these two.
    PERFORM 1 FROM conversation WHERE id = NEW.ticket_id FOR NO KEY UPDATE;
    PERFORM 1 FROM ticket WHERE id = NEW.ticket_id FOR NO KEY UPDATE;
    {_TIMES} JOIN (SELECT NEW.tag_id AS tag_id) label ON true WHERE t.id = NEW.ticket_id;
    RETURN NULL;
END $$;

-- A tag that is merged into another.
CREATE FUNCTION time_retagged_ticket() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE ticket_times SET tag_id = NEW.tag_id
    WHERE ticket_id = OLD.ticket_id AND tag_id = OLD.tag_id;
    RETURN NULL;
END $$;

CREATE FUNCTION untime_untagged_ticket() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    DELETE FROM ticket_times WHERE ticket_id = OLD.ticket_id AND tag_id = OLD.tag_id;
    RETURN NULL;
END $$;

CREATE TRIGGER time_new_ticket AFTER INSERT ON ticket
    FOR EACH ROW EXECUTE FUNCTION time_new_ticket();
CREATE TRIGGER time_changed_ticket AFTER UPDATE ON ticket FOR EACH ROW WHEN (
    (NEW.created_at, NEW.first_response_at, NEW.resolved_at, NEW.team_id, NEW.assignee_id,
     NEW.seller_id, NEW.type)
    IS DISTINCT FROM
    (OLD.created_at, OLD.first_response_at, OLD.resolved_at, OLD.team_id, OLD.assignee_id,
     OLD.seller_id, OLD.type))
    EXECUTE FUNCTION time_changed_ticket();
CREATE TRIGGER time_tagged_ticket AFTER INSERT ON ticket_tag
    FOR EACH ROW EXECUTE FUNCTION time_tagged_ticket();
CREATE TRIGGER time_retagged_ticket AFTER UPDATE OF tag_id ON ticket_tag
    FOR EACH ROW EXECUTE FUNCTION time_retagged_ticket();
CREATE TRIGGER untime_untagged_ticket AFTER DELETE ON ticket_tag
    FOR EACH ROW EXECUTE FUNCTION untime_untagged_ticket();
"""

NOTED = f"""
-- Only what is older than a day is noted, for only what has been over for two is sealed.
CREATE FUNCTION note_report_change(times timestamptz[], concerned text[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO report_change (at, concerns)
    SELECT DISTINCT at, concerned FROM unnest(times) AS at
    WHERE at < clock_timestamp() - interval '1 day'
$$;

CREATE FUNCTION times_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    concerned text[];
    times timestamptz[];
BEGIN
    IF TG_OP <> 'UPDATE' THEN
        IF TG_OP = 'INSERT' THEN OLD := NEW; END IF;
        PERFORM note_report_change(
            ARRAY[OLD.filed_at, OLD.answered_at, OLD.resolved_at] || ARRAY(
                SELECT unnest(ARRAY[resolved_at, reopened_at]) FROM ticket_reopening
                WHERE ticket_id = OLD.ticket_id),
            CASE WHEN OLD.tag_id = {ITSELF} THEN
                ARRAY['all', 'team', 'assignee', 'seller', 'type'] ELSE ARRAY['tag'] END);
        RETURN NULL;
    END IF;
    IF (NEW.filed_at, NEW.answered_at, NEW.resolved_at)
       IS DISTINCT FROM (OLD.filed_at, OLD.answered_at, OLD.resolved_at) THEN
        times := CASE WHEN NEW.filed_at <> OLD.filed_at THEN
                ARRAY[OLD.filed_at, NEW.filed_at, NEW.answered_at, NEW.resolved_at] ELSE '{{}}' END
            || CASE WHEN NEW.answered_at IS DISTINCT FROM OLD.answered_at THEN
                ARRAY[OLD.answered_at, NEW.answered_at] ELSE '{{}}' END
            || CASE WHEN NEW.resolved_at IS DISTINCT FROM OLD.resolved_at THEN
                ARRAY[OLD.resolved_at, NEW.resolved_at] ELSE '{{}}' END;
        PERFORM note_report_change(
            times, ARRAY['all', 'team', 'assignee', 'seller', 'tag', 'type']);
    END IF;
    concerned := array_remove(ARRAY[
        CASE WHEN NEW.team_id IS DISTINCT FROM OLD.team_id THEN 'team' END,
        CASE WHEN NEW.assignee_id IS DISTINCT FROM OLD.assignee_id THEN 'assignee' END,
        CASE WHEN NEW.seller_id IS DISTINCT FROM OLD.seller_id THEN 'seller' END,
        CASE WHEN NEW.type <> OLD.type THEN 'type' END,
        CASE WHEN NEW.tag_id <> OLD.tag_id THEN 'tag' END], NULL);
    IF concerned <> '{{}}' AND (NEW.tag_id = {ITSELF} OR NEW.tag_id <> OLD.tag_id) THEN
        PERFORM note_report_change(
            ARRAY[NEW.filed_at, NEW.answered_at, NEW.resolved_at] || ARRAY(
                SELECT unnest(ARRAY[resolved_at, reopened_at]) FROM ticket_reopening
                WHERE ticket_id = NEW.ticket_id),
            concerned);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER times_changed AFTER INSERT OR UPDATE OR DELETE ON ticket_times
    FOR EACH ROW EXECUTE FUNCTION times_changed();

CREATE FUNCTION reopening_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN OLD := NEW; END IF;
    PERFORM note_report_change(
        ARRAY[OLD.resolved_at, OLD.reopened_at],
        ARRAY['all', 'team', 'assignee', 'seller', 'tag', 'type']);
    RETURN NULL;
END $$;
CREATE TRIGGER reopening_changed AFTER INSERT OR DELETE ON ticket_reopening
    FOR EACH ROW EXECUTE FUNCTION reopening_changed();
"""

_KEY = """
    CASE by WHEN 'team' THEN t.team_id WHEN 'assignee' THEN t.assignee_id
            WHEN 'seller' THEN t.seller_id WHEN 'tag' THEN t.tag_id END AS id,
    CASE by WHEN 'type' THEN t.type END AS word"""
_OF = f"(t.tag_id <> {ITSELF}) = (by = 'tag')"
_NOTHING = "''::bytea"


def _sorted(value: str) -> str:
    return f"string_agg(int4send({value}), '' ORDER BY {value})"


_SINCE = "floor(date_part('epoch', t.filed_at - s.starts_at))::integer"

READ = f"""
-- The parts of these spans, counted from the times themselves.
CREATE FUNCTION report_parts(by text, starts timestamptz[], ends timestamptz[])
RETURNS TABLE (starts_at timestamptz, ends_at timestamptz, key text, filed integer, undone integer,
               reopened integer, filings bytea, responses bytea, resolutions bytea)
LANGUAGE sql STABLE AS $$
    SELECT s.starts_at, s.ends_at, coalesce(part.id::text, part.word, ''),
           sum(part.filed)::integer, sum(part.undone)::integer, sum(part.reopened)::integer,
           string_agg(part.filings, ''), string_agg(part.responses, ''),
           string_agg(part.resolutions, '')
    FROM unnest(starts, ends) AS s(starts_at, ends_at)
    CROSS JOIN LATERAL (
        SELECT {_KEY}, count(*) AS filed, 0 AS undone, 0 AS reopened,
               CASE WHEN by = 'all' THEN {_sorted(_SINCE)} ELSE {_NOTHING} END AS filings,
               {_NOTHING} AS responses, {_NOTHING} AS resolutions
        FROM ticket_times t
        WHERE t.filed_at >= s.starts_at AND t.filed_at < s.ends_at AND {_OF} GROUP BY 1, 2
        UNION ALL
        SELECT {_KEY}, 0, 0, 0, {_NOTHING}, {_sorted("t.response")}, {_NOTHING}
        FROM ticket_times t
        WHERE t.answered_at >= s.starts_at AND t.answered_at < s.ends_at AND {_OF} GROUP BY 1, 2
        UNION ALL
        SELECT {_KEY}, 0, 0, 0, {_NOTHING}, {_NOTHING}, {_sorted("t.resolution")}
        FROM ticket_times t
        WHERE t.resolved_at >= s.starts_at AND t.resolved_at < s.ends_at AND {_OF} GROUP BY 1, 2
        UNION ALL
        SELECT {_KEY}, 0, count(*), 0, {_NOTHING}, {_NOTHING}, {_NOTHING}
        FROM ticket_reopening r JOIN ticket_times t USING (ticket_id)
        WHERE r.resolved_at >= s.starts_at AND r.resolved_at < s.ends_at AND {_OF} GROUP BY 1, 2
        UNION ALL
        SELECT {_KEY}, 0, 0, count(*), {_NOTHING}, {_NOTHING}, {_NOTHING}
        FROM ticket_reopening r JOIN ticket_times t USING (ticket_id)
        WHERE r.reopened_at >= s.starts_at AND r.reopened_at < s.ends_at AND {_OF} GROUP BY 1, 2
    ) AS part
    GROUP BY 1, 2, 3
$$;

-- In which zones admins read reports, and since when there are tickets.
CREATE FUNCTION report_outline() RETURNS TABLE (zones text[], since timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT ARRAY(SELECT DISTINCT timezone FROM "user" WHERE role = 'admin' AND active ORDER BY 1),
           (SELECT min(filed_at) FROM ticket_times)
$$;

-- A change that has been noted by now is seen by what is sealed below; one that is noted later
-- stays noted. Whoever finds another at it leaves it to them.
CREATE FUNCTION seal_report(of text, starts timestamptz[], ends timestamptz[]) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE sealed integer;
BEGIN
    IF NOT pg_try_advisory_xact_lock(19, 0) THEN RETURN 0; END IF;
    WITH seen AS (DELETE FROM report_change RETURNING at, concerns)
    DELETE FROM report_span s USING seen
    WHERE seen.at >= s.starts_at AND seen.at < s.ends_at AND s.by = ANY (seen.concerns);
    WITH added AS (
        INSERT INTO report_span (by, starts_at, ends_at)
        SELECT of, span.a, span.b FROM unnest(starts, ends) AS span(a, b)
        WHERE span.b < clock_timestamp() - interval '2 days'
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

TRIGGERS = {
    "time_new_ticket": "ticket", "time_changed_ticket": "ticket",
    "time_tagged_ticket": "ticket_tag", "time_retagged_ticket": "ticket_tag",
    "untime_untagged_ticket": "ticket_tag", "times_changed": "ticket_times",
    "reopening_changed": "ticket_reopening",
}  # fmt: skip
# Function -> who may call it.
FUNCTIONS = {
    **{f"{name}()": "" for name in TRIGGERS},
    "note_report_change(timestamptz[], text[])": "",
    "report_parts(text, timestamptz[], timestamptz[])": "supportdesk_admin",
    "report_outline()": "supportdesk_nobody",
    "seal_report(text, timestamptz[], timestamptz[])": "supportdesk_nobody",
}
NEW_TABLES = ("ticket_times", "ticket_reopening", "report_span", "report_part", "report_change")


def _guard(table: str) -> None:
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"GRANT ALL ON {table} TO supportdesk_system")
    op.execute(
        f"CREATE POLICY system_all ON {table} TO supportdesk_system USING (true) WITH CHECK (true)"
    )
    op.execute(f"GRANT SELECT ON {table} TO supportdesk_admin")
    op.execute(
        f"CREATE POLICY admin_select ON {table} FOR SELECT TO supportdesk_admin USING (true)"
    )


def upgrade() -> None:
    op.execute(TABLES)
    for table in NEW_TABLES:
        _guard(table)
    # The one who migrates may be held back by the policies, as anybody is.
    op.execute("SET LOCAL ROLE supportdesk_system")
    op.execute(BACKFILL)
    op.execute("RESET ROLE")
    for part in (INDEXES, KEPT, NOTED, READ):
        op.execute(part)
    # A function can only be given to a role that may create in its schema.
    op.execute("GRANT CREATE ON SCHEMA public TO supportdesk_system")
    for function, callers in FUNCTIONS.items():
        op.execute(f"REVOKE EXECUTE ON FUNCTION {function} FROM PUBLIC")
        if callers:
            op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO {callers}")
        op.execute(f"ALTER FUNCTION {function} OWNER TO supportdesk_system")
    op.execute("REVOKE CREATE ON SCHEMA public FROM supportdesk_system")


def downgrade() -> None:
    for name, table in TRIGGERS.items():
        op.execute(f"DROP TRIGGER {name} ON {table}")
    op.execute(f"DROP FUNCTION {', '.join(FUNCTIONS)}")
    op.execute(f"DROP TABLE {', '.join(reversed(NEW_TABLES))}")
