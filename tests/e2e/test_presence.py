"""Who is there, who looks, and who has seen what: in browsers that are hidden, idle and closed."""

from __future__ import annotations

from playwright.async_api import expect

from supportdesk import cookies
from supportdesk.ui.attention import IDLE_AFTER_MS
from tests.e2e.conftest import Browsers
from tests.support.screen import Screen
from tests.support.seed import BUYER, SELLER, Seed


async def put_away(screen: Screen, hidden: bool = True) -> None:
    """Go to another tab of the same window, as far as the page can tell, or come back."""
    state = "hidden" if hidden else "visible"
    await screen.page.evaluate(
        "([hidden, state]) => {"
        " Object.defineProperty(document, 'hidden', {value: hidden, configurable: true});"
        " Object.defineProperty(document, 'visibilityState', {value: state, configurable: true});"
        " document.dispatchEvent(new Event('visibilitychange', {bubbles: true})) }",
        [hidden, state],
    )


async def test_what_comes_into_a_hidden_tab_is_counted_until_one_looks(
    seed: Seed, browsers: Browsers
) -> None:
    bea, sol = seed.person(BUYER, "Bettina"), seed.person(SELLER, "Solveig")
    ticket = seed.ticket(bea, sol)
    writer, tab = await browsers.open(bea, bea.page(ticket)), await browsers.open(sol)
    other = await browsers.open(sol)
    await tab.row(ticket.number).click()
    await tab.ready(ticket.number)
    await expect(other.any_unread(ticket.number)).to_have_count(0)
    await put_away(tab)
    await writer.send("Are you there?")
    for screen in (tab, other):
        await expect(screen.unread(ticket.number, 1)).to_be_visible()
    await expect(writer.page.get_by_text("Sent", exact=True)).to_be_visible()
    await put_away(tab, hidden=False)
    for screen in (tab, other):
        await expect(screen.any_unread(ticket.number)).to_have_count(0)
    await expect(writer.page.get_by_text("Seen by Solveig")).to_be_visible()


async def test_the_people_of_a_ticket_are_online_away_or_last_seen(
    seed: Seed, browsers: Browsers
) -> None:
    bea, sol = seed.person(BUYER, "Bettina"), seed.person(SELLER, "Solveig")
    ticket = seed.ticket(bea, sol)
    looks = await browsers.open(bea, bea.page(ticket))
    people = looks.details.get_by_role("list", name="People").get_by_role("listitem")
    other = people.filter(has_text="Solveig")
    await expect(other).to_contain_text("Offline")
    desk = await browsers.open(sol)
    await expect(other).to_contain_text("Online")
    await put_away(desk)
    await expect(other).to_contain_text("Away")
    await put_away(desk, hidden=False)
    await expect(other).to_contain_text("Online")
    await desk.page.close()
    await expect(other).to_contain_text("Last seen a few seconds ago")


async def test_who_does_not_move_for_long_is_away_until_they_do(
    seed: Seed, browsers: Browsers
) -> None:
    bea, sol = seed.person(BUYER, "Bettina"), seed.person(SELLER, "Solveig")
    ticket = seed.ticket(bea, sol)
    looks, still = await browsers.open(bea, bea.page(ticket)), await browsers.open()
    people = looks.details.get_by_role("list", name="People").get_by_role("listitem")
    other = people.filter(has_text="Solveig")
    await still.alter().clock.install()
    await still.context.add_cookies(
        [{"name": cookies.SESSION, "value": sol.session, "url": still.url}]
    )
    await still.go(sol.page(ticket))
    await expect(other).to_contain_text("Online · here now")
    await still.page.clock.run_for(IDLE_AFTER_MS + 1000)
    await expect(other).to_contain_text("Away · here now")
    await still.page.mouse.move(100, 100)
    await still.page.clock.run_for(1000)
    await expect(other).to_contain_text("Online · here now")
