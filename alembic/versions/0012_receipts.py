"""When somebody has read what they have read: "Seen by Sol, 12:04"."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

READ_AT = """
ALTER TABLE participant ADD COLUMN read_at timestamptz;

CREATE FUNCTION participant_before_update() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    NEW.read_at := now();
    RETURN NEW;
END $$;

CREATE TRIGGER participant_before_update BEFORE UPDATE OF last_read_seq ON participant
    FOR EACH ROW WHEN (NEW.last_read_seq > OLD.last_read_seq)
    EXECUTE FUNCTION participant_before_update();
"""


def upgrade() -> None:
    op.execute(READ_AT)
    # A function can only be given to a role that may create in its schema.
    op.execute("GRANT CREATE ON SCHEMA public TO supportdesk_system")
    op.execute("REVOKE EXECUTE ON FUNCTION participant_before_update() FROM PUBLIC")
    op.execute("ALTER FUNCTION participant_before_update() OWNER TO supportdesk_system")
    op.execute("REVOKE CREATE ON SCHEMA public FROM supportdesk_system")


def downgrade() -> None:
    op.execute("DROP TRIGGER participant_before_update ON participant")
    op.execute("DROP FUNCTION participant_before_update()")
    op.execute("ALTER TABLE participant DROP COLUMN read_at")
