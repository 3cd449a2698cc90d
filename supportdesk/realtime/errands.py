"""Work that nobody waits for."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine

from supportdesk.database.engine import DatabaseUnavailable

_log = logging.getLogger(__name__)


class Errands:
    """Holds the tasks, which the event loop by itself would let go; failures are logged."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def run(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(_quietly(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _quietly(work: Coroutine[None, None, None]) -> None:
    try:
        await work
    except DatabaseUnavailable:
        _log.warning("the database is away; what was seen is noted the next time")
    except Exception:
        _log.exception("work for a browser failed")
