"""One real desk for all attacks on it, and a furnished database for those on its tables."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from typing import Any

import aiohttp
import psycopg
import pytest

from supportdesk.database.embedded import EmbeddedServer
from tests.security.desk_world import Planted, plant
from tests.security.world import World, furnish
from tests.support.attempt import app_connection
from tests.support.cast import add_cast
from tests.support.database import empty, hurry
from tests.support.desk import running_desk


@pytest.fixture(scope="session")
def planted() -> Iterator[Planted]:
    with running_desk(SUPPORTDESK_SIGN_IN_ATTEMPTS_PER_IP="10000/minute") as desk:
        hurry(desk.owner_url)
        with closing(plant(desk)) as planted:
            yield planted


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    """A browser's network without a memory: cookies go where a test sends them."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        yield session


@pytest.fixture(scope="module")
async def world(server: EmbeddedServer, pool: None) -> AsyncIterator[World]:
    empty(server.owner_url)
    yield await furnish(add_cast(server.owner_url), server.owner_url)


@pytest.fixture(scope="module")
def owner(server: EmbeddedServer) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(server.owner_url, autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def app(server: EmbeddedServer, world: World) -> Iterator[psycopg.Connection[Any]]:
    with app_connection(server.app_url) as connection:
        yield connection
