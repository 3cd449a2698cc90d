"""The one LISTEN connection of a server process."""

from __future__ import annotations

import asyncio
import json
import logging

import psycopg

from supportdesk.config import get_settings
from supportdesk.domain import rules
from supportdesk.realtime import doorbell
from supportdesk.realtime.hub import Hub
from supportdesk.realtime.processes import Word

_log = logging.getLogger(__name__)
CHANNEL = "supportdesk"
_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 2.0
_SWEEP_SECONDS = 15.0


async def listen(hub: Hub) -> None:
    """Hand every doorbell to the hub, for ever; after a gap, have the hub read everything again."""
    pause, heard_before = _FIRST_PAUSE, False
    while True:
        try:
            connection = await psycopg.AsyncConnection.connect(
                get_settings().database_url or "",
                autocommit=True,
                options="-c role=supportdesk_app",
                application_name="supportdesk-listener",
                # A connection that was cut without a word is noticed within 20 seconds.
                keepalives_idle=10,
                keepalives_interval=5,
                keepalives_count=2,
            )
            async with connection:
                await connection.execute(f"LISTEN {CHANNEL}")
                # Whoever listens hears of every change from here on.
                await rules.refresh()
                if heard_before:
                    _log.warning("the listener is connected again; reading everything anew")
                    await hub.resync()
                hub.attendance.ask()
                pause, heard_before = _FIRST_PAUSE, True
                await _hear(connection, hub)
        except psycopg.OperationalError as error:
            _log.warning("the listener lost its connection: %s", str(error).splitlines()[0])
        except Exception:
            # Without a listener the desk would go quiet: whatever it was, listen again.
            _log.exception("the listener failed")
        await asyncio.sleep(pause)
        pause = min(pause * 2, _LONGEST_PAUSE)


async def _hear(connection: psycopg.AsyncConnection, hub: Hub) -> None:
    while True:
        async for notification in connection.notifies(timeout=_SWEEP_SECONDS):
            data = json.loads(notification.payload)
            if data["kind"] in set(Word):
                hub.attendance.hear(data)
            else:
                await hub.hear(doorbell.read(data))
        await hub.sweep()
