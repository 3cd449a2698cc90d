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
from playwright.async_api import Browser, Error, Page, async_playwright, expect

from supportdesk import cookies
from supportdesk.domain.actor import Actor, Role
from tests.support.database import hurry
from tests.support.desk import Desk, running_desk
from tests.support.screen import USUAL, Screen
from tests.support.seed import Person, Seed

PATIENCE = 15_000  # Milliseconds; generous, for nothing waits longer than it must.
# A page that is used again and again grows, by some fifteen megabytes each time.
TURNS = 20
FAILURES = Path(__file__).parents[2] / ".build" / "failures"

Used = tuple[Page, int]  # And how many have used it.

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
        hurry(running.owner_url)
        yield running


@pytest.fixture(scope="session")
def seed(desk: Desk) -> Seed:
    return Seed(desk.owner_url)


class Browsers:
    """Each `open` is a browser of its own, with its own cookies.

    A page that has been `used` and forgets everything is taken again: it knows the app's code,
    which is half of what a page load costs.
    """

    def __init__(
        self, chromium: Browser, desk: Desk, url: str, used: list[Used] | None = None
    ) -> None:
        self.screens: list[Screen] = []
        self._chromium, self._desk, self._url = chromium, desk, url
        self._used = used

    async def open(
        self, person: str | Person | None = None, path: str | None = None, **options: Any
    ) -> Screen:
        """A browser in which `person` (of the demo by name, or seeded) is signed in, at `path`."""
        if isinstance(person, str):
            person = member(self._desk, person)
        if self._used and options.keys() <= {"viewport"}:
            page, turn = self._used.pop()
            await page.set_viewport_size(options.get("viewport", USUAL))
        else:
            turn = 0
            context = await self._chromium.new_context(
                **{"reduced_motion": "reduce", "viewport": USUAL} | options
            )
            context.set_default_timeout(PATIENCE)
            page = await context.new_page()
        if person is not None:
            await page.context.add_cookies(
                [{"name": cookies.SESSION, "value": person.session, "url": self._url}]
            )
        screen = await self.tab(page)
        screen.altered = bool(options.keys() - {"viewport"})
        screen.turn = turn + 1
        if path is not None or person is not None:
            await screen.go(path if path is not None else person.home if person else "/")
        return screen

    async def tab(self, page: Any) -> Screen:
        screen = Screen(page, self._url)
        self.screens.append(screen)
        return screen

    async def close(self, *, keep: bool = False) -> None:
        for context in {screen.context for screen in self.screens}:
            (screen, *others) = [each for each in self.screens if each.context is context]
            alone = not others and context.pages == [screen.page]
            fresh = not screen.altered and screen.turn < TURNS
            if keep and self._used is not None and alone and fresh:
                self._used.append((await screen.forget(), screen.turn))
            else:
                await context.close()

    async def photograph(self, name: str) -> None:
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


def failed(test: pytest.FixtureRequest) -> str:
    """The test's name, for pictures, if it has."""
    report = test.node.stash.get(REPORT, None)
    if report and not report.failed:
        return ""
    FAILURES.mkdir(parents=True, exist_ok=True)
    return re.sub(r"\W+", "-", test.node.name).strip("-")


async def photographed(browsers: Browsers, test: pytest.FixtureRequest) -> bool:
    """Whether the test has failed; then there is a picture of each screen."""
    if name := failed(test):
        await browsers.photograph(name)
    return bool(name)


@asynccontextmanager
async def opened(
    chromium: Browser,
    desk: Desk,
    test: pytest.FixtureRequest,
    url: str = "",
    used: list[Used] | None = None,
) -> AsyncIterator[Browsers]:
    """Browsers for one test, with a picture of each when it fails."""
    browsers = Browsers(chromium, desk, url or desk.url, used)
    yield browsers
    failed = await photographed(browsers, test)
    await browsers.close(keep=not failed)


@pytest.fixture(scope="session")
def used_pages() -> list[Used]:
    """Pages at the shared desk that have forgotten who used them."""
    return []


@pytest.fixture
async def browsers(
    chromium: Browser, desk: Desk, request: pytest.FixtureRequest, used_pages: list[Used]
) -> AsyncIterator[Browsers]:
    """Browsers at the shared desk. They stay on this site and have nothing to complain about."""
    async with opened(chromium, desk, request, used=used_pages) as browsers:
        yield browsers
    assert [noise for screen in browsers.screens for noise in screen.noise] == []


@pytest.fixture(scope="module")
async def kept_open(
    chromium: Browser, desk: Desk, used_pages: list[Used]
) -> AsyncIterator[Browsers]:
    browsers = Browsers(chromium, desk, desk.url, used_pages)
    yield browsers
    await browsers.close(keep=True)


@pytest.fixture
async def standing(kept_open: Browsers, request: pytest.FixtureRequest) -> AsyncIterator[Browsers]:
    """Browsers at the shared desk that one test after another of a module finds as they were left;
    new ones after a test has failed."""
    yield kept_open
    noise = [noise for screen in kept_open.screens for noise in screen.noise]
    if await photographed(kept_open, request) or noise:
        await kept_open.close()
        kept_open.screens.clear()
    assert noise == []


@pytest.fixture
async def unset(desk: Desk) -> AsyncIterator[None]:
    """The rules of the desk are as they were for the tests that follow."""
    yield
    with psycopg.connect(desk.owner_url) as connection:
        connection.execute("DELETE FROM setting")
        connection.execute(
            'SELECT pg_notify(\'supportdesk\', \'{"kind": "setting_changed", "people": null,'
            ' "conversation": null, "subject": null, "actor": null}\')'
        )


REPORT = pytest.StashKey[pytest.TestReport]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    report = yield
    if report.when == "call":
        item.stash[REPORT] = report
    return report
