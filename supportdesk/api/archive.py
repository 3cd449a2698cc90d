"""A zip file that is written while it is sent: neither it nor what goes into it is held whole."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime

from supportdesk.domain.files import clean_name

# What no file may be called where people unpack it.
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")
_UNSAFE = re.compile(r'[<>:"|?*/\\]')
_NAME_BYTES = 180


@dataclass(frozen=True, slots=True)
class Entry:
    """`size` is that of all `pieces` together; what is `packed` is compressed."""

    name: str
    size: int
    pieces: AsyncIterator[bytes]
    packed: bool = False


class _Passing(io.RawIOBase):
    """Takes what is written, and cannot go back; `take` hands it on."""

    def __init__(self) -> None:
        self._written = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, piece: object) -> int:
        before = len(self._written)
        self._written += memoryview(piece)  # type: ignore[arg-type]
        return len(self._written) - before

    def take(self) -> bytes:
        taken = bytes(self._written)
        self._written.clear()
        return taken


async def zipped(entries: AsyncIterator[Entry]) -> AsyncIterator[bytes]:
    """The bytes of the archive, in pieces about as large as those that go into it."""
    passing = _Passing()
    with zipfile.ZipFile(passing, "w") as archive:
        async for entry in entries:
            with archive.open(_head(entry), "w") as into:
                async for piece in entry.pieces:
                    into.write(piece)
                    if written := passing.take():
                        yield written
    yield passing.take()


def _head(entry: Entry) -> zipfile.ZipInfo:
    head = zipfile.ZipInfo(entry.name, datetime.now(UTC).timetuple()[:6])
    head.compress_type = zipfile.ZIP_DEFLATED if entry.packed else zipfile.ZIP_STORED
    head.file_size = entry.size  # Whether it needs the larger numbers of Zip64 is settled by it.
    head.external_attr = 0o600 << 16
    return head


class Names:
    """Names within a folder of the archive, no two alike on any system."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def give(self, folder: str, name: str) -> str:
        """`folder/name`, or as near to it as is safe and free."""
        stem, dot, ending = _safe(name).rpartition(".")
        if not stem:
            stem, dot, ending = ending, "", ""
        path, count = f"{folder}/{stem}{dot}{ending}", 1
        while path.casefold() in self._taken:
            count += 1
            path = f"{folder}/{stem} ({count}){dot}{ending}"
        self._taken.add(path.casefold())
        return path


def _safe(name: str) -> str:
    """A name that is one on every system, and hides nothing from a list of files."""
    name = _UNSAFE.sub("_", clean_name(name)).strip(". ") or "file"
    if _RESERVED.fullmatch(name):
        name = f"_{name}"
    stem, dot, ending = name.rpartition(".")
    if not stem or len(ending) > 20:
        stem, dot, ending = name, "", ""
    room = _NAME_BYTES - len(f"{dot}{ending}".encode())
    return stem.encode()[:room].decode(errors="ignore").rstrip(". ") + dot + ending
