"""Uploads under way: files in a folder of this server's, each beside what is said of it.

How much of an upload has arrived is how long its file is, so an upload outlasts a lost connection
and a restart of the server. One that nobody goes on with is swept.
"""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import shutil
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

from supportdesk.config import get_settings
from supportdesk.domain.errors import DomainError, NotFound, Refused
from supportdesk.domain.ids import new_id
from supportdesk.storage import lines
from supportdesk.storage.errors import StorageFull, told_plainly
from supportdesk.storage.lines import Cut

_WRITE_BYTES = 512 * 1024
_ABANDONED_SECONDS = 24 * 3600
# Disks that are filled to the brim stop more than uploads.
_LEFT_FREE_BYTES = 64 * 1024 * 1024
MOST_OPEN = 40


class Busy(DomainError):
    """Another request is writing to this upload."""

    def __init__(self) -> None:
        super().__init__("This file is being received already.")


class OutOfStep(DomainError):
    """The piece does not begin where the last one ended."""

    def __init__(self) -> None:
        super().__init__("A piece of this file is missing. Try again.")


@dataclass(frozen=True, slots=True)
class Upload:
    id: UUID
    owner_id: UUID
    name: str
    length: int
    # In which it goes on: when that ends, so does this.
    session_id: UUID | None = None

    @property
    def path(self) -> Path:
        return _folder() / f"{self.id}.part"

    @property
    def offset(self) -> int:
        """How much has come. Raises `NotFound` when it was given up meanwhile."""
        try:
            return self.path.stat().st_size
        except FileNotFoundError:
            raise NotFound("upload") from None

    @property
    def arrived(self) -> bool:
        return self.offset == self.length


def begin(owner_id: UUID, name: str, length: int, session_id: UUID | None = None) -> Upload:
    """Raises `Refused` for who has begun too many, and `StorageFull`."""
    with told_plainly():
        _folder().mkdir(mode=0o700, parents=True, exist_ok=True)
        if len(of(owner_id)) >= MOST_OPEN:
            raise Refused("Too many files are being uploaded. Wait for some of them.")
        if shutil.disk_usage(_folder()).free < length + _LEFT_FREE_BYTES:
            raise StorageFull
        upload = Upload(new_id(), owner_id, name, length, session_id)
        upload.path.touch(mode=0o600)
        _say(upload)
    return upload


def find(owner_id: UUID, upload_id: UUID) -> Upload:
    """Raises `NotFound`, also when it is somebody else's."""
    upload = _read(upload_id)
    if upload is None or upload.owner_id != owner_id:
        raise NotFound("upload")
    return upload


def carry_on(upload: Upload, session_id: UUID | None) -> None:
    """Who has signed in anew goes on in another session."""
    if upload.session_id != session_id:
        _say(replace(upload, session_id=session_id))


def of(owner_id: UUID) -> list[Upload]:
    """What this person has under way."""
    return [each for each in underway() if each.owner_id == owner_id]


def underway() -> list[Upload]:
    """All that there is on this server."""
    ids = (UUID(path.stem) for path in _folder().glob("*.json"))
    return [each for id_ in ids if (each := _read(id_))]


async def append(upload: Upload, offset: int, pieces: AsyncIterator[bytes]) -> int:
    """Add what comes at `offset`; return how much has arrived by then.

    What comes over the announced length is refused and not written. When the sender goes away in
    the middle, or comes back on another line, what has come so far stays.
    """
    await lines.cut(upload.id)
    with _alone(upload), lines.line_of(upload.id) as line:
        if upload.offset != offset:
            raise OutOfStep
        try:
            with told_plainly(), upload.path.open("ab", buffering=0) as file:
                async for piece in _gathered(line.heard(pieces)):
                    if file.tell() + len(piece) > upload.length:
                        raise Refused("More has come than this file was said to have.")
                    await asyncio.to_thread(_write_all, file.fileno(), piece)
        except StorageFull:
            discard(upload)
            raise
        return upload.offset


def discard(upload: Upload) -> None:
    upload.path.unlink(missing_ok=True)
    _said_of(upload.id).unlink(missing_ok=True)


def sweep() -> None:
    """Drop what nobody has gone on with for a day, and what a crash has left half there."""
    long_ago = time.time() - _ABANDONED_SECONDS
    for each in _folder().glob("*.*"):
        bytes_ = each.with_suffix(".part")
        with suppress(FileNotFoundError):
            if bytes_.exists():
                gone = bytes_.stat().st_mtime < long_ago
            else:  # They come first and go first: what is said of none is nobody's.
                gone = each.suffix == ".json" or each.stat().st_mtime < long_ago
            if gone:
                each.unlink()


@contextmanager
def _alone(upload: Upload) -> Iterator[None]:
    """One writer at a time, of all processes; the kernel lets go when one ends."""
    try:
        file = upload.path.open("rb")
    except FileNotFoundError:
        raise NotFound("upload") from None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy from None
        yield


async def _gathered(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytearray]:
    """Fewer, larger pieces: each costs a hop to a thread. Passes on what came before an error."""
    gathered = bytearray()
    try:
        async for piece in pieces:
            gathered += piece
            if len(gathered) >= _WRITE_BYTES:
                yield gathered
                gathered = bytearray()
    except Cut:
        yield gathered
        raise
    yield gathered


def _write_all(descriptor: int, piece: bytearray) -> None:
    left = memoryview(piece)
    while left:
        left = left[os.write(descriptor, left) :]


def _folder() -> Path:
    return get_settings().home / "uploads"


def _said_of(upload_id: UUID) -> Path:
    return _folder() / f"{upload_id}.json"


def _say(upload: Upload) -> None:
    """Others may read it at any moment: it is there whole, or as it was."""
    said = {
        "owner": str(upload.owner_id),
        "name": upload.name,
        "length": upload.length,
        "session": str(upload.session_id or ""),
    }
    written = _said_of(upload.id).with_suffix(".new")
    written.write_text(json.dumps(said))
    written.replace(_said_of(upload.id))


def _read(upload_id: UUID) -> Upload | None:
    try:
        said = json.loads(_said_of(upload_id).read_text())
    except (FileNotFoundError, ValueError):
        return None
    session = said.get("session")
    return Upload(
        upload_id,
        UUID(said["owner"]),
        said["name"],
        said["length"],
        UUID(session) if session else None,
    )
