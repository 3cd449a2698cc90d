"""A session that ends takes its screens to the sign-in page, whatever they show."""

from __future__ import annotations

import asyncio
import os
import sys

import psycopg
import pytest
from playwright.async_api import expect

from supportdesk import cookies
from tests.e2e.conftest import Browsers, member
from tests.support.desk import ROOT, Desk
from tests.support.screen import SIGN_IN
from tests.support.seed import BUYER, SELLER, Person, Seed


async def run_command(desk: Desk, call: str, *arguments: str) -> None:
    """Run a command of the domain beside the desk, as another process of it would."""
    script = f"""
import asyncio, sys
from uuid import UUID
from supportdesk.domain.actor import Actor, Role
from supportdesk.domain.commands import people, sessions
async def run(*given): await {call}
asyncio.run(run(*sys.argv[1:]))
"""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", script, *arguments),
        cwd=ROOT,
        env={**os.environ, "SUPPORTDESK_DATABASE_URL": desk.app_url},
    )
    assert await process.wait() == 0


async def deactivate(desk: Desk, by: Person, whom: Person) -> None:
    call = "people.deactivate(Actor(UUID(given[0]), Role.ADMIN), UUID(given[1]))"
    await run_command(desk, call, str(by.id), str(whom.id))


async def end_session(desk: Desk, person: Person) -> None:
    await run_command(desk, "sessions.sign_out(given[0])", person.session)


@pytest.fixture
def nora(seed: Seed) -> Person:
    return seed.person(BUYER, "Nora")


async def test_whoever_is_deactivated_loses_every_open_screen_at_once(
    desk: Desk, browsers: Browsers, seed: Seed, nora: Person
) -> None:
    ticket = seed.ticket(nora, seed.person(SELLER, "Theo"))
    at_list = await browsers.open(nora)
    at_ticket = await browsers.open(seed.session_of(nora), nora.page(ticket))
    await expect(at_list.row(ticket.number)).to_be_visible()
    await at_ticket.ready(ticket.number)
    await at_ticket.message_box.fill("Just a moment")

    await deactivate(desk, member(desk, "ada"), nora)
    for screen in (at_list, at_ticket):
        await expect(screen.page).to_have_url(SIGN_IN)
        await screen.go(nora.page(ticket))
        await expect(screen.page).to_have_url(SIGN_IN)
        assert "Seeded message" not in await screen.page.content()


async def test_a_session_that_is_ended_elsewhere_ends_here_and_leaves_others_alone(
    desk: Desk, browsers: Browsers, seed: Seed, nora: Person
) -> None:
    other_session = seed.session_of(nora)
    ended, other = await browsers.open(nora), await browsers.open(other_session)
    for screen in (ended, other):
        await expect(screen.page.get_by_text("No tickets yet")).to_be_visible()
    await end_session(desk, nora)
    await expect(ended.page).to_have_url(SIGN_IN)
    await other.button("File your first ticket").click()
    await expect(other.page.get_by_role("dialog", name="New ticket")).to_be_visible()


async def test_after_a_session_has_expired_an_action_changes_nothing_and_sign_in_leads_back(
    desk: Desk, browsers: Browsers
) -> None:
    bea = member(desk, "bea")
    screen = await browsers.open(bea)
    await expect(screen.rows.first).to_be_visible()
    path = await screen.rows.first.get_attribute("href") or ""
    await screen.go(path)
    await screen.ready(path.rpartition("/")[2])
    before = await screen.fact("Priority").input_value()
    with psycopg.connect(desk.owner_url) as connection:
        connection.execute(
            "UPDATE session SET expires_at = now() WHERE user_id = %s AND ended_at IS NULL",
            [bea.id],
        )
    await screen.fact("Priority").select_option("urgent" if before != "urgent" else "low")
    await expect(screen.page).to_have_url(SIGN_IN)
    await screen.sign_in("bea@demo.test", "demo-pass-1")
    await screen.arrives_at(path)
    await screen.ready(path.rpartition("/")[2])
    await expect(screen.fact("Priority")).to_have_value(before)


async def test_a_session_that_ended_while_the_browser_was_offline_is_over_when_it_returns(
    desk: Desk, browsers: Browsers, nora: Person
) -> None:
    screen = await browsers.open(nora)
    await expect(screen.page.get_by_text("No tickets yet")).to_be_visible()
    await screen.context.set_offline(True)
    await end_session(desk, nora)
    await screen.context.set_offline(False)
    await expect(screen.page).to_have_url(SIGN_IN)


async def test_the_session_is_out_of_reach_of_scripts(browsers: Browsers) -> None:
    screen = await browsers.open(path="/login")
    await screen.sign_in("bea@demo.test", "demo-pass-1")
    await expect(screen.rows.first).to_be_visible()
    (cookie,) = [each for each in await screen.context.cookies() if each["name"] == cookies.SESSION]
    assert cookie["httpOnly"]
    assert cookie["sameSite"] == "Lax"
    assert "supportdesk_session" not in await screen.page.evaluate("document.cookie")
    kept = (
        "JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie, location.href])"
    )
    assert cookie["value"] not in await screen.page.evaluate(kept)
    assert cookie["value"] not in await screen.page.content()
