"""A large file costs the server no more memory than a small one, however it is sent."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

import aiohttp
import pytest

from tests.load._machine import peak_memory
from tests.load._uploading import (
    BROWSERS_PIECE,
    Visitor,
    write_document,
    write_film,
    write_photo,
    write_remarks,
    write_text,
)
from tests.support.desk import Desk, running_desk
from tests.support.seed import BUYER, SELLER, Seed

SIZE = 200_000_000
MOST = 32 * 1024 * 1024


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    with running_desk(demo=False) as desk:
        yield desk


@pytest.mark.slow
@pytest.mark.parametrize("piece", [BROWSERS_PIECE, SIZE])
async def test_two_hundred_megabytes_take_at_most_thirty_two_of_the_servers_memory(
    desk: Desk, tmp_path: Path, piece: int
) -> None:
    large, small = tmp_path / "large", tmp_path / "small"
    write_text(large, SIZE)
    write_text(small, 1_000_000)
    with large.open("rb") as file:
        expected = hashlib.file_digest(file, "sha256").hexdigest()
    async with aiohttp.ClientSession() as http:
        visitor = Visitor(http, desk, Seed(desk.owner_url).person(BUYER))
        await visitor.download(await visitor.upload(small))
        with peak_memory(desk) as taken:
            assert await visitor.download(await visitor.upload(large, piece)) == expected
        assert taken.bytes <= MOST


@pytest.mark.slow
@pytest.mark.parametrize("write", [write_film, write_document, write_photo, write_remarks])
async def test_what_is_looked_into_takes_no_more_of_the_server_than_any_other_file(
    desk: Desk, tmp_path: Path, write: Callable[[Path, int], None]
) -> None:
    large, small = tmp_path / "large", tmp_path / "small"
    write(large, SIZE)
    write(small, 1_000)
    async with aiohttp.ClientSession() as http:
        visitor = Visitor(http, desk, Seed(desk.owner_url).person(SELLER))
        await visitor.upload(small)
        with peak_memory(desk) as taken:
            await visitor.upload(large)
    assert taken.alone <= MOST
    # Remarks fill the process that reads them, which the kernel holds to a limit of its own.
    assert write is write_remarks or taken.bytes <= MOST
