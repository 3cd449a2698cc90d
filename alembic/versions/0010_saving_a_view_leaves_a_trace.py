"""Everybody may tell that they saved, changed or deleted a view: an event of no conversation.

It is for the admins' log alone, and wakes the owner's other screens.
"""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

CONDITION = """
    actor_id = (SELECT current_user_id()) AND conversation_id IS NULL AND NOT in_thread
    AND audience = 'admins' AND kind IN ('view_saved', 'view_changed', 'view_deleted')
"""


def upgrade() -> None:
    for role in ("buyer", "seller"):  # Admins may tell of anything they did.
        op.execute(
            f"CREATE POLICY {role}_insert_view ON event FOR INSERT TO supportdesk_{role}"
            f" WITH CHECK ({CONDITION})"
        )


def downgrade() -> None:
    for role in ("buyer", "seller"):
        op.execute(f"DROP POLICY {role}_insert_view ON event")
