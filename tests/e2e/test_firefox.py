"""Files and recordings in Firefox, which has its own ways with both."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path

import pytest
from pymediainfo import MediaInfo

from supportdesk import cookies, routes
from supportdesk.demo.load import PASSWORD
from tests.e2e.conftest import FAILURES, failed, member
from tests.e2e.test_recording import LASTS, LEFT, PLAYED
from tests.support import files
from tests.support.desk import Desk
from tests.support.firefox import (
    ENTER,
    ESCAPE,
    TAB,
    TO_THE_LEFT,
    Element,
    Firefox,
    Tab,
    running_firefox,
)
from tests.support.seed import BUYER, SELLER, Person, Seed, SeededTicket

_GRANTED = {"media.navigator.permission.disabled": True}
# What "Always block" in its question sets for one site.
_BLOCKED = {"permissions.default.screen": 2}
_CODE = "def mend(lamp: Lamp) -> None: ..."
_ATTACHED = {
    "red.png": files.picture(size=(640, 400)),
    "blue.png": files.picture(size=(300, 500), colour="navy"),
    "mend.py": _CODE.encode(),
    "terms.pdf": files.PDF,
    "parts.zip": files.archive(),
}
_BOX = "#message"
_RECORD = 'button[aria-label="Record screen"]'
_BAR = '[aria-label="Screen recording"]'
_DIALOG = "[role=dialog]"
_MESSAGE = "#conversation article[data-kind=message]"
_SAYS = "(it, text) => it.textContent.includes(text)"
_LAST_SAYS = "(css, text) => [...document.querySelectorAll(css)].at(-1).textContent.includes(text)"
_SAYS_MORE = "(it, text) => it.textContent !== text"
_TEXT = "(it) => it.textContent"
_DRAWN = "(it) => it.naturalWidth > 0"
_FOCUSED = "(it) => it === document.activeElement"
_ALL_READY = """(count) => {
    const attached = [...document.querySelectorAll('.attached > li')];
    return attached.length === Number(count) && attached.every((it) => it.matches('.ready'));
}"""
_CONTENT = """async (film) => {
    const bytes = new Uint8Array(await (await fetch(film.src)).arrayBuffer());
    return btoa(Array.from(bytes, (each) => String.fromCharCode(each)).join(''));
}"""


@pytest.fixture(scope="module")
async def granting() -> AsyncIterator[Firefox]:
    async with running_firefox(**_GRANTED) as browser:
        yield browser


@pytest.fixture
async def firefox(granting: Firefox, request: pytest.FixtureRequest) -> AsyncIterator[Firefox]:
    yield granting
    await is_quiet(granting, request)


@pytest.fixture
async def blocking(request: pytest.FixtureRequest) -> AsyncIterator[Firefox]:
    async with running_firefox(**_BLOCKED) as browser:
        yield browser
        await is_quiet(browser, request)


async def is_quiet(browser: Firefox, test: pytest.FixtureRequest) -> None:
    """It has nothing to complain about; if the test has failed, there is a picture of each tab."""
    if name := failed(test):
        for number, tab in enumerate(browser.tabs):
            await tab.photograph(FAILURES / f"{name}-{number}.png")
    noise = [noise for tab in browser.tabs for noise in tab.noise]
    browser.tabs.clear()
    assert noise == []


async def at_ticket(browser: Firefox, desk: Desk, person: Person, ticket: SeededTicket) -> Tab:
    tab = await browser.open((cookies.SESSION, person.session))
    await tab.go(desk.url + person.page(ticket))
    await tab.find(_MESSAGE)
    return tab


async def said(tab: Tab, text: str) -> Element:
    """The last message, when it has that text and nothing waits any more."""
    await tab.until(_LAST_SAYS, _MESSAGE, text)
    await tab.gone("#conversation article[data-kind=waiting]")
    return await tab.find(_MESSAGE)


async def is_focused(tab: Tab, css: str) -> None:
    await tab.until(_FOCUSED, await tab.find(css))


async def test_a_seller_signs_in_records_pauses_looks_at_it_and_sends_it(
    firefox: Firefox, desk: Desk, seed: Seed
) -> None:
    sol = member(desk, "sol")
    ticket = seed.ticket(seed.person(BUYER), sol)
    tab = await firefox.open()
    await tab.go(f"{desk.url}/login")
    await tab.click("input[type=email]")
    await tab.press(f"sol@demo.test{TAB}{PASSWORD}{ENTER}")
    await tab.find("[aria-label=Tickets] a")
    await tab.go(desk.url + sol.page(ticket))

    await tab.click(_RECORD)
    await tab.click("[role=dialog] input[type=checkbox]")
    await tab.click("button", "Choose what to record")
    bar, timer = await tab.find(_BAR), await tab.find(f"{_BAR} [role=timer]")
    await is_focused(tab, f"{_BAR} button:first-of-type")
    await tab.until(_SAYS_MORE, timer, "0:00")
    await tab.click("button", "Pause")
    await tab.until(_SAYS, bar, "Paused")
    recorded = await tab.evaluate(_TEXT, timer)
    await tab.click("button", "Resume")
    await tab.until(_SAYS_MORE, timer, recorded)
    await tab.click("button", "Stop")
    await tab.evaluate(PLAYED, await tab.find("[role=dialog] video"))
    await tab.click("button", "Attach")
    await is_focused(tab, _BOX)
    await tab.press(f"This is how it is mended{ENTER}")

    message = await said(tab, "This is how it is mended")
    film = await tab.find("video", within=message)
    await tab.evaluate(PLAYED, film)
    assert 1 < await tab.evaluate(LASTS, film) < 60
    sent = BytesIO(base64.b64decode(await tab.evaluate(_CONTENT, film)))
    tracks = [track.track_type for track in MediaInfo.parse(sent).tracks]
    assert tracks == ["General", "Video", "Audio"]
    assert await tab.evaluate(LEFT) == 0


async def test_files_are_attached_shown_and_downloaded(
    firefox: Firefox, desk: Desk, seed: Seed, tmp_path: Path
) -> None:
    nora = seed.person(BUYER, "Nora")
    tab = await at_ticket(firefox, desk, nora, seed.ticket(nora))
    for name, content in _ATTACHED.items():
        (tmp_path / name).write_bytes(content)
    await tab.click('button[aria-label="Attach files"]')
    await tab.choose(*(tmp_path / name for name in _ATTACHED))
    await tab.until(_ALL_READY, str(len(_ATTACHED)))
    await tab.click(_BOX)
    await tab.press(f"Everything{ENTER}")
    message = await said(tab, "Everything")

    blue = await tab.click('[aria-label="Open image: blue.png"]', within=message)
    await tab.until(_DRAWN, await tab.find('.yarl__container img[alt="blue.png"]'))
    await tab.press(TO_THE_LEFT)
    await tab.until(_DRAWN, await tab.find('.yarl__container img[alt="red.png"]'))
    await tab.press(ESCAPE)
    await tab.gone(".yarl__container")
    await tab.until(_FOCUSED, blue)

    text = await tab.click('[aria-label="Preview mend.py"]', within=message)
    await tab.until(_SAYS, await tab.find(_DIALOG), _CODE)
    await tab.press(ESCAPE)
    await tab.gone(_DIALOG)
    await tab.until(_FOCUSED, text)

    await tab.click('[aria-label="Download parts.zip"]', within=message)
    downloaded = await tab.hears("browsingContext.downloadEnd")
    assert downloaded["status"] == "complete"
    assert Path(downloaded["filepath"]).name == "parts.zip"
    assert Path(downloaded["filepath"]).read_bytes() == _ATTACHED["parts.zip"]

    await tab.click('[aria-label="Preview terms.pdf"]', within=message)
    await tab.until(_DRAWN, await tab.find('[role=dialog] img[alt="First page of terms.pdf"]'))
    await tab.click("[role=dialog] a", "Open")
    opened = await firefox.tab_at(f"{desk.url}{routes.ATTACHMENTS}/")
    await opened.find(".page[data-loaded] canvas")  # As Firefox's own viewer draws it.


async def test_who_blocks_the_recording_is_told_so(
    blocking: Firefox, desk: Desk, seed: Seed
) -> None:
    theo = seed.person(SELLER)
    tab = await at_ticket(blocking, desk, theo, seed.ticket(seed.person(BUYER), theo))
    await tab.click(_RECORD)
    await tab.click("button", "Choose what to record")
    told = await tab.find("[role=dialog] [role=alert]")
    await tab.until(_SAYS, told, "the browser does not allow it")
    await tab.press(ESCAPE)
    await is_focused(tab, _RECORD)
