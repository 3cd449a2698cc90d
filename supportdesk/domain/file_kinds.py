"""What kinds of files there are, and how each is shown. Imports nothing: decoders need it too."""

from __future__ import annotations

from enum import StrEnum

UNKNOWN = "application/octet-stream"

# What a browser may draw in place. None of these runs a script of its own, and no other type is
# ever sent as what it is.
PICTURES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp", "image/avif"})
VIDEOS = frozenset({"video/mp4", "video/webm", "video/ogg", "video/quicktime"})
SOUNDS = frozenset(
    {"audio/mpeg", "audio/ogg", "audio/wav", "audio/webm", "audio/mp4", "audio/flac", "audio/aac"}
)
PDF = "application/pdf"
INLINE = PICTURES | VIDEOS | SOUNDS | {PDF}


class Kind(StrEnum):
    """How it is shown."""

    PICTURE = "picture"
    VIDEO = "video"
    SOUND = "sound"
    PDF = "pdf"
    TEXT = "text"
    OTHER = "other"


def kind_of(type_: str) -> Kind:
    if type_ in PICTURES:
        return Kind.PICTURE
    if type_ in VIDEOS:
        return Kind.VIDEO
    if type_ in SOUNDS:
        return Kind.SOUND
    if type_ == PDF:
        return Kind.PDF
    return Kind.TEXT if type_.startswith("text/") else Kind.OTHER
