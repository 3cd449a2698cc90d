"""Sealing what reports are read from, now and then; the first time, `serve` did it already."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime
from time import monotonic

from supportdesk.database.engine import DatabaseUnavailable
from supportdesk.domain.commands import reports

_log = logging.getLogger(__name__)
EVERY_SECONDS = 300.0
# How soon a zone is sealed that no admin was in before.
LOOK_SECONDS = 15.0


async def seal_forever() -> None:
    sealed: dict[str, float] = {}
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        try:
            zones, due = await reports.zones(), monotonic() - EVERY_SECONDS
            if late := [zone for zone in zones if sealed.get(zone, due) <= due]:
                await reports.seal(datetime.now(UTC), late)
                sealed |= dict.fromkeys(late, monotonic())
        except DatabaseUnavailable as error:
            _log.warning("reports were not sealed: %s", error)
        except Exception:
            # Without it reports are slower and no less right, so the next time will do.
            _log.exception("reports were not sealed")
