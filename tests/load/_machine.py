"""On what a measurement was made, and what processes have used."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from threading import Event, Thread

import psutil

from tests.support.desk import ROOT, Desk

_PACKAGES = (
    "reflex",
    "uvicorn",
    "websockets",
    "python-socketio",
    "psycopg",
    "sqlalchemy",
    "aiohttp",
    "uvloop",
)


def describe(postgresql: str) -> dict[str, object]:
    """What has to be known to compare numbers: no name and no folder of the machine."""
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": _commit(),
        "system": f"{platform.system()} {platform.machine()}",
        "cpu": _cpu(),
        "cores": os.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
        "load_before": round(os.getloadavg()[0], 2),
        "python": platform.python_version(),
        "postgresql": postgresql,
        **{name: version(name) for name in _PACKAGES},
    }


def _cpu() -> str:
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or "unknown"


def _commit() -> str:
    command = ["git", "describe", "--always", "--dirty", "--abbrev=10"]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return found.stdout.strip() or "unknown"


class Family:
    """A process and all that come from it: what they have used together."""

    def __init__(self, process: psutil.Process) -> None:
        self._process = process

    def _members(self) -> list[psutil.Process]:
        return [self._process, *self._process.children(recursive=True)]

    def cpu_seconds(self) -> float:
        """Also of those that have come and gone meanwhile."""
        used = 0.0
        for member in self._members():
            with suppress(psutil.NoSuchProcess):
                times = member.cpu_times()
                used += times.user + times.system
                used += times.children_user + times.children_system
        return used

    def memory_bytes(self) -> int:
        return self.own_memory_bytes() + sum(map(_resident, self._started()))

    def most_memory_bytes(self) -> int:
        """What each of them took at the most, also between two looks, since `forget_most`."""
        return sum(_most_resident(member) for member in (self._process, *self._started()))

    def forget_most(self) -> None:
        for member in self._members():
            Path(f"/proc/{member.pid}/clear_refs").write_text("5")

    def _started(self) -> list[psutil.Process]:
        """All that come from it, but who is about to become another program: what a fork has, it
        has from where it comes."""
        own = self._process.cmdline()
        return [each for each in self._members()[1:] if _command(each) != own]

    def own_memory_bytes(self) -> int:
        """Without those that come from it."""
        return _resident(self._process)


def _resident(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.NoSuchProcess:
        return 0


def _most_resident(process: psutil.Process) -> int:
    with suppress(FileNotFoundError, ProcessLookupError):
        for line in Path(f"/proc/{process.pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0


def _command(process: psutil.Process) -> list[str]:
    with suppress(psutil.NoSuchProcess):
        return process.cmdline()
    return []


def web_server(desk: Desk) -> Family:
    """The desk's web server, without the database that it started."""
    if desk.process is None:
        raise RuntimeError("the desk does not run")
    for child in psutil.Process(desk.process.pid).children():
        if "supportdesk.serving.web" in child.cmdline():
            return Family(child)
    raise RuntimeError("the desk has no web server")


@dataclass
class Taken:
    """How much more than before, at the most: of the server and all that it has started."""

    bytes: int = 0


@contextmanager
def peak_memory(desk: Desk) -> Iterator[Taken]:
    """What the web server takes while the block runs."""
    server, taken, over = web_server(desk), Taken(), Event()
    before = server.memory_bytes()
    server.forget_most()

    def watch() -> None:
        while not over.wait(0.01):
            taken.bytes = max(taken.bytes, server.memory_bytes() - before)

    watching = Thread(target=watch)
    watching.start()
    try:
        yield taken
        taken.bytes = max(taken.bytes, server.most_memory_bytes() - before)
    finally:
        over.set()
        watching.join()


def database(desk: Desk) -> Family:
    process = desk.cluster.process()
    if process is None:
        raise RuntimeError("the desk has no database")
    return Family(process)
