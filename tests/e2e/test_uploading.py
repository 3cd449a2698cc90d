"""Uploading: how far it is, what a lost line costs, and what stays when one gives up or leaves."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Locator, Route, expect

from supportdesk import routes
from tests.e2e.conftest import Browsers
from tests.e2e.test_attaching import CHOOSE, LAMP, PICTURE, named
from tests.e2e.test_files import at_ticket, attached, choose
from tests.support.desk import Desk
from tests.support.faults import until
from tests.support.screen import Screen
from tests.support.seed import BUYER, SELLER, Seed

BUSY = "This file is being received already."
PIECE = 4_000_000
# Two of them, and the rest.
LONG = b"It began on Monday.\n" * 500_000


class Line:
    """Between the browser and the desk, for what is uploaded. It holds up the second piece."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []
        self.address = ""
        self.lost = self.out_of_order = self.busy = False
        self.ends_at: str | None = None
        self._reached, self._go_on = asyncio.Event(), asyncio.Event()

    async def carry(self, route: Route) -> None:
        method, offset = route.request.method, route.request.headers.get("upload-offset", "")
        self.sent.append((method, offset))
        if offset == str(PIECE):
            self.address = route.request.url
            self._reached.set()
            await self._go_on.wait()
        if self.lost:
            await route.abort("internetdisconnected")
        elif self.out_of_order:
            await route.fulfill(status=503)
        else:
            await route.continue_(url=self.ends_at if method == "PATCH" else None)

    async def check(self, route: Route) -> None:
        """Asked whether to keep what has come whole."""
        if self.busy:
            self.busy = False
            await route.fulfill(status=423, json={"error": BUSY})
        else:
            await route.continue_()

    async def holds(self) -> None:
        """Returns when the second piece is held up."""
        await self._reached.wait()

    def go_on(self) -> None:
        self._go_on.set()

    def hold_again(self) -> None:
        self._reached.clear()
        self._go_on.clear()


def spooled(desk: Desk, address: str) -> list[Path]:
    """What the server has of that upload."""
    return list((desk.home / "uploads").glob(f"{address.rpartition('/')[2]}.*"))


async def fails(screen: Screen, file: Locator) -> None:
    """All that is tried by itself has been tried."""
    while not await file.get_by_text("The connection was lost.").is_visible():
        await screen.page.clock.run_for(1000)


@asynccontextmanager
async def dead_end(answer: bytes = b"") -> AsyncIterator[str]:
    """The address of what takes all that is sent there, and is gone before it has answered."""

    async def swallow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
        await reader.readexactly(int(length[1]) if length else 0)
        writer.write(answer)
        writer.close()

    async with await asyncio.start_server(swallow, "localhost", 0) as server:
        yield f"http://localhost:{server.sockets[0].getsockname()[1]}"


async def test_an_answer_that_is_lost_while_a_file_is_checked_is_asked_for_again(
    browsers: Browsers, seed: Seed
) -> None:
    nora = seed.person(BUYER, "Nora")
    screen = await at_ticket(browsers, nora, seed.ticket(nora))
    asked: list[Route] = []
    cut: list[str] = []

    async def check(route: Route) -> None:
        asked.append(route)
        if cut:
            await route.continue_(url=cut.pop())
        elif len(asked) > 1:
            await route.continue_()

    await screen.alter().route(f"**{routes.UPLOADS}/*/keep", check)
    await screen.page.clock.install()
    await choose(screen, LAMP)
    await expect(attached(screen)).to_contain_text("Checking")
    await screen.page.clock.run_for(29_000)
    assert len(asked) == 1
    await screen.page.clock.run_for(1_000)
    await expect(attached(screen)).to_have_class("ready")
    assert len(asked) == 2
    await attached(screen).get_by_role("button", name="Remove file").click()

    # The answer begins, and its line is gone.
    async with dead_end(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{") as address:
        cut.append(address)
        await choose(screen, LAMP)
        await expect(attached(screen)).to_contain_text("The connection was lost.")
    await screen.button("Retry").click()
    await expect(attached(screen)).to_have_class("ready")
    await screen.page.clock.run_for(60_000)
    assert len(asked) == 4
    screen.noise.clear()  # The browser complains of the lost lines.


async def choose_paths(screen: Screen, *paths: Path) -> None:
    """What is too large to be handed over in a message."""
    async with screen.page.expect_file_chooser() as choosing:
        await screen.button("Attach files").click()
    await (await choosing.value).set_files(paths)


async def test_a_long_file_goes_on_where_it_ended_and_others_are_not_kept_waiting(
    browsers: Browsers, desk: Desk, seed: Seed, tmp_path: Path
) -> None:
    nora = seed.person(BUYER, "Nora")
    screen = await at_ticket(browsers, nora, seed.ticket(nora, seed.person(SELLER)))
    line = Line()
    await screen.alter().route(re.compile(f"{routes.UPLOADS}(/[^/]+)?$"), line.carry)
    await screen.page.route(f"**{routes.UPLOADS}/*/keep", line.check)
    await screen.page.clock.install()
    for name, content in (("lamp.png", PICTURE), ("long.txt", LONG), ("notes.txt", b"Monday.")):
        (tmp_path / name).write_bytes(content)
    await choose_paths(screen, *(tmp_path / each for each in ("lamp.png", "long.txt", "notes.txt")))
    await line.holds()
    lamp, long, notes = (attached(screen).nth(place) for place in range(3))
    await expect(long.get_by_role("progressbar", name="Uploaded")).to_have_js_property("value", 40)
    await expect(long).to_contain_text("40 %")
    await expect(long).to_contain_text("10 MB")
    await expect(notes).to_contain_text("7 bytes")
    await expect(lamp.locator("img")).to_have_js_property("naturalWidth", 640)
    await expect(screen.page.get_by_role("progressbar")).to_have_count(1)
    for checked in (lamp, notes):
        await expect(checked).to_have_class("ready")
    await lamp.get_by_label("Description of the image").fill("A red lamp")
    await notes.get_by_label("File name").fill("diary.txt")

    line.lost = True
    line.go_on()
    await fails(screen, long)
    await expect(screen.page.get_by_text(CHOOSE)).to_be_visible()
    await expect(screen.button("Send")).to_have_accessible_description(CHOOSE)
    line.lost, line.out_of_order = False, True
    line.sent.clear()
    await long.get_by_role("button", name="Retry").click()
    await expect(long.get_by_text("Something went wrong on our side.")).to_be_visible()
    line.out_of_order = False
    await long.get_by_role("button", name="Retry").click()
    await expect(screen.button("Retry")).to_have_count(0)
    await expect(long.get_by_role("button", name="Remove file")).to_be_visible()
    resumed = [("PATCH", str(PIECE)), ("PATCH", str(2 * PIECE))]
    assert line.sent == [("HEAD", ""), ("HEAD", ""), *resumed]
    await expect(screen.page.get_by_text(CHOOSE)).to_have_count(0)
    for place, name in enumerate(("lamp.png", "long.txt", "diary.txt")):
        await expect(named(screen).nth(place)).to_have_value(name)

    # Given up in the middle.
    line.hold_again()
    await choose_paths(screen, tmp_path / "long.txt")
    await line.holds()
    async with screen.page.expect_response(lambda it: it.request.method == "DELETE"):
        await attached(screen).last.get_by_role("button", name="Cancel upload").click()
    assert not spooled(desk, line.address)
    line.go_on()

    # The line is lost after the last piece has left, as far as the browser knows.
    async with dead_end() as line.ends_at:
        await choose_paths(screen, tmp_path / "notes.txt")
        await fails(screen, attached(screen).last)
    line.ends_at, line.busy = None, True
    await screen.button("Retry").click()
    await expect(attached(screen).last).to_contain_text(BUSY)
    await screen.page.clock.run_for(5000)
    await expect(attached(screen).last).not_to_contain_text(BUSY)
    await expect(screen.button("Retry")).to_have_count(0)
    # What was lost and is there is not asked for again.
    await screen.page.evaluate("dispatchEvent(new Event('online'))")

    await screen.send("All of it")
    said = screen.messages.last
    await expect(said.get_by_role("img", name="A red lamp")).to_be_visible()
    for name in ("long.txt", "diary.txt", "notes.txt"):
        await expect(said.get_by_role("button", name=f"Preview {name}")).to_have_count(1)

    kept = [address for address in screen.requests if address.endswith("/keep")]
    assert len(kept) == 5

    # Left in the middle.
    line.hold_again()
    await choose_paths(screen, tmp_path / "long.txt")
    await line.holds()
    assert spooled(desk, line.address)
    await screen.go("/health")
    await until(lambda: not spooled(desk, line.address))
    line.go_on()
    screen.noise.clear()  # The browser complains of the lost lines.
