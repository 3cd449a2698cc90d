"""Several tabs of one person; a send that is tried again."""

from __future__ import annotations

import json

import pytest

from supportdesk.domain.actor import Role
from tests.support.browsers import Browsers, all_show, bodies, catch_up, heard, shows
from tests.support.raw_browser import COMPOSER, DETAILS, INBOX, MARK, THREAD, RawBrowser
from tests.support.seed import ADMIN, BUYER, SELLER, Seed


async def test_unread_counts_follow_in_all_tabs_of_a_person(seed: Seed, browsers: Browsers) -> None:
    bea, sol = seed.person(BUYER), seed.person(SELLER)
    ticket, other = seed.tickets([(bea, sol), (bea, sol)])
    writer = await browsers.visit(sol, ticket)
    reading, looking = await browsers.visit(bea, other), await browsers.visit(bea)
    elsewhere = await browsers.visit(seed.session_of(bea))
    tabs = (reading, looking, elsewhere)
    assert [tab.unread(ticket.number) for tab in tabs] == [1, 1, 1]

    await writer.say("One more")
    for tab in tabs:
        await tab.until(lambda b: b.unread(ticket.number) == 2)

    await reading.navigate(bea.page(ticket))
    for tab in tabs:
        await tab.until(lambda b: b.unread(ticket.number) == 0)

    await writer.say("Read at once, because it is open")
    await all_show("Read at once, because it is open", tabs)
    for tab in tabs:
        await tab.until(lambda b: b.unread(ticket.number) == 0)


@pytest.mark.parametrize("role", [BUYER, SELLER, ADMIN])
async def test_what_one_writes_is_not_unread_in_ones_other_tabs(
    role: Role, seed: Seed, browsers: Browsers
) -> None:
    bea, sol = seed.person(BUYER), seed.person(SELLER)
    person = {BUYER: bea, SELLER: sol, ADMIN: seed.person(ADMIN)}[role]
    ticket = seed.ticket(bea, sol)
    writing, looking = await browsers.visit(person, ticket), await browsers.visit(person)
    await looking.until(lambda b: b.unread(ticket.number) == 0)

    await writing.say("My own words")
    await all_show("My own words", [writing, looking])
    await looking.until(lambda b: b.unread(ticket.number) == 0)


async def test_a_star_shows_in_ones_own_tabs_and_nowhere_else(
    seed: Seed, browsers: Browsers
) -> None:
    bea, sol = seed.person(BUYER), seed.person(SELLER)
    ticket, other = seed.tickets([(bea, sol), (bea, sol)])
    starring, elsewhere = await browsers.visit(bea, ticket), await browsers.visit(bea, other)
    seller = await browsers.visit(sol, ticket)
    await catch_up(seller)
    before = len(seller.frames)

    await starring.send(f"{DETAILS}.toggle_star")
    for tab in (starring, elsewhere):
        await tab.until(lambda b: ticket.number in b.var(INBOX, "starred"))
    await starring.send(f"{DETAILS}.toggle_star")
    for tab in (starring, elsewhere):
        await tab.until(lambda b: ticket.number not in b.var(INBOX, "starred"))
    assert heard(seller, before, await catch_up(seller)) == []


async def _send_again(browser: RawBrowser, path: str, send_id: str, text: str) -> None:
    """Lose the connection before the answer comes, come back, and send under the same id."""
    await browser.cut()
    browser.state[COMPOSER]["send_id" + MARK] = send_id
    await browser.visit(path)
    assert browser.var(COMPOSER, "send_id") == send_id
    await browser.say(text)
    await browser.settled()


async def test_the_same_send_twice_is_one_message_and_another_text_is_another(
    seed: Seed, browsers: Browsers
) -> None:
    bea, sol = seed.person(BUYER), seed.person(SELLER)
    ticket = seed.ticket(bea, sol)
    buyer, seller = await browsers.visit(bea, ticket), await browsers.visit(sol, ticket)
    send_id = buyer.var(COMPOSER, "send_id")
    await buyer.say("Once")
    await all_show("Once", [seller])

    await _send_again(buyer, bea.page(ticket), send_id, "Once")
    await _send_again(buyer, bea.page(ticket), send_id, "Once more, with feeling")
    await all_show("Once more, with feeling", [buyer, seller])

    for browser in (buyer, seller):
        assert bodies(browser)[1:] == ["Once", "Once more, with feeling"]


async def test_a_send_repeated_before_the_answer_to_the_first_is_one_message(
    seed: Seed, browsers: Browsers
) -> None:
    bea, sol = seed.person(BUYER), seed.person(SELLER)
    ticket = seed.ticket(bea, sol)
    buyer, seller = await browsers.visit(bea, ticket), await browsers.visit(sol, ticket)
    for _ in range(3):
        await buyer.say("Once")
    await buyer.settled()
    await buyer.say("And this")
    await all_show("And this", [buyer, seller])
    for browser in (buyer, seller):
        assert bodies(browser)[1:] == ["Once", "And this"]


async def test_a_send_that_was_lost_on_the_way_can_be_sent_again(
    seed: Seed, browsers: Browsers
) -> None:
    """Whether the first one arrived or not, in the end there is one."""
    bea, sol = seed.person(BUYER), seed.person(SELLER)
    ticket = seed.ticket(bea, sol)
    buyer, seller = await browsers.visit(bea, ticket), await browsers.visit(sol, ticket)
    texts = [f"Attempt {number}" for number in range(8)]
    for text in texts:
        send_id = buyer.var(COMPOSER, "send_id")
        await buyer.say(text)
        await _send_again(buyer, bea.page(ticket), send_id, text)
    await all_show(texts[-1], [buyer, seller])
    for browser in (buyer, seller):
        assert bodies(browser)[1:] == texts


def emptied(browser: RawBrowser) -> bool:
    return any("box.value = ''" in json.dumps(event) for event in browser.events)


async def test_a_message_is_saved_before_the_box_is_emptied(seed: Seed, browsers: Browsers) -> None:
    bea = seed.person(BUYER)
    buyer = await browsers.visit(bea, seed.ticket(bea))
    too_long = "x" * 10_001

    await buyer.say(too_long)
    await buyer.until(lambda b: "10,000" in b.var(COMPOSER, "error"))
    assert not emptied(buyer)

    await buyer.say("Short")
    await buyer.until(emptied)
    fresh = await browsers.visit(bea)
    assert shows(fresh, "Short") and fresh.var(THREAD, "number") == ""
    assert buyer.var(COMPOSER, "error") == ""
