"""What one tab does has others read again: each as the person at it, where that person is."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.browsers import Browsers
from tests.support.raw_browser import (
    INBOX,
    QUICK,
    ROOT_STATE,
    SESSION,
    RawBrowser,
)
from tests.support.seed import BUYER, SELLER, Person, Seed, SeededTicket

PAGE = 30


@pytest.fixture
def sol(seed: Seed) -> Person:
    return seed.person(SELLER, "Sol")


@pytest.fixture
def tickets(seed: Seed, sol: Person) -> list[SeededTicket]:
    """One more than the first page of a list holds."""
    return seed.tickets([(seed.person(BUYER), sol)] * (PAGE + 1))


def address(browser: RawBrowser) -> Any:
    """Where the server believes that tab to be."""
    return browser.var(ROOT_STATE, "rx_router_page")["raw_path"]


async def paged(browsers: Browsers, person: Person, ticket: SeededTicket) -> RawBrowser:
    """A tab with more of the list than what is read for all who look at it."""
    tab = await browsers.visit(person, ticket)
    await tab.send(f"{INBOX}.load_more")
    await tab.until(lambda b: len(b.rows) > PAGE)
    return tab


async def test_a_row_changed_in_another_session_leaves_a_tab_where_and_whose_it_is(
    browsers: Browsers, seed: Seed, sol: Person, tickets: list[SeededTicket]
) -> None:
    there = await paged(browsers, sol, tickets[0])
    here = await browsers.visit(seed.session_of(sol))
    changed = here.rows[1]
    await here.send(f"{QUICK}.prioritise", ticket_id=changed["id"], value="urgent")
    await there.until(
        lambda b: [row["priority"] for row in b.rows if row["id"] == changed["id"]] == ["urgent"]
    )
    await there.settled()
    assert address(there) == there.path
    assert there.var(SESSION, "signed_in")
    assert len(there.rows) > PAGE
