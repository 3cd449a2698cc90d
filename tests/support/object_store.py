"""An S3 of our own: moto's server, in a process of its own, with one empty bucket."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.request import Request, urlopen

from tests.support.desk import free_port

BUCKET = "desk"
KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
_START_SECONDS = 60


@contextmanager
def object_store() -> Iterator[str]:
    """The address as `SUPPORTDESK_STORAGE_URL` takes it."""
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _await(server, port)
        # Whoever signs with the test's keys is taken for their owner.
        signed = {"Authorization": "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/x"}
        endpoint = f"http://127.0.0.1:{port}"
        urlopen(Request(f"{endpoint}/{BUCKET}", method="PUT", headers=signed)).close()
        yield f"s3://{BUCKET}/files?endpoint={endpoint}&region=us-east-1"
    finally:
        server.terminate()
        server.wait(20)


def _await(server: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise RuntimeError("the object store did not start")
