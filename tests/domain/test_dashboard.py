"""The numbers on the tabs of the dashboard: what they are of, and that they stay cheap."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from supportdesk.domain.commands import desk_rules, filing
from supportdesk.domain.commands.filing import NewTicket
from supportdesk.domain.queries import dashboard
from tests.domain.test_audit import LONG, with_all_below


async def test_settings_are_counted_that_admins_have_set(cast):
    assert (await dashboard.counts_for(cast.ada))["settings"] == "0"
    await desk_rules.choose(cast.ada, "welcome", "Hello.")
    await desk_rules.choose(cast.ada, "message_max_length", "900")
    assert (await dashboard.counts_for(cast.abe))["settings"] == "2"
    await desk_rules.choose(cast.abe, "welcome", "", "Hello.")
    assert (await dashboard.counts_for(cast.ada))["settings"] == "1"


async def test_each_day_is_counted_from_its_beginning(cast, ask):
    for _ in range(3):
        await filing.file_ticket(cast.bea, NewTicket("A lamp", "It flickers."))
    ask("UPDATE ticket SET created_at = now() - interval '3 hours' WHERE number > 1")
    logged = ask("SELECT count(*) FROM event")[0]
    now = datetime.now(UTC)
    days = {"here": now - timedelta(hours=1), "there": now - timedelta(hours=9), "not yet": now}
    assert await dashboard.today_for(cast.ada, days) == {
        "here": {"reports": "1", "audit": str(logged)},
        "there": {"reports": "3", "audit": str(logged)},
        "not yet": {"reports": "0", "audit": "0"},
    }


async def test_nobody_else_counts_anything(cast, ticket):
    for actor in (cast.bea, cast.sol):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await dashboard.today_for(actor, {"here": datetime.now(UTC) - timedelta(days=1)})


async def test_only_what_is_of_today_is_read_however_long_the_log_is(cast, database, ask):
    with psycopg.connect(database.owner_url, autocommit=True) as connection:
        connection.execute(LONG)
        connection.execute("VACUUM ANALYZE event")
    hour, ever = datetime.now(UTC) - timedelta(minutes=60.5), datetime(2000, 1, 1, tzinfo=UTC)
    found = await dashboard.today_for(cast.ada, {"hour": hour, "ever": ever})
    assert [each["audit"] for each in found.values()] == ["60", "1,000+"]
    since = dashboard._SINCE.format(f"ARRAY['{hour}', '{ever}']")
    with psycopg.connect(database.owner_url) as connection:
        connection.execute("SET LOCAL ROLE supportdesk_admin")
        explain = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {since}"
        (found_plan,) = connection.execute(explain).fetchone() or ([],)  # type: ignore[arg-type]
    nodes: list[dict[str, Any]] = list(with_all_below(found_plan[0]["Plan"]))
    (of_log,) = [node for node in nodes if node.get("Relation Name") == "event"]
    assert of_log["Index Name"] == "event_created_at_idx"
    assert of_log["Actual Rows"] * of_log["Actual Loops"] <= 60 + 1001
