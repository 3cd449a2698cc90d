"""A ticket that is deleted takes out of the reports how often it was reopened.

Its times and its reopenings went in one go, and what corrects the reports needs both. What was
sealed until now may count some of those.
"""

from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

BEFORE = """
-- Its times first, while its reopenings are there still.
CREATE FUNCTION untime_deleted_ticket() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    DELETE FROM ticket_times WHERE ticket_id = OLD.id;
    RETURN OLD;
END $$;
CREATE TRIGGER untime_deleted_ticket BEFORE DELETE ON ticket
    FOR EACH ROW EXECUTE FUNCTION untime_deleted_ticket();
"""


def upgrade() -> None:
    op.execute("TRUNCATE report_span, report_part, report_change")
    op.execute(BEFORE)
    # A function can only be given to a role that may create in its schema.
    op.execute("GRANT CREATE ON SCHEMA public TO supportdesk_system")
    op.execute("REVOKE EXECUTE ON FUNCTION untime_deleted_ticket() FROM PUBLIC")
    op.execute("ALTER FUNCTION untime_deleted_ticket() OWNER TO supportdesk_system")
    op.execute("REVOKE CREATE ON SCHEMA public FROM supportdesk_system")


def downgrade() -> None:
    op.execute("DROP TRIGGER untime_deleted_ticket ON ticket")
    op.execute("DROP FUNCTION untime_deleted_ticket()")
