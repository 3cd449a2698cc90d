"""How far each participant reads.

It went by role alone. Now a seller may take part in a conversation and read only what is said to
everyone there, as a guest does: neither what the staff says among itself, nor its tags and notes.
"""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

TABLE = """
-- How far they read what their role may read at all.
ALTER TABLE participant ADD COLUMN reads text NOT NULL DEFAULT 'staff',
    ADD CONSTRAINT participant_reads_known CHECK (reads IN ('everyone', 'staff'));
CREATE INDEX participant_guest_idx ON participant (user_id, conversation_id)
    WHERE reads = 'everyone';
ALTER TABLE former_participant ADD COLUMN reads text NOT NULL DEFAULT 'staff';
"""

READING = """
-- Where the actor reads only what is said to everyone, although their role may read more.
CREATE FUNCTION my_guest_conversations() RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce(array_agg(conversation_id), '{}')
    FROM participant WHERE user_id = current_user_id() AND reads = 'everyone'
$$;

-- How much has been said there and when last, as far as the actor may know it.
CREATE FUNCTION staff_side(threads uuid[])
RETURNS TABLE (id uuid, guest boolean, messages integer, active_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT c.id, p.reads = 'everyone',
           CASE WHEN p.reads = 'everyone' THEN c.messages_everyone ELSE c.messages_staff END,
           CASE WHEN p.reads = 'everyone' THEN c.activity_everyone ELSE c.activity_staff END
    FROM participant p JOIN conversation c ON c.id = p.conversation_id
    WHERE p.user_id = current_user_id() AND p.conversation_id = ANY (threads)
$$;

CREATE FUNCTION may_read(role text, reads text, level text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = public, pg_temp AS $$
    SELECT level = 'everyone' OR role = 'admin'
        OR (role = 'seller' AND level = 'staff' AND coalesce(reads, 'staff') = 'staff')
$$;
"""

# What was so before, and what is so now.
MY_PEOPLE = """
CREATE OR REPLACE FUNCTION my_people(audiences text[]) RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    {found}
$$;
"""
PEOPLE_BEFORE = """
    SELECT coalesce(array_agg(DISTINCT them.user_id), '{}')
    FROM participant me JOIN participant them USING (conversation_id)
    WHERE me.user_id = current_user_id() AND them.audience = ANY (audiences)
"""
PEOPLE_NOW = f"{PEOPLE_BEFORE}      AND (me.reads = 'staff' OR them.audience = 'everyone')"

FORMER_PEOPLE = """
CREATE OR REPLACE FUNCTION former_people(audiences text[]) RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce(array_agg(DISTINCT them.user_id), '{{}}')
    FROM participant me JOIN former_participant them USING (conversation_id)
    WHERE me.user_id = current_user_id() AND them.audience = ANY (audiences)
    {as_staff}
$$;
"""
AS_STAFF_OR_KNOWN = "  AND (me.reads = 'staff' OR them.audience = 'everyone')"

# What somebody saw in one role comes back with that role, as far as they were let see it.
LEAVES = """
CREATE OR REPLACE FUNCTION user_leaves_conversations() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    WITH gone AS (DELETE FROM participant WHERE user_id = NEW.id RETURNING *)
    INSERT INTO former_participant
        (conversation_id, user_id, role, audience, last_read_seq, starred, follows{reads})
    SELECT conversation_id, user_id, OLD.role, audience, last_read_seq, starred, follows{reads}
    FROM gone;
    WITH back AS (
        DELETE FROM former_participant WHERE user_id = NEW.id AND role = NEW.role RETURNING *)
    INSERT INTO participant
        (conversation_id, user_id, audience, last_read_seq, starred, follows{reads})
    SELECT conversation_id, user_id, audience, last_read_seq, starred, follows{reads} FROM back;
    RETURN NULL;
END $$;
"""

CALLED_BY = """
CREATE OR REPLACE FUNCTION called_by(said message) RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce(array_agg(them.id), '{{}}')
    FROM jsonb_object_keys(said.mentions) AS key
    JOIN "user" them ON them.id = key::uuid
    JOIN "user" sender ON sender.id = said.sender_id
    LEFT JOIN participant p
        ON p.conversation_id = said.conversation_id AND p.user_id = them.id
    {me}
    WHERE them.active AND them.id <> sender.id AND {they_read}
      AND CASE WHEN them.role = 'admin' AND sender.role <> 'buyer' THEN true
               ELSE {i_know} END
$$;
"""
CALLED_BEFORE = {
    "me": "",
    "they_read": "may_read(them.role, said.audience)",
    "i_know": "may_read(sender.role, p.audience)",
}
CALLED_NOW = {
    "me": """LEFT JOIN participant me
        ON me.conversation_id = said.conversation_id AND me.user_id = sender.id""",
    "they_read": "may_read(them.role, p.reads, said.audience)",
    "i_know": "may_read(sender.role, me.reads, p.audience)",
}

NOTIFIES = """
CREATE OR REPLACE FUNCTION message_notifies() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE called uuid[] := '{{}}';
BEGIN
    IF NEW.mentions <> '{{}}' THEN
        called := called_by(NEW);
        PERFORM follow(NEW.conversation_id, called);
    END IF;
    UPDATE participant SET follows = true
    WHERE conversation_id = NEW.conversation_id AND user_id = NEW.sender_id AND NOT follows;
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
      AND u.active AND {they_read} AND (wants.mention OR wants.message);
    RETURN NULL;
END $$;
"""
TOLD_BEFORE, TOLD_NOW = (
    "may_read(u.role, NEW.audience)",
    "may_read(u.role, p.reads, NEW.audience)",
)

MAY_READ_BEFORE = """
CREATE FUNCTION may_read(role text, level text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = public, pg_temp AS $$
    SELECT level = 'everyone' OR role = 'admin' OR (role = 'seller' AND level = 'staff')
$$;
REVOKE EXECUTE ON FUNCTION may_read(text, text) FROM PUBLIC;
"""

# Function -> who may call it.
FUNCTIONS = {
    "my_guest_conversations()": ("buyer", "seller", "admin"),
    "staff_side(uuid[])": ("seller",),
    "may_read(text, text, text)": (),
}

ME = "(SELECT current_user_id())"
MINE = "conversation_id = ANY ((SELECT my_conversations())::uuid[])"
AS_STAFF = "<> ALL ((SELECT my_guest_conversations())::uuid[])"
BOTH = "audience IN ('everyone', 'staff')"
SEEN = f"(audience = 'everyone' OR (audience = 'staff' AND conversation_id {AS_STAFF}))"
TAGS = "ticket_id = ANY ((SELECT my_conversations())::uuid[])"
TAGS_SEEN = f"{TAGS} AND ticket_id {AS_STAFF}"


def _seller_policies(mine_seen: str, tags: str) -> list[str]:
    """What sellers read and write of what the staff has among itself."""
    return [
        f"ALTER POLICY seller_select ON message USING ({mine_seen})",
        f"ALTER POLICY seller_insert ON message WITH CHECK (sender_id = {ME} AND {mine_seen})",
        f"ALTER POLICY seller_select ON event USING ({mine_seen})",
        f"ALTER POLICY seller_insert ON event WITH CHECK (actor_id = {ME} AND {mine_seen})",
        f"ALTER POLICY seller_select ON participant USING (user_id = {ME} OR ({mine_seen}))",
        f"ALTER POLICY seller_select ON ticket_tag USING ({tags})",
        f"ALTER POLICY seller_insert ON ticket_tag WITH CHECK (added_by = {ME} AND {tags})",
        f"ALTER POLICY seller_delete ON ticket_tag USING ({tags})",
        f"ALTER POLICY seller_select ON ticket_note USING ({tags})",
        f"ALTER POLICY seller_insert ON ticket_note WITH CHECK (updated_by = {ME} AND {tags})",
        f"ALTER POLICY seller_update ON ticket_note USING ({tags})"
        f" WITH CHECK (updated_by = {ME} AND {tags})",
    ]


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
    op.execute(TABLE)
    op.execute(READING)
    _own_functions()
    _replace(
        MY_PEOPLE.format(found=PEOPLE_NOW),
        FORMER_PEOPLE.format(as_staff=AS_STAFF_OR_KNOWN),
        LEAVES.format(reads=", reads"),
        CALLED_BY.format(**CALLED_NOW),
        NOTIFIES.format(they_read=TOLD_NOW),
        "DROP FUNCTION may_read(text, text)",
    )
    for statement in _seller_policies(f"{MINE} AND {SEEN}", TAGS_SEEN):
        op.execute(statement)
    op.execute(
        "REVOKE SELECT (messages_staff, activity_staff) ON conversation FROM supportdesk_seller"
    )


def downgrade() -> None:
    op.execute(
        "GRANT SELECT (messages_staff, activity_staff) ON conversation TO supportdesk_seller"
    )
    for statement in _seller_policies(f"{MINE} AND {BOTH}", TAGS):
        op.execute(statement)
    _replace(
        MAY_READ_BEFORE,
        MY_PEOPLE.format(found=PEOPLE_BEFORE),
        FORMER_PEOPLE.format(as_staff=""),
        LEAVES.format(reads=""),
        CALLED_BY.format(**CALLED_BEFORE),
        NOTIFIES.format(they_read=TOLD_BEFORE),
    )
    op.execute("SET LOCAL ROLE supportdesk_system")
    # Who was let read a part would read all of it.
    op.execute("DELETE FROM participant WHERE reads = 'everyone'")
    op.execute("DELETE FROM former_participant WHERE reads = 'everyone'")
    op.execute("RESET ROLE")
    op.execute(f"DROP FUNCTION {', '.join(FUNCTIONS)}")
    op.execute("ALTER TABLE participant DROP COLUMN reads")
    op.execute("ALTER TABLE former_participant DROP COLUMN reads")
