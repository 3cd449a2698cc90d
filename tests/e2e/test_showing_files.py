"""Files in a conversation, as those who may see them look at them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from playwright.async_api import Locator, WebSocketRoute, expect

from tests.e2e.conftest import Browsers
from tests.e2e.test_access import NARROW
from tests.e2e.test_conversation import choose as choose_action
from tests.e2e.test_files import at_ticket, attached, choose
from tests.support import files
from tests.support.screen import Screen
from tests.support.seed import BUYER, SELLER, Person, Seed, SeededTicket

_CODE = b"def mend(lamp: Lamp) -> None:\n    lamp.lit = True\n"
_ARCHIVE = files.archive()
_TOLD = '42/_event,["event",'


async def test_every_kind_of_file_is_shown_as_what_it_is(browsers: Browsers, seed: Seed) -> None:
    nora = seed.person(BUYER, "Nora")
    theo = seed.person(SELLER)
    ticket = seed.ticket(nora, theo)
    screen = await at_ticket(browsers, nora, ticket)
    await choose(
        screen,
        ("red.png", "image/png", files.picture(size=(640, 400))),
        ("mend.py", "text/x-python", _CODE),
        ("blue.png", "image/png", files.picture(size=(300, 500), colour="navy")),
        ("hum.wav", "audio/wav", files.sound(seconds=3)),
        ("parts.zip", "application/zip", _ARCHIVE),
        ("terms.pdf", "application/pdf", files.PDF),
    )
    await expect(attached(screen)).to_have_count(6)
    for working in (screen.page.get_by_role("progressbar"), screen.page.get_by_text("Checking …")):
        await expect(working).to_have_count(0)
    await screen.send("Everything")
    said = screen.messages.last
    await expect(said).to_contain_text("Everything")

    await pictures_stand_in_a_row_and_open_in_the_viewer(screen, said)
    sound = said.get_by_label("hum.wav", exact=True)
    assert await sound.evaluate("sound => sound.play().then(() => sound.duration)") == 3
    await expect(said).to_contain_text("0:03")
    await a_text_and_a_document_open_in_a_preview(screen, said)
    await what_cannot_be_shown_is_a_card_to_download_it_by(screen, said)
    await files_are_as_wide_as_there_is_room_on_a_phone(browsers, theo, ticket)
    gallery = screen.details.get_by_role("list", name="Files", exact=True)
    await expect(gallery.get_by_role("listitem")).to_have_count(6)
    await gallery.get_by_role("button", name="Open image: blue.png").click()
    viewer = screen.page.get_by_role("dialog", name="Image viewer")
    await expect(viewer.get_by_role("img", name="blue.png")).to_be_visible()

    elsewhere = await at_ticket(browsers, nora, ticket)
    await choose_action(elsewhere, elsewhere.messages.last, "Delete")
    await elsewhere.button("Delete message").click()
    await expect(viewer).to_have_count(0)
    await expect(gallery).to_have_count(0)


async def test_a_picture_is_viewed_while_the_list_of_files_is_on_its_way(
    browsers: Browsers, seed: Seed
) -> None:
    nora, theo = seed.person(BUYER, "Nora"), seed.person(SELLER)
    ticket = seed.ticket(nora, theo)
    writer = await at_ticket(browsers, nora, ticket)
    reader = await browsers.open(theo)
    facts = Held("facts_rx_state_")
    await reader.alter().route_web_socket("**/_event/**", facts.between)
    await reader.go(theo.page(ticket))
    await reader.ready(ticket.number)
    await choose(writer, ("red.png", "image/png", files.picture()))
    await expect(attached(writer)).to_have_count(1)
    await expect(writer.page.get_by_role("progressbar")).to_have_count(0)
    gallery = reader.page.locator("ul[aria-label=Files]")  # By role, the viewer hides it.
    picture = reader.page.get_by_role("dialog").get_by_role("img", name="red.png")

    facts.back = True
    await writer.send("See this")
    await reader.messages.last.get_by_role("button", name="Open image: red.png").click()
    await expect(picture).to_be_visible()
    await expect(gallery).to_have_count(0)
    facts.come()
    await expect(gallery).to_have_count(1)
    await expect(picture).to_be_visible()


class Held:
    """A var whose values come later than what was told with them or after them, as they may."""

    def __init__(self, var: str) -> None:
        self.back, self._var = False, var
        self._held: dict[str, dict[str, Any]] = {}

    def between(self, page: WebSocketRoute) -> None:
        self._page, server = page, page.connect_to_server()
        server.on_message(self._pass_on)

    def come(self) -> None:
        self.back = False
        self._send({"delta": self._held})

    def _pass_on(self, text: str | bytes) -> None:
        start = f"{_TOLD}{{"
        if not (self.back and isinstance(text, str) and text.startswith(start)):
            return self._page.send(text)
        update = json.loads(text[len(_TOLD) : -1])
        for state, values in (update.get("delta") or {}).items():
            if self._var in values:
                self._held[state] = {self._var: values.pop(self._var)}
        return self._send(update)

    def _send(self, update: dict[str, Any]) -> None:
        self._page.send(f"{_TOLD}{json.dumps(update)}]")


async def files_are_as_wide_as_there_is_room_on_a_phone(
    browsers: Browsers, theo: Person, ticket: SeededTicket
) -> None:
    reader = await browsers.open(theo, theo.page(ticket), viewport=NARROW)
    player = reader.messages.last.get_by_label("hum.wav", exact=True)
    await expect(player).to_be_visible()
    inside, around = await player.bounding_box(), await player.locator("..").bounding_box()
    assert inside and around
    assert inside["x"] + inside["width"] < around["x"] + around["width"]
    download = reader.messages.last.get_by_role("link", name="Download parts.zip").locator("b")
    preview = reader.messages.last.get_by_role("button", name="Preview mend.py").locator("b")
    colour = "name => getComputedStyle(name).color"
    assert await download.evaluate(colour) == await preview.evaluate(colour)

    await reader.button("Details").click()
    gallery = reader.details.get_by_role("list", name="Files", exact=True)
    await expect(gallery).to_be_visible()
    card = await gallery.get_by_role("link", name="Download parts.zip").bounding_box()
    whole = await gallery.bounding_box()
    assert card and whole and card["width"] == whole["width"]


async def pictures_stand_in_a_row_and_open_in_the_viewer(screen: Screen, said: Locator) -> None:
    red, blue = (said.get_by_role("button", name=f"Open image: {it}.png") for it in ("red", "blue"))
    left, right = await red.bounding_box(), await blue.bounding_box()
    assert left and right and left["y"] == right["y"]
    assert left["x"] + left["width"] < right["x"]

    await blue.press("Enter")
    viewer = screen.page.get_by_role("dialog", name="Image viewer")
    await expect(viewer.get_by_role("img", name="blue.png")).to_be_visible()
    await screen.page.keyboard.press("ArrowLeft")
    shown = viewer.get_by_role("img", name="red.png")
    await expect(shown).to_be_visible()
    await expect(viewer.get_by_role("button", name="Previous")).to_be_disabled()
    whole = await shown.bounding_box()
    assert whole
    await viewer.get_by_role("button", name="Zoom in").click()
    await screen.page.wait_for_function(
        "([image, wide]) => image.getBoundingClientRect().width > wide * 1.5",
        arg=[await shown.element_handle(), whole["width"]],
    )
    await screen.page.keyboard.press("Escape")
    await expect(viewer).to_have_count(0)
    await expect(blue).to_be_focused()


async def a_text_and_a_document_open_in_a_preview(screen: Screen, said: Locator) -> None:
    for name in ("mend.py", "terms.pdf"):
        card = said.get_by_role("button", name=f"Preview {name}")
        await card.click()
        preview = screen.page.get_by_role("dialog", name=name)
        if name == "mend.py":
            await expect(preview).to_contain_text(_CODE.decode())
        else:
            await expect(preview.get_by_role("img", name=f"First page of {name}")).to_be_visible()
        await preview.get_by_role("button", name="Close").last.click()
        await expect(preview).to_have_count(0)
        await expect(card).to_be_focused()


async def what_cannot_be_shown_is_a_card_to_download_it_by(screen: Screen, said: Locator) -> None:
    card = said.get_by_role("link", name="Download parts.zip")
    await expect(card).to_contain_text(f"{len(_ARCHIVE)} bytes")
    async with screen.page.expect_download() as started:
        await card.click()
    downloaded = await started.value
    assert downloaded.suggested_filename == "parts.zip"
    assert Path(await downloaded.path()).read_bytes() == _ARCHIVE
