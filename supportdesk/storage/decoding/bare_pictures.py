"""A picture's file without what it says besides: remarks, profiles, previews, further frames.

Decoders keep all of that in memory, however much it is; for a small picture nobody needs any of it.
Only which way up it was taken is left. Nothing is copied: what is passed over is never read.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Callable, Iterator
from typing import BinaryIO

from supportdesk.storage.decoding.parts import Part, joined, whole
from supportdesk.storage.decoding.worker import TooMuchToRead, Unreadable

# More than any honest part of a picture has that is not the picture.
_MOST_ASIDE = 64 * 1024 + 16
# Decoders of these read all there is before they begin.
_MOST_AT_ONCE = 32_000_000


def bare_picture(file: BinaryIO, type_: str) -> BinaryIO:
    """Raises `Unreadable` for what ends too early, and `TooMuchToRead`."""
    parts = list(_PARTS[type_](file))
    if type_ in _READ_AT_ONCE and sum(map(len, parts)) > _MOST_AT_ONCE:
        raise TooMuchToRead
    return joined(file, parts)


def _jpeg(file: BinaryIO) -> Iterator[Part]:
    """Segments, and then the picture; what is said in the midst of that, decoders do not keep."""
    aside: set[int] = set()
    yield b"\xff\xd8"
    at = 2
    while True:
        file.seek(at)
        start, marker, length = struct.unpack("!BBH", whole(file, 4))
        if start != 0xFF:
            raise Unreadable
        if marker == 0xDA:
            yield range(at, file.seek(0, io.SEEK_END))
            return
        if marker in (0x00, 0xFF, 0x01, *range(0xD0, 0xDA)):  # Padding, and what has no content.
            at += 1 if marker == 0xFF else 2
            continue
        if marker < 0xE0 or (
            marker in _ONCE and marker not in aside and _says(file, _ONCE[marker])
        ):
            aside.add(marker)
            yield range(at, at + 2 + length)
        at += 2 + length


# How it counts, which way up it is, and what its colours are.
_ONCE = {0xE0: b"JFIF", 0xE1: b"Exif", 0xEE: b"Adobe"}


def _says(file: BinaryIO, name: bytes) -> bool:
    return file.read(len(name)) == name


def _png(file: BinaryIO) -> Iterator[Part]:
    at = 8
    yield range(at)
    while True:
        file.seek(at)
        length, name = struct.unpack("!I4s", whole(file, 8))
        end = at + 12 + length
        if name in _DRAWN_FROM or (name == b"eXIf" and length < _MOST_ASIDE):
            if name != b"IDAT" and length > _MOST_ASIDE:
                raise Unreadable
            yield range(at, end)
        if name == b"IEND":
            return
        at = end


_DRAWN_FROM = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")


def _gif(file: BinaryIO) -> Iterator[Part]:
    """The first frame, and how it is to be shown."""
    flags = whole(file, 13)[10]
    at = 13 + (3 << (flags & 7) + 1 if flags & 0x80 else 0)
    yield range(at)
    while True:
        file.seek(at)
        sort = whole(file, 1)
        if sort == b",":
            yield range(at, file.seek(0, io.SEEK_END))
            return
        if sort != b"!":
            raise Unreadable
        is_control = whole(file, 1) == b"\xf9"
        while length := whole(file, 1)[0]:
            file.seek(length, io.SEEK_CUR)
        if is_control:
            yield range(at, file.tell())
        at = file.tell()


def _webp(file: BinaryIO) -> Iterator[Part]:
    """The first frame, on its canvas, and which way up it is: what comes once."""
    kept: dict[bytes, list[Part]] = {}
    at, size = 12, 8 + struct.unpack("<4xI4x", whole(file, 12))[0]
    while at < size:
        file.seek(at)
        name, length = struct.unpack("<4sI", whole(file, 8))
        end = min(at + 8 + length + length % 2, max(size, at + 8 + length))
        sort = _FRAME if name in _FRAMES else name
        if name == b"VP8X":
            said = whole(file, 1)[0] & ~_PROFILE_AND_REMARKS
            kept.setdefault(name, [name + struct.pack("<IB", length, said), range(at + 9, end)])
        elif sort in _OF_THE_FRAME or (name == b"EXIF" and length < _MOST_ASIDE):
            kept.setdefault(sort, [range(at, end)])
        at = end
    parts = [part for each in kept.values() for part in each]
    yield b"RIFF" + struct.pack("<I", 4 + sum(map(len, parts))) + b"WEBP"
    yield from parts


_FRAMES, _FRAME = (b"VP8 ", b"VP8L", b"ANMF"), b"frame"
_OF_THE_FRAME = (b"ANIM", b"ALPH", _FRAME)
_PROFILE_AND_REMARKS = 0x24


def _avif(file: BinaryIO) -> Iterator[Part]:
    """Its parts are named by where they are in the file, so there is nothing to leave out."""
    yield range(file.seek(0, io.SEEK_END))


_PARTS: dict[str, Callable[[BinaryIO], Iterator[Part]]] = {
    "image/jpeg": _jpeg,
    "image/png": _png,
    "image/gif": _gif,
    "image/webp": _webp,
    "image/avif": _avif,
}
_READ_AT_ONCE = ("image/webp", "image/avif")
