"""What every test may ask for."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from typing import Any

import pytest

from supportdesk.database import server_user
from supportdesk.database.embedded import EmbeddedServer
from supportdesk.database.engine import dispose_engine
from supportdesk.domain import attempts, rules
from tests.support.cast import Cast, add_cast
from tests.support.database import embedded_database, empty
from tests.support.pieces import Pieces, piece_of, turn_of


def pytest_configure(config: pytest.Config) -> None:
    """Before the workers start: on a fresh machine both would make PostgreSQL's user at once."""
    if not hasattr(config, "workerinput"):
        server_user.find()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: turn_of(item.nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Pieces:
    return Pieces(config, log)


@pytest.fixture(scope="module", autouse=True)
def one_process(
    request: pytest.FixtureRequest, worker_id: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A piece that is torn apart would start its desk several times, which nobody would notice."""
    if worker_id == "master":
        return
    name = piece_of(request.node.nodeid).replace("/", "-")
    claim = tmp_path_factory.getbasetemp().parent / f"{name}.process"
    with suppress(FileExistsError):
        claim.symlink_to(worker_id)
    assert claim.readlink().name == worker_id, "this piece is run in several processes"


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
