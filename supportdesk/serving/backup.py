"""A whole desk in one file: the database, as `pg_dump` writes it, and the bytes of its files.

A tar, so that it can be looked into and taken apart without the desk.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import psycopg
from psycopg.conninfo import conninfo_to_dict

from supportdesk import __version__
from supportdesk.config import StartupError, get_settings
from supportdesk.database import migrations
from supportdesk.database.cluster import Cluster
from supportdesk.storage.errors import StorageFailed
from supportdesk.storage.store import Store, get_store

_ABOUT, _DUMP, _FILES = "about.json", "database.dump", "files/"
_KEY = re.compile(r"[0-9a-f]{2}/(?P<hash>[0-9a-f]{64})(?P<picture>\.thumbnail)?")
_PIECE_BYTES = 1024 * 1024
_VARIABLES = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
}


async def save(place: Path) -> int:
    """Write the desk into a new file, also while it is served; return how many files went with it.

    Files are taken before the database, which never has one that was deleted by then, and once more
    after it, for those that came meanwhile.

    Raises:
        StartupError: it could not be written.
    """
    if place.exists():
        raise StartupError(f"There is a file {place} already; name another.")
    with _sentences(place), _written_whole(place) as archive:
        about = {"supportdesk": __version__, "saved_at": datetime.now(UTC).isoformat()}
        _add(archive, _ABOUT, io.BytesIO(json.dumps(about).encode()))
        saved = await _add_files(archive, get_store(), set())
        with tempfile.TemporaryFile(dir=place.parent) as dump:
            _run("pg_dump", "--format=custom", output=dump)
            _add(archive, _DUMP, dump)
        await _add_files(archive, get_store(), saved)
    return len(saved)


async def load(place: Path) -> int:
    """Make the desk of that file out of an empty one; return how many files came with it.

    Raises:
        StartupError: it cannot be read, or this desk is not empty or being served.
    """
    _require_empty()
    count = 0
    with _sentences(place), tarfile.open(place) as archive:
        dump: IO[bytes] | None = None
        for member in archive:
            if member.name == _DUMP:
                dump = _copied(archive, member, place.parent)
            elif member.name.startswith(_FILES):
                await _put(archive, member, place.parent)
                count += 1
        if dump is None:
            raise StartupError(f"{place} is not a backup of a desk.")
        with dump:
            options = ("--clean", "--if-exists", "--single-transaction", "--exit-on-error")
            _run("pg_restore", *options, f"--dbname={_login()['PGDATABASE']}", given=dump)
    migrations.upgrade(_owner_url())
    return count


def _owner_url() -> str:
    settings = get_settings()
    return settings.migration_database_url or settings.database_url or ""


def _login() -> dict[str, str]:
    """For the environment: what is on a command line, everybody on the machine can read."""
    given = conninfo_to_dict(_owner_url())
    return {_VARIABLES[name]: str(value) for name, value in given.items() if name in _VARIABLES}


def _require_empty() -> None:
    with psycopg.connect(_owner_url()) as connection:
        people = connection.execute('SELECT count(*) FROM "user"').fetchone()
        others = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
        ).fetchone()
    if people != (0,):
        raise StartupError(
            "A backup is restored into an empty desk, and this one has people in it;"
            " set SUPPORTDESK_HOME to another folder."
        )
    if others != (0,):
        raise StartupError("Somebody uses this database just now; stop the desk first.")


@contextmanager
def _sentences(place: Path) -> Iterator[None]:
    try:
        yield
    except tarfile.TarError:
        raise StartupError(f"{place} is not a backup of a desk, or it is damaged.") from None
    except OSError as error:
        raise StartupError(f"{place}: {error.strerror}.") from None
    except StorageFailed as error:
        raise StartupError(str(error)) from None


@contextmanager
def _written_whole(place: Path) -> Iterator[tarfile.TarFile]:
    """For nobody else's eyes, and under its name only when all of it is there."""
    part = place.with_name(f"{place.name}.part")
    try:
        with (
            os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file,
            tarfile.open(fileobj=file, mode="w") as archive,
        ):
            yield archive
        part.rename(place)
    finally:
        part.unlink(missing_ok=True)


def _add(archive: tarfile.TarFile, name: str, content: IO[bytes]) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = content.seek(0, os.SEEK_END), 0o600
    content.seek(0)
    archive.addfile(member, content)


async def _add_files(archive: tarfile.TarFile, store: Store, known: set[str]) -> set[str]:
    async for key, size in store.contents():
        if key in known or not _KEY.fullmatch(key):
            continue
        with tempfile.TemporaryFile() as copy:
            async for piece in await store.read(key, 0, size):
                copy.write(piece)
            _add(archive, f"{_FILES}{key}", copy)
        known.add(key)
    return known


def _copied(archive: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> IO[bytes]:
    content = archive.extractfile(member)
    if content is None:
        raise tarfile.ReadError
    copy = tempfile.NamedTemporaryFile(dir=folder)  # noqa: SIM115 - the caller closes it
    while piece := content.read(_PIECE_BYTES):
        copy.write(piece)
    copy.seek(0)
    return copy


async def _put(archive: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    """What is not what its name says, a hash, is damaged."""
    key = _KEY.fullmatch(member.name.removeprefix(_FILES))
    with _copied(archive, member, folder) as copy:
        if key is None or (not key["picture"] and _hash_of(copy) != key["hash"]):
            raise tarfile.ReadError
        await get_store().put(key[0], Path(copy.name))


def _hash_of(content: IO[bytes]) -> str:
    found = hashlib.file_digest(content, "sha256").hexdigest()  # type: ignore[arg-type]
    content.seek(0)
    return found


def _run(
    program: str,
    *arguments: str,
    given: IO[bytes] | None = None,
    output: IO[bytes] | None = None,
) -> None:
    path = Cluster(get_settings().home).installation / "bin" / program
    ran = subprocess.run(
        [path, *arguments],
        stdin=given,
        stdout=output,
        stderr=subprocess.PIPE,
        env=os.environ | _login(),
        check=False,
    )
    if ran.returncode:
        said = ran.stderr.decode(errors="replace").strip().splitlines() or ["no reason given"]
        raise StartupError(f"{program} could not do it ({said[-1]}).")
