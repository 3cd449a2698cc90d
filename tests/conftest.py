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


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is run in one process, one after another, and in which order.

    A folder whose tests share a desk or a database is one piece, so that it is started once. Those
    that mostly wait begin first, beside what takes long: they leave the processors to others. What
    takes long begins early, or all would wait for it in the end.
    """
    long = {item.path for item in items if item.get_closest_marker("slow")}

    def sort_of(item: pytest.Item) -> str:
        return "long" if item.path in long else item.path.parent.name

    for item in items:
        piece = item.path.parent if sort_of(item) in _PIECES else item.path
        item.add_marker(pytest.mark.xdist_group(piece.name))
    items.sort(key=lambda item: [*_ORDER, sort_of(item)].index(sort_of(item)))


_PIECES = ("realtime", "api", "security", "domain")
_ORDER = ("realtime", "api", "long", "security", "domain")


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
