"""What is chosen before the page has followed an earlier choice is added to that choice."""

from __future__ import annotations

from typing import Any

import pytest

from supportdesk import routes
from tests.support.browsers import Browsers
from tests.support.raw_browser import AUDIT, FILTERS, REPORTS, USERS, RawBrowser
from tests.support.seed import ADMIN, Seed

Choice = tuple[str, dict[str, Any]]
PAGES: dict[str, tuple[str, Choice, Choice, str]] = {
    "reports": (
        routes.ADMIN_REPORTS,
        (f"{REPORTS}.choose_by", {"value": "seller"}),
        (f"{REPORTS}.choose_range", {"value": "90"}),
        "range=90&by=seller",
    ),
    "tickets": (
        routes.tickets("admin"),
        (f"{FILTERS}.choose", {"name": "status", "value": "closed"}),
        (f"{FILTERS}.choose", {"name": "status", "value": "open"}),
        "status=open,closed",
    ),
    "log": (
        routes.ADMIN_AUDIT,
        (f"{AUDIT}.ask", {"name": "q", "value": "pat"}),
        (f"{AUDIT}.ask", {"name": "from", "value": "2026-01-02"}),
        "q=pat&from=2026-01-02",
    ),
    "people": (
        routes.ADMIN_USERS,
        (f"{USERS}.search", {"text": "pat"}),
        (f"{USERS}.choose", {"name": "role", "value": "seller"}),
        "q=pat&role=seller",
    ),
}


async def at(browsers: Browsers, seed: Seed, path: str) -> RawBrowser:
    browser = browsers.new(seed.person(ADMIN))
    await browser.visit(path)
    return browser


@pytest.mark.parametrize("page", list(PAGES))
async def test_a_choice_keeps_the_one_that_is_under_way(
    browsers: Browsers, seed: Seed, page: str
) -> None:
    path, (first, with_first), (then, with_then), both = PAGES[page]
    browser = await at(browsers, seed, path)
    await browser.send(first, **with_first)
    await browser.send(then, **with_then)
    await browser.until(lambda b: len(b.led_to) == 2)
    assert browser.led_to[-1] == f"?{both}"


async def test_a_choice_is_behind_whoever_went_on_or_back(browsers: Browsers, seed: Seed) -> None:
    path = routes.tickets("admin")
    browser = await at(browsers, seed, path)

    async def come_to(query: str) -> None:
        await browser.navigate(f"{path}?{query}")
        await browser.settled()

    async def choose(name: str, value: str, times: int) -> str:
        await browser.send(f"{FILTERS}.choose", name=name, value=value)
        await browser.until(lambda b: len(b.led_to) == times)
        return browser.led_to[-1].removeprefix("?")

    assert await choose("status", "open", 1) == "status=open"
    assert await choose("priority", "high", 2) == "status=open&priority=high"
    # The page comes to the first; the second is under way still.
    await come_to("status=open")
    assert await choose("type", "question", 3) == "status=open&priority=high&type=question"
    await come_to("status=open&priority=high&type=question")
    # And back, with the browser's own button.
    await come_to("status=open")
    assert await choose("priority", "low", 4) == "status=open&priority=low"
    # A link that somebody else has sent.
    await come_to("type=problem")
    assert await choose("status", "open", 5) == "status=open&type=problem"


async def test_a_choice_on_one_page_is_none_on_another(browsers: Browsers, seed: Seed) -> None:
    browser = await at(browsers, seed, routes.ADMIN_REPORTS)
    await browser.send(f"{REPORTS}.choose_by", value="seller")
    await browser.until(lambda b: b.led_to == ["?range=30&by=seller"])
    browser.path = routes.ADMIN_AUDIT
    await browser.send(f"{AUDIT}.ask", name="q", value="pat")
    await browser.until(lambda b: b.led_to[1:] == ["?q=pat"])
