"""Films and sounds: how long and how large."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from supportdesk.domain.file_kinds import SOUNDS, VIDEOS
from supportdesk.storage.decoding.bare_films import bare_film
from supportdesk.storage.decoding.worker import Seen, Unreadable

# A film may say anything of itself. What goes beyond these is as good as not said.
_LONGEST_SIDE = 32_768
_LONGEST_SECONDS = 7 * 24 * 3600
_READ_BYTES = 64 * 1024


def look_at_film(path: Path, type_: str, _: int) -> Seen:
    """A film that says neither may still play."""
    from pymediainfo import MediaInfo

    try:
        with path.open("rb") as file:
            tracks = MediaInfo.parse(bare_film(file), buffer_size=_READ_BYTES).tracks
    except Exception as error:
        raise Unreadable(type(error).__name__) from None
    by_kind: dict[str, Any] = {track.track_type: track for track in reversed(tracks)}
    general, film = by_kind.get("General"), by_kind.get("Video")
    if film is None and "Audio" not in by_kind:
        raise Unreadable
    seconds = float(getattr(general, "duration", 0) or 0) / 1000
    if not 0 <= seconds <= _LONGEST_SECONDS:
        seconds = 0.0
    if film is None:
        heard = type_.replace("video/", "audio/")
        return Seen(heard if heard in SOUNDS else type_, seconds=seconds)
    seen = type_.replace("audio/", "video/")
    width, height = int(film.width or 0), int(film.height or 0)
    if max(width, height) > _LONGEST_SIDE:
        width = height = 0
    return Seen(seen if seen in VIDEOS else type_, width, height, seconds)
