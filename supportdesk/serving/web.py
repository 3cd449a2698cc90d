"""The web server's own process: uvicorn, serving the Reflex app that was built before.

Started by `server.py` as `python -m supportdesk.serving.web HOST PORT`, and of no use otherwise.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Callable
from threading import Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp

SECONDS_TO_END = 2
# Next to nothing that a message makes is garbage of the kind that has to be looked for, and looking
# takes longer the more tabs there are: everybody waits meanwhile. It is enough to do so when some
# hundred tabs' worth of objects have been added to those of before.
_GARBAGE_AFTER = 10_000, 10, 5


def main() -> None:
    # Worker processes run the top of this file, too, and shall be small.
    import uvicorn

    from supportdesk.serving.websocket import DirectWebSocketProtocol

    host, port = sys.argv[1], int(sys.argv[2])
    Thread(target=_end_with_parent, daemon=True).start()
    # One process: what browsers are told of lives in it; see realtime/.
    uvicorn.run(
        _load(),
        factory=True,
        host=host,
        port=port,
        loop="uvloop",
        http="httptools",
        ws=DirectWebSocketProtocol,
        # Pings and the longest message are Socket.IO's affair, see `server.py`; packing each
        # browser's copy of a packet would cost more than sending it.
        ws_ping_interval=None,
        ws_per_message_deflate=False,
        # Who is behind a proxy is for `api/origin` to say.
        proxy_headers=False,
        server_header=False,
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=SECONDS_TO_END,
    )


def _load() -> Callable[[], ASGIApp]:
    """The app. What it consists of stays for good, so nobody has to look through it for garbage:
    not while it is loaded, and not later, when people wait."""
    from uvicorn.importer import import_from_string

    gc.disable()
    app: Callable[[], ASGIApp] = import_from_string("supportdesk.supportdesk:app")
    gc.freeze()
    gc.set_threshold(*_GARBAGE_AFTER)
    gc.enable()
    return app


def _end_with_parent() -> None:
    """Give the port back at once when the one who started us was killed."""
    while os.read(sys.stdin.fileno(), 1024):
        pass
    os.killpg(os.getpgrp(), signal.SIGKILL)


if __name__ == "__main__":
    main()
