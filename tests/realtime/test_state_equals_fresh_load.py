"""Whatever several people do, what a tab was told bit by bit is what a fresh load would give it.

The steps are sent without waiting for their effects, so they overlap as they do among people. Then
everything comes to rest, which is read off the database and not off the screens; only after that
are the tabs compared with fresh ones of the same people on the same pages.
"""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

import aiohttp
import psycopg
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from supportdesk.state.outbox import MESSAGE_BOX
from tests.realtime.deeds_at_tabs import (
    FILTERED,
    PAGE,
    TALKED_OF,
    Step,
    World,
    aside,
    query_of,
    steps,
)
from tests.realtime.settling_at_tabs import ASIDES, drafts_of
from tests.support.browsers import Browsers
from tests.support.desk import Desk
from tests.support.raw_browser import (
    COMPOSER,
    FILTERS,
    INBOX,
    NEW_TICKET,
    NOTIFICATIONS,
    THREAD,
    VIEWS,
    RawBrowser,
)
from tests.support.seed import ADMIN, BUYER, SELLER, Person, Seed, SeededTicket

PATIENCE = 15
OFFERED = f'(document.getElementById("{MESSAGE_BOX}"))'
LEVELS = {BUYER: "everyone", SELLER: "staff", ADMIN: "admins"}
SEES = {BUYER: ["everyone"], SELLER: ["everyone", "staff"], ADMIN: ["everyone", "staff", "admins"]}


async def at_rest(world: World, desk: Desk) -> None:
    """Wait until each tab shows what is last in the database, and what is read is noted."""
    for tab, person in zip(world.tabs, world.people, strict=True):
        await tab.send(f"{INBOX}.scroll_back")
        if person.actor.role is SELLER:  # They reach for the box of assignees.
            await tab.send(f"{FILTERS}.reread_choices")
        await tab.settled()
        if not aside(tab):
            await tab.until(lambda b: not b.outbox, PATIENCE)
    with psycopg.connect(desk.owner_url, autocommit=True) as database:
        for tab, person in zip(world.tabs, world.people, strict=True):
            if aside(tab):
                continue
            order = _order(database, person, query_of(tab))
            await tab.until(
                lambda b, o=order: [row["number"] for row in b.rows][: len(o)] == o, PATIENCE
            )
            if tab.var(THREAD, "number"):
                await _load(tab, "later")
                ticket, last = _last(database, person, tab.var(THREAD, "number"))
                await tab.until(lambda b, s=last: b.lines[-1]["seq"] == s, PATIENCE)
                await _until_read(database, person, ticket, last)


async def _fresh(browsers: Browsers, tab: RawBrowser, person: Person) -> RawBrowser:
    """Another tab of that person on the same page, which has paged as far."""
    fresh = browsers.new(person)
    if aside(tab):
        await fresh.visit(tab.path)
        return fresh
    number = tab.var(THREAD, "number")
    path = person.page(SeededTicket(person.id, number)) if number else person.home
    await fresh.visit(path + query_of(tab))
    while fresh.var(INBOX, "has_more") and len(fresh.rows) < len(tab.rows):
        await _grow(fresh, f"{INBOX}.load_more", lambda b: len(b.rows))
    while fresh.var(THREAD, "has_earlier") and _first(fresh) > _first(tab):
        await _grow(fresh, f"{THREAD}.load_earlier", _first)
    await _load(fresh, "later")
    return fresh


def _order(database: psycopg.Connection, person: Person, query: str) -> list[str]:
    level = LEVELS[person.actor.role]
    mine = "true" if person.actor.role is ADMIN else "%(me)s IN (t.buyer_id, t.seller_id)"
    asked, order = FILTERED[query]
    rows = database.execute(
        f"SELECT t.number FROM ticket t JOIN conversation c USING (id) WHERE {mine} AND {asked}"
        f" ORDER BY {order.format(level=level)} LIMIT {PAGE}",
        {"me": person.id},
    ).fetchall()
    return [f"TC-{number:04d}" for (number,) in rows]


def _last(database: psycopg.Connection, person: Person, number: str) -> tuple[Any, int]:
    found = database.execute(
        "SELECT t.id, max(seq) FROM ticket t JOIN ("
        "  SELECT conversation_id, seq, audience FROM message"
        "  UNION ALL SELECT conversation_id, seq, audience FROM event WHERE in_thread"
        ") line ON line.conversation_id = t.id"
        " WHERE t.number = %s AND line.audience = ANY (%s) GROUP BY t.id",
        (int(number.removeprefix("TC-")), SEES[person.actor.role]),
    ).fetchone()
    assert found is not None
    return found


async def _until_read(database: psycopg.Connection, person: Person, ticket: Any, seq: int) -> None:
    """What stands on an open screen is noted as read, though not at once."""
    deadline = time.monotonic() + PATIENCE
    while True:
        noted = database.execute(
            "SELECT last_read_seq FROM participant WHERE conversation_id = %s AND user_id = %s",
            (ticket, person.id),
        ).fetchone()
        if noted and noted[0] >= seq:
            return
        assert time.monotonic() < deadline, f"{person.name} has read up to {noted}, not {seq}"
        await asyncio.sleep(0.05)


async def _grow(browser: RawBrowser, handler: str, size: Any) -> None:
    before = size(browser)
    await browser.send(handler)
    await browser.until(lambda b: size(b) != before)
    await browser.settled()


async def _load(browser: RawBrowser, way: str) -> None:
    """Read on that way as far as it goes."""
    while browser.var(THREAD, f"has_{way}"):
        await _grow(browser, f"{THREAD}.load_{way}", _edges)


def _edges(browser: RawBrowser) -> tuple[int, int]:
    return _first(browser), browser.lines[-1]["seq"] if browser.lines else 0


def _first(browser: RawBrowser) -> int:
    return browser.lines[0]["seq"] if browser.lines else 0


def held(tab: RawBrowser, rows: int, from_seq: int, menu: bool) -> dict[str, Any]:
    """What that tab shows, as far as two tabs of one person on one page have to agree.

    Which lines are in slots and how far each has paged may differ, and where the screen begins the
    first line has its date and name.
    """
    if aside(tab):
        shown = {kind: tab.var(state, kind) for state, kind in ASIDES[tab.path]}
        assert None not in shown.values()
        return {**shown, "notified": notified(tab)}
    lines = [line for line in tab.lines if line["seq"] >= from_seq]
    numbers = [row["number"] for row in tab.rows[:rows]]
    return {
        "first line": {**lines[0], "day": "", "follows": False} if lines else None,
        "lines": lines[1:],
        "facts": tab.var(THREAD, "facts"),
        "presence": tab.var(THREAD, "presence"),
        "admins here": tab.var(THREAD, "admins_here"),
        "receipt": tab.var(THREAD, "receipt"),
        "missing": tab.var(THREAD, "missing"),
        "rows": {row["number"]: row for row in tab.rows[:rows]},
        "order": numbers,
        "unread": {number: tab.unread(number) for number in numbers},
        "starred": [number for number in numbers if number in tab.var(INBOX, "starred")],
        "total": tab.var(INBOX, "total"),
        "open": tab.var(INBOX, "open_number"),
        "notified": notified(tab),
        "choices": [tab.var(FILTERS, kind) for kind in ("assignees", "teams", "tags", "chips")],
        "views": [tab.var(VIEWS, kind) for kind in ("saved", "counts")] if menu else [],
    }


def notified(tab: RawBrowser) -> int:
    """The number at the bell."""
    return int(tab.var(NOTIFICATIONS, "unread", 0))


def _in_once(tab: RawBrowser) -> bool:
    seqs, ids = [line["seq"] for line in tab.lines], [row["id"] for row in tab.rows]
    return seqs == sorted(set(seqs)) and len(ids) == len(set(ids))


@pytest.mark.slow
@settings(
    max_examples=15,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],  # Each try takes seconds: no search for a shorter one.
    suppress_health_check=[HealthCheck.too_slow],
)
@given(deeds=steps())
async def test_what_a_tab_holds_is_what_a_fresh_load_gives(
    seed: Seed, http: aiohttp.ClientSession, desk: Desk, deeds: list[Step]
) -> None:
    browsers = Browsers(http, desk)
    world = World(seed, browsers, desk)
    try:
        await world.open()
        for step in deeds:
            await world.take(step)
        await at_rest(world, desk)
        for tab, person in zip(world.tabs, world.people, strict=True):
            await _agrees(world, browsers, tab, person)
        await _drafts_agree(world, browsers, desk)
    finally:
        world.tidy_up()
        await browsers.close()


async def _agrees(world: World, browsers: Browsers, tab: RawBrowser, person: Person) -> None:
    fresh, menu = await _fresh(browsers, tab, person), tab in world.menus
    if menu:
        await fresh.send(f"{VIEWS}.show", opened=True)
        await fresh.settled()
    rows, from_seq = min(len(tab.rows), len(fresh.rows)), max(_first(tab), _first(fresh))

    def agree(_: RawBrowser) -> bool:
        return held(tab, rows, from_seq, menu) == held(fresh, rows, from_seq, menu)

    # Either may be the one that is told last.
    waiting = [asyncio.create_task(each.until(agree, PATIENCE)) for each in (tab, fresh)]
    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    for each in waiting:
        each.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    told, loaded = held(tab, rows, from_seq, menu), held(fresh, rows, from_seq, menu)
    for what in told:
        assert told[what] == loaded[what], f"{what} of {person.name} at {tab.path}"
    if aside(tab):
        return
    assert _in_once(tab)
    assert _in_once(fresh)
    assert (len(tab.rows) < tab.var(INBOX, "total")) == tab.var(INBOX, "has_more")
    if tab.var(THREAD, "has_earlier"):
        await _grow(tab, f"{THREAD}.load_earlier", _first)
        assert _in_once(tab)


async def _drafts_agree(world: World, browsers: Browsers, desk: Desk) -> None:
    """What is kept is what was typed last, and is brought to its writer."""
    with psycopg.connect(desk.owner_url, autocommit=True) as database:
        kept = {person: drafts_of(database, person) for person in world.people}
    for person, drafts in kept.items():
        for (owner, number), (_, text) in world.writing.items():
            if owner == person.id and text is not None:
                assert drafts.get(number, "").strip() == text.strip()
    writers = {owner for owner, _ in world.writing}
    for person, drafts in kept.items():
        if not drafts and person.id not in writers:
            continue
        of_talk = world.tickets[:TALKED_OF]
        ticket = next((each for each in of_talk if each.number in drafts), of_talk[0])
        fresh = await browsers.visit(person, ticket)
        await fresh.send(f"{COMPOSER}.bring_draft")
        await fresh.send(f"{NEW_TICKET}.show")
        await fresh.settled()
        scripts = [each.get("payload", {}).get("javascript_code", "") for each in fresh.events]
        brought = "".join(script for script in scripts if OFFERED in script)
        assert bool(brought) == (ticket.number in drafts)
        assert json.dumps(drafts.get(ticket.number, ""))[1:-1] in brought
        assert fresh.var(NEW_TICKET, "brought_back", False) == ("" in drafts)
