"""Looking into pictures, films and documents, in a process of its own.

What decodes the files of strangers must be able to crash, to take too long, or to want all memory,
without the desk noticing. So it runs in a worker process under limits that the kernel holds it to;
who takes too long is killed.
"""

from __future__ import annotations

import resource
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING, Any

import anyio
from anyio import BrokenWorkerProcess, to_process

from supportdesk.config import get_settings
from supportdesk.domain.errors import Refused
from supportdesk.domain.files import PDF, SOUNDS, VIDEOS, Kind, kind_of

if TYPE_CHECKING:
    from pathlib import Path

    from PIL.Image import Image

_SECONDS = 20
_MEMORY_BYTES = 2 * 1024**3
_AT_ONCE = 2
# The longer side of the small picture.
_PICTURE_SIDE = 640
_PAGE_SIDE = 1400
# A film may say anything of itself. What goes beyond these is as good as not said.
_LONGEST_SIDE = 32_768
_LONGEST_SECONDS = 7 * 24 * 3600
# What EXIF says of a camera that was held upright.
_ORIENTATION, _ON_ITS_SIDE = 0x0112, range(5, 9)
_FORMATS = {
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "GIF": "image/gif",
    "WEBP": "image/webp",
    "AVIF": "image/avif",
}
# A JPEG with further pictures behind the first.
_SEVERAL_IN_ONE = {"MPO": "image/jpeg"}


@dataclass(frozen=True, slots=True)
class Seen:
    """What there was to see; `picture` is a small WebP of it. Zero and nothing when unknown."""

    type: str
    width: int = 0
    height: int = 0
    seconds: float = 0.0
    picture: bytes = b""


class Unreadable(Exception):
    """It is not what it seems to be. Told by the worker."""


class TooLarge(Exception):
    """It would take more memory than anything should. Told by the worker."""


async def look(path: Path, type_: str) -> Seen:
    """Raises `Refused` for what is damaged, or more than it seems."""
    look_at = _ways().get(kind_of(type_))
    if look_at is None:
        return Seen(type_)
    try:
        # Waiting for a turn takes nothing of a file's own time.
        async with _limiter():
            with anyio.fail_after(_SECONDS):
                return await to_process.run_sync(
                    _limited,
                    look_at,
                    str(path),
                    type_,
                    get_settings().image_megapixels,
                    cancellable=True,
                    limiter=anyio.CapacityLimiter(1),
                )
    except TooLarge:
        raise Refused("This image has too many pixels.") from None
    except (Unreadable, BrokenWorkerProcess, TimeoutError, MemoryError):
        raise Refused("This file is damaged, or is not what it says it is.") from None


@lru_cache(maxsize=1)
def _limiter() -> anyio.CapacityLimiter:
    return anyio.CapacityLimiter(_AT_ONCE)


def _ways() -> dict[Kind, Callable[..., Seen]]:
    return {
        Kind.PICTURE: _look_at_picture,
        Kind.VIDEO: _look_at_film,
        Kind.SOUND: _look_at_film,
        Kind.PDF: _look_at_document,
    }


# What follows runs in the worker.


def _limited(look_at: Callable[..., Seen], path: str, type_: str, megapixels: int) -> Seen:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    return look_at(path, type_, megapixels)


def _look_at_picture(path: str, type_: str, megapixels: int) -> Seen:
    from PIL import Image

    Image.init()
    try:
        with Image.open(path, formats=list(_FORMATS)) as image:
            width, height = image.size
            if width * height > megapixels * 1_000_000:
                raise TooLarge
            found = (_FORMATS | _SEVERAL_IN_ONE)[image.format or ""]
            # Every byte is decoded at full size, so what is cut short is noticed.
            image.load()
            if image.getexif().get(_ORIENTATION, 1) in _ON_ITS_SIDE:
                width, height = height, width
            return Seen(found, width, height, picture=_small(image, _PICTURE_SIDE))
    except TooLarge:
        raise
    except Image.DecompressionBombError:
        raise TooLarge from None
    except Exception as error:
        # Decoders of hostile data raise whatever they please.
        raise Unreadable(type(error).__name__) from None


def _small(image: Image, side: int) -> bytes:
    """Drawn anew, so that nothing of what the file said about itself is in it. Takes the image, of
    which there may be no room for a second one."""
    from PIL import Image as Pillow
    from PIL import ImageOps

    clear = "A" in image.getbands() or "transparency" in image.info
    if image.mode not in ("RGB", "RGBA", "L", "LA"):  # The others cannot be made smaller as such.
        image = image.convert("RGBA" if clear else "RGB")
    image.thumbnail((side, side), Pillow.Resampling.LANCZOS)
    drawn = ImageOps.exif_transpose(image).convert("RGBA" if clear else "RGB")
    bare = Pillow.new(drawn.mode, drawn.size)
    bare.paste(drawn)
    written = BytesIO()
    bare.save(written, "WEBP", quality=80, method=2)
    return written.getvalue()


def _look_at_film(path: str, type_: str, _: int) -> Seen:
    """How long and how large; a film that says neither may still play."""
    from pymediainfo import MediaInfo

    try:
        tracks = MediaInfo.parse(path).tracks
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


def _look_at_document(path: str, _: str, __: int) -> Seen:
    """Its first page; one that is locked or broken can still be kept and opened."""
    import pypdfium2

    try:
        with pypdfium2.PdfDocument(path) as document:
            page = document[0]
            width, height = page.get_size()
            image = page.render(scale=_PAGE_SIDE / max(width, height, 1)).to_pil()
            return Seen(PDF, image.width, image.height, picture=_small(image, _PAGE_SIDE))
    except Exception:
        return Seen(PDF)
