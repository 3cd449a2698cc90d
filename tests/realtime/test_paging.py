"""Moving through a conversation that goes on meanwhile: a page holds what is near the view."""

from __future__ import annotations

from itertools import pairwise

from supportdesk.domain.queries.thread import PAGE
from supportdesk.realtime.thread_view import MOST_LINES
from tests.support.browsers import Browsers, all_show
from tests.support.raw_browser import MESSAGE, THREAD, RawBrowser
from tests.support.seed import BUYER, SELLER, Seed

SOME = 40  # More than all slots.
LONG = 420  # Several times what a page holds.


def _seqs(browser: RawBrowser) -> list[int]:
    return [line["seq"] for line in browser.lines]


async def _load(browser: RawBrowser, way: str) -> list[int]:
    """Scroll that way as far as it goes; return the places passed, each once."""
    passed = set(_seqs(browser))
    while browser.var(THREAD, f"has_{way}"):
        before = _seqs(browser)
        await browser.send(f"{THREAD}.load_{way}")
        await browser.until(lambda b, old=before: _seqs(b) != old)
        await browser.settled()
        seqs = _seqs(browser)
        assert len(seqs) <= MOST_LINES
        assert all(second == first + 1 for first, second in pairwise(seqs))
        assert set(seqs) & set(before)
        passed |= set(seqs)
    return sorted(passed)


async def _leave_end(browser: RawBrowser) -> None:
    await browser.send(f"{THREAD}.scroll_away", seq=_seqs(browser)[-1])
    await browser.settled()


def _missed(browser: RawBrowser) -> int:
    """What the screen says has come since its reader left the end."""
    left = browser.var(THREAD, "away_since")
    slots = [line for i in range(32) for line in browser.var(THREAD, f"live_{i}", [])]
    return browser.var(THREAD, "missed") + sum(line["seq"] > left for line in slots)


async def test_earlier_messages_of_a_ticket_that_was_short_when_opened(
    seed: Seed, browsers: Browsers
) -> None:
    bea, sol = seed.person(BUYER), seed.person(SELLER)
    ticket = seed.ticket(bea, sol, messages=PAGE - 1)
    reader, writer = await browsers.visit(bea, ticket), await browsers.visit(sol, ticket)
    assert not reader.var(THREAD, "has_earlier")
    for number in range(SOME):
        await writer.say(f"Message {number}")
    await all_show(f"Message {SOME - 1}", [reader, writer], seconds=60)
    assert reader.var(THREAD, "has_earlier")
    assert _seqs(reader)[0] > 1

    await _load(reader, "earlier")
    assert _seqs(reader) == list(range(1, PAGE + SOME))


async def test_a_page_holds_what_is_near_the_view_whichever_way_one_scrolls(
    seed: Seed, browsers: Browsers
) -> None:
    bea, sol = seed.person(BUYER), seed.person(SELLER)
    reader = await browsers.visit(bea, seed.ticket(bea, sol, messages=LONG))
    await _leave_end(reader)
    assert await _load(reader, "earlier") == list(range(1, LONG + 1))
    assert _seqs(reader)[0] == 1
    assert reader.var(THREAD, "has_later")
    assert await _load(reader, "later") == list(range(1, LONG + 1))
    assert _seqs(reader)[-1] == LONG
    await reader.send(f"{THREAD}.show_latest")
    await reader.settled()
    assert _seqs(reader) == list(range(LONG - 49, LONG + 1))
    assert not reader.var(THREAD, "away_since")


async def test_what_comes_while_one_reads_further_up_is_counted_and_moves_nothing(
    seed: Seed, browsers: Browsers
) -> None:
    bea, sol = seed.person(BUYER), seed.person(SELLER)
    ticket = seed.ticket(bea, sol, messages=LONG)
    near, far = await browsers.visit(bea, ticket), await browsers.visit(bea, ticket)
    writer = await browsers.visit(sol, ticket)
    await _leave_end(near)
    await far.send(f"{THREAD}.go_to", seq=100)
    await far.until(lambda b: b.var(THREAD, "has_later"))
    at_first = {reader: _seqs(reader) for reader in (near, far)}
    assert 100 in at_first[far]
    for number in range(SOME):  # The slots begin anew.
        await writer.say(f"Message {number}")
    for reader, seqs in at_first.items():
        await reader.until(lambda b: _missed(b) == SOME)
        await reader.settled()
        assert _seqs(reader)[: len(seqs)] == seqs
        assert len(_seqs(reader)) <= MOST_LINES
    for reader in at_first:
        await reader.send(f"{THREAD}.show_latest")
        await reader.until(lambda b: _seqs(b)[-1] == LONG + SOME)
        assert not reader.var(THREAD, "has_later")
    await writer.say("For who is back")
    await all_show("For who is back", at_first)


async def test_a_line_far_up_changes_where_it_is_read(seed: Seed, browsers: Browsers) -> None:
    bea, sol = seed.person(BUYER), seed.person(SELLER)
    ticket = seed.ticket(bea, sol, messages=LONG)
    reader, other = await browsers.visit(bea, ticket), await browsers.visit(sol, ticket)
    for each in (reader, other):
        await each.send(f"{THREAD}.go_to", seq=100)
        await each.until(lambda b: 100 in _seqs(b))
    line = next(line for line in other.lines if line["seq"] == 100)
    await other.send(f"{MESSAGE}.react", message_id=line["id"], emoji="👍")

    def reacted(browser: RawBrowser) -> bool:
        return any(line["seq"] == 100 and line["reactions"] for line in browser.lines)

    await reader.until(reacted)
    assert reader.var(THREAD, "has_later")


async def test_where_one_reads_stays_through_a_lost_connection(
    seed: Seed, browsers: Browsers
) -> None:
    bea, sol = seed.person(BUYER), seed.person(SELLER)
    ticket = seed.ticket(bea, sol, messages=LONG)
    reader, writer = await browsers.visit(bea, ticket), await browsers.visit(sol, ticket)
    await reader.send(f"{THREAD}.go_to", seq=100)
    await reader.until(lambda b: 100 in _seqs(b))
    seqs = _seqs(reader)
    await reader.cut()
    await writer.say("Meanwhile")
    await reader.visit(bea.page(ticket))
    assert _seqs(reader) == seqs
    await reader.until(lambda b: _missed(b) == 1)


async def test_what_is_new_is_shown_where_it_begins_however_far_back(
    seed: Seed, browsers: Browsers
) -> None:
    bea, sol = seed.person(BUYER), seed.person(SELLER)
    ticket = seed.ticket(bea, sol, messages=LONG)
    seed.has_read(bea, ticket, 100)
    reader = await browsers.visit(bea, ticket)
    assert reader.var(THREAD, "new_from") in (101, 102)
    assert reader.var(THREAD, "new_from") in _seqs(reader)
    assert reader.var(THREAD, "has_later")
    # As few as of a short one; what comes next is put under them.
    opened = _seqs(reader)
    assert len(opened) <= PAGE + 1
    await reader.send(f"{THREAD}.load_later")
    await reader.until(lambda b: _seqs(b) != opened)
    assert _seqs(reader)[: len(opened)] == opened
    assert (await _load(reader, "later"))[-1] == LONG
