"""A virus scanner beside the desk."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import httpx
import pytest

from supportdesk import routes
from supportdesk.storage import scanner as scanning
from tests.api.conftest import Settings, SignIn
from tests.support import files
from tests.support.cast import Cast
from tests.support.desk import free_port
from tests.support.scanner import EICAR, MOST, Scanner


@pytest.fixture(params=["a socket", "a port"])
def scanner(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, settings: Settings
) -> Iterator[Scanner]:
    port = free_port() if request.param == "a port" else 0
    scanner = Scanner(tmp_path_factory.mktemp("clamd"), port)
    scanner.start()
    settings(clamd_url=scanner.url)
    yield scanner
    scanner.stop()


@pytest.fixture
async def bea(sign_in: SignIn, cast: Cast, scanner: Scanner) -> httpx.AsyncClient:
    return await sign_in(cast.bea)


async def test_what_the_scanner_knows_is_refused_and_all_else_passes(
    bea: httpx.AsyncClient,
) -> None:
    assert (await files.upload(bea, "fine.txt", b"hello")).status_code == 200
    refused = await files.upload(bea, "eicar.txt", EICAR)
    assert refused.status_code == 422
    assert "something harmful" in refused.json()["error"]
    hidden = await files.upload(bea, "a.txt", b"words " * 200_000 + EICAR)
    assert "something harmful" in hidden.json()["error"]


async def test_what_is_too_large_for_the_scanner_does_not_pass(bea: httpx.AsyncClient) -> None:
    refused = await files.upload(bea, "long.txt", b"x" * (MOST + 2_000_000))
    assert refused.status_code == 422
    assert "larger than the virus scanner" in refused.json()["error"]


async def test_while_the_scanner_is_down_a_file_waits(
    bea: httpx.AsyncClient, scanner: Scanner
) -> None:
    scanner.stop()
    waiting = []
    for content in (b"hello", EICAR):
        address = (await files.announce(bea, "a.txt", len(content))).headers["Location"]
        await files.send_piece(bea, address, content)
        answer = await bea.post(f"{address}/keep")
        assert (answer.status_code, answer.json()["waits"]) == (503, True)
        file_id = address.rpartition("/")[2]
        assert (await bea.get(f"{routes.ATTACHMENTS}/{file_id}")).status_code == 404
        waiting.append(address)
    scanner.start()
    outcomes = [(await bea.post(f"{address}/keep")).status_code for address in waiting]
    assert outcomes == [200, 422]


@asynccontextmanager
async def slow_scanner(port: int, *, answers: bool) -> AsyncIterator[None]:
    """Never done with a file; `answers` when it is asked whether it is there."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if await reader.readuntil(b"\0") == b"zPING\0" and answers:
            writer.write(b"PONG\0")
        await reader.read()  # Until the other side hangs up.
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", port):
        yield


@pytest.mark.parametrize(("answers", "status"), [(True, 422), (False, 503)])
async def test_a_file_over_which_the_scanner_never_ends_is_refused_when_the_scanner_is_well(
    sign_in: SignIn, cast: Cast, settings: Settings, monkeypatch: pytest.MonkeyPatch,
    answers: bool, status: int,
) -> None:  # fmt: skip
    browser, port = await sign_in(cast.bea), free_port()
    settings(clamd_url=f"tcp://127.0.0.1:{port}")
    monkeypatch.setattr(scanning, "_PATIENCE_SECONDS", 0.1)
    if not answers:
        monkeypatch.setattr(scanning, "_SIGN_OF_LIFE_SECONDS", 0.1)
    async with slow_scanner(port, answers=answers):
        answer = await files.upload(browser, "maze.txt", b"hello")
    assert (answer.status_code, answer.json()["waits"]) == (status, not answers)
    if answers:
        assert "takes too long over this file" in answer.json()["error"]
