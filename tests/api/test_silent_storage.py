"""A store that takes the line and never says a word."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from supportdesk.storage import store
from supportdesk.storage.store import get_store
from tests.api.conftest import Settings, SignIn
from tests.support import files
from tests.support.cast import Cast
from tests.support.desk import free_port
from tests.support.object_store import KEYS


async def test_a_store_that_never_answers_is_told_of_and_the_upload_waits(
    sign_in: SignIn, cast: Cast, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()  # Until the other side hangs up.
        writer.close()

    bea, port = await sign_in(cast.bea), free_port()
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(store, "_SILENT", timedelta(seconds=0.1))
    address = (await files.announce(bea, "a.txt", 5)).headers["Location"]
    await files.send_piece(bea, address, b"hello")
    async with await asyncio.start_server(silent, "127.0.0.1", port):
        settings(storage_url=f"s3://desk?endpoint=http://127.0.0.1:{port}&region=us-east-1")
        get_store.cache_clear()
        async with asyncio.timeout(20):
            answer = await bea.post(f"{address}/keep")
    assert (answer.status_code, answer.json()["error"]) == (
        503, "The desk cannot reach its file storage just now. Try again in a moment.",
    )  # fmt: skip
    assert (await bea.head(address)).headers["Upload-Offset"] == "5"
