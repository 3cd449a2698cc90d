"""The few functions for somebody who has not signed in, and who owns and calls which function.

Passwords are checked in the application, so `find_credentials` hands out one hash to the role
`supportdesk_nobody`; everything else takes and returns the least that will do.
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

SIGN_IN = """
CREATE FUNCTION find_credentials(address text)
RETURNS TABLE (user_id uuid, password_hash text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT id, password_hash FROM "user" WHERE email = lower(address) AND active
$$;

-- `replaced` is the token that this browser held before: signing in rotates it.
CREATE FUNCTION open_session(
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
    INSERT INTO event (id, kind, actor_id, subject_id, audience, data)
    VALUES (event_id, 'signed_in', person, session_id, 'admins',
            jsonb_build_object('ip', left(from_ip, 64)));
END $$;

CREATE FUNCTION session_actor(hash bytea)
RETURNS TABLE (session_id uuid, user_id uuid, role text, name text, email text, timezone text,
               expires_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT s.id, u.id, u.role, u.name, u.email, u.timezone, s.expires_at
    FROM session s JOIN "user" u ON u.id = s.user_id
    WHERE s.token_hash = hash AND s.ended_at IS NULL AND s.expires_at > now() AND u.active
$$;

CREATE FUNCTION close_session(hash bytea, event_id uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE closed record;
BEGIN
    UPDATE session SET ended_at = now() WHERE token_hash = hash AND ended_at IS NULL
    RETURNING id, user_id INTO closed;
    IF FOUND THEN
        INSERT INTO event (id, kind, actor_id, subject_id, audience)
        VALUES (event_id, 'signed_out', closed.user_id, closed.id, 'admins');
    END IF;
END $$;

CREATE FUNCTION sign_up(person uuid, address text, full_name text, hash text, event_id uuid)
RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO "user" (id, email, name, role, password_hash)
    VALUES (person, lower(address), full_name, 'buyer', hash)
    ON CONFLICT (email) DO NOTHING;
    IF NOT FOUND THEN RETURN false; END IF;
    INSERT INTO event (id, kind, actor_id, subject_id, audience)
    VALUES (event_id, 'signed_up', person, person, 'admins');
    RETURN true;
END $$;

-- Somebody deactivated, with another role or a new password, has to sign in again everywhere.
CREATE FUNCTION user_after_update() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE session SET ended_at = now() WHERE user_id = NEW.id AND ended_at IS NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER user_after_update AFTER UPDATE OF active, role, password_hash ON "user"
    FOR EACH ROW WHEN (
        (NOT NEW.active AND OLD.active) OR OLD.role <> NEW.role
        OR OLD.password_hash <> NEW.password_hash)
    EXECUTE FUNCTION user_after_update();
"""

READING = """
-- What stands on open screens has been read. One statement for all of a conversation's readers: the
-- server knows who has it open, and a marker of one's own only ever moves forward.
CREATE FUNCTION note_read(thread uuid, people uuid[], upto bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO participant (conversation_id, user_id, audience)
    SELECT thread, id, 'admins' FROM "user" WHERE id = ANY (people) AND role = 'admin'
    ON CONFLICT DO NOTHING;
    UPDATE participant SET last_read_seq = upto
    FROM conversation c
    WHERE conversation_id = thread AND user_id = ANY (people) AND last_read_seq < upto
      AND c.id = thread AND upto <= c.last_seq;
END $$;
"""

SETUP = """
-- Only the newest link counts, and only while there is no admin.
CREATE FUNCTION issue_setup_link(link_id uuid, hash bytea) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    DELETE FROM setup_link;
    IF EXISTS (SELECT FROM "user" WHERE role = 'admin') THEN RETURN false; END IF;
    INSERT INTO setup_link (id, token_hash) VALUES (link_id, hash);
    RETURN true;
END $$;

CREATE FUNCTION setup_link_works(hash bytea) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM setup_link WHERE token_hash = hash)
       AND NOT EXISTS (SELECT FROM "user" WHERE role = 'admin')
$$;

CREATE FUNCTION create_first_admin(
    hash bytea, person uuid, address text, full_name text, password text, event_id uuid
) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    DELETE FROM setup_link WHERE token_hash = hash;
    IF NOT FOUND OR EXISTS (SELECT FROM "user" WHERE role = 'admin') THEN RETURN false; END IF;
    INSERT INTO "user" (id, email, name, role, password_hash)
    VALUES (person, lower(address), full_name, 'admin', password);
    INSERT INTO event (id, kind, actor_id, subject_id, audience)
    VALUES (event_id, 'signed_up', person, person, 'admins');
    RETURN true;
END $$;
"""

PEOPLE = "supportdesk_buyer, supportdesk_seller, supportdesk_admin"

# Function -> who may call it. Trigger functions and helpers of functions: nobody directly.
FUNCTIONS = {
    "current_user_id()": PEOPLE,
    "my_conversations()": PEOPLE,
    "my_people(text[])": PEOPLE,
    "take_place(uuid, text, timestamptz, integer)": "",
    "wider_audience(text, text)": "",
    "ring(text, uuid, uuid)": "",
    "message_before_insert()": "",
    "message_after_insert()": "",
    "ticket_before_insert()": "",
    "ticket_after_insert()": "",
    "ticket_before_update()": "",
    "event_before_insert()": "",
    "event_after_insert()": "",
    "participant_after_update()": "",
    "user_after_update()": "",
    "find_credentials(text)": "supportdesk_nobody",
    "open_session(uuid, uuid, bytea, timestamptz, text, text, bytea, uuid, uuid)":
        "supportdesk_nobody",
    "session_actor(bytea)": "supportdesk_nobody",
    "close_session(bytea, uuid)": "supportdesk_nobody",
    "sign_up(uuid, text, text, text, uuid)": "supportdesk_nobody",
    "issue_setup_link(uuid, bytea)": "supportdesk_nobody",
    "setup_link_works(bytea)": "supportdesk_nobody",
    "note_read(uuid, uuid[], bigint)": "supportdesk_nobody",
    "create_first_admin(bytea, uuid, text, text, text, uuid)": "supportdesk_nobody",
}  # fmt: skip


def upgrade() -> None:
    op.execute(SIGN_IN)
    op.execute(READING)
    op.execute(SETUP)
    # A function can only be given to a role that may create in its schema.
    op.execute("GRANT CREATE ON SCHEMA public TO supportdesk_system")
    for function, callers in FUNCTIONS.items():
        op.execute(f"REVOKE EXECUTE ON FUNCTION {function} FROM PUBLIC")
        if callers:
            op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO {callers}")
        op.execute(f"ALTER FUNCTION {function} OWNER TO supportdesk_system")
    op.execute("REVOKE CREATE ON SCHEMA public FROM supportdesk_system")


def downgrade() -> None:
    op.execute('DROP TRIGGER user_after_update ON "user"')
    op.execute(
        "DROP FUNCTION find_credentials(text),"
        " open_session(uuid, uuid, bytea, timestamptz, text, text, bytea, uuid, uuid),"
        " session_actor(bytea), close_session(bytea, uuid), sign_up(uuid, text, text, text, uuid),"
        " user_after_update(), issue_setup_link(uuid, bytea), setup_link_works(bytea),"
        " create_first_admin(bytea, uuid, text, text, text, uuid),"
        " note_read(uuid, uuid[], bigint)"
    )
