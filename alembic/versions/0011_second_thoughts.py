"""Second thoughts about a message: edited, deleted, reacted to, quoted.

A deleted message keeps its place, so that nothing moves; what it said is gone from the database.
"""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TABLES = """
ALTER TABLE message
    ADD COLUMN quote_id uuid REFERENCES message (id) ON DELETE SET NULL,
    DROP CONSTRAINT message_body_length,
    ADD CONSTRAINT message_body_length CHECK
        (char_length(body) BETWEEN 1 AND 100000 OR (deleted_at IS NOT NULL AND body = ''));
CREATE INDEX message_quote_id_idx ON message (quote_id) WHERE quote_id IS NOT NULL;

CREATE TABLE message_revision (
    message_id uuid NOT NULL REFERENCES message (id) ON DELETE CASCADE,
    -- When this text was written, which another one then took the place of.
    written_at timestamptz NOT NULL,
    body text NOT NULL,
    PRIMARY KEY (message_id, written_at)
);

CREATE TABLE reaction (
    message_id uuid NOT NULL REFERENCES message (id) ON DELETE CASCADE,
    user_id uuid NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
    emoji text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (message_id, user_id, emoji),
    CONSTRAINT reaction_emoji_length CHECK (char_length(emoji) BETWEEN 1 AND 32)
);
CREATE INDEX reaction_user_id_idx ON reaction (user_id);
"""

TRIGGERS = """
-- What an edit or a deletion leaves behind is decided here, whoever made it.
CREATE FUNCTION message_before_update() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF OLD.deleted_at IS NOT NULL THEN
        RAISE EXCEPTION 'a deleted message stays deleted' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.deleted_at IS NOT NULL THEN
        NEW.deleted_at := now();
        NEW.body := '';
        NEW.quote_id := NULL;
        DELETE FROM message_revision WHERE message_id = NEW.id;
        DELETE FROM reaction WHERE message_id = NEW.id;
    ELSIF NEW.body IS DISTINCT FROM OLD.body THEN
        IF OLD.sender_id IS DISTINCT FROM current_user_id() THEN
            RAISE EXCEPTION 'nobody edits what somebody else said'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        INSERT INTO message_revision (message_id, written_at, body)
        VALUES (OLD.id, coalesce(OLD.edited_at, OLD.created_at), OLD.body);
        NEW.edited_at := clock_timestamp();
    END IF;
    RETURN NEW;
END $$;

-- Who reacts where others see it takes part: the reaction shows their name.
CREATE FUNCTION reaction_after_insert() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO participant (conversation_id, user_id, audience)
    SELECT conversation_id, NEW.user_id, audience FROM message WHERE id = NEW.message_id
    ON CONFLICT (conversation_id, user_id) DO UPDATE SET
        audience = wider_audience(participant.audience, excluded.audience);
    RETURN NULL;
END $$;

CREATE TRIGGER reaction_after_insert AFTER INSERT ON reaction
    FOR EACH ROW EXECUTE FUNCTION reaction_after_insert();
CREATE TRIGGER message_before_update BEFORE UPDATE OF body, deleted_at ON message
    FOR EACH ROW EXECUTE FUNCTION message_before_update();
"""

FUNCTIONS = ("message_before_update()", "reaction_after_insert()")

MINE = "conversation_id = ANY ((SELECT my_conversations())::uuid[])"
ME = "(SELECT current_user_id())"
# The policies of the message decide: what one may not see has no versions and no reactions either.
SEEN = "EXISTS (SELECT FROM message m WHERE m.id = message_id)"
STANDING = "EXISTS (SELECT FROM message m WHERE m.id = message_id AND m.deleted_at IS NULL)"


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(TRIGGERS)
    # A function can only be given to a role that may create in its schema.
    op.execute("GRANT CREATE ON SCHEMA public TO supportdesk_system")
    for function in FUNCTIONS:
        op.execute(f"REVOKE EXECUTE ON FUNCTION {function} FROM PUBLIC")
        op.execute(f"ALTER FUNCTION {function} OWNER TO supportdesk_system")
    op.execute("REVOKE CREATE ON SCHEMA public FROM supportdesk_system")
    for table in ("message_revision", "reaction"):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"GRANT ALL ON {table} TO supportdesk_system")
        op.execute(
            f"CREATE POLICY system_all ON {table} TO supportdesk_system"
            " USING (true) WITH CHECK (true)"
        )
    for role in ("buyer", "seller", "admin"):
        own = "true" if role == "admin" else f"sender_id = {ME} AND {MINE}"
        to = f"TO supportdesk_{role}"
        op.execute(f"GRANT INSERT (quote_id), UPDATE (body, deleted_at) ON message {to}")
        op.execute(f"CREATE POLICY {role}_update ON message FOR UPDATE {to} USING ({own})")
        op.execute(f"GRANT SELECT, INSERT (message_id, user_id, emoji), DELETE ON reaction {to}")
        op.execute(f"CREATE POLICY {role}_select ON reaction FOR SELECT {to} USING ({SEEN})")
        op.execute(
            f"CREATE POLICY {role}_insert ON reaction FOR INSERT {to}"
            f" WITH CHECK (user_id = {ME} AND {STANDING})"
        )
        op.execute(
            f"CREATE POLICY {role}_delete ON reaction FOR DELETE {to} USING (user_id = {ME})"
        )
    for role in ("seller", "admin"):
        to = f"TO supportdesk_{role}"
        op.execute(f"GRANT SELECT ON message_revision {to}")
        op.execute(
            f"CREATE POLICY {role}_select ON message_revision FOR SELECT {to} USING ({SEEN})"
        )


def downgrade() -> None:
    op.execute("DROP TABLE reaction, message_revision")
    op.execute("DROP FUNCTION reaction_after_insert()")
    op.execute("DROP TRIGGER message_before_update ON message")
    op.execute("DROP FUNCTION message_before_update()")
    for role in ("buyer", "seller", "admin"):
        op.execute(f"DROP POLICY {role}_update ON message")
        op.execute(f"REVOKE UPDATE (body, deleted_at) ON message FROM supportdesk_{role}")
    # What was deleted has no text that the old rule would take.
    op.execute("SET LOCAL ROLE supportdesk_system")
    op.execute("UPDATE message SET body = 'Message deleted' WHERE body = ''")
    op.execute("RESET ROLE")
    op.execute(
        "ALTER TABLE message DROP COLUMN quote_id, DROP CONSTRAINT message_body_length,"
        " ADD CONSTRAINT message_body_length CHECK (char_length(body) BETWEEN 1 AND 100000)"
    )
