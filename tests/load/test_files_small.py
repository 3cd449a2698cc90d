"""A large file costs the server no more memory than a small one, however it is sent."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest

from tests.load._machine import peak_memory
from tests.load._uploading import BROWSERS_PIECE, Visitor, write_text
from tests.support.desk import Desk, running_desk
from tests.support.seed import BUYER, Seed

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
