"""Looking into pictures, films and documents, in a process of its own.

What decodes the files of strangers must be able to crash, to take too long, or to want all memory,
without the desk noticing. So it runs in a worker process under limits that the kernel holds it to;
who takes too long is killed.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import TypeVar, TypeVarTuple

import anyio
from anyio import BrokenWorkerProcess, to_process

from supportdesk.config import get_settings
from supportdesk.domain.errors import Refused
from supportdesk.domain.file_kinds import Kind, kind_of
from supportdesk.storage.decoding import worker
from supportdesk.storage.decoding.documents import look_at_document
from supportdesk.storage.decoding.films import look_at_film
from supportdesk.storage.decoding.pictures import look_at_picture
from supportdesk.storage.decoding.worker import (
    LARGE_FILE_BYTES,
    Seen,
    TooLarge,
    TooMuchToRead,
    Unreadable,
    Way,
)

Args = TypeVarTuple("Args")
Answer = TypeVar("Answer")

# By the worker's own clock, which stands still while others have the processor.
_SECONDS = 20
# What neither works nor ends is ended, too.
_PATIENCE_SECONDS = 120
_AT_ONCE = 2
_DAMAGED = "This file is damaged, or is not what it says it is."


async def look(path: Path, type_: str) -> Seen:
    """Raises `Refused` for what is damaged, or more than it seems."""
    kind = kind_of(type_)
    look_at = _ways().get(kind)
    if look_at is None:
        return Seen(type_)
    try:
        # Waiting for a turn takes nothing of a file's own time.
        async with _limiter():
            with anyio.fail_after(_PATIENCE_SECONDS):
                return await _in_worker(
                    worker.limited, look_at, path, type_, get_settings().image_megapixels, _SECONDS
                )
    except TooLarge:
        raise Refused("This image has too many pixels.") from None
    except TooMuchToRead:
        raise Refused(
            "This image takes too much to look at. Save it as a JPEG or PNG, and try again."
        ) from None
    except (Unreadable, TimeoutError):
        raise Refused(_DAMAGED) from None
    except (BrokenWorkerProcess, MemoryError):
        # So little memory was left to it that this says nothing about the file.
        if kind is not Kind.PICTURE and path.stat().st_size >= LARGE_FILE_BYTES:
            return Seen(type_)
        raise Refused(_DAMAGED) from None


async def get_ready() -> None:
    """Start a worker, so that nobody's file waits for that."""
    with suppress(BrokenWorkerProcess):
        await _in_worker(worker.warm)


async def _in_worker(task: Callable[[*Args], Answer], *args: *Args) -> Answer:
    return await to_process.run_sync(
        task, *args, cancellable=True, limiter=anyio.CapacityLimiter(1)
    )


@lru_cache(maxsize=1)
def _limiter() -> anyio.CapacityLimiter:
    return anyio.CapacityLimiter(_AT_ONCE)


def _ways() -> dict[Kind, Way]:
    return {
        Kind.PICTURE: look_at_picture,
        Kind.VIDEO: look_at_film,
        Kind.SOUND: look_at_film,
        Kind.PDF: look_at_document,
    }
