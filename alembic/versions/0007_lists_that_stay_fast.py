"""Since when a requester waits, and what the list and the search read at a million tickets."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

WAITING = """
ALTER TABLE ticket ADD COLUMN waiting_since timestamptz;

-- The requester's earliest public message that nobody else has answered in public.
CREATE FUNCTION unanswered_since(thread uuid, requester uuid) RETURNS timestamptz
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT created_at FROM message
    WHERE conversation_id = thread AND sender_id = requester AND audience = 'everyone'
      AND seq > coalesce((
          SELECT seq FROM message WHERE conversation_id = thread AND sender_id <> requester
            AND audience = 'everyone' ORDER BY seq DESC LIMIT 1), 0)
    ORDER BY seq LIMIT 1
$$;

CREATE FUNCTION message_keeps_waiting() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    -- Only the first of several messages in a row changes the ticket.
    UPDATE ticket
    SET waiting_since = CASE WHEN NEW.sender_id = coalesce(buyer_id, seller_id)
        THEN NEW.created_at END
    WHERE id = NEW.conversation_id AND status NOT IN ('resolved', 'closed')
      AND (waiting_since IS NULL) = (NEW.sender_id = coalesce(buyer_id, seller_id));
    RETURN NULL;
END $$;

CREATE FUNCTION ticket_keeps_waiting() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.status IN ('resolved', 'closed') THEN
        NEW.waiting_since := NULL;
    ELSIF OLD.status IN ('resolved', 'closed') THEN
        NEW.waiting_since := unanswered_since(NEW.id, coalesce(NEW.buyer_id, NEW.seller_id));
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER message_keeps_waiting AFTER INSERT ON message
    FOR EACH ROW WHEN (NEW.audience = 'everyone') EXECUTE FUNCTION message_keeps_waiting();
CREATE TRIGGER ticket_keeps_waiting BEFORE UPDATE OF status ON ticket
    FOR EACH ROW EXECUTE FUNCTION ticket_keeps_waiting();

UPDATE ticket SET waiting_since = unanswered_since(id, coalesce(buyer_id, seller_id))
WHERE status NOT IN ('resolved', 'closed');
"""

# Days since 2000, four weeks and years of 52 weeks: words of their own, which nobody can search
# for, so that the index finds a word within a span of time without reading the word's whole past.
_DAY = "((created_at AT TIME ZONE 'UTC')::date - '2000-01-01'::date)"
SPANS = f"""array_to_tsvector(ARRAY[
    '~d' || {_DAY}::text, '~m' || ({_DAY} / 28)::text, '~y' || ({_DAY} / 364)::text])"""

ITSELF = "'00000000-0000-0000-0000-000000000000'"

LISTING = f"""
-- What admins filter and sort by, all in one place where it can be indexed together: each ticket
-- once, and once for each of its tags. No other role reads it: it tells of activity that is hidden
-- from them.
CREATE TABLE ticket_listing (
    ticket_id uuid NOT NULL REFERENCES ticket (id) ON DELETE CASCADE,
    -- Zero: the ticket itself. Nobody and never are values too, so that they stand in the indexes.
    tag_id uuid NOT NULL DEFAULT {ITSELF},
    number bigint NOT NULL,
    status text NOT NULL,
    urgency smallint NOT NULL,
    type text NOT NULL,
    assignee_id uuid NOT NULL,
    team_id uuid NOT NULL,
    active_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    waiting_since timestamptz NOT NULL,
    PRIMARY KEY (ticket_id, tag_id)
);

-- Each walk over an index yields the tickets of one status in the order of the list.
"""

WALKS = {
    "active": "active_at DESC, number DESC",
    "newest": "number DESC",
    # Urgency and number as one value, for the planner's sake.
    "urgency": "((urgency::bigint << 40) + number) DESC",
    "due": "due_at, (-number)",
    "waiting": "waiting_since, (-number)",
}
# What else may be asked for stands behind the order: it is looked at without leaving the index.
ASKED = ("urgency", "type", "team_id", "assignee_id", "due_at")
# With what else a page needs to know, the table is only read where something changed of late.
NEEDED = "ticket_id, number"

TEXT = f"""
-- What admins search tickets by. The second column has the names of the people too.
CREATE TABLE ticket_words (
    ticket_id uuid PRIMARY KEY REFERENCES ticket (id) ON DELETE CASCADE,
    subject tsvector NOT NULL,
    subject_and_people tsvector NOT NULL
);
CREATE INDEX ticket_words_idx ON ticket_words USING gin (subject_and_people);

ALTER TABLE message ADD COLUMN words tsvector
    GENERATED ALWAYS AS (to_tsvector('simple', body) || {SPANS}) STORED;
CREATE INDEX message_words_idx ON message USING gin (words);

CREATE INDEX participant_starred_idx ON participant (user_id, conversation_id) WHERE starred;
-- The listing has taken its place; without it, a message changes no index of its conversation.
DROP INDEX conversation_activity_idx;
"""

_LISTED = f"""
INSERT INTO ticket_listing (ticket_id, tag_id, number, status, urgency, type, assignee_id, team_id,
                            active_at, due_at, waiting_since)
SELECT t.id, label.tag_id, t.number, t.status,
       array_position('{{low,medium,high,urgent}}'::text[], t.priority), t.type,
       coalesce(t.assignee_id, {ITSELF}), coalesce(t.team_id, {ITSELF}), c.activity_admins,
       coalesce(t.due_at, 'infinity'), coalesce(t.waiting_since, 'infinity')
FROM ticket t JOIN conversation c ON c.id = t.id
"""
_WORDS = f"""
INSERT INTO ticket_words (ticket_id, subject, subject_and_people)
SELECT t.id, to_tsvector('simple', t.subject) || {SPANS.replace("created_at", "t.created_at")},
       to_tsvector('simple', concat_ws(' ', t.subject, buyer.name, seller.name, assignee.name))
           || {SPANS.replace("created_at", "t.created_at")}
FROM ticket t
LEFT JOIN "user" buyer ON buyer.id = t.buyer_id
LEFT JOIN "user" seller ON seller.id = t.seller_id
LEFT JOIN "user" assignee ON assignee.id = t.assignee_id
"""

BACKFILL = f"""
{_LISTED} JOIN LATERAL (
    SELECT {ITSELF}::uuid AS tag_id
    UNION ALL SELECT tag_id FROM ticket_tag WHERE ticket_id = t.id) label ON true;
{_WORDS};
"""

KEPT = f"""
CREATE FUNCTION put_ticket_words(tickets uuid[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    {_WORDS} WHERE t.id = ANY (tickets)
    ON CONFLICT (ticket_id) DO UPDATE SET
        subject = excluded.subject, subject_and_people = excluded.subject_and_people
$$;

CREATE FUNCTION list_new_ticket() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    {_LISTED} JOIN (SELECT {ITSELF}::uuid AS tag_id) label ON true WHERE t.id = NEW.id;
    PERFORM put_ticket_words(ARRAY[NEW.id]);
    RETURN NULL;
END $$;

CREATE FUNCTION list_changed_ticket() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE ticket_listing SET
        status = NEW.status, type = NEW.type,
        urgency = array_position('{{low,medium,high,urgent}}'::text[], NEW.priority),
        assignee_id = coalesce(NEW.assignee_id, {ITSELF}),
        team_id = coalesce(NEW.team_id, {ITSELF}),
        due_at = coalesce(NEW.due_at, 'infinity'),
        waiting_since = coalesce(NEW.waiting_since, 'infinity')
    WHERE ticket_id = NEW.id;
    IF (NEW.subject, NEW.assignee_id) IS DISTINCT FROM (OLD.subject, OLD.assignee_id) THEN
        PERFORM put_ticket_words(ARRAY[NEW.id]);
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION list_active_ticket() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE ticket_listing SET active_at = NEW.activity_admins WHERE ticket_id = NEW.id;
    RETURN NULL;
END $$;

CREATE FUNCTION list_tagged_ticket() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    -- Whatever changes the ticket meanwhile changes this row too: it waits for us, in the order in
    -- which every command takes these two.
    PERFORM 1 FROM conversation WHERE id = NEW.ticket_id FOR NO KEY UPDATE;
    PERFORM 1 FROM ticket WHERE id = NEW.ticket_id FOR NO KEY UPDATE;
    {_LISTED} JOIN (SELECT NEW.tag_id AS tag_id) label ON true WHERE t.id = NEW.ticket_id;
    RETURN NULL;
END $$;

CREATE FUNCTION unlist_untagged_ticket() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    DELETE FROM ticket_listing WHERE ticket_id = OLD.ticket_id AND tag_id = OLD.tag_id;
    RETURN NULL;
END $$;

CREATE FUNCTION list_renamed_person() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM put_ticket_words(array_agg(id)) FROM ticket
    WHERE NEW.id IN (buyer_id, seller_id, assignee_id);
    RETURN NULL;
END $$;

CREATE TRIGGER list_new_ticket AFTER INSERT ON ticket
    FOR EACH ROW EXECUTE FUNCTION list_new_ticket();
CREATE TRIGGER list_changed_ticket AFTER UPDATE ON ticket FOR EACH ROW WHEN (
    (NEW.status, NEW.type, NEW.priority, NEW.assignee_id, NEW.team_id, NEW.due_at,
     NEW.waiting_since, NEW.subject)
    IS DISTINCT FROM
    (OLD.status, OLD.type, OLD.priority, OLD.assignee_id, OLD.team_id, OLD.due_at,
     OLD.waiting_since, OLD.subject))
    EXECUTE FUNCTION list_changed_ticket();
CREATE TRIGGER list_active_ticket AFTER UPDATE ON conversation FOR EACH ROW
    WHEN (NEW.activity_admins <> OLD.activity_admins) EXECUTE FUNCTION list_active_ticket();
CREATE TRIGGER list_tagged_ticket AFTER INSERT ON ticket_tag
    FOR EACH ROW EXECUTE FUNCTION list_tagged_ticket();
CREATE TRIGGER unlist_untagged_ticket AFTER DELETE ON ticket_tag
    FOR EACH ROW EXECUTE FUNCTION unlist_untagged_ticket();
CREATE TRIGGER list_renamed_person AFTER UPDATE ON "user" FOR EACH ROW
    WHEN (NEW.name <> OLD.name) EXECUTE FUNCTION list_renamed_person();
"""

TRIGGERS = {
    "message_keeps_waiting": "message", "ticket_keeps_waiting": "ticket",
    "list_new_ticket": "ticket", "list_changed_ticket": "ticket",
    "list_active_ticket": "conversation", "list_tagged_ticket": "ticket_tag",
    "unlist_untagged_ticket": "ticket_tag", "list_renamed_person": '"user"',
}  # fmt: skip
HELPERS = ("put_ticket_words(uuid[])", "unanswered_since(uuid, uuid)")
# Nobody calls any of them directly.
FUNCTIONS = (*(f"{name}()" for name in TRIGGERS), *HELPERS)


def _walks() -> None:
    """Zero is a constant in some, because an index that serves it alone is half as large."""
    for walk, order in WALKS.items():
        behind = ", ".join(column for column in ASKED if not order.startswith(column))
        op.execute(
            f"CREATE INDEX ticket_listing_{walk}_idx ON ticket_listing"
            f" (tag_id, status, {order}, {behind}) INCLUDE ({NEEDED})"
        )
        # An admin's own are one in hundreds: too few to pass all the others on the way to them.
        op.execute(
            f"CREATE INDEX ticket_listing_assignee_{walk}_idx ON ticket_listing"
            f" (status, assignee_id, {order}) INCLUDE ({NEEDED}, urgency)"
            f" WHERE tag_id = {ITSELF}"
        )
    # For what is counted, and for what is so rare that it is faster found than met on a walk.
    op.execute(
        "CREATE INDEX ticket_listing_asked_idx ON ticket_listing"
        f" (tag_id, status, {', '.join(ASKED)})"
    )


def _admins_see(table: str) -> None:
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"GRANT ALL ON {table} TO supportdesk_system")
    op.execute(
        f"CREATE POLICY system_all ON {table} TO supportdesk_system USING (true) WITH CHECK (true)"
    )
    op.execute(f"GRANT SELECT ON {table} TO supportdesk_admin")
    op.execute(
        f"CREATE POLICY admin_select ON {table} FOR SELECT TO supportdesk_admin USING (true)"
    )


def upgrade() -> None:
    op.execute(WAITING)
    op.execute(LISTING)
    op.execute(TEXT)
    op.execute(BACKFILL)
    op.execute(KEPT)
    _walks()
    for table in ("ticket_listing", "ticket_words"):
        _admins_see(table)
    # They see every audience anyway, and full text comes after a policy that has to be looked at.
    for table in ("message", "event"):
        op.execute(f"ALTER POLICY admin_select ON {table} USING (true)")
    op.execute("GRANT CREATE ON SCHEMA public TO supportdesk_system")
    for function in FUNCTIONS:
        op.execute(f"REVOKE EXECUTE ON FUNCTION {function} FROM PUBLIC")
        op.execute(f"ALTER FUNCTION {function} OWNER TO supportdesk_system")
    op.execute("REVOKE CREATE ON SCHEMA public FROM supportdesk_system")


def downgrade() -> None:
    for table in ("message", "event"):
        op.execute(
            f"ALTER POLICY admin_select ON {table}"
            " USING (true AND audience IN ('everyone', 'staff', 'admins'))"
        )
    for name, table in TRIGGERS.items():
        op.execute(f"DROP TRIGGER {name} ON {table}")
    op.execute(f"DROP FUNCTION {', '.join(FUNCTIONS)}")
    op.execute("DROP TABLE ticket_words, ticket_listing")
    op.execute("ALTER TABLE message DROP COLUMN words")
    op.execute("ALTER TABLE ticket DROP COLUMN waiting_since")
    op.execute("DROP INDEX participant_starred_idx")
    op.execute(
        "CREATE INDEX conversation_activity_idx ON conversation (activity_admins DESC, id DESC)"
    )
