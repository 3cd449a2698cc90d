"""A large file costs the server no more memory than a small one, whatever it is, and however it is
sent and stored."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from functools import lru_cache
from pathlib import Path

import aiohttp
import pytest

from tests.load import _large
from tests.load._large import Writer
from tests.load._machine import peak_memory
from tests.load._uploading import BROWSERS_PIECE, Visitor
from tests.support.desk import Desk, running_desk
from tests.support.object_store import KEYS, object_store
from tests.support.seed import SELLER, Seed

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
SIZE = 200_000_000
MOST = 32 * 1024 * 1024
FOLDER, S3 = "a folder", "S3"


@pytest.fixture(scope="module")
def desks() -> Iterator[Callable[[str], Desk]]:
    """One on each store, from when it is asked for."""
    with ExitStack() as running:

        @lru_cache
        def on(store: str) -> Desk:
            env = {}
            if store == S3:
                env = {"SUPPORTDESK_STORAGE_URL": running.enter_context(object_store()), **KEYS}
            return running.enter_context(running_desk(demo=False, **env))

        yield on


@pytest.fixture
def desk(request: pytest.FixtureRequest, desks: Callable[[str], Desk]) -> Desk:
    return desks(request.param)


@pytest.fixture
async def visitor(desk: Desk) -> AsyncIterator[Visitor]:
    # A large file takes longer to write than the server keeps a line that nobody uses.
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True)) as http:
        yield Visitor(http, desk, Seed(desk.owner_url).person(SELLER))


@pytest.fixture
def large(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "large"
    yield path
    path.unlink()


@pytest.mark.parametrize(
    ("desk", "piece"),
    [(FOLDER, BROWSERS_PIECE), (FOLDER, SIZE), (S3, BROWSERS_PIECE)],
    indirect=["desk"],
)
async def test_two_hundred_megabytes_take_at_most_thirty_two_of_the_servers_memory(
    desk: Desk, visitor: Visitor, large: Path, piece: int
) -> None:
    await visitor.download(await visitor.upload(small(large)))
    _large.text(large, SIZE)
    with large.open("rb") as file:
        expected = hashlib.file_digest(file, "sha256").hexdigest()
    with peak_memory(desk) as taken:
        assert await visitor.download(await visitor.upload(large, piece)) == expected
    assert taken.bytes <= MOST


def small(path: Path, write: Writer = _large.text) -> Path:
    write(path, 1_000_000)
    return path


CASES = [
    *((FOLDER, each) for each in _large.KEPT),
    # What is in a file is no matter of the store's.
    *((S3, each) for each in (_large.archive, _large.jpeg_comments, _large.film, _large.document)),
]


@pytest.mark.parametrize(("desk", "write"), CASES, indirect=["desk"])
async def test_whatever_takes_the_room_in_it_takes_none_of_the_servers_memory(
    desk: Desk, visitor: Visitor, large: Path, write: Writer
) -> None:
    await visitor.upload(small(large, write))
    write(large, SIZE)
    with peak_memory(desk) as taken:
        await visitor.upload(large, SIZE)
    assert taken.bytes <= MOST


@pytest.mark.parametrize("desk", [FOLDER], indirect=True)
@pytest.mark.parametrize("write", _large.REFUSED)
async def test_what_could_only_be_read_as_a_whole_is_refused_before_it_is(
    desk: Desk, visitor: Visitor, large: Path, write: Writer
) -> None:
    await visitor.upload(small(large, write))
    write(large, SIZE)
    with peak_memory(desk) as taken:
        assert "takes too much to look at" in await visitor.refused(large, SIZE)
    assert taken.bytes <= MOST
