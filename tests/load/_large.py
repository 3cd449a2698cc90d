"""Large files in which all the room is taken by one thing, for whoever reads them to stumble over.

What fills them are holes, which take no room on the disk and no time to write.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

from tests.support import files, films

_BLOCK_BYTES = 256 * 1024
# Bytes, or how many zeros.
Part = bytes | int


def _write(path: Path, *parts: Part) -> None:
    with path.open("wb") as file:
        for part in parts:
            if isinstance(part, int):
                file.seek(part, os.SEEK_CUR)
            else:
                file.write(part)
        file.truncate()


def text(path: Path, size: int) -> None:
    """Words, for which no decoder is asked; no two blocks are the same."""
    with path.open("wb") as file:
        for number in range(-(-size // _BLOCK_BYTES)):
            block = f"block {number} ".encode()
            file.write((block * (_BLOCK_BYTES // len(block) + 1))[:_BLOCK_BYTES])
        file.truncate(size)


def one_line(path: Path, size: int) -> None:
    with path.open("wb") as file:
        for _ in range(-(-size // _BLOCK_BYTES)):
            file.write(b"x" * _BLOCK_BYTES)
        file.truncate(size)


def archive(path: Path, size: int) -> None:
    """A ZIP that has one file, not compressed; what it says of that is not true."""
    _write(
        path, struct.pack("<4s5H3I2H", b"PK\3\4", 20, 0, 0, 0, 0, 0, size, size, 1, 0), b"a", size
    )


def jpeg_with_a_film(path: Path, size: int) -> None:
    """As telephones take them."""
    _write(path, files.picture("JPEG"), films.mp4(), size)


def jpeg_comments(path: Path, size: int) -> None:
    _jpeg_segments(path, size, 0xFE, b"")


def jpeg_profile(path: Path, size: int) -> None:
    _jpeg_segments(path, size, 0xE2, b"ICC_PROFILE\0\1\1")


def jpeg_exif(path: Path, size: int) -> None:
    _jpeg_segments(path, size, 0xE1, b"Exif\0\0")


def _jpeg_segments(path: Path, size: int, marker: int, start: bytes) -> None:
    picture, length = files.picture("JPEG"), 65_535
    segment = struct.pack("!BBH", 0xFF, marker, length) + start
    rest = length - 2 - len(start)
    _write(path, picture[:2], *([segment, rest] * (size // length + 1)), picture[2:])


def png_text(path: Path, size: int) -> None:
    _png_chunk(path, size, b"tEXt", b"Comment\0")


def png_packed_text(path: Path, size: int) -> None:
    """Which would be a thousand times as long if somebody unpacked it."""
    packer = zlib.compressobj()
    packed = b"".join(packer.compress(bytes(10_000_000)) for _ in range(100)) + packer.flush()
    _png_chunk(path, size, b"zTXt", b"Comment\0\0" + packed)


def png_profile(path: Path, size: int) -> None:
    _png_chunk(path, size, b"iCCP", b"Profile\0\0")


def png_exif(path: Path, size: int) -> None:
    _png_chunk(path, size, b"eXIf", b"MM\0\x2a\0\0\0\x08")


def png_private(path: Path, size: int) -> None:
    _png_chunk(path, size, b"deSk", b"")


def png_tail(path: Path, size: int) -> None:
    _write(path, files.picture(), size)


def _png_chunk(path: Path, size: int, name: bytes, start: bytes) -> None:
    """Before what the picture is drawn from. The sum is not right, as nobody has to find."""
    picture = files.picture()
    head = struct.pack("!I", len(start) + size) + name + start
    _write(path, picture[:33], head, size, bytes(4), picture[33:])


def png_with_more_than_it_draws(path: Path, size: int) -> None:
    picture = files.picture()
    _write(path, picture[:-12], struct.pack("!I", size) + b"IDAT", size, bytes(4), picture[-12:])


def gif_comment(path: Path, size: int) -> None:
    picture = files.picture("GIF")
    flags = picture[10]
    start = 13 + (3 << (flags & 7) + 1 if flags & 0x80 else 0)
    block = b"\xff" + b"x" * 255
    with path.open("wb") as file:
        file.write(picture[:start] + b"!\xfe")
        for _ in range(size // (1024 * len(block)) + 1):
            file.write(block * 1024)
        file.write(b"\0" + picture[start:])


def gif_frames(path: Path, size: int) -> None:
    picture = files.picture("GIF")
    frame = picture[picture.index(b",", 13) : -1]
    with path.open("wb") as file:
        file.write(picture[:-1])
        file.write(frame * (size // len(frame) + 1))
        file.write(picture[-1:])


def webp_exif(path: Path, size: int) -> None:
    _webp_chunk(path, size, b"EXIF", 0x08)


def webp_remarks(path: Path, size: int) -> None:
    _webp_chunk(path, size, b"XMP ", 0x04)


def webp_profile(path: Path, size: int) -> None:
    _webp_chunk(path, size, b"ICCP", 0x20)


def _webp_chunk(path: Path, size: int, name: bytes, flag: int) -> None:
    size -= size % 2
    picture, (width, height) = files.picture("WEBP"), (60, 40)
    sides = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    canvas = b"VP8X" + struct.pack("<IB3x", 10, flag) + sides
    aside = name + struct.pack("<I", size)
    first, last = (aside, picture[12:]) if name == b"ICCP" else (picture[12:], aside)
    filled: list[Part] = [first, size, last] if name == b"ICCP" else [first, last, size]
    length = 4 + len(canvas) + len(picture) - 12 + len(aside) + size
    _write(path, b"RIFF" + struct.pack("<I", length) + b"WEBP", canvas, *filled)


def webp_with_more_than_it_draws(path: Path, size: int) -> None:
    picture = files.picture("WEBP")
    size -= size % 2
    name, length = picture[12:16], struct.unpack("<I", picture[16:20])[0]
    head = b"RIFF" + struct.pack("<I", len(picture) - 8 + size) + b"WEBP" + name
    _write(path, head + struct.pack("<I", length + size) + picture[20:], size)


def avif_tail(path: Path, size: int) -> None:
    _write(path, files.picture("AVIF"), struct.pack("!I", 8 + size) + b"free", size)


def film(path: Path, size: int) -> None:
    """Of many pictures, which are none."""
    picture = films.webm_picture(_BLOCK_BYTES)
    _write(path, films.webm(), *[picture] * (size // len(picture) + 1))


def film_cover(path: Path, size: int) -> None:
    kind = films.box(b"hdlr", bytes(8) + b"mdirappl" + bytes(9))
    _mp4_remark(path, size, [b"udta", b"meta", b"ilst", b"covr", b"data"], kind)


def film_comment(path: Path, size: int) -> None:
    _mp4_remark(path, size, [b"udta", b"\xa9cmt"])


def film_unknown(path: Path, size: int) -> None:
    _mp4_remark(path, size, [b"desk"])


def _mp4_remark(path: Path, size: int, names: list[bytes], kind: bytes = b"") -> None:
    """At the end of what is said of the film: boxes in boxes, of which the innermost is long."""
    whole = films.mp4()
    start = whole.index(b"moov") - 4
    end = start + int.from_bytes(whole[start : start + 4], "big")
    boxes, length = b"", size
    for name in reversed(names):
        own = {b"meta": bytes(4) + kind, b"data": struct.pack("!II", 13, 0)}.get(name, b"")
        length += 8 + len(own)
        boxes = struct.pack("!I", length) + name + own + boxes
    said = whole[start + 8 : end] + boxes
    head = struct.pack("!I", 8 + len(said) + size) + b"moov"
    _write(path, whole[:start] + head + said, size, whole[end:])


def film_attachment(path: Path, size: int) -> None:
    about = films.element("466E", b"a.ttf") + films.element("4660", b"font/ttf")
    _webm_element(path, size, ["1941A469", "61A7", "465C"], about)


def film_tag(path: Path, size: int) -> None:
    about = films.element("45A3", b"COMMENT")
    _webm_element(path, size, ["1254C367", "7373", "67C8", "4487"], about)


def film_nothing(path: Path, size: int) -> None:
    _webm_element(path, size, ["EC"], b"")


def _webm_element(path: Path, size: int, ids: list[str], about: bytes) -> None:
    """Elements in elements; `about` stands beside the innermost, which is long."""
    elements, length = b"", size
    for depth, id_ in enumerate(reversed(ids)):
        beside = about if depth == 1 else b""
        head = bytes.fromhex(id_) + (length + len(beside) | 1 << 56).to_bytes(8, "big") + beside
        elements = head + elements
        length += len(head)
    _write(path, films.webm(), elements, size, films.webm_picture(100))


def song_cover(path: Path, size: int) -> None:
    """An MP3's: its length is spelt seven bits a byte."""

    def spelt(length: int) -> bytes:
        return bytes(length >> shift & 0x7F for shift in (21, 14, 7, 0))

    about = b"\0image/jpeg\0\3\0"
    frame = b"APIC" + spelt(len(about) + size) + bytes(2) + about
    head = b"ID3\4\0\0" + spelt(len(frame) + size) + frame
    _write(path, head, size, (b"\xff\xfb\x90\0" + bytes(413)) * 50)


def song_remark(path: Path, size: int) -> None:
    """A WAV's."""
    sound = files.sound()
    remark = b"LIST" + struct.pack("<I", size + 12) + b"INFOICMT" + struct.pack("<I", size)
    length = struct.pack("<I", len(sound) - 8 + len(remark) + size)
    _write(path, sound[:4] + length + sound[8:12] + remark, size, sound[12:])


def document(path: Path, size: int) -> None:
    """One page, and a stream that takes all the room."""
    _document(path, size, b"")


def document_page(path: Path, size: int) -> None:
    """And what the page is drawn from is that stream."""
    _document(path, size, b"/Contents 4 0 R")


def _document(path: Path, size: int, page: bytes) -> None:
    about = (
        b"<</Type/Catalog/Pages 2 0 R>>endobj\n",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]%s>>endobj\n" % page,
        b"<</Length %d>>stream\n" % size,
    )
    written, places = b"%PDF-1.4\n", []
    for number, each in enumerate(about, start=1):
        places.append(len(written))
        written += b"%d 0 obj%s" % (number, each)
    end = b"\nendstream endobj\n"
    table = b"xref\n0 5\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % p for p in places)
    at = len(written) + size + len(end)
    trailer = b"trailer<</Root 1 0 R/Size 5>>\nstartxref\n%d\n%%%%EOF\n" % at
    _write(path, written, size, end + table + trailer)


Writer = Callable[[Path, int], None]
KEPT: list[Writer] = [
    text, one_line, archive,
    jpeg_with_a_film, jpeg_comments, jpeg_profile, jpeg_exif,
    png_text, png_packed_text, png_profile, png_exif, png_private, png_tail,
    png_with_more_than_it_draws,
    gif_comment, gif_frames,
    webp_exif, webp_remarks, webp_profile,
    film, film_cover, film_comment, film_unknown, film_attachment, film_tag, film_nothing,
    song_cover, song_remark,
    document, document_page,
]  # fmt: skip
# What can only be looked at by taking it all into memory.
REFUSED: list[Writer] = [webp_with_more_than_it_draws, avif_tail]
