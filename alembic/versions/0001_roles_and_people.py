"""Database roles; people, teams, sessions.

`supportdesk_app` is what the app's login steps down to: it owns nothing and may only become one of
the four roles that people act in. `supportdesk_system` owns the SECURITY DEFINER functions and is
what an operator's command acts as; no login of the app can become it.
"""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ROLES = (
    "supportdesk_app",
    "supportdesk_nobody",
    "supportdesk_buyer",
    "supportdesk_seller",
    "supportdesk_admin",
    "supportdesk_system",
)

TABLES = """
CREATE TABLE "user" (
    id uuid PRIMARY KEY,
    email text NOT NULL,
    name text NOT NULL,
    role text NOT NULL,
    password_hash text NOT NULL,
    active boolean NOT NULL DEFAULT true,
    timezone text NOT NULL DEFAULT 'UTC',
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT user_email_lower CHECK (email = lower(email)),
    CONSTRAINT user_email_length CHECK (char_length(email) BETWEEN 3 AND 254),
    CONSTRAINT user_name_length CHECK (char_length(name) BETWEEN 1 AND 80),
    CONSTRAINT user_role_known CHECK (role IN ('buyer', 'seller', 'admin'))
);
CREATE UNIQUE INDEX user_email_key ON "user" (email);
CREATE INDEX user_role_name_idx ON "user" (role, name);

CREATE TABLE team (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    is_default boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT team_name_length CHECK (char_length(name) BETWEEN 1 AND 80)
);
CREATE UNIQUE INDEX team_name_key ON team (name);
CREATE UNIQUE INDEX team_one_default_key ON team (is_default) WHERE is_default;

CREATE TABLE team_member (
    team_id uuid NOT NULL REFERENCES team (id) ON DELETE CASCADE,
    user_id uuid NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (team_id, user_id)
);
CREATE INDEX team_member_user_id_idx ON team_member (user_id);

CREATE TABLE session (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
    token_hash bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    ended_at timestamptz,
    ip text NOT NULL DEFAULT '',
    user_agent text NOT NULL DEFAULT '',
    CONSTRAINT session_token_hash_length CHECK (octet_length(token_hash) = 32)
);
CREATE UNIQUE INDEX session_token_hash_key ON session (token_hash);
CREATE INDEX session_user_id_idx ON session (user_id) WHERE ended_at IS NULL;

CREATE TABLE setup_link (
    id uuid PRIMARY KEY,
    token_hash bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT setup_link_token_hash_length CHECK (octet_length(token_hash) = 32)
);

INSERT INTO team (id, name, is_default)
VALUES ('018bcfe5-6800-7000-8000-000000000001', 'Customer Service', true);
"""


def upgrade() -> None:
    for role in ROLES:
        # Roles belong to the whole server: another desk in the same one may have made them.
        op.execute(
            f"""DO $$ BEGIN
                IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN
                    CREATE ROLE {role} NOLOGIN NOINHERIT;
                END IF;
            END $$"""
        )
    people = "supportdesk_nobody, supportdesk_buyer, supportdesk_seller, supportdesk_admin"
    op.execute(f"GRANT {people} TO supportdesk_app WITH INHERIT FALSE, SET TRUE")
    op.execute(
        """DO $$ BEGIN
            IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
                EXECUTE format('GRANT supportdesk_app, supportdesk_system TO %I'
                               ' WITH INHERIT FALSE, SET TRUE', current_user);
            END IF;
        END $$"""
    )
    op.execute(f"GRANT USAGE ON SCHEMA public TO supportdesk_app, supportdesk_system, {people}")
    op.execute(TABLES)


def downgrade() -> None:
    op.execute('DROP TABLE setup_link, session, team_member, team, "user"')
    op.execute(
        "REVOKE ALL ON SCHEMA public FROM supportdesk_app, supportdesk_nobody, supportdesk_buyer,"
        " supportdesk_seller, supportdesk_admin, supportdesk_system"
    )
