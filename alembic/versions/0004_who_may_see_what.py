"""Row-level security: one place decides who may see and change what.

Every table is FORCEd, so not even its owner slips past. Policies use `= ANY ((SELECT f())::uuid[])`
rather than `IN (SELECT ...)`: the array is computed once for a statement and can be looked up in an
index, which at a million tickets is the difference between one millisecond and several hundred.
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES = (
    "user", "team", "team_member", "session", "setup_link",
    "conversation", "participant", "ticket", "message", "event",
)  # fmt: skip

MINE = "ANY ((SELECT my_conversations())::uuid[])"
ME = "(SELECT current_user_id())"

# The audiences that a role is part of.
SEES = {
    "buyer": "('everyone')",
    "seller": "('everyone', 'staff')",
    "admin": "('everyone', 'staff', 'admins')",
}

PERSON = "id, name, role, active"
THREAD_BUYER = "id, kind, created_by, created_at, last_seq, messages_everyone, activity_everyone"
THREAD_SELLER = f"{THREAD_BUYER}, messages_staff, activity_staff"
NEW_TICKET = "id, subject, type, priority, category, buyer_id, seller_id"
NEW_MESSAGE = "id, conversation_id, sender_id, body, audience, client_id"
NEW_EVENT = "id, kind, actor_id, conversation_id, subject_id, audience, in_thread, data"

GRANTS = {
    "buyer": {
        '"user"': f"SELECT ({PERSON}, timezone), UPDATE (timezone)",
        "team": "SELECT",
        "conversation": f"SELECT ({THREAD_BUYER}), INSERT (id, kind, created_by)",
        "participant": "SELECT, UPDATE (last_read_seq, starred)",
        "ticket": f"SELECT, INSERT ({NEW_TICKET}), UPDATE (status, priority)",
        "message": f"SELECT, INSERT ({NEW_MESSAGE})",
        "event": f"SELECT, INSERT ({NEW_EVENT})",
    },
    "seller": {
        '"user"': f"SELECT ({PERSON}, timezone), UPDATE (timezone)",
        "team": "SELECT",
        "conversation": f"SELECT ({THREAD_SELLER}), INSERT (id, kind, created_by)",
        "participant": "SELECT, UPDATE (last_read_seq, starred)",
        "ticket": f"SELECT, INSERT ({NEW_TICKET}), UPDATE (status, priority)",
        "message": f"SELECT, INSERT ({NEW_MESSAGE})",
        "event": f"SELECT, INSERT ({NEW_EVENT})",
    },
    "admin": {
        '"user"': f"SELECT ({PERSON}, email, timezone, created_at), UPDATE (active, timezone)",
        "team": "SELECT",
        "team_member": "SELECT",
        "conversation": "SELECT",
        "participant": "SELECT, UPDATE (last_read_seq, starred),"
        " INSERT (conversation_id, user_id, audience, last_read_seq, starred)",
        "ticket": "SELECT, UPDATE (status, priority, type, category, assignee_id, team_id, due_at)",
        "message": f"SELECT, INSERT ({NEW_MESSAGE})",
        "event": f"SELECT, INSERT ({NEW_EVENT})",
    },
}


def _policies(role: str) -> dict[str, dict[str, str]]:
    """Table -> command -> condition, for one role."""
    sees = SEES[role]
    array = "ARRAY[" + sees.strip("()") + "]"
    admin = role == "admin"
    mine = "true" if admin else f"conversation_id = {MINE}"
    my_thread = "true" if admin else f"id = {MINE}"
    known = f"id = {ME} OR id = ANY ((SELECT my_people({array}))::uuid[])"
    shops = " OR (role = 'seller' AND active)" if role == "buyer" else ""
    policies = {
        '"user"': {
            "SELECT": "true" if admin else known + shops,
            "UPDATE": "true" if admin else f"id = {ME}",
        },
        "team": {"SELECT": "true"},
        "conversation": {"SELECT": my_thread},
        "participant": {
            "SELECT": f"user_id = {ME} OR ({mine} AND audience IN {sees})",
            "UPDATE": f"user_id = {ME}",
        },
        "ticket": {"SELECT": my_thread, "UPDATE": my_thread},
        "message": {
            "SELECT": f"{mine} AND audience IN {sees}",
            "INSERT": f"sender_id = {ME} AND {mine} AND audience IN {sees}",
        },
        "event": {
            "SELECT": f"{mine} AND audience IN {sees}",
            "INSERT": f"actor_id = {ME} AND {mine} AND audience IN {sees}",
        },
    }
    if admin:
        policies["team_member"] = {"SELECT": "true"}
        # An admin who opens or stars a ticket is not thereby a party to it.
        policies["participant"]["INSERT"] = f"user_id = {ME} AND audience = 'admins'"
        return policies
    requester = f"buyer_id = {ME}" if role == "buyer" else f"seller_id = {ME} AND buyer_id IS NULL"
    policies["conversation"]["INSERT"] = f"kind = 'ticket' AND created_by = {ME}"
    policies["ticket"]["INSERT"] = requester
    return policies


def _policy_sql(table: str, role: str, command: str, condition: str) -> str:
    clause = f"WITH CHECK ({condition})" if command == "INSERT" else f"USING ({condition})"
    name = f"{role}_{command.lower()}"
    return f"CREATE POLICY {name} ON {table} FOR {command} TO supportdesk_{role} {clause}"


def upgrade() -> None:
    for table in TABLES:
        op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
        op.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
        op.execute(f'GRANT ALL ON "{table}" TO supportdesk_system')
        op.execute(
            f'CREATE POLICY system_all ON "{table}" TO supportdesk_system'
            " USING (true) WITH CHECK (true)"
        )
    op.execute("GRANT USAGE ON SEQUENCE ticket_number_seq TO supportdesk_system")
    op.execute("GRANT USAGE ON SEQUENCE ticket_number_seq TO supportdesk_buyer, supportdesk_seller")
    for role, tables in GRANTS.items():
        for table, rights in tables.items():
            op.execute(f"GRANT {rights} ON {table} TO supportdesk_{role}")
        for table, commands in _policies(role).items():
            for command, condition in commands.items():
                op.execute(_policy_sql(table, role, command, condition))


def downgrade() -> None:
    for table in TABLES:
        op.execute(
            f"""DO $$ DECLARE name text; BEGIN
                FOR name IN SELECT policyname FROM pg_policies
                    WHERE schemaname = 'public' AND tablename = '{table}'
                LOOP EXECUTE format('DROP POLICY %I ON "{table}"', name); END LOOP;
            END $$"""
        )
        op.execute(f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY')
        op.execute(f'ALTER TABLE "{table}" NO FORCE ROW LEVEL SECURITY')
        for role in (*GRANTS, "system"):
            op.execute(f'REVOKE ALL ON "{table}" FROM supportdesk_{role}')
    for role in ("buyer", "seller", "system"):
        op.execute(f"REVOKE ALL ON SEQUENCE ticket_number_seq FROM supportdesk_{role}")
