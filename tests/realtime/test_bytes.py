"""What one new message costs each browser on the wire, whatever the conversation's length."""

from __future__ import annotations

from statistics import median

import pytest

from tests.support.browsers import Browsers, all_show
from tests.support.raw_browser import DASHBOARD, RawBrowser
from tests.support.seed import ADMIN, BUYER, SELLER, Seed

LENGTHS = (10, 1_000, 10_000)
MESSAGES = 5
ADMINS = ("admin", "list only")
MOST = 4_096


@pytest.fixture(scope="module")
async def costs(seed: Seed, http, desk) -> dict[str, dict[int, float]]:
    """Who -> length of the conversation -> bytes for one message, the median of several."""
    found: dict[str, dict[int, float]] = {"peer": {}, "admin": {}, "list only": {}}
    buyer, seller, admin = (seed.person(role) for role in (BUYER, SELLER, ADMIN))
    for length in LENGTHS:
        ticket = seed.ticket(buyer, seller, messages=length)
        browsers = Browsers(http, desk)
        writer = await browsers.visit(seller, ticket)
        watching = {
            "peer": await browsers.visit(buyer, ticket),
            "admin": await browsers.visit(admin, ticket),
            "list only": await browsers.visit(admin),
        }
        await _cost(writer, watching, "The first answer changes the facts, so it does not count")
        texts = [f"Message {i} after {length:05}" for i in range(MESSAGES)]
        taken = [await _cost(writer, watching, text) for text in texts]
        for who in watching:
            found[who][length] = median(one[who] for one in taken)
        await browsers.close()
    return found


async def _cost(writer: RawBrowser, watching: dict[str, RawBrowser], text: str) -> dict[str, int]:
    """With the number on the log's tab, which follows within a second or with a later message: it
    is waited for, so that each message is weighed with one."""
    before = {who: browser.bytes_in for who, browser in watching.items()}
    lines = {who: _lines_today(watching[who]) for who in ADMINS}
    await writer.say(text)
    await all_show(text, watching.values())
    await writer.settled()
    for who, counted in lines.items():
        await watching[who].until(lambda admin, was=counted: _lines_today(admin) != was)
    return {who: browser.bytes_in - before[who] for who, browser in watching.items()}


def _lines_today(admin: RawBrowser) -> str:
    return admin.var(DASHBOARD, "counts", {}).get("audit", "")


@pytest.mark.parametrize("who", ["peer", "admin", "list only"])
def test_a_message_costs_the_same_at_any_length_and_little(who: str, costs) -> None:
    bytes_at = costs[who]
    assert set(bytes_at) == set(LENGTHS)
    assert 0 < max(bytes_at.values()) <= min(bytes_at.values()) * 1.1, bytes_at
    assert max(bytes_at.values()) < MOST, bytes_at
