"""A person's data is handed out, and forgotten: what they were called, what was kept of them.

Tickets stay as they are, with a name in them that stands for nobody. What is written by the
database's own functions, which are `supportdesk_system`'s, is not held to the rule that nobody
rewords what somebody else said: no person can act as that role.
"""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

TABLE = """
ALTER TABLE "user" ADD COLUMN erased_at timestamptz,
    ADD CONSTRAINT user_erased_is_gone CHECK (erased_at IS NULL OR NOT active);
"""

STAYING = """
CREATE FUNCTION user_stays_erased() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'an erased person stays erased'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'user_stays_erased';
END $$;
CREATE TRIGGER user_stays_erased BEFORE UPDATE ON "user" FOR EACH ROW
    WHEN (OLD.erased_at IS NOT NULL) EXECUTE FUNCTION user_stays_erased();

-- The argument names the column that says of whom something is kept. The lock waits for who erases
-- them just now. A server that notes when people were here goes on with the others.
CREATE FUNCTION nothing_is_kept_of_erased() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE gone timestamptz;
BEGIN
    SELECT erased_at INTO gone FROM "user"
    WHERE id = (to_jsonb(NEW) ->> TG_ARGV[0])::uuid FOR KEY SHARE;
    IF gone IS NULL THEN RETURN NEW; END IF;
    IF TG_TABLE_NAME = 'last_seen' THEN RETURN NULL; END IF;
    RAISE EXCEPTION 'nothing is kept of an erased person'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'user_stays_erased';
END $$;
"""

KEPT_OF = {
    "attachment": "owner_id",
    "canned_reply": "owner_id",
    "draft": "owner_id",
    "join_request": "person_id",
    "last_seen": "user_id",
    "notification_preference": "user_id",
    "password_reset": "user_id",
    "person_note": "person_id",
    "saved_view": "owner_id",
    "session": "user_id",
}

ERASING = """
-- `@` and one of the names, as `domain/mentions` finds them, with another name in its place.
CREATE FUNCTION without_names(said text, names text[], instead text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN names = '{}' OR strpos(said, '@') = 0 THEN said ELSE regexp_replace(
        said, '(?<![[:alnum:]_@])@(' || (
            SELECT string_agg(regexp_replace(each, '([^[:alnum:][:space:]_])', '\\\\\\1', 'g'), '|'
                              ORDER BY char_length(each) DESC, each)
            FROM unnest(names) AS each) || ')(?![[:alnum:]_])',
        '@' || instead, 'gi') END
$$;

-- What the person is and was called, as far as the desk knows.
CREATE FUNCTION names_of(person uuid, threads uuid[]) RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce(array_agg(DISTINCT name), '{}') FROM (
        SELECT name FROM "user" WHERE id = person
        UNION ALL SELECT was FROM event,
            LATERAL (VALUES (data ->> 'from'), (data ->> 'to')) AS told(was)
            WHERE subject_id = person AND conversation_id IS NULL AND kind = 'person_renamed'
        UNION ALL SELECT mentions ->> person::text FROM message
            WHERE conversation_id = ANY (threads) AND mentions ? person::text
    ) AS called(name) WHERE name <> ''
$$;

-- Who else has the name in a message keeps it: it is theirs that stands there.
CREATE FUNCTION erase_from_messages(person uuid, threads uuid[], names text[], instead text)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE message m SET
        body = without_names(m.body, ARRAY(SELECT name FROM unnest(names) AS name
            WHERE NOT EXISTS (SELECT FROM jsonb_each_text(m.mentions) AS other(id, called)
                WHERE other.id <> person::text AND lower(called) = lower(name))), instead),
        mentions = CASE WHEN m.mentions ? person::text
            THEN m.mentions || jsonb_build_object(person, instead) ELSE m.mentions END
    WHERE m.conversation_id = ANY (threads) AND m.deleted_at IS NULL
      AND (m.mentions ? person::text OR without_names(m.body, names, instead) <> m.body);
    UPDATE message_revision r SET body = without_names(r.body, names, instead)
    FROM message m
    WHERE m.id = r.message_id AND m.conversation_id = ANY (threads)
      AND without_names(r.body, names, instead) <> r.body;
    UPDATE draft SET body = left(without_names(body, names, instead), 20000)
    WHERE conversation_id = ANY (threads) AND without_names(body, names, instead) <> body;
END $$;

-- The log keeps what happened and who did it, by their id; only what it says of the person by name,
-- by address or of their machines is taken out. Where they were assigned is found by their id among
-- the words of the log, also in tickets that are gone.
CREATE FUNCTION erase_from_events(
    person uuid, address text, invitations uuid[], instead text
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM set_config('supportdesk.erasing', 'on', true);
    UPDATE event SET data = data || jsonb_build_object('from', instead, 'to', instead)
    WHERE subject_id = person AND conversation_id IS NULL AND kind = 'person_renamed';
    UPDATE event SET data = data || '{"email": "", "name": ""}'
    WHERE kind IN ('person_invited', 'invitation_revoked')
      AND (data ->> 'email' = address OR subject_id = ANY (invitations));
    UPDATE event SET data = data - ARRAY['ip', 'browser']
    WHERE (actor_id = person OR (subject_id = person AND conversation_id IS NULL))
      AND data ?| ARRAY['ip', 'browser'];
    UPDATE event SET data = '{}'
    WHERE actor_id = person AND data <> '{}' AND (kind = 'preferences_changed'
        OR kind IN ('view_saved', 'view_changed', 'view_deleted')
            AND subject_id NOT IN (SELECT id FROM saved_view WHERE shared));
    UPDATE event SET data = data || jsonb_build_object('person', instead)
    WHERE kind IN ('person_added', 'person_removed', 'reads_changed', 'person_blocked',
                   'person_unblocked') AND subject_id = person AND data ? 'person';
    UPDATE event SET data = data || jsonb_build_object('member', instead)
        || CASE WHEN data ? 'added' THEN jsonb_build_object('added', jsonb_build_array(instead))
                WHEN data ? 'removed' THEN jsonb_build_object('removed', jsonb_build_array(instead))
                ELSE '{}' END
    WHERE kind = 'team_changed' AND data @> jsonb_build_object('member_id', person);
    UPDATE event SET data = jsonb_set(data, '{changes}', (
        SELECT jsonb_agg(CASE WHEN change ->> 'field' = 'assignee_id'
                               AND change ->> 'to' = person::text
            THEN change || jsonb_build_object('label', instead) ELSE change END ORDER BY place)
        FROM jsonb_array_elements(data -> 'changes') WITH ORDINALITY AS each(change, place)))
    WHERE data <> '{}' AND (to_tsvector('simple', data) || @SPANS@)
          @@ plainto_tsquery('simple', person::text)
      AND kind = 'ticket_changed' AND data @> jsonb_build_object('changes', jsonb_build_array(
          jsonb_build_object('field', 'assignee_id', 'to', person)));
    PERFORM set_config('supportdesk.erasing', '', true);
END $$;

-- Once, by an admin who is one, and never themselves. Returns what the person is called from now
-- on; null when there is none or they have been erased.
CREATE FUNCTION erase_person(person uuid, event_id uuid) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    gone record;
    instead text := 'Erased person ' || upper(right(person::text, 4));
    threads uuid[];
    theirs uuid[];
BEGIN
    SELECT * INTO gone FROM "user" WHERE id = person AND erased_at IS NULL FOR UPDATE;
    IF NOT FOUND THEN RETURN NULL; END IF;
    IF person = current_user_id() OR NOT EXISTS (
        SELECT FROM "user" WHERE id = current_user_id() AND role = 'admin' AND active) THEN
        RAISE EXCEPTION 'admins erase others'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'admins_erase_others';
    END IF;
    threads := ARRAY(SELECT conversation_id FROM participant WHERE user_id = person
        UNION SELECT conversation_id FROM former_participant WHERE user_id = person
        UNION SELECT conversation_id FROM past_participant WHERE user_id = person);
    theirs := ARRAY(SELECT id FROM invitation
        WHERE email = gone.email OR created_by = person
        UNION SELECT (data ->> 'invitation')::uuid FROM event
        WHERE subject_id = person AND conversation_id IS NULL AND kind = 'invitation_accepted');
    PERFORM erase_from_messages(person, threads, names_of(person, threads), instead);
    PERFORM erase_from_events(person, gone.email, ARRAY(
        SELECT unnest(theirs) EXCEPT SELECT id FROM invitation WHERE created_by = person), instead);
    UPDATE "user" SET name = instead, email = 'erased-' || person || '@erased.invalid',
        password_hash = '!', timezone = 'UTC', active = false, erased_at = now()
    WHERE id = person;
    UPDATE session SET ip = '', user_agent = '' WHERE user_id = person;
    UPDATE participant SET starred = false WHERE user_id = person AND starred;
    UPDATE participant SET muted = false, archived = false, pinned = false, follows = false,
        read_at = NULL WHERE user_id = person;
    UPDATE former_participant SET starred = false, follows = false WHERE user_id = person;
    DELETE FROM draft WHERE owner_id = person;
    DELETE FROM notification WHERE user_id = person;
    DELETE FROM notification_preference WHERE user_id = person;
    DELETE FROM last_seen WHERE user_id = person;
    DELETE FROM saved_view WHERE owner_id = person AND NOT shared;
    DELETE FROM canned_reply WHERE owner_id = person;
    DELETE FROM person_note WHERE person_id = person;
    DELETE FROM join_request WHERE person_id = person;
    DELETE FROM block WHERE person_id = person;
    DELETE FROM invitation WHERE id = ANY (theirs);
    DELETE FROM attachment WHERE owner_id = person AND message_id IS NULL;
    INSERT INTO event (id, kind, actor_id, subject_id, audience)
    VALUES (event_id, 'person_erased', current_user_id(), person, 'admins');
    RETURN instead;
END $$;

-- Of these, who has been erased: what they had begun to upload is dropped.
CREATE FUNCTION erased_among(people uuid[]) RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce(array_agg(id), '{}') FROM "user"
    WHERE id = ANY (people) AND erased_at IS NOT NULL
$$;
"""

# Days since 2000, four weeks and years of 52 weeks, as in 0007 and in the index of 0019.
_DAY = "((created_at AT TIME ZONE 'UTC')::date - '2000-01-01'::date)"
SPANS = f"""array_to_tsvector(ARRAY[
    '~d' || {_DAY}::text, '~m' || ({_DAY} / 28)::text, '~y' || ({_DAY} / 364)::text])"""

# What the log says stays, but that who it was is taken out of it. No person and no login holds the
# right, and no function does it by oversight: one alone says that it means to, `erase_from_events`.
KEEPING = """
CREATE OR REPLACE FUNCTION event_is_kept() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN{unless}
    RAISE EXCEPTION 'what the log says stays as it is' USING ERRCODE = 'insufficient_privilege';
END $$;
"""
UNLESS_ERASING = """
    IF TG_OP = 'UPDATE' AND current_user = 'supportdesk_system'
       AND current_setting('supportdesk.erasing', true) = 'on' THEN
        RETURN NULL;
    END IF;"""

EXPORTING = """
CREATE FUNCTION ticket_name(number bigint) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = public, pg_temp AS $$
    SELECT 'TC-' || lpad(number::text, greatest(4, length(number::text)), '0')
$$;

-- What is kept of a person beside their conversations, for themselves and for admins, who do not
-- see all of it otherwise. Each row says in which part of the export it belongs.
CREATE FUNCTION kept_of(person uuid) RETURNS TABLE (part text, at timestamptz, data json)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF person IS DISTINCT FROM current_user_id() AND NOT EXISTS (
        SELECT FROM "user" WHERE id = current_user_id() AND role = 'admin' AND active) THEN
        RETURN;
    END IF;
    RETURN QUERY SELECT kept.* FROM (
    SELECT 'profile', u.created_at, json_build_object(
        'id', u.id, 'name', u.name, 'email', CASE WHEN u.erased_at IS NULL THEN u.email END,
        'role', u.role, 'active', u.active, 'timezone', u.timezone, 'joined_at', u.created_at,
        'last_seen_at', s.at, 'erased_at', u.erased_at)
    FROM "user" u LEFT JOIN last_seen s ON s.user_id = u.id WHERE u.id = person
    UNION ALL
    SELECT 'teams', m.created_at, json_build_object('name', t.name, 'since', m.created_at)
    FROM team_member m JOIN team t ON t.id = m.team_id WHERE m.user_id = person
    UNION ALL
    SELECT 'sessions', s.created_at, json_build_object(
        'started_at', s.created_at, 'expires_at', s.expires_at, 'ended_at', s.ended_at,
        'address', s.ip, 'browser', s.user_agent)
    FROM session s WHERE s.user_id = person
    UNION ALL
    SELECT 'invitations', i.created_at, json_build_object(
        'role', i.role, 'email', i.email, 'name', i.name, 'invited_at', i.created_at,
        'expires_at', i.expires_at, 'accepted_at', i.used_at, 'revoked_at', i.revoked_at)
    FROM invitation i
    WHERE i.email = (SELECT u.email FROM "user" u WHERE u.id = person)
       OR i.id IN (SELECT (e.data ->> 'invitation')::uuid FROM event e
                   WHERE e.subject_id = person AND e.conversation_id IS NULL
                     AND e.kind = 'invitation_accepted')
    UNION ALL
    SELECT 'notifications', n.created_at, json_build_object(
        'ticket', ticket_name(t.number), 'kind', n.kind, 'at', n.created_at, 'read_at', n.read_at)
    FROM notification n LEFT JOIN ticket t ON t.id = n.conversation_id WHERE n.user_id = person
    UNION ALL
    SELECT 'preferences', now(), json_build_object(
        'mentions', p.mentions, 'messages', p.messages, 'assignments', p.assignments,
        'statuses', p.statuses, 'sound', p.sound, 'browser', p.browser)
    FROM notification_preference p WHERE p.user_id = person
    UNION ALL
    SELECT 'views', v.created_at, json_build_object(
        'name', v.name, 'shared', v.shared, 'query', v.query, 'saved_at', v.created_at)
    FROM saved_view v WHERE v.owner_id = person
    UNION ALL
    SELECT 'replies', r.created_at, json_build_object(
        'name', r.name, 'text', r.body, 'written_at', r.created_at)
    FROM canned_reply r WHERE r.owner_id = person
    UNION ALL
    SELECT 'requests', q.created_at, json_build_object(
        'ticket', ticket_name(q.number), 'reason', q.reason, 'state', q.state, 'word', q.word,
        'asked_at', q.created_at, 'decided_at', q.decided_at)
    FROM join_request q WHERE q.person_id = person
    UNION ALL
    SELECT 'reports', a.created_at, json_build_object(
        'message', a.message_id, 'reason', a.reason, 'at', a.created_at)
    FROM abuse_report a WHERE a.reporter_id = person
    UNION ALL
    SELECT 'account_events', e.created_at, json_build_object(
        'kind', e.kind, 'at', e.created_at, 'details', e.data)
    FROM event e WHERE e.actor_id = person AND e.conversation_id IS NULL
    ) AS kept(part, at, data) ORDER BY kept.part <> 'profile', kept.part, kept.at;
END $$;
"""

PEOPLE = "supportdesk_buyer, supportdesk_seller, supportdesk_admin"
# Function -> who may call it. Trigger functions and helpers of functions: nobody directly.
FUNCTIONS = {
    "user_stays_erased()": "",
    "nothing_is_kept_of_erased()": "",
    "without_names(text, text[], text)": "",
    "names_of(uuid, uuid[])": "",
    "erase_from_messages(uuid, uuid[], text[], text)": "",
    "erase_from_events(uuid, text, uuid[], text)": "",
    "erase_person(uuid, uuid)": "supportdesk_admin",
    "erased_among(uuid[])": "supportdesk_nobody",
    "ticket_name(bigint)": PEOPLE,
    "kept_of(uuid)": PEOPLE,
}

# What is not `BY_PEOPLE`: what the desk's own functions write is not held to it.
REWORDING = """
CREATE TRIGGER message_before_update BEFORE UPDATE OF body, deleted_at ON message
    FOR EACH ROW {when} EXECUTE FUNCTION message_before_update();
CREATE TRIGGER message_mentions_others AFTER UPDATE OF mentions ON message
    FOR EACH ROW WHEN (NEW.deleted_at IS NULL AND NEW.mentions <> OLD.mentions{and_when})
    EXECUTE FUNCTION message_mentions_others();
"""
BY_PEOPLE = "current_user <> 'supportdesk_system'"

ME = "(SELECT current_user_id())"
# Everybody may tell that they took what is kept of themselves; admins may tell of anything.
TOOK = f"""
    actor_id = {ME} AND subject_id = {ME} AND conversation_id IS NULL AND NOT in_thread
    AND audience = 'admins' AND kind = 'person_exported'
"""
# Their own earlier words, which the staff sees, too.
OWN_WORDS = f"EXISTS (SELECT FROM message m WHERE m.id = message_id AND m.sender_id = {ME})"


def _reword(when: str, and_when: str) -> None:
    op.execute("DROP TRIGGER message_before_update ON message")
    op.execute("DROP TRIGGER message_mentions_others ON message")
    # Who makes a trigger has to be one who may call its function.
    op.execute("SET LOCAL ROLE supportdesk_system")
    op.execute(REWORDING.format(when=when, and_when=and_when))
    op.execute("RESET ROLE")


def _keep_events(unless: str) -> None:
    """Only the owner may replace a function, and only who may create in its schema."""
    op.execute("GRANT CREATE ON SCHEMA public TO supportdesk_system")
    op.execute("SET LOCAL ROLE supportdesk_system")
    op.execute(KEEPING.replace("{unless}", unless))
    op.execute("RESET ROLE")
    op.execute("REVOKE CREATE ON SCHEMA public FROM supportdesk_system")


def upgrade() -> None:
    for part in (TABLE, STAYING, ERASING.replace("@SPANS@", SPANS), EXPORTING):
        op.execute(part)
    _keep_events(UNLESS_ERASING)
    op.execute("GRANT UPDATE (data) ON event TO supportdesk_system")
    for table, column in KEPT_OF.items():
        op.execute(
            f"CREATE TRIGGER nothing_is_kept_of_erased BEFORE INSERT ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION nothing_is_kept_of_erased('{column}')"
        )
    _reword(f"WHEN ({BY_PEOPLE})", f" AND {BY_PEOPLE}")
    # A function can only be given to a role that may create in its schema.
    op.execute("GRANT CREATE ON SCHEMA public TO supportdesk_system")
    for function, callers in FUNCTIONS.items():
        op.execute(f"REVOKE EXECUTE ON FUNCTION {function} FROM PUBLIC")
        if callers:
            op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO {callers}")
        op.execute(f"ALTER FUNCTION {function} OWNER TO supportdesk_system")
    op.execute("REVOKE CREATE ON SCHEMA public FROM supportdesk_system")
    op.execute('GRANT SELECT (erased_at) ON "user" TO supportdesk_admin')
    for role in ("buyer", "seller"):
        op.execute(
            f"CREATE POLICY {role}_insert_export ON event FOR INSERT TO supportdesk_{role}"
            f" WITH CHECK ({TOOK})"
        )
    op.execute("GRANT SELECT ON message_revision TO supportdesk_buyer")
    op.execute(
        "CREATE POLICY buyer_select ON message_revision FOR SELECT TO supportdesk_buyer"
        f" USING ({OWN_WORDS})"
    )


def downgrade() -> None:
    op.execute("DROP POLICY buyer_select ON message_revision")
    op.execute("REVOKE SELECT ON message_revision FROM supportdesk_buyer")
    for role in ("buyer", "seller"):
        op.execute(f"DROP POLICY {role}_insert_export ON event")
    _reword("", "")
    op.execute("REVOKE UPDATE (data) ON event FROM supportdesk_system")
    _keep_events("")
    for table in KEPT_OF:
        op.execute(f"DROP TRIGGER nothing_is_kept_of_erased ON {table}")
    op.execute('DROP TRIGGER user_stays_erased ON "user"')
    op.execute(f"DROP FUNCTION {', '.join(FUNCTIONS)}")
    op.execute('ALTER TABLE "user" DROP COLUMN erased_at')
