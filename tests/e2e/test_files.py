"""Files: attached by the button, by dropping and by pasting, seen by those who may."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from playwright.async_api import Locator, Route, expect

from supportdesk.domain.files import in_words
from tests.e2e.conftest import Browsers
from tests.e2e.test_access import WIDE, sound
from tests.support import files
from tests.support.screen import Screen
from tests.support.seed import ADMIN, BUYER, SELLER, Person, Seed, SeededTicket

PICTURE = files.picture(size=(640, 400))
# Longer than its preview, and in the letters of another time.
DIARY = "It began on Monday. In Köln.\n".encode("latin-1") * 4000
_CUT = "This is the first 100 kB of it."
# Puts a file where people would: a browser lets no test reach its clipboard or its desktop.
_GIVE = """([name, type, content, how, selector]) => {
  const bytes = Uint8Array.from(atob(content), (each) => each.charCodeAt(0));
  const given = new DataTransfer();
  given.items.add(new File([bytes], name, {type}));
  const at = document.querySelector(selector);
  at.dispatchEvent(how === 'paste'
    ? new ClipboardEvent(how, {clipboardData: given, bubbles: true, cancelable: true})
    : new DragEvent(how, {dataTransfer: given, bubbles: true, cancelable: true}));
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


async def at_ticket(browsers: Browsers, person: Person, ticket: SeededTicket) -> Screen:
    screen = await browsers.open(person, person.page(ticket))
    await screen.ready(ticket.number)
    return screen


async def choose(screen: Screen, *chosen: tuple[str, str, bytes]) -> None:
    """By the button, in whatever lies on top."""
    async with screen.page.expect_file_chooser() as choosing:
        await screen.button("Attach files").click()
    payloads = [{"name": name, "mimeType": type_, "buffer": c} for name, type_, c in chosen]
    await (await choosing.value).set_files(payloads)


async def give(screen: Screen, how: str, selector: str, name: str, content: bytes) -> None:
    given = [name, "image/png", base64.b64encode(content).decode(), how, selector]
    await screen.page.evaluate(_GIVE, given)


def attached(screen: Screen) -> Locator:
    return screen.page.get_by_role("list", name="Attached files").get_by_role("listitem")


async def test_files_chosen_dropped_and_pasted_go_with_a_message_and_open_for_the_other(
    browsers: Browsers, nora: Person, theo: Person, ticket: SeededTicket
) -> None:
    writer = await at_ticket(browsers, nora, ticket)
    reader = await at_ticket(browsers, theo, ticket)
    await choose(writer, ("notes.txt", "text/plain", DIARY))
    await give(writer, "drop", "#conversation", "dropped.png", PICTURE)
    await give(writer, "paste", "#message", "pasted.png", files.picture(colour="navy"))
    await expect(attached(writer)).to_have_count(3)
    await expect(writer.page.get_by_role("progressbar")).to_have_count(0)
    await attached(writer).nth(1).get_by_label("Description of the image").fill("A red lamp")
    await attached(writer).nth(0).get_by_label("File name").fill("diary.txt")
    await writer.send("See these")
    await expect(attached(writer)).to_have_count(0)
    said = reader.messages.last
    await expect(said).to_contain_text("See these")
    await expect(said.get_by_role("img", name="A red lamp")).to_be_visible()

    picture = said.get_by_role("button", name="Open image: A red lamp")
    await picture.click()
    viewer = reader.page.get_by_role("dialog", name="Image viewer")
    await expect(viewer.get_by_role("img", name="A red lamp")).to_be_visible()
    await reader.page.keyboard.press("ArrowRight")
    await expect(viewer.get_by_role("img", name="pasted.png")).to_be_visible()
    await reader.page.keyboard.press("Escape")
    await expect(viewer).to_have_count(0)
    await expect(picture).to_be_focused()

    await said.get_by_role("button", name="Preview diary.txt").click()
    preview = reader.page.get_by_role("dialog", name="diary.txt")
    await expect(preview).to_contain_text("It began on Monday. In Köln.")
    await expect(preview.get_by_text(_CUT)).to_be_visible()
    async with reader.page.expect_download() as started:
        await preview.get_by_role("link", name="Download").click()
    downloaded = await started.value
    assert downloaded.suggested_filename == "diary.txt"
    assert Path(await downloaded.path()).read_bytes() == DIARY
    await reader.page.keyboard.press("Escape")
    gallery = reader.details.get_by_role("list", name="Files", exact=True)
    await expect(gallery.get_by_role("listitem")).to_have_count(3)


async def test_a_staff_file_is_not_for_the_buyer(
    browsers: Browsers, nora: Person, theo: Person, ticket: SeededTicket
) -> None:
    buyer = await at_ticket(browsers, nora, ticket)
    seller = await at_ticket(browsers, theo, ticket)
    await seller.page.get_by_role("combobox", name="Visible to").select_option("staff")
    await choose(seller, ("internal.png", "image/png", PICTURE))
    await expect(seller.page.get_by_role("progressbar")).to_have_count(0)
    await seller.message_box.press("Enter")
    shown = seller.messages.last.get_by_role("img", name="internal.png")
    await expect(shown).to_be_visible()
    address = (await shown.get_attribute("src") or "").removesuffix("/thumbnail")
    assert (await seller.page.request.get(seller.url + address)).status == 200
    assert (await buyer.page.request.get(buyer.url + address)).status == 404
    await seller.message_box.fill("For all")
    await seller.page.get_by_role("combobox", name="Visible to").select_option("everyone")
    await seller.button("Send").click()
    await seller.button("Send to Everyone").click()
    await expect(buyer.messages.last).to_contain_text("For all")
    await expect(buyer.page.get_by_text("internal.png")).to_have_count(0)


async def test_sending_waits_for_the_files_and_a_lost_line_costs_nothing(
    browsers: Browsers, nora: Person, ticket: SeededTicket
) -> None:
    screen = await at_ticket(browsers, nora, ticket)
    lost: list[str] = []

    async def lose(route: Route) -> None:
        if len(lost) < 6:  # All that is tried by itself.
            lost.append(route.request.url)
            await route.abort("internetdisconnected")
        else:
            await route.continue_()

    await screen.alter().route("**/attachments/uploads/*", lose)
    await screen.page.clock.install()
    await choose(screen, ("lamp.png", "image/png", PICTURE))
    await screen.message_box.fill("With a picture")
    await screen.message_box.press("Enter")
    await expect(screen.page.get_by_text("Will be sent when its files are there.")).to_be_visible()
    while len(lost) < 6:
        await screen.page.clock.run_for(1000)
    failed = attached(screen).filter(has_text="The connection was lost.")
    await expect(failed).to_be_visible()
    await expect(screen.message_box).to_have_value("With a picture")
    await failed.get_by_role("button", name="Retry").click()
    await expect(screen.messages.last).to_contain_text("With a picture")
    await expect(screen.messages.last.get_by_role("img", name="lamp.png")).to_be_visible()
    screen.noise.clear()  # The browser complains of the lost lines.


async def test_what_is_refused_says_why_and_can_be_removed(
    browsers: Browsers, nora: Person, ticket: SeededTicket
) -> None:
    screen = await at_ticket(browsers, nora, ticket)
    bomb = files.bomb()
    await choose(screen, ("bomb.png", "image/png", bomb))
    refused = attached(screen).first
    await expect(refused.get_by_role("alert")).to_have_text("This image has too many pixels.")
    await expect(refused).to_contain_text(in_words(len(bomb)))
    await expect(refused.get_by_role("button", name="Retry")).to_have_count(0)
    await expect(refused.locator("img")).to_have_count(0)
    await refused.get_by_role("button", name="Remove file").click()
    await expect(attached(screen)).to_have_count(0)
    screen.noise.clear()  # The browser tells of every answer that is no success.


async def test_what_is_attached_stays_through_a_reload_and_with_its_ticket(
    browsers: Browsers, seed: Seed, nora: Person, ticket: SeededTicket
) -> None:
    other = seed.ticket(nora)
    screen = await at_ticket(browsers, nora, ticket)
    await choose(screen, ("lamp.png", "image/png", PICTURE))
    await expect(attached(screen).get_by_role("button", name="Remove file")).to_be_visible()
    await expect(screen.page.get_by_role("progressbar")).to_have_count(0)
    await screen.row(other.number).click()
    await screen.ready(other.number)
    await expect(attached(screen)).to_have_count(0)
    await screen.go(nora.page(ticket))
    await screen.ready(ticket.number)
    await expect(attached(screen).get_by_label("File name")).to_have_value("lamp.png")
    await screen.message_box.press("Enter")
    await expect(screen.messages.last.get_by_role("img", name="lamp.png")).to_be_visible()


async def test_a_ticket_is_filed_with_files(
    browsers: Browsers, seed: Seed, nora: Person, tmp_path: Path
) -> None:
    admin = seed.person(ADMIN)
    screen = await browsers.open(nora)
    await screen.button("New ticket").click()
    dialog = screen.page.get_by_role("dialog", name="New ticket")
    await screen.fill(subject="Broken", description="As in the picture.")
    await choose(screen, ("broken.png", "image/png", PICTURE), ("terms.pdf", "", files.PDF))
    await expect(attached(screen)).to_have_count(2)
    await expect(dialog.get_by_role("button", name="Create ticket")).to_be_enabled()
    await dialog.get_by_role("button", name="Create ticket").click()
    await expect(screen.messages.first).to_contain_text("As in the picture.")
    await expect(screen.messages.first.get_by_role("img", name="broken.png")).to_be_visible()
    number = screen.page.url.rpartition("/")[2]
    reader = await browsers.open(admin, f"{admin.home}/{number}")
    await reader.messages.first.get_by_role("button", name="Preview terms.pdf").click()
    page = reader.page.get_by_role("dialog").get_by_role("img", name="First page of terms.pdf")
    await expect(page).to_be_visible()


async def test_what_is_attached_and_what_is_sent_is_sound(
    browsers: Browsers, nora: Person, ticket: SeededTicket
) -> None:
    screen = await at_ticket(browsers, nora, ticket)
    every = [
        ("lamp.png", "image/png", PICTURE),
        ("a very long name of a text that has no end.txt", "text/plain", b"It began on Monday."),
        ("terms.pdf", "application/pdf", files.PDF),
        ("hum.wav", "audio/wav", files.sound()),
    ]
    await choose(screen, *every, ("bomb.png", "image/png", files.bomb()))
    await expect(attached(screen)).to_have_count(5)
    await expect(screen.page.get_by_role("progressbar")).to_have_count(0)
    await expect(attached(screen).last.get_by_role("alert")).to_be_visible()
    await sound(screen)
    await attached(screen).last.get_by_role("button", name="Remove file").click()
    await screen.page.set_viewport_size(WIDE)
    await screen.send("Everything")
    await expect(screen.messages.last.get_by_role("img", name="lamp.png")).to_be_visible()
    await sound(screen)
    await screen.messages.last.get_by_role("button", name="Preview a very long").click()
    await expect(screen.page.get_by_role("dialog")).to_contain_text("It began on Monday.")
    await expect(screen.page.get_by_text(_CUT)).to_have_count(0)
    await sound(screen)
    screen.noise.clear()  # The browser tells of every answer that is no success.
