"""Days and times are the reader's, wherever they are, and go on while one looks."""

from __future__ import annotations

import re

import psycopg
import pytest
from playwright.async_api import Locator, expect

from tests.e2e.conftest import Browsers
from tests.support.desk import Desk
from tests.support.screen import Screen
from tests.support.seed import BUYER, SELLER, Person, Seed, SeededTicket, zone_at_noon

# Before and after midnight in Auckland; in London both are the morning of one day.
BEFORE, AFTER = "2025-11-20T10:30:00+00:00", "2025-11-20T11:30:00+00:00"
LATER = "2025-11-20T13:30:00+00:00"


# Of all menus that are drawn, whether they are painted or not.
NOTE_ITEMS = """() => {
    window.items = [];
    const note = () => document.querySelectorAll('[role=menuitem]')
        .forEach((item) => items.push(item.textContent));
    new MutationObserver(note).observe(document.body, {childList: true, subtree: true});
}"""


@pytest.fixture
def pair(desk: Desk, seed: Seed) -> tuple[Person, Person, SeededTicket]:
    nora, theo = seed.person(BUYER, "Nora"), seed.person(SELLER, "Theo")
    ticket = seed.ticket(nora, theo, messages=2)
    with psycopg.connect(desk.owner_url) as connection:
        for seq, at in ((1, BEFORE), (2, AFTER)):
            connection.execute(
                "UPDATE message SET created_at = %s WHERE conversation_id = %s AND seq = %s",
                [at, ticket.id, seq],
            )
        connection.execute(
            "UPDATE conversation SET activity_everyone = %(at)s, activity_staff = %(at)s"
            " WHERE id = %(id)s",
            {"at": AFTER, "id": ticket.id},
        )
        connection.execute(
            "UPDATE ticket SET created_at = %s, first_response_at = %s, status = 'resolved'"
            " WHERE id = %s",
            [BEFORE, AFTER, ticket.id],
        )
        connection.execute(  # After the moment that the database has noted by itself.
            "UPDATE ticket SET resolved_at = %s WHERE id = %s",
            [LATER, ticket.id],
        )
    return nora, theo, ticket


async def test_each_reads_the_days_and_times_of_their_own_zone(
    browsers: Browsers, pair: tuple[Person, Person, SeededTicket]
) -> None:
    nora, theo, ticket = pair
    for reader, zone, days, exact in (
        (
            nora,
            "Pacific/Auckland",
            ["20 November 2025", "21 November 2025"],
            ["Thursday 20 November 2025, 23:30", "Friday 21 November 2025, 00:30"],
        ),
        (
            theo,
            "Europe/London",
            ["20 November 2025"],
            ["Thursday 20 November 2025, 10:30", "Thursday 20 November 2025, 11:30"],
        ),
    ):
        screen = await browsers.open(reader, reader.page(ticket), timezone_id=zone)
        await screen.ready(ticket.number)
        times = screen.messages.get_by_role("time")
        for position, (text, at) in enumerate(zip(exact, (BEFORE, AFTER), strict=True)):
            await expect(times.nth(position)).to_have_text(text[-5:])
            await expect(times.nth(position)).to_have_attribute("title", text)
            await expect(times.nth(position)).to_have_attribute("datetime", at)
        await expect(screen.log.locator(".day")).to_have_text(days)
        listed = screen.row(ticket.number).get_by_role("time")
        await expect(listed).to_have_attribute("title", exact[1])
        await expect(listed).to_have_attribute("datetime", re.compile("^2025-11-20T11:30:00"))
        await expect(listed).to_have_text(exact[1].split()[1] + " Nov")
        told = screen.details.get_by_role("definition").filter(has=screen.page.get_by_role("time"))
        await expect(told).to_have_text(
            [re.compile(f"{exact[0][-5:]}$"), "after an hour", "after 3 hours"]
        )
        for position, text in enumerate(exact):
            await expect(told.nth(position).get_by_role("time")).to_have_attribute("title", text)


async def test_a_time_in_the_list_goes_on_while_one_looks(browsers: Browsers, seed: Seed) -> None:
    nora = seed.person(BUYER, "Nora")
    ticket = seed.ticket(nora, seed.person(SELLER, "Theo"))
    # A day and five minutes later it is the next day there, whenever this runs.
    screen = await browsers.open(nora, timezone_id=zone_at_noon())
    await screen.alter().clock.install()
    await screen.page.reload()
    time = screen.row(ticket.number).get_by_role("time")
    await expect(time).to_have_text("a few seconds ago")
    await screen.page.clock.fast_forward("05:00")
    await expect(time).to_have_text("5 minutes ago")
    await screen.page.clock.fast_forward("24:00:00")
    await expect(time).to_have_text("Yesterday")


def make_older(desk: Desk, ticket: SeededTicket, minutes: int) -> None:
    with psycopg.connect(desk.owner_url) as connection:
        connection.execute(
            "UPDATE message SET created_at = now() - make_interval(mins => %s)"
            " WHERE conversation_id = %s",
            [minutes, ticket.id],
        )


async def open_menu(screen: Screen, text: str) -> Locator:
    """Of the message that says so; returns what would change it."""
    said = screen.messages.filter(has_text=text)
    await said.hover()
    await said.get_by_role("button", name="Message actions").click()
    await expect(screen.page.get_by_role("menuitem", name="Quote")).to_be_visible()
    return screen.page.get_by_role("menuitem", name="Edit")


@pytest.mark.parametrize("wrong_by", [0, 3_600_000, -3_600_000])
async def test_to_change_a_message_is_offered_no_longer_than_it_is_allowed(
    browsers: Browsers, seed: Seed, desk: Desk, wrong_by: int
) -> None:
    theo = seed.person(SELLER, "Theo")
    ticket = seed.ticket(seller=theo)
    screen = await browsers.open(theo, theo.page(ticket))
    await screen.ready(ticket.number)
    await screen.send("It flikkers.")
    make_older(desk, ticket, 14)
    # The clock of this browser may be wrong.
    await screen.alter().add_init_script(
        f"window.ahead = {wrong_by}; const now = Date.now; Date.now = () => now() + ahead"
    )
    await screen.go(theo.page(ticket))
    await screen.ready(ticket.number)
    edit = await open_menu(screen, "It flikkers.")
    delete = screen.page.get_by_role("menuitem", name="Delete")
    for offered in (edit, delete):
        await expect(offered).to_be_visible()
    # While one looks at it.
    await screen.page.evaluate("ahead += 61_000")
    for offered in (edit, delete):
        await expect(offered).to_have_count(0)


async def test_what_is_too_old_to_be_changed_is_offered_for_no_moment(
    browsers: Browsers, seed: Seed, desk: Desk
) -> None:
    theo = seed.person(SELLER, "Theo")
    ticket = seed.ticket(seller=theo)
    screen = await browsers.open(theo, theo.page(ticket))
    await screen.ready(ticket.number)
    await screen.send("It flikkers.")
    make_older(desk, ticket, 20)
    await screen.go(theo.page(ticket))
    await screen.ready(ticket.number)
    await screen.send("It flickers.")
    await expect(await open_menu(screen, "It flickers.")).to_be_visible()
    await screen.page.keyboard.press("Escape")
    await screen.page.evaluate(NOTE_ITEMS)
    await open_menu(screen, "It flikkers.")
    items = await screen.page.evaluate("items")
    assert "Quote" in items
    assert "Edit" not in items
