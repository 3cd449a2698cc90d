"""Recording where the browser refuses, breaks off or has nothing to show: what one is told."""

from __future__ import annotations

import pytest
from playwright.async_api import Locator, Route, expect

from tests.e2e.conftest import Browsers
from tests.e2e.test_recording import LEFT, at_ticket, bar, preview, start
from tests.support.screen import Screen
from tests.support.seed import BUYER, Seed

_UNABLE = "This browser cannot record the screen."
_FAULT = "The browser could not record. Try again, or without the microphone."
_WITHDRAWN = "The screen is not shared any more."
# A screen on which something moves, as long as `window.still` does not say otherwise.
_SHARES = """() => {
    window.shared = [];
    navigator.mediaDevices.getDisplayMedia = async () => {
        const canvas = document.createElement('canvas'), drawn = canvas.getContext('2d');
        if (!window.still) setInterval(() => drawn.fillRect(0, 0, Math.random() * 99, 99), 50);
        const stream = canvas.captureStream(window.still ? 0 : undefined);
        window.shared.push(...stream.getTracks());
        return stream;
    };
}"""
_REFUSES = """([what, name]) => { navigator.mediaDevices[what] = async () => {
    throw new DOMException('', name);
} }"""
_ASKS_FOR_EVER = """() => { navigator.mediaDevices.getUserMedia = () => {
    window.asked = true;
    return new Promise(() => {});
} }"""
_WITHDRAW = "shared.at(-1).dispatchEvent(new Event('ended'))"
_ALL_ENDED = "shared.every(each => each.readyState === 'ended')"
_CANNOT_GO_ON = """() => { VideoEncoder.prototype.encode = () => {
    throw new DOMException('', 'EncodingError');
} }"""
_ENCODES_NOTHING = """() => { VideoEncoder.isConfigSupported = async () => ({supported: false}) }"""


@pytest.fixture
async def screen(browsers: Browsers, seed: Seed) -> Screen:
    nora = seed.person(BUYER, "Nora")
    return await at_ticket(browsers, nora, seed.ticket(nora))


def said(screen: Screen) -> Locator:
    return screen.page.get_by_role("dialog", name="Record screen").get_by_role("alert")


async def is_told(screen: Screen, why: str) -> None:
    """And may try again."""
    await expect(said(screen)).to_contain_text(why)
    await expect(screen.button("Choose what to record")).to_be_enabled()
    assert await screen.page.evaluate(LEFT) == 0


async def test_whatever_the_browser_refuses_has_a_sentence_of_its_own(screen: Screen) -> None:
    await screen.button("Record screen").click()
    for name, why in (
        ("NotReadableError", "The system does not let the browser record the screen."),
        ("NotSupportedError", _UNABLE),
        ("NotFoundError", "There is no screen that could be recorded."),
        ("AbortError", _FAULT),
    ):
        await screen.page.evaluate(_REFUSES, ["getDisplayMedia", name])
        await screen.button("Choose what to record").click()
        await is_told(screen, why)

    await screen.page.evaluate(_SHARES)
    await screen.page.get_by_role("checkbox", name="With microphone").check()
    for name, why in (
        ("NotReadableError", "The microphone is in use elsewhere."),
        ("AbortError", _FAULT),
    ):
        await screen.page.evaluate(_REFUSES, ["getUserMedia", name])
        await screen.button("Choose what to record").click()
        await is_told(screen, why)
        await screen.page.wait_for_function(_ALL_ENDED)

    await screen.page.get_by_role("checkbox", name="With microphone").uncheck()
    await screen.page.evaluate(_ENCODES_NOTHING)
    await screen.button("Choose what to record").click()
    await is_told(screen, _UNABLE)


async def test_a_screen_that_is_shared_no_more_is_noticed_at_once(screen: Screen) -> None:
    await screen.page.evaluate(_SHARES)
    await start(screen)
    await screen.page.evaluate(_WITHDRAW)
    await is_told(screen, _WITHDRAWN)

    await screen.page.evaluate(_ASKS_FOR_EVER)
    await screen.page.get_by_role("checkbox", name="With microphone").check()
    await screen.button("Choose what to record").click()
    await screen.page.wait_for_function("window.asked")
    await screen.page.evaluate(_WITHDRAW)
    await is_told(screen, _WITHDRAWN)


async def test_what_has_no_picture_or_breaks_off_is_told(screen: Screen) -> None:
    await screen.page.evaluate(_SHARES)
    await screen.page.evaluate("window.still = true")
    await start(screen)
    await screen.button("Stop").click()
    await is_told(screen, "Nothing was recorded: there was no picture yet.")
    await screen.page.wait_for_function(_ALL_ENDED)

    await screen.page.evaluate("window.still = false")
    await screen.button("Choose what to record").click()
    await expect(bar(screen).get_by_role("timer")).not_to_have_text("0:00")
    await screen.page.evaluate(_CANNOT_GO_ON)
    await expect(preview(screen)).to_contain_text(
        "It stopped by itself, because the browser could not go on."
    )
    film = preview(screen).get_by_label("Screen recording")
    await expect(film).to_have_js_property("error", None)
    await screen.button("Discard").click()
    await expect(preview(screen)).to_have_count(0)
    assert await screen.page.evaluate(LEFT) == 0


async def test_what_cannot_be_loaded_now_can_be_when_the_line_is_back(screen: Screen) -> None:
    async def lose(route: Route) -> None:
        await route.abort("internetdisconnected")

    await screen.page.evaluate(_SHARES)
    await screen.page.route("**/assets/*", lose)
    await screen.button("Record screen").click()
    await screen.button("Choose what to record").click()
    await is_told(screen, "The connection was lost. Try again when it is back.")
    await screen.page.unroute("**/assets/*")
    await screen.button("Choose what to record").click()
    await expect(screen.page.get_by_text("Recording starts in")).to_be_visible()
    await screen.button("Cancel").click()
    screen.noise.clear()  # The browser complains of the lost line.
