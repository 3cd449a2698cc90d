"""Films of a few bytes: all that is said of a film, and nothing to be seen."""

from __future__ import annotations

import struct

_MILLISECONDS = 1_000_000
_UPRIGHT = struct.pack("!9I", 1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30)


def webm(width: int = 64, height: int = 48, seconds: float = 2) -> bytes:
    """How it begins: its length is not known, as browsers write it while they record, so as many
    pictures may follow as one likes."""
    kind = element("4282", b"webm") + _number("4287", 2) + _number("4285", 2)
    length = element("4489", struct.pack("!d", seconds * 1000))
    info = element("1549A966", _number("2AD7B1", _MILLISECONDS) + length)
    size = element("E0", _number("B0", width) + _number("BA", height))
    track = _number("D7", 1) + _number("73C5", 1) + _number("83", 1) + element("86", b"V_VP8")
    tracks = element("1654AE6B", element("AE", track + size))
    return element("1A45DFA3", kind) + bytes.fromhex("18538067 01FFFFFFFFFFFFFF") + info + tracks


def webm_picture(size: int) -> bytes:
    """Of so many bytes, which are no picture."""
    block = element("A3", bytes.fromhex("81 0000 80") + bytes(size))
    return element("1F43B675", _number("E7", 1) + block)


def element(id_: str, content: bytes) -> bytes:
    return bytes.fromhex(id_) + (len(content) | 1 << 56).to_bytes(8, "big") + content


def _number(id_: str, value: int) -> bytes:
    return element(id_, value.to_bytes((value.bit_length() + 7) // 8, "big"))


def mp4(width: int = 64, height: int = 48, seconds: int = 2) -> bytes:
    lasts = seconds * 1000
    moves = bytes(12) + struct.pack("!IIIH10x", 1000, lasts, 1 << 16, 1 << 8) + _UPRIGHT
    track = struct.pack("!I8xIIII16x", 3, 1, 0, lasts, 0) + _UPRIGHT
    times = bytes(12) + struct.pack("!IIHH", 1000, lasts, 0x55C4, 0)
    look = bytes(6) + struct.pack("!H16xHHII4xH32xHh", 1, width, height, 72, 72, 1, 24, -1)
    described = box(b"stbl", box(b"stsd", struct.pack("!4xI", 1) + box(b"avc1", look)))
    media = box(b"mdhd", times) + box(b"hdlr", bytes(8) + b"vide" + bytes(13))
    media += box(b"minf", box(b"vmhd", bytes(12)) + described)
    shown = box(b"tkhd", track + struct.pack("!II", width << 16, height << 16))
    film = box(b"mvhd", moves + bytes(24) + struct.pack("!I", 2))
    film += box(b"trak", shown + box(b"mdia", media))
    named = struct.pack("!4sI", b"isom", 512) + b"isomiso2avc1mp41"
    return box(b"ftyp", named) + box(b"moov", film) + box(b"mdat", bytes(16))


def box(kind: bytes, content: bytes) -> bytes:
    return struct.pack("!I", 8 + len(content)) + kind + content
