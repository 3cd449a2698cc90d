"""The store: bytes by the hash of their content, in a folder or in S3, through obstore."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import obstore
from obstore.exceptions import NotFoundError
from obstore.store import LocalStore, ObjectStore, S3Store

from supportdesk.config import get_settings
from supportdesk.storage.errors import told_plainly

if TYPE_CHECKING:
    from obstore.store import S3Config

# What one file in transit may take of memory, in either direction.
_CHUNK_BYTES = 5 * 1024 * 1024
_CHUNKS_AT_ONCE = 1
_READ_BYTES = 256 * 1024
# So long S3 may say nothing, also while it puts the parts of a large file together.
_SILENT = timedelta(minutes=1)


class Store:
    """An object is written whole or not at all, and is never changed: its name is its content."""

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects

    async def has(self, key: str) -> bool:
        with told_plainly():
            try:
                await obstore.head_async(self._objects, key)
            except (NotFoundError, FileNotFoundError):
                return False
        return True

    async def put(self, key: str, content: Path | bytes) -> None:
        with told_plainly():
            await obstore.put_async(
                self._objects,
                key,
                content,
                chunk_size=_CHUNK_BYTES,
                max_concurrency=_CHUNKS_AT_ONCE,
            )

    async def read(self, key: str, start: int, end: int) -> AsyncIterator[bytes]:
        """Begin to read the bytes from `start` up to `end`, which must not be empty.

        Raises before anything is read, so that an answer which has begun is one that goes on.
        """
        with told_plainly():
            found = await obstore.get_async(self._objects, key, options={"range": (start, end)})
            pieces = found.stream(min_chunk_size=_READ_BYTES)
        return _as_bytes(pieces)

    async def read_all(self, key: str) -> bytes:
        """For what is known to be small."""
        with told_plainly():
            found = await obstore.get_async(self._objects, key)
            return bytes(await found.bytes_async())

    async def contents(self) -> AsyncIterator[tuple[str, int]]:
        """All that is there, each with its size in bytes."""
        with told_plainly():
            async for page in obstore.list(self._objects):
                for each in page:
                    yield each["path"], each["size"]

    async def delete(self, key: str) -> None:
        """Also when it is not there: who was interrupted comes again."""
        with told_plainly():
            try:
                await obstore.delete_async(self._objects, key)
            except (NotFoundError, FileNotFoundError):
                return


async def _as_bytes(pieces: obstore.BytesStream) -> AsyncIterator[bytes]:
    with told_plainly():
        async for piece in pieces:
            yield bytes(piece)


def key_of(sha256: str) -> str:
    return f"{sha256[:2]}/{sha256}"


def picture_key_of(sha256: str) -> str:
    """Of the small picture of what has that hash."""
    return f"{key_of(sha256)}.thumbnail"


@lru_cache(maxsize=1)
def get_store() -> Store:
    settings = get_settings()
    if settings.storage_url is None:
        folder = settings.home / "files"
        with told_plainly():
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return Store(LocalStore(folder))
    return Store(_s3(settings.storage_url))


def _s3(url: str) -> S3Store:
    """Keys and whatever else the address does not say come from the usual `AWS_...` variables."""
    parts = urlsplit(url)
    given = {name: values[0] for name, values in parse_qs(parts.query).items()}
    config: S3Config = {}
    if endpoint := given.get("endpoint"):
        config["endpoint"] = endpoint
    if region := given.get("region"):
        config["region"] = region
    return S3Store(
        parts.netloc,
        prefix=parts.path.strip("/") or None,
        client_options={
            "allow_http": given.get("endpoint", "").startswith("http://"),
            "connect_timeout": "5s",
            "timeout": "30m",  # Somebody may watch a long video on a slow line.
            "read_timeout": _SILENT,
        },
        retry_config={"max_retries": 2},
        config=config,
    )
