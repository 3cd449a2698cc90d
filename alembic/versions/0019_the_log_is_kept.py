"""The log says from where and is never changed; what admins set, teams and tags that go.

What may have to be forgotten, such as the text of a note, is no part of the log: it is kept beside
it, under the event's id, for as long as what it was written for is there.
"""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

AS_SYSTEM = "SET LOCAL ROLE supportdesk_system"

# Days since 2000, four weeks and years of 52 weeks, as in 0007.
_DAY = "((created_at AT TIME ZONE 'UTC')::date - '2000-01-01'::date)"
SPANS = f"""array_to_tsvector(ARRAY[
    '~d' || {_DAY}::text, '~m' || ({_DAY} / 28)::text, '~y' || ({_DAY} / 364)::text])"""

LOG = f"""
-- From which session: set by `transaction`, in the statement that says who acts.
ALTER TABLE event ADD COLUMN session_id uuid
    DEFAULT nullif(current_setting('supportdesk.session_id', true), '')::uuid;
-- A conversation may go; what happened in it has happened.
ALTER TABLE event DROP CONSTRAINT event_conversation_id_fkey;

CREATE FUNCTION event_is_kept() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'what the log says stays as it is' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER event_is_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON event
    FOR EACH STATEMENT EXECUTE FUNCTION event_is_kept();

CREATE INDEX event_created_at_idx ON event (created_at, id);
CREATE INDEX event_kind_idx ON event (kind, created_at, id);
DROP INDEX event_actor_id_idx;
-- With the kind before the time: what somebody did of one sort is found as soon as all of it.
CREATE INDEX event_actor_id_idx ON event (actor_id, kind, created_at, id);
-- Most events are messages, of which nothing is said here.
CREATE INDEX event_words_idx ON event
    USING gin ((to_tsvector('simple', data) || {SPANS})) WHERE data <> '{{}}';
"""

LOG_BEFORE = """
DROP TRIGGER event_is_kept ON event;
DROP FUNCTION event_is_kept();
DROP INDEX event_words_idx, event_kind_idx, event_created_at_idx, event_actor_id_idx;
CREATE INDEX event_actor_id_idx ON event (actor_id, created_at);
ALTER TABLE event DROP COLUMN session_id;
"""

NOTES = """
-- Which event tells of the text as it is.
ALTER TABLE ticket_note ADD COLUMN event_id uuid;

CREATE TABLE note_revision (
    event_id uuid PRIMARY KEY,
    ticket_id uuid NOT NULL REFERENCES ticket (id) ON DELETE CASCADE,
    body text NOT NULL,
    -- The event of the text that took its place.
    replaced_by uuid NOT NULL
);
CREATE INDEX note_revision_ticket_id_idx ON note_revision (ticket_id);
CREATE UNIQUE INDEX note_revision_replaced_by_key ON note_revision (replaced_by);

-- Notes that are taken away are gone, with all that they once said.
CREATE FUNCTION note_before_update() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.body = '' THEN
        DELETE FROM note_revision WHERE ticket_id = NEW.ticket_id;
    ELSIF NEW.body <> OLD.body AND OLD.body <> '' AND NEW.event_id <> OLD.event_id THEN
        INSERT INTO note_revision (event_id, ticket_id, body, replaced_by)
        VALUES (OLD.event_id, OLD.ticket_id, OLD.body, NEW.event_id);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER note_before_update BEFORE UPDATE OF body ON ticket_note
    FOR EACH ROW EXECUTE FUNCTION note_before_update();
"""

# The one who migrates may be held back by the policies, as anybody is.
NOTES_SO_FAR = "UPDATE ticket_note SET event_id = gen_random_uuid() WHERE event_id IS NULL"

SETTINGS = """
-- What admins have set; what is not here is as the operator says, or as it comes.
CREATE TABLE setting (
    key text PRIMARY KEY,
    value jsonb NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT setting_key_length CHECK (char_length(key) BETWEEN 1 AND 60)
);

-- For the server, which acts by them whoever asks.
CREATE FUNCTION desk_settings() RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce(jsonb_object_agg(key, value), '{}') FROM setting
$$;
"""

TEAMS = """
DROP INDEX team_name_key;
CREATE UNIQUE INDEX team_name_key ON team (lower(name));
ALTER TABLE team_member ADD COLUMN lead boolean NOT NULL DEFAULT false;

-- Its tickets come to the default team; views that named it name that. Conversations are locked
-- first and in the order of their ids, as everywhere. Returns how many tickets there were.
CREATE FUNCTION remove_team(gone uuid) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    home uuid := (SELECT id FROM team WHERE is_default);
    moved bigint;
BEGIN
    PERFORM 1 FROM conversation WHERE id IN (SELECT id FROM ticket WHERE team_id = gone)
        ORDER BY id FOR NO KEY UPDATE;
    PERFORM 1 FROM team WHERE id = gone AND NOT is_default FOR UPDATE;
    IF NOT FOUND THEN RETURN NULL; END IF;
    UPDATE ticket SET team_id = home WHERE team_id = gone;
    GET DIAGNOSTICS moved = ROW_COUNT;
    UPDATE saved_view SET query = replace(query, 'team=' || gone, 'team=' || home)
    WHERE strpos(query, 'team=' || gone) > 0;
    DELETE FROM team WHERE id = gone;
    RETURN moved;
END $$;
"""

TAGS = """
-- What a tag that was merged is called now, for links and lists that still name it.
CREATE TABLE merged_tag (
    id uuid PRIMARY KEY,
    tag_id uuid NOT NULL REFERENCES tag (id) ON DELETE CASCADE
);
CREATE INDEX merged_tag_tag_id_idx ON merged_tag (tag_id);

-- A tag that becomes another: all its rows of the listing at once.
CREATE FUNCTION list_merged_tag() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE ticket_listing l SET tag_id = n.tag_id
    FROM was o JOIN becomes n ON n.ticket_id = o.ticket_id
    WHERE l.ticket_id = o.ticket_id AND l.tag_id = o.tag_id AND n.tag_id <> o.tag_id;
    RETURN NULL;
END $$;
CREATE TRIGGER list_merged_tag AFTER UPDATE ON ticket_tag
    REFERENCING OLD TABLE AS was NEW TABLE AS becomes
    FOR EACH STATEMENT EXECUTE FUNCTION list_merged_tag();

-- Locks as `remove_team` does. Returns how many tickets had the tag that goes; null when somebody
-- was faster.
CREATE FUNCTION merge_tags(gone uuid, kept uuid) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE had bigint;
BEGIN
    PERFORM 1 FROM conversation WHERE id IN (SELECT ticket_id FROM ticket_tag WHERE tag_id = gone)
        ORDER BY id FOR NO KEY UPDATE;
    PERFORM 1 FROM tag WHERE id IN (gone, kept) ORDER BY id FOR UPDATE;
    IF (SELECT count(*) FROM tag WHERE id IN (gone, kept)) < 2 THEN RETURN NULL; END IF;
    SELECT count(*) INTO had FROM ticket_tag WHERE tag_id = gone;
    UPDATE ticket_tag t SET tag_id = kept WHERE tag_id = gone AND NOT EXISTS (
        SELECT FROM ticket_tag o WHERE o.ticket_id = t.ticket_id AND o.tag_id = kept);
    UPDATE saved_view SET query = replace(query, 'tag=' || gone, 'tag=' || kept)
    WHERE strpos(query, 'tag=' || gone) > 0;
    UPDATE merged_tag SET tag_id = kept WHERE tag_id = gone;
    INSERT INTO merged_tag (id, tag_id) VALUES (gone, kept);
    DELETE FROM tag WHERE id = gone;
    RETURN had;
END $$;

-- Views that asked for it ask for the rest of what they asked for.
CREATE FUNCTION remove_tag(gone uuid) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE had bigint;
BEGIN
    PERFORM 1 FROM conversation WHERE id IN (SELECT ticket_id FROM ticket_tag WHERE tag_id = gone)
        ORDER BY id FOR NO KEY UPDATE;
    PERFORM 1 FROM tag WHERE id = gone FOR UPDATE;
    IF NOT FOUND THEN RETURN NULL; END IF;
    SELECT count(*) INTO had FROM ticket_tag WHERE tag_id = gone;
    UPDATE saved_view SET query = trim(BOTH '&' FROM replace(
        replace(query, 'tag=' || gone, ''), '&&', '&'))
    WHERE strpos(query, 'tag=' || gone) > 0;
    DELETE FROM tag WHERE id = gone;
    RETURN had;
END $$;

-- For the question that comes first: how many tickets have it, how many views name it.
CREATE FUNCTION uses_of_tag(asked uuid) RETURNS TABLE (tickets bigint, views bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT (SELECT count(*) FROM ticket_tag WHERE tag_id = asked),
           (SELECT count(*) FROM saved_view WHERE strpos(query, 'tag=' || asked) > 0)
$$;
"""

OPEN_SESSION = "open_session(uuid, uuid, bytea, timestamptz, text, text, bytea, uuid, uuid)"
CLOSE_SESSION = "close_session(bytea, uuid)"
SIGN_UP_BEFORE = "sign_up(uuid, text, text, text, uuid)"
SIGN_UP = "sign_up(uuid, text, text, text, uuid, text, text)"

# {column} and {value} are of the session that is told of.
SIGNING_IN = """
CREATE OR REPLACE FUNCTION open_session(
    session_id uuid, person uuid, new_hash bytea, until timestamptz, from_ip text, agent text,
    replaced bytea, event_id uuid, replaced_event_id uuid
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF replaced IS NOT NULL THEN PERFORM close_session(replaced, replaced_event_id); END IF;
    INSERT INTO session (id, user_id, token_hash, expires_at, ip, user_agent)
    SELECT session_id, id, new_hash, until, left(from_ip, 64), left(agent, 400)
    FROM "user" WHERE id = person AND active;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no active person' USING ERRCODE = 'check_violation';
    END IF;
    INSERT INTO event (id, kind, actor_id, subject_id, audience, data{column})
    VALUES (event_id, 'signed_in', person, open_session.session_id, 'admins',
            jsonb_build_object('ip', left(from_ip, 64)){opened});
END $$;

CREATE OR REPLACE FUNCTION close_session(hash bytea, event_id uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE closed record;
BEGIN
    UPDATE session SET ended_at = now() WHERE token_hash = hash AND ended_at IS NULL
    RETURNING id, user_id INTO closed;
    IF FOUND THEN
        INSERT INTO event (id, kind, actor_id, subject_id, audience{column})
        VALUES (event_id, 'signed_out', closed.user_id, closed.id, 'admins'{closed});
    END IF;
END $$;
"""
WITH_SESSION = {"column": ", session_id", "opened": ", open_session.session_id"}

SIGNING_UP = """
CREATE FUNCTION sign_up(
    person uuid, address text, full_name text, hash text, event_id uuid{arguments}
) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO "user" (id, email, name, role, password_hash)
    VALUES (person, lower(address), full_name, 'buyer', hash)
    ON CONFLICT (email) DO NOTHING;
    IF NOT FOUND THEN RETURN false; END IF;
    INSERT INTO event (id, kind, actor_id, subject_id, audience{column})
    VALUES (event_id, 'signed_up', person, person, 'admins'{value});
    RETURN true;
END $$;
"""
FROM_WHERE = "jsonb_build_object('ip', left(from_ip, 64), 'browser', left(agent, 400))"
WITH_WHERE = {
    "arguments": ", from_ip text, agent text",
    "column": ", data",
    "value": f", {FROM_WHERE}",
}

# Whose address it was, if anybody's; never what was typed, which may be a password.
FAILING = f"""
CREATE FUNCTION note_failed_sign_in(event_id uuid, address text, from_ip text, agent text)
RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO event (id, kind, subject_id, audience, data)
    VALUES (event_id, 'sign_in_failed', (SELECT id FROM "user" WHERE email = lower(address)),
            'admins', {FROM_WHERE})
$$;
"""

NEW_TABLES = ("note_revision", "setting", "merged_tag")
FUNCTIONS = {
    "event_is_kept()": "",
    "note_before_update()": "",
    "list_merged_tag()": "",
    "desk_settings()": "supportdesk_nobody",
    "note_failed_sign_in(uuid, text, text, text)": "supportdesk_nobody",
    "remove_team(uuid)": "supportdesk_admin",
    "merge_tags(uuid, uuid)": "supportdesk_admin",
    "remove_tag(uuid)": "supportdesk_admin",
    "uses_of_tag(uuid)": "supportdesk_admin",
}

SEEN_OF_EVENTS = (
    "id, kind, actor_id, conversation_id, subject_id, audience, in_thread, seq, data, created_at"
)
PREFERENCES = """
    actor_id = (SELECT current_user_id()) AND conversation_id IS NULL AND NOT in_thread
    AND audience = 'admins' AND kind = 'preferences_changed'
"""
GRANTS = (
    "SELECT, INSERT (key, value), UPDATE (value, updated_at), DELETE ON setting",
    "SELECT ON merged_tag",
    "SELECT ON note_revision",
    "INSERT (id, name), UPDATE (name) ON team",
    "UPDATE (lead) ON team_member",
)
POLICIES = {
    "setting": ("SELECT", "INSERT", "UPDATE", "DELETE"),
    "merged_tag": ("SELECT",),
    "note_revision": ("SELECT",),
    "team": ("INSERT",),
    "team_member": ("UPDATE",),
}


def _as_system(*statements: str) -> None:
    """Only the owner may replace a function, and only who may create in its schema."""
    op.execute("GRANT CREATE ON SCHEMA public TO supportdesk_system")
    op.execute(AS_SYSTEM)
    for statement in statements:
        op.execute(statement)
    op.execute("RESET ROLE")
    op.execute("REVOKE CREATE ON SCHEMA public FROM supportdesk_system")


def _own(function: str, callers: str) -> None:
    op.execute(f"REVOKE EXECUTE ON FUNCTION {function} FROM PUBLIC")
    if callers:
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO {callers}")
    op.execute(f"ALTER FUNCTION {function} OWNER TO supportdesk_system")


def _admins_may() -> None:
    for rights in GRANTS:
        op.execute(f"GRANT {rights} TO supportdesk_admin")
    op.execute("GRANT SELECT ON merged_tag TO supportdesk_seller")
    op.execute("CREATE POLICY seller_select ON merged_tag FOR SELECT TO supportdesk_seller"
               " USING (true)")  # fmt: skip
    for table, commands in POLICIES.items():
        for command in commands:
            clause = "WITH CHECK" if command == "INSERT" else "USING"
            op.execute(
                f"CREATE POLICY admin_{command.lower()} ON {table} FOR {command}"
                f" TO supportdesk_admin {clause} (true)"
            )


def upgrade() -> None:
    for part in (LOG, NOTES, SETTINGS, TEAMS, TAGS, FAILING):
        op.execute(part)
    op.execute(f"DROP FUNCTION {SIGN_UP_BEFORE}")
    op.execute(SIGNING_UP.format(**WITH_WHERE))
    _as_system(SIGNING_IN.format(**WITH_SESSION, closed=", closed.id"), NOTES_SO_FAR)
    op.execute("GRANT CREATE ON SCHEMA public TO supportdesk_system")
    for function, callers in {**FUNCTIONS, SIGN_UP: "supportdesk_nobody"}.items():
        _own(function, callers)
    op.execute("REVOKE CREATE ON SCHEMA public FROM supportdesk_system")
    for table in NEW_TABLES:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"GRANT ALL ON {table} TO supportdesk_system")
        op.execute(
            f"CREATE POLICY system_all ON {table} TO supportdesk_system"
            " USING (true) WITH CHECK (true)"
        )
    _admins_may()
    op.execute("REVOKE UPDATE, DELETE, TRUNCATE ON event FROM supportdesk_system")
    for role in ("buyer", "seller"):
        op.execute(f"REVOKE SELECT ON event FROM supportdesk_{role}")
        op.execute(f"GRANT SELECT ({SEEN_OF_EVENTS}) ON event TO supportdesk_{role}")
        op.execute(
            f"CREATE POLICY {role}_insert_preferences ON event FOR INSERT TO supportdesk_{role}"
            f" WITH CHECK ({PREFERENCES})"
        )
    for role in ("seller", "admin"):
        op.execute(
            f"GRANT INSERT (event_id), UPDATE (event_id) ON ticket_note TO supportdesk_{role}"
        )


def downgrade() -> None:
    for role in ("buyer", "seller"):
        op.execute(f"DROP POLICY {role}_insert_preferences ON event")
        op.execute(f"REVOKE SELECT ({SEEN_OF_EVENTS}) ON event FROM supportdesk_{role}")
        op.execute(f"GRANT SELECT ON event TO supportdesk_{role}")
    op.execute("GRANT ALL ON event TO supportdesk_system")
    op.execute("DROP POLICY admin_insert ON team")
    op.execute("REVOKE INSERT (id, name), UPDATE (name) ON team FROM supportdesk_admin")
    op.execute("DROP POLICY admin_update ON team_member")
    op.execute("DROP TRIGGER list_merged_tag ON ticket_tag")
    op.execute("DROP TRIGGER note_before_update ON ticket_note")
    op.execute(LOG_BEFORE)
    kept = [function for function in FUNCTIONS if function != "event_is_kept()"]
    op.execute(f"DROP FUNCTION {', '.join([*kept, SIGN_UP])}")
    op.execute("DROP TABLE note_revision, merged_tag, setting")
    op.execute("ALTER TABLE ticket_note DROP COLUMN event_id")
    op.execute("ALTER TABLE team_member DROP COLUMN lead")
    op.execute("DROP INDEX team_name_key")
    op.execute("CREATE UNIQUE INDEX team_name_key ON team (name)")
    _as_system(
        SIGNING_IN.format(column="", opened="", closed=""),
        # The log outlives its conversations; the rule that it did not allowed none of those.
        "DELETE FROM event e WHERE conversation_id IS NOT NULL"
        " AND NOT EXISTS (SELECT FROM conversation c WHERE c.id = e.conversation_id)",
    )
    op.execute(SIGNING_UP.format(arguments="", column="", value=""))
    op.execute("GRANT CREATE ON SCHEMA public TO supportdesk_system")
    _own(SIGN_UP_BEFORE, "supportdesk_nobody")
    op.execute("REVOKE CREATE ON SCHEMA public FROM supportdesk_system")
    op.execute(
        "ALTER TABLE event ADD CONSTRAINT event_conversation_id_fkey"
        " FOREIGN KEY (conversation_id) REFERENCES conversation (id) ON DELETE CASCADE"
    )
