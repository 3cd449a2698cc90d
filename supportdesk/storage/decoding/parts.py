"""A file of which some parts are passed over: nothing is copied, and nothing of those is read."""

from __future__ import annotations

import io
from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate
from typing import BinaryIO

from supportdesk.storage.decoding.worker import Unreadable

# Either bytes, or where they are in the file.
Part = bytes | range


def joined(file: BinaryIO, parts: Iterable[Part]) -> BinaryIO:
    """One behind the other. Raises `Unreadable` when the file ends before they do."""
    kept = list(parts)
    size = file.seek(0, io.SEEK_END)
    if any(isinstance(each, range) and each.stop > size for each in kept):
        raise Unreadable
    return io.BufferedReader(_Joined(file, kept))


def whole(file: BinaryIO, length: int) -> bytes:
    """Raises `Unreadable` when there is less."""
    found = file.read(length)
    if len(found) < length:
        raise Unreadable
    return found


class _Joined(io.RawIOBase):
    """Parts of a file, one behind the other."""

    def __init__(self, file: BinaryIO, parts: list[Part]) -> None:
        self._file, self._parts = file, parts
        self._ends = list(accumulate(map(len, parts)))
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        size = self._ends[-1] if self._ends else 0
        self._at = max(
            offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: size}[whence], 0
        )
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        number = bisect_right(self._ends, self._at)
        if number == len(self._parts):
            return 0
        part = self._parts[number]
        within = self._at - (self._ends[number] - len(part))
        length = min(len(buffer), len(part) - within)
        if isinstance(part, range):
            self._file.seek(part[within])
            length = self._file.readinto(memoryview(buffer)[:length])  # type: ignore[attr-defined]
        else:
            buffer[:length] = part[within : within + length]
        self._at += length
        return length
