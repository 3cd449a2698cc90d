"""Sealing what reports are read from, now and then; the first time, `serve` did it already."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime

from supportdesk.database.engine import DatabaseUnavailable
from supportdesk.domain.commands import reports

_log = logging.getLogger(__name__)
EVERY_SECONDS = 300.0


async def seal_forever() -> None:
    while True:
        await asyncio.sleep(EVERY_SECONDS)
        try:
            await reports.seal(datetime.now(UTC))
        except DatabaseUnavailable as error:
            _log.warning("reports were not sealed: %s", error)
        except Exception:
            # Without it reports are slower and no less right, so the next time will do.
            _log.exception("reports were not sealed")
