"""The dashboard as an admin goes through it: its tabs, the list by every box, the reports drawn."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import psycopg
from playwright.async_api import Locator, expect

from supportdesk.domain.ids import new_id
from tests.e2e.conftest import Browsers
from tests.e2e.test_access import NARROW, WIDE
from tests.e2e.test_list import numbers_are, pick, set_fact
from tests.e2e.test_reports import table
from tests.support.desk import Desk
from tests.support.screen import Screen
from tests.support.seed import ADMIN, BUYER, SELLER, Seed, zone_at_noon

TABS = {
    "Tickets": ("/admin/tickets", "All tickets"),
    "Users": ("/admin/buyers", "Users"),
    "Sellers": ("/admin/sellers", "Sellers"),
    "Chat requests": ("/admin/requests", "Chat requests"),
    "Teams": ("/admin/teams", "Teams"),
    "Settings": ("/admin/settings", "Settings"),
    "Reports": ("/admin/reports", "Reports"),
    "Audit log": ("/admin/audit", "Audit log"),
}


FILED_TODAY, LOGGED = "Tickets filed today", "Logged today"
COUNTED = {
    "Tickets": "Not settled",
    "Users": "May sign in",
    "Sellers": "May sign in",
    "Chat requests": "Waiting",
    "Teams": "Teams",
    "Settings": "Limits, texts and hours that admins have set",
    "Reports": FILED_TODAY,
    "Audit log": LOGGED,
}


async def remove_filter(screen: Screen, choice: str) -> None:
    chip = re.compile(f"^Remove filter .*{choice}$")
    await screen.page.get_by_role("link", name=chip).click()


async def test_an_admin_goes_through_all_tabs_and_asks_for_tickets_by_every_box(
    browsers: Browsers, desk: Desk, seed: Seed
) -> None:
    zoe = seed.person(ADMIN, "Zoe Tabs")
    nora, theo = seed.person(BUYER, "Nora Boxes"), seed.person(SELLER, "Theo Boxes")
    wanted, other, own = seed.tickets([(nora, theo), (nora, None), (None, theo)])
    team, tag = new_id(), new_id()
    with psycopg.connect(desk.owner_url) as connection:
        connection.execute("INSERT INTO team (id, name) VALUES (%s, 'Crates')", [team])
        connection.execute(
            "INSERT INTO tag (id, name, created_by) VALUES (%s, 'boxed', %s)", [tag, zoe.id]
        )
        connection.execute(
            "INSERT INTO ticket_tag (ticket_id, tag_id, added_by) VALUES (%s, %s, %s)",
            [wanted.id, tag, zoe.id],
        )
    facts = {"assignee_id": zoe.id, "team_id": team, "priority": "urgent", "status": "in_progress"}
    for column, value in facts.items():
        set_fact(desk, wanted, column, str(value))

    screen = await browsers.open(zoe, "/admin/audit", viewport=WIDE)
    tabs = screen.page.get_by_role("tablist", name="Dashboard").get_by_role("tab")
    await expect(tabs).to_have_count(len(TABS))
    for tab, name in zip(await tabs.all(), TABS, strict=True):
        await expect(tab).to_have_accessible_name(name)
    for name, (path, heading) in reversed(TABS.items()):
        await screen.tab(name).click()
        await screen.arrives_at(path)
        await expect(screen.tab(name)).to_have_attribute("aria-selected", "true")
        await expect(
            screen.page.get_by_role("heading", level=1, name=heading, exact=True)
        ).to_be_visible()

    # The last of them was the list.
    await screen.button("Filters").click()
    for name, person, found in (("Seller", theo, [own, wanted]), ("Buyer", nora, [wanted])):
        await pick(screen, name).press_sequentially(person.name, delay=10)
        await screen.page.get_by_role("option", name=person.name, exact=True).click()
        await numbers_are(screen, found)
    await remove_filter(screen, "Theo Boxes")
    await numbers_are(screen, [other, wanted])
    boxes = {
        "Status": "In progress",
        "Priority": "Urgent",
        "Assignee": "Zoe Tabs",
        "Tag": "boxed",
        "Team": "Crates",
    }
    for name, choice in boxes.items():
        await pick(screen, name).select_option(label=choice)
        await numbers_are(screen, [wanted])
        await remove_filter(screen, choice)
        await numbers_are(screen, [other, wanted])
    await pick(screen, "Role").select_option(label="Filed by sellers")
    await expect(screen.page.get_by_text("No ticket found")).to_be_visible()
    await pick(screen, "Role").select_option(label="Filed by buyers")
    await numbers_are(screen, [other, wanted])


async def test_a_tab_says_what_it_counts_and_its_page_gives_the_same_number(
    browsers: Browsers, seed: Seed
) -> None:
    zoe, yann, nora = seed.person(ADMIN), seed.person(ADMIN), seed.person(BUYER, "Nora")
    zone = zone_at_noon()
    ticket = seed.ticket(nora)
    looking = await browsers.open(zoe, "/admin/teams", viewport=WIDE, timezone_id=zone)
    doing = await browsers.open(yann, yann.page(ticket), timezone_id=zone)
    await doing.ready(ticket.number)

    async def described(tab: str, what: str) -> int:
        """The number that stands in the tab, and after its name for who hears it."""
        told = re.compile(rf"^{what}: [\d,]+$")
        await expect(looking.tab(tab)).to_have_accessible_description(told)
        number = await looking.tab(tab).locator(".count").inner_text()
        await expect(looking.tab(tab)).to_have_attribute("title", f"{what}: {number}")
        return int(number.replace(",", ""))

    for tab, what in COUNTED.items():
        assert await described(tab, what) >= 0
    filed, logged = await described("Reports", FILED_TODAY), await described("Audit log", LOGGED)
    await doing.send("It is in the log.")
    more = f"{LOGGED}: {logged + 1:,}"
    await expect(looking.tab("Audit log")).to_have_accessible_description(more)
    assert await described("Reports", FILED_TODAY) == filed
    today = datetime.now(ZoneInfo(zone)).date()
    await looking.go(f"/admin/reports?from={today}&to={today}&by=day")
    term = looking.page.get_by_role("term").filter(has_text=re.compile("^Filed$"))
    tile = term.locator("xpath=following-sibling::dd/b")
    await expect(tile).to_have_text(f"{filed:,}")


# Reports.

MONDAY = datetime(2015, 3, 2, 10, tzinfo=UTC)
# When it was filed, and after how many minutes it was answered and resolved.
FILED = (
    (MONDAY - timedelta(days=1), 60, 180),
    (MONDAY, 30, 120),
    (MONDAY + timedelta(hours=1), None, None),
    (MONDAY + timedelta(days=1), 90, None),
)
TILES = {
    "Filed": ("3", "200% more", "1 before"),
    "Resolved": ("1", "no change", "1 before"),
    "Reopened": ("0", "no change", "0 before"),
    "Backlog": ("2", "more, worse", "0 before"),
    "First response, median": ("1 h", "no change", "1 h before"),
    "Resolution, median": ("2 h", "33% less, better", "3 h before"),
}
TABLES = {
    "Tickets filed, resolved and reopened": ("2 1 0", "1 0 0"),
    "Tickets unresolved at the end": ("1", "2"),
    "Time to the first response": ("1 30 min 30 min", "1 1 h 30 min 1 h 30 min"),
    "Time to the resolution": ("1 2 h 2 h", "0 — —"),
}
# Charts, and what is drawn in each over time.
DRAWN = {
    "Volume": (".recharts-bar-rectangle path", 3),
    "Backlog": (".recharts-area-curve", 1),
    "First response": (".recharts-line-curve", 2),
    "Resolution": (".recharts-line-curve", 2),
}
CUT_OFF = """chart => [...chart.querySelectorAll('svg text')].filter(text => {
    const inner = text.getBoundingClientRect(), outer = chart.getBoundingClientRect();
    return inner.left < outer.left || inner.right > outer.right;
}).map(text => text.textContent)"""


def chart(screen: Screen, name: str) -> Locator:
    return screen.page.get_by_role("region", name=name, exact=True).locator(".recharts-wrapper")


async def test_reports_are_drawn_and_said_and_compared(
    browsers: Browsers, desk: Desk, seed: Seed
) -> None:
    nora, theo = seed.person(BUYER, "Nora"), seed.person(SELLER, "Theo")
    tickets = seed.tickets([(nora, theo)] * len(FILED))
    with psycopg.connect(desk.owner_url) as connection:
        for ticket, (at, answered, resolved) in zip(tickets, FILED, strict=True):
            if resolved:
                connection.execute(
                    "UPDATE ticket SET status = 'resolved' WHERE id = %s", [ticket.id]
                )
            connection.execute(
                "UPDATE ticket SET created_at = %s, first_response_at = %s, resolved_at = %s"
                " WHERE id = %s",
                [
                    at,
                    at + timedelta(minutes=answered) if answered else None,
                    at + timedelta(minutes=resolved) if resolved else None,
                    ticket.id,
                ],
            )
    screen = await browsers.open(
        seed.person(ADMIN, "Zoe"),
        "/admin/reports?from=2015-03-02&to=2015-03-03&by=day",
        viewport=WIDE,
        timezone_id="UTC",
    )
    await expect(screen.page.get_by_text("Compared with 28 Feb 2015 to 1 Mar 2015")).to_be_visible()
    for name, (value, change, before) in TILES.items():
        term = screen.page.get_by_role("term").filter(has_text=re.compile(f"^{name}$"))
        tile = term.locator("xpath=following-sibling::dd")
        await expect(tile).to_have_text(f"{value}{change}{before}")
    for caption, rows in TABLES.items():
        days = table(screen, caption).get_by_role("row")
        await expect(days).to_have_count(3)
        for row, day, cells in zip((1, 2), ("Mon 2 Mar 2015", "Tue 3 Mar 2015"), rows, strict=True):
            said = re.split(r"\s+", f"{day} {cells}")
            assert (await days.nth(row).inner_text()).split() == said
    hours = table(screen, "Tickets filed in each hour of the week")
    await expect(hours.get_by_role("row", name=re.compile("^10:00"))).to_have_text("10:001100000")

    for name, (shape, count) in DRAWN.items():
        await expect(chart(screen, name).locator("> svg.recharts-surface")).to_have_count(1)
        await expect(chart(screen, name).locator(shape)).to_have_count(count)
    await expect(screen.page.locator(".busy .shade-5")).to_have_count(3)
    legend = chart(screen, "Resolution").locator(".recharts-legend-item-text")
    await expect(legend).to_have_text(["Median", "90th percentile"])
    for size in (WIDE, NARROW):
        await screen.page.set_viewport_size(size)
        for name in DRAWN:
            await expect(chart(screen, name).locator("svg text").first).to_be_visible()
            assert await chart(screen, name).evaluate(CUT_OFF) == [], (name, size)
    await screen.page.get_by_role("combobox", name="By").select_option(label="Seller")
    for name in DRAWN:
        bars = chart(screen, name).locator(".recharts-bar-rectangle path")
        await expect(bars).to_have_count(1 if name == "Backlog" else 2)
