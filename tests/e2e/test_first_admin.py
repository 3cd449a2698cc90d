"""An empty desk is given its first admin by a link that works once."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator

import pytest
from playwright.async_api import Browser, expect

from tests.e2e.conftest import Browsers, opened
from tests.support.desk import Desk, running_desk

LINK = re.compile(r"http://\S+(/setup\?token=\S+)")
REFUSED = "This link no longer works"


@pytest.fixture(scope="module")
def empty_desk() -> Iterator[Desk]:
    with running_desk(demo=False, from_nothing=True) as running:
        yield running


@pytest.fixture
async def browsers(
    chromium: Browser, empty_desk: Desk, request: pytest.FixtureRequest
) -> AsyncIterator[Browsers]:
    async with opened(chromium, empty_desk, request) as browsers:
        yield browsers


async def test_the_link_makes_the_first_admin_once(empty_desk: Desk, browsers: Browsers) -> None:
    link = (await asyncio.to_thread(empty_desk.said, LINK))[1]
    stranger = await browsers.open(path=link[:-1])
    await expect(stranger.page.get_by_role("heading", name=REFUSED)).to_be_visible()

    screen = await browsers.open(path=link)
    late = await browsers.open(path=link)
    await expect(late.button("Create admin account")).to_be_visible()
    await screen.fill(name="Iris", email="iris@example.com", password="short")
    await screen.button("Create admin account").click()
    await expect(screen.alert).to_contain_text("at least 10 characters")
    await expect(screen.box("Name")).to_have_value("Iris")
    await expect(screen.box("Email")).to_have_value("iris@example.com")
    await expect(screen.page.get_by_label("Password")).to_have_value("")
    await screen.fill(password="four words in a row")
    await screen.button("Create admin account").click()
    await screen.arrives_at("/admin/tickets")
    await expect(screen.page.get_by_text("No tickets yet")).to_be_visible()

    await late.fill(name="Eve", email="eve@example.com", password="four words in a row")
    await late.button("Create admin account").click()
    await expect(late.page.get_by_role("heading", name=REFUSED)).to_be_visible()
    await late.go("/login")
    await late.sign_in("eve@example.com", "four words in a row")
    await expect(late.alert).to_contain_text("is not right")
    await late.sign_in("iris@example.com", "four words in a row")
    await late.arrives_at("/admin/tickets")

    empty_desk.stop()
    await asyncio.to_thread(empty_desk.start)
    assert not LINK.search("".join(empty_desk.output))
    await late.go(link)
    await expect(late.page.get_by_role("heading", name=REFUSED)).to_be_visible()
