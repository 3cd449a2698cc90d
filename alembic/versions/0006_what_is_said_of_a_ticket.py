"""What is said of a ticket: category, tags, custom fields, notes; and what saves typing.

Tags and notes are the staff's own: a buyer does not learn that there are any.
"""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE category (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT category_name_length CHECK (char_length(name) BETWEEN 1 AND 60)
);
CREATE UNIQUE INDEX category_name_key ON category (lower(name));

ALTER TABLE ticket DROP COLUMN category, ADD COLUMN category_id uuid REFERENCES category (id);
CREATE INDEX ticket_category_id_idx ON ticket (category_id);

CREATE TABLE tag (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    -- Which of the palette's colours it is drawn in.
    hue smallint NOT NULL DEFAULT 0,
    description text NOT NULL DEFAULT '',
    created_by uuid NOT NULL REFERENCES "user" (id),
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT tag_name_length CHECK (char_length(name) BETWEEN 1 AND 40),
    CONSTRAINT tag_hue_known CHECK (hue BETWEEN 0 AND 11),
    CONSTRAINT tag_description_length CHECK (char_length(description) <= 200)
);
CREATE UNIQUE INDEX tag_name_key ON tag (lower(name));
CREATE INDEX tag_created_by_idx ON tag (created_by);

CREATE TABLE ticket_tag (
    ticket_id uuid NOT NULL REFERENCES ticket (id) ON DELETE CASCADE,
    tag_id uuid NOT NULL REFERENCES tag (id) ON DELETE CASCADE,
    added_by uuid NOT NULL REFERENCES "user" (id),
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (ticket_id, tag_id)
);
CREATE INDEX ticket_tag_tag_id_idx ON ticket_tag (tag_id, ticket_id DESC);
CREATE INDEX ticket_tag_added_by_idx ON ticket_tag (added_by);

CREATE TABLE ticket_note (
    ticket_id uuid PRIMARY KEY REFERENCES ticket (id) ON DELETE CASCADE,
    body text NOT NULL,
    updated_by uuid NOT NULL REFERENCES "user" (id),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT ticket_note_body_length CHECK (char_length(body) <= 10000)
);
CREATE INDEX ticket_note_updated_by_idx ON ticket_note (updated_by);

CREATE TABLE field_definition (
    id uuid PRIMARY KEY,
    -- Asked of tickets of that type; null: of all.
    ticket_type text,
    name text NOT NULL,
    kind text NOT NULL,
    choices jsonb NOT NULL DEFAULT '[]',
    required boolean NOT NULL DEFAULT false,
    position integer NOT NULL DEFAULT 0,
    active boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT field_definition_name_length CHECK (char_length(name) BETWEEN 1 AND 60),
    CONSTRAINT field_definition_kind_known CHECK
        (kind IN ('text', 'number', 'date', 'yes_no', 'choice')),
    CONSTRAINT field_definition_type_known CHECK
        (ticket_type IN ('problem', 'question', 'feature_request')),
    CONSTRAINT field_definition_has_choices CHECK
        (jsonb_typeof(choices) = 'array' AND (kind = 'choice') = (jsonb_array_length(choices) > 0))
);
CREATE UNIQUE INDEX field_definition_name_key
    ON field_definition (coalesce(ticket_type, ''), lower(name)) WHERE active;

CREATE TABLE ticket_field (
    ticket_id uuid NOT NULL REFERENCES ticket (id) ON DELETE CASCADE,
    field_id uuid NOT NULL REFERENCES field_definition (id),
    value jsonb NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (ticket_id, field_id)
);
CREATE INDEX ticket_field_field_id_idx ON ticket_field (field_id);

CREATE TABLE saved_view (
    id uuid PRIMARY KEY,
    owner_id uuid NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
    name text NOT NULL,
    shared boolean NOT NULL DEFAULT false,
    -- The filters and the order, as they stand in the address of the list.
    query text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT saved_view_name_length CHECK (char_length(name) BETWEEN 1 AND 60),
    CONSTRAINT saved_view_query_length CHECK (char_length(query) <= 2000)
);
CREATE UNIQUE INDEX saved_view_name_key ON saved_view (owner_id, lower(name));

CREATE TABLE ticket_template (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    ticket_type text NOT NULL DEFAULT 'problem',
    subject text NOT NULL DEFAULT '',
    body text NOT NULL DEFAULT '',
    active boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT ticket_template_name_length CHECK (char_length(name) BETWEEN 1 AND 60),
    CONSTRAINT ticket_template_type_known CHECK
        (ticket_type IN ('problem', 'question', 'feature_request')),
    CONSTRAINT ticket_template_subject_length CHECK (char_length(subject) <= 200),
    CONSTRAINT ticket_template_body_length CHECK (char_length(body) <= 10000)
);
CREATE UNIQUE INDEX ticket_template_name_key ON ticket_template (lower(name)) WHERE active;

CREATE TABLE canned_reply (
    id uuid PRIMARY KEY,
    -- Whose it is; null: everybody's on the staff.
    owner_id uuid REFERENCES "user" (id) ON DELETE CASCADE,
    name text NOT NULL,
    body text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT canned_reply_name_length CHECK (char_length(name) BETWEEN 1 AND 40),
    CONSTRAINT canned_reply_body_length CHECK (char_length(body) BETWEEN 1 AND 10000)
);
CREATE UNIQUE INDEX canned_reply_name_key
    ON canned_reply (coalesce(owner_id, '00000000-0000-0000-0000-000000000000'), lower(name));

ALTER TABLE team ADD COLUMN auto_assign text NOT NULL DEFAULT 'off',
    ADD CONSTRAINT team_auto_assign_known CHECK
        (auto_assign IN ('off', 'round_robin', 'least_open'));
ALTER TABLE team_member ADD COLUMN last_assigned_at timestamptz;
"""

NEW_TABLES = (
    "category", "tag", "ticket_tag", "ticket_note", "field_definition", "ticket_field",
    "saved_view", "ticket_template", "canned_reply",
)  # fmt: skip

MINE = "ticket_id = ANY ((SELECT my_conversations())::uuid[])"
ME = "(SELECT current_user_id())"
# Filed in this very transaction, which is what `now()` is the time of.
JUST_FILED = "EXISTS (SELECT FROM ticket t WHERE t.id = ticket_id AND t.created_at = now())"
VIEW = "id, owner_id, name, shared, query"
TEMPLATE = "name, ticket_type, subject, body, active"
REPLY = "owner_id, name, body"
DEFINITION = "ticket_type, name, kind, choices, required, position, active"

GRANTS = {
    "buyer": {
        "category": "SELECT",
        "field_definition": "SELECT",
        "ticket_field": "SELECT, INSERT (ticket_id, field_id, value)",
        "saved_view": f"SELECT, INSERT ({VIEW}), UPDATE (name, query), DELETE",
        "ticket_template": "SELECT",
        "ticket": "INSERT (category_id)",
    },
    "seller": {
        "category": "SELECT",
        "tag": "SELECT, INSERT (id, name, hue, description, created_by)",
        "ticket_tag": "SELECT, INSERT (ticket_id, tag_id, added_by), DELETE",
        "ticket_note": "SELECT, INSERT (ticket_id, body, updated_by),"
        " UPDATE (body, updated_by, updated_at)",
        "field_definition": "SELECT",
        "ticket_field": "SELECT, INSERT (ticket_id, field_id, value), UPDATE (value, updated_at),"
        " DELETE",
        "saved_view": f"SELECT, INSERT ({VIEW}), UPDATE (name, query), DELETE",
        "ticket_template": "SELECT",
        "canned_reply": f"SELECT, INSERT (id, {REPLY}), UPDATE (name, body), DELETE",
        "ticket": "INSERT (category_id), UPDATE (type)",
    },
    "admin": {
        "category": "SELECT, INSERT (id, name), UPDATE (name)",
        "tag": "SELECT, INSERT (id, name, hue, description, created_by),"
        " UPDATE (name, hue, description)",
        "ticket_tag": "SELECT, INSERT (ticket_id, tag_id, added_by), DELETE",
        "ticket_note": "SELECT, INSERT (ticket_id, body, updated_by),"
        " UPDATE (body, updated_by, updated_at)",
        "field_definition": f"SELECT, INSERT (id, {DEFINITION}), UPDATE ({DEFINITION})",
        "ticket_field": "SELECT, INSERT (ticket_id, field_id, value), UPDATE (value, updated_at),"
        " DELETE",
        "saved_view": f"SELECT, INSERT ({VIEW}), UPDATE (name, shared, query), DELETE",
        "ticket_template": f"SELECT, INSERT (id, {TEMPLATE}), UPDATE ({TEMPLATE})",
        "canned_reply": f"SELECT, INSERT (id, {REPLY}), UPDATE ({REPLY}), DELETE",
        "team": "UPDATE (auto_assign)",
        "ticket": "UPDATE (category_id)",
    },
}

MY_VIEW = f"owner_id = {ME}"
MY_REPLY = f"owner_id = {ME}"
# A shared view is kept up by any admin; a private one is nobody else's business, theirs neither.
ADMINS_VIEW = f"owner_id = {ME} OR shared"
ADMINS_REPLY = f"owner_id = {ME} OR owner_id IS NULL"

POLICIES = {
    "buyer": {
        "category": {"SELECT": "true"},
        "field_definition": {"SELECT": "active"},
        # Asked for when the ticket is filed; what is known later, the staff fills in.
        "ticket_field": {"SELECT": MINE, "INSERT": f"{MINE} AND {JUST_FILED}"},
        "saved_view": {
            "SELECT": MY_VIEW,
            "INSERT": f"{MY_VIEW} AND NOT shared",
            "UPDATE": MY_VIEW,
            "DELETE": MY_VIEW,
        },
        "ticket_template": {"SELECT": "active"},
    },
    "seller": {
        "category": {"SELECT": "true"},
        "tag": {"SELECT": "true", "INSERT": f"created_by = {ME}"},
        "ticket_tag": {"SELECT": MINE, "INSERT": f"added_by = {ME} AND {MINE}", "DELETE": MINE},
        "ticket_note": {
            "SELECT": MINE,
            "INSERT": f"updated_by = {ME} AND {MINE}",
            "UPDATE": f"{MINE}|updated_by = {ME} AND {MINE}",
        },
        "field_definition": {"SELECT": "active"},
        "ticket_field": {"SELECT": MINE, "INSERT": MINE, "UPDATE": MINE, "DELETE": MINE},
        "saved_view": {
            "SELECT": f"{MY_VIEW} OR shared",
            "INSERT": f"{MY_VIEW} AND NOT shared",
            "UPDATE": f"{MY_VIEW} AND NOT shared",
            "DELETE": f"{MY_VIEW} AND NOT shared",
        },
        "ticket_template": {"SELECT": "active"},
        "canned_reply": {
            "SELECT": f"{MY_REPLY} OR owner_id IS NULL",
            "INSERT": MY_REPLY,
            "UPDATE": MY_REPLY,
            "DELETE": MY_REPLY,
        },
    },
    "admin": {
        "category": {"SELECT": "true", "INSERT": "true", "UPDATE": "true"},
        "tag": {"SELECT": "true", "INSERT": f"created_by = {ME}", "UPDATE": "true"},
        "ticket_tag": {"SELECT": "true", "INSERT": f"added_by = {ME}", "DELETE": "true"},
        "ticket_note": {
            "SELECT": "true",
            "INSERT": f"updated_by = {ME}",
            "UPDATE": f"true|updated_by = {ME}",
        },
        "field_definition": {"SELECT": "true", "INSERT": "true", "UPDATE": "true"},
        "ticket_field": {"SELECT": "true", "INSERT": "true", "UPDATE": "true", "DELETE": "true"},
        "saved_view": {
            "SELECT": ADMINS_VIEW,
            "INSERT": MY_VIEW,
            "UPDATE": ADMINS_VIEW,
            "DELETE": ADMINS_VIEW,
        },
        "ticket_template": {"SELECT": "true", "INSERT": "true", "UPDATE": "true"},
        "canned_reply": {
            "SELECT": ADMINS_REPLY,
            "INSERT": ADMINS_REPLY,
            "UPDATE": ADMINS_REPLY,
            "DELETE": ADMINS_REPLY,
        },
        "team": {"UPDATE": "true"},
    },
}


def _policy_sql(table: str, role: str, command: str, condition: str) -> str:
    """`condition` holds before; after a `|`, what has to hold of the row as it becomes."""
    before, _, after = condition.partition("|")
    if command == "INSERT":
        clause = f"WITH CHECK ({before})"
    else:
        clause = f"USING ({before})" + (f" WITH CHECK ({after})" if after else "")
    name = f"{role}_{command.lower()}"
    return f"CREATE POLICY {name} ON {table} FOR {command} TO supportdesk_{role} {clause}"


def upgrade() -> None:
    op.execute(TABLES)
    for table in NEW_TABLES:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"GRANT ALL ON {table} TO supportdesk_system")
        op.execute(
            f"CREATE POLICY system_all ON {table} TO supportdesk_system"
            " USING (true) WITH CHECK (true)"
        )
    for role, tables in GRANTS.items():
        for table, rights in tables.items():
            op.execute(f"GRANT {rights} ON {table} TO supportdesk_{role}")
        for table, commands in POLICIES[role].items():
            for command, condition in commands.items():
                op.execute(_policy_sql(table, role, command, condition))


def downgrade() -> None:
    op.execute("DROP POLICY admin_update ON team")
    op.execute("REVOKE UPDATE (auto_assign) ON team FROM supportdesk_admin")
    op.execute("REVOKE UPDATE (type) ON ticket FROM supportdesk_seller")
    op.execute("ALTER TABLE team_member DROP COLUMN last_assigned_at")
    op.execute("ALTER TABLE team DROP COLUMN auto_assign")
    op.execute("ALTER TABLE ticket DROP COLUMN category_id, ADD COLUMN category text")
    op.execute("GRANT INSERT (category) ON ticket TO supportdesk_buyer, supportdesk_seller")
    op.execute("GRANT UPDATE (category) ON ticket TO supportdesk_admin")
    op.execute(f"DROP TABLE {', '.join(reversed(NEW_TABLES))}")
