"""The numbers on the tabs of the dashboard are right on every admin's screen, and on no other."""

from __future__ import annotations

from supportdesk import routes
from tests.support.browsers import Browsers, catch_up
from tests.support.raw_browser import DASHBOARD, DETAILS, RawBrowser
from tests.support.seed import ADMIN, BUYER, SELLER, Seed


def unsettled(browser: RawBrowser) -> int:
    return int(browser.var(DASHBOARD, "counts", {}).get("tickets", "-1").replace(",", ""))


async def test_every_admin_sees_how_many_tickets_are_not_settled(
    browsers: Browsers, seed: Seed
) -> None:
    bea, sol = seed.person(BUYER, "Bea"), seed.person(SELLER, "Sol")
    ticket = seed.ticket(bea, sol)
    zoe = await browsers.visit(seed.person(ADMIN, "Zoe"), ticket)
    await zoe.until(lambda b: unsettled(b) >= 1)
    yann = browsers.new(seed.person(ADMIN, "Yann"))
    await yann.open(routes.ADMIN_SETTINGS)
    await yann.until(lambda b: unsettled(b) == unsettled(zoe))
    theirs = await browsers.visit(sol, ticket)
    await catch_up(theirs)
    before = unsettled(zoe)
    await zoe.send(f"{DETAILS}.close_ticket")
    for admin in (zoe, yann):
        await admin.until(lambda b: unsettled(b) == before - 1)
    assert theirs.var(DASHBOARD, "counts", {}) == {}
