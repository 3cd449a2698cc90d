"""No person has a time zone: each of their browsers has, and says so.

It was kept for what was sealed for reports, which is of all zones by now, and changed with each
browser that connected from elsewhere, which no log told.
"""

import runpy
from pathlib import Path

from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

PEOPLE = "supportdesk_buyer, supportdesk_seller, supportdesk_admin"
# Function -> what it has said of zones.
KEPT = {
    ("ERASING", "erase_person"): " timezone = 'UTC',",
    ("EXPORTING", "kept_of"): " 'timezone', u.timezone,",
}
SESSION_ACTOR = """
CREATE FUNCTION session_actor(hash bytea)
RETURNS TABLE (session_id uuid, user_id uuid, role text, name text, email text,{declared}
               expires_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT s.id, u.id, u.role, u.name, u.email,{found} s.expires_at
    FROM session s JOIN "user" u ON u.id = s.user_id
    WHERE s.token_hash = hash AND s.ended_at IS NULL AND s.expires_at > now() AND u.active
$$;
"""


def _functions(*, without_zones: bool) -> str:
    """As 0025 has them, or without what they say of zones."""
    before = runpy.run_path(str(Path(__file__).with_name("0025_a_person_is_forgotten.py")))
    found = []
    for (part, name), of_zones in KEPT.items():
        start = before[part].index(f"CREATE FUNCTION {name}(")
        function = before[part][start : before[part].index("END $$;", start)] + "END $$;"
        if without_zones:
            function = function.replace(of_zones, "")
        found.append(function.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"))
    return "\n".join(found)


def _as_system(functions: str, session_actor: str) -> None:
    """Only the owner may replace a function, and only who may create in its schema."""
    op.execute("GRANT CREATE ON SCHEMA public TO supportdesk_system")
    op.execute("SET LOCAL ROLE supportdesk_system")
    op.execute(functions)
    op.execute("DROP FUNCTION session_actor(bytea)")
    op.execute(session_actor)
    op.execute("REVOKE EXECUTE ON FUNCTION session_actor(bytea) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION session_actor(bytea) TO supportdesk_nobody")
    op.execute("RESET ROLE")
    op.execute("REVOKE CREATE ON SCHEMA public FROM supportdesk_system")


def upgrade() -> None:
    _as_system(_functions(without_zones=True), SESSION_ACTOR.format(declared="", found=""))
    # It was all that they could change of themselves.
    op.execute('DROP POLICY buyer_update ON "user"')
    op.execute('DROP POLICY seller_update ON "user"')
    op.execute('ALTER TABLE "user" DROP COLUMN timezone')


def downgrade() -> None:
    op.execute("ALTER TABLE \"user\" ADD COLUMN timezone text NOT NULL DEFAULT 'UTC'")
    op.execute(f'GRANT SELECT (timezone), UPDATE (timezone) ON "user" TO {PEOPLE}')
    for role in ("buyer", "seller"):
        op.execute(
            f'CREATE POLICY {role}_update ON "user" FOR UPDATE TO supportdesk_{role}'
            " USING (id = (SELECT current_user_id()))"
        )
    _as_system(
        _functions(without_zones=False),
        SESSION_ACTOR.format(declared=" timezone text,", found=" u.timezone,"),
    )
