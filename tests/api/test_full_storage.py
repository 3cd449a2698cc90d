"""A store without room: it is said plainly, nothing is half stored, and the upload waits."""

from __future__ import annotations

import asyncio
import resource
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from obstore.exceptions import GenericError

from supportdesk.config import get_settings
from supportdesk.storage.errors import StorageFailed, StorageFull, StorageUnavailable, told_plainly
from supportdesk.storage.store import get_store
from tests.api.conftest import Settings, SignIn
from tests.api.test_uploads import leftovers
from tests.support import files
from tests.support.cast import Cast
from tests.support.desk import free_port

CONTENT = b"words " * 200_000
ROOM = 1_000_000


@asynccontextmanager
async def full_folder() -> AsyncIterator[None]:
    """The kernel lets this process write no file beyond so many bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@asynccontextmanager
async def full_bucket(settings: Settings) -> AsyncIterator[None]:
    """An S3 that has nothing, and no room for anything."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        status = b"404 Not Found" if head.startswith((b"GET", b"HEAD")) else b"507 No room"
        writer.write(b"HTTP/1.1 %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n" % status)
        await reader.read()
        writer.close()

    before, port = get_settings().storage_url, free_port()
    async with await asyncio.start_server(serve, "127.0.0.1", port):
        settings(storage_url=f"s3://desk?endpoint=http://127.0.0.1:{port}&region=us-east-1")
        get_store.cache_clear()
        yield
    settings(storage_url=before)
    get_store.cache_clear()


@pytest.mark.usefixtures("storage")
async def test_while_the_store_is_full_the_upload_waits(
    sign_in: SignIn, cast: Cast, settings: Settings, ask: Any
) -> None:
    bea: httpx.AsyncClient = await sign_in(cast.bea)
    address = (await files.announce(bea, "a.txt", len(CONTENT))).headers["Location"]
    await files.send_piece(bea, address, CONTENT)
    waiting = leftovers()
    async with full_bucket(settings) if get_settings().storage_url else full_folder():
        answer = await bea.post(f"{address}/keep")
    assert answer.status_code == 507
    assert answer.json()["error"] == (
        "The desk has no room for this file just now. Tell an admin about it."
    )
    assert (leftovers(), await files.stored_keys()) == (waiting, set())
    assert ask("SELECT count(*) FROM attachment") == [(0,)]
    assert (await bea.post(f"{address}/keep")).json()["size"] == "1.2 MB"
    assert (leftovers(), len(await files.stored_keys())) == ([], 1)


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("Unable to copy data to file: No space left on device (os error 28)", StorageFull),
        ("Unable to copy data to file: Disk quota exceeded (os error 122)", StorageFull),
        ("Unable to copy data to file: File too large (os error 27)", StorageFull),
        ("Server returned non-2xx status code: 507 Insufficient Storage: ", StorageFull),
        ("Unable to copy data to file: Input/output error (os error 5)", StorageUnavailable),
        ("Server returned non-2xx status code: 503 Slow Down: os error 1", StorageUnavailable),
    ],
)
def test_what_a_store_says_is_understood(said: str, kind: type[StorageFailed]) -> None:
    with pytest.raises(kind), told_plainly():
        raise GenericError(said)
