"""Admins list what sellers have filed: the listing has those tickets once more, as if tagged.

A walk over them then is like a walk over a tag, and a desk where sellers file one in a thousand
lists them as fast as one where they file half.
"""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

ITSELF = "'00000000-0000-0000-0000-000000000000'"
BY_SELLER = "'00000000-0000-0000-0000-000000000001'"
LISTED = f"""
INSERT INTO ticket_listing (ticket_id, tag_id, number, status, urgency, type, assignee_id, team_id,
                            active_at, due_at, waiting_since)
SELECT t.id, label.tag_id::uuid, t.number, t.status,
       array_position('{{low,medium,high,urgent}}'::text[], t.priority), t.type,
       coalesce(t.assignee_id, {ITSELF}), coalesce(t.team_id, {ITSELF}), c.activity_admins,
       coalesce(t.due_at, 'infinity'), coalesce(t.waiting_since, 'infinity')
FROM ticket t JOIN conversation c ON c.id = t.id
"""
LIST_NEW = """
CREATE OR REPLACE FUNCTION list_new_ticket() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    {listed} WHERE t.id = NEW.id;
    PERFORM put_ticket_words(ARRAY[NEW.id]);
    RETURN NULL;
END $$
"""
BOTH = f"""(VALUES ({ITSELF}), ({BY_SELLER})) label (tag_id)
    ON label.tag_id = {ITSELF} OR t.buyer_id IS NULL"""


def _as_system(*statements: str) -> None:
    """Only the owner may replace a function, and only who may create in its schema; and the one
    who migrates may be held back by the policies, as anybody is."""
    op.execute("GRANT CREATE ON SCHEMA public TO supportdesk_system")
    op.execute("SET LOCAL ROLE supportdesk_system")
    for statement in statements:
        op.execute(statement)
    op.execute("RESET ROLE")
    op.execute("REVOKE CREATE ON SCHEMA public FROM supportdesk_system")


def upgrade() -> None:
    _as_system(
        LIST_NEW.format(listed=f"{LISTED} JOIN {BOTH}"),
        f"{LISTED} JOIN (VALUES ({BY_SELLER})) label (tag_id) ON t.buyer_id IS NULL",
    )


def downgrade() -> None:
    itself = f"(VALUES ({ITSELF})) label (tag_id) ON true"
    _as_system(
        f"DELETE FROM ticket_listing WHERE tag_id = {BY_SELLER}",
        LIST_NEW.format(listed=f"{LISTED} JOIN {itself}"),
    )
