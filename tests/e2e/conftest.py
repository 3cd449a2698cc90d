"""A desk with the demo that the tests share, and browsers with people at them."""

from __future__ import annotations

import os
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest
from playwright.async_api import Browser, Error, async_playwright, expect

from supportdesk import cookies
from supportdesk.domain.actor import Actor, Role
from tests.support.desk import Desk, running_desk
from tests.support.screen import Screen
from tests.support.seed import Person, Seed

PATIENCE = 15_000  # Milliseconds; generous, for nothing waits longer than it must.
FAILURES = Path(__file__).parents[2] / ".build" / "failures"

expect.set_options(timeout=PATIENCE)


@asynccontextmanager
async def launched(*flags: str) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=os.environ.get("SUPPORTDESK_TEST_CHROMIUM") or None,
            args=["--no-sandbox", *flags],
        )
        yield browser
        await browser.close()


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    async with launched() as browser:
        yield browser


@pytest.fixture(scope="session")
def desk() -> Iterator[Desk]:
    """The demo. Tests add to it and take nothing away, so each may run alone or with others."""
    with running_desk() as running:
        yield running


@pytest.fixture(scope="session")
def seed(desk: Desk) -> Seed:
    return Seed(desk.owner_url)


class Browsers:
    """Each `open` is a browser of its own, with its own cookies."""

    def __init__(self, chromium: Browser, desk: Desk, url: str) -> None:
        self.screens: list[Screen] = []
        self._chromium, self._desk, self._url = chromium, desk, url

    async def open(
        self, person: str | Person | None = None, path: str | None = None, **options: Any
    ) -> Screen:
        """A browser in which `person` (of the demo by name, or seeded) is signed in, at `path`."""
        if isinstance(person, str):
            person = member(self._desk, person)
        context = await self._chromium.new_context(**{"reduced_motion": "reduce"} | options)
        context.set_default_timeout(PATIENCE)
        if person is not None:
            await context.add_cookies(
                [{"name": cookies.SESSION, "value": person.session, "url": self._url}]
            )
        screen = await self.tab(await context.new_page())
        if path is not None or person is not None:
            await screen.go(path if path is not None else person.home if person else "/")
        return screen

    async def tab(self, page: Any) -> Screen:
        screen = Screen(page, self._url)
        self.screens.append(screen)
        return screen

    async def close(self) -> None:
        for context in {screen.context for screen in self.screens}:
            await context.close()

    async def photograph(self, name: str) -> None:
        FAILURES.mkdir(parents=True, exist_ok=True)
        for number, screen in enumerate(self.screens):
            with suppress(Error):
                await screen.page.screenshot(path=FAILURES / f"{name}-{number}.png", timeout=5000)


def member(desk: Desk, name: str) -> Person:
    """Somebody of the demo, with a new session."""
    with psycopg.connect(desk.owner_url) as connection:
        query = 'SELECT id, name, role FROM "user" WHERE email = %s'
        row = connection.execute(query, [f"{name}@demo.test"]).fetchone()
    assert row is not None
    return Seed(desk.owner_url).session_of(Person(Actor(row[0], Role(row[2])), row[1], ""))


@asynccontextmanager
async def opened(
    chromium: Browser, desk: Desk, test: pytest.FixtureRequest, url: str = ""
) -> AsyncIterator[Browsers]:
    """Browsers for one test, with a picture of each when it fails."""
    browsers = Browsers(chromium, desk, url or desk.url)
    yield browsers
    report = test.node.stash.get(REPORT, None)
    if report is None or report.failed:
        await browsers.photograph(re.sub(r"\W+", "-", test.node.name).strip("-"))
    await browsers.close()


@pytest.fixture
async def browsers(
    chromium: Browser, desk: Desk, request: pytest.FixtureRequest
) -> AsyncIterator[Browsers]:
    """Browsers at the shared desk. They stay on this site and have nothing to complain about."""
    async with opened(chromium, desk, request) as browsers:
        yield browsers
    assert [noise for screen in browsers.screens for noise in screen.noise] == []


REPORT = pytest.StashKey[pytest.TestReport]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    report = yield
    if report.when == "call":
        item.stash[REPORT] = report
    return report
