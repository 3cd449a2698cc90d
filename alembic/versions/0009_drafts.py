"""Drafts: what somebody has typed and not sent. Nobody but they ever sees it, admins neither."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TABLE = """
CREATE TABLE draft (
    id uuid PRIMARY KEY,
    owner_id uuid NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
    -- Null: of a ticket that is not filed yet.
    conversation_id uuid REFERENCES conversation (id) ON DELETE CASCADE,
    body text NOT NULL DEFAULT '',
    audience text NOT NULL DEFAULT 'everyone',
    form jsonb NOT NULL DEFAULT '{}',
    updated_at timestamptz NOT NULL DEFAULT now(),
    -- Wider than a message may be: what is too long to send is kept, too.
    CONSTRAINT draft_body_length CHECK (char_length(body) <= 20000),
    CONSTRAINT draft_form_length CHECK (octet_length(form::text) <= 100000),
    CONSTRAINT draft_audience_known CHECK (audience IN ('everyone', 'staff', 'admins'))
);
CREATE UNIQUE INDEX draft_reply_key ON draft (owner_id, conversation_id)
    WHERE conversation_id IS NOT NULL;
CREATE UNIQUE INDEX draft_ticket_key ON draft (owner_id) WHERE conversation_id IS NULL;
CREATE INDEX draft_conversation_id_idx ON draft (conversation_id);
"""

ME = "owner_id = (SELECT current_user_id())"
MINE = "(conversation_id IS NULL OR conversation_id = ANY ((SELECT my_conversations())::uuid[]))"
# Admins see every ticket, so they may have typed in any.
CHECKS = {"buyer": f"{ME} AND {MINE}", "seller": f"{ME} AND {MINE}", "admin": ME}
RIGHTS = (
    "SELECT, INSERT (id, owner_id, conversation_id, body, audience, form),"
    " UPDATE (body, audience, form, updated_at), DELETE"
)


def upgrade() -> None:
    op.execute(TABLE)
    op.execute("ALTER TABLE draft ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE draft FORCE ROW LEVEL SECURITY")
    op.execute("GRANT ALL ON draft TO supportdesk_system")
    op.execute(
        "CREATE POLICY system_all ON draft TO supportdesk_system USING (true) WITH CHECK (true)"
    )
    for role, check in CHECKS.items():
        op.execute(f"GRANT {RIGHTS} ON draft TO supportdesk_{role}")
        for command in ("SELECT", "UPDATE", "DELETE"):
            op.execute(
                f"CREATE POLICY {role}_{command.lower()} ON draft FOR {command}"
                f" TO supportdesk_{role} USING ({ME})"
            )
        op.execute(
            f"CREATE POLICY {role}_insert ON draft FOR INSERT TO supportdesk_{role}"
            f" WITH CHECK ({check})"
        )


def downgrade() -> None:
    op.execute("DROP TABLE draft")
