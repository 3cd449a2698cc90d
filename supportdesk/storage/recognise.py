"""What a file is, by its content. Its name only decides between what the content may be."""

from __future__ import annotations

import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from pathlib import Path, PurePath

import puremagic

from supportdesk.domain.file_kinds import INLINE, PDF, UNKNOWN

_HEAD_BYTES = 8192
# Other spellings of what the desk knows.
_PLAIN = {
    "audio/wave": "audio/wav",
    "audio/x-wav": "audio/wav",
    "audio/x-opus+ogg": "audio/ogg",
    "audio/x-flac": "audio/flac",
    "audio/x-m4a": "audio/mp4",
    "audio/m4a": "audio/mp4",
    "audio/mp3": "audio/mpeg",
    "image/jpg": "image/jpeg",
    "application/xhtml+xml": "text/html",
}
_MARKUP = (("<svg", "image/svg+xml"), ("<html", "text/html"), ("<!doctype html", "text/html"))
_IN_NO_TEXT = re.compile(r"[\0-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_PROGRAMS = (b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe")


def type_of(path: Path, name: str) -> str:
    """The media type; `application/octet-stream` when nothing is known, or it is a program."""
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if head.startswith(b"%PDF-"):
        return PDF
    if head.startswith(_PROGRAMS):
        return UNKNOWN
    if (written := _as_text(head)) is not None:
        return _kind_of_text(written)
    return _by_signature(head, PurePath(name).suffix.lower())


def _as_text(head: bytes) -> str | None:
    """What is written there, if it is text."""
    if head.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        written = _decoded(head, "utf-16")
    elif b"\0" in head:
        return None
    elif (written := _decoded(head, "utf-8-sig")) is not None:
        return written
    else:
        # One byte a letter, as tables often still come. Which letter does not matter here.
        written = _decoded(head, "cp1252")
    return None if written is None or _IN_NO_TEXT.search(written) else written


def _decoded(head: bytes, encoding: str) -> str | None:
    """Its last character may be cut."""
    for cut in range(4):
        try:
            return head[: len(head) - cut].decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _kind_of_text(written: str) -> str:
    start = written[:1024].lower()
    return next((type_ for mark, type_ in _MARKUP if mark in start), "text/plain")


def _by_signature(head: bytes, suffix: str) -> str:
    try:
        found = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return UNKNOWN
    named: list[tuple[str, str]] = [
        (_PLAIN.get(each.mime_type, each.mime_type), each.extension) for each in found
    ]
    types = [type_ for type_, _ in named if type_]
    if not types:
        return UNKNOWN
    if types[0] in INLINE:
        return types[0]
    return next((type_ for type_, ending in named if type_ and ending == suffix), types[0])
