"""Asking to join a conversation, being let in, and being put out.

Who is put out is no participant any more, but what they said keeps their name.
"""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE past_participant (
    conversation_id uuid NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
    user_id uuid NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
    audience text NOT NULL,
    PRIMARY KEY (conversation_id, user_id),
    CONSTRAINT past_participant_audience_known CHECK (audience IN ('everyone', 'staff', 'admins'))
);
CREATE INDEX past_participant_user_id_idx ON past_participant (user_id);

CREATE TABLE join_request (
    id uuid PRIMARY KEY,
    person_id uuid NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
    number bigint NOT NULL,
    -- Null: there is no such ticket, which who asks does not learn.
    ticket_id uuid REFERENCES ticket (id) ON DELETE SET NULL,
    reason text NOT NULL,
    state text NOT NULL DEFAULT 'waiting',
    word text NOT NULL DEFAULT '',
    decided_by uuid REFERENCES "user" (id),
    decided_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT join_request_number_positive CHECK (number > 0),
    CONSTRAINT join_request_reason_length CHECK (char_length(reason) BETWEEN 1 AND 500),
    CONSTRAINT join_request_word_length CHECK (char_length(word) <= 500),
    CONSTRAINT join_request_state_known CHECK (state IN ('waiting', 'accepted', 'refused')),
    CONSTRAINT join_request_decided CHECK
        ((state = 'waiting') = (decided_at IS NULL) AND (decided_at IS NULL) = (decided_by IS NULL))
);
CREATE UNIQUE INDEX join_request_waiting_key ON join_request (person_id, number)
    WHERE state = 'waiting';
CREATE INDEX join_request_person_id_idx ON join_request (person_id, created_at DESC);
CREATE INDEX join_request_ticket_id_idx ON join_request (ticket_id);
CREATE INDEX join_request_decided_by_idx ON join_request (decided_by);
CREATE INDEX join_request_queue_idx ON join_request (created_at) WHERE state = 'waiting';
CREATE INDEX join_request_past_idx ON join_request (decided_at DESC) WHERE state <> 'waiting';

ALTER TABLE notification DROP CONSTRAINT notification_kind_known,
    ADD CONSTRAINT notification_kind_known CHECK
        (kind IN ('mention', 'message', 'assigned', 'status', 'added'));
"""

# What was so before, and what is so now.
FORMER_PEOPLE = """
CREATE OR REPLACE FUNCTION former_people(audiences text[]) RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce(array_agg(DISTINCT them.user_id), '{{}}')
    FROM participant me JOIN {them} USING (conversation_id)
    WHERE me.user_id = current_user_id() AND them.audience = ANY (audiences)
      AND (me.reads = 'staff' OR them.audience = 'everyone')
$$;
"""
FORMER, FORMER_AND_PAST = (
    "former_participant them",
    """(
        SELECT conversation_id, user_id, audience FROM former_participant
        UNION ALL SELECT conversation_id, user_id, audience FROM past_participant) AS them""",
)

MESSAGE_PLACED = """
CREATE OR REPLACE FUNCTION message_after_insert() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    -- Who writes has read what stood above.
    {joins}
    IF NEW.audience = 'everyone' THEN
        UPDATE ticket SET first_response_at = NEW.created_at
        WHERE id = NEW.conversation_id AND first_response_at IS NULL
          AND NEW.sender_id IS DISTINCT FROM coalesce(buyer_id, seller_id);
    END IF;
    RETURN NULL;
END $$;
"""
WRITER_JOINED = """INSERT INTO participant (conversation_id, user_id, audience, last_read_seq)
    VALUES (NEW.conversation_id, NEW.sender_id, NEW.audience, NEW.seq)
    ON CONFLICT (conversation_id, user_id) DO UPDATE SET
        last_read_seq = greatest(participant.last_read_seq, excluded.last_read_seq),
        audience = wider_audience(participant.audience, excluded.audience);"""
WRITER_JOINS = "PERFORM take_part(NEW.conversation_id, NEW.sender_id, NEW.audience, NEW.seq);"

EVENT_TOLD = """
CREATE OR REPLACE FUNCTION event_after_insert() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.in_thread AND NEW.actor_id IS NOT NULL THEN
        -- Whoever acts where others see it takes part: the line shows their name.
        {joins}
    END IF;
    PERFORM ring(NEW.kind, NEW.conversation_id, NEW.subject_id);
    RETURN NULL;
END $$;
"""
DOER_JOINED = """INSERT INTO participant (conversation_id, user_id, audience)
        VALUES (NEW.conversation_id, NEW.actor_id, NEW.audience)
        ON CONFLICT (conversation_id, user_id) DO UPDATE SET
            audience = wider_audience(participant.audience, excluded.audience);"""
DOER_JOINS = "PERFORM take_part(NEW.conversation_id, NEW.actor_id, NEW.audience, 0);"

REACTED = """
CREATE OR REPLACE FUNCTION reaction_after_insert() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    {joins}
    RETURN NULL;
END $$;
"""
REACTOR_JOINED = """INSERT INTO participant (conversation_id, user_id, audience)
    SELECT conversation_id, NEW.user_id, audience FROM message WHERE id = NEW.message_id
    ON CONFLICT (conversation_id, user_id) DO UPDATE SET
        audience = wider_audience(participant.audience, excluded.audience);"""
REACTOR_JOINS = """PERFORM take_part(conversation_id, NEW.user_id, audience, 0)
    FROM message WHERE id = NEW.message_id;"""

# A policy has looked before the conversation's lock was had: who was put out meanwhile would come
# in again by what they say.
TAKE_PART = """
CREATE FUNCTION take_part(thread uuid, person uuid, level text, upto bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE participant SET
        last_read_seq = greatest(last_read_seq, upto),
        audience = wider_audience(audience, level)
    WHERE conversation_id = thread AND user_id = person;
    IF FOUND THEN RETURN; END IF;
    IF current_user_id() IS NOT NULL
       AND NOT EXISTS (SELECT FROM "user" WHERE id = person AND role = 'admin') THEN
        RAISE EXCEPTION 'they do not take part' USING ERRCODE = 'insufficient_privilege';
    END IF;
    INSERT INTO participant (conversation_id, user_id, audience, last_read_seq)
    VALUES (thread, person, level, upto)
    ON CONFLICT (conversation_id, user_id) DO UPDATE SET
        last_read_seq = greatest(participant.last_read_seq, excluded.last_read_seq),
        audience = wider_audience(participant.audience, excluded.audience);
END $$;
"""

PEOPLE = """
-- The answer is the same whether there is such a ticket.
CREATE FUNCTION ask_to_join(request uuid, wanted bigint, why text, told uuid) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE me uuid := current_user_id();
BEGIN
    -- One after the other: the limits are counted.
    PERFORM pg_advisory_xact_lock(28, hashtext(me::text));
    IF EXISTS (SELECT FROM ticket t JOIN participant p ON p.conversation_id = t.id
               WHERE t.number = wanted AND p.user_id = me) THEN
        RETURN 'there';
    ELSIF EXISTS (SELECT FROM join_request
                  WHERE person_id = me AND number = wanted AND state = 'waiting') THEN
        RETURN 'waiting';
    ELSIF (SELECT count(*) FROM join_request WHERE person_id = me AND state = 'waiting') >= 5 THEN
        RETURN 'many';
    ELSIF (SELECT count(*) FROM join_request
           WHERE person_id = me AND created_at > now() - interval '1 hour') >= 10 THEN
        RETURN 'often';
    END IF;
    INSERT INTO join_request (id, person_id, number, ticket_id, reason)
    VALUES (request, me, wanted, (SELECT id FROM ticket WHERE number = wanted), why);
    INSERT INTO event (id, kind, actor_id, subject_id, audience, data)
    VALUES (told, 'join_requested', me, me, 'admins',
            jsonb_build_object('request', request, 'number', wanted));
    RETURN 'asked';
END $$;

-- True when it changes anything. Who is there already reads so far from now on.
CREATE FUNCTION add_participant(thread uuid, person uuid, upto text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    their_role text;
    changed boolean;
BEGIN
    PERFORM 1 FROM conversation WHERE id = thread FOR NO KEY UPDATE;
    SELECT role INTO their_role FROM "user"
    WHERE id = person AND active AND role IN ('buyer', 'seller');
    IF NOT FOUND THEN
        RAISE EXCEPTION 'not an active buyer or seller' USING ERRCODE = 'check_violation';
    END IF;
    INSERT INTO participant (conversation_id, user_id, reads, follows)
    VALUES (thread, person, CASE their_role WHEN 'seller' THEN upto ELSE 'everyone' END, true)
    ON CONFLICT (conversation_id, user_id) DO UPDATE SET reads = excluded.reads
        WHERE participant.reads <> excluded.reads AND their_role = 'seller'
    RETURNING true INTO changed;
    DELETE FROM past_participant WHERE conversation_id = thread AND user_id = person;
    IF changed AND upto = 'everyone' THEN
        -- They are not to be called to what they cannot read.
        DELETE FROM notification n USING message m
        WHERE n.conversation_id = thread AND n.user_id = person
          AND m.conversation_id = thread AND m.seq = n.seq AND m.audience <> 'everyone';
    END IF;
    RETURN coalesce(changed, false);
END $$;

CREATE FUNCTION remove_participant(thread uuid, person uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM 1 FROM conversation WHERE id = thread FOR NO KEY UPDATE;
    IF EXISTS (SELECT FROM ticket WHERE id = thread AND person IN (buyer_id, seller_id))
       OR EXISTS (SELECT FROM "user" WHERE id = person AND role = 'admin') THEN
        RAISE EXCEPTION 'the ticket''s own parties and admins stay'
            USING ERRCODE = 'check_violation';
    END IF;
    INSERT INTO past_participant (conversation_id, user_id, audience)
    SELECT conversation_id, user_id, audience FROM participant
    WHERE conversation_id = thread AND user_id = person
    ON CONFLICT (conversation_id, user_id) DO UPDATE SET audience = excluded.audience;
    -- Nor does a role that they had before bring them back.
    DELETE FROM former_participant WHERE conversation_id = thread AND user_id = person;
    DELETE FROM participant WHERE conversation_id = thread AND user_id = person;
    RETURN FOUND;
END $$;

-- Whoever is let in is told of it.
CREATE FUNCTION addition_notifies() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO notification (conversation_id, user_id, seq, kind, created_at)
    SELECT NEW.conversation_id, NEW.subject_id, NEW.seq, 'added', NEW.created_at
    WHERE NEW.subject_id IS DISTINCT FROM NEW.actor_id
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER addition_notifies AFTER INSERT ON event
    FOR EACH ROW WHEN (NEW.kind = 'person_added') EXECUTE FUNCTION addition_notifies();
"""

# Function -> who may call it.
FUNCTIONS = {
    "take_part(uuid, uuid, text, bigint)": (),
    "ask_to_join(uuid, bigint, text, uuid)": ("buyer", "seller"),
    "add_participant(uuid, uuid, text)": ("admin",),
    "remove_participant(uuid, uuid)": ("admin",),
    "addition_notifies()": (),
}

ME = "(SELECT current_user_id())"
ASKED = "id, person_id, number, reason, state, word, created_at, decided_at"
DECISION = "state, word, decided_by, decided_at"
RIGHTS = [
    f"GRANT SELECT, UPDATE ({DECISION}) ON join_request TO supportdesk_admin",
    "CREATE POLICY admin_select ON join_request FOR SELECT TO supportdesk_admin USING (true)",
    "CREATE POLICY admin_update ON join_request FOR UPDATE TO supportdesk_admin"
    f" USING (state = 'waiting') WITH CHECK (decided_by = {ME})",
]
# Of what they ask for themselves, and nothing of the ticket.
for _role in ("buyer", "seller"):
    RIGHTS += [
        f"GRANT SELECT ({ASKED}) ON join_request TO supportdesk_{_role}",
        f"CREATE POLICY {_role}_select ON join_request FOR SELECT TO supportdesk_{_role}"
        f" USING (person_id = {ME})",
    ]

NEW_TABLES = ("past_participant", "join_request")


def _replace(*functions: str) -> None:
    """Only the owner may replace a function, and only who may create in its schema."""
    op.execute("GRANT CREATE ON SCHEMA public TO supportdesk_system")
    op.execute("SET LOCAL ROLE supportdesk_system")
    for function in functions:
        op.execute(function)
    op.execute("RESET ROLE")
    op.execute("REVOKE CREATE ON SCHEMA public FROM supportdesk_system")


def _own_functions() -> None:
    op.execute("GRANT CREATE ON SCHEMA public TO supportdesk_system")
    for function, callers in FUNCTIONS.items():
        op.execute(f"REVOKE EXECUTE ON FUNCTION {function} FROM PUBLIC")
        for role in callers:
            op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO supportdesk_{role}")
        op.execute(f"ALTER FUNCTION {function} OWNER TO supportdesk_system")
    op.execute("REVOKE CREATE ON SCHEMA public FROM supportdesk_system")


def upgrade() -> None:
    for part in (TABLES, TAKE_PART, PEOPLE):
        op.execute(part)
    _own_functions()
    for table in NEW_TABLES:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"GRANT ALL ON {table} TO supportdesk_system")
        op.execute(
            f"CREATE POLICY system_all ON {table} TO supportdesk_system"
            " USING (true) WITH CHECK (true)"
        )
    for statement in RIGHTS:
        op.execute(statement)
    _replace(
        FORMER_PEOPLE.format(them=FORMER_AND_PAST),
        MESSAGE_PLACED.format(joins=WRITER_JOINS),
        EVENT_TOLD.format(joins=DOER_JOINS),
        REACTED.format(joins=REACTOR_JOINS),
    )


def downgrade() -> None:
    _replace(
        FORMER_PEOPLE.format(them=FORMER),
        MESSAGE_PLACED.format(joins=WRITER_JOINED),
        EVENT_TOLD.format(joins=DOER_JOINED),
        REACTED.format(joins=REACTOR_JOINED),
    )
    op.execute("SET LOCAL ROLE supportdesk_system")
    op.execute("DELETE FROM notification WHERE kind = 'added'")
    op.execute("RESET ROLE")
    op.execute("DROP TRIGGER addition_notifies ON event")
    op.execute(f"DROP TABLE {', '.join(NEW_TABLES)}")
    op.execute(f"DROP FUNCTION {', '.join(FUNCTIONS)}")
    op.execute(
        "ALTER TABLE notification DROP CONSTRAINT notification_kind_known,"
        " ADD CONSTRAINT notification_kind_known CHECK"
        " (kind IN ('mention', 'message', 'assigned', 'status'))"
    )
