"""What admins do to people: invite, reset, change roles, end sessions, take notes.

A link is kept as the SHA-256 of its token, works for as long as the admin who made it is one, and
is spent by somebody who has not signed in. However two admins race, one of them stays.
"""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE invitation (
    id uuid PRIMARY KEY,
    role text NOT NULL,
    -- Empty: whoever is invited says.
    email text NOT NULL DEFAULT '',
    name text NOT NULL DEFAULT '',
    token_hash bytea NOT NULL,
    created_by uuid NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL DEFAULT now() + interval '7 days',
    used_at timestamptz,
    revoked_at timestamptz,
    CONSTRAINT invitation_role_known CHECK (role IN ('buyer', 'seller', 'admin')),
    CONSTRAINT invitation_email_lower CHECK (email = lower(email)),
    CONSTRAINT invitation_email_length CHECK (char_length(email) <= 254),
    CONSTRAINT invitation_name_length CHECK (char_length(name) <= 80),
    CONSTRAINT invitation_token_hash_length CHECK (octet_length(token_hash) = 32)
);
CREATE UNIQUE INDEX invitation_token_hash_key ON invitation (token_hash);
CREATE INDEX invitation_created_by_idx ON invitation (created_by);
CREATE INDEX invitation_pending_idx ON invitation (created_at)
    WHERE used_at IS NULL AND revoked_at IS NULL;

-- One for each person: the newest link alone works.
CREATE TABLE password_reset (
    user_id uuid PRIMARY KEY REFERENCES "user" (id) ON DELETE CASCADE,
    token_hash bytea NOT NULL,
    created_by uuid NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL DEFAULT now() + interval '24 hours',
    CONSTRAINT password_reset_token_hash_length CHECK (octet_length(token_hash) = 32)
);
CREATE UNIQUE INDEX password_reset_token_hash_key ON password_reset (token_hash);
CREATE INDEX password_reset_created_by_idx ON password_reset (created_by);

CREATE TABLE person_note (
    id uuid PRIMARY KEY,
    person_id uuid NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
    author_id uuid NOT NULL REFERENCES "user" (id),
    body text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT person_note_body_length CHECK (char_length(body) BETWEEN 1 AND 10000)
);
CREATE INDEX person_note_person_id_idx ON person_note (person_id, created_at DESC);
CREATE INDEX person_note_author_id_idx ON person_note (author_id);

-- Who took part in another role than they have now. They see nothing by it; those who are still
-- there go on knowing the name. With the former role it all comes back.
CREATE TABLE former_participant (
    conversation_id uuid NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
    user_id uuid NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
    role text NOT NULL,
    audience text NOT NULL,
    last_read_seq bigint NOT NULL,
    starred boolean NOT NULL,
    follows boolean NOT NULL,
    PRIMARY KEY (conversation_id, user_id, role)
);
CREATE INDEX former_participant_user_id_idx ON former_participant (user_id, role);

CREATE INDEX user_listed_idx ON "user" (lower(name), id);
-- What happened to people and settings; what happens in conversations is not found by it.
CREATE INDEX event_subject_id_idx ON event (subject_id, created_at DESC)
    WHERE conversation_id IS NULL;
"""

NEW_TABLES = ("invitation", "password_reset", "person_note", "former_participant")

ROLES = """
-- One transaction at a time takes an admin away, and each sees what the one before it left.
CREATE FUNCTION user_keeps_an_admin() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(18, 0);
    IF NOT EXISTS (SELECT FROM "user" WHERE role = 'admin' AND active AND id <> NEW.id) THEN
        RAISE EXCEPTION 'nobody would administer the desk'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'user_keeps_an_admin';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER user_keeps_an_admin BEFORE UPDATE OF active, role ON "user" FOR EACH ROW
    WHEN (OLD.role = 'admin' AND OLD.active AND NOT (NEW.role = 'admin' AND NEW.active))
    EXECUTE FUNCTION user_keeps_an_admin();

-- An unfinished ticket needs its buyer, its seller and its assignee to be what they are.
CREATE FUNCTION user_role_is_held() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    -- Waits for tickets that are being filed to this person just now.
    PERFORM FROM "user" WHERE id = NEW.id FOR UPDATE;
    IF EXISTS (SELECT FROM ticket WHERE status NOT IN ('resolved', 'closed')
               AND NEW.id IN (buyer_id, seller_id, assignee_id)) THEN
        RAISE EXCEPTION 'unfinished tickets hold the role'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'user_role_is_held';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER user_role_is_held BEFORE UPDATE OF role ON "user" FOR EACH ROW
    WHEN (OLD.role <> NEW.role) EXECUTE FUNCTION user_role_is_held();

-- Named so that it comes before those that ask what these people are: from here on they stay it.
CREATE FUNCTION ticket_asks_for_its_people() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM FROM "user" WHERE id IN (NEW.buyer_id, NEW.seller_id, NEW.assignee_id)
    ORDER BY id FOR KEY SHARE;
    RETURN NEW;
END $$;
CREATE TRIGGER ticket_asks_for_its_people BEFORE INSERT OR UPDATE OF assignee_id ON ticket
    FOR EACH ROW EXECUTE FUNCTION ticket_asks_for_its_people();

-- What somebody saw in one role is not seen with the rights of another.
CREATE FUNCTION user_leaves_conversations() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    WITH gone AS (DELETE FROM participant WHERE user_id = NEW.id RETURNING *)
    INSERT INTO former_participant
        (conversation_id, user_id, role, audience, last_read_seq, starred, follows)
    SELECT conversation_id, user_id, OLD.role, audience, last_read_seq, starred, follows FROM gone;
    WITH back AS (
        DELETE FROM former_participant WHERE user_id = NEW.id AND role = NEW.role RETURNING *)
    INSERT INTO participant
        (conversation_id, user_id, audience, last_read_seq, starred, follows)
    SELECT conversation_id, user_id, audience, last_read_seq, starred, follows FROM back;
    RETURN NULL;
END $$;
CREATE TRIGGER user_leaves_conversations AFTER UPDATE OF role ON "user" FOR EACH ROW
    WHEN (OLD.role <> NEW.role) EXECUTE FUNCTION user_leaves_conversations();

CREATE FUNCTION former_people(audiences text[]) RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce(array_agg(DISTINCT them.user_id), '{}')
    FROM participant me JOIN former_participant them USING (conversation_id)
    WHERE me.user_id = current_user_id() AND them.audience = ANY (audiences)
$$;

-- A way in that was opened for somebody closes with the reason for it.
CREATE FUNCTION user_spends_links() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    DELETE FROM password_reset WHERE NEW.id = user_id OR NEW.id = created_by;
    UPDATE invitation SET revoked_at = now()
    WHERE created_by = NEW.id AND used_at IS NULL AND revoked_at IS NULL
      AND NOT (NEW.active AND NEW.role = 'admin');
    RETURN NULL;
END $$;
CREATE TRIGGER user_spends_links AFTER UPDATE OF active, role, password_hash ON "user" FOR EACH ROW
    WHEN ((NOT NEW.active AND OLD.active) OR OLD.role <> NEW.role
          OR OLD.password_hash <> NEW.password_hash)
    EXECUTE FUNCTION user_spends_links();
"""

# As before, but that who asked may be there no more.
NOTIFIES = """
CREATE OR REPLACE FUNCTION change_notifies() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE change record;
BEGIN
    FOR change IN SELECT * FROM jsonb_to_recordset(NEW.data -> 'changes')
        AS c(field text, "from" text, "to" text) WHERE field IN ('assignee_id', 'status')
    LOOP
        IF change.field = 'assignee_id' THEN
            UPDATE participant p SET follows = false FROM "user" u
            WHERE p.conversation_id = NEW.conversation_id AND p.user_id = change."from"::uuid
              AND u.id = p.user_id AND u.role = 'admin' AND NOT EXISTS (
                  SELECT FROM message m WHERE m.conversation_id = p.conversation_id
                    AND m.sender_id = p.user_id);
            IF change."to" IS NOT NULL THEN
                PERFORM follow(NEW.conversation_id, ARRAY[change."to"::uuid]);
            END IF;
        END IF;
        INSERT INTO notification (conversation_id, user_id, seq, kind, created_at)
        SELECT NEW.conversation_id, u.id, NEW.seq,
               CASE change.field WHEN 'status' THEN 'status' ELSE 'assigned' END, NEW.created_at
        FROM ticket t
        JOIN "user" u ON u.id = CASE change.field
            WHEN 'status' THEN coalesce(t.buyer_id, t.seller_id) ELSE change."to"::uuid
            END{still_there}
        LEFT JOIN notification_preference choice ON choice.user_id = u.id
        WHERE t.id = NEW.conversation_id AND u.id IS DISTINCT FROM NEW.actor_id AND u.active
          AND CASE change.field WHEN 'status' THEN coalesce(choice.statuses, true)
                                ELSE coalesce(choice.assignments, true) END
        ON CONFLICT DO NOTHING;
    END LOOP;
    RETURN NULL;
END $$;
"""
STILL_THERE = """
        JOIN participant p ON p.conversation_id = t.id AND p.user_id = u.id"""

LINKS = """
CREATE FUNCTION invitation_of(hash bytea) RETURNS TABLE (role text, email text, name text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT i.role, i.email, i.name FROM invitation i
    JOIN "user" host ON host.id = i.created_by AND host.active AND host.role = 'admin'
    WHERE i.token_hash = hash AND i.used_at IS NULL AND i.revoked_at IS NULL
      AND i.expires_at > now()
$$;

-- `accepted`, `over`, or `taken`: there is an account with that address, and the link still works.
CREATE FUNCTION accept_invitation(
    hash bytea, person uuid, address text, full_name text, password text, event_id uuid
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
            jsonb_build_object('invitation', found_one.id, 'role', found_one.role));
    RETURN 'accepted';
END $$;

-- Whose password it sets, for the browser that keeps passwords; nothing when it works no more.
CREATE FUNCTION password_reset_of(hash bytea) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT u.email FROM password_reset r
    JOIN "user" u ON u.id = r.user_id AND u.active
    JOIN "user" host ON host.id = r.created_by AND host.active AND host.role = 'admin'
    WHERE r.token_hash = hash AND r.expires_at > now()
$$;

CREATE FUNCTION reset_password(hash bytea, password text, event_id uuid) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE person uuid;
BEGIN
    IF password_reset_of(hash) IS NULL THEN RETURN NULL; END IF;
    DELETE FROM password_reset WHERE token_hash = hash RETURNING user_id INTO person;
    IF NOT FOUND THEN RETURN NULL; END IF;
    UPDATE "user" SET password_hash = password WHERE id = person;
    INSERT INTO event (id, kind, actor_id, subject_id, audience)
    VALUES (event_id, 'password_reset', person, person, 'admins');
    RETURN person;
END $$;
"""

OWN = """
-- The session that it is changed in goes on; a trigger ends all others.
CREATE FUNCTION change_password(session_hash bytea, password text, event_id uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE here record;
BEGIN
    SELECT s.session_id, s.user_id INTO here FROM session_actor(session_hash) s;
    IF NOT FOUND THEN RETURN false; END IF;
    UPDATE "user" SET password_hash = password WHERE id = here.user_id;
    UPDATE session SET ended_at = NULL WHERE id = here.session_id AND ended_at = now();
    INSERT INTO event (id, kind, actor_id, subject_id, audience)
    VALUES (event_id, 'password_changed', here.user_id, here.user_id, 'admins');
    RETURN true;
END $$;

-- A new name reaches every screen that shows it, so it is not had every minute.
CREATE FUNCTION rename_me(full_name text, event_id uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE before text;
BEGIN
    SELECT name INTO before FROM "user" WHERE id = current_user_id() FOR NO KEY UPDATE;
    IF before = full_name THEN RETURN; END IF;
    IF (SELECT count(*) FROM event WHERE actor_id = current_user_id() AND kind = 'person_renamed'
        AND created_at > now() - interval '1 hour') >= 10 THEN
        RAISE EXCEPTION 'renamed too often'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'renamed_too_often';
    END IF;
    UPDATE "user" SET name = full_name WHERE id = current_user_id();
    INSERT INTO event (id, kind, actor_id, subject_id, audience, data)
    VALUES (event_id, 'person_renamed', current_user_id(), current_user_id(), 'admins',
            jsonb_build_object('from', before, 'to', full_name));
END $$;
"""

PEOPLE = "supportdesk_buyer, supportdesk_seller, supportdesk_admin"

# Function -> who may call it. Trigger functions: nobody directly.
FUNCTIONS = {
    "user_keeps_an_admin()": "",
    "user_role_is_held()": "",
    "ticket_asks_for_its_people()": "",
    "user_leaves_conversations()": "",
    "user_spends_links()": "",
    "former_people(text[])": PEOPLE,
    "invitation_of(bytea)": "supportdesk_nobody",
    "accept_invitation(bytea, uuid, text, text, text, uuid)": "supportdesk_nobody",
    "password_reset_of(bytea)": "supportdesk_nobody",
    "reset_password(bytea, text, uuid)": "supportdesk_nobody",
    "change_password(bytea, text, uuid)": "supportdesk_nobody",
    "rename_me(text, uuid)": PEOPLE,
}
TRIGGERS = (
    "user_keeps_an_admin",
    "user_role_is_held",
    "user_leaves_conversations",
    "user_spends_links",
)

ME = "(SELECT current_user_id())"
SESSION = "id, user_id, created_at, expires_at, ended_at, ip, user_agent"
INVITATION = "id, role, email, name, created_by, created_at, expires_at, used_at, revoked_at"

GRANTS = {
    '"user"': "UPDATE (role)",
    "session": f"SELECT ({SESSION}), UPDATE (ended_at)",
    "invitation": f"SELECT ({INVITATION}), UPDATE (revoked_at),"
    " INSERT (id, role, email, name, token_hash, created_by)",
    "password_reset": "SELECT (user_id, created_by, created_at, expires_at),"
    " INSERT (user_id, token_hash, created_by), DELETE",
    "person_note": "SELECT, INSERT (id, person_id, author_id, body), DELETE",
}
POLICIES = {
    "session": {
        "SELECT": "USING (true)",
        # What is over stays over.
        "UPDATE": "USING (ended_at IS NULL) WITH CHECK (ended_at IS NOT NULL)",
    },
    "invitation": {
        "SELECT": "USING (true)",
        "INSERT": f"WITH CHECK (created_by = {ME})",
        "UPDATE": "USING (used_at IS NULL AND revoked_at IS NULL)"
        " WITH CHECK (revoked_at IS NOT NULL)",
    },
    "password_reset": {
        "SELECT": "USING (true)",
        "INSERT": f"WITH CHECK (created_by = {ME})",
        "DELETE": "USING (true)",
    },
    "person_note": {
        "SELECT": "USING (true)",
        "INSERT": f"WITH CHECK (author_id = {ME})",
        "DELETE": "USING (true)",
    },
}
KNEW = {"buyer": "ARRAY['everyone']", "seller": "ARRAY['everyone', 'staff']"}


def _replace_notifies(still_there: str) -> None:
    """Only the owner may replace a function, and only who may create in its schema."""
    op.execute("GRANT CREATE ON SCHEMA public TO supportdesk_system")
    op.execute("SET LOCAL ROLE supportdesk_system")
    op.execute(NOTIFIES.replace("{still_there}", still_there))
    op.execute("RESET ROLE")
    op.execute("REVOKE CREATE ON SCHEMA public FROM supportdesk_system")


def upgrade() -> None:
    op.execute(TABLES)
    _replace_notifies(STILL_THERE)
    for part in (ROLES, LINKS, OWN):
        op.execute(part)
    # A function can only be given to a role that may create in its schema.
    op.execute("GRANT CREATE ON SCHEMA public TO supportdesk_system")
    for function, callers in FUNCTIONS.items():
        op.execute(f"REVOKE EXECUTE ON FUNCTION {function} FROM PUBLIC")
        if callers:
            op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO {callers}")
        op.execute(f"ALTER FUNCTION {function} OWNER TO supportdesk_system")
    op.execute("REVOKE CREATE ON SCHEMA public FROM supportdesk_system")
    for table in NEW_TABLES:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"GRANT ALL ON {table} TO supportdesk_system")
        op.execute(
            f"CREATE POLICY system_all ON {table} TO supportdesk_system"
            " USING (true) WITH CHECK (true)"
        )
    for table, rights in GRANTS.items():
        op.execute(f"GRANT {rights} ON {table} TO supportdesk_admin")
    for table, commands in POLICIES.items():
        for command, condition in commands.items():
            op.execute(
                f"CREATE POLICY admin_{command.lower()} ON {table} FOR {command}"
                f" TO supportdesk_admin {condition}"
            )
    for role, audiences in KNEW.items():
        op.execute(
            f'CREATE POLICY {role}_select_former ON "user" FOR SELECT TO supportdesk_{role}'
            f" USING (id = ANY ((SELECT former_people({audiences}))::uuid[]))"
        )


def downgrade() -> None:
    _replace_notifies("")
    for role in KNEW:
        op.execute(f'DROP POLICY {role}_select_former ON "user"')
    for command in POLICIES["session"]:
        op.execute(f"DROP POLICY admin_{command.lower()} ON session")
    op.execute(f"REVOKE SELECT ({SESSION}), UPDATE (ended_at) ON session FROM supportdesk_admin")
    op.execute('REVOKE UPDATE (role) ON "user" FROM supportdesk_admin')
    op.execute("DROP TRIGGER ticket_asks_for_its_people ON ticket")
    for trigger in TRIGGERS:
        op.execute(f'DROP TRIGGER {trigger} ON "user"')
    op.execute(f"DROP FUNCTION {', '.join(FUNCTIONS)}")
    op.execute("DROP INDEX user_listed_idx, event_subject_id_idx")
    op.execute(f"DROP TABLE {', '.join(NEW_TABLES)}")
