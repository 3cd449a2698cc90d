"""Sellers may tell that they made a tag, by using one: an event of no conversation.

It is for the admins' log alone, and has everybody's boxes offer the tag.
"""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

CONDITION = """
    actor_id = (SELECT current_user_id()) AND conversation_id IS NULL AND NOT in_thread
    AND audience = 'admins' AND kind = 'tag_created'
"""


def upgrade() -> None:
    # Admins may tell of anything they did; buyers make no tags.
    op.execute(
        "CREATE POLICY seller_insert_tag ON event FOR INSERT TO supportdesk_seller"
        f" WITH CHECK ({CONDITION})"
    )


def downgrade() -> None:
    op.execute("DROP POLICY seller_insert_tag ON event")
