"""Earlier messages of a conversation that goes on meanwhile."""

from __future__ import annotations

from tests.support.browsers import Browsers, all_show
from tests.support.raw_browser import THREAD, RawBrowser
from tests.support.seed import BUYER, SELLER, Seed

MANY = 90  # More than a page and all slots.


def _seqs(browser: RawBrowser) -> list[int]:
    return [line["seq"] for line in browser.lines]


async def _load_all(browser: RawBrowser) -> None:
    while browser.var(THREAD, "has_earlier"):
        shown = len(browser.lines)
        await browser.send(f"{THREAD}.load_earlier")
        await browser.until(lambda b, before=shown: len(b.lines) > before)
        await browser.settled()


async def test_earlier_messages_of_a_ticket_that_was_short_when_opened(
    seed: Seed, browsers: Browsers
) -> None:
    bea, sol = seed.person(BUYER), seed.person(SELLER)
    ticket = seed.ticket(bea, sol)
    reader, writer = await browsers.visit(bea, ticket), await browsers.visit(sol, ticket)
    assert not reader.var(THREAD, "has_earlier")
    for number in range(MANY):
        await writer.say(f"Message {number}")
    await all_show(f"Message {MANY - 1}", [reader, writer])
    assert reader.var(THREAD, "has_earlier")
    assert _seqs(reader)[0] > 1

    await _load_all(reader)
    assert _seqs(reader) == list(range(1, MANY + 2))


async def test_earlier_messages_stay_through_a_reconnect_and_what_comes_after(
    seed: Seed, browsers: Browsers
) -> None:
    bea, sol = seed.person(BUYER), seed.person(SELLER)
    ticket = seed.ticket(bea, sol, messages=MANY)
    reader, writer = await browsers.visit(bea, ticket), await browsers.visit(sol, ticket)
    await _load_all(reader)
    assert _seqs(reader) == list(range(1, MANY + 1))

    await reader.cut()
    await reader.visit(bea.page(ticket))
    assert _seqs(reader) == list(range(1, MANY + 1))
    assert not reader.var(THREAD, "has_earlier")

    for number in range(40):  # More than there are slots.
        await writer.say(f"Message {number}")
    await reader.until(lambda b: _seqs(b) == list(range(1, MANY + 41)))
    assert not reader.var(THREAD, "has_earlier")
