"""Reports follow what happens to tickets, for the admins who look at them and for nobody else."""

from __future__ import annotations

import pytest

from supportdesk import routes
from supportdesk.domain.actor import Role
from tests.support.browsers import Browsers, catch_up
from tests.support.desk import Desk
from tests.support.raw_browser import DETAILS, REPORTS, RawBrowser
from tests.support.seed import ADMIN, BUYER, SELLER, Seed


async def at_reports(browsers: Browsers, seed: Seed, query: str = "") -> RawBrowser:
    browser = browsers.new(seed.person(ADMIN, "Zoe"))
    await browser.open(routes.ADMIN_REPORTS + query)
    await browser.until(lambda b: b.var(REPORTS, "loaded"))
    return browser


def tile(browser: RawBrowser, name: str) -> int:
    tiles = {each["name"]: each["value"] for each in browser.var(REPORTS, "tiles")}
    return int(tiles[name].replace(",", ""))


async def test_what_happens_to_a_ticket_shows_in_open_reports(
    browsers: Browsers, seed: Seed
) -> None:
    bea, sol = seed.person(BUYER, "Bea"), seed.person(SELLER, "Sol")
    ticket = seed.ticket(bea, sol)
    zoe = await at_reports(browsers, seed)
    resolved, backlog = tile(zoe, "Resolved"), tile(zoe, "Backlog")
    theirs = await browsers.visit(sol, ticket)
    await theirs.send(f"{DETAILS}.close_ticket")
    await zoe.until(lambda b: tile(b, "Resolved") == resolved + 1)
    assert tile(zoe, "Backlog") == backlog - 1
    await theirs.send(f"{DETAILS}.reopen_ticket")
    await zoe.until(lambda b: tile(b, "Backlog") == backlog)
    assert tile(zoe, "Resolved") == resolved


async def test_a_rush_of_changes_is_read_together(browsers: Browsers, seed: Seed) -> None:
    bea, sol = seed.person(BUYER, "Bea"), seed.person(SELLER, "Sol")
    ticket = seed.ticket(bea, sol)
    zoe = await at_reports(browsers, seed)
    theirs = await browsers.visit(bea, ticket)
    before = len(zoe.frames)
    for _ in range(8):
        await catch_up(theirs)
    resolved = tile(zoe, "Resolved")
    await theirs.send(f"{DETAILS}.close_ticket")
    await zoe.until(lambda b: tile(b, "Resolved") == resolved + 1)
    # Nothing that was said changes a figure, so nothing of the report was sent for it.
    told = [text for _, text in zoe.frames[before:] if f'"{REPORTS}"' in text]
    assert sum('"tiles' in text for text in told) == 1


@pytest.mark.parametrize("role", ["buyer", "seller"])
async def test_who_is_no_admin_reads_nothing(
    browsers: Browsers, seed: Seed, desk: Desk, role: str
) -> None:
    seen = await at_reports(browsers, seed)
    assert seen.var(REPORTS, "tiles")
    stranger = browsers.new(seed.person(Role(role), "Theo"))
    await stranger.open(routes.ADMIN_REPORTS)
    await stranger.until(lambda b: b.left_for)
    for handler, arguments in (
        ("arrive", {}), ("reread", {}), ("choose_range", {"value": "all"}),
        ("choose_by", {"value": "seller"}),
        ("choose_days", {"form_data": {"from": "2020-01-01", "to": "2026-01-01"}}),
    ):  # fmt: skip
        await stranger.send(f"{REPORTS}.{handler}", **arguments)
    # A tab's events are taken one after another: by now the others were.
    await stranger.send(f"{REPORTS}.choose_days", form_data={})
    await stranger.until(lambda b: b.var(REPORTS, "wrong"))
    assert stranger.var(REPORTS, "tiles") in ([], None)
    assert not stranger.var(REPORTS, "loaded")
