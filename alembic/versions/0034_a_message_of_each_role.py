"""`post_message` once for each role: what it says inside is planned with the policies of the role
that calls it, and a connection keeps such a plan only until another role calls the same function.
"""

import runpy
from pathlib import Path

from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

BEFORE = runpy.run_path(str(Path(__file__).with_name("0020_a_message_at_once.py")))
ROLES = ("buyer", "seller", "admin")
ARGUMENTS = "(uuid, uuid, text, text, uuid, uuid, text[])"


def upgrade() -> None:
    op.execute("GRANT CREATE ON SCHEMA public TO supportdesk_system")
    for role in ROLES:
        name = f"post_message_as_{role}"
        op.execute(BEFORE["POST"].replace("FUNCTION post_message(", f"FUNCTION {name}("))
        op.execute(f"REVOKE ALL ON FUNCTION {name}{ARGUMENTS} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {name}{ARGUMENTS} TO supportdesk_{role}")
        # A function can only be given to a role that may create in its schema.
        op.execute(f"ALTER FUNCTION {name}{ARGUMENTS} OWNER TO supportdesk_system")
    op.execute("REVOKE CREATE ON SCHEMA public FROM supportdesk_system")
    BEFORE["downgrade"]()


def downgrade() -> None:
    BEFORE["upgrade"]()
    for role in ROLES:
        op.execute(f"DROP FUNCTION post_message_as_{role}{ARGUMENTS}")
