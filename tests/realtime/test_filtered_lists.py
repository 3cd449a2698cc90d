"""Filtered lists are live like the plain one, stay still under a reader, and cost no more."""

from __future__ import annotations

from dataclasses import dataclass

import psycopg
import pytest

from supportdesk.domain.ids import new_id
from supportdesk.domain.queries import numbers
from supportdesk.domain.queries.filters import Sort
from tests.support.browsers import Browsers, catch_up
from tests.support.desk import Desk
from tests.support.raw_browser import (
    BULK,
    DETAILS,
    FILTERS,
    INBOX,
    QUICK,
    VIEWS,
    RawBrowser,
)
from tests.support.seed import ADMIN, BUYER, SELLER, Person, Seed, SeededTicket
from tests.support.statements import counting


def listed(browser: RawBrowser) -> list[str]:
    return [row["number"] for row in browser.rows]


@dataclass
class Shop:
    """A buyer and a seller with three tickets, the newest first."""

    buyer: Person
    seller: Person
    tickets: list[SeededTicket]

    @property
    def numbers(self) -> list[str]:
        return [ticket.number for ticket in self.tickets]


@pytest.fixture
def shop(seed: Seed) -> Shop:
    buyer, seller = seed.person(BUYER, "Nora"), seed.person(SELLER, "Theo")
    return Shop(buyer, seller, seed.tickets([(buyer, seller)] * 3)[::-1])


async def at(browsers: Browsers, person: Person, path: str) -> RawBrowser:
    browser = browsers.new(person)
    await browser.visit(person.home + path)
    return browser


async def test_a_ticket_enters_and_leaves_a_filtered_list_as_it_changes(
    browsers: Browsers, shop: Shop
) -> None:
    closed = await at(browsers, shop.buyer, "?status=closed")
    undone = await at(browsers, shop.buyer, "?status=open,in_progress")
    writer = await browsers.visit(shop.seller, shop.tickets[1])
    assert (listed(closed), listed(undone)) == ([], shop.numbers)
    assert closed.var(INBOX, "total") == 0

    await writer.send(f"{DETAILS}.choose_status", value="closed")
    await closed.until(lambda b: listed(b) == [shop.numbers[1]])
    await undone.until(lambda b: listed(b) == [shop.numbers[0], shop.numbers[2]])
    await closed.until(lambda b: b.var(INBOX, "total") == 1)
    await undone.until(lambda b: b.var(INBOX, "total") == 2)

    await writer.send(f"{DETAILS}.choose_status", value="open")
    await closed.until(lambda b: listed(b) == [])
    await undone.until(lambda b: set(listed(b)) == set(shop.numbers))


async def test_a_list_by_priority_moves_as_priorities_change(
    browsers: Browsers, shop: Shop
) -> None:
    reader = await at(browsers, shop.buyer, "?sort=priority")
    writer = await browsers.visit(shop.seller, shop.tickets[2])
    await writer.send(f"{DETAILS}.choose_priority", value="urgent")
    await reader.until(lambda b: listed(b)[0] == shop.numbers[2])
    await writer.send(f"{DETAILS}.choose_priority", value="low")
    await reader.until(lambda b: listed(b)[-1] == shop.numbers[2])


async def test_a_list_of_what_is_starred_or_unread_follows_ones_own_marks(
    browsers: Browsers, shop: Shop
) -> None:
    starred = await at(browsers, shop.buyer, "?starred=1")
    unread = await at(browsers, shop.buyer, "?unread=1")
    assert (listed(starred), listed(unread)) == ([], shop.numbers)
    acting = await browsers.visit(shop.buyer)
    await acting.send(f"{QUICK}.star", ticket_id=str(shop.tickets[0].id), starred=True)
    await starred.until(lambda b: listed(b) == [shop.numbers[0]])
    await acting.navigate(shop.buyer.page(shop.tickets[1]))
    await unread.until(lambda b: listed(b) == [shop.numbers[0], shop.numbers[2]])


async def test_a_search_finds_what_is_said_later_and_nothing_foreign(
    browsers: Browsers, seed: Seed, shop: Shop
) -> None:
    word = f"zebra{new_id().hex[:12]}"
    reader = await at(browsers, shop.buyer, f"?q={word}")
    stranger = await at(browsers, seed.person(BUYER), f"?q={word}")
    admin = await at(browsers, seed.person(ADMIN), f"?q={word}")
    writer = await browsers.visit(shop.seller, shop.tickets[0])
    await writer.say(f"We have a {word} here.")
    for browser in (reader, admin):
        await browser.until(lambda b: listed(b) == [shop.numbers[0]])
        [row] = browser.rows
        assert [part["text"] for part in row["hit"] if part["marked"]] == [word]
    await stranger.send(f"{FILTERS}.search", text=shop.numbers[0])
    await stranger.settled()
    assert listed(stranger) == []


async def test_other_filters_are_another_list_and_a_ticket_opens_beside_it(
    browsers: Browsers, shop: Shop
) -> None:
    reader = await at(browsers, shop.buyer, "?status=closed")
    assert reader.var(FILTERS, "query") == "?status=closed"
    await reader.navigate(f"{shop.buyer.page(shop.tickets[0])}?priority=medium")
    await reader.settled()
    assert listed(reader) == shop.numbers
    assert reader.var(INBOX, "open_number") == shop.numbers[0]
    assert reader.var(FILTERS, "priority") == "medium"
    await reader.navigate(shop.buyer.home)
    await reader.settled()
    assert reader.var(FILTERS, "query") == ""
    assert not reader.var(FILTERS, "asks")


async def test_buyers_are_not_offered_what_the_staff_sorts_by(
    browsers: Browsers, seed: Seed, shop: Shop
) -> None:
    path = f"?assignee=nobody&team={new_id()}&tag={new_id()}&overdue=1&sort=due&status=open"
    buyer = await at(browsers, shop.buyer, path)
    assert buyer.var(FILTERS, "query") == "?status=open"
    assert listed(buyer) == shop.numbers
    assert not any(buyer.var(FILTERS, name) for name in ("assignees", "teams", "tags"))
    admin = await at(browsers, seed.person(ADMIN), "?assignee=nobody")
    assert admin.var(FILTERS, "assignees")
    assert admin.var(FILTERS, "query") == "?assignee=nobody"


async def test_what_a_link_asks_for_in_vain_is_said_and_can_be_taken_off(
    browsers: Browsers, seed: Seed, shop: Shop
) -> None:
    admin = await at(browsers, seed.person(ADMIN), "?status=bogus&priority=medium&tag=damaged")
    assert listed(admin) == []
    assert [chip["label"] for chip in admin.var(FILTERS, "chips")] == [
        "Medium", "No such status: bogus", "No such tag: damaged",
    ]  # fmt: skip
    assert admin.var(FILTERS, "chips")[-1]["query"] == "?status=bogus&priority=medium"
    await admin.send(f"{FILTERS}.choose", name="status", value="open")
    await admin.until(lambda b: b.led_to == ["?status=open&priority=medium&tag=damaged"])
    # Buyers ask for no tags, and get no riddle about them either.
    buyer = await at(browsers, shop.buyer, "?tag=damaged")
    assert listed(buyer) == shop.numbers
    assert not buyer.var(FILTERS, "asks")


async def test_every_box_and_switch_leads_to_the_list_that_it_asks_for(
    browsers: Browsers, seed: Seed
) -> None:
    admin = await at(browsers, seed.person(ADMIN), "?status=open")
    id_ = str(new_id())

    async def leads_to(handler: str, **payload: str) -> str:
        # Each time as somebody who comes to the page.
        await admin.navigate(admin.path)
        await admin.settled()
        await admin.send(f"{FILTERS}.{handler}", **payload)
        await admin.settled()
        return admin.led_to[-1]

    for name, value in (
        ("priority", "high"), ("type", "question"), ("assignee", "me"), ("assignee", id_),
        ("team", id_), ("tag", id_), ("role", "seller"), ("buyer", id_), ("seller", id_),
        *(("sort", sort.value) for sort in Sort if sort is not Sort.ACTIVITY),
    ):  # fmt: skip
        assert await leads_to("choose", name=name, value=value) == f"?status=open&{name}={value}"
    assert await leads_to("choose", name="status", value="closed") == "?status=open,closed"
    assert await leads_to("choose", name="status", value="open") == "?"
    for name in ("starred", "unread", "overdue"):
        assert await leads_to("switch", name=name) == f"?status=open&{name}=1"
    admin.path += "&starred=1"
    assert await leads_to("switch", name="starred") == "?status=open"


# Held still.


async def test_a_list_in_which_one_has_scrolled_changes_in_place_and_counts_what_is_new(
    browsers: Browsers, shop: Shop
) -> None:
    reader = await at(browsers, shop.buyer, "")
    await reader.send(f"{INBOX}.scroll_away")
    await reader.settled()
    writer = await browsers.visit(shop.seller, shop.tickets[2])
    await writer.say("This would be at the top.")
    await reader.until(lambda b: b.rows[2]["last_text"] == "This would be at the top.")
    await reader.until(lambda b: b.var(INBOX, "fresh") == "1 new")
    assert listed(reader) == shop.numbers

    await reader.send(f"{INBOX}.show_new")
    await reader.until(lambda b: listed(b)[0] == shop.numbers[2])
    assert reader.var(INBOX, "fresh") == ""
    await writer.say("And live again.")
    await reader.until(lambda b: b.rows[0]["last_text"] == "And live again.")


async def test_what_no_longer_fits_stays_in_a_list_held_still_until_one_returns(
    browsers: Browsers, shop: Shop
) -> None:
    reader = await at(browsers, shop.buyer, "?status=open")
    await reader.send(f"{INBOX}.scroll_away")
    await reader.settled()
    writer = await browsers.visit(shop.seller, shop.tickets[1])
    await writer.send(f"{DETAILS}.choose_status", value="closed")
    await reader.until(lambda b: b.rows[1]["status"] == "closed")
    assert listed(reader) == shop.numbers
    await reader.send(f"{INBOX}.scroll_back")
    await reader.until(lambda b: listed(b) == [shop.numbers[0], shop.numbers[2]])


async def test_what_one_does_oneself_is_not_news(browsers: Browsers, shop: Shop) -> None:
    reader = await at(browsers, shop.buyer, "")
    await reader.send(f"{INBOX}.scroll_away")
    await reader.settled()
    mine = await browsers.visit(shop.buyer, shop.tickets[2])
    await mine.say("From my other tab.")
    await reader.until(lambda b: b.rows[2]["last_text"] == "From my other tab.")
    assert reader.var(INBOX, "fresh") == ""


# Chosen together.


async def test_a_range_and_all_that_match_are_changed_together_and_put_back(
    browsers: Browsers, shop: Shop
) -> None:
    seller = await at(browsers, shop.seller, "?status=open")
    ids = [str(ticket.id) for ticket in shop.tickets]
    await seller.send(f"{BULK}.pick", ticket_id=ids[0], extend=False)
    await seller.send(f"{BULK}.pick", ticket_id=ids[2], extend=True)
    await seller.until(lambda b: list(b.var(BULK, "selected", {})) == ids)
    await seller.send(f"{BULK}.clear")
    await seller.send(f"{BULK}.select_all")
    await seller.until(lambda b: set(b.var(BULK, "selected", {})) == set(ids))
    await seller.send(f"{BULK}.change", field="status", value="in_progress")
    await seller.until(lambda b: b.var(BULK, "said") == "3 tickets changed.")
    await seller.until(lambda b: listed(b) == [])
    await seller.send(f"{BULK}.undo")
    await seller.until(lambda b: b.var(BULK, "said") == "3 tickets are as before.")
    await seller.until(lambda b: set(listed(b)) == set(shop.numbers))


async def test_of_all_that_match_what_leaves_the_list_is_left_alone_but_not_what_was_picked(
    browsers: Browsers, shop: Shop
) -> None:
    seller = await at(browsers, shop.seller, "?status=open")
    await seller.send(f"{BULK}.select_all")
    await seller.until(lambda b: len(b.var(BULK, "selected", {})) == 3)
    buyer = await browsers.visit(shop.buyer, shop.tickets[1])
    await buyer.send(f"{DETAILS}.choose_status", value="closed")
    await seller.until(lambda b: len(listed(b)) == 2)
    await seller.send(f"{BULK}.change", field="priority", value="high")
    await seller.until(lambda b: b.var(BULK, "said"))
    assert seller.var(BULK, "said") == "2 tickets changed. 1 could not be changed:"
    [reason] = seller.var(BULK, "reasons")
    assert reason["numbers"] == shop.numbers[1]
    assert "does not match the list any more" in reason["text"]
    # Whoever ticks a box means that ticket, wherever it goes.
    await seller.send(f"{BULK}.pick", ticket_id=str(shop.tickets[0].id), extend=False)
    await seller.send(f"{BULK}.pick", ticket_id=str(shop.tickets[1].id), extend=False)
    await seller.send(f"{BULK}.change", field="priority", value="low")
    await seller.until(lambda b: b.var(BULK, "said") == "2 tickets changed.")


async def test_what_was_chosen_in_one_list_is_not_chosen_in_another(
    browsers: Browsers, shop: Shop
) -> None:
    seller = await at(browsers, shop.seller, "?status=open")
    await seller.send(f"{BULK}.select_all")
    await seller.until(lambda b: len(b.var(BULK, "selected", {})) == 3)
    # Back after the connection was lost, and with a ticket open beside the same list, they are.
    await seller.cut()
    await seller.visit(f"{shop.seller.page(shop.tickets[0])}?status=open")
    assert len(seller.var(BULK, "selected")) == 3
    await seller.close()
    await seller.visit(shop.seller.page(shop.tickets[0]))
    assert seller.var(BULK, "selected") == {}
    await seller.send(f"{BULK}.change", field="priority", value="high")
    await seller.settled()
    assert {row["priority"] for row in seller.rows} == {"medium"}


# What it costs.


async def test_a_change_costs_as_many_statements_for_ten_viewers_as_for_two(
    browsers: Browsers, seed: Seed, desk: Desk, shop: Shop
) -> None:
    admins = seed.people(ADMIN, 10)
    for admin in admins[:2]:
        await at(browsers, admin, "?status=open")
    writer = await browsers.visit(shop.seller, shop.tickets[0])
    await catch_up(writer)
    with counting(desk) as statements:
        counts = []
        for more in (admins[2:], []):
            statements.count_at_rest()
            statements.restart()
            await catch_up(writer)
            counts.append(statements.count_at_rest())
            for admin in more:
                await at(browsers, admin, "?status=open")
    assert counts[1] <= counts[0]


async def test_a_ticket_new_on_ones_first_page_makes_nobody_read_marks_they_have_not_left(
    browsers: Browsers, seed: Seed, desk: Desk
) -> None:
    buyer, seller = seed.person(BUYER), seed.person(SELLER)
    old = seed.tickets([(buyer, seller)] * 34)[0]
    admins = [await at(browsers, admin, "") for admin in seed.people(ADMIN, 3)]
    writer = await browsers.visit(seller, old)
    with counting(desk) as statements:
        statements.count_at_rest()
        statements.restart()
        await writer.say("From far below.")
        for admin in admins:
            await admin.until(lambda b: b.rows[0]["number"] == old.number)
            assert admin.unread(old.number) == 2
        statements.count_at_rest()
        marks = [text for text in statements.texts() if "AS starred" in text]
    assert len(marks) <= 1  # The seller's own list, in which the ticket was read.


# Views.


async def test_the_numbers_in_the_menu_of_views_are_live_while_it_is_open(
    browsers: Browsers, shop: Shop
) -> None:
    reader = await at(browsers, shop.buyer, "")
    await reader.send(f"{VIEWS}.show", opened=True)
    await reader.until(lambda b: b.var(VIEWS, "counts", {}).get("") == "3")
    undone = "status=open,in_progress,waiting_on_customer"
    writer = await browsers.visit(shop.seller, shop.tickets[0])
    await writer.send(f"{DETAILS}.choose_status", value="closed")
    await reader.until(lambda b: b.var(VIEWS, "counts")[undone] == "2")
    await reader.cut()
    await reader.visit(reader.path)  # The menu has stayed open meanwhile.
    another = await browsers.visit(shop.seller, shop.tickets[1])
    await another.send(f"{DETAILS}.choose_status", value="closed")
    await reader.until(lambda b: b.var(VIEWS, "counts")[undone] == "1")
    await reader.send(f"{VIEWS}.show", opened=False)
    await reader.settled()
    before = dict(reader.var(VIEWS, "counts"))
    await another.send(f"{DETAILS}.choose_status", value="open")
    await reader.until(lambda b: b.rows[0]["status"] == "open")
    assert reader.var(VIEWS, "counts") == before


async def test_a_view_that_is_saved_shows_at_once_in_ones_other_open_menu(
    browsers: Browsers, shop: Shop, desk: Desk
) -> None:
    one = await at(browsers, shop.buyer, "?priority=medium")
    other = await at(browsers, shop.buyer, "")
    await other.send(f"{VIEWS}.show", opened=True)
    await other.settled()
    await one.send(f"{VIEWS}.save", form_data={"name": "My middling ones"})
    await other.until(lambda b: [v["name"] for v in b.var(VIEWS, "saved")] == ["My middling ones"])
    await other.until(lambda b: b.var(VIEWS, "counts").get("priority=medium") == "3")
    [view] = other.var(VIEWS, "saved")
    await one.send(f"{VIEWS}.delete", view_id=view["id"])
    await other.until(lambda b: b.var(VIEWS, "saved") == [])
    with psycopg.connect(desk.owner_url) as database:
        row = database.execute("SELECT count(*) FROM saved_view").fetchone()
    assert row == (0,)
    assert numbers.read(shop.numbers[0])
