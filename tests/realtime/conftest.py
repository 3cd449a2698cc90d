"""One desk for all tests of this folder; each brings people and tickets of its own."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator

import aiohttp
import psycopg
import pytest

from tests.support.browsers import Browsers
from tests.support.database import hurry
from tests.support.desk import Desk, running_desk
from tests.support.seed import Seed


@pytest.fixture(scope="session")
def desk() -> Iterator[Desk]:
    with running_desk(demo=False) as running:
        hurry(running.owner_url)
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


@pytest.fixture
async def unset(desk: Desk) -> AsyncIterator[None]:
    """Whatever a test sets is as it was for the next one."""
    yield
    with psycopg.connect(desk.owner_url) as connection:
        connection.execute("DELETE FROM setting")
        bell = {"kind": "setting_changed", "conversation": None, "subject": None, "actor": None}
        connection.execute(
            "SELECT pg_notify('supportdesk', %s)", [json.dumps({**bell, "people": None})]
        )
