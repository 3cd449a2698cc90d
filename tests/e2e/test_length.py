"""Whoever writes is told how much fits, before it is sent and without losing any of it."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from supportdesk.domain.actor import Role
from tests.e2e.conftest import Browsers
from tests.e2e.test_access import NARROW
from tests.e2e.test_files import attached, choose
from tests.support import files
from tests.support.screen import Screen
from tests.support.seed import ADMIN, BUYER, SELLER, Seed

LIMIT = 10_000  # As it comes.


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
    box, long = screen.message_box, "ä" * (LIMIT + 1_234)
    await box.fill("ä" * (LIMIT * 9 // 10 - 1))
    await expect(note).to_have_count(0)
    await box.press("End")
    await screen.page.keyboard.type("b")
    await expect(note).to_have_text("1,000 characters left")
    await stands_in_the_composer(screen)
    await box.fill(long)
    told = "This is 11,234 characters long; 10,000 is the most. Shorten it by 1,234."
    await expect(note).to_have_text(told)
    await stands_in_the_composer(screen)
    await expect(box).to_have_accessible_description(told)
    await expect(screen.alert).to_have_count(0)
    for send in (box.press("Enter"), screen.button("Send").click()):
        await send
        await expect(screen.alert).to_have_text(told)
        await expect(box).to_have_value(long)
    await expect(screen.waiting).to_have_count(0)
    # Nor is it lost with the page.
    await box.blur()
    await expect(box).not_to_be_focused()
    await screen.page.reload()
    await expect(box).to_have_value(long)
    await expect(note).to_have_text(told)
    # White space at the end is no part of a message.
    await screen.send("ö" * LIMIT + "  ")
    await expect(screen.messages.last).to_contain_text("ö" * LIMIT)
    await expect(note).to_have_count(0)


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
