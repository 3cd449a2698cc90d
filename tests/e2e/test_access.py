"""For everybody: with a screen reader, a keyboard, a phone, by day and by night."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

import psycopg
import pytest
from playwright.async_api import Locator, expect

from supportdesk.demo.load import PASSWORD
from tests.e2e.conftest import Browsers
from tests.support.axe import violations
from tests.support.desk import Desk
from tests.support.screen import Screen
from tests.support.seed import BUYER, SELLER, Person, Seed, SeededTicket, zone_at_noon

WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
ABSENT = "TC-9999"

# Elements that stick out of the window, and boxes with a sideways scroll of their own; the strip of
# tabs has one on a phone, as it should.
STICKS_OUT = """within => {
    const wide = [];
    if (document.documentElement.scrollWidth > document.documentElement.clientWidth)
        wide.push('the page');
    for (const element of document.querySelectorAll(`${within}, ${within} *`)) {
        const style = getComputedStyle(element), box = element.getBoundingClientRect();
        if (!box.width || style.visibility === 'hidden'
            || element.closest('.unseen, [aria-hidden], [role=tablist], :has(> [role=tablist])'))
            continue;
        const scrolls = ['auto', 'scroll'].includes(style.overflowX);
        if (box.right > innerWidth + 1 || box.left < -1
            || (scrolls && element.scrollWidth > element.clientWidth))
            wide.push(element.outerHTML.slice(0, 120));
    }
    return wide;
}"""


async def sound(screen: Screen, *sizes: dict[str, int], within: str = "html") -> None:
    """No violation by axe, and nothing sticks out, by day and by night, wide and narrow.

    `within` is a selector of what is looked at, as of the dialog on a page that is known.
    """
    found: list[str] = []
    for size in sizes or (WIDE, NARROW):
        await screen.page.set_viewport_size(size)
        for scheme in ("light", "dark"):
            await screen.page.emulate_media(color_scheme=scheme)
            await expect(screen.page.locator("html")).to_have_class(re.compile(scheme))
            if report := await violations(screen.page, within):
                found.append(f"{size['width']} {scheme}\n{report}")
        wide = await screen.page.evaluate(STICKS_OUT, within)
        found += [f"{size['width']}: {each}" for each in wide]
    assert found == [], "\n".join(found)


# The doors.


async def refused_sign_in(screen: Screen) -> None:
    await screen.sign_in("nobody@example.com", "not-the-password")
    await expect(screen.alert).to_be_visible()


async def refused_sign_up(screen: Screen) -> None:
    await screen.button("Create account").click()
    await expect(screen.alert).to_be_visible()


@pytest.mark.parametrize(
    ("path", "heading", "then"),
    [
        ("/login", "Sign in", None),
        ("/login", "Sign in", refused_sign_in),
        ("/signup", "Create an account", None),
        ("/signup", "Create an account", refused_sign_up),
        ("/setup?token=none", "This link no longer works", None),
        ("/nowhere", "Page not found", None),
    ],
    ids=["sign in", "sign in refused", "sign up", "sign up refused", "setup", "nowhere"],
)
async def test_the_pages_of_those_who_are_not_signed_in_are_sound(
    browsers: Browsers,
    path: str,
    heading: str,
    then: Callable[[Screen], Awaitable[None]] | None,
) -> None:
    screen = await browsers.open(path=path)
    await expect(screen.page.get_by_role("heading", name=heading)).to_be_visible()
    if then:
        await then(screen)
    if path == "/nowhere":
        screen.noise.clear()  # The browser tells that the answer was a 404, as it should be.
    await sound(screen)


# The workspace.


@pytest.mark.parametrize("name", ["bea", "sol", "ada"])
async def test_list_and_ticket_are_sound_for_every_role(browsers: Browsers, name: str) -> None:
    screen = await browsers.open(name)
    await expect(screen.rows.first).to_be_visible()
    await sound(screen)
    await screen.page.set_viewport_size(WIDE)
    number = await screen.rows.first.get_attribute("href") or ""
    await screen.rows.first.click()
    await screen.ready(number.rpartition("/")[2])
    await sound(screen)
    await screen.button("Details").click()
    await expect(screen.details).to_be_visible()
    await sound(screen, NARROW)


async def test_a_conversation_with_everything_in_it_is_sound(
    browsers: Browsers, seed: Seed
) -> None:
    nora, theo = seed.person(BUYER, "Nora"), seed.person(SELLER, "Theo")
    ticket = seed.ticket(nora, theo)
    screen = await browsers.open("ada", f"/admin/tickets/{ticket.number}", viewport=WIDE)
    await screen.ready(ticket.number)
    audience = screen.page.get_by_role("combobox", name="Visible to")
    for level in ("Staff", "Admins", "Everyone"):
        await audience.select_option(label=level)
        await expect(audience).to_have_value(level.lower())
        await screen.send(f"For {level.lower()}")
    for status in ("In progress", "Waiting on customer", "Resolved"):
        await screen.fact("Status").select_option(label=status)
        await expect(screen.events.filter(has_text=status)).to_be_visible()
        await screen.fact("Priority").select_option(
            label={"In progress": "Low", "Resolved": "Urgent"}.get(status, "High")
        )
    await screen.button("Star").click()
    await expect(screen.button("Star")).to_have_attribute("aria-pressed", "true")
    await screen.details.get_by_role("textbox", name="Due date").fill("2031-01-31")
    for number in range(12):  # Of every colour, and one that is long.
        await screen.box("Add a tag").fill(f"Tag {number} {'long ' * (number == 7) * 6}")
        await screen.box("Add a tag").press("Enter")
        await expect(screen.box("Add a tag")).to_have_value("")
    await screen.box("Add a tag").fill("")
    await screen.box("Notes").fill("Careful.")
    for level in ("Staff", "Admins"):
        await audience.select_option(label=level)
        await sound(screen, WIDE)
    await screen.message_box.press("Enter")
    await expect(screen.alert).to_be_visible()
    await sound(screen)
    await screen.page.set_viewport_size(WIDE)
    await screen.button("Close ticket").click()
    await expect(screen.page.get_by_text("This ticket is closed")).to_be_visible()
    await sound(screen, NARROW)


@pytest.mark.parametrize("role", [BUYER, SELLER])
async def test_a_list_without_tickets_and_a_ticket_that_is_not_there_are_sound(
    browsers: Browsers, seed: Seed, role: str
) -> None:
    screen = await browsers.open(seed.person(role, "Nora"))
    await expect(screen.page.get_by_text("No tickets yet")).to_be_visible()
    await sound(screen)
    await screen.go(f"/{role}/tickets/{ABSENT}")
    await expect(screen.page.get_by_role("heading", name="Ticket not found")).to_be_visible()
    await sound(screen)


async def test_the_dialog_with_its_errors_and_the_account_menu_are_sound(
    browsers: Browsers, seed: Seed
) -> None:
    screen = await browsers.open(seed.person(BUYER, "Nora"))
    await screen.button("Account").click()
    await expect(screen.page.get_by_role("menuitem", name="Sign out")).to_be_visible()
    await sound(screen)
    await screen.page.keyboard.press("Escape")
    await screen.button("New ticket").click()
    dialog = screen.page.get_by_role("dialog", name="New ticket")
    await expect(dialog).to_be_visible()
    await sound(screen)
    await dialog.get_by_role("button", name="Create ticket").click()
    await expect(dialog.get_by_role("alert").first).to_be_visible()
    await sound(screen)


async def test_the_palette_and_the_list_of_shortcuts_are_sound(
    browsers: Browsers, seed: Seed
) -> None:
    nora = seed.person(BUYER, "Nora")
    ticket = seed.ticket(nora, seed.person(SELLER, "Theo"), subject="W" * 180)
    screen = await browsers.open(nora, nora.page(ticket), viewport=WIDE)
    await screen.ready(ticket.number)
    await screen.page.keyboard.press("Control+k")
    palette = screen.page.get_by_role("dialog", name="Command palette")
    await expect(palette.get_by_role("option", name=ticket.number)).to_be_visible()
    await sound(screen)
    await screen.page.keyboard.type("nothing like it")
    await expect(palette).to_contain_text("Nothing found")
    await sound(screen, NARROW)
    await screen.page.keyboard.press("Escape")
    await screen.page.keyboard.press("?")
    await expect(screen.page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    await sound(screen)


async def test_words_without_end_stay_inside_their_boxes(browsers: Browsers, seed: Seed) -> None:
    nora, theo = seed.person(BUYER, "W" * 80), seed.person(SELLER, "m" * 80)
    ticket = seed.ticket(nora, theo, subject="S" * 200)
    screen = await browsers.open(nora, nora.page(ticket), viewport=WIDE)
    await screen.ready(ticket.number)
    await screen.send("x" * 3000)
    await screen.message_box.fill("y" * 500)
    await sound(screen)
    await screen.button("Details").click()
    await sound(screen, NARROW)
    await screen.button("Back to the conversation").click()
    await screen.link("Back to the list").click()
    await expect(screen.row(ticket.number)).to_be_visible()
    await sound(screen, NARROW)


# The keyboard.


async def tab_to(screen: Screen, target: Locator, key: str = "Tab") -> None:
    """Press Tab until `target` has the focus, and see that it shows."""
    for _ in range(80):
        await screen.page.keyboard.press(key)
        if await target.evaluate("element => element === document.activeElement"):
            shows = "getComputedStyle(document.activeElement).outlineStyle !== 'none'"
            within = "getComputedStyle(document.activeElement.closest('form') || document.body)"
            assert await screen.page.evaluate(f"{shows} || {within}.borderTopWidth !== '0px'")
            return
    raise AssertionError(f"Tab never came to {target}")


async def test_everything_can_be_done_from_the_keyboard(browsers: Browsers, seed: Seed) -> None:
    keys = (screen := await browsers.open(path="/login", viewport=WIDE)).page.keyboard
    await expect(screen.box("Email")).to_be_focused()
    await keys.type("sol@demo.test")
    await keys.press("Tab")
    await keys.type(PASSWORD)
    await keys.press("Enter")
    await expect(screen.rows.first).to_be_visible()

    row = screen.rows.nth(1)
    number = (await row.get_attribute("href") or "").rpartition("/")[2]
    await tab_to(screen, row)
    await keys.press("Enter")
    await screen.ready(number)
    await tab_to(screen, screen.message_box)
    await keys.type("Written without a mouse")
    await keys.press("Enter")
    await expect(screen.messages.last).to_contain_text("Written without a mouse")
    await expect(screen.message_box).to_be_focused()

    await tab_to(screen, screen.fact("Priority"))
    now = await screen.fact("Priority").input_value()
    wanted = "Low" if now != "low" else "Urgent"
    await keys.type(wanted[0])
    await expect(screen.events.filter(has_text=f"set priority to {wanted}").last).to_be_visible()
    await expect(screen.fact("Priority")).to_have_value(wanted.lower())

    opener = screen.button("New ticket")
    await tab_to(screen, opener, "Shift+Tab")
    await keys.press("Enter")
    dialog = screen.page.get_by_role("dialog", name="New ticket")
    await expect(dialog.get_by_role("textbox", name="Subject")).to_be_focused()
    for _ in range(12):
        await keys.press("Tab")
        assert await dialog.evaluate("dialog => dialog.contains(document.activeElement)")
    await keys.press("Escape")
    await expect(dialog).to_be_hidden()
    await expect(opener).to_be_focused()

    await tab_to(screen, screen.button("Account"))
    await keys.press("Enter")
    await expect(screen.page.get_by_role("menuitem", name="Dark mode")).to_be_visible()
    await keys.press("Escape")
    await expect(screen.button("Account")).to_be_focused()
    await keys.press("Enter")
    last = screen.page.get_by_role("menuitem", name="Sign out")
    await expect(last).to_be_visible()
    await keys.press("End")
    await expect(last).to_be_focused()
    await keys.press("Enter")
    await expect(screen.button("Sign in")).to_be_visible()


async def test_the_colours_that_somebody_chose_are_kept(browsers: Browsers) -> None:
    screen = await browsers.open("max", color_scheme="light")
    await screen.choose_from_account_menu("Dark mode")
    await expect(screen.page.locator("html")).to_have_class(re.compile("dark"))
    await screen.page.reload()
    await expect(screen.page.locator("html")).to_have_class(re.compile("dark"))
    await screen.choose_from_account_menu("Light mode")
    await expect(screen.page.locator("html")).to_have_class(re.compile("light"))


async def test_on_a_phone_one_panel_stands_at_a_time_with_a_way_back(
    browsers: Browsers, seed: Seed
) -> None:
    nora, theo = seed.person(BUYER, "Nora"), seed.person(SELLER, "Theo")
    ticket = seed.ticket(nora, theo)
    screen = await browsers.open(nora, viewport=NARROW, has_touch=True, is_mobile=True)
    await screen.row(ticket.number).tap()
    await screen.ready(ticket.number)
    await expect(screen.tickets).to_be_hidden()
    await screen.button("Details").tap()
    await expect(screen.fact("Status")).to_be_visible()
    await screen.fact("Status").select_option(label="Resolved")
    await screen.button("Back to the conversation").tap()
    await expect(screen.details).to_be_hidden()
    await screen.message_box.fill("From a phone")
    await screen.button("Send").tap()
    await screen.shows(["Seeded message 1", "From a phone"])
    await screen.link("Back to the list").tap()
    await expect(screen.row(ticket.number)).to_contain_text("You: From a phone")
    await expect(screen.message_box).to_be_hidden()


# Quiet.

# What stood somewhere and then elsewhere, without anybody's doing, weighed as browsers do: 0.1 is
# what people begin to mind. What appears where nothing was has not moved.
WATCH_SHIFTS = """() => {
    window.shifted = 0;
    new PerformanceObserver(list => {
        for (const entry of list.getEntries())
            if (entry.sources.every(source => source.previousRect.width)) shifted += entry.value;
    }).observe({type: 'layout-shift', buffered: true});
}"""
SHIFTED = "() => new Promise(done => requestAnimationFrame(() => setTimeout(() => done(shifted))))"


@pytest.fixture
def pair(desk: Desk, seed: Seed) -> tuple[Person, Person, SeededTicket]:
    """Two people and their conversation of yesterday and today."""
    nora, theo = seed.person(BUYER, "Nora"), seed.person(SELLER, "Theo")
    ticket = seed.ticket(nora, theo, messages=40)
    with psycopg.connect(desk.owner_url) as connection:
        connection.execute(
            "UPDATE message SET created_at = created_at - interval '1 day'"
            " WHERE conversation_id = %s AND seq < 38",
            [ticket.id],
        )
    return nora, theo, ticket


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
async def test_nothing_jumps_while_a_ticket_loads(
    browsers: Browsers,
    seed: Seed,
    pair: tuple[Person, Person, SeededTicket],
    size: dict[str, int],
) -> None:
    nora, _, ticket = pair
    zone = zone_at_noon()
    screen = await browsers.open(nora, nora.page(ticket), viewport=size, timezone_id=zone)
    await screen.ready(ticket.number)
    await expect(screen.log.get_by_text("Today")).to_be_visible()
    await screen.page.evaluate(WATCH_SHIFTS)
    assert await screen.page.evaluate(SHIFTED) < 0.002


async def test_a_message_that_arrives_moves_nothing_but_its_own_conversation(
    browsers: Browsers, pair: tuple[Person, Person, SeededTicket]
) -> None:
    nora, theo, ticket = pair
    reader = await browsers.open(nora, nora.page(ticket), viewport=WIDE)
    writer = await browsers.open(theo, theo.page(ticket))
    for screen in (reader, writer):
        await screen.ready(ticket.number)
    still = [reader.message_box, reader.row(ticket.number), reader.details, reader.button("Send")]
    before = [await each.bounding_box() for each in still]
    await reader.log.hover()
    await reader.page.mouse.wheel(0, -400)
    await expect(reader.messages.last).not_to_be_in_viewport()
    await reader.page.evaluate(WATCH_SHIFTS)
    already = await reader.page.evaluate(SHIFTED)
    await writer.send("Quietly")
    await expect(reader.messages.last).to_contain_text("Quietly")
    assert await reader.page.evaluate(SHIFTED) - already < 0.001
    assert [await each.bounding_box() for each in still] == before


async def test_a_whole_session_asks_nobody_but_the_desk(browsers: Browsers) -> None:
    screen = await browsers.open(path="/login")
    await screen.sign_in("bea@demo.test", PASSWORD)
    await screen.rows.first.click()
    await expect(screen.messages.first).to_be_visible()
    await screen.button("New ticket").click()
    await screen.page.keyboard.press("Escape")
    await screen.choose_from_account_menu("Sign out")
    await expect(screen.button("Sign in")).to_be_visible()
    hosts = {urlsplit(url).netloc for url in screen.requests if not url.startswith("data:")}
    assert hosts == {urlsplit(screen.url).netloc}
    assert any(".woff2" in url for url in screen.requests)
    assert any(url.startswith("ws://") for url in screen.requests)
