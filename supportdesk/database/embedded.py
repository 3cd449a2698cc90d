"""The database that comes with the desk: started, shared and stopped.

Whoever uses it holds a shared lock on one file; the last to leave finds that nobody else does and
stops the server. The system drops the locks of a killed process, so none is ever counted in vain.
A server that a killed process left running is used as it is.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from supportdesk.config import StartupError
from supportdesk.database.cluster import Cluster
from supportdesk.database.data_folder import SUPERUSER
from supportdesk.database.external import APP_ROLE

DATABASE = "supportdesk"
APP_LOGIN = "supportdesk_server"


@dataclass
class EmbeddedServer:
    """A running embedded PostgreSQL that this process uses until `stop`."""

    home: Path
    cluster: Cluster
    _usage: int

    @property
    def owner_url(self) -> str:
        """Who migrates. No part of the running desk logs in like this."""
        return self.cluster.url(SUPERUSER, DATABASE)

    @property
    def app_url(self) -> str:
        """Who serves. Owns nothing, and may do nothing but step into the app's role."""
        return self.cluster.url(APP_LOGIN, DATABASE)

    def admit_app(self) -> None:
        """Make the login of the app. Needs the roles, so it comes after the migrations."""
        with psycopg.connect(self.owner_url) as connection:
            known = "select 1 from pg_roles where rolname = %s"
            if connection.execute(known, [APP_LOGIN]).fetchone() is None:
                connection.execute(f"create role {APP_LOGIN} login noinherit")
            connection.execute(f"grant {APP_ROLE} to {APP_LOGIN} with inherit false, set true")

    def stop(self) -> None:
        """Leave, and stop the server unless somebody else still uses it."""
        with _alone(self.home):
            self._leave()

    def _leave(self) -> None:
        try:
            fcntl.flock(self._usage, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pass
        else:
            self.cluster.stop()
        os.close(self._usage)


def start(home: Path) -> EmbeddedServer:
    """Start the server under this folder, or join those who use it already."""
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _alone(home):
            return _join(home)
    except OSError as error:
        raise StartupError(
            f"The data folder {home} cannot be used ({error.strerror}); "
            "set SUPPORTDESK_HOME to a folder that may be written."
        ) from None


def _join(home: Path) -> EmbeddedServer:
    server = EmbeddedServer(home, Cluster(home / "postgres"), _open(home / "postgres.users"))
    try:
        fcntl.flock(server._usage, fcntl.LOCK_SH)
        server.cluster.create()
        server.cluster.start()
        _create_database(server)
    except BaseException:  # Also when we are told to end in the midst of it.
        server._leave()
        raise
    return server


def _create_database(server: EmbeddedServer) -> None:
    first = server.cluster.url(SUPERUSER, "postgres")
    with psycopg.connect(first, autocommit=True) as connection:
        known = "select 1 from pg_database where datname = %s"
        if connection.execute(known, [DATABASE]).fetchone() is None:
            connection.execute(sql.SQL("create database {}").format(sql.Identifier(DATABASE)))


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Starting and stopping never overlap, whichever processes do it."""
    lock = _open(home / "postgres.lock")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
