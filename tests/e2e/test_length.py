"""Whoever writes is told how much fits, before it is sent and without losing any of it."""

from __future__ import annotations

import pytest
from playwright.async_api import Locator, expect

from supportdesk.domain.actor import Role
from supportdesk.domain.ids import new_id
from tests.e2e.conftest import Browsers
from tests.e2e.test_access import NARROW, sound
from tests.e2e.test_conversation import choose as choose_action
from tests.e2e.test_files import attached, choose
from tests.support import files
from tests.support.screen import Screen
from tests.support.seed import ADMIN, BUYER, SELLER, Seed

LIMIT = 10_000  # As it comes.


LONG = "ä" * (LIMIT + 1_234)
TOLD = "This is 11,234 characters long; 10,000 is the most. Shorten it by 1,234."


async def stands_in_the_composer(screen: Screen) -> None:
    """Between what one writes and the buttons under it."""
    note, above, below = [
        await each.bounding_box()
        for each in (
            screen.page.locator("#message-length"),
            screen.message_box,
            screen.button("Send"),
        )
    ]
    assert note
    assert above
    assert below
    assert above["y"] + above["height"] <= note["y"] < below["y"]
    assert above["x"] <= note["x"] < below["x"]


@pytest.mark.parametrize("role", [BUYER, SELLER, ADMIN])
async def test_a_message_that_is_too_long_is_told_of_while_one_writes_it(
    browsers: Browsers, seed: Seed, role: Role
) -> None:
    people = {each: seed.person(each) for each in (BUYER, SELLER, ADMIN)}
    ticket = seed.ticket(people[BUYER], people[SELLER])
    person = people[role]
    screen = await browsers.open(person, person.page(ticket))
    await screen.ready(ticket.number)
    note = screen.page.locator("#composer").get_by_text("character")
    box = screen.message_box
    await box.fill("ä" * (LIMIT * 9 // 10 - 1))
    await expect(note).to_have_count(0)
    await box.press("End")
    await screen.page.keyboard.type("b")
    await expect(note).to_have_text("1,000 characters left")
    await stands_in_the_composer(screen)
    await box.fill(LONG)
    await expect(note).to_have_text(TOLD)
    await stands_in_the_composer(screen)
    await expect(box).to_have_accessible_description(TOLD)
    await expect(screen.alert).to_have_count(0)
    for send in (box.press("Enter"), screen.button("Send").click()):
        await send
        await expect(screen.alert).to_have_text(TOLD)
        await expect(box).to_have_value(LONG)
    await expect(screen.waiting).to_have_count(0)
    # Nor is it lost with the page.
    await box.blur()
    await expect(box).not_to_be_focused()
    await screen.page.reload()
    await expect(box).to_have_value(LONG)
    await expect(note).to_have_text(TOLD)
    # White space at the end is no part of a message.
    await screen.send("ö" * LIMIT + "  ")
    await expect(screen.messages.last).to_contain_text("ö" * LIMIT)
    await expect(note).to_have_count(0)


async def is_told_as_it_grows(box: Locator, dialog: Locator, send: str) -> None:
    """Near the limit and over it, once more when one sends it, and not when it fits again."""
    note, alert = dialog.get_by_text("character"), dialog.get_by_role("alert")
    await box.fill("ä" * (LIMIT * 9 // 10 - 1))
    await expect(note).to_have_count(0)
    await box.press("End")
    await box.page.keyboard.type("b")
    await expect(note).to_have_text("1,000 characters left")
    await expect(box).to_have_accessible_description("1,000 characters left")
    await expect(box).to_have_attribute("aria-invalid", "false")
    await box.fill(LONG)
    await expect(note).to_have_text(TOLD)
    await expect(box).to_have_accessible_description(TOLD)
    await expect(box).to_have_attribute("aria-invalid", "true")
    await expect(alert).to_have_count(0)
    await dialog.get_by_role("button", name=send).click()
    await expect(alert).to_have_text(TOLD)
    await expect(box).to_have_value(LONG)
    await box.fill("ö" * LIMIT)
    await expect(note).to_have_text("0 characters left")
    await expect(alert).to_have_count(0)
    await expect(box).to_have_attribute("aria-invalid", "false")


async def test_a_message_that_is_put_right_is_told_of_while_one_writes_it(
    browsers: Browsers, seed: Seed
) -> None:
    nora = seed.person(BUYER)
    ticket = seed.ticket(nora)
    screen = await browsers.open(nora, nora.page(ticket))
    await screen.ready(ticket.number)
    await screen.send("ü" * LIMIT)
    said = screen.messages.last
    await choose_action(screen, said, "Edit")
    dialog = screen.page.get_by_role("dialog", name="Edit message")
    # So it stood there when it was opened.
    await expect(dialog.get_by_text("character")).to_have_text("0 characters left")
    box = dialog.get_by_role("textbox")
    await is_told_as_it_grows(box, dialog, "Save")
    await box.fill(LONG)
    await sound(screen, within="[role=dialog]")
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog.get_by_role("alert")).to_be_visible()
    await dialog.get_by_role("button", name="Cancel").click()
    await choose_action(screen, said, "Edit")
    await expect(dialog.get_by_text("character")).to_have_text("0 characters left")
    await box.fill("Short.")
    await expect(dialog.get_by_text("character")).to_have_count(0)
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog).to_have_count(0)
    await expect(said).to_contain_text("Short.")


@pytest.mark.parametrize("role", [BUYER, SELLER])
async def test_a_description_is_told_of_while_one_writes_it(
    browsers: Browsers, seed: Seed, role: Role
) -> None:
    screen = await browsers.open(seed.person(role))
    await screen.button("New ticket").click()
    dialog = screen.page.get_by_role("dialog", name="New ticket")
    box = dialog.get_by_role("textbox", name="Description")
    await dialog.get_by_role("textbox", name="Subject").fill("A long story")
    await is_told_as_it_grows(box, dialog, "Create ticket")
    await box.fill(LONG)
    await dialog.get_by_role("button", name="Create ticket").click()
    await expect(box).to_be_focused()
    await sound(screen, within="[role=dialog]")
    # The draft is as long as it was left.
    await box.blur()
    await screen.page.reload()
    await screen.button("New ticket").click()
    await expect(box).to_have_value(LONG)
    await expect(dialog.get_by_text("character")).to_have_text(TOLD)
    await expect(dialog.get_by_role("alert")).to_have_count(0)
    await dialog.get_by_role("button", name="Discard draft").click()
    await expect(box).to_have_value("")
    await expect(dialog.get_by_text("character")).to_have_count(0)
    await dialog.get_by_role("textbox", name="Subject").fill("A long story")
    await box.fill("ö" * LIMIT + "  ")
    await dialog.get_by_role("button", name="Create ticket").click()
    await expect(screen.messages.last).to_contain_text("ö" * LIMIT)


async def test_a_template_is_as_long_as_what_one_writes(browsers: Browsers, seed: Seed) -> None:
    with seed._system() as connection:
        connection.execute(
            "INSERT INTO ticket_template (id, name, ticket_type, subject, body)"
            " VALUES (%s, 'The long one', 'problem', '', %s)",
            [new_id(), "ö" * LIMIT],
        )
    screen = await browsers.open(seed.person(BUYER))
    await screen.button("New ticket").click()
    dialog = screen.page.get_by_role("dialog", name="New ticket")
    await dialog.get_by_role("combobox", name="Template").select_option(label="The long one")
    await expect(dialog.get_by_text("character")).to_have_text("0 characters left")


async def test_on_a_phone_a_long_text_with_files_leaves_the_conversation_in_sight(
    browsers: Browsers, seed: Seed
) -> None:
    bea = seed.person(BUYER)
    ticket = seed.ticket(bea)
    screen = await browsers.open(bea, bea.page(ticket), viewport=NARROW)
    await screen.ready(ticket.number)
    bomb = ("bad.png", "image/png", files.bomb())
    await choose(screen, *[("a.txt", "text/plain", b"It began on Monday.")] * 3, bomb)
    await screen.message_box.fill("It began on Monday.\n" * 600)
    await expect(screen.page.get_by_text("Shorten it by")).to_be_visible()
    await expect(attached(screen).last).to_contain_text("too many pixels")
    place = await screen.log.bounding_box()
    assert place
    assert place["height"] > 100
    screen.noise.clear()  # The browser tells of every answer that is no success.
