"""What every test may ask for."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from supportdesk.database import server_user
from supportdesk.database.embedded import EmbeddedServer
from supportdesk.database.engine import dispose_engine
from supportdesk.domain import attempts, rules
from tests.support.cast import Cast, add_cast
from tests.support.database import embedded_database, empty


def pytest_configure(config: pytest.Config) -> None:
    """Before the workers start: on a fresh machine both would make PostgreSQL's user at once."""
    if not hasattr(config, "workerinput"):
        server_user.find()


@pytest.fixture(scope="session")
def server() -> Iterator[EmbeddedServer]:
    """The embedded PostgreSQL of this run."""
    with embedded_database() as running:
        yield running


@pytest.fixture(scope="session")
async def pool(server: EmbeddedServer) -> AsyncIterator[None]:
    """The app's pool of connections, closed at the end."""
    yield
    await dispose_engine()


@pytest.fixture
def database(server: EmbeddedServer, pool: None) -> EmbeddedServer:
    """An empty desk."""
    empty(server.owner_url)
    attempts._limiter.cache_clear()
    rules._keep({})
    return server


@pytest.fixture
def cast(database: EmbeddedServer) -> Cast:
    """A desk with people and nothing else."""
    return add_cast(database.owner_url)
