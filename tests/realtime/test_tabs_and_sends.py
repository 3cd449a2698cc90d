"""Several tabs of one person; a send that is tried again."""

from __future__ import annotations

import pytest

from supportdesk.domain.actor import Role
from tests.support.browsers import Browsers, all_show, bodies, catch_up, heard
from tests.support.raw_browser import COMPOSER, DETAILS, INBOX, THREAD, RawBrowser
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

    text = f"My own words as {role.label}"
    await writing.say(text)
    await all_show(text, [writing, looking])
    await looking.until(lambda b: b.unread(ticket.number) == 0)


async def test_a_star_shows_in_ones_own_tabs_and_nowhere_else(
    seed: Seed, browsers: Browsers
) -> None:
    bea, sol = seed.person(BUYER), seed.person(SELLER)
    ticket, other = seed.tickets([(bea, sol), (bea, sol)])
    starring, elsewhere = await browsers.visit(bea, ticket), await browsers.visit(bea, other)
    seller = await browsers.visit(sol, ticket)
    await catch_up(seller)
    # The first answer is told of a moment after it is shown, and so is who is there.
    await seller.until(lambda b: b.var(THREAD, "facts")["first_response_at"])
    people = [str(bea.id), str(sol.id)]
    await seller.until(lambda b: sorted(b.var(THREAD, "presence")) == sorted(people))
    await seller.until(lambda b: all(each["here"] for each in b.var(THREAD, "presence").values()))
    before = len(seller.frames)

    await starring.send(f"{DETAILS}.toggle_star")
    for tab in (starring, elsewhere):
        await tab.until(lambda b: ticket.number in b.var(INBOX, "starred"))
    await starring.send(f"{DETAILS}.toggle_star")
    for tab in (starring, elsewhere):
        await tab.until(lambda b: ticket.number not in b.var(INBOX, "starred"))
    assert heard(seller, before, await catch_up(seller)) == []


async def _lose_the_answer(browser: RawBrowser, path: str) -> None:
    """Lose the connection before the answer comes, and come back."""
    await browser.cut()
    await browser.visit(path)
    await browser.until(lambda b: not b.outbox)


async def test_the_same_send_twice_is_one_message(seed: Seed, browsers: Browsers) -> None:
    bea, sol = seed.person(BUYER), seed.person(SELLER)
    ticket = seed.ticket(bea, sol)
    buyer, seller = await browsers.visit(bea, ticket), await browsers.visit(sol, ticket)
    id_ = await buyer.say("Once")
    await buyer.say("Once", id_=id_)
    await all_show("Once", [seller])
    await buyer.cut()
    await buyer.visit(bea.page(ticket))
    await buyer.say("Once", id_=id_)
    await buyer.until(lambda b: not b.outbox)
    await buyer.say("Once")
    await buyer.say("And this")
    await all_show("And this", [buyer, seller])
    for browser in (buyer, seller):
        assert bodies(browser)[1:] == ["Once", "Once", "And this"]


async def test_a_send_that_was_lost_on_the_way_goes_out_again(
    seed: Seed, browsers: Browsers
) -> None:
    """Whether the first one arrived or not, in the end there is one."""
    bea, sol = seed.person(BUYER), seed.person(SELLER)
    ticket = seed.ticket(bea, sol)
    buyer, seller = await browsers.visit(bea, ticket), await browsers.visit(sol, ticket)
    texts = [f"Attempt {number}" for number in range(8)]
    for text in texts:
        await buyer.say(text)
        await _lose_the_answer(buyer, bea.page(ticket))
    await all_show(texts[-1], [buyer, seller])
    for browser in (buyer, seller):
        assert bodies(browser)[1:] == texts


async def test_what_waits_goes_out_in_order_however_much_it_is(
    seed: Seed, browsers: Browsers
) -> None:
    bea, sol = seed.person(BUYER), seed.person(SELLER)
    ticket = seed.ticket(bea, sol)
    buyer, seller = await browsers.visit(bea, ticket), await browsers.visit(sol, ticket)
    await buyer.cut()
    texts = [f"Out of the tunnel {number}" for number in range(8)]
    for text in texts:
        buyer.wait(text)
    await buyer.visit(bea.page(ticket))
    await buyer.until(lambda b: not b.outbox)
    await all_show(texts[-1], [buyer, seller])
    for browser in (buyer, seller):
        assert bodies(browser)[1:] == texts


async def test_a_message_leaves_the_outbox_once_it_is_on_the_screen_and_not_before(
    seed: Seed, browsers: Browsers
) -> None:
    bea = seed.person(BUYER)
    buyer = await browsers.visit(bea, seed.ticket(bea))
    for number in range(5):
        id_ = await buyer.say(f"Seen {number}")
        await buyer.until(lambda b: not b.outbox)
        assert id_ in [line["client_id"] for line in buyer.lines]


async def test_what_is_refused_stays_and_says_why(seed: Seed, browsers: Browsers) -> None:
    bea, sol = seed.person(BUYER), seed.person(SELLER)
    ticket = seed.ticket(bea, sol)
    buyer = await browsers.visit(bea, ticket)
    await buyer.send(f"{DETAILS}.choose_status", value="closed")
    await buyer.until(lambda b: b.var(THREAD, "facts")["status"] == "closed")
    late = await buyer.say("Too late")
    await buyer.until(lambda b: late in b.refused)
    assert "closed" in buyer.refused[late]
    foreign = await buyer.say("Not mine", audience="admins")
    await buyer.until(lambda b: foreign in b.refused)
    await buyer.send(f"{COMPOSER}.send", waiting=[], unsendable="x" * 10_001)
    await buyer.until(lambda b: "10,000" in b.var(COMPOSER, "error"))
    assert not {"Too late", "Not mine"} & {*bodies(buyer)}
