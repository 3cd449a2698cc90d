"""Teams, tags, limits and texts as admins manage them, and the log in which all of it stands."""

from __future__ import annotations

import re

import psycopg
from playwright.async_api import Locator, expect

from tests.e2e.conftest import Browsers
from tests.e2e.test_access import WIDE, sound
from tests.e2e.test_settings import box, saved, section
from tests.support.desk import Desk
from tests.support.screen import Screen
from tests.support.seed import ADMIN, BUYER, SELLER, Seed


def dialog(screen: Screen) -> Locator:
    return screen.page.get_by_role("dialog")


def press(within: Locator, name: str) -> Locator:
    return within.get_by_role("button", name=name, exact=True)


async def test_a_team_is_founded_led_renamed_and_dissolved(browsers: Browsers, seed: Seed) -> None:
    here, there = [
        await browsers.open(seed.person(ADMIN, name), "/admin/teams", viewport=WIDE)
        for name in ("Zoe", "Yann")
    ]
    await expect(section(there, "Customer Service")).to_be_visible()
    await here.button("New team").click()
    await press(dialog(here), "Save").click()
    await expect(dialog(here).get_by_role("alert")).to_contain_text("The name is missing.")
    await box(dialog(here), "Name").fill("Night shift")
    await saved(here)
    team = section(there, "Night shift")
    await expect(team).to_contain_text("0 open tickets")
    await team.get_by_role("combobox", name="Add a member to Night shift").select_option(
        label="Ada"
    )
    mine = section(here, "Night shift")
    await press(mine, "Ada leads Night shift").click()
    await expect(press(team, "Ada leads Night shift")).to_have_attribute("aria-pressed", "true")
    assign = "Automatic assignment of Night shift"
    await mine.get_by_role("combobox", name=assign).select_option(label="In turn")
    await expect(team.get_by_role("combobox", name=assign)).to_have_value("round_robin")
    await press(team, "Rename Night shift").click()
    await box(dialog(there), "Name").fill("Late shift")
    await saved(there)
    late = section(here, "Late shift")
    await press(late, "Remove Ada from Late shift").click()
    await expect(press(late, "Ada leads Late shift")).to_have_count(0)
    await sound(here)
    await press(late, "Delete Late shift").click()
    await sound(here)
    await press(dialog(here), "Delete team").click()
    for screen in (here, there):
        await expect(section(screen, "Late shift")).to_have_count(0)
        await expect(press(section(screen, "Customer Service"), "Delete Customer Service")
                     ).to_have_count(0)  # fmt: skip


async def test_a_merged_tag_is_the_other_one_in_lists_that_are_open(
    browsers: Browsers, desk: Desk, seed: Seed
) -> None:
    theo, zoe, yann = seed.person(SELLER, "Theo"), *seed.people(ADMIN, 2)
    ticket = seed.ticket(seed.person(BUYER), theo, messages=60)
    settings = await browsers.open(zoe, "/admin/settings", viewport=WIDE)
    tags = section(settings, "Tags")
    for name in ("tardy", "belated"):
        await tags.get_by_role("button", name="New tag").click()
        await box(dialog(settings), "Name").fill(name)
        await saved(settings)
    await expect(tags).to_contain_text("belated")
    with psycopg.connect(desk.owner_url) as connection:
        ids = dict(connection.execute("SELECT name, id FROM tag").fetchall())
        connection.execute(
            "INSERT INTO ticket_tag (ticket_id, tag_id, added_by) VALUES (%s, %s, %s)",
            [ticket.id, ids["tardy"], zoe.actor.user_id],
        )
    open_list = await browsers.open(yann, f"/admin/tickets?tag={ids['tardy']}", viewport=WIDE)
    await expect(open_list.rows).to_have_count(1)
    await press(tags, "Merge tardy").click()
    asked = dialog(settings)
    await expect(asked).to_contain_text("1 ticket has it, and 0 saved views ask for it.")
    await sound(settings)
    # What cannot be undone is done to the tag that somebody chose, and to no other.
    await press(asked, "Merge").click()
    await expect(asked.get_by_role("alert")).to_contain_text("Choose one of the list.")
    await asked.get_by_role("combobox", name="Into").select_option(label="belated")
    await press(asked, "Merge").click()
    await expect(asked).to_be_hidden()
    await expect(press(tags, "Edit tardy")).to_have_count(0)
    await open_list.arrives_at(f"/admin/tickets?tag={ids['belated']}")
    await expect(open_list.rows).to_have_count(1)
    await expect(open_list.rows.first).to_contain_text("belated")
    # A link to a message leads there, however old its list is.
    link = f"{yann.page(ticket)}?tag={ids['tardy']}#message-5"
    linked = await browsers.open(yann, link, viewport=WIDE)
    await linked.arrives_at(link.replace(str(ids["tardy"]), str(ids["belated"])))
    await expect(linked.log.locator("#message-5")).to_be_in_viewport()
    await press(tags, "Delete belated").click()
    await expect(dialog(settings)).to_contain_text("1 ticket has it")
    await press(dialog(settings), "Delete tag").click()
    await expect(press(tags, "Edit belated")).to_have_count(0)
    await open_list.arrives_at("/admin/tickets")
    await expect(open_list.page.get_by_text("was filtered by is gone")).to_be_visible()


async def test_limits_and_texts_are_what_buyers_meet_at_once(
    browsers: Browsers, seed: Seed, unset: None
) -> None:
    nora, theo, yann = seed.person(BUYER, "Nora"), seed.person(SELLER), seed.person(ADMIN)
    ticket = seed.ticket(nora, theo)
    others = [await browsers.open(each, each.page(ticket), viewport=WIDE) for each in (theo, yann)]
    await others[0].send("I look into it.")
    for other in others:
        await other.message_box.fill("As long as it may be.")
    buyer = await browsers.open(nora, nora.page(ticket), viewport=WIDE)
    await expect(buyer.box("Message")).to_be_visible()
    newcomer = await browsers.open(seed.person(BUYER, "Late"), viewport=WIDE)
    admin = await browsers.open(seed.person(ADMIN, "Zoe"), "/admin/settings", viewport=WIDE)
    await admin.page.get_by_role("link", name="Limits", exact=True).click()
    await press(section(admin, "Limits"), "Edit Length of a message").click()
    value = box(dialog(admin), "Length of a message")
    await value.fill("no number")
    await press(dialog(admin), "Save").click()
    await expect(dialog(admin).get_by_role("alert")).to_contain_text("Write a whole number")
    await expect(value).to_have_value("no number")
    await sound(admin)
    await value.fill("20")
    await saved(admin)
    await expect(section(admin, "Limits")).to_contain_text("20 characters")
    await buyer.box("Message").fill("This is longer than twenty characters.")
    await buyer.box("Message").press("Enter")
    await expect(buyer.page.get_by_text("20 is the most").first).to_be_visible()
    for other in others:
        told = other.page.get_by_text("This is 21 characters long; 20 is the most.")
        await expect(told).to_be_visible()
        await sound(other)
    # What nobody may do any more is offered to nobody, in a menu that is open neither.
    theirs = others[0]
    await theirs.page.set_viewport_size(WIDE)
    await theirs.messages.last.hover()
    await press(theirs.messages.last, "Message actions").click()
    items = theirs.page.get_by_role("menuitem")
    await expect(items.filter(has_text="Edit")).to_be_visible()
    await press(section(admin, "Limits"), "Edit Time to change a message").click()
    await box(dialog(admin), "Time to change a message").fill("0")
    await saved(admin)
    await expect(items.filter(has_text="Edit")).to_have_count(0)
    await expect(items.filter(has_text="Quote")).to_be_visible()

    texts = section(admin, "Texts and hours")
    for name, text in (("Welcome", "Good to see you."), ("Out of hours", "We sleep.")):
        await press(texts, f"Edit {name}").click()
        await box(dialog(admin), name).fill(text)
        await saved(admin)
    await press(texts, "Edit Working hours").click()
    await box(dialog(admin), "Time zone").fill("Nowhere/Land")
    await press(dialog(admin), "Save").click()
    await expect(dialog(admin).get_by_role("alert")).to_contain_text("not known")
    await sound(admin)
    await box(dialog(admin), "Time zone").fill("UTC")
    await dialog(admin).get_by_label("Monday from").fill("00:00")
    await dialog(admin).get_by_label("Monday until").fill("00:01")
    await saved(admin)
    await expect(texts).to_contain_text("Mon 00:00 to 00:01 · UTC")
    away = buyer.page.get_by_role("note", name="Out of hours")
    await expect(away.first).to_have_text("We sleep.")
    await expect(newcomer.page.get_by_text("Good to see you.").first).to_be_visible()
    await sound(buyer)


async def test_the_log_is_read_filtered_and_taken_along(browsers: Browsers, seed: Seed) -> None:
    zoe = seed.person(ADMIN, "Zoe Log")
    screen = await browsers.open(zoe, "/admin/tickets", viewport=WIDE)
    await screen.tab("Audit log").click()
    await screen.arrives_at("/admin/audit")
    log = screen.page.get_by_role("list", name="Log")
    lines = log.get_by_role("listitem")
    await expect(lines).to_have_count(50)
    await lines.last.scroll_into_view_if_needed()
    await expect(lines).not_to_have_count(50)
    await screen.page.get_by_role("combobox", name="Kind").select_option(label="Settings")
    await screen.arrives_at("/admin/audit?kind=settings")
    other = await browsers.open(zoe, "/admin/settings", viewport=WIDE)
    await section(other, "Categories").get_by_role("button", name="New category").click()
    await box(dialog(other), "Name").fill("Lamps of the log")
    await saved(other)
    await press(section(other, "Categories"), "Edit Lamps of the log").click()
    await box(dialog(other), "Name").fill("Lights of the log")
    await saved(other)
    told = await screen.button("2 new").bounding_box()
    asked = await screen.page.get_by_role("search", name="Filter the log").bounding_box()
    assert told
    assert asked
    assert told["y"] >= asked["y"] + asked["height"]  # It covers no box.
    await screen.button("2 new").click()
    first = lines.first
    await expect(first).to_contain_text(
        "Zoe Log renamed the category “Lamps of the log” to “Lights of the log”"
    )
    await first.locator("summary").press("Enter")
    await expect(first.get_by_role("row", name=re.compile("Name Lamps.* Lights"))).to_be_visible()
    await sound(screen)
    await screen.page.get_by_role("searchbox", name="Search the log").fill("lamps")
    await expect(lines).to_have_count(2)
    await screen.box("Person").fill("Nobody of that name")
    await expect(screen.page.get_by_text("Nothing found")).to_be_visible()
    await screen.page.get_by_role("link", name="Clear").click()
    await screen.arrives_at("/admin/audit")
    await expect(screen.box("Person")).to_have_value("")
    await expect(lines.first).to_be_visible()
    await screen.page.go_back()
    await expect(screen.page.get_by_text("Nothing found")).to_be_visible()
    await expect(screen.box("Person")).to_have_value("Nobody of that name")
    await screen.box("Person").fill("Zoe Log")
    await expect(lines).to_have_count(2)
    async with screen.page.expect_download() as download:
        await screen.page.get_by_role("link", name="Export as CSV").click()
    path = await (await download.value).path()
    text = path.read_text(encoding="utf-8-sig")
    assert text.count("Zoe Log") >= 2
    assert "Lamps of the log" in text
