"""Pictures: decoded in full, and drawn anew at a small size."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from supportdesk.storage.decoding.bare_pictures import bare_picture
from supportdesk.storage.decoding.worker import (
    LARGE_FILE_BYTES,
    Seen,
    TooLarge,
    TooMuchToRead,
    Unreadable,
)

if TYPE_CHECKING:
    from PIL.Image import Image

# The longer side of the small picture.
_PICTURE_SIDE = 640
# What EXIF says of a camera that was held upright.
_ORIENTATION, _ON_ITS_SIDE = 0x0112, range(5, 9)
_FORMATS = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/gif": "GIF",
    "image/webp": "WEBP",
    "image/avif": "AVIF",
}


def look_at_picture(path: Path, type_: str, megapixels: int) -> Seen:
    from PIL import Image

    try:
        with (
            path.open("rb") as file,
            Image.open(bare_picture(file, type_), "r", [_FORMATS[type_]]) as image,
        ):
            return _seen(image, type_, megapixels, is_large=path.stat().st_size >= LARGE_FILE_BYTES)
    except (TooLarge, TooMuchToRead):
        raise
    except Image.DecompressionBombError:
        raise TooLarge from None
    except Exception as error:
        # Decoders of hostile data raise whatever they please.
        raise Unreadable(type(error).__name__) from None


def _seen(image: Image, type_: str, megapixels: int, *, is_large: bool) -> Seen:
    width, height = image.size
    if width * height > megapixels * 1_000_000:
        raise TooLarge
    # Every byte is read, so what is cut short is noticed; a JPEG need not be drawn at full size.
    image.draft(None, (2 * _PICTURE_SIDE, 2 * _PICTURE_SIDE))
    try:
        image.load()
        if image.getexif().get(_ORIENTATION, 1) in _ON_ITS_SIDE:
            width, height = height, width
        return Seen(type_, width, height, picture=small(image, _PICTURE_SIDE))
    except (MemoryError, OSError) as error:
        if is_large and _is_for_want_of_memory(error):
            return Seen(type_, width, height)
        raise


def _is_for_want_of_memory(error: Exception) -> bool:
    return isinstance(error, MemoryError) or "memory" in str(error)


def small(image: Image, side: int) -> bytes:
    """Drawn anew, so that nothing of what the file said about itself is in it. Takes the image, of
    which there may be no room for a second one."""
    from PIL import Image as Pillow
    from PIL import ImageOps

    clear = "A" in image.getbands() or "transparency" in image.info
    if image.mode not in ("RGB", "RGBA", "L", "LA"):  # The others cannot be made smaller as such.
        image = image.convert("RGBA" if clear else "RGB")
    image.thumbnail((side, side), Pillow.Resampling.LANCZOS)
    drawn = ImageOps.exif_transpose(image).convert("RGBA" if clear else "RGB")
    alone = Pillow.new(drawn.mode, drawn.size)
    alone.paste(drawn)
    written = BytesIO()
    alone.save(written, "WEBP", quality=80, method=2)
    return written.getvalue()
