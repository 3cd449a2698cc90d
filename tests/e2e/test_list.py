"""The list as people use it: filters that are links, a search, a place kept, many at once."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from playwright.async_api import Locator, expect

from supportdesk.domain.actor import Role
from supportdesk.domain.ids import new_id
from tests.e2e.conftest import Browsers
from tests.support.desk import Desk
from tests.support.screen import Screen
from tests.support.seed import ADMIN, BUYER, SELLER, Person, Seed, SeededTicket
from tests.support.slow_line import SlowLine


@pytest.fixture
def buyer(seed: Seed) -> Person:
    return seed.person(BUYER, "Nora")


@pytest.fixture
def seller(seed: Seed) -> Person:
    return seed.person(SELLER, "Theo")


def tickets_of(seed: Seed, buyer: Person, seller: Person, *subjects: str) -> list[SeededTicket]:
    return [seed.ticket(buyer, seller, subject=subject) for subject in subjects]


def set_fact(desk: Desk, ticket: SeededTicket, column: str, value: str) -> None:
    with psycopg.connect(desk.owner_url) as connection:
        connection.execute(f"UPDATE ticket SET {column} = %s WHERE id = %s", [value, ticket.id])


def panel(screen: Screen) -> Locator:
    return screen.page.get_by_role("region", name="Ticket list")


def pick(screen: Screen, name: str) -> Locator:
    return panel(screen).get_by_role("combobox", name=name, exact=True)


def search_box(screen: Screen) -> Locator:
    return panel(screen).get_by_role("searchbox", name="Search tickets")


def count(screen: Screen) -> Locator:
    return panel(screen).get_by_role("status").first


PAUSE_MS = 300


async def numbers_are(screen: Screen, tickets: list[SeededTicket]) -> None:
    await expect(screen.rows).to_have_count(len(tickets))
    await expect(screen.rows).to_contain_text([ticket.number for ticket in tickets])


async def test_a_search_that_is_answered_late_closes_no_ticket(
    browsers: Browsers, seed: Seed, buyer: Person, seller: Person
) -> None:
    (ticket,) = tickets_of(seed, buyer, seller, "A lamp")
    screen = await browsers.open(buyer)
    line = await SlowLine.of(screen.alter())
    await screen.page.clock.install()
    await screen.page.reload()
    await numbers_are(screen, [ticket])
    line.slow = True
    # In the page's future, however long it took to say so.
    await screen.page.clock.pause_at(datetime.now(UTC) + timedelta(seconds=10))
    await search_box(screen).press_sequentially("lamp")
    await screen.page.clock.run_for(PAUSE_MS - 1)
    assert not line.heard(".search")  # Not for each letter, but a moment after the last.
    await screen.page.clock.run_for(1)
    await screen.page.clock.resume()
    await line.holds("lamp")
    await screen.rows.first.click()
    await screen.arrives_at(buyer.page(ticket))
    line.let_through()
    await screen.arrives_at(f"{buyer.page(ticket)}?q=lamp")
    await screen.ready(ticket.number)


async def test_filters_are_a_link_that_opens_reloads_and_goes_back(
    browsers: Browsers, seed: Seed, desk: Desk, buyer: Person, seller: Person
) -> None:
    old, middle, new = tickets_of(seed, buyer, seller, "Old", "Middle", "New")
    set_fact(desk, old, "status", "in_progress")
    set_fact(desk, new, "status", "closed")
    screen = await browsers.open(buyer)
    await numbers_are(screen, [new, middle, old])

    await pick(screen, "Status").select_option(label="Open")
    await screen.arrives_at(f"{buyer.home}?status=open")
    await numbers_are(screen, [middle])
    await pick(screen, "Status").select_option(label="In progress")
    await screen.arrives_at(f"{buyer.home}?status=open,in_progress")
    await numbers_are(screen, [middle, old])
    await expect(pick(screen, "Status").locator("option").first).to_have_text("2 statuses")

    await screen.row(old.number).click()
    await screen.ready(old.number)
    await screen.arrives_at(f"{buyer.page(old)}?status=open,in_progress")
    await pick(screen, "Sort by").select_option(label="Newest")
    await screen.arrives_at(f"{buyer.page(old)}?status=open,in_progress&sort=newest")
    await screen.page.reload()
    await numbers_are(screen, [middle, old])
    await screen.ready(old.number)
    await expect(pick(screen, "Sort by")).to_have_value("newest")

    other = await browsers.open(seed.session_of(buyer), f"{buyer.home}?status=closed")
    await numbers_are(other, [new])
    await other.link("Remove filter Closed").click()
    await other.arrives_at(buyer.home)
    await numbers_are(other, [new, middle, old])
    await other.page.go_back()
    await numbers_are(other, [new])
    await expect(pick(other, "Status")).to_have_value("closed")


async def test_a_search_runs_by_itself_marks_what_it_found_and_ends_with_escape(
    browsers: Browsers, seed: Seed, buyer: Person, seller: Person
) -> None:
    lamp, chair = tickets_of(seed, buyer, seller, "A flickering lamp", "A broken chair")
    screen = await browsers.open(buyer)
    await search_box(screen).press_sequentially("flick", delay=20)
    await screen.arrives_at(f"{buyer.home}?q=flick")
    await numbers_are(screen, [lamp])
    await expect(screen.row(lamp.number).locator("mark")).to_have_text("flickering")
    await expect(count(screen)).to_have_text("1 ticket")

    await search_box(screen).fill(chair.number)
    await numbers_are(screen, [chair])
    await expect(screen.row(chair.number).locator("mark")).to_have_text(chair.number)
    await screen.page.reload()
    await expect(search_box(screen)).to_have_value(chair.number)
    await numbers_are(screen, [chair])

    await search_box(screen).press("Escape")
    await screen.arrives_at(buyer.home)
    await expect(search_box(screen)).to_have_value("")
    await numbers_are(screen, [chair, lamp])


async def test_admins_ask_whose_tickets_they_are(browsers: Browsers, seed: Seed) -> None:
    bertha, oona = seed.person(BUYER, "Bertha Party"), seed.person(BUYER, "Oona Party")
    selma = seed.person(SELLER, "Selma Party")
    hers, _, own = seed.tickets([(bertha, selma), (oona, None), (None, selma)])
    admin = await browsers.open(seed.person(ADMIN), "/admin/tickets")
    await admin.button("Filters").click()
    await pick(admin, "Seller").press_sequentially("selma", delay=20)
    await admin.page.get_by_role("option", name="Selma Party").click()
    await numbers_are(admin, [own, hers])
    await pick(admin, "Role").select_option(label="Filed by sellers")
    await numbers_are(admin, [own])
    await admin.link("Remove filter Filed by sellers").click()
    await pick(admin, "Buyer").press_sequentially("party", delay=20)
    await admin.page.get_by_role("option", name="Bertha Party").click()
    await numbers_are(admin, [hers])
    await admin.arrives_at(f"/admin/tickets?buyer={bertha.id}&seller={selma.id}")
    await admin.page.reload()
    await numbers_are(admin, [hers])
    await admin.button("Filters").click()
    await expect(pick(admin, "Buyer")).to_have_value("Bertha Party")


async def test_a_search_without_a_result_says_so_and_offers_to_clear_it(
    browsers: Browsers, seed: Seed, buyer: Person, seller: Person
) -> None:
    [ticket] = tickets_of(seed, buyer, seller, "A lamp")
    foreign = seed.ticket(seed.person(BUYER), seller)
    screen = await browsers.open(buyer, f"{buyer.page(ticket)}?priority=medium")
    await search_box(screen).fill(foreign.number)
    await expect(panel(screen)).to_contain_text("No ticket found")
    await expect(count(screen)).to_have_text("0 tickets")
    await panel(screen).get_by_role("button", name="Clear filters").click()
    await screen.arrives_at(buyer.page(ticket))
    await expect(search_box(screen)).to_have_value("")
    await numbers_are(screen, [ticket])


async def test_a_reader_further_down_keeps_their_place_until_they_ask_for_what_is_new(
    browsers: Browsers, seed: Seed, buyer: Person, seller: Person
) -> None:
    tickets = seed.tickets([(buyer, seller)] * 40)[::-1]
    oldest = tickets[-1]
    screen = await browsers.open(buyer)
    line = await SlowLine.of(screen.alter())
    await screen.page.reload()
    writer = await browsers.open(seller, seller.page(oldest))
    await expect(screen.rows).to_have_count(30)
    await screen.tickets.hover()
    line.slow = True
    await screen.page.mouse.wheel(0, 700)
    looked_at = screen.row(tickets[9].number)
    await expect(looked_at).to_be_in_viewport()
    # The desk hears of it before anybody writes.
    await line.holds("scroll_away")
    line.let_through()
    before = await looked_at.bounding_box()

    await writer.send("Something new.")
    await expect(screen.button("1 new")).to_be_visible()
    assert await looked_at.bounding_box() == before
    await expect(screen.rows.first).to_contain_text(tickets[0].number)
    # It stands above what can be done to tickets that are ticked.
    await screen.page.get_by_role("checkbox", name=f"Select {tickets[9].number}").click()
    chosen = await screen.page.get_by_role("group", name="Selected tickets").bounding_box()
    pill = await screen.button("1 new").bounding_box()
    assert chosen and pill and pill["y"] + pill["height"] <= chosen["y"]
    await screen.button("1 new").focus()
    await screen.page.keyboard.press("Enter")
    await expect(screen.rows.first).to_contain_text(oldest.number)
    await expect(screen.rows.first).to_be_in_viewport()
    await expect(screen.button("1 new")).to_have_count(0)
    await expect(screen.rows.first).to_be_focused()


async def test_many_tickets_are_changed_at_once_with_what_was_refused_and_put_back(
    browsers: Browsers, seed: Seed, desk: Desk, buyer: Person, seller: Person
) -> None:
    old, middle, new = tickets_of(seed, buyer, seller, "Old", "Middle", "New")
    set_fact(desk, middle, "status", "closed")
    screen = await browsers.open(seller)
    await expect(screen.rows).to_have_count(3)
    boxes = screen.tickets.get_by_role("checkbox")
    await boxes.first.click()
    await boxes.last.click(modifiers=["Shift"])
    chosen = screen.page.get_by_role("group", name="Selected tickets")
    await expect(chosen).to_contain_text("3 selected")

    await chosen.get_by_role("combobox", name="Set status").select_option(label="In progress")
    said = screen.page.get_by_role("status", name="What was changed")
    await expect(said).to_contain_text("2 tickets changed. 1 could not be changed:")
    await expect(said).to_contain_text(f"{middle.number}: This ticket is closed. Reopen it first.")
    for ticket in (old, new):
        await expect(screen.row(ticket.number)).to_contain_text("In progress")
    # Nothing of it has to be scrolled for.
    for name in ("Undo", "Dismiss"):
        await expect(said.get_by_role("button", name=name)).to_be_in_viewport(ratio=1)

    other = await browsers.open(buyer, buyer.page(new))
    await other.ready(new.number)
    await other.button("Close ticket").click()
    await expect(screen.row(new.number)).to_contain_text("Closed")
    await said.get_by_role("button", name="Undo").click()
    await expect(said).to_contain_text("1 ticket is as before.")
    await expect(said).to_contain_text(f"{new.number}: Somebody has changed it since")
    await expect(screen.row(old.number)).to_contain_text("Open")
    await expect(screen.row(new.number)).to_contain_text("Closed")


async def test_a_tag_that_was_just_made_is_put_on_and_taken_off_several_tickets(
    browsers: Browsers, seed: Seed, buyer: Person, seller: Person
) -> None:
    first, second = tickets_of(seed, buyer, seller, "First", "Second")
    tag = f"tag{new_id().hex[-8:]}"
    screen = await browsers.open(seller)
    chosen = screen.page.get_by_role("group", name="Selected tickets")
    said = screen.page.get_by_role("status", name="What was changed")

    async def to_both(name: str) -> None:
        for ticket in (first, second):
            await screen.page.get_by_role("checkbox", name=ticket.number).click()
        await chosen.get_by_role("combobox", name=name).select_option(label=tag)

    iris = seed.person(ADMIN, "Iris")
    admin = await browsers.open(iris, iris.page(first))
    await admin.box("Add a tag").fill(tag)
    await admin.box("Add a tag").press("Enter")
    await to_both("Add tag")
    await expect(said).to_contain_text("1 ticket changed. 1 is like that already.")
    await to_both("Remove tag")
    await expect(said).to_contain_text("2 tickets changed.")
    await expect(screen.rows.filter(has_text=tag)).to_have_count(0)
    await said.get_by_role("button", name="Undo").click()
    await expect(said).to_contain_text("2 tickets are as before.")
    await expect(screen.rows.filter(has_text=tag)).to_have_count(2)


async def test_all_that_match_are_chosen_past_the_first_page(
    browsers: Browsers, seed: Seed, buyer: Person, seller: Person
) -> None:
    seed.tickets([(buyer, seller)] * 34)
    screen = await browsers.open(seller)
    await screen.tickets.get_by_role("checkbox").first.click()
    await screen.button("Select all that match").click()
    chosen = screen.page.get_by_role("group", name="Selected tickets")
    await expect(chosen).to_contain_text("34 selected")
    await chosen.get_by_role("combobox", name="Set priority").select_option(label="Urgent")
    said = screen.page.get_by_role("status", name="What was changed")
    await expect(said).to_contain_text("34 tickets changed.")
    await expect(screen.row("TC-").filter(has_text="Urgent")).to_have_count(30)


async def test_a_row_is_starred_closed_taken_and_ranked_without_opening_it(
    browsers: Browsers, seed: Seed, buyer: Person, seller: Person
) -> None:
    ticket = seed.ticket(buyer, seller, subject=f"Row of {new_id()}")
    iris = seed.person(ADMIN, "Iris")
    screen = await browsers.open(iris, f"{iris.home}?q={ticket.number}")
    row = screen.row(ticket.number)
    await row.hover()
    await screen.button(f"Star {ticket.number}").click()
    await expect(row).to_contain_text("Starred")
    await screen.button(f"Assign {ticket.number} to me").click()
    await expect(screen.button(f"Assign {ticket.number} to me")).to_have_count(0)
    await screen.button(f"More for {ticket.number}").click()
    await screen.page.get_by_role("menuitem", name="Urgent priority").click()
    await expect(row).to_contain_text("Urgent")
    await screen.button(f"Close {ticket.number}").click()
    await expect(row).to_contain_text("Closed")
    await expect(screen.button(f"Reopen {ticket.number}")).to_be_attached()
    await expect(screen.page).to_have_url(re.compile(r"/admin/tickets\?q="))


@pytest.mark.parametrize("role", [BUYER, SELLER])
async def test_what_leaves_the_list_as_it_is_closed_is_named_and_comes_back_as_it_was(
    browsers: Browsers, seed: Seed, desk: Desk, buyer: Person, seller: Person, role: Role
) -> None:
    ticket = seed.ticket(buyer, seller)
    with psycopg.connect(desk.owner_url) as database:
        database.execute("SET LOCAL ROLE supportdesk_system")
        database.execute("UPDATE ticket SET status = 'in_progress' WHERE id = %s", [ticket.id])
    person = buyer if role is BUYER else seller
    screen = await browsers.open(person, f"{person.home}?status=open,in_progress")
    said = screen.page.get_by_role("status", name="What was changed")
    for action in ("Undo", "Dismiss"):
        await screen.row(ticket.number).focus()
        await screen.page.keyboard.press("e")
        await expect(screen.row(ticket.number)).to_have_count(0)
        await expect(said).to_contain_text(f"{ticket.number} is closed.")
        await said.get_by_role("button", name=action).click()
        if action == "Undo":
            await expect(screen.row(ticket.number)).to_contain_text("In progress")
            await said.get_by_role("button", name="Dismiss").click()
        await expect(said).to_have_text("")
    # Where it stays, its row says it, and nothing else does.
    other = seed.ticket(buyer, seller)
    await screen.go(f"{person.home}?q={other.number}")
    await screen.row(other.number).focus()
    await screen.page.keyboard.press("e")
    await expect(screen.row(other.number)).to_contain_text("Closed")
    await expect(said).to_have_text("")


async def test_a_row_shows_at_once_what_is_done_to_it_and_takes_back_what_is_refused(
    browsers: Browsers, seed: Seed, desk: Desk, buyer: Person, seller: Person
) -> None:
    refused, done = tickets_of(seed, buyer, seller, "Refused", "Done")
    screen = await browsers.open(seller)
    line = await SlowLine.of(screen.alter())
    await screen.page.reload()
    other = await browsers.open(buyer)
    for ticket in (done, refused):
        number, row = ticket.number, screen.row(ticket.number)
        await row.hover()
        line.slow = True
        await screen.button(f"Star {number}").click()
        await screen.button(f"Close {number}").click()
        await screen.button(f"More for {number}").click()
        await screen.page.get_by_role("menuitem", name="Urgent priority").click()
        for shown in ("Starred", "Closed", "Urgent"):
            await expect(row).to_contain_text(shown)
        await expect(other.row(number)).not_to_contain_text("Closed")
        if ticket is done:
            line.let_through()
            await expect(other.row(number)).to_contain_text("Urgent")
            for shown in ("Starred", "Closed", "Urgent"):
                await expect(row).to_contain_text(shown)
            # And it follows what others do, as before.
            await other.row(number).click()
            await other.ready(number)
            await other.button("Reopen ticket").click()
            await expect(row).to_contain_text("Open")
    with psycopg.connect(desk.owner_url) as connection:
        # Past the desk, so that nothing else changes on this screen.
        connection.execute("DELETE FROM participant WHERE user_id = %s", [seller.id])
    line.let_through()
    await expect(screen.page.get_by_text("does not exist").first).to_be_visible()
    for shown in ("Starred", "Closed", "Urgent"):
        await expect(screen.row(refused.number)).not_to_contain_text(shown)
    await expect(screen.row(refused.number)).to_contain_text("Open")


async def test_a_row_is_open_again_at_once_and_closed_when_that_is_refused(
    browsers: Browsers, seed: Seed, desk: Desk, buyer: Person, seller: Person
) -> None:
    refused, done = tickets_of(seed, buyer, seller, "Refused", "Done")
    for ticket in (refused, done):
        set_fact(desk, ticket, "status", "closed")
    screen = await browsers.open(seller)
    line = await SlowLine.of(screen.alter())
    await screen.page.reload()
    other = await browsers.open(buyer)
    for ticket in (done, refused):
        number, row = ticket.number, screen.row(ticket.number)
        await expect(row).to_contain_text("Closed")
        await row.hover()
        line.slow = True
        await screen.button(f"Reopen {number}").click()
        await expect(row).to_contain_text("Open")
        await expect(screen.button(f"Close {number}")).to_be_attached()
        await line.holds("reopen")
        await expect(other.row(number)).to_contain_text("Closed")
        if ticket is done:
            line.let_through()
            await expect(other.row(number)).to_contain_text("Open")
            await expect(row).to_contain_text("Open")
            # And it follows what others do, as before.
            set_fact(desk, ticket, "status", "resolved")
            await other.row(number).click()
            await other.ready(number)
            await other.button("Close ticket").click()
            await expect(row).to_contain_text("Closed")
    with psycopg.connect(desk.owner_url) as connection:
        # Past the desk, so that nothing else changes on this screen.
        connection.execute("DELETE FROM participant WHERE user_id = %s", [seller.id])
    line.let_through()
    await expect(screen.page.get_by_text("does not exist").first).to_be_visible()
    await expect(screen.row(refused.number)).to_contain_text("Closed")
    await expect(screen.row(refused.number)).not_to_contain_text("Open")
    await expect(screen.button(f"Reopen {refused.number}")).to_be_attached()


async def test_the_pointer_at_rest_on_a_row_shows_how_the_ticket_began(
    browsers: Browsers, seed: Seed, buyer: Person, seller: Person
) -> None:
    ticket = seed.ticket(buyer, seller, subject="At a glance", messages=5)
    screen = await browsers.open(buyer)
    await screen.row(ticket.number).hover()
    card = screen.page.locator(".preview")
    await expect(card).to_be_visible()
    await expect(card).to_contain_text("Seeded message 1")
    await expect(card).to_contain_text("Nora, Theo")


async def test_a_key_shows_the_same_of_the_row_that_it_has_come_to(
    browsers: Browsers, seed: Seed, buyer: Person, seller: Person
) -> None:
    for subject in ("The older", "The newer"):
        seed.ticket(buyer, seller, subject=subject, messages=5)
    screen = await browsers.open(buyer)
    await expect(screen.rows).to_have_count(2)
    card = screen.page.locator(".preview")
    await screen.page.keyboard.press("j")
    await expect(screen.rows.first).to_be_focused()
    await expect(card).to_have_count(0)
    await screen.page.keyboard.press("p")
    await expect(card).to_be_visible()
    await expect(card).to_contain_text("The newer")
    await expect(card).to_contain_text("Seeded message 1")
    await screen.page.keyboard.press("p")
    await expect(card).to_be_hidden()
    await screen.page.keyboard.press("j")
    await screen.page.keyboard.press("p")
    await expect(card).to_contain_text("The older")
    await expect(card).to_be_visible()
    await screen.page.keyboard.press("Escape")
    await expect(card).to_be_hidden()
    await expect(screen.rows.nth(1)).to_be_focused()


async def test_a_view_is_saved_shared_counted_live_and_deleted_in_two_browsers(
    browsers: Browsers, seed: Seed, buyer: Person, seller: Person
) -> None:
    word = f"view{new_id().hex[-12:]}"
    ticket = seed.ticket(buyer, seller, subject=f"About {word}")
    seed.ticket(buyer, seller, subject=f"More about {word}")
    iris = seed.person(ADMIN, "Iris")
    admin = await browsers.open(iris, f"{iris.home}?q={word}&status=open")
    await expect(admin.rows).to_have_count(2)
    await admin.button("Views").click()
    await admin.page.get_by_role("menuitem", name="Save this view").click()
    dialog = admin.page.get_by_role("dialog", name="Save this view")
    await dialog.get_by_label("Name").fill(word)
    await dialog.get_by_role("checkbox", name="Share it").check()
    await dialog.get_by_role("button", name="Save view").click()
    await expect(dialog).to_have_count(0)
    await expect(admin.button("Views")).to_be_focused()

    theo = await browsers.open(seller)
    await theo.button("Views").press("Enter")
    await expect(theo.page.get_by_role("menuitem").first).to_be_focused()
    await expect(theo.page.get_by_role("menuitem").first).to_contain_text("All")
    item = theo.page.get_by_role("menuitem", name=word)
    await expect(item).to_contain_text("2")
    writer = await browsers.open(buyer, buyer.page(ticket))
    await writer.ready(ticket.number)
    await writer.button("Close ticket").click()
    await expect(item).to_contain_text("1")
    shown = theo.page.locator("[role=menuitem][aria-current=true]")
    await expect(shown).to_contain_text(["All"])
    await item.click()
    await theo.arrives_at(f"{seller.home}?q={word}&status=open")
    await expect(theo.rows).to_have_count(1)

    await admin.button("Views").click()
    await admin.page.get_by_role("menuitem", name="Edit views").click()
    await theo.button("Views").click()
    await expect(shown).to_contain_text([word])
    await admin.box(f"Name of {word}").fill(f"{word} too")
    await admin.button(f"Rename {word}").click()
    await expect(item).to_contain_text(f"{word} too")
    await admin.button(f"Share {word} too").click()
    await expect(item).to_have_count(0)
    await expect(theo.page.get_by_role("menuitem", name="Unread")).to_be_visible()
    await admin.button(f"Delete {word} too").click()
    await expect(admin.button(f"Delete {word} too")).to_have_count(0)


async def test_somebody_signed_out_comes_back_to_the_filtered_list(
    browsers: Browsers, seed: Seed, desk: Desk
) -> None:
    screen = await browsers.open(None, "/buyer/tickets?status=closed")
    await screen.page.wait_for_url(re.compile("/login"))
    await screen.sign_in("bea@demo.test", "demo-pass-1")
    await screen.arrives_at("/buyer/tickets?status=closed")
    await expect(pick(screen, "Status")).to_have_value("closed")
