"""ClamAV's own daemon, with one signature of ours."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

# The test file that every scanner knows, in two parts: some look at sources, too.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}" + b"$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
MOST = 3_000_000
_START_SECONDS = 60


class Scanner:
    def __init__(self, folder: Path, port: int = 0) -> None:
        """It listens at that port, or on a socket in the folder."""
        self._folder = folder
        self.socket = folder / "clamd.ctl"
        self.url = f"tcp://127.0.0.1:{port}" if port else f"unix://{self.socket}"
        self._process: subprocess.Popen[bytes] | None = None
        signatures = folder / "signatures"
        signatures.mkdir()
        (signatures / "desk.ndb").write_text(f"Desk.Test:0:*:{EICAR.hex()}\n")
        at_port = f"TCPSocket {port}\nTCPAddr 127.0.0.1"
        listens = at_port if port else f"LocalSocket {self.socket}"
        (folder / "clamd.conf").write_text(
            f"Foreground yes\nDatabaseDirectory {signatures}\n{listens}\nStreamMaxLength {MOST}\n"
        )

    def start(self) -> None:
        found = os.environ.get("SUPPORTDESK_TEST_CLAMD") or shutil.which(
            "clamd", path=f"{os.environ['PATH']}:/usr/sbin"
        )
        assert found, "The tests of the virus scanner need clamd."
        command = [found, "--config-file", str(self._folder / "clamd.conf")]
        self._process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + _START_SECONDS
        while not self._is_there():
            assert self._process.poll() is None and time.monotonic() < deadline
            time.sleep(0.05)

    def _is_there(self) -> bool:
        parts = urlsplit(self.url)
        if not parts.port:
            return self.socket.exists()
        with suppress(OSError), socket.create_connection(("127.0.0.1", parts.port), timeout=1):
            return True
        return False

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
        with suppress(FileNotFoundError):
            self.socket.unlink()
