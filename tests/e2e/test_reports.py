"""Reports: what admins ask of them, that they are links, and that they follow what happens."""

from __future__ import annotations

import csv
import re
from io import StringIO
from pathlib import Path

from playwright.async_api import Locator, expect

from tests.e2e.conftest import Browsers
from tests.e2e.test_access import NARROW, WIDE, sound
from tests.support.screen import Screen
from tests.support.seed import ADMIN, BUYER, SELLER, Seed

PATH = "/admin/reports"


def figure(screen: Screen, name: str) -> Locator:
    """The text of a tile; its first line is the number."""
    term = screen.page.get_by_role("term").filter(has_text=re.compile(f"^{name}$"))
    return term.locator("xpath=following-sibling::dd/b")


def table(screen: Screen, caption: str) -> Locator:
    return screen.page.get_by_role("table", name=caption, exact=True)


async def number(screen: Screen, name: str) -> int:
    return int((await figure(screen, name).inner_text()).replace(",", ""))


async def test_an_admin_asks_for_a_report_and_hands_it_on(browsers: Browsers, seed: Seed) -> None:
    bea, sol = seed.person(BUYER, "Nora"), seed.person(SELLER, "Solveig & Co")
    seed.tickets([(bea, sol)] * 3)
    screen = await browsers.open(seed.person(ADMIN, "Zoe"))
    await screen.tab("Reports").click()
    await screen.arrives_at(PATH)
    volume = table(screen, "Tickets filed, resolved and reopened")
    await expect(volume.get_by_role("row")).to_have_count(31)
    filed = await number(screen, "Filed")
    assert filed >= 3

    await screen.page.get_by_role("combobox", name="By").select_option(label="Seller")
    await screen.button("90 days").click()
    await screen.arrives_at(f"{PATH}?range=90&by=seller")
    await expect(screen.button("90 days")).to_have_attribute("aria-pressed", "true")
    await expect(volume.get_by_role("row", name="Solveig & Co")).to_contain_text("3")

    async with screen.page.expect_download() as started:
        await screen.link("Export CSV").click()
    download = await started.value
    assert re.fullmatch(r"reports-by-seller-[\d-]+-to-[\d-]+\.csv", download.suggested_filename)
    rows = list(csv.reader(StringIO(Path(await download.path()).read_text("utf-8-sig"))))
    assert ["Solveig & Co", "3", "0", "0", "3"] in [row[:5] for row in rows]
    shown = await volume.get_by_role("row").all_inner_texts()
    assert [re.split(r"\s*\t\s*", text) for text in shown] == [row[:4] for row in rows[:-2]]

    handed_on = await browsers.open(seed.person(ADMIN, "Yann"), f"{PATH}?range=90&by=seller")
    same = table(handed_on, "Tickets filed, resolved and reopened")
    await expect(same.get_by_role("row", name="Solveig & Co")).to_contain_text("3")
    await expect(handed_on.page.get_by_role("combobox", name="By")).to_have_value("seller")


async def test_any_days_can_be_chosen_and_bad_ones_say_so(browsers: Browsers, seed: Seed) -> None:
    screen = await browsers.open(seed.person(ADMIN, "Zoe"), f"{PATH}?range=7")
    first, last = screen.box("From"), screen.box("To")
    await expect(table(screen, "Tickets unresolved at the end").get_by_role("row")).to_have_count(8)
    await first.fill("2026-03-05")
    await last.fill("2026-03-01")
    await screen.button("Apply").click()
    await expect(screen.alert).to_have_text("The first day comes after the last.")
    await expect(first).to_have_value("2026-03-05")
    await first.fill("")
    await screen.button("Apply").click()
    await expect(screen.alert).to_contain_text("Enter both days as a date")
    await first.fill("2001-02-03")
    await last.fill("2001-02-04")
    await last.press("Enter")
    await screen.arrives_at(f"{PATH}?from=2001-02-03&to=2001-02-04&by=day")
    await expect(screen.page.get_by_text("3 Feb 2001 to 4 Feb 2001")).to_be_visible()
    await expect(screen.page.get_by_role("heading", name="Nothing happened")).to_be_visible()
    await screen.page.go_back()
    await expect(screen.button("7 days")).to_have_attribute("aria-pressed", "true")


async def test_the_figures_follow_what_sellers_do(browsers: Browsers, seed: Seed) -> None:
    bea, sol = seed.person(BUYER, "Nora"), seed.person(SELLER, "Theo")
    ticket = seed.ticket(bea, sol)
    admin = await browsers.open(seed.person(ADMIN, "Zoe"), PATH)
    await expect(figure(admin, "Backlog")).to_be_visible()
    resolved = await number(admin, "Resolved")
    seller = await browsers.open(sol, sol.page(ticket))
    await seller.ready(ticket.number)
    await seller.fact("Status").select_option(label="Resolved")
    await expect(figure(admin, "Resolved")).to_have_text(f"{resolved + 1:,}")
    await seller.fact("Status").select_option(label="Open")
    await expect(figure(admin, "Resolved")).to_have_text(f"{resolved:,}")


async def test_nobody_but_admins_reaches_them(browsers: Browsers) -> None:
    admin = await browsers.open("ada", PATH)
    await expect(figure(admin, "Filed")).to_be_visible()
    for name, home in (("bea", "/buyer/tickets"), ("sol", "/seller/tickets")):
        other = await browsers.open(name, PATH)
        await other.arrives_at(home)
        answer = await other.page.request.get(f"{other.url}{PATH}.csv")
        assert answer.status == 404


async def test_the_page_is_sound_by_time_and_by_group(browsers: Browsers) -> None:
    screen = await browsers.open("ada", f"{PATH}?range=90&by=tag", viewport=WIDE)
    await expect(table(screen, "Tickets filed in each hour of the week")).to_be_visible()
    await expect(screen.page.locator(".recharts-surface").first).to_be_visible()
    await sound(screen)
    await screen.page.get_by_role("combobox", name="By").select_option(label="Week")
    await screen.arrives_at(f"{PATH}?range=90&by=week")
    await screen.box("From").fill("")
    await screen.button("Apply").click()
    await expect(screen.alert).to_be_visible()
    await sound(screen)
    await screen.page.set_viewport_size(NARROW)
    small = [
        box
        for control in await screen.page.locator("#content :is(button, select, input, a)").all()
        if (box := await control.bounding_box()) and box["height"] < 44
    ]
    assert small == []
