"""The HTTP side by itself, on a real database, without a server around it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from functools import lru_cache
from pathlib import Path
from typing import Any

import httpx
import pytest
from passlib.context import CryptContext
from starlette.applications import Starlette

from supportdesk import cookies
from supportdesk.api import (
    attachments,
    audit,
    auth,
    health,
    old_addresses,
    personal_data,
    reports,
    uploads,
)
from supportdesk.api.hardening import harden
from supportdesk.config import get_settings
from supportdesk.database.embedded import EmbeddedServer
from supportdesk.database.engine import dispose_engine
from supportdesk.demo.load import PASSWORD
from supportdesk.domain.actor import Actor
from supportdesk.domain.commands import sessions
from supportdesk.storage.store import get_store
from tests.support.cast import Cast, add_cast
from tests.support.database import as_owner
from tests.support.object_store import KEYS, object_store

ROUTES = [
    *health.ROUTES,
    *auth.ROUTES,
    *old_addresses.ROUTES,
    *uploads.ROUTES,
    *attachments.ROUTES,
    *reports.ROUTES,
    *audit.ROUTES,
    *personal_data.ROUTES,
]
Settings = Callable[..., None]
SignIn = Callable[[Actor], Awaitable[httpx.AsyncClient]]


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """Set settings for this test alone."""

    def settle(**values: object) -> None:
        for name, value in values.items():
            monkeypatch.setenv(f"SUPPORTDESK_{name.upper()}", str(value))
        get_settings.cache_clear()

    yield settle
    monkeypatch.undo()
    get_settings.cache_clear()


def client() -> httpx.AsyncClient:
    """A browser that looks at a page of this desk, as the settings say where that is."""
    base_url = get_settings().base_url
    transport = httpx.ASGITransport(harden(Starlette(routes=ROUTES)), client=("203.0.113.7", 123))
    return httpx.AsyncClient(transport=transport, base_url=base_url, headers={"Origin": base_url})


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A data folder of the test's own, with nothing in it."""
    monkeypatch.setenv("SUPPORTDESK_HOME", str(tmp_path))
    get_settings.cache_clear()
    get_store.cache_clear()
    yield
    get_store.cache_clear()


@pytest.fixture(scope="session")
def bucket() -> Iterator[str]:
    with object_store() as address:
        yield address


@pytest.fixture(params=["a folder", "S3"])
def storage(
    request: pytest.FixtureRequest,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """Either of them, with nothing in it."""
    if request.param == "S3":
        for name, value in KEYS.items():
            monkeypatch.setenv(name, value)
        settings(
            storage_url=request.getfixturevalue("bucket").replace("/files?", f"/{tmp_path.name}?")
        )
        get_store.cache_clear()


@pytest.fixture
async def sign_in(database: EmbeddedServer) -> AsyncIterator[SignIn]:
    """Somebody's browser, with a session of theirs."""
    async with AsyncExitStack() as browsers:

        async def enter(actor: Actor) -> httpx.AsyncClient:
            browser = await browsers.enter_async_context(client())
            session = await sessions.open_session(actor.user_id)
            browser.cookies.set(cookies.SESSION, session.token)
            return browser

        yield enter


@pytest.fixture
async def browser(database: EmbeddedServer) -> AsyncIterator[httpx.AsyncClient]:
    async with client() as browser:
        yield browser


@pytest.fixture
def cast(database: EmbeddedServer) -> Cast:
    """As for all tests, with passwords that are cheap to check: others try the dear ones."""
    people = add_cast(database.owner_url)
    with as_owner(database.owner_url) as connection:
        connection.execute('UPDATE "user" SET password_hash = %s', [_cheap_hash()])
    return people


@lru_cache(maxsize=1)
def _cheap_hash() -> str:
    return str(CryptContext(["argon2"], argon2__memory_cost=64, argon2__rounds=1).hash(PASSWORD))


@pytest.fixture
def ask(database: EmbeddedServer) -> Callable[..., list[Any]]:
    """Rows as the owner of the database sees them."""

    def ask(query: str, *values: Any) -> list[Any]:
        with as_owner(database.owner_url) as connection:
            cursor = connection.execute(query, values)
            return cursor.fetchall() if cursor.description else []

    return ask


@pytest.fixture
async def away(database: EmbeddedServer, settings: Settings) -> AsyncIterator[None]:
    """The database cannot be reached."""
    await dispose_engine()
    settings(database_url="postgresql://nobody@127.0.0.1:1/nothing?connect_timeout=2")
    yield
    await dispose_engine()
