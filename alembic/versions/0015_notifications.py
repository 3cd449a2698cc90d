"""Who is told of what: mentions, notifications, and what of it each person wants.

The rows are written by triggers, in the transaction of the deed itself, so that no command can
forget them and none has to know who is concerned. A notification stands where the deed stands in
the conversation: reading as far as that reads it, and who no longer takes part loses it.
"""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

TABLES = """
-- Who hears of what is said: the parties, and admins who wrote, are assigned or were mentioned. An
-- admin who has only looked, starred or sorted does not.
ALTER TABLE participant ADD COLUMN follows boolean NOT NULL DEFAULT false;
CREATE INDEX participant_follows_idx ON participant (conversation_id) WHERE follows;

-- Ids of those whom the text names, with the names as they stand there.
ALTER TABLE message ADD COLUMN mentions jsonb NOT NULL DEFAULT '{}',
    ADD CONSTRAINT message_mentions_kind CHECK (jsonb_typeof(mentions) = 'object'),
    ADD CONSTRAINT message_mentions_gone CHECK (deleted_at IS NULL OR mentions = '{}');

CREATE TABLE notification (
    conversation_id uuid NOT NULL,
    user_id uuid NOT NULL,
    seq bigint NOT NULL,
    kind text NOT NULL,
    created_at timestamptz NOT NULL,
    read_at timestamptz,
    PRIMARY KEY (conversation_id, user_id, seq),
    FOREIGN KEY (conversation_id, user_id)
        REFERENCES participant (conversation_id, user_id) ON DELETE CASCADE,
    CONSTRAINT notification_kind_known CHECK
        (kind IN ('mention', 'message', 'assigned', 'status'))
);
CREATE INDEX notification_user_id_idx ON notification (user_id, created_at DESC);
CREATE INDEX notification_unread_idx ON notification (user_id, created_at DESC)
    WHERE read_at IS NULL;

-- Whoever has no row wants everything.
CREATE TABLE notification_preference (
    user_id uuid PRIMARY KEY REFERENCES "user" (id) ON DELETE CASCADE,
    mentions boolean NOT NULL DEFAULT true,
    messages boolean NOT NULL DEFAULT true,
    assignments boolean NOT NULL DEFAULT true,
    statuses boolean NOT NULL DEFAULT true,
    sound boolean NOT NULL DEFAULT true,
    browser boolean NOT NULL DEFAULT true
);
"""

# Before the table's policies are in force for whoever migrates.
FOLLOWERS = """
UPDATE participant p SET follows = true FROM "user" u
WHERE u.id = p.user_id AND (
    u.role <> 'admin'
    OR EXISTS (SELECT FROM ticket t WHERE t.id = p.conversation_id AND t.assignee_id = u.id)
    OR EXISTS (SELECT FROM message m
               WHERE m.conversation_id = p.conversation_id AND m.sender_id = u.id));
"""

CALLING = """
CREATE FUNCTION may_read(role text, level text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = public, pg_temp AS $$
    SELECT level = 'everyone' OR role = 'admin' OR (role = 'seller' AND level = 'staff')
$$;

-- Of those whom a message names, the ones whom its sender may know to be there and who may read it.
CREATE FUNCTION called_by(said message) RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce(array_agg(them.id), '{}')
    FROM jsonb_object_keys(said.mentions) AS key
    JOIN "user" them ON them.id = key::uuid
    JOIN "user" sender ON sender.id = said.sender_id
    LEFT JOIN participant p
        ON p.conversation_id = said.conversation_id AND p.user_id = them.id
    WHERE them.active AND them.id <> sender.id AND may_read(them.role, said.audience)
      AND CASE WHEN them.role = 'admin' AND sender.role <> 'buyer' THEN true
               ELSE may_read(sender.role, p.audience) END
$$;

-- They take part from now on, which only admins come to know by it.
CREATE FUNCTION follow(thread uuid, people uuid[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO participant (conversation_id, user_id, audience, follows)
    SELECT thread, person, 'admins', true FROM unnest(people) AS person
    ON CONFLICT (conversation_id, user_id) DO UPDATE SET follows = true
        WHERE NOT participant.follows
$$;
"""

TELLING = """
CREATE FUNCTION ticket_followed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE participant SET follows = true WHERE conversation_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER ticket_followed AFTER INSERT ON ticket
    FOR EACH ROW EXECUTE FUNCTION ticket_followed();

CREATE FUNCTION message_notifies() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE called uuid[] := '{}';
BEGIN
    IF NEW.mentions <> '{}' THEN
        called := called_by(NEW);
        PERFORM follow(NEW.conversation_id, called);
    END IF;
    UPDATE participant SET follows = true
    WHERE conversation_id = NEW.conversation_id AND user_id = NEW.sender_id AND NOT follows;
    INSERT INTO notification (conversation_id, user_id, seq, kind, created_at)
    SELECT NEW.conversation_id, p.user_id, NEW.seq,
           CASE WHEN wants.mention THEN 'mention' ELSE 'message' END, NEW.created_at
    FROM participant p
    JOIN "user" u ON u.id = p.user_id
    LEFT JOIN notification_preference choice ON choice.user_id = p.user_id
    CROSS JOIN LATERAL (
        SELECT p.user_id = ANY (called) AND coalesce(choice.mentions, true) AS mention,
               coalesce(choice.messages, true) AS message) AS wants
    WHERE p.conversation_id = NEW.conversation_id AND p.follows AND p.user_id <> NEW.sender_id
      AND u.active AND may_read(u.role, NEW.audience) AND (wants.mention OR wants.message);
    RETURN NULL;
END $$;
CREATE TRIGGER message_notifies AFTER INSERT ON message
    FOR EACH ROW EXECUTE FUNCTION message_notifies();

-- Who has read it by now is not told again.
CREATE FUNCTION message_mentions_others() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE called uuid[] := called_by(NEW);
BEGIN
    IF NEW.sender_id IS DISTINCT FROM current_user_id() THEN
        RAISE EXCEPTION 'nobody calls others in somebody else''s name'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM follow(NEW.conversation_id, called);
    UPDATE notification SET kind = 'message'
    WHERE conversation_id = NEW.conversation_id AND seq = NEW.seq AND kind = 'mention'
      AND user_id <> ALL (called);
    INSERT INTO notification (conversation_id, user_id, seq, kind, created_at, read_at)
    SELECT NEW.conversation_id, p.user_id, NEW.seq, 'mention', clock_timestamp(),
           CASE WHEN p.last_read_seq >= NEW.seq THEN now() END
    FROM participant p LEFT JOIN notification_preference choice ON choice.user_id = p.user_id
    WHERE p.conversation_id = NEW.conversation_id AND p.user_id = ANY (called)
      AND coalesce(choice.mentions, true)
    ON CONFLICT (conversation_id, user_id, seq) DO UPDATE SET kind = 'mention';
    RETURN NULL;
END $$;
CREATE TRIGGER message_mentions_others AFTER UPDATE OF mentions ON message
    FOR EACH ROW WHEN (NEW.deleted_at IS NULL AND NEW.mentions <> OLD.mentions)
    EXECUTE FUNCTION message_mentions_others();

CREATE FUNCTION message_unnotifies() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    DELETE FROM notification WHERE conversation_id = NEW.conversation_id AND seq = NEW.seq
        AND user_id IN (SELECT user_id FROM participant
                        WHERE conversation_id = NEW.conversation_id);
    RETURN NULL;
END $$;
CREATE TRIGGER message_unnotifies AFTER UPDATE OF deleted_at ON message
    FOR EACH ROW WHEN (NEW.deleted_at IS NOT NULL AND OLD.deleted_at IS NULL)
    EXECUTE FUNCTION message_unnotifies();

-- Who is assigned, and who asked when the status changes. Who is assigned no more, and has said
-- nothing, hears no more of it.
CREATE FUNCTION change_notifies() RETURNS trigger
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
            WHEN 'status' THEN coalesce(t.buyer_id, t.seller_id) ELSE change."to"::uuid END
        LEFT JOIN notification_preference choice ON choice.user_id = u.id
        WHERE t.id = NEW.conversation_id AND u.id IS DISTINCT FROM NEW.actor_id AND u.active
          AND CASE change.field WHEN 'status' THEN coalesce(choice.statuses, true)
                                ELSE coalesce(choice.assignments, true) END
        ON CONFLICT DO NOTHING;
    END LOOP;
    RETURN NULL;
END $$;
CREATE TRIGGER change_notifies AFTER INSERT ON event
    FOR EACH ROW WHEN (NEW.kind = 'ticket_changed') EXECUTE FUNCTION change_notifies();
"""

READING = """
-- What is read is read everywhere; what is left unread from some message on counts again.
CREATE FUNCTION participant_reads() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE notification
    SET read_at = CASE WHEN NEW.last_read_seq > OLD.last_read_seq THEN now() END
    WHERE conversation_id = NEW.conversation_id AND user_id = NEW.user_id
      AND seq > least(OLD.last_read_seq, NEW.last_read_seq)
      AND seq <= greatest(OLD.last_read_seq, NEW.last_read_seq)
      AND (read_at IS NULL) = (NEW.last_read_seq > OLD.last_read_seq);
    RETURN NULL;
END $$;
CREATE TRIGGER participant_reads AFTER UPDATE OF last_read_seq ON participant
    FOR EACH ROW WHEN (NEW.last_read_seq <> OLD.last_read_seq)
    EXECUTE FUNCTION participant_reads();

-- One's own business, so no event; one's other tabs still hear.
CREATE FUNCTION notifications_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM ring('notifications_changed', NULL, current_user_id());
    RETURN NULL;
END $$;
CREATE TRIGGER notifications_changed AFTER UPDATE ON notification
    FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION notifications_changed();
CREATE TRIGGER notifications_changed AFTER INSERT OR UPDATE ON notification_preference
    FOR EACH STATEMENT EXECUTE FUNCTION notifications_changed();

-- For the server, of all whose tabs it serves at once: numbers and times, never what was said. Who
-- looks at a conversation is given a moment to have read what has just come there.
CREATE FUNCTION unread_of(people uuid[], lookers uuid[], looked_at uuid[]) RETURNS TABLE (
    person uuid, unread integer, latest timestamptz, called timestamptz, conversation uuid,
    sound boolean, browser boolean, asked_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT them.id, found.unread, found.latest, found.called, found.conversation,
           coalesce(choice.sound, true), coalesce(choice.browser, true), now()
    FROM unnest(people) AS them(id)
    LEFT JOIN notification_preference choice ON choice.user_id = them.id
    CROSS JOIN LATERAL (
        SELECT count(*)::integer AS unread, max(n.created_at) AS latest,
               max(n.created_at) FILTER (WHERE n.kind = 'mention') AS called,
               (array_agg(n.conversation_id ORDER BY n.created_at DESC))[1] AS conversation
        FROM (SELECT * FROM notification one WHERE user_id = them.id AND read_at IS NULL
                AND NOT (created_at > now() - interval '4 seconds' AND EXISTS (
                    SELECT FROM unnest(lookers, looked_at) AS looks(person, at)
                    WHERE looks.person = one.user_id AND looks.at = one.conversation_id))
              ORDER BY created_at DESC LIMIT 100) AS n) AS found
$$;
"""

# Function -> who may call it. Trigger functions and helpers of functions: nobody directly.
FUNCTIONS = {
    "may_read(text, text)": "",
    "called_by(message)": "",
    "follow(uuid, uuid[])": "",
    "ticket_followed()": "",
    "message_notifies()": "",
    "message_mentions_others()": "",
    "message_unnotifies()": "",
    "change_notifies()": "",
    "participant_reads()": "",
    "notifications_changed()": "",
    "unread_of(uuid[], uuid[], uuid[])": "supportdesk_nobody",
}

CHOICES = "mentions, messages, assignments, statuses, sound, browser"
ME = "user_id = (SELECT current_user_id())"


def _guard(table: str) -> None:
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"GRANT ALL ON {table} TO supportdesk_system")
    op.execute(
        f"CREATE POLICY system_all ON {table} TO supportdesk_system USING (true) WITH CHECK (true)"
    )


def upgrade() -> None:
    op.execute(TABLES)
    op.execute("SET LOCAL ROLE supportdesk_system")
    op.execute(FOLLOWERS)
    op.execute("RESET ROLE")
    for part in (CALLING, TELLING, READING):
        op.execute(part)
    # A function can only be given to a role that may create in its schema.
    op.execute("GRANT CREATE ON SCHEMA public TO supportdesk_system")
    for function, callers in FUNCTIONS.items():
        op.execute(f"REVOKE EXECUTE ON FUNCTION {function} FROM PUBLIC")
        if callers:
            op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO {callers}")
        op.execute(f"ALTER FUNCTION {function} OWNER TO supportdesk_system")
    op.execute("REVOKE CREATE ON SCHEMA public FROM supportdesk_system")
    _guard("notification")
    _guard("notification_preference")
    for role in ("buyer", "seller", "admin"):
        to = f"TO supportdesk_{role}"
        op.execute(f"GRANT INSERT (mentions), UPDATE (mentions) ON message {to}")
        op.execute(f"GRANT SELECT, UPDATE (read_at) ON notification {to}")
        op.execute(
            f"GRANT SELECT, INSERT (user_id, {CHOICES}), UPDATE ({CHOICES})"
            f" ON notification_preference {to}"
        )
        for table in ("notification", "notification_preference"):
            for command in ("SELECT", "UPDATE"):
                name = f"{role}_{command.lower()}"
                op.execute(f"CREATE POLICY {name} ON {table} FOR {command} {to} USING ({ME})")
        op.execute(
            f"CREATE POLICY {role}_insert ON notification_preference FOR INSERT {to}"
            f" WITH CHECK ({ME})"
        )


def downgrade() -> None:
    op.execute("DROP TABLE notification, notification_preference")
    for table, trigger in (
        ("ticket", "ticket_followed"),
        ("message", "message_notifies"),
        ("message", "message_mentions_others"),
        ("message", "message_unnotifies"),
        ("event", "change_notifies"),
        ("participant", "participant_reads"),
    ):
        op.execute(f"DROP TRIGGER {trigger} ON {table}")
    op.execute(f"DROP FUNCTION {', '.join(FUNCTIONS)}")
    op.execute("ALTER TABLE message DROP COLUMN mentions")
    op.execute("ALTER TABLE participant DROP COLUMN follows")
