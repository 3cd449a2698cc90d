"""One desk for all tests of this folder; each brings people and tickets of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import aiohttp
import pytest

from tests.support.browsers import Browsers
from tests.support.desk import Desk, running_desk
from tests.support.seed import Seed


@pytest.fixture(scope="session")
def desk() -> Iterator[Desk]:
    with running_desk(demo=False) as running:
        yield running


@pytest.fixture(scope="session")
def seed(desk: Desk) -> Seed:
    return Seed(desk.owner_url)


@pytest.fixture(scope="session")
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        yield session


@pytest.fixture
async def browsers(http: aiohttp.ClientSession, desk: Desk) -> AsyncIterator[Browsers]:
    opened = Browsers(http, desk)
    yield opened
    await opened.close()
