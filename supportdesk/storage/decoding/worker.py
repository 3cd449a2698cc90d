"""The worker's side: what it answers, and the limits that the kernel holds it to."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from pathlib import Path

# A file of this size or more is looked into with next to nothing, or not at all: what is large on
# the disk must not be large in memory as well.
LARGE_FILE_BYTES = 100_000_000
_FOR_LARGE_BYTES = 20 * 1024**2
_USUAL_BYTES = 256 * 1024**2
# Decoders hold a picture several times: as it was, as it is, as it is drawn. WebP's the most often.
_BYTES_A_PIXEL = 14
_PAGE_BYTES = resource.getpagesize()


@dataclass(frozen=True, slots=True)
class Seen:
    """What there was to see; `picture` is a small WebP of it. Zero and nothing when unknown."""

    type: str
    width: int = 0
    height: int = 0
    seconds: float = 0.0
    picture: bytes = b""


class Unreadable(Exception):
    """It is not what it seems to be."""


class TooLarge(Exception):
    """It would take more memory than anything should."""


class TooMuchToRead(Exception):
    """It can only be read as a whole, and is too long for that."""


Way = Callable[[Path, str, int], Seen]


def limited(way: Way, path: Path, type_: str, megapixels: int, seconds: int) -> Seen:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _allow(memory_for(path, megapixels))
    _allow_to_work(seconds)
    return way(path, type_, megapixels)


def memory_for(path: Path, megapixels: int) -> int:
    """How many bytes more than it has by itself the worker may take for this file."""
    if path.stat().st_size >= LARGE_FILE_BYTES:
        return _FOR_LARGE_BYTES
    return _USUAL_BYTES + megapixels * 1_000_000 * _BYTES_A_PIXEL


def _allow(more_bytes: int) -> None:
    """Of memory that is written to: libraries and files that are mapped in are nobody's worry."""
    held = int(Path("/proc/self/statm").read_text().split()[5]) * _PAGE_BYTES
    _, most = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (held + more_bytes, most))


def _allow_to_work(more_seconds: int) -> None:
    """Of the processor's time: how busy the machine is says nothing about a file."""
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (ceil(time.process_time()) + more_seconds, most))


def warm() -> None:
    """Load the libraries, before there is a file."""
    import pypdfium2  # noqa: F401
    from PIL import AvifImagePlugin, Image, ImageOps, WebPImagePlugin  # noqa: F401
    from pymediainfo import MediaInfo

    Image.preinit()
    MediaInfo.can_parse()
