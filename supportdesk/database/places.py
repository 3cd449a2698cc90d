"""How many work in the database at once: first come, first served.

Who waits in the connection pool itself is overtaken by whoever comes just as a connection is given
back, and begins to wait anew.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager

# As many transactions at once as a machine can make use of. Connections beyond those that are kept
# would be closed right after their first transaction, and in a rush that costs more than the work.
POOLED = 12
# Of short questions, as many as there are processors: a PostgreSQL that shares them with the desk
# has answered several before another of its processes has warmed up.
_BRISK = min(POOLED, max(2, os.cpu_count() or 2))
# Who takes longer is not at work but waits, as for a locked row, and nobody else has to.
_BRISK_SECONDS = 0.01
# In a rush some wait much longer than others; that it is away is found out at once.
PATIENCE_SECONDS = 30


class Places:
    """One for each pooled connection. `shared` is whether PostgreSQL has the desk's processors."""

    def __init__(self, *, shared: bool) -> None:
        self._all = asyncio.Semaphore(POOLED)
        self._brisk = asyncio.Semaphore(_BRISK if shared else POOLED)

    @asynccontextmanager
    async def any(self) -> AsyncIterator[None]:
        """Raises TimeoutError: so many others were there all the time."""
        await _taken(self._all)
        try:
            yield
        finally:
            self._all.release()

    @asynccontextmanager
    async def brisk(self) -> AsyncIterator[None]:
        """For one who has a short question. Raises TimeoutError, as `any`."""
        await _taken(self._brisk)
        with ExitStack() as taken:
            taken.callback(self._brisk.release)
            timer = asyncio.get_running_loop().call_later(_BRISK_SECONDS, taken.close)
            taken.callback(timer.cancel)
            async with self.any():
                yield


async def _taken(places: asyncio.Semaphore) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        await places.acquire()
