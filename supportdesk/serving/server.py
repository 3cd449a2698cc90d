"""The web server, seen from outside: is its port free, start it, wait until it answers."""

import errno
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from supportdesk.config import StartupError
from supportdesk.serving.child import started
from supportdesk.serving.frontend import ROOT

START_SECONDS = 60
WEBSOCKET_MESSAGE_MAX_BYTES = 200_000  # Ample for the longest message; a flood costs more.
# A line that goes dead without a word is noticed, on either side, within the sum of these.
WEBSOCKET_PING_SECONDS = 8
WEBSOCKET_PONG_SECONDS = 8
SETTLING_SECONDS = 3  # For the port of a predecessor that was killed a moment ago.


def require_free_port(host: str, port: int) -> None:
    deadline = time.monotonic() + SETTLING_SECONDS
    while not _is_free(host, port):
        if time.monotonic() > deadline:
            raise StartupError(
                f"Port {port} is in use by another program; choose another with --port."
            )
        time.sleep(0.1)


def _is_free(host: str, port: int) -> bool:
    """Whether nobody listens there: neither on this address nor on one that hides it."""
    with suppress(OSError), socket.create_connection(("localhost", port), timeout=1):
        return False
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return False
        raise StartupError(f"Cannot listen on {host}, port {port}: {error.strerror}.") from None
    return True


@contextmanager
def running(host: str, port: int, build: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Serve for as long as the block runs; it begins when the server answers."""
    command = [sys.executable, "-m", "supportdesk.serving.web", host, str(port)]
    with started(command, cwd=ROOT, env=_environment(build)) as process:
        _await_health(host, port, process)
        yield process


# Buffers go back to the system when they are done with, and are not kept for the next file.
_GIVES_BACK = {"MALLOC_ARENA_MAX": "2", "MALLOC_MMAP_THRESHOLD_": str(128 * 1024)}


def _environment(build: Path) -> dict[str, str]:
    own = (
        _GIVES_BACK
        | os.environ
        | {
            "REFLEX_ENV_MODE": "prod",
            "REFLEX_TELEMETRY_ENABLED": "false",
            "REFLEX_CHECK_LATEST_VERSION": "false",
            "REFLEX_WEB_WORKDIR": str(build),
            "REFLEX_SOCKET_MAX_HTTP_BUFFER_SIZE": str(WEBSOCKET_MESSAGE_MAX_BYTES),
            "REFLEX_SOCKET_INTERVAL": str(WEBSOCKET_PING_SECONDS),
            "REFLEX_SOCKET_TIMEOUT": str(WEBSOCKET_PONG_SECONDS),
            "__REFLEX_SKIP_COMPILE": "true",
            "__REFLEX_MOUNT_FRONTEND_COMPILED_APP": "true",
        }
    )
    # Who serves has no business with who may change the schema.
    own.pop("SUPPORTDESK_MIGRATION_DATABASE_URL", None)
    return own


def _await_health(host: str, port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not _is_healthy(host, port):
        if process.poll() is not None:
            raise StartupError("The web server ended while it was starting; see above.")
        if time.monotonic() > deadline:
            raise StartupError(f"The web server does not answer after {START_SECONDS} seconds.")
        time.sleep(0.1)


def _is_healthy(host: str, port: int) -> bool:
    here = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    connection = HTTPConnection(here, port, timeout=5)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
