"""A long conversation: read up to its beginning and back, and led to any place in it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.async_api import Locator, expect

from supportdesk.realtime.thread_view import MOST_LINES
from tests.e2e.conftest import Browsers
from tests.e2e.test_access import sound
from tests.e2e.test_conversation import choose, opened
from tests.support.screen import Screen
from tests.support.seed import BUYER, SELLER, Person, Seed, SeededTicket

MANY = 10_000
PAGES = 5
STEADY = 3  # Pixels.
# Goes to an edge of what is drawn, and tells how far the line at the top of the view has moved by
# the time that there is more, in whichever frame it was furthest off.
_READ_ON = """async (log, up) => {
    const lines = () => [...log.querySelectorAll('article')];
    const edges = () => [+lines()[0].dataset.seq, +lines().at(-1).dataset.seq];
    log.scrollTop = up ? -1e9 : 0;
    const line = lines().find((each) =>
        each.getBoundingClientRect().top > log.getBoundingClientRect().top);
    const top = line.getBoundingClientRect().top, before = edges().join();
    let moved = 0, after = 10;
    while (after > 0) {
        await new Promise(requestAnimationFrame);
        moved = Math.max(moved, Math.abs(line.getBoundingClientRect().top - top));
        if (edges().join() !== before) after -= 1;
    }
    return {moved, lines: lines().length, first: edges()[0], last: edges()[1]};
}"""


@pytest.fixture
def people(seed: Seed) -> tuple[Person, Person]:
    return seed.person(BUYER, "Nora"), seed.person(SELLER, "Theo")


@pytest.fixture
def ticket(seed: Seed, people: tuple[Person, Person]) -> SeededTicket:
    return seed.ticket(*people, messages=MANY)


def message(screen: Screen, number: int) -> Locator:
    return screen.messages.filter(has_text=re.compile(rf"Seeded message {number}$")).first


def pill(screen: Screen, name: str) -> Locator:
    return screen.page.get_by_role("button", name=name, exact=True)


async def read_on(screen: Screen, *, up: bool) -> dict[str, Any]:
    seen: dict[str, Any] = await screen.log.evaluate(_READ_ON, up)
    assert seen["moved"] <= STEADY
    assert seen["lines"] <= MOST_LINES
    return seen


async def test_a_long_conversation_is_scrolled_up_and_down_without_a_jump(
    browsers: Browsers, people: tuple[Person, Person], ticket: SeededTicket
) -> None:
    reader = await opened(browsers, people[0], ticket)
    await expect(reader.messages.last).to_be_in_viewport()
    first = MANY - 49
    for _ in range(PAGES):
        seen = await read_on(reader, up=True)
        assert seen["first"] == first - 50
        first = seen["first"]
    await expect(reader.button("Load earlier messages")).to_be_visible()
    await sound(reader)
    while seen["last"] < MANY:
        seen = await read_on(reader, up=False)
    await expect(pill(reader, "Latest messages")).to_be_visible()
    await pill(reader, "Latest messages").click()
    await expect(message(reader, MANY)).to_be_in_viewport()
    await expect(pill(reader, "Latest messages")).to_have_count(0)
    await reader.button("Load earlier messages").click()
    await expect(message(reader, MANY - 60)).to_be_attached()


async def test_a_link_leads_to_a_message_at_any_depth_and_a_button_back_to_the_latest(
    browsers: Browsers, people: tuple[Person, Person], ticket: SeededTicket
) -> None:
    nora, theo = people
    reader = await browsers.open(nora, f"{nora.page(ticket)}#message-5")
    await expect(message(reader, 5)).to_be_in_viewport()
    await reader.log.press("End")
    await expect(message(reader, 5)).not_to_be_in_viewport()
    await reader.page.reload()
    await expect(message(reader, 5)).to_be_in_viewport()
    await expect(reader.messages.first).to_contain_text(re.compile("Seeded message 1$"))
    await expect(reader.button("Load earlier messages")).to_have_count(0)

    other = await opened(browsers, theo, ticket)
    before = await message(reader, 5).bounding_box()
    for text in ("Down here", "Still down here"):
        await other.send(text)
    await expect(pill(reader, "2 new messages")).to_be_visible()
    await expect(reader.messages.filter(has_text="own here")).to_have_count(0)
    assert await message(reader, 5).bounding_box() == before

    await choose(reader, message(reader, 5), "Quote")
    await reader.send("About that")
    await expect(reader.messages.last).to_contain_text("About that")
    await expect(reader.messages.last).to_be_in_viewport()
    await other.messages.last.get_by_role("link", name="Seeded message 5").click()
    await expect(message(other, 5)).to_be_in_viewport()
    await pill(other, "Latest messages").click()
    await expect(other.messages.last).to_be_in_viewport()
    await expect(other.messages.last).to_contain_text("About that")


async def test_another_message_in_the_address_of_the_open_ticket_is_led_to_at_once(
    browsers: Browsers, people: tuple[Person, Person], ticket: SeededTicket
) -> None:
    nora, _ = people
    reader = await browsers.open(nora, f"{nora.page(ticket)}#message-{MANY + 1}")  # No such.
    await expect(message(reader, MANY)).to_be_in_viewport()
    for seq in (5, 60):
        await reader.page.goto(f"{reader.page.url.partition('#')[0]}#message-{seq}")
        await expect(message(reader, seq)).to_be_in_viewport()
    await reader.page.go_back()
    await expect(message(reader, 5)).to_be_in_viewport()
    await reader.page.go_forward()
    await expect(message(reader, 60)).to_be_in_viewport()

    # Another order of the list beside it, and back, leads nowhere.
    await reader.page.get_by_role("combobox", name="Sort").select_option("Newest")
    await expect(reader.page).to_have_url(re.compile("sort=newest$"))
    await pill(reader, "Latest messages").click()
    await expect(message(reader, MANY)).to_be_in_viewport()
    await reader.page.go_back()
    await expect(reader.page).not_to_have_url(re.compile("sort="))
    await reader.log.press("End")
    await opened(browsers, nora, ticket)
    await expect(message(reader, MANY)).to_be_in_viewport()


async def test_who_reads_further_up_is_told_what_comes_and_not_pulled_down(
    browsers: Browsers, seed: Seed, people: tuple[Person, Person]
) -> None:
    ticket = seed.ticket(*people, messages=40)
    buyer, seller = [await opened(browsers, who, ticket) for who in people]
    early = message(seller, 5)
    await early.scroll_into_view_if_needed()
    await expect(pill(seller, "Latest messages")).to_be_visible()
    before = await early.bounding_box()
    for text in ("Down here", "Still down here"):
        await buyer.send(text)
    await expect(pill(seller, "2 new messages")).to_be_visible()
    assert await early.bounding_box() == before
    await pill(seller, "2 new messages").click()
    await expect(seller.messages.last).to_be_in_viewport()
    await expect(pill(seller, "2 new messages")).to_have_count(0)


async def test_it_opens_where_what_is_new_begins_however_far_back(
    browsers: Browsers, seed: Seed, people: tuple[Person, Person], ticket: SeededTicket
) -> None:
    seed.has_read(people[0], ticket, 1000)
    reader = await opened(browsers, people[0], ticket)
    new = reader.page.get_by_role("separator").filter(has_text="New")
    await expect(new).to_be_in_viewport()
    next_ = new.locator("xpath=following::article[1]")
    await expect(next_).to_contain_text(re.compile(r"Seeded message 100[12]$"))
    await pill(reader, "Latest messages").click()
    await expect(message(reader, MANY)).to_be_in_viewport()
