"""What goes wrong in a desk's life, done to it on purpose."""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from collections.abc import Callable

import psycopg

from tests.support.desk import ROOT, Desk

PATIENCE = 30


def end_listener(desk: Desk) -> int:
    """Cut the connections on which the desk's servers listen; return how many there were."""
    with psycopg.connect(desk.owner_url, autocommit=True) as connection:
        ended = connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'supportdesk-listener'"
        ).fetchall()
    return len(ended)


def listening(desk: Desk) -> bool:
    with psycopg.connect(desk.owner_url, autocommit=True) as connection:
        found = connection.execute(
            "SELECT 1 FROM pg_stat_activity WHERE application_name = 'supportdesk-listener'"
            " AND query LIKE 'LISTEN%'"
        ).fetchone()
    return found is not None


async def until(holds: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Wait for something outside, which cannot tell us when it has come about."""
    deadline = time.monotonic() + seconds
    while not await asyncio.to_thread(holds):
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)


async def stop_database(desk: Desk) -> None:
    """End PostgreSQL under the desk, which started it and is not asked."""
    process = desk.cluster.process()
    assert process is not None
    process.send_signal(signal.SIGINT)
    await until(lambda: desk.cluster.process() is None)


async def start_database(desk: Desk) -> None:
    """Start it as nobody's child, so that the desk can stop it in the end."""
    start = "import sys, pathlib; from supportdesk.database.cluster import Cluster;"
    start += "Cluster(pathlib.Path(sys.argv[1])).start()"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", start, str(desk.cluster.data), cwd=ROOT
    )
    assert await process.wait() == 0
