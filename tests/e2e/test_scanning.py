"""The virus scanner, as those meet it who attach files."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
from playwright.async_api import Browser, expect

from tests.e2e.conftest import Browsers, opened
from tests.e2e.test_attaching import CHOOSE, LATER
from tests.e2e.test_files import at_ticket, attached, choose
from tests.support.database import hurry
from tests.support.desk import Desk, running_desk
from tests.support.scanner import EICAR, Scanner
from tests.support.seed import BUYER, SELLER, Seed

WAITS = "The virus scanner is not answering. The file waits until it does."
HARMFUL = "The virus scanner has found something harmful in this file."
FINE = ("notes.txt", "text/plain", b"It began on Monday.")
WORSE = ("eicar.txt", "text/plain", EICAR)
_ASKS_AGAIN_AFTER = 5000


@pytest.fixture
def scanner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scanner]:
    """It is down."""
    scanner = Scanner(tmp_path_factory.mktemp("clamd"))
    yield scanner
    scanner.stop()


@pytest.fixture
def guarded(scanner: Scanner) -> Iterator[Desk]:
    with running_desk(demo=False, SUPPORTDESK_CLAMD_URL=scanner.url) as running:
        hurry(running.owner_url)
        yield running


@pytest.fixture
async def browsers(
    chromium: Browser, guarded: Desk, request: pytest.FixtureRequest
) -> AsyncIterator[Browsers]:
    async with opened(chromium, guarded, request) as browsers:
        yield browsers
    noise = [noise for screen in browsers.screens for noise in screen.noise]
    # The browser tells of every answer that is no success.
    assert [each for each in noise if "/keep" not in each] == []


async def test_a_message_waits_with_its_file_for_the_scanner_and_nothing_harmful_goes_out(
    browsers: Browsers, guarded: Desk, scanner: Scanner
) -> None:
    seed = Seed(guarded.owner_url)
    nora, theo = seed.person(BUYER, "Nora"), seed.person(SELLER)
    ticket = seed.ticket(nora, theo)
    writer = await at_ticket(browsers, nora, ticket)
    reader = await at_ticket(browsers, theo, ticket)
    await writer.page.clock.install()
    told = attached(writer).get_by_role("status")
    waits = writer.page.get_by_text(LATER)

    await choose(writer, FINE)
    await expect(told).to_have_text(WAITS)
    await writer.message_box.fill("See my notes")
    await writer.message_box.press("Enter")
    await expect(waits).to_be_visible()
    async with writer.page.expect_response("**/keep") as asked:
        await writer.page.clock.run_for(_ASKS_AGAIN_AFTER)
    assert (await asked.value).status == 503
    await expect(told).to_have_text(WAITS)
    await expect(writer.message_box).to_have_value("See my notes")
    await expect(reader.messages).to_have_count(1)

    scanner.start()
    await writer.page.clock.run_for(_ASKS_AGAIN_AFTER)
    said = reader.messages.last
    await expect(said).to_contain_text("See my notes")
    await expect(said.get_by_role("button", name="Preview notes.txt")).to_be_visible()
    await expect(attached(writer)).to_have_count(0)
    await expect(writer.message_box).to_have_value("")

    scanner.stop()
    await choose(writer, WORSE)
    await expect(told).to_have_text(WAITS)
    await writer.message_box.fill("Is this one harmful?")
    await writer.message_box.press("Enter")
    await expect(waits).to_be_visible()
    scanner.start()
    await writer.page.clock.run_for(_ASKS_AGAIN_AFTER)
    await expect(attached(writer).get_by_role("alert")).to_have_text(HARMFUL)
    await expect(writer.page.get_by_text(CHOOSE)).to_be_visible()
    await expect(writer.button("Retry")).to_have_count(0)
    await expect(reader.messages).to_have_count(2)
    await writer.button("Remove file").click()
    await expect(reader.messages.last).to_contain_text("Is this one harmful?")
    await expect(reader.page.get_by_text("eicar.txt")).to_have_count(0)
