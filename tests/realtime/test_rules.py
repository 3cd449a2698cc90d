"""What admins set of the desk holds on every screen at once, and in every process."""

from __future__ import annotations

from typing import Any

import pytest

from supportdesk import routes
from tests.support.browsers import Browsers, catch_up
from tests.support.raw_browser import AUDIT, COMPOSER, RULES, SETTINGS, TEAMS, RawBrowser
from tests.support.seed import ADMIN, BUYER, SELLER, Seed


async def at(browsers: Browsers, seed: Seed, name: str, path: str, state: str) -> RawBrowser:
    browser = browsers.new(seed.person(ADMIN, name))
    await browser.open(path)
    await browser.until(lambda b: b.var(state, "loaded"))
    return browser


async def choose(browser: RawBrowser, key: str, value: str, was: str = "") -> None:
    form = {"sort": "rule", "key": key, "value": value, "was": was}
    await browser.send(f"{SETTINGS}.submit", form_data=form)


def shown(browser: RawBrowser, kind: str, key: str) -> Any:
    return next(row["shown"] for row in browser.var(SETTINGS, kind) if row["id"] == key)


async def test_a_limit_holds_at_once_where_people_write(
    browsers: Browsers, seed: Seed, unset: None
) -> None:
    bea, sol = seed.person(BUYER, "Nora"), seed.person(SELLER, "Theo")
    ticket = seed.ticket(bea, sol)
    nora, theo = [await browsers.visit(person, ticket) for person in (bea, sol)]
    zoe = await at(browsers, seed, "Zoe", routes.ADMIN_SETTINGS, SETTINGS)
    yann = await at(browsers, seed, "Yann", routes.ADMIN_SETTINGS, SETTINGS)
    assert nora.var(COMPOSER, "most") == 10_000
    await choose(zoe, "message_max_length", "77")
    for tab in (nora, theo):
        await tab.until(lambda b: b.var(COMPOSER, "most") == 77)
    await yann.until(lambda b: shown(b, "limits", "message_max_length") == "77 characters")
    # Meanwhile set by somebody else: what one saw is not true any more.
    await choose(yann, "message_max_length", "88", was="")
    await yann.until(lambda b: "Another admin" in str(b.var(SETTINGS, "errors")))
    assert nora.var(COMPOSER, "most") == 77
    assert nora.var(COMPOSER, "edit_minutes") == 15
    await choose(zoe, "message_edit_minutes", "0")
    for tab in (nora, theo):
        await tab.until(lambda b: b.var(COMPOSER, "edit_minutes") == 0)
    await choose(zoe, "buyer_file_megabytes", "3")
    await nora.until(lambda b: b.var(COMPOSER, "file_most") == 3_000_000)
    await catch_up(theo)
    assert theo.var(COMPOSER, "file_most") != 3_000_000


async def test_what_the_desk_says_reaches_buyers_and_nobody_else(
    browsers: Browsers, seed: Seed, unset: None
) -> None:
    bea, sol = seed.person(BUYER, "Nora"), seed.person(SELLER, "Theo")
    ticket = seed.ticket(bea, sol)
    nora, theo = [await browsers.visit(person, ticket) for person in (bea, sol)]
    zoe = await at(browsers, seed, "Zoe", routes.ADMIN_SETTINGS, SETTINGS)
    await choose(zoe, "welcome", "Hello, **you**. <script>alert(1)</script>")
    await nora.until(lambda b: "<strong>you</strong>" in b.var(RULES, "welcome"))
    assert "<script" not in nora.var(RULES, "welcome")
    await choose(zoe, "out_of_hours", "Nobody is there.")
    form = {"sort": "hours", "key": "hours", "timezone": "UTC", "was": "{}"}
    # Open for a minute a week, which it is not now, or it is for that minute.
    form |= {"from-monday": "00:00", "until-monday": "00:01"}
    await zoe.send(f"{SETTINGS}.submit", form_data=form)
    await nora.until(lambda b: "Nobody is there." in b.var(RULES, "away"))
    await catch_up(theo)
    assert not theo.var(RULES, "welcome")
    assert not theo.var(RULES, "away")
    later = await browsers.visit(seed.person(BUYER, "Late"))
    await later.until(lambda b: "Nobody is there." in b.var(RULES, "away"))


async def test_the_log_says_how_much_is_new_and_moves_nothing(
    browsers: Browsers, seed: Seed
) -> None:
    zoe = await at(browsers, seed, "Zoe", f"{routes.ADMIN_AUDIT}?kind=settings", AUDIT)
    yann = await at(browsers, seed, "Yann", routes.ADMIN_TEAMS, TEAMS)
    before = [entry["id"] for entry in zoe.var(AUDIT, "entries")]
    await yann.send(f"{TEAMS}.submit", form_data={"id": "", "name": "Told of in the log"})
    await zoe.until(lambda b: b.var(AUDIT, "fresh") == "1 new")
    assert [entry["id"] for entry in zoe.var(AUDIT, "entries")] == before
    await zoe.send(f"{AUDIT}.show_new")
    await zoe.until(lambda b: "Told of in the log" in b.var(AUDIT, "entries")[0]["sentence"])
    assert zoe.var(AUDIT, "fresh") == ""


async def test_a_team_that_changes_does_so_for_all_admins_who_look(
    browsers: Browsers, seed: Seed
) -> None:
    zoe, yann = [
        await at(browsers, seed, name, routes.ADMIN_TEAMS, TEAMS) for name in ("Zoe", "Yann")
    ]

    def team(browser: RawBrowser, name: str = "Live team") -> Any:
        return next((t for t in browser.var(TEAMS, "teams") if t["name"] == name), None)

    await zoe.send(f"{TEAMS}.submit", form_data={"id": "", "name": "Live team"})
    await yann.until(lambda b: team(b))
    made, member = team(yann)["id"], team(yann)["candidates"][0]["id"]
    await zoe.send(f"{TEAMS}.add_member", team_id=made, user_id=member)
    await zoe.send(f"{TEAMS}.set_lead", team_id=made, user_id=member, lead=True)
    await yann.until(lambda b: [m["lead"] for m in team(b)["members"]] == [True])
    await zoe.send(f"{TEAMS}.delete", team_id=made)
    await yann.until(lambda b: team(b) is None)


@pytest.mark.parametrize("role", [BUYER, SELLER])
async def test_who_is_no_admin_finds_nothing_there(
    browsers: Browsers, seed: Seed, role: Any
) -> None:
    for path, state in ((routes.ADMIN_AUDIT, AUDIT), (routes.ADMIN_TEAMS, TEAMS)):
        stranger = browsers.new(seed.person(role, "Theo"))
        await stranger.open(path)
        for handler in ("arrive", "reread"):
            await stranger.send(f"{state}.{handler}")
        await stranger.send(f"{AUDIT}.show_new")
        await stranger.send(f"{AUDIT}.load_more")
        await stranger.send(f"{TEAMS}.submit", form_data={"id": "", "name": "Planted"})
        await stranger.until(lambda b: "Only admins" in str(b.var(TEAMS, "errors")))
        assert not stranger.var(AUDIT, "entries")
        assert not stranger.var(TEAMS, "teams")
