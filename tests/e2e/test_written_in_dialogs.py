"""What one writes in a dialog does not go by a slip of the finger."""

from __future__ import annotations

from playwright.async_api import expect

from tests.e2e.conftest import Browsers
from tests.e2e.test_conversation import choose
from tests.support.seed import BUYER, SELLER, Seed

CLICK_BESIDE = (5, 5)


async def test_a_message_that_one_puts_right_stays_until_one_leaves_it(
    browsers: Browsers, seed: Seed
) -> None:
    nora = seed.person(BUYER)
    ticket = seed.ticket(nora)
    screen = await browsers.open(nora, nora.page(ticket))
    await screen.ready(ticket.number)
    await screen.send("It flickers.")
    dialog = screen.page.get_by_role("dialog", name="Edit message")
    box, keys = dialog.get_by_role("textbox"), screen.page.keyboard

    await choose(screen, screen.messages.last, "Edit")
    await expect(box).to_have_value("It flickers.")
    await keys.press("Escape")
    await expect(dialog).to_have_count(0)

    await choose(screen, screen.messages.last, "Edit")
    await box.fill("It flickers since Monday, and it hums.")
    await screen.page.mouse.click(*CLICK_BESIDE)
    await keys.press("Escape")
    await expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    await keys.press("Escape")
    await expect(box).to_have_value("It flickers since Monday, and it hums.")
    await keys.press("Enter")
    await expect(dialog).to_have_count(0)
    await expect(screen.messages.last).to_contain_text("It flickers.")


async def test_the_reason_of_a_report_stays_until_one_leaves_it(
    browsers: Browsers, seed: Seed
) -> None:
    nora, theo = seed.person(BUYER), seed.person(SELLER)
    ticket = seed.ticket(nora, theo)
    seller = await browsers.open(theo, theo.page(ticket))
    await seller.ready(ticket.number)
    await seller.send("You are a lamp.")
    screen = await browsers.open(nora, nora.page(ticket))
    await screen.ready(ticket.number)
    await choose(screen, screen.messages.last, "Report")
    dialog = screen.page.get_by_role("dialog", name="Report this message")
    await dialog.get_by_label("Reason").fill("It hurts.")
    await screen.page.keyboard.press("Escape")
    await expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    await expect(dialog.get_by_label("Reason")).to_have_value("It hurts.")
    await dialog.get_by_label("Reason").fill("")
    await screen.page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)
