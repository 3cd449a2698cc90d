"""What somebody did last stands on their page as soon as on any, however long the log is."""

from __future__ import annotations

from typing import Any

import psycopg

from supportdesk.domain.queries.person import DEEDS, person_for
from tests.domain.test_audit import LONG, with_all_below
from tests.load._statements import Watch

LONG_AGO = """
INSERT INTO event (id, kind, actor_id, subject_id, audience, created_at)
SELECT gen_random_uuid(), 'sessions_ended', %s, %s, 'admins',
       now() - interval '9 years' - n * interval '1 minute'
FROM generate_series(1, 10000) n
"""


async def test_it_is_a_walk_over_an_index(cast, database):
    """Also of somebody who did very much, but long ago, and of whom much was done to."""
    with psycopg.connect(database.owner_url, autocommit=True) as connection:
        connection.execute(LONG)
        connection.execute(LONG_AGO, [cast.ada.user_id, cast.max.user_id])
        connection.execute("VACUUM ANALYZE event")
    for whose, count in ((cast.bea, DEEDS), (cast.ada, DEEDS), (cast.max, DEEDS), (cast.ben, 0)):
        with Watch() as watch:
            assert len((await person_for(cast.abe, whose.user_id)).deeds) == count
            nodes = [node for top in await watch.plans(cast.abe) for node in with_all_below(top)]
        of_log = [node for node in nodes if node.get("Relation Name") == "event"]
        assert all(node["Node Type"] != "Seq Scan" for node in of_log), whose
        assert max(map(looked_at, of_log)) < 1000, (whose, nodes)


def looked_at(node: dict[str, Any]) -> float:
    rows = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
    return float(rows * node["Actual Loops"])
