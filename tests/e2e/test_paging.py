"""Long lists and long conversations: read in pages, without losing one's place."""

from __future__ import annotations

import re

import psycopg
import pytest
from playwright.async_api import Locator, expect

from tests.e2e.conftest import Browsers
from tests.support.desk import Desk
from tests.support.screen import Screen
from tests.support.seed import ADMIN, BUYER, SELLER, Person, Seed, SeededTicket, zone_at_noon

PAGE = 50
MESSAGES = 130
FIRST_SHOWN = f"Seeded message {MESSAGES - PAGE + 1}"
NUMBER = re.compile(r"TC-\d{4,}")


@pytest.fixture
def people(seed: Seed) -> tuple[Person, Person]:
    return seed.person(BUYER, "Nora"), seed.person(SELLER, "Theo")


@pytest.fixture
def long_ticket(desk: Desk, seed: Seed, people: tuple[Person, Person]) -> SeededTicket:
    """130 messages: ten of a day last month, sixty of yesterday, sixty of today."""
    ticket = seed.ticket(*people, messages=MESSAGES)
    with psycopg.connect(desk.owner_url) as connection:
        connection.execute(
            "UPDATE message SET created_at = now() - interval '1 second' * (200 - seq)"
            " - CASE WHEN seq <= 10 THEN interval '40 days'"
            " WHEN seq <= 70 THEN interval '1 day' ELSE interval '0' END"
            " WHERE conversation_id = %s",
            [ticket.id],
        )
    return ticket


@pytest.fixture
async def reader(
    browsers: Browsers, people: tuple[Person, Person], long_ticket: SeededTicket
) -> Screen:
    """The buyer, who has just opened the long conversation by its address."""
    screen = await browsers.open(people[0], people[0].page(long_ticket))
    await screen.ready(long_ticket.number)
    return screen


def message(screen: Screen, text: str) -> Locator:
    return screen.messages.filter(has=screen.page.get_by_text(text, exact=True))


async def place_of(line: Locator) -> float:
    box = await line.bounding_box()
    assert box is not None
    return box["y"]


async def scroll_to_the_top(screen: Screen) -> None:
    """As far as there is to scroll now: the wheel stops before anything is put above."""
    await screen.log.hover()
    distance = await screen.log.evaluate("log => log.scrollHeight - log.clientHeight")
    await screen.page.mouse.wheel(0, -distance)


# The list.


async def test_the_list_brings_further_pages_as_one_scrolls(browsers: Browsers) -> None:
    ada = await browsers.open("ada")
    await expect(ada.rows).to_have_count(30)
    heading = await ada.page.get_by_role("region", name="Ticket list").inner_text()
    total = int(re.search(r"All tickets\s+(\d+)", heading)[1])
    assert total > 30
    await ada.tickets.hover()
    while await ada.rows.count() < total:
        before = await ada.rows.count()
        await ada.page.mouse.wheel(0, 100_000)
        await expect(ada.rows.nth(before)).to_be_visible()
    await expect(ada.button("Show more tickets")).to_have_count(0)
    # Not their texts: what was said last in a ticket may name another.
    links = await ada.rows.evaluate_all("rows => rows.map(row => row.getAttribute('href'))")
    numbers = NUMBER.findall("\n".join(links))
    assert len(numbers) == len(set(numbers)) == total


async def test_a_list_of_several_pages_stays_whole_while_tickets_move(
    browsers: Browsers, seed: Seed
) -> None:
    buyer, seller = seed.person(BUYER, "Nora"), seed.person(SELLER, "Theo")
    tickets = seed.tickets([(buyer, seller)] * 34)
    oldest, newest = tickets[0], tickets[-1]
    reader, writer = await browsers.open(buyer), await browsers.open(seller, seller.page(oldest))
    await expect(reader.rows).to_have_count(30)
    await reader.button("Show more tickets").dispatch_event("click")
    await expect(reader.rows).to_have_count(34)
    await expect(reader.rows.first).to_contain_text(newest.number)

    await writer.send("I have been on the second page.")
    await expect(reader.rows.first).to_contain_text(oldest.number)
    await expect(reader.unread(oldest.number, 2)).to_be_visible()
    for ticket in tickets:
        await expect(reader.row(ticket.number)).to_have_count(1)
    await expect(reader.rows).to_have_count(34)


# The conversation.


async def test_a_deep_link_opens_the_latest_fifty_at_their_end(
    reader: Screen, long_ticket: SeededTicket
) -> None:
    await expect(reader.messages).to_have_count(PAGE)
    await expect(reader.messages.first).to_contain_text(FIRST_SHOWN)
    await expect(message(reader, f"Seeded message {MESSAGES}")).to_be_in_viewport()
    await expect(message(reader, FIRST_SHOWN)).not_to_be_in_viewport()
    await expect(reader.row(long_ticket.number)).to_have_attribute("aria-current", "page")


async def test_the_button_puts_earlier_messages_above_and_moves_nothing(reader: Screen) -> None:
    await reader.log.hover()
    await reader.page.mouse.wheel(0, -600)
    line = message(reader, "Seeded message 120")
    await expect(line).to_be_in_viewport()
    before = await place_of(line)
    await reader.button("Load earlier messages").dispatch_event("click")
    await expect(reader.messages).to_have_count(2 * PAGE)
    assert abs(await place_of(line) - before) <= 1
    await reader.button("Load earlier messages").dispatch_event("click")
    await expect(reader.messages).to_have_count(MESSAGES)
    await expect(reader.button("Load earlier messages")).to_have_count(0)
    assert abs(await place_of(line) - before) <= 1
    await reader.shows([f"Seeded message {n}" for n in range(1, MESSAGES + 1)])


async def test_scrolling_to_the_top_loads_one_page_and_keeps_the_place(reader: Screen) -> None:
    await scroll_to_the_top(reader)
    await expect(reader.messages).to_have_count(2 * PAGE)
    await expect(message(reader, FIRST_SHOWN)).to_be_in_viewport()
    await scroll_to_the_top(reader)
    await expect(reader.messages).to_have_count(MESSAGES)
    await reader.shows([f"Seeded message {n}" for n in range(1, MESSAGES + 1)])


async def test_a_message_that_arrives_leaves_a_reader_of_old_ones_where_they_are(
    browsers: Browsers, reader: Screen, people: tuple[Person, Person], long_ticket: SeededTicket
) -> None:
    seller = await browsers.open(people[1], people[1].page(long_ticket))
    await seller.ready(long_ticket.number)
    await scroll_to_the_top(reader)
    await expect(reader.messages).to_have_count(2 * PAGE)
    line = message(reader, FIRST_SHOWN)
    before = await place_of(line)
    await seller.send("Something new\nin three\nlines")
    await expect(reader.messages).to_have_count(2 * PAGE + 1)
    await expect(reader.messages.last).to_contain_text("Something new")
    assert abs(await place_of(line) - before) <= 1
    await expect(seller.messages.last).to_be_in_viewport()


async def test_days_are_told_apart(
    browsers: Browsers, seed: Seed, people: tuple[Person, Person], long_ticket: SeededTicket
) -> None:
    nora, zone = people[0], zone_at_noon()
    reader = await browsers.open(nora, nora.page(long_ticket), timezone_id=zone)
    await reader.ready(long_ticket.number)
    days = reader.log.locator(".day")
    await expect(days).to_have_text(["Today"])
    for _ in range(2):
        await reader.button("Load earlier messages").dispatch_event("click")
        await expect(reader.button("Loading …")).to_have_count(0)
    await expect(reader.messages).to_have_count(MESSAGES)
    await expect(days).to_have_text([re.compile(r"^\d{1,2} \w+ \d{4}$"), "Yesterday", "Today"])


async def test_a_long_live_exchange_stands_whole_in_order_and_survives_a_reload(
    browsers: Browsers, seed: Seed, people: tuple[Person, Person]
) -> None:
    ticket = seed.ticket(*people)
    writer, reader = [await browsers.open(who, who.page(ticket)) for who in people]
    for screen in (writer, reader):
        await screen.ready(ticket.number)
    written = ["Seeded message 1", *(f"Live message {n}." for n in range(40))]
    for text in written[1:]:
        await writer.send(text)
    for screen in (writer, reader):
        await screen.shows(written)
        await expect(screen.messages.last).to_be_in_viewport()
    await reader.page.reload()
    await reader.shows(written)


async def test_an_old_ticket_that_is_not_in_the_list_opens_by_its_address(
    browsers: Browsers,
) -> None:
    ada = await browsers.open("ada", "/admin/tickets/TC-0001")
    await ada.ready("TC-0001")
    await expect(ada.row("TC-0001")).to_have_count(0)
    await ada.send("Found you.")
    await expect(ada.rows.first).to_contain_text("TC-0001")


async def test_back_and_forward_walk_through_the_tickets_that_were_open(
    browsers: Browsers, seed: Seed, people: tuple[Person, Person]
) -> None:
    first, second = seed.tickets([people, people])
    screen = await browsers.open(people[0])
    for ticket in (first, second):
        await screen.row(ticket.number).click()
        await screen.ready(ticket.number)
    await screen.page.go_back()
    await screen.ready(first.number)
    await screen.page.go_back()
    await expect(screen.page.get_by_text("No ticket chosen")).to_be_visible()
    await screen.page.go_forward()
    await screen.ready(first.number)


async def test_an_admin_of_a_new_desk_sees_what_all_others_file(
    browsers: Browsers, seed: Seed, people: tuple[Person, Person]
) -> None:
    ticket = seed.ticket(*people, subject="For every admin")
    for who in (seed.person(ADMIN, "Iris"), *people):
        screen = await browsers.open(who)
        await expect(screen.row(ticket.number)).to_contain_text("For every admin")
