"""A film's file without what it says besides: covers, comments, padding.

What reads it keeps each of these in memory as a whole.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from typing import BinaryIO

from supportdesk.storage.decoding.parts import Part, joined, whole
from supportdesk.storage.decoding.worker import Unreadable

# What a film consists of, each of its tracks, and how they refer to each other.
_OF_MP4 = (b"mvhd", b"trak", b"mvex")
_OF_WAV = (b"fmt ", b"fact", b"data")


def bare_film(file: BinaryIO) -> BinaryIO:
    head = file.read(12)
    size = file.seek(0, io.SEEK_END)
    if head[4:8] == b"ftyp":
        return joined(file, _mp4(file, size))
    if head[:4] + head[8:] == b"RIFFWAVE":
        return joined(file, _wav(file, size))
    if head[:3] == b"ID3":
        return joined(file, [range(min(_end_of_tag(head), size), size)])
    return joined(file, [range(size)])


def _mp4(file: BinaryIO, size: int) -> Iterator[Part]:
    """One that was cut in the middle of the pictures is no matter of ours."""
    for name, at, start, end in _boxes(file, 0, size):
        if name != b"moov":
            yield range(at, min(end, size))
            continue
        kept = [range(a, b) for each, a, _, b in _boxes(file, start, end) if each in _OF_MP4]
        yield struct.pack("!I4s", 8 + sum(map(len, kept)), name)
        yield from kept


def _boxes(file: BinaryIO, at: int, end: int) -> Iterator[tuple[bytes, int, int, int]]:
    """Of each its name, where it begins, where its content does, and where it ends."""
    while at + 8 <= end:
        file.seek(at)
        length, name = struct.unpack("!I4s", whole(file, 8))
        start = at + 8
        if length == 1:
            length, start = struct.unpack("!Q", whole(file, 8))[0], at + 16
        length = length or end - at
        if at + length < start:
            raise Unreadable
        yield name, at, start, at + length
        at += length


def _wav(file: BinaryIO, size: int) -> Iterator[Part]:
    yield range(12)
    at = 12
    while at + 8 <= size:
        file.seek(at)
        name, length = struct.unpack("<4sI", whole(file, 8))
        end = at + 8 + length + length % 2
        if name in _OF_WAV:
            yield range(at, min(end, size))
        at = end


def _end_of_tag(head: bytes) -> int:
    """Its length is spelt seven bits a byte."""
    length = 0
    for each in head[6:10]:
        length = length << 7 | each & 0x7F
    return 10 + length
