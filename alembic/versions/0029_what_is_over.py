"""A session that is over is refused by the transaction that somebody acts in, which saves asking
for it first; and notifications that were seen long ago are forgotten.
"""

from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

PROVING = """
-- Whether the session of that token still is what the actor of this transaction claims: theirs, in
-- the role that they act in, and the one that the log is told of.
CREATE FUNCTION prove_session(hash bytea) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM FROM session_actor(hash) held
    WHERE held.user_id = current_user_id()
      AND 'supportdesk_' || held.role = current_setting('role')
      AND held.session_id::text = current_setting('supportdesk.session_id', true);
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the session is over, or another' USING ERRCODE = 'SD003';
    END IF;
END $$;
"""

FORGETTING = """
CREATE FUNCTION forget_seen_notifications() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DELETE FROM notification WHERE read_at < now() - interval '30 days'
$$;
"""

# Function -> who may call it.
FUNCTIONS = {
    "prove_session(bytea)": "supportdesk_buyer, supportdesk_seller, supportdesk_admin",
    "forget_seen_notifications()": "supportdesk_nobody",
}


def upgrade() -> None:
    op.execute(PROVING)
    op.execute(FORGETTING)
    op.execute("CREATE INDEX notification_read_idx ON notification (read_at)")
    # A function can only be given to a role that may create in its schema.
    op.execute("GRANT CREATE ON SCHEMA public TO supportdesk_system")
    for function, callers in FUNCTIONS.items():
        op.execute(f"REVOKE EXECUTE ON FUNCTION {function} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO {callers}")
        op.execute(f"ALTER FUNCTION {function} OWNER TO supportdesk_system")
    op.execute("REVOKE CREATE ON SCHEMA public FROM supportdesk_system")


def downgrade() -> None:
    op.execute("DROP INDEX notification_read_idx")
    op.execute(f"DROP FUNCTION {', '.join(FUNCTIONS)}")
