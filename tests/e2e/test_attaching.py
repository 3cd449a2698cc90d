"""What becomes of files between being attached and being sent: held up, lost, refused, left."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Locator, Route, WebSocketRoute, expect

from supportdesk import routes
from tests.e2e.conftest import Browsers
from tests.e2e.test_files import at_ticket, attached, choose, give
from tests.e2e.test_outbox import sit_down
from tests.support import files
from tests.support.screen import Screen
from tests.support.seed import BUYER, SELLER, Person, Seed, SeededTicket

PICTURE = files.picture(size=(640, 400))
LAMP = ("lamp.png", "image/png", PICTURE)
BOMB = ("bomb.png", "image/png", files.bomb())
LATER = "Will be sent when its files are there."
CHOOSE = "Retry or remove the file that failed."
_PICTURE_AND_TEXT = """([content, text, selector]) => {
  const bytes = Uint8Array.from(atob(content), (each) => each.charCodeAt(0));
  const given = new DataTransfer();
  given.items.add(new File([bytes], 'image.png', {type: 'image/png'}));
  given.setData('text/plain', text);
  return document.querySelector(selector).dispatchEvent(
    new ClipboardEvent('paste', {clipboardData: given, bubbles: true, cancelable: true}));
}"""


@pytest.fixture
def nora(seed: Seed) -> Person:
    return seed.person(BUYER, "Nora")


@pytest.fixture
def theo(seed: Seed) -> Person:
    return seed.person(SELLER, "Theo")


@pytest.fixture
def ticket(seed: Seed, nora: Person, theo: Person) -> SeededTicket:
    return seed.ticket(nora, theo)


@asynccontextmanager
async def checking_held(screen: Screen) -> AsyncIterator[None]:
    """What has been uploaded is not looked at before the end."""
    go_on = asyncio.Event()

    async def hold(route: Route) -> None:
        await go_on.wait()
        await route.continue_()

    await screen.page.route(f"**{routes.UPLOADS}/*/keep", hold)
    try:
        yield
    finally:
        go_on.set()
        await screen.page.unroute_all(behavior="wait")


async def drop(screen: Screen, at: Locator, *paths: Path, side: bool = False) -> None:
    """As if dragged there from the desktop, onto whatever lies on top."""
    box = await at.bounding_box()
    assert box
    x, y = box["x"] + (4 if side else box["width"] / 2), box["y"] + box["height"] / 2
    line = await screen.context.new_cdp_session(screen.page)
    data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
    for step in ("dragEnter", "dragOver", "drop"):
        given = {"type": step, "x": x, "y": y, "data": data}
        await line.send("Input.dispatchDragEvent", given)
    await line.detach()


def named(screen: Screen) -> Locator:
    return attached(screen).get_by_label("File name")


async def test_files_dropped_anywhere_on_the_conversation_are_attached(
    browsers: Browsers, nora: Person, ticket: SeededTicket, tmp_path: Path
) -> None:
    screen = await at_ticket(browsers, nora, ticket)
    heading = screen.page.get_by_role("region", name="Ticket", exact=True).get_by_role("heading")
    for name in ("bar.txt", "box.txt", "side.txt", "text.txt"):
        (tmp_path / name).write_text(name)
    (tmp_path / "folder").mkdir()
    await drop(screen, heading.first, tmp_path / "bar.txt")
    await drop(screen, screen.message_box, tmp_path / "box.txt")
    await drop(screen, screen.log, tmp_path / "side.txt", tmp_path / "folder", side=True)
    await expect(named(screen)).to_have_count(4)
    for place, name in enumerate(("bar.txt", "box.txt", "side.txt", "folder")):
        await expect(named(screen).nth(place)).to_have_value(name)
    folder = attached(screen).last
    await expect(folder.get_by_role("alert")).to_have_text("Folders cannot be attached.")
    await expect(folder.get_by_role("button", name="Retry")).to_have_count(0)
    await folder.get_by_role("button", name="Remove file").click()

    # Firefox drops on the text itself, which is no element.
    await screen.page.evaluate(
        """() => {
          const given = new DataTransfer();
          given.items.add(new File(['text'], 'text.txt', {type: 'text/plain'}));
          const text = document.querySelector('#ticket-heading').firstChild;
          text.dispatchEvent(new DragEvent('drop',
            {dataTransfer: given, bubbles: true, cancelable: true}));
        }"""
    )
    await expect(named(screen).last).to_have_value("text.txt")

    # A spreadsheet copies a picture of itself with the text; a file its name.
    given = files.in_base64(PICTURE)
    pasted = [given, "1\t2", "#message"], [given, "image.png", "#message"]
    assert await screen.page.evaluate(_PICTURE_AND_TEXT, pasted[0]) is True
    await expect(named(screen)).to_have_count(4)
    assert await screen.page.evaluate(_PICTURE_AND_TEXT, pasted[1]) is False
    await expect(named(screen).last).to_have_value("image.png")


async def test_what_waits_goes_out_without_the_file_that_was_refused(
    browsers: Browsers, nora: Person, ticket: SeededTicket
) -> None:
    screen = await at_ticket(browsers, nora, ticket)
    later, choice = screen.page.get_by_text(LATER), screen.page.get_by_text(CHOOSE)
    await choose(screen, LAMP)
    await expect(attached(screen)).to_have_class("ready")
    async with checking_held(screen):
        await choose(screen, BOMB)
        await screen.message_box.fill("With a lamp")
        await screen.message_box.press("Enter")
        await expect(later).to_be_visible()
        await expect(choice).to_have_count(0)
    await expect(choice).to_be_visible()
    await expect(screen.message_box).to_have_value("With a lamp")
    await attached(screen).last.get_by_role("button", name="Remove file").click()
    await expect(screen.messages.last).to_contain_text("With a lamp")
    await expect(screen.messages.last.get_by_role("img", name="lamp.png")).to_be_visible()
    await expect(later).to_have_count(0)

    # Nothing waits any more: what is attached next goes when one says so.
    await screen.message_box.fill("Half of")
    await choose(screen, LAMP)
    await expect(attached(screen)).to_have_class("ready")
    await expect(screen.message_box).to_have_value("Half of")
    await expect(attached(screen)).to_have_count(1)

    # What has neither text nor file any more is not sent.
    await screen.send("Half of it")
    async with checking_held(screen):
        await choose(screen, LAMP)
        await screen.message_box.press("Enter")
        await expect(later).to_be_visible()
        await attached(screen).get_by_role("button", name="Remove file").click()
        await expect(later).to_have_count(0)
    await screen.send("The end")
    await expect(screen.messages.last).to_have_text(re.compile("The end"))
    await expect(screen.messages).to_have_count(4)
    screen.noise.clear()  # The browser tells of every answer that is no success.


async def test_what_waits_goes_to_its_ticket_and_its_readers_while_another_is_open(
    browsers: Browsers, seed: Seed, nora: Person, theo: Person, ticket: SeededTicket
) -> None:
    other = seed.ticket(nora, theo)
    screen = await at_ticket(browsers, theo, ticket)
    audience = screen.page.get_by_role("combobox", name="Visible to")
    await audience.select_option("staff")
    async with checking_held(screen):
        await choose(screen, LAMP)
        await screen.message_box.fill("With a lamp")
        await screen.message_box.press("Enter")
        await expect(screen.page.get_by_text(LATER)).to_be_visible()
        await screen.message_box.press_sequentially(", lit")
        await screen.row(other.number).click()
        await screen.ready(other.number)
        await screen.message_box.fill("Something else")
        await expect(screen.page.get_by_text(LATER)).to_have_count(0)
    await expect(screen.row(ticket.number)).to_contain_text("With a lamp, lit")
    await expect(screen.message_box).to_have_value("Something else")
    await expect(screen.messages).to_have_count(1)
    await screen.row(ticket.number).click()
    await screen.ready(ticket.number)
    await expect(screen.messages.last).to_contain_text("With a lamp, lit")
    await expect(screen.messages.last).to_have_class(re.compile("staff"))
    await expect(screen.messages.last.get_by_role("img", name="lamp.png")).to_be_visible()
    await expect(screen.message_box).to_have_value("")
    await expect(attached(screen)).to_have_count(0)

    # What one addresses anew meanwhile waits until one says so; what goes to more is asked about at
    # once, not when its files are there.
    async with checking_held(screen):
        await choose(screen, LAMP)
        await screen.message_box.fill("With another")
        await screen.message_box.press("Enter")
        await expect(screen.page.get_by_text(LATER)).to_be_visible()
        await audience.select_option("everyone")
        await expect(screen.page.get_by_text(LATER)).to_have_count(0)
        await screen.button("Send").click()
        await screen.button("Send to Everyone").click()
        await expect(screen.page.get_by_text(LATER)).to_be_visible()
        await expect(screen.messages).to_have_count(2)
    await expect(screen.messages.last).to_contain_text("With another")
    await expect(screen.messages.last).to_have_class(re.compile("everyone"))


async def test_what_is_being_checked_stays_with_its_owner_through_a_reload(
    browsers: Browsers, nora: Person, theo: Person, ticket: SeededTicket
) -> None:
    screen = await browsers.open()
    await sit_down(screen, nora)
    arrive = asyncio.Event()
    arrive.set()

    async def connect(line: WebSocketRoute) -> None:
        await arrive.wait()
        line.connect_to_server()

    await screen.alter().route_web_socket("**/_event/**", connect)
    await screen.go(nora.page(ticket))
    await screen.ready(ticket.number)
    async with checking_held(screen):
        await choose(screen, LAMP)
        await expect(attached(screen)).to_contain_text("Checking")
        await attached(screen).get_by_label("Description of the image").fill("A red lamp")
        arrive.clear()
        await screen.page.reload()
        # On a slow line the page is there before it is known whose it is.
        await choose(screen, ("early.txt", "text/plain", b"Monday."))
        arrive.set()
        await screen.ready(ticket.number)
        await expect(named(screen)).to_have_count(2)
    await expect(attached(screen).first.locator("img")).to_have_attribute(
        "src", re.compile("thumbnail")
    )
    await expect(named(screen).nth(0)).to_have_value("lamp.png")
    await expect(named(screen).nth(1)).to_have_value("early.txt")

    await sit_down(screen, theo)
    await screen.go(theo.page(ticket))
    await screen.ready(ticket.number)
    await expect(attached(screen)).to_have_count(0)
    await screen.send("I am another.")
    await expect(screen.messages.last).to_contain_text("I am another.")
    await expect(screen.log.get_by_role("img", name="lamp.png")).to_have_count(0)

    await sit_down(screen, nora)
    await screen.go(nora.page(ticket))
    await screen.ready(ticket.number)
    await screen.send("Mine")
    await expect(screen.messages.last.get_by_role("img", name="A red lamp")).to_be_visible()
    await expect(screen.messages.last).to_contain_text("early.txt")


async def test_what_is_sent_with_a_file_before_the_page_has_arrived_goes_out_with_it(
    browsers: Browsers, nora: Person, ticket: SeededTicket
) -> None:
    screen = await browsers.open()
    await sit_down(screen, nora)
    arrive = asyncio.Event()

    async def connect(line: WebSocketRoute) -> None:
        await arrive.wait()
        line.connect_to_server()

    await screen.alter().route_web_socket("**/_event/**", connect)
    await screen.go(nora.page(ticket))
    await choose(screen, LAMP)
    await expect(attached(screen)).to_have_class("ready")
    await screen.message_box.fill("With one")
    await screen.message_box.press("Enter")
    await expect(screen.waiting).to_contain_text("lamp.png")
    async with checking_held(screen):
        await choose(screen, LAMP)
        await screen.message_box.fill("With another")
        await screen.message_box.press("Enter")
        await expect(screen.page.get_by_text(LATER)).to_be_visible()
        arrive.set()
        await expect(screen.messages.last).to_contain_text("With one")
        await expect(screen.messages.last.get_by_role("img", name="lamp.png")).to_be_visible()
        await expect(screen.page.get_by_text(LATER)).to_be_visible()
    await expect(screen.messages.last).to_contain_text("With another")
    await expect(screen.messages.last.get_by_role("img", name="lamp.png")).to_be_visible()
    await expect(screen.messages).to_have_count(3)
    await expect(screen.message_box).to_have_value("")


async def test_a_new_ticket_takes_files_in_every_way_and_waits_for_them(
    browsers: Browsers, nora: Person, tmp_path: Path
) -> None:
    screen = await browsers.open(nora)
    dialog = screen.page.get_by_role("dialog", name="New ticket")
    create = dialog.get_by_role("button", name="Create ticket")
    dropped = tmp_path / "dropped.png"
    dropped.write_bytes(PICTURE)
    # What one discards takes its files along.
    await screen.button("New ticket").click()
    await screen.fill(subject="Broken", description="As in the picture.")
    await dialog.get_by_label("Description", exact=True).blur()
    await drop(screen, dialog.get_by_label("Description", exact=True), dropped)
    await expect(attached(screen)).to_have_class("ready")
    await dialog.get_by_role("button", name="Cancel").click()
    await screen.button("New ticket").click()
    await expect(attached(screen)).to_have_count(1)
    async with screen.page.expect_response(lambda it: it.request.method == "DELETE"):
        await dialog.get_by_role("button", name="Discard draft").click()
    await expect(attached(screen)).to_have_count(0)

    await screen.fill(subject="Broken", description="As in the pictures.")
    async with checking_held(screen):
        await drop(screen, dialog.get_by_role("heading", name="New ticket"), dropped)
        await give(screen, "paste", "#description", "pasted.png", files.picture(colour="navy"))
        await choose(screen, BOMB)
        await expect(attached(screen)).to_have_count(3)
        await expect(create).to_be_disabled()
    await expect(screen.page.get_by_text(CHOOSE)).to_be_visible()
    await expect(attached(screen)).to_have_class(["ready", "ready", "failed"])
    await expect(create).to_be_disabled()
    await expect(create).to_have_accessible_description(CHOOSE)
    await attached(screen).last.get_by_role("button", name="Remove file").click()
    await attached(screen).first.get_by_label("Description of the image").fill("A red lamp")
    await attached(screen).last.get_by_label("File name").fill("blue.png")
    await expect(create).to_be_enabled()
    await create.click()
    said = screen.messages.first
    await expect(said).to_contain_text("As in the pictures.")
    await expect(said.get_by_role("img", name="A red lamp")).to_be_visible()
    await expect(said.get_by_role("img", name="blue.png")).to_be_visible()
    await expect(said.get_by_role("img")).to_have_count(2)
    screen.noise.clear()  # The browser tells of every answer that is no success.
