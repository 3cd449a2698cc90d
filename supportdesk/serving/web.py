"""The web server's own process: granian, serving the Reflex app that was built before.

Started by `server.py` as `python -m supportdesk.serving.web HOST PORT`, and of no use otherwise.
"""

import os
import signal
import sys
from threading import Thread

from granian.constants import Interfaces, Loops
from granian.log import LogLevels
from granian.server import Server

SECONDS_TO_END = 4


def main() -> None:
    host, port = sys.argv[1], int(sys.argv[2])
    Thread(target=_end_with_parent, daemon=True).start()
    server = Server(
        "supportdesk.supportdesk:app",
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        loop=Loops.uvloop,
        workers=1,  # What browsers are told of lives in one process; see realtime/.
        workers_kill_timeout=SECONDS_TO_END,
        log_level=LogLevels.warning,
    )
    try:
        server.serve()
    except RuntimeError as error:  # The port was taken since we looked.
        sys.exit(f"Cannot serve on {host}, port {port}: {error}.")


def _end_with_parent() -> None:
    """Give the port back at once when the one who started us was killed."""
    while os.read(sys.stdin.fileno(), 1024):
        pass
    os.killpg(os.getpgrp(), signal.SIGKILL)


if __name__ == "__main__":
    main()
