"""Recording the screen, in a browser whose screen and microphone are a test picture and a beep."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import suppress
from io import BytesIO

import pytest
from playwright.async_api import Error, Locator, Route, WebSocketRoute, expect
from pymediainfo import MediaInfo

from supportdesk import cookies
from tests.e2e.conftest import Browsers, launched, opened
from tests.e2e.test_access import sound
from tests.support.desk import Desk
from tests.support.screen import Screen
from tests.support.seed import ADMIN, BUYER, SELLER, Person, Seed, SeededTicket

GRANTED = ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream")
_DENIED = ("--use-fake-ui-for-media-stream=deny", "--use-fake-device-for-media-stream")
PLAYED = "film => film.play().then(() => new Promise(done => { film.ontimeupdate = done }))"
LEFT = """async () => {
    const home = await navigator.storage.getDirectory(), left = [];
    const folder = await home.getDirectoryHandle('recordings', {create: true});
    for await (const name of folder.keys()) left.push(name);
    return left.length;
}"""
_NAMES = LEFT.replace("return left.length", "return left")
# What was recorded so many days ago, by that person, as if the browser had crashed.
_LEAVES = """async ([owner, days]) => {
    const home = await navigator.storage.getDirectory();
    const folder = await home.getDirectoryHandle('recordings');
    for await (const [name, file] of folder.entries()) {
        const at = Date.now() - days * 86400e3, [maker, place] = name.split('_');
        if (!maker) continue;
        const copy = await folder.getFileHandle(`${owner}_${place}_${at}`, {create: true});
        const to = await copy.createWritable();
        await (await file.getFile()).stream().pipeTo(to);
        break;
    }
}"""
LASTS = """film => film.readyState ? film.duration
    : new Promise(done => { film.onloadedmetadata = () => done(film.duration) })"""
# What this tab has tried to get hold of, once it knows whether it may.
_HOLDS = """
    window.held = [];
    const request = navigator.locks.request.bind(navigator.locks);
    navigator.locks.request = (name, options, use) => request(name, options, (lock) => {
        window.held.push([name, !!lock]);
        return use(lock);
    });
"""
# A screen that is always shared, and what becomes of it.
_SHARES = """() => {
    window.shared = [];
    navigator.mediaDevices.getDisplayMedia = async () => {
        const canvas = document.createElement('canvas');
        canvas.getContext('2d');
        const stream = canvas.captureStream();
        window.shared.push(...stream.getTracks());
        return stream;
    };
}"""
_NO_MICROPHONE = """() => { navigator.mediaDevices.getUserMedia = async () => {
    throw new DOMException('', 'NotFoundError');
} }"""
_NO_ENCODER = "window.encoder = VideoEncoder; delete window.VideoEncoder"
_NO_SCREENS = "window.VideoEncoder = encoder; navigator.mediaDevices.getDisplayMedia = undefined"
_INSECURE = "Object.defineProperty(window, 'isSecureContext', {value: false})"
# For the recorder five seconds are left of half an hour.
_LATER = "(now => { performance.now = () => now() + 1795e3 })(performance.now.bind(performance))"


@pytest.fixture
async def granted(desk: Desk, request: pytest.FixtureRequest) -> AsyncIterator[Browsers]:
    async with launched(*GRANTED) as chromium, opened(chromium, desk, request) as browsers:
        yield browsers
    assert [noise for screen in browsers.screens for noise in screen.noise] == []


@pytest.fixture
async def denied(desk: Desk, request: pytest.FixtureRequest) -> AsyncIterator[Browsers]:
    async with launched(*_DENIED) as chromium, opened(chromium, desk, request) as browsers:
        yield browsers
    assert [noise for screen in browsers.screens for noise in screen.noise] == []


@pytest.fixture
def nora(seed: Seed) -> Person:
    return seed.person(BUYER, "Nora")


@pytest.fixture
def ticket(seed: Seed, nora: Person) -> SeededTicket:
    return seed.ticket(nora)


async def at_ticket(browsers: Browsers, person: Person, ticket: SeededTicket) -> Screen:
    screen = await browsers.open(person, person.page(ticket))
    await screen.ready(ticket.number)
    return screen


def bar(screen: Screen) -> Locator:
    return screen.page.get_by_role("region", name="Screen recording")


def preview(screen: Screen) -> Locator:
    return screen.page.get_by_role("dialog", name="Your recording")


async def start(screen: Screen, *, microphone: bool = False) -> None:
    await screen.button("Record screen").click()
    await screen.page.get_by_role("checkbox", name="With microphone").set_checked(microphone)
    await screen.button("Choose what to record").click()
    await expect(screen.page.get_by_text("Recording starts in")).to_be_visible()


async def record(screen: Screen, *, microphone: bool = False) -> None:
    """Until a second of it is there."""
    await start(screen, microphone=microphone)
    await expect(screen.button("Pause")).to_be_focused()
    await expect(bar(screen).get_by_role("timer")).not_to_have_text("0:00")


async def tracks(screen: Screen, film: Locator) -> list[str]:
    """What is in the file that was sent."""
    answer = await screen.page.request.get(screen.url + (await film.get_attribute("src") or ""))
    parsed = MediaInfo.parse(BytesIO(await answer.body()))
    return [track.track_type for track in parsed.tracks if track.track_type != "General"]


async def test_a_recording_is_paused_previewed_and_sent_and_a_lost_line_costs_nothing(
    granted: Browsers, seed: Seed, nora: Person, ticket: SeededTicket
) -> None:
    writer = await at_ticket(granted, nora, ticket)
    reader = await at_ticket(granted, seed.person(ADMIN), ticket)
    await writer.button("Record screen").click()
    await sound(writer)
    await writer.button("Cancel").click()
    await record(writer, microphone=True)
    await writer.button("Pause").click()
    await expect(bar(writer).get_by_role("status")).to_have_text("Paused")
    timer = bar(writer).get_by_role("timer")
    recorded = await timer.inner_text()
    await sound(writer)
    await expect(timer).to_have_text(recorded)
    await writer.context.set_offline(True)
    await writer.button("Resume").click()
    await expect(timer).not_to_have_text(recorded)
    await writer.button("Stop").click()
    film = preview(writer).get_by_label("Screen recording")
    await film.evaluate(PLAYED)
    await sound(writer)
    await writer.page.keyboard.press("Escape")
    await writer.button("Attach").click()
    attached = writer.page.get_by_role("list", name="Attached files")
    await expect(attached).to_contain_text("The connection was lost.")
    await writer.context.set_offline(False)
    await expect(attached).not_to_contain_text("The connection was lost.")
    await writer.message_box.fill("This is how it breaks")
    await writer.message_box.press("Enter")

    said = reader.messages.last
    await expect(said).to_contain_text("This is how it breaks")
    film = said.get_by_label("Screen recording")
    await film.evaluate(PLAYED)
    assert 1 < await film.evaluate(LASTS) < 60
    assert await tracks(reader, film) == ["Video", "Audio"]
    await expect(said.get_by_text(re.compile(r"^0:\d\d "))).to_be_visible()
    await expect(attached).to_have_count(0)
    assert await writer.page.evaluate(LEFT) == 0
    writer.noise.clear()  # The browser complains of the lost line.


async def test_what_was_recorded_outlasts_a_reload_for_its_maker_alone(
    granted: Browsers, seed: Seed, nora: Person, ticket: SeededTicket
) -> None:
    screen = await at_ticket(granted, nora, ticket)
    attached = screen.page.get_by_role("list", name="Attached files").get_by_role("listitem")
    await record(screen)
    await screen.button("Stop").click()
    await expect(screen.button("Attach")).to_be_enabled()
    await screen.page.evaluate(_LEAVES, [str(nora.id), 0.5])
    await screen.page.reload()
    await expect(preview(screen)).to_contain_text("You recorded this earlier.")
    await expect(preview(screen)).to_contain_text("1 more after this.")
    await preview(screen).get_by_label("Screen recording").evaluate(PLAYED)
    await screen.button("Attach").click()
    await expect(preview(screen)).to_contain_text("It has not been attached yet.")
    await expect(preview(screen)).not_to_contain_text("more after this")
    await preview(screen).get_by_label("Screen recording").evaluate(PLAYED)
    await screen.button("Discard").click()
    await expect(preview(screen)).to_have_count(0)
    await expect(screen.message_box).to_be_focused()
    await expect(attached).to_have_class("ready")
    await attached.get_by_role("button", name="Remove file").click()
    assert await screen.page.evaluate(LEFT) == 0

    await record(screen)
    await screen.button("Stop").click()
    await expect(screen.button("Attach")).to_be_enabled()
    await screen.page.evaluate(_LEAVES, [str(seed.person(SELLER).id), 8])
    for person, left in ((seed.person(SELLER), 1), (nora, 1)):
        await screen.context.add_cookies(
            [{"name": cookies.SESSION, "value": person.session, "url": screen.url}]
        )
        await screen.go(person.page(ticket) if person is nora else person.home)
        # What is left is looked through by then: what waited too long has gone.
        await screen.page.wait_for_function(f"async () => await ({LEFT})() === {left}")
        await expect(preview(screen)).to_have_count(1 if person is nora else 0)
    await screen.button("Discard").click()
    await expect(preview(screen)).to_have_count(0)
    assert await screen.page.evaluate(LEFT) == 0


async def test_what_is_recorded_before_the_page_has_arrived_is_its_makers(
    granted: Browsers, nora: Person, ticket: SeededTicket
) -> None:
    screen = await at_ticket(granted, nora, ticket)
    arrive = asyncio.Event()

    async def connect(line: WebSocketRoute) -> None:
        await arrive.wait()
        line.connect_to_server()

    await screen.page.route_web_socket("**/_event/**", connect)
    await screen.page.reload()
    await start(screen)
    await expect(screen.page.get_by_text("Waiting for the connection …")).to_be_visible()
    arrive.set()
    await expect(bar(screen).get_by_role("timer")).not_to_have_text("0:00")
    kept = await screen.page.evaluate(_NAMES)
    assert [name.split("_")[:2] for name in kept] == [[str(nora.id), ticket.number]]
    await screen.button("Stop").click()
    await screen.button("Discard").click()


async def test_what_was_recorded_outlasts_a_crash_and_a_reload_while_it_uploads(
    granted: Browsers, nora: Person, ticket: SeededTicket
) -> None:
    crashing = await at_ticket(granted, nora, ticket)
    await record(crashing)
    await expect(bar(crashing).get_by_role("timer")).to_have_text("0:03")
    other = await granted.tab(await crashing.context.new_page())
    await other.page.add_init_script(_HOLDS)
    await other.go(nora.page(ticket))
    await other.ready(ticket.number)
    held = await other.page.wait_for_function("window.held.length && window.held")
    assert [mine for _, mine in await held.json_value()] == [False]
    await expect(preview(other)).to_have_count(0)

    async with crashing.page.expect_event("crash"):
        with suppress(Error):
            await crashing.page.goto("chrome://crash")
    await other.page.reload()
    await expect(preview(other)).to_contain_text("You recorded this earlier.")
    film = preview(other).get_by_label("Screen recording")
    await film.evaluate(PLAYED)
    assert 2 < await film.evaluate(LASTS) < 60

    async def keep_waiting(route: Route) -> None:
        pass

    await other.page.route("**/attachments/uploads/*", keep_waiting)
    await other.button("Attach").click()
    await expect(other.button("Cancel upload")).to_be_visible()
    await other.page.reload()
    await expect(preview(other)).to_contain_text("You recorded this earlier.")
    await other.page.unroute("**/attachments/uploads/*")
    await other.button("Attach").click()
    await other.message_box.fill("It crashed")
    await other.message_box.press("Enter")
    said = other.messages.last
    await expect(said).to_contain_text("It crashed")
    film = said.get_by_label("Screen recording")
    assert 2 < await film.evaluate(LASTS) < 60
    assert await tracks(other, film) == ["Video"]
    await expect(other.button("Remove file")).to_have_count(0)
    assert await other.page.evaluate(LEFT) == 0


async def test_it_stops_by_itself_after_half_an_hour_or_at_the_largest_size_and_says_so(
    granted: Browsers, nora: Person, ticket: SeededTicket
) -> None:
    screen = await at_ticket(granted, nora, ticket)
    await record(screen)
    await screen.page.evaluate(_LATER)
    await expect(preview(screen)).to_contain_text("30 minutes is the longest")
    await screen.button("Discard").click()
    await screen.page.evaluate("document.getElementById('composer').dataset.fileMost = 40000")
    await start(screen)
    await expect(preview(screen)).to_contain_text("a file cannot be larger")
    await screen.button("Discard").click()


async def test_what_cannot_be_recorded_says_why_to_everybody(
    denied: Browsers, seed: Seed, nora: Person
) -> None:
    theo, admin = seed.person(SELLER), seed.person(ADMIN)
    ticket = seed.ticket(nora, theo)
    for person in (nora, theo, admin):
        screen = await at_ticket(denied, person, ticket)
        await screen.button("Record screen").click()
        await screen.button("Choose what to record").click()
        await expect(screen.alert).to_contain_text("the browser does not allow it")
        await screen.page.keyboard.press("Escape")
        await expect(screen.button("Record screen")).to_be_focused()

    await screen.page.evaluate(_SHARES)
    await screen.button("Record screen").click()
    await screen.page.get_by_role("checkbox", name="With microphone").check()
    for change, why in (
        ("", "The microphone is not allowed."),
        (_NO_MICROPHONE, "There is no microphone."),
    ):
        await screen.page.evaluate(change)
        await screen.button("Choose what to record").click()
        await expect(screen.alert).to_contain_text(why)
        await screen.page.wait_for_function("shared.every(each => each.readyState === 'ended')")
    await screen.button("Cancel").click()

    for change, why in (
        (_NO_ENCODER, "This browser cannot record the screen."),
        (_NO_SCREENS, "This browser cannot record the screen."),
        (_INSECURE, "only be recorded where the desk is reached by https."),
    ):
        await screen.page.evaluate(change)
        await screen.button("Record screen").click()
        await expect(screen.alert).to_contain_text(why)
        await expect(screen.button("Choose what to record")).to_have_count(0)
        if change != _INSECURE:
            await screen.button("Cancel").click()
    await sound(screen)
