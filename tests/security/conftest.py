"""One real desk for all attacks on it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import aiohttp
import pytest

from tests.security.desk_world import Planted, plant
from tests.support.desk import running_desk


@pytest.fixture(scope="session")
def planted() -> Iterator[Planted]:
    with running_desk(SUPPORTDESK_SIGN_IN_ATTEMPTS_PER_IP="10000/minute") as desk:
        yield plant(desk)


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    """A browser's network without a memory: cookies go where a test sends them."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        yield session
