"""When somebody was last at the desk. Who is there now is written nowhere."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

TABLE = """
CREATE TABLE last_seen (
    user_id uuid PRIMARY KEY REFERENCES "user" (id) ON DELETE CASCADE,
    at timestamptz NOT NULL
);
"""

# Whoever serves people notes that they came or went, and of a server that died, those who noticed:
# the later word counts.
FUNCTION = """
CREATE FUNCTION note_seen(people uuid[], seen timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO last_seen (user_id, at)
    SELECT id, least(seen, now()) FROM "user" WHERE id = ANY (people) ORDER BY id
    ON CONFLICT (user_id) DO UPDATE SET at = greatest(last_seen.at, excluded.at)
$$;
"""

# Of those with whom one shares a conversation, as far as one may know that one does. A buyer may
# know every seller's name, to write to them; when they were here is a stranger's business no more.
KNOWN = {
    "buyer": "user_id = ANY ((SELECT my_people(ARRAY['everyone']))::uuid[])",
    "seller": "user_id = ANY ((SELECT my_people(ARRAY['everyone', 'staff']))::uuid[])",
    "admin": "true",
}


def upgrade() -> None:
    op.execute(TABLE)
    op.execute("ALTER TABLE last_seen ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE last_seen FORCE ROW LEVEL SECURITY")
    op.execute("GRANT ALL ON last_seen TO supportdesk_system")
    op.execute(
        "CREATE POLICY system_all ON last_seen TO supportdesk_system USING (true) WITH CHECK (true)"
    )
    for role, known in KNOWN.items():
        op.execute(f"GRANT SELECT ON last_seen TO supportdesk_{role}")
        op.execute(
            f"CREATE POLICY {role}_select ON last_seen FOR SELECT TO supportdesk_{role}"
            f" USING ({known})"
        )
    op.execute(FUNCTION)
    # A function can only be given to a role that may create in its schema.
    op.execute("GRANT CREATE ON SCHEMA public TO supportdesk_system")
    op.execute("REVOKE EXECUTE ON FUNCTION note_seen(uuid[], timestamptz) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION note_seen(uuid[], timestamptz) TO supportdesk_nobody")
    op.execute("ALTER FUNCTION note_seen(uuid[], timestamptz) OWNER TO supportdesk_system")
    op.execute("REVOKE CREATE ON SCHEMA public FROM supportdesk_system")


def downgrade() -> None:
    op.execute("DROP FUNCTION note_seen(uuid[], timestamptz)")
    op.execute("DROP TABLE last_seen")
