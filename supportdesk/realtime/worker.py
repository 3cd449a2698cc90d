"""A task that runs when woken, once for any number of wakings that came meanwhile."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from supportdesk.database.engine import DatabaseUnavailable

_log = logging.getLogger(__name__)
_RETRY_SECONDS = 0.2
# So many read at once, of all of a process: in a rush, drawing must not take every connection from
# those who write. What waits its turn meanwhile is read together.
_AT_ONCE = asyncio.Semaphore(10)


class Worker:
    """Runs `work` after each `wake`, never twice at a time, at most once in `every` seconds.

    The first waking after a pause is answered at once, or `after` so many seconds; those that
    follow within `every` seconds are answered together. While the database is away it tries again
    until it is stopped.
    """

    def __init__(
        self, work: Callable[[], Awaitable[None]], every: float = 0.0, after: float = 0.0
    ) -> None:
        self._work = work
        self._every = every
        self._after = after
        self._woken = False
        self._stopped = False
        self._task: asyncio.Task[None] | None = None

    def wake(self) -> None:
        self._woken = True
        if not self._stopped and (self._task is None or self._task.done()):
            self._task = asyncio.create_task(self._run())

    def stop(self) -> None:
        """Do nothing more; what is under way finishes by itself."""
        self._stopped = True

    async def _run(self) -> None:
        while self._woken and not self._stopped:
            if self._after:
                await asyncio.sleep(self._after)
            self._woken = False
            try:
                async with _AT_ONCE:
                    await self._work()
            except DatabaseUnavailable:
                self._woken = True
                await asyncio.sleep(_RETRY_SECONDS)
            except Exception:
                _log.exception("a view could not be brought up to date")
            if self._every:
                await asyncio.sleep(self._every)
