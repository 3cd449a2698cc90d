"""What a message brings about, in fewer statements: each costs more than what it does.

Its sender takes part, has read it and follows in one; what it means for the times of its ticket is
one; and whoever may write it may have that done to the ticket. What is said by a single expression
is spelled out where it is used.
"""

import runpy
from pathlib import Path

from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

PLACED = """
CREATE OR REPLACE FUNCTION message_after_insert() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE called uuid[] := '{}';
BEGIN
    -- Who writes has read what stood above, and wants to hear what comes.
    UPDATE participant SET
        last_read_seq = greatest(last_read_seq, NEW.seq),
        audience = wider_audience(audience, NEW.audience),
        follows = true
    WHERE conversation_id = NEW.conversation_id AND user_id = NEW.sender_id;
    IF NOT FOUND THEN
        PERFORM take_part(NEW.conversation_id, NEW.sender_id, NEW.audience, NEW.seq);
        PERFORM follow(NEW.conversation_id, ARRAY[NEW.sender_id]);
    END IF;
    IF NEW.audience = 'everyone' THEN
        -- Only the first answer, and the first of several messages in a row, change the ticket.
        UPDATE ticket SET
            first_response_at = CASE
                WHEN NEW.sender_id IS DISTINCT FROM coalesce(buyer_id, seller_id)
                THEN coalesce(first_response_at, NEW.created_at) ELSE first_response_at END,
            waiting_since = CASE
                WHEN status IN ('resolved', 'closed') THEN waiting_since
                WHEN NEW.sender_id = coalesce(buyer_id, seller_id)
                THEN coalesce(waiting_since, NEW.created_at) END
        WHERE id = NEW.conversation_id AND (
            first_response_at IS NULL
            AND NEW.sender_id IS DISTINCT FROM coalesce(buyer_id, seller_id)
            OR status NOT IN ('resolved', 'closed')
            AND (waiting_since IS NULL) = (NEW.sender_id = coalesce(buyer_id, seller_id)));
    END IF;
    IF NEW.mentions <> '{}' THEN
        called := called_by(NEW);
        PERFORM follow(NEW.conversation_id, called);
    END IF;
    INSERT INTO notification (conversation_id, user_id, seq, kind, created_at)
    SELECT NEW.conversation_id, p.user_id, NEW.seq,
           CASE WHEN wants.mention THEN 'mention' ELSE 'message' END, NEW.created_at
    FROM participant p
    JOIN "user" u ON u.id = p.user_id
    LEFT JOIN notification_preference choice ON choice.user_id = p.user_id
    CROSS JOIN LATERAL (
        SELECT p.user_id = ANY (called) AND coalesce(choice.mentions, true) AS mention,
               coalesce(choice.messages, true) AS message) AS wants
    WHERE p.conversation_id = NEW.conversation_id AND p.follows AND p.user_id <> NEW.sender_id
      AND u.active AND may_read(u.role, p.reads, NEW.audience) AND (wants.mention OR wants.message);
    RETURN NULL;
END $$;
"""
# Function -> what it says. Without a search path of its own it needs no call where it is named.
SAYS = {
    "current_user_id() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE": (
        "nullif(current_setting('supportdesk.user_id', true), '')::uuid"
    ),
    "wider_audience(a text, b text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE": (
        "CASE WHEN 'everyone' IN (a, b) THEN 'everyone'"
        " WHEN 'staff' IN (a, b) THEN 'staff' ELSE 'admins' END"
    ),
    "may_read(role text, reads text, level text) RETURNS boolean"
    " LANGUAGE sql IMMUTABLE PARALLEL SAFE": (
        "level = 'everyone' OR role = 'admin'"
        " OR (role = 'seller' AND level = 'staff' AND coalesce(reads, 'staff') = 'staff')"
    ),
}


def _before(start_of_name: str) -> dict[str, str]:
    (path,) = Path(__file__).parent.glob(f"{start_of_name}_*.py")
    return runpy.run_path(str(path))


def _as_system(*statements: str) -> None:
    """Only the owner may replace a function, and only who may create in its schema; and who makes
    a trigger has to be one who may call its function."""
    op.execute("GRANT CREATE ON SCHEMA public TO supportdesk_system")
    op.execute("SET LOCAL ROLE supportdesk_system")
    for statement in statements:
        op.execute(statement)
    op.execute("RESET ROLE")
    op.execute("REVOKE CREATE ON SCHEMA public FROM supportdesk_system")


def _refuse(when: str) -> None:
    """Who is blocked changes no ticket, `when` it is not their message that does."""
    op.execute("DROP TRIGGER refuse_blocked ON ticket")
    _as_system(
        "CREATE TRIGGER refuse_blocked BEFORE INSERT OR UPDATE ON ticket"
        f" FOR EACH STATEMENT {when} EXECUTE FUNCTION refuse_blocked()"
    )


def upgrade() -> None:
    for name in ("message_keeps_waiting", "message_notifies"):
        op.execute(f"DROP TRIGGER {name} ON message")
        _as_system(f"DROP FUNCTION {name}()")
    _as_system(
        PLACED,
        *(f"CREATE OR REPLACE FUNCTION {head} RETURN {says}" for head, says in SAYS.items()),
    )
    _refuse("WHEN (pg_trigger_depth() = 0)")


def downgrade() -> None:
    _refuse("")
    waiting = _before("0007")["WAITING"]
    keeps = waiting[waiting.index("CREATE FUNCTION message_keeps_waiting()") :]
    joining = _before("0023")
    notifying = _before("0022")
    searching = "SET search_path = public, pg_temp"
    _as_system(
        joining["MESSAGE_PLACED"].format(joins=joining["WRITER_JOINS"]),
        *(f"CREATE OR REPLACE FUNCTION {h} {searching} AS $$SELECT {s}$$" for h, s in SAYS.items()),
        keeps[: keeps.index("END $$;")] + "END $$;",
        notifying["NOTIFIES"].format(they_read=notifying["TOLD_NOW"]),
        *(
            f"REVOKE EXECUTE ON FUNCTION {name}() FROM PUBLIC"
            for name in ("message_keeps_waiting", "message_notifies")
        ),
        "CREATE TRIGGER message_keeps_waiting AFTER INSERT ON message FOR EACH ROW"
        " WHEN (NEW.audience = 'everyone') EXECUTE FUNCTION message_keeps_waiting()",
        "CREATE TRIGGER message_notifies AFTER INSERT ON message"
        " FOR EACH ROW EXECUTE FUNCTION message_notifies()",
    )
