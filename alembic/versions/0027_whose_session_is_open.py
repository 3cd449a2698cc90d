"""Of which sessions somebody is signed in still: what was begun in the others is dropped."""

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

# As `session_actor` has it.
OPEN = """
CREATE FUNCTION open_among(sessions uuid[]) RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce(array_agg(s.id), '{}') FROM session s JOIN "user" u ON u.id = s.user_id
    WHERE s.id = ANY (sessions) AND s.ended_at IS NULL AND s.expires_at > now() AND u.active
$$;
"""


def upgrade() -> None:
    op.execute(OPEN)
    op.execute("REVOKE EXECUTE ON FUNCTION open_among(uuid[]) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION open_among(uuid[]) TO supportdesk_nobody")
    op.execute("GRANT CREATE ON SCHEMA public TO supportdesk_system")
    op.execute("ALTER FUNCTION open_among(uuid[]) OWNER TO supportdesk_system")
    op.execute("REVOKE CREATE ON SCHEMA public FROM supportdesk_system")


def downgrade() -> None:
    op.execute("DROP FUNCTION open_among(uuid[])")
