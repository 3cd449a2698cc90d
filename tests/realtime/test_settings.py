"""A change of the settings reaches the admins who look at them, and nobody else."""

from __future__ import annotations

import aiohttp
import pytest

from supportdesk import routes
from supportdesk.domain.actor import Role
from tests.realtime.test_presence import is_
from tests.support.browsers import Browsers, catch_up, heard
from tests.support.desk import Desk
from tests.support.raw_browser import SETTINGS, RawBrowser
from tests.support.seed import ADMIN, SELLER, Seed


async def at_settings(browsers: Browsers, seed: Seed, name: str) -> RawBrowser:
    browser = browsers.new(seed.person(ADMIN, name))
    await browser.open(routes.ADMIN_SETTINGS)
    await browser.until(lambda b: b.var(SETTINGS, "loaded"))
    return browser


def template_names(browser: RawBrowser) -> list[str]:
    return [row["name"] for row in browser.var(SETTINGS, "templates")]


async def add_template(browser: RawBrowser, name: str) -> None:
    form = {"sort": "template", "id": "", "name": name, "type": "problem"}
    await browser.send(f"{SETTINGS}.submit", form_data=form)


async def test_other_admins_on_the_page_see_it_and_those_elsewhere_hear_nothing(
    browsers: Browsers, seed: Seed
) -> None:
    zoe, yann = [await at_settings(browsers, seed, name) for name in ("Zoe", "Yann")]
    ada, theo = seed.person(ADMIN, "Ada"), seed.person(SELLER, "Theo")
    ticket = seed.ticket(None, theo)
    elsewhere = [await browsers.visit(person, ticket) for person in (ada, theo)]
    for browser in elsewhere:
        await catch_up(browser)  # Who writes for the first time becomes one of its people.
    for browser, person in zip(elsewhere, (ada, theo), strict=True):
        # Who is there is told a moment after they came, or wrote.
        await is_(browser, ada, "online", here=person is ada)
        await is_(browser, theo, "online", here=True)
    before = [len(browser.frames) for browser in elsewhere]
    await add_template(zoe, "Delivery")
    for browser in (zoe, yann):
        await browser.until(lambda b: "Delivery" in template_names(b))
    for browser, since in zip(elsewhere, before, strict=True):
        assert heard(browser, since, await catch_up(browser)) == []
        assert all("Delivery" not in text for _, text in browser.frames)


@pytest.mark.parametrize("role", ["buyer", "seller"])
async def test_who_is_no_admin_neither_reads_nor_changes_them(
    browsers: Browsers, seed: Seed, desk: Desk, http: aiohttp.ClientSession, role: str
) -> None:
    zoe = await at_settings(browsers, seed, "Zoe")
    stranger = browsers.new(seed.person(Role(role), "Theo"))
    await stranger.open(routes.ADMIN_SETTINGS)
    for handler in ("arrive", "reread"):
        await stranger.send(f"{SETTINGS}.{handler}")
    await add_template(stranger, f"Planted by a {role}")
    await stranger.until(lambda b: "Only admins may do this." in str(b.var(SETTINGS, "errors")))
    await add_template(zoe, f"After the {role}")
    await zoe.until(lambda b: f"After the {role}" in template_names(b))
    assert f"Planted by a {role}" not in template_names(zoe)
    assert stranger.var(SETTINGS, "templates") == []
