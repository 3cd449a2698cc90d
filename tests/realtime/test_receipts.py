"""Who has seen the latest message: told to the person who sent it."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from supportdesk.domain.ids import new_id
from supportdesk.domain.queries.thread import Receipt, SeenBy
from supportdesk.realtime.asked import Asked
from supportdesk.realtime.lines import show_receipt
from tests.support.browsers import Browsers, all_show
from tests.support.raw_browser import THREAD, RawBrowser
from tests.support.seed import ADMIN, BUYER, SELLER, Seed


def receipt(browser: RawBrowser) -> str:
    return browser.var(THREAD, "receipt", {}).get("text", "")


async def test_a_message_is_sent_and_then_seen_by_whoever_opens_it(
    seed: Seed, browsers: Browsers
) -> None:
    bea, sol = seed.person(BUYER, "Bea"), seed.person(SELLER, "Sol")
    ticket = seed.ticket(bea, sol)
    buyer = await browsers.visit(bea, ticket)
    await buyer.say("Is anybody there?")
    await all_show("Is anybody there?", [buyer])
    assert receipt(buyer) == "Sent"

    seller = await browsers.visit(sol, ticket)
    await buyer.until(lambda b: re.fullmatch(r"Seen by Sol, \d\d:\d\d", receipt(b)))
    await seller.say("I am.")
    await all_show("I am.", [buyer, seller])
    await seller.until(lambda b: receipt(b).startswith("Seen by Bea, "))
    assert buyer.var(THREAD, "receipt")["sender_id"] == str(sol.actor.user_id)


async def test_it_is_there_on_a_fresh_load_too(seed: Seed, browsers: Browsers) -> None:
    bea, sol = seed.person(BUYER, "Bea"), seed.person(SELLER, "Sol")
    ticket = seed.ticket(bea, sol)
    buyer, _ = await browsers.visit(bea, ticket), await browsers.visit(sol, ticket)
    await buyer.say("Is anybody there?")
    await buyer.until(lambda b: receipt(b).startswith("Seen by Sol, "))
    again = await browsers.visit(bea, ticket)
    assert receipt(again) == receipt(buyer)


async def test_an_admin_who_only_reads_is_known_to_admins_alone(
    seed: Seed, browsers: Browsers
) -> None:
    bea, sol = seed.person(BUYER, "Bea"), seed.person(SELLER, "Sol")
    ada, abe = seed.person(ADMIN, "Ada"), seed.person(ADMIN, "Abe")
    ticket = seed.ticket(bea, sol)
    buyer, writer = await browsers.visit(bea, ticket), await browsers.visit(ada, ticket)
    await browsers.visit(abe, ticket)
    await writer.say("We are looking into it.")
    await writer.until(lambda b: "Bea" in receipt(b) and "Abe" in receipt(b))
    await buyer.say("Thank you.")
    await buyer.until(lambda b: "Ada" in receipt(b))
    assert "Abe" not in receipt(buyer)


async def test_nobody_but_the_sender_is_told(seed: Seed, browsers: Browsers) -> None:
    bea, sol = seed.person(BUYER, "Bea"), seed.person(SELLER, "Sol")
    ticket = seed.ticket(bea, sol)
    buyer, seller = await browsers.visit(bea, ticket), await browsers.visit(sol, ticket)
    await buyer.say("Is anybody there?")
    await buyer.until(lambda b: receipt(b).startswith("Seen by Sol, "))
    await all_show("Is anybody there?", [seller])
    again = await browsers.visit(sol, ticket)
    assert receipt(seller) == receipt(again) == "Sent"


async def test_a_sender_who_comes_back_is_told_what_was_seen_meanwhile(
    seed: Seed, browsers: Browsers
) -> None:
    """Somebody else of their circle has had it open all the time, and is not told."""
    bea, sol = seed.person(BUYER, "Bea"), seed.person(SELLER, "Sol")
    ada, abe = seed.person(ADMIN, "Ada"), seed.person(ADMIN, "Abe")
    ticket = seed.ticket(bea, sol)
    beside, writer = await browsers.visit(abe, ticket), await browsers.visit(ada, ticket)
    await beside.look("hidden")
    text = f"Is anybody there? {new_id()}"
    await writer.say(text)
    await all_show(text, [writer, beside])
    await writer.cut()
    _, phone = await browsers.visit(bea, ticket), await browsers.visit(bea)
    await phone.until(lambda b: b.unread(ticket.number) == 0)
    back = await browsers.visit(ada, ticket)
    await back.until(lambda b: receipt(b).startswith("Seen by Bea, "))
    assert receipt(beside) == "Sent"


def test_a_receipt_is_read_by_itself_only_where_nothing_else_may_be_new() -> None:
    """Otherwise a message would wait for the next one, or for whoever reads it."""
    assert Asked(set(), facts=False, receipt=True, lines=False).only_receipt
    assert not Asked(set(), facts=False, receipt=True, lines=True).only_receipt


def test_two_are_named_the_others_counted_and_all_of_them_stand_behind_it() -> None:
    at = datetime(2026, 3, 5, 13, 30, tzinfo=UTC)
    people = [SeenBy(name, name, at) for name in ("Sol", "Ada", "Abe", "Sia")]
    for several, text in (
        (1, "Seen by Sol, 14:30"),
        (2, "Seen by Sol, 14:30 · Ada, 14:30"),
        (4, "Seen by Sol, 14:30 · Ada, 14:30 and 2 more"),
    ):
        shown = show_receipt(Receipt("bea", tuple(people[:several])), "Europe/Berlin")
        assert shown.text == text
        assert shown.everybody.splitlines() == [f"{each.name}, 14:30" for each in people[:several]]
