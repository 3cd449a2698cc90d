"""A plain message is posted by one call: what it says, what is told of it, and its draft gone.

With the caller's own rights, as the statements by themselves would be. Anything that is not so
plain, or is to be refused, it leaves to the long way, which knows what to say.
"""

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

SIGNATURE = "post_message(uuid, uuid, text, text, uuid, uuid, text[])"
POST = """
CREATE FUNCTION post_message(
    new_id uuid, thread uuid, said text, level text, client uuid, event_id uuid, plain text[]
) RETURNS bigint
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    place bigint;
    me uuid := current_user_id();
BEGIN
    INSERT INTO message (id, conversation_id, sender_id, body, audience, client_id)
    VALUES (new_id, thread, me, said, level, client) RETURNING seq INTO place;
    IF place IS NULL THEN
        RETURN NULL;  -- the same send, tried again
    END IF;
    -- Not before the insert did this transaction hold the conversation: now its status stays.
    IF NOT EXISTS (SELECT FROM ticket WHERE id = thread AND status = ANY (plain)) THEN
        RAISE EXCEPTION 'not so plain' USING ERRCODE = 'restrict_violation';
    END IF;
    INSERT INTO event (id, kind, actor_id, conversation_id, subject_id, audience, in_thread, data)
    VALUES (event_id, 'message_posted', me, thread, new_id, level, false, '{}');
    DELETE FROM draft WHERE owner_id = me AND conversation_id = thread;
    RETURN place;
EXCEPTION
    WHEN insufficient_privilege OR foreign_key_violation OR not_null_violation
        OR check_violation OR restrict_violation THEN
        RETURN NULL;
END $$;
"""


def upgrade() -> None:
    op.execute(POST)
    op.execute(f"REVOKE ALL ON FUNCTION {SIGNATURE} FROM PUBLIC")
    op.execute(
        f"GRANT EXECUTE ON FUNCTION {SIGNATURE}"
        " TO supportdesk_buyer, supportdesk_seller, supportdesk_admin"
    )
    # A function can only be given to a role that may create in its schema.
    op.execute("GRANT CREATE ON SCHEMA public TO supportdesk_system")
    op.execute(f"ALTER FUNCTION {SIGNATURE} OWNER TO supportdesk_system")
    op.execute("REVOKE CREATE ON SCHEMA public FROM supportdesk_system")


def downgrade() -> None:
    op.execute(f"DROP FUNCTION {SIGNATURE}")
