"""Conversations, who takes part, tickets, messages, and the log of what happened."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE conversation (
    id uuid PRIMARY KEY,
    kind text NOT NULL,
    created_by uuid NOT NULL REFERENCES "user" (id),
    created_at timestamptz NOT NULL DEFAULT now(),
    last_seq bigint NOT NULL DEFAULT 0,
    -- What somebody of that level can see, so each level counts the ones above it too.
    messages_everyone integer NOT NULL DEFAULT 0,
    messages_staff integer NOT NULL DEFAULT 0,
    messages_admins integer NOT NULL DEFAULT 0,
    activity_everyone timestamptz NOT NULL DEFAULT now(),
    activity_staff timestamptz NOT NULL DEFAULT now(),
    activity_admins timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT conversation_kind_known CHECK (kind IN ('ticket', 'direct'))
);
CREATE INDEX conversation_activity_idx ON conversation (activity_admins DESC, id DESC);
CREATE INDEX conversation_created_by_idx ON conversation (created_by);

CREATE TABLE participant (
    conversation_id uuid NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
    user_id uuid NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
    -- Who may know that this person takes part. An admin who only reads is known to admins.
    audience text NOT NULL DEFAULT 'everyone',
    last_read_seq bigint NOT NULL DEFAULT 0,
    starred boolean NOT NULL DEFAULT false,
    muted boolean NOT NULL DEFAULT false,
    archived boolean NOT NULL DEFAULT false,
    pinned boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (conversation_id, user_id),
    CONSTRAINT participant_audience_known CHECK (audience IN ('everyone', 'staff', 'admins'))
);
CREATE INDEX participant_user_id_idx ON participant (user_id, conversation_id);

CREATE SEQUENCE ticket_number_seq;

CREATE TABLE ticket (
    id uuid PRIMARY KEY REFERENCES conversation (id) ON DELETE CASCADE,
    number bigint NOT NULL DEFAULT nextval('ticket_number_seq'),
    subject text NOT NULL,
    status text NOT NULL DEFAULT 'open',
    priority text NOT NULL DEFAULT 'medium',
    type text NOT NULL DEFAULT 'problem',
    category text,
    buyer_id uuid REFERENCES "user" (id),
    seller_id uuid REFERENCES "user" (id),
    assignee_id uuid REFERENCES "user" (id),
    team_id uuid REFERENCES team (id),
    due_at timestamptz,
    first_response_at timestamptz,
    resolved_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT ticket_subject_length CHECK (char_length(subject) BETWEEN 1 AND 200),
    CONSTRAINT ticket_status_known CHECK
        (status IN ('open', 'in_progress', 'waiting_on_customer', 'resolved', 'closed')),
    CONSTRAINT ticket_priority_known CHECK (priority IN ('low', 'medium', 'high', 'urgent')),
    CONSTRAINT ticket_type_known CHECK (type IN ('problem', 'question', 'feature_request')),
    CONSTRAINT ticket_has_requester CHECK (buyer_id IS NOT NULL OR seller_id IS NOT NULL),
    CONSTRAINT ticket_resolved_when_over CHECK
        ((resolved_at IS NOT NULL) = (status IN ('resolved', 'closed')))
);
ALTER SEQUENCE ticket_number_seq OWNED BY ticket.number;
CREATE UNIQUE INDEX ticket_number_key ON ticket (number);
CREATE INDEX ticket_buyer_id_idx ON ticket (buyer_id);
CREATE INDEX ticket_seller_id_idx ON ticket (seller_id);
CREATE INDEX ticket_assignee_id_idx ON ticket (assignee_id);
CREATE INDEX ticket_team_id_idx ON ticket (team_id);

CREATE TABLE message (
    id uuid PRIMARY KEY,
    conversation_id uuid NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
    seq bigint NOT NULL,
    sender_id uuid NOT NULL REFERENCES "user" (id),
    body text NOT NULL,
    audience text NOT NULL DEFAULT 'everyone',
    -- Made by the sender's browser: the same send tried twice is one message.
    client_id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    edited_at timestamptz,
    deleted_at timestamptz,
    -- A backstop far above the limit in the settings, which is what people meet.
    CONSTRAINT message_body_length CHECK (char_length(body) BETWEEN 1 AND 100000),
    CONSTRAINT message_audience_known CHECK (audience IN ('everyone', 'staff', 'admins'))
);
CREATE UNIQUE INDEX message_seq_key ON message (conversation_id, seq);
CREATE UNIQUE INDEX message_client_id_key ON message (conversation_id, sender_id, client_id);
CREATE INDEX message_sender_id_idx ON message (sender_id);

CREATE TABLE event (
    id uuid PRIMARY KEY,
    kind text NOT NULL,
    actor_id uuid REFERENCES "user" (id),
    conversation_id uuid REFERENCES conversation (id) ON DELETE CASCADE,
    -- What it happened to, when that is not the conversation: a message, a person, a session.
    subject_id uuid,
    audience text NOT NULL DEFAULT 'everyone',
    in_thread boolean NOT NULL DEFAULT false,
    seq bigint,
    data jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT event_audience_known CHECK (audience IN ('everyone', 'staff', 'admins')),
    CONSTRAINT event_line_has_place CHECK
        (in_thread = (seq IS NOT NULL) AND (NOT in_thread OR conversation_id IS NOT NULL))
);
CREATE UNIQUE INDEX event_seq_key ON event (conversation_id, seq) WHERE in_thread;
CREATE INDEX event_conversation_id_idx ON event (conversation_id, created_at);
CREATE INDEX event_actor_id_idx ON event (actor_id, created_at);
"""


def upgrade() -> None:
    op.execute(TABLES)


def downgrade() -> None:
    op.execute("DROP TABLE event, message, ticket, participant, conversation")
