"""Files in messages. Who may read the message may read its files; one that is in no message yet is
its uploader's alone.

`blob` notes what may be in the storage. It is written before the bytes are, and goes away in the
same transaction as they do, so that nothing lies there which no row tells of.
"""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE blob (
    sha256 text PRIMARY KEY,
    -- When somebody last was about to store it: they may not have said yet what for.
    claimed_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT blob_sha256_form CHECK (sha256 ~ '^[0-9a-f]{64}$')
);

CREATE TABLE attachment (
    id uuid PRIMARY KEY,
    owner_id uuid NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
    -- Null: not sent yet.
    message_id uuid REFERENCES message (id) ON DELETE CASCADE,
    position integer NOT NULL DEFAULT 0,
    name text NOT NULL,
    alt text NOT NULL DEFAULT '',
    type text NOT NULL,
    size bigint NOT NULL,
    sha256 text NOT NULL REFERENCES blob (sha256),
    width integer NOT NULL DEFAULT 0,
    height integer NOT NULL DEFAULT 0,
    seconds double precision NOT NULL DEFAULT 0,
    -- Whether there is a small picture of it beside it.
    pictured boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT attachment_name_length CHECK (char_length(name) BETWEEN 1 AND 200),
    CONSTRAINT attachment_alt_length CHECK (char_length(alt) <= 1000),
    CONSTRAINT attachment_size_positive CHECK (size > 0)
);
CREATE INDEX attachment_message_id_idx ON attachment (message_id, position);
CREATE INDEX attachment_owner_id_idx ON attachment (owner_id);
CREATE INDEX attachment_sha256_idx ON attachment (sha256);
CREATE INDEX attachment_pending_idx ON attachment (created_at) WHERE message_id IS NULL;

ALTER TABLE message
    -- How many it came with: one that has some may go without words.
    ADD COLUMN files integer NOT NULL DEFAULT 0,
    ADD CONSTRAINT message_files_count CHECK (files BETWEEN 0 AND 1000),
    DROP CONSTRAINT message_body_length,
    ADD CONSTRAINT message_body_length CHECK (char_length(body) BETWEEN 1 AND 100000
        OR (body = '' AND (deleted_at IS NOT NULL OR files > 0)));
CREATE INDEX message_with_files_idx ON message (conversation_id, seq) WHERE files > 0;
"""

FUNCTIONS = """
-- Called before the bytes are stored: from now on the sweep leaves them alone for a while.
CREATE FUNCTION claim_blob(hash text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO blob (sha256) VALUES (hash)
    ON CONFLICT (sha256) DO UPDATE SET claimed_at = clock_timestamp()
$$;

-- What the caller has stored, in messages that they no longer see too. Until the transaction ends
-- nobody else adds to it.
CREATE FUNCTION my_stored_bytes() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(17, hashtext(current_user_id()::text));
    RETURN (SELECT coalesce(sum(size), 0) FROM attachment WHERE owner_id = current_user_id());
END $$;

CREATE FUNCTION unheld_blobs() RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT sha256 FROM blob b WHERE claimed_at < now() - interval '1 hour'
      AND NOT EXISTS (SELECT FROM attachment a WHERE a.sha256 = b.sha256)
    ORDER BY claimed_at LIMIT 200
$$;

-- True when nothing holds it. Who claims it meanwhile waits until this transaction ends, and the
-- bytes go away in it.
CREATE FUNCTION drop_blob(hash text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    DELETE FROM blob b WHERE b.sha256 = hash AND claimed_at < now() - interval '1 hour'
      AND NOT EXISTS (SELECT FROM attachment a WHERE a.sha256 = b.sha256);
    RETURN FOUND;
END $$;

CREATE FUNCTION drop_unsent_attachments() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DELETE FROM attachment WHERE message_id IS NULL AND created_at < now() - interval '7 days'
$$;

CREATE FUNCTION message_drops_files() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    DELETE FROM attachment WHERE message_id = NEW.id;
    RETURN NULL;
END $$;

CREATE TRIGGER message_drops_files AFTER UPDATE OF deleted_at ON message
    FOR EACH ROW WHEN (NEW.deleted_at IS NOT NULL) EXECUTE FUNCTION message_drops_files();
"""

CALLERS = {
    "claim_blob(text)": ("buyer", "seller", "admin"),
    "my_stored_bytes()": ("buyer", "seller", "admin"),
    "unheld_blobs()": ("nobody",),
    "drop_blob(text)": ("nobody",),
    "drop_unsent_attachments()": ("nobody",),
    "message_drops_files()": (),
}

MINE = "owner_id = (SELECT current_user_id()) AND message_id IS NULL"
# The policies of the message decide.
SEEN = "message_id IS NOT NULL AND EXISTS (SELECT FROM message m WHERE m.id = message_id)"
SENT = (
    "owner_id = (SELECT current_user_id()) AND EXISTS (SELECT FROM message m"
    " WHERE m.id = message_id AND m.sender_id = owner_id AND m.deleted_at IS NULL)"
)
NEW = "id, owner_id, name, type, size, sha256, width, height, seconds, pictured"


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(FUNCTIONS)
    op.execute("GRANT CREATE ON SCHEMA public TO supportdesk_system")
    for function, callers in CALLERS.items():
        op.execute(f"REVOKE EXECUTE ON FUNCTION {function} FROM PUBLIC")
        for role in callers:
            op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO supportdesk_{role}")
        op.execute(f"ALTER FUNCTION {function} OWNER TO supportdesk_system")
    op.execute("REVOKE CREATE ON SCHEMA public FROM supportdesk_system")
    for table in ("blob", "attachment"):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"GRANT ALL ON {table} TO supportdesk_system")
        op.execute(
            f"CREATE POLICY system_all ON {table} TO supportdesk_system"
            " USING (true) WITH CHECK (true)"
        )
    for role in ("buyer", "seller", "admin"):
        to = f"TO supportdesk_{role}"
        op.execute(f"GRANT INSERT (files) ON message {to}")
        op.execute(
            f"GRANT SELECT, INSERT ({NEW}), UPDATE (message_id, position, name, alt), DELETE"
            f" ON attachment {to}"
        )
        op.execute(
            f"CREATE POLICY {role}_select ON attachment FOR SELECT {to}"
            f" USING (({MINE}) OR ({SEEN}))"
        )
        op.execute(f"CREATE POLICY {role}_insert ON attachment FOR INSERT {to} WITH CHECK ({MINE})")
        op.execute(
            f"CREATE POLICY {role}_update ON attachment FOR UPDATE {to}"
            f" USING ({MINE}) WITH CHECK (({MINE}) OR ({SENT}))"
        )
        op.execute(f"CREATE POLICY {role}_delete ON attachment FOR DELETE {to} USING ({MINE})")


def downgrade() -> None:
    op.execute("DROP TRIGGER message_drops_files ON message")
    for function in CALLERS:
        op.execute(f"DROP FUNCTION {function}")
    op.execute("DROP TABLE attachment, blob")
    op.execute("DROP INDEX message_with_files_idx")
    # What was nothing but files has no text that the old rule would take.
    op.execute("SET LOCAL ROLE supportdesk_system")
    op.execute(
        "UPDATE message SET body = 'Files' WHERE body = '' AND files > 0 AND deleted_at IS NULL"
    )
    op.execute("RESET ROLE")
    op.execute(
        "ALTER TABLE message DROP CONSTRAINT message_body_length, DROP COLUMN files,"
        " ADD CONSTRAINT message_body_length CHECK"
        " (char_length(body) BETWEEN 1 AND 100000 OR (deleted_at IS NOT NULL AND body = ''))"
    )
