"""The log is found by whom it concerns and by what was done, and says from where in each line.

Who is blocked does not rename themselves either: a name is read by everybody.
"""

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

# Days since 2000, four weeks and years of 52 weeks, as in 0007.
_DAY = "((created_at AT TIME ZONE 'UTC')::date - '2000-01-01'::date)"
_SPANS = f"""'~d' || {_DAY}::text, '~m' || ({_DAY} / 28)::text, '~y' || ({_DAY} / 364)::text"""
# Beside what is written in it: what was done, by whom, to whom, for whom to read, and how.
WORDS = f"""(jsonb_to_tsvector('simple', data, '["string", "numeric"]') || array_to_tsvector(ARRAY[
    {_SPANS}, '~k' || kind, '~p' || coalesce(actor_id::text, ''),
    '~s' || CASE WHEN kind LIKE 'message%' OR kind LIKE 'reaction%' THEN ''
                 ELSE coalesce(subject_id::text, '') END,
    '~v' || audience,
    '~v' || CASE WHEN data ? 'added' THEN 'added' ELSE '' END,
    '~v' || CASE WHEN data ? 'removed' THEN 'removed' ELSE '' END,
    '~v' || CASE WHEN data #>> '{{from,name}}' <> data ->> 'name' THEN 'renamed' ELSE '' END]))"""
WORDS_BEFORE = f"(to_tsvector('simple', data) || array_to_tsvector(ARRAY[\n    {_SPANS}]))"

INDEXES = f"""
DROP INDEX event_words_idx;
CREATE INDEX event_words_idx ON event USING gin ({WORDS});
CREATE INDEX user_name_words_idx ON "user" USING gin (to_tsvector('simple', name));
"""
INDEXES_BEFORE = f"""
DROP INDEX event_words_idx, user_name_words_idx;
CREATE INDEX event_words_idx ON event USING gin ({WORDS_BEFORE}) WHERE data <> '{{}}';
"""

# As before; only the words, by which the lines are found, are spelled as in the index.
ERASING = """
CREATE OR REPLACE FUNCTION erase_from_events(
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
    WHERE @WORDS@
          @@ plainto_tsquery('simple', person::text)
      AND kind = 'ticket_changed' AND data @> jsonb_build_object('changes', jsonb_build_array(
          jsonb_build_object('field', 'assignee_id', 'to', person)));
    PERFORM set_config('supportdesk.erasing', '', true);
END $$;
"""

CHANGING = """
-- The session that it is changed in goes on; a trigger ends all others.
CREATE OR REPLACE FUNCTION change_password(session_hash bytea, password text, event_id uuid)
RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE here record;
BEGIN
    SELECT s.session_id, s.user_id INTO here FROM session_actor(session_hash) s;
    IF NOT FOUND THEN RETURN false; END IF;
    UPDATE "user" SET password_hash = password WHERE id = here.user_id;
    UPDATE session SET ended_at = NULL WHERE id = here.session_id AND ended_at = now();
    INSERT INTO event (id, kind, actor_id, subject_id, audience{column})
    VALUES (event_id, 'password_changed', here.user_id, here.user_id, 'admins'{session});
    RETURN true;
END $$;
"""

LINKS = """
CREATE FUNCTION create_first_admin(
    hash bytea, person uuid, address text, full_name text, password text, event_id uuid{arguments}
) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    DELETE FROM setup_link WHERE token_hash = hash;
    IF NOT FOUND OR EXISTS (SELECT FROM "user" WHERE role = 'admin') THEN RETURN false; END IF;
    INSERT INTO "user" (id, email, name, role, password_hash)
    VALUES (person, lower(address), full_name, 'admin', password);
    INSERT INTO event (id, kind, actor_id, subject_id, audience{column})
    VALUES (event_id, 'signed_up', person, person, 'admins'{value});
    RETURN true;
END $$;

-- `accepted`, `over`, or `taken`: there is an account with that address, and the link still works.
CREATE FUNCTION accept_invitation(
    hash bytea, person uuid, address text, full_name text, password text, event_id uuid{arguments}
) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE found_one record;
BEGIN
    SELECT i.id, i.role, i.email INTO found_one FROM invitation i
    JOIN "user" host ON host.id = i.created_by AND host.active AND host.role = 'admin'
    WHERE i.token_hash = hash AND i.used_at IS NULL AND i.revoked_at IS NULL
      AND i.expires_at > now()
    FOR UPDATE OF i;
    IF NOT FOUND THEN RETURN 'over'; END IF;
    INSERT INTO "user" (id, email, name, role, password_hash)
    VALUES (person, coalesce(nullif(found_one.email, ''), lower(address)), full_name,
            found_one.role, password)
    ON CONFLICT (email) DO NOTHING;
    IF NOT FOUND THEN RETURN 'taken'; END IF;
    UPDATE invitation SET used_at = now() WHERE id = found_one.id;
    INSERT INTO event (id, kind, actor_id, subject_id, audience, data)
    VALUES (event_id, 'invitation_accepted', person, person, 'admins',
            jsonb_build_object('invitation', found_one.id, 'role', found_one.role){more});
    RETURN 'accepted';
END $$;

CREATE FUNCTION reset_password(hash bytea, password text, event_id uuid{arguments}) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE person uuid;
BEGIN
    IF password_reset_of(hash) IS NULL THEN RETURN NULL; END IF;
    DELETE FROM password_reset WHERE token_hash = hash RETURNING user_id INTO person;
    IF NOT FOUND THEN RETURN NULL; END IF;
    UPDATE "user" SET password_hash = password WHERE id = person;
    INSERT INTO event (id, kind, actor_id, subject_id, audience{column})
    VALUES (event_id, 'password_reset', person, person, 'admins'{value});
    RETURN person;
END $$;
"""
FROM_WHERE = "jsonb_build_object('ip', left(from_ip, 64), 'browser', left(agent, 400))"
WITH_WHERE = {
    "arguments": ", from_ip text, agent text",
    "column": ", data",
    "value": f", {FROM_WHERE}",
    "more": f" || {FROM_WHERE}",
}
WITHOUT_WHERE = dict.fromkeys(WITH_WHERE, "")
# They are called by who is nobody yet.
LINK_FUNCTIONS = {
    "create_first_admin": "bytea, uuid, text, text, text, uuid",
    "accept_invitation": "bytea, uuid, text, text, text, uuid",
    "reset_password": "bytea, text, uuid",
}

# A name is read by all, a tag by the staff, and a file by those who read what it is put to.
REFUSED = {"tag": "INSERT", '"user"': "UPDATE OF name", "attachment": "INSERT OR UPDATE"}
REFUSED_BEFORE = {"attachment": "INSERT"}


def _as_system(*statements: str) -> None:
    """Only the owner may replace a function, and only who may create in its schema."""
    op.execute("GRANT CREATE ON SCHEMA public TO supportdesk_system")
    op.execute("SET LOCAL ROLE supportdesk_system")
    for statement in statements:
        op.execute(statement)
    op.execute("RESET ROLE")
    op.execute("REVOKE CREATE ON SCHEMA public FROM supportdesk_system")


def _refuse(before: dict[str, str], now: dict[str, str]) -> None:
    for table in before:
        op.execute(f"DROP TRIGGER refuse_blocked ON {table}")
    # Who makes a trigger has to be one who may call its function.
    _as_system(
        *(
            f"CREATE TRIGGER refuse_blocked BEFORE {deeds} ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_blocked()"
            for table, deeds in now.items()
        )
    )


def _link_functions(had: str, now: str, parts: dict[str, str]) -> None:
    """With other arguments they are other functions; `had` and `now` are the types of the last."""
    for name, types in LINK_FUNCTIONS.items():
        op.execute(f"DROP FUNCTION {name}({types}{had})")
    op.execute(LINKS.format(**parts))
    op.execute("GRANT CREATE ON SCHEMA public TO supportdesk_system")
    for name, types in LINK_FUNCTIONS.items():
        function = f"{name}({types}{now})"
        op.execute(f"REVOKE EXECUTE ON FUNCTION {function} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO supportdesk_nobody")
        op.execute(f"ALTER FUNCTION {function} OWNER TO supportdesk_system")
    op.execute("REVOKE CREATE ON SCHEMA public FROM supportdesk_system")


def upgrade() -> None:
    op.execute(INDEXES)
    _as_system(
        ERASING.replace("@WORDS@", WORDS),
        CHANGING.format(column=", session_id", session=", here.session_id"),
    )
    _refuse(REFUSED_BEFORE, REFUSED)
    _link_functions("", ", text, text", WITH_WHERE)


def downgrade() -> None:
    _refuse(REFUSED, REFUSED_BEFORE)
    op.execute(INDEXES_BEFORE)
    _as_system(
        ERASING.replace("@WORDS@", f"data <> '{{}}' AND {WORDS_BEFORE}"),
        CHANGING.format(column="", session=""),
    )
    _link_functions(", text, text", "", WITHOUT_WHERE)
