"""Days are those of where the browser is, which it tells as it connects."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from tests.support.browsers import Browsers
from tests.support.desk import Desk
from tests.support.raw_browser import THREAD, RawBrowser
from tests.support.seed import BUYER, Person, Seed, SeededTicket

AT = "2025-11-20T11:30:00+00:00"


@pytest.fixture
def nora(seed: Seed) -> Person:
    return seed.person(BUYER, "Nora")


@pytest.fixture
def ticket(seed: Seed, desk: Desk, nora: Person) -> SeededTicket:
    ticket = seed.ticket(nora)
    with psycopg.connect(desk.owner_url) as connection:
        connection.execute(
            "UPDATE message SET created_at = %s WHERE conversation_id = %s", [AT, ticket.id]
        )
    return ticket


def in_zone(browsers: Browsers, seed: Seed, nora: Person, zone: str) -> RawBrowser:
    """A browser of hers that says it is there."""
    return browsers.new(seed.session_of(nora).there(zone))


def day(browser: RawBrowser) -> str:
    return str(browser.lines[0]["day"])


async def test_what_comes_first_is_of_the_zone_that_the_browser_is_in(
    seed: Seed, browsers: Browsers, nora: Person, ticket: SeededTicket
) -> None:
    browser = in_zone(browsers, seed, nora, "Pacific/Auckland")
    await browser.visit(nora.page(ticket))
    assert day(browser) == "2025-11-21"
    lines = [frame for _, frame in browser.frames if '"history' in frame and "Seeded" in frame]
    assert len(lines) == 1


def kept_of(desk: Desk, person: Person) -> list[Any]:
    """All that changes of a person, and all that is told of them."""
    with psycopg.connect(desk.owner_url) as connection:
        return [
            *connection.execute('SELECT u, u.xmin FROM "user" u WHERE id = %s', [person.id]),
            *connection.execute("SELECT kind FROM event WHERE actor_id = %s", [person.id]),
        ]


async def test_each_of_two_devices_keeps_its_own_zone_and_nothing_changes_for_it(
    seed: Seed, browsers: Browsers, desk: Desk, nora: Person, ticket: SeededTicket
) -> None:
    before = kept_of(desk, nora)
    early = in_zone(browsers, seed, nora, "Pacific/Auckland")
    await early.visit(nora.home)
    late = in_zone(browsers, seed, nora, "Europe/London")
    await late.visit(nora.page(ticket))
    assert day(late) == "2025-11-20"
    await early.navigate(nora.page(ticket))
    await early.until(lambda b: b.var(THREAD, "loaded") and b.lines)
    assert day(early) == "2025-11-21"
    assert early.lines[0]["at"] == late.lines[0]["at"]
    assert (int(early.lines[0]["time"][:2]) - int(late.lines[0]["time"][:2])) % 24 == 13
    await late.cut()
    await late.visit(nora.page(ticket))
    assert day(late) == "2025-11-20"
    assert kept_of(desk, nora) == before
    assert len(before) == 1


@pytest.mark.parametrize("zone", ["Nowhere/Land", "../../etc/passwd", "%00", ""])
async def test_where_no_zone_is_told_of_days_are_those_of_utc(
    seed: Seed, browsers: Browsers, nora: Person, ticket: SeededTicket, zone: str
) -> None:
    known = in_zone(browsers, seed, nora, "Pacific/Auckland")
    await known.visit(nora.page(ticket))
    assert day(known) == "2025-11-21"
    browser = in_zone(browsers, seed, nora, zone)
    await browser.visit(nora.page(ticket))
    assert day(browser) == "2025-11-20"
