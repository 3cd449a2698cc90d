"""Against abuse: reports, people who may only read, deleted conversations and tickets."""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE block (
    person_id uuid PRIMARY KEY REFERENCES "user" (id) ON DELETE CASCADE,
    blocked_by uuid NOT NULL REFERENCES "user" (id),
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX block_blocked_by_idx ON block (blocked_by);

CREATE TABLE abuse_report (
    id uuid PRIMARY KEY,
    message_id uuid REFERENCES message (id) ON DELETE SET NULL,
    conversation_id uuid REFERENCES conversation (id) ON DELETE SET NULL,
    -- Who said it.
    person_id uuid NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
    reporter_id uuid NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
    reason text NOT NULL,
    state text NOT NULL DEFAULT 'waiting',
    decided_by uuid REFERENCES "user" (id),
    decided_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT abuse_report_reason_length CHECK (char_length(reason) BETWEEN 1 AND 500),
    CONSTRAINT abuse_report_state_known CHECK
        (state IN ('waiting', 'dismissed', 'message_deleted', 'person_blocked')),
    CONSTRAINT abuse_report_decided CHECK
        ((state = 'waiting') = (decided_at IS NULL) AND (decided_at IS NULL) = (decided_by IS NULL))
);
CREATE UNIQUE INDEX abuse_report_message_key ON abuse_report (message_id, reporter_id);
CREATE INDEX abuse_report_conversation_id_idx ON abuse_report (conversation_id);
CREATE INDEX abuse_report_person_id_idx ON abuse_report (person_id);
CREATE INDEX abuse_report_reporter_id_idx ON abuse_report (reporter_id, created_at DESC);
CREATE INDEX abuse_report_decided_by_idx ON abuse_report (decided_by);
CREATE INDEX abuse_report_queue_idx ON abuse_report (created_at) WHERE state = 'waiting';
CREATE INDEX abuse_report_past_idx ON abuse_report (decided_at DESC) WHERE state <> 'waiting';


ALTER TABLE notification DROP CONSTRAINT notification_kind_known,
    ADD CONSTRAINT notification_kind_known CHECK
        (kind IN ('mention', 'message', 'assigned', 'status', 'added', 'report'));
"""

MODERATION = """
CREATE FUNCTION refuse_blocked() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM block JOIN "user" u ON u.id = person_id
               WHERE person_id = current_user_id() AND u.role <> 'admin') THEN
        RAISE EXCEPTION 'blocked' USING ERRCODE = 'SD001';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION report_before_insert() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(29, hashtext(NEW.reporter_id::text));
    IF (SELECT count(*) FROM abuse_report WHERE reporter_id = NEW.reporter_id
          AND created_at > now() - interval '1 hour') >= 20 THEN
        RAISE EXCEPTION 'too many reports' USING ERRCODE = 'SD002';
    END IF;
    SELECT conversation_id, sender_id INTO NEW.conversation_id, NEW.person_id
    FROM message WHERE id = NEW.message_id;
    RETURN NEW;
END $$;

-- Admins alone are told, at the place of the message.
CREATE FUNCTION report_after_insert() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO participant (conversation_id, user_id, audience)
    SELECT NEW.conversation_id, id, 'admins' FROM "user" WHERE role = 'admin' AND active
    ON CONFLICT DO NOTHING;
    INSERT INTO notification (conversation_id, user_id, seq, kind, created_at)
    SELECT m.conversation_id, u.id, m.seq, 'report', NEW.created_at
    FROM message m, "user" u
    WHERE m.id = NEW.message_id AND u.role = 'admin' AND u.active AND u.id <> NEW.reporter_id
    ON CONFLICT (conversation_id, user_id, seq) DO UPDATE SET
        kind = 'report', created_at = excluded.created_at, read_at = NULL;
    INSERT INTO event (id, kind, actor_id, conversation_id, subject_id, audience, data)
    VALUES (gen_random_uuid(), 'abuse_reported', NEW.reporter_id, NEW.conversation_id,
            NEW.message_id, 'admins',
            jsonb_build_object('report', NEW.id, 'person', NEW.person_id));
    RETURN NULL;
END $$;

-- What is decided calls nobody any more.
CREATE FUNCTION report_decided() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE notification n SET read_at = now() FROM message m
    WHERE m.id = NEW.message_id AND n.conversation_id = m.conversation_id AND n.seq = m.seq
      AND n.kind = 'report' AND n.read_at IS NULL
      AND NOT EXISTS (SELECT FROM abuse_report other
                      WHERE other.message_id = NEW.message_id AND other.state = 'waiting');
    RETURN NULL;
END $$;

CREATE TRIGGER report_before_insert BEFORE INSERT ON abuse_report
    FOR EACH ROW EXECUTE FUNCTION report_before_insert();
CREATE TRIGGER report_after_insert AFTER INSERT ON abuse_report
    FOR EACH ROW EXECUTE FUNCTION report_after_insert();
CREATE TRIGGER report_decided AFTER UPDATE OF state ON abuse_report
    FOR EACH ROW EXECUTE FUNCTION report_decided();

CREATE FUNCTION delete_chat(thread uuid) RETURNS TABLE (messages integer, files integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM 1 FROM conversation WHERE id = thread FOR NO KEY UPDATE;
    SELECT count(*) FILTER (WHERE m.deleted_at IS NULL)::integer,
           coalesce(sum((SELECT count(*) FROM attachment a WHERE a.message_id = m.id)), 0)::integer
    INTO messages, files FROM message m WHERE m.conversation_id = thread;
    DELETE FROM notification n USING message m
    WHERE n.conversation_id = thread AND m.conversation_id = thread AND m.seq = n.seq;
    DELETE FROM message WHERE conversation_id = thread;
    UPDATE conversation SET messages_everyone = 0, messages_staff = 0, messages_admins = 0
    WHERE id = thread;
    UPDATE ticket SET waiting_since = NULL WHERE id = thread AND waiting_since IS NOT NULL;
    RETURN NEXT;
END $$;

CREATE FUNCTION delete_ticket(thread uuid) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DELETE FROM conversation WHERE id = thread
$$;
"""

# What somebody who is blocked does not do: refused before anything else is looked at.
REFUSED = {
    "conversation": "INSERT",
    "ticket": "INSERT OR UPDATE",
    "message": "INSERT OR UPDATE",
    "reaction": "INSERT OR DELETE",
    "attachment": "INSERT",
    "ticket_tag": "INSERT OR DELETE",
    "ticket_note": "INSERT OR UPDATE",
    "ticket_field": "INSERT OR UPDATE OR DELETE",
    "join_request": "INSERT",
}

# Function -> who may call it.
FUNCTIONS = {
    "refuse_blocked()": (),
    "report_before_insert()": (),
    "report_after_insert()": (),
    "report_decided()": (),
    "delete_chat(uuid)": ("admin",),
    "delete_ticket(uuid)": ("admin",),
}

ME = "(SELECT current_user_id())"
REPORT = "id, message_id, reporter_id, reason"
REPORTABLE = (
    f"reporter_id = {ME} AND EXISTS (SELECT FROM message m"
    f" WHERE m.id = message_id AND m.deleted_at IS NULL AND m.sender_id <> {ME})"
)
RIGHTS = [
    "GRANT SELECT, INSERT (person_id, blocked_by), DELETE ON block TO supportdesk_admin",
    "CREATE POLICY admin_select ON block FOR SELECT TO supportdesk_admin USING (true)",
    "CREATE POLICY admin_insert ON block FOR INSERT TO supportdesk_admin WITH CHECK"
    f" (blocked_by = {ME} AND EXISTS"
    " (SELECT FROM \"user\" u WHERE u.id = person_id AND u.role <> 'admin'))",
    "CREATE POLICY admin_delete ON block FOR DELETE TO supportdesk_admin USING (true)",
    f"GRANT SELECT, INSERT ({REPORT}), UPDATE (state, decided_by, decided_at) ON abuse_report"
    " TO supportdesk_admin",
    "CREATE POLICY admin_select ON abuse_report FOR SELECT TO supportdesk_admin USING (true)",
    "CREATE POLICY admin_update ON abuse_report FOR UPDATE TO supportdesk_admin"
    f" USING (state = 'waiting') WITH CHECK (decided_by = {ME})",
    "CREATE POLICY admin_insert ON abuse_report FOR INSERT TO supportdesk_admin"
    f" WITH CHECK ({REPORTABLE})",
]
# Of themselves: not who blocked them, and not what became of what they reported.
for _role in ("buyer", "seller"):
    _to = f"TO supportdesk_{_role}"
    RIGHTS += [
        f"GRANT SELECT (person_id, created_at) ON block {_to}",
        f"CREATE POLICY {_role}_select ON block FOR SELECT {_to} USING (person_id = {ME})",
        f"GRANT SELECT ({REPORT}, created_at), INSERT ({REPORT}) ON abuse_report {_to}",
        f"CREATE POLICY {_role}_select ON abuse_report FOR SELECT {_to} USING (reporter_id = {ME})",
        f"CREATE POLICY {_role}_insert ON abuse_report FOR INSERT {_to} WITH CHECK ({REPORTABLE})",
    ]

NEW_TABLES = ("block", "abuse_report")


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(MODERATION)
    for table, deeds in REFUSED.items():
        op.execute(
            f"CREATE TRIGGER refuse_blocked BEFORE {deeds} ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_blocked()"
        )
    # A function can only be given to a role that may create in its schema.
    op.execute("GRANT CREATE ON SCHEMA public TO supportdesk_system")
    for function, callers in FUNCTIONS.items():
        op.execute(f"REVOKE EXECUTE ON FUNCTION {function} FROM PUBLIC")
        for role in callers:
            op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO supportdesk_{role}")
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
    for statement in RIGHTS:
        op.execute(statement)


def downgrade() -> None:
    for table in REFUSED:
        op.execute(f"DROP TRIGGER refuse_blocked ON {table}")
    op.execute("SET LOCAL ROLE supportdesk_system")
    op.execute("DELETE FROM notification WHERE kind = 'report'")
    op.execute("RESET ROLE")
    op.execute(f"DROP TABLE {', '.join(NEW_TABLES)}")
    op.execute(f"DROP FUNCTION {', '.join(FUNCTIONS)}")
    op.execute(
        "ALTER TABLE notification DROP CONSTRAINT notification_kind_known,"
        " ADD CONSTRAINT notification_kind_known CHECK"
        " (kind IN ('mention', 'message', 'assigned', 'status', 'added'))"
    )
