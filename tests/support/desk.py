"""A whole desk as people run it: `supportdesk serve` in production mode, on a port of its own."""

from __future__ import annotations

import os
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from supportdesk.database.cluster import Cluster
from supportdesk.database.embedded import APP_LOGIN, DATABASE
from tests.support import template

ROOT = Path(__file__).parents[2]
READY = re.compile(r"Ready after .*: (http://\S+)")
START_SECONDS = 180
STOP_SECONDS = 20


def free_port() -> int:
    """A port below those that the system hands out: a desk that was stopped finds its own again."""
    while True:
        port = random.randrange(20_000, 30_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


@dataclass
class Desk:
    """A desk that runs, or is to be started (again) on the same data and the same port."""

    home: Path
    port: int = field(default_factory=free_port)
    demo: bool = True
    env: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[str] | None = None
    output: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def cluster(self) -> Cluster:
        return Cluster(self.home / "postgres")

    @property
    def owner_url(self) -> str:
        return self.cluster.url("postgres", DATABASE)

    @property
    def app_url(self) -> str:
        return self.cluster.url(APP_LOGIN, DATABASE)

    def start(self) -> None:
        """Start it and wait until it says that it is ready."""
        command = [sys.executable, "-c", "from supportdesk.cli import app; app()", "serve"]
        command += ["--port", str(self.port), *(["--demo"] if self.demo else [])]
        own = {k: v for k, v in os.environ.items() if not k.startswith("SUPPORTDESK_")}
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**own, "SUPPORTDESK_HOME": str(self.home), **self.env},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.output.clear()
        threading.Thread(target=self._read, args=(self.process,), daemon=True).start()
        self.said(READY)

    def said(self, what: re.Pattern[str]) -> re.Match[str]:
        """Wait until it says that."""
        deadline = time.monotonic() + START_SECONDS
        while not (found := what.search("".join(self.output))):
            if (self.process and self.process.poll() is not None) or time.monotonic() > deadline:
                raise RuntimeError("the desk does not say so:\n" + "".join(self.output))
            time.sleep(0.05)
        return found

    def _read(self, process: subprocess.Popen[str]) -> None:
        for line in process.stdout or ():
            self.output.append(line)

    def stop(self) -> int:
        """Ask it to stop, as Ctrl-C would, and return its exit code."""
        return self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it without a chance to say good-bye."""
        self._end(signal.SIGKILL)

    def _end(self, with_signal: signal.Signals) -> int:
        if self.process is None:
            return 0
        self.process.send_signal(with_signal)
        code = self.process.wait(STOP_SECONDS)
        self.process = None
        return code


@contextmanager
def running_desk(*, demo: bool = True, from_nothing: bool = False, **env: str) -> Iterator[Desk]:
    """A desk without tickets or people of its own, gone afterwards with all that it started;
    `from_nothing` without a database, too, which it makes for itself."""
    with tempfile.TemporaryDirectory(prefix="desk-") as folder:
        desk = Desk(Path(folder), demo=demo, env=env)
        if not from_nothing:
            template.copy_to(desk.home)
        try:
            desk.start()
            yield desk
        finally:
            desk.stop()
            desk.cluster.stop()


@contextmanager
def running_beside(desk: Desk) -> Iterator[Desk]:
    """Another server on that desk's database, as a second machine would run it."""
    env = {
        "SUPPORTDESK_DATABASE_URL": desk.app_url,
        "SUPPORTDESK_MIGRATION_DATABASE_URL": desk.owner_url,
    }
    with tempfile.TemporaryDirectory(prefix="desk-") as folder:
        beside = Desk(Path(folder), demo=False, env=env)
        try:
            beside.start()
            yield beside
        finally:
            beside.stop()
