"""A task that runs when woken, once for any number of wakings that came meanwhile."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from math import exp
from time import monotonic

from supportdesk.database.engine import DatabaseUnavailable

_log = logging.getLogger(__name__)
_RETRY_SECONDS = 0.2
# So many read at once, of all of a process: in a rush, drawing must not take every connection from
# those who write. What waits its turn meanwhile is read together.
_AT_ONCE = asyncio.Semaphore(10)
# Who works now and then rests so many times as long as it took, its turn included, and longer the
# more others are at work: the busier the desk is, the more it answers together, and the more it can
# answer.
_RESTS = 5
_LONGEST_REST_SECONDS = 3.0


class Strain:
    """How many are at work at the same time, on average over the last seconds."""

    # From here on everybody rests longer.
    EASY = 0.5
    _OVER_SECONDS = 2.0

    def __init__(self) -> None:
        self._worked, self._at = 0.0, monotonic()

    def note(self, seconds: float) -> None:
        """Somebody has worked for so long."""
        self._worked = self._faded() + seconds

    @property
    def factor(self) -> float:
        """So many times as long as usual everybody rests."""
        return max(1.0, self._faded() / self._OVER_SECONDS / self.EASY)

    def _faded(self) -> float:
        now = monotonic()
        self._worked *= exp((self._at - now) / self._OVER_SECONDS)
        self._at = now
        return self._worked


_strain = Strain()


class Worker:
    """Runs `work` after each `wake`, never twice at a time, at most once in `every` seconds.

    The first waking after a pause is answered at once, or `after` so many seconds; those that
    follow within `every` seconds are answered together, or within longer than that in a rush,
    unless it `yields` to nobody. While the database is away it tries again until it is stopped.
    """

    def __init__(
        self,
        work: Callable[[], Awaitable[None]],
        every: float = 0.0,
        after: float = 0.0,
        *,
        yields: bool = True,
    ) -> None:
        self._work = work
        self._every = every
        self._after = after
        self._yields = yields
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
            began, took = monotonic(), 0.0
            try:
                async with _AT_ONCE:
                    await self._work()
                took = monotonic() - began
            except DatabaseUnavailable:
                self._woken = True
                await asyncio.sleep(_RETRY_SECONDS)
            except Exception:
                _log.exception("a view could not be brought up to date")
            if self._every:
                await asyncio.sleep(self._rest_after(took))

    def _rest_after(self, took: float) -> float:
        _strain.note(took)
        usual = self._every * _strain.factor if self._yields else self._every
        return max(self._every, min(max(usual, _RESTS * took), _LONGEST_REST_SECONDS))
