"""Without a mouse: the newcomer's story, every shortcut, and the command palette."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Locator, expect

from supportdesk.demo.load import PASSWORD
from supportdesk.domain.ids import new_id
from tests.e2e.conftest import Browsers
from tests.support.screen import Screen
from tests.support.seed import ADMIN, BUYER, SELLER, Person, Seed, SeededTicket

WIDE = {"width": 1440, "height": 900}
ON_A_MAC = "Object.defineProperty(navigator, 'userAgent', {get: () => 'Macintosh'})"


async def tab_to(screen: Screen, target: Locator, key: str = "Tab") -> None:
    for _ in range(80):
        if await target.evaluate("element => element === document.activeElement"):
            return
        await screen.page.keyboard.press(key)
    raise AssertionError(f"Tab never came to {target}")


async def press(screen: Screen, *keys: str) -> None:
    for key in keys:
        await screen.page.keyboard.press(key)


def palette(screen: Screen) -> Locator:
    return screen.page.get_by_role("dialog", name="Command palette")


def shortcuts(screen: Screen) -> Locator:
    return screen.page.get_by_role("dialog", name="Keyboard shortcuts")


def heading(screen: Screen, subject: str) -> Locator:
    return screen.page.get_by_role("heading", name=subject, exact=True)


async def go_to(screen: Screen, number: str) -> None:
    """By the palette, as fast as one types."""
    await press(screen, "Control+k")
    await screen.page.keyboard.type(number)
    option = palette(screen).get_by_role("option", name=number)
    await expect(option).to_have_attribute("aria-selected", "true")
    await press(screen, "Enter")
    await screen.ready(number)


# The story.


async def test_three_people_settle_a_ticket_without_a_mouse(browsers: Browsers) -> None:
    bea, sol, ada = [await sign_in(browsers, name) for name in ("bea", "sol", "ada")]
    await press(bea, "c")
    await bea.page.keyboard.type("The kettle leaks")
    await press(bea, "Tab")
    await bea.page.keyboard.type("From the lid.")
    await tab_to(bea, bea.page.get_by_role("combobox", name="Seller"))
    await bea.page.keyboard.type("Sol")
    await tab_to(bea, bea.button("Create ticket"))
    await press(bea, "Enter")
    await expect(bea.page).to_have_url(re.compile(r"/buyer/tickets/TC-\d{4}$"))
    number = bea.page.url.rpartition("/")[2]
    await expect(heading(bea, "The kettle leaks")).to_be_focused()

    await expect(sol.row(number)).to_be_visible()
    await press(sol, "j")
    await expect(sol.row(number)).to_be_focused()
    await press(sol, "Enter")
    await sol.ready(number)
    await expect(heading(sol, "The kettle leaks")).to_be_focused()
    await go_to(ada, number)

    said = ["From the lid."]
    for screen, text in ((sol, "Which one is it?"), (ada, "We send a new one."), (bea, "Thanks!")):
        await press(screen, "r")
        await expect(screen.message_box).to_be_focused()
        await screen.page.keyboard.type(text)
        await press(screen, "Enter")
        said.append(text)
        for each in (bea, sol, ada):
            await each.shows(said)

    await tab_to(sol, sol.fact("Status"))
    await sol.page.keyboard.type("In p")
    for screen in (bea, sol, ada):
        await expect(screen.fact("Status")).to_have_value("in_progress")
    await ada.message_box.blur()
    await press(ada, "e")
    for screen in (bea, sol, ada):
        await expect(screen.row(number)).to_contain_text("Closed")
        await expect(screen.events.filter(has_text="set status to Closed")).to_be_visible()


async def sign_in(browsers: Browsers, name: str) -> Screen:
    screen = await browsers.open(path="/login", viewport=WIDE)
    await expect(screen.box("Email")).to_be_focused()
    await screen.page.keyboard.type(f"{name}@demo.test")
    await press(screen, "Tab")
    await screen.page.keyboard.type(PASSWORD)
    await press(screen, "Enter")
    await expect(screen.rows.first).to_be_visible()
    return screen


# The shortcuts.


@pytest.fixture
def nora(seed: Seed) -> Person:
    return seed.person(BUYER, "Nora")


@pytest.fixture
def tickets(seed: Seed, nora: Person) -> list[SeededTicket]:
    """Three of Nora's to Theo; the last stands on top."""
    theo = seed.person(SELLER, "Theo")
    return [seed.ticket(nora, theo, subject=f"Ticket {n}") for n in range(3)]


@pytest.fixture
async def screen(browsers: Browsers, nora: Person, tickets: list[SeededTicket]) -> Screen:
    screen = await browsers.open(nora, viewport=WIDE)
    await expect(screen.rows).to_have_count(len(tickets))
    return screen


async def test_j_and_k_and_arrows_walk_through_the_list_and_u_comes_back(
    screen: Screen, tickets: list[SeededTicket]
) -> None:
    walk = [("j", 0), ("j", 1), ("ArrowDown", 2), ("j", 2), ("ArrowUp", 1), ("k", 0), ("k", 0)]
    for key, row in walk:
        await press(screen, key)
        await expect(screen.rows.nth(row)).to_be_focused()
    await press(screen, "Enter")
    await screen.ready(tickets[2].number)
    await press(screen, "j")
    await expect(screen.rows.nth(1)).to_be_focused()
    await press(screen, "u")
    await expect(screen.rows.nth(0)).to_be_focused()
    await expect(screen.message_box).to_be_hidden()
    await press(screen, "j", "Enter")
    await screen.ready(tickets[1].number)


async def test_letters_reply_star_and_close(screen: Screen, tickets: list[SeededTicket]) -> None:
    await press(screen, "j", "Enter")
    await screen.ready(tickets[2].number)
    await press(screen, "s")
    await expect(screen.button("Star")).to_have_attribute("aria-pressed", "true")
    await press(screen, "r")
    await expect(screen.message_box).to_be_focused()
    await screen.message_box.blur()
    await press(screen, "e")
    await expect(screen.page.get_by_text("This ticket is closed")).to_be_visible()


async def test_escape_leads_out_of_a_reply_that_is_kept_and_keys_work_again(
    screen: Screen, tickets: list[SeededTicket]
) -> None:
    await press(screen, "j", "Enter")
    await screen.ready(tickets[2].number)
    await press(screen, "r")
    await screen.message_box.press_sequentially("I shall ask @The")
    menu = screen.page.get_by_role("listbox")
    await expect(menu).to_be_visible()
    await press(screen, "Escape")
    await expect(menu).to_have_count(0)
    await expect(screen.message_box).to_be_focused()
    await press(screen, "Escape")
    await expect(screen.log).to_be_focused()
    await press(screen, "j")
    await expect(screen.row(tickets[1].number)).to_be_focused()
    await press(screen, "r")
    await expect(screen.message_box).to_be_focused()
    await expect(screen.message_box).to_have_value("I shall ask @The")


async def test_keys_act_on_the_row_that_has_the_focus_whatever_else_is_open(
    browsers: Browsers, seed: Seed, nora: Person, tickets: list[SeededTicket]
) -> None:
    _, second, third = tickets
    vera = seed.person(ADMIN, f"Vera {new_id().hex[-6:]}")
    screen = await browsers.open(vera, f"{vera.page(third)}?buyer={nora.id}", viewport=WIDE)
    await screen.ready(third.number)
    row = screen.row(second.number)
    await press(screen, "j")
    await expect(row).to_be_focused()
    await press(screen, "s")
    await expect(row).to_contain_text("Starred")
    await press(screen, "e")
    await expect(row).to_contain_text("Closed")
    await expect(screen.rows.first).to_contain_text(second.number)
    await expect(row).to_be_focused()
    await expect(screen.button("Close ticket")).to_be_visible()
    await expect(screen.button("Star")).to_have_attribute("aria-pressed", "false")

    await press(screen, "a")
    await screen.ready(second.number)
    await expect(screen.fact("Assignee")).to_be_focused()
    await screen.page.keyboard.type(vera.name)
    people = screen.details.get_by_role("listbox", name="People to assign").get_by_role("option")
    await expect(people).to_have_count(1)
    await press(screen, "Enter")
    await expect(screen.events.last).to_contain_text(f"set assignee to {vera.name}")
    await expect(row).to_be_focused()
    await press(screen, "a")
    await expect(screen.fact("Assignee")).to_be_focused()
    await press(screen, "Escape")
    await expect(row).to_be_focused()

    # What leaves the list leaves its place to the next.
    await screen.go(f"{vera.home}?buyer={nora.id}&status=open")
    await expect(screen.rows).to_have_count(2)
    await press(screen, "j", "e")
    await expect(screen.rows).to_have_count(1)
    await press(screen, "j")
    await expect(screen.rows.first).to_be_focused()


async def test_j_goes_on_from_what_is_open_once_somebody_has_gone_elsewhere(
    screen: Screen, nora: Person, tickets: list[SeededTicket]
) -> None:
    await screen.go(f"{nora.home}?status=open")
    await expect(screen.rows).to_have_count(3)
    await press(screen, "j", "j", "e")
    await expect(screen.rows).to_have_count(2)
    await screen.rows.last.click()
    await screen.ready(tickets[0].number)
    await expect(heading(screen, "Ticket 0")).to_be_focused()
    await press(screen, "k")
    await expect(screen.row(tickets[2].number)).to_be_focused()
    # In another list there is no such place.
    await press(screen, "e")
    await expect(screen.rows).to_have_count(1)
    list_ = screen.page.get_by_role("region", name="Ticket list")
    await list_.get_by_role("combobox", name="Status").select_option(label="Closed")
    await expect(screen.rows).to_have_count(3)
    await expect(screen.rows.last).to_contain_text(tickets[0].number)
    await screen.page.evaluate("document.activeElement.blur()")
    await press(screen, "k")
    await expect(screen.row(tickets[1].number)).to_be_focused()


async def test_where_the_details_are_out_of_sight_a_shows_them_for_the_row(
    browsers: Browsers, seed: Seed, nora: Person, tickets: list[SeededTicket]
) -> None:
    vera = seed.person(ADMIN, f"Vera {new_id().hex[-6:]}")
    middle = {"width": 1000, "height": 800}
    screen = await browsers.open(vera, f"{vera.home}?buyer={nora.id}", viewport=middle)
    await expect(screen.rows).to_have_count(3)
    await press(screen, "j", "j", "a")
    await screen.ready(tickets[1].number)
    await expect(screen.fact("Assignee")).to_be_focused()
    await press(screen, "Escape")
    await expect(screen.row(tickets[1].number)).to_be_focused()
    # Who has gone elsewhere by themselves stays there.
    await press(screen, "a")
    await expect(screen.fact("Assignee")).to_be_focused()
    await screen.fact("Status").focus()
    await screen.fact("Assignee").click()
    await press(screen, "Escape")
    await expect(screen.row(tickets[1].number)).not_to_be_focused()


async def test_arrow_keys_on_a_select_choose_nothing_that_they_pass_by(
    browsers: Browsers, seed: Seed, nora: Person, tickets: list[SeededTicket]
) -> None:
    ticket = tickets[0]
    vera = seed.person(ADMIN, "Vera")
    screen = await browsers.open(vera, f"{vera.page(ticket)}?buyer={nora.id}", viewport=WIDE)
    await screen.ready(ticket.number)
    priority = screen.fact("Priority")
    await priority.focus()
    await press(screen, "ArrowDown", "ArrowDown", "ArrowDown", "Enter")
    await expect(priority).to_have_value("urgent")
    await expect(screen.events).to_have_text([re.compile("set priority to Urgent")])
    await expect(priority).to_be_focused()
    # In a filter each would be a step that "back" has to undo.
    before = screen.page.url
    await screen.page.get_by_role("combobox", name="Sort by").focus()
    await press(screen, "ArrowDown", "ArrowDown", "ArrowDown", "Enter")
    await expect(screen.page).to_have_url(re.compile("sort=priority$"))
    await screen.page.go_back()
    await expect(screen.page).to_have_url(before)


async def test_several_are_selected_changed_and_put_back_without_a_mouse(
    screen: Screen, tickets: list[SeededTicket]
) -> None:
    chosen = screen.page.get_by_role("group", name="Selected tickets")
    said = screen.page.get_by_role("status", name="What was changed")
    await press(screen, "j", "x")
    await expect(chosen).to_contain_text("1 selected")
    await press(screen, "Escape")
    await expect(chosen).to_have_count(0)
    await press(screen, "x")
    await expect(chosen).to_contain_text("1 selected")
    await press(screen, "j", "j", "Shift+X")
    await expect(chosen).to_contain_text("3 selected")
    await press(screen, "Control+k")
    await screen.page.keyboard.type("selected: set priority to urg")
    await press(screen, "Enter")
    await expect(said).to_contain_text("3 tickets changed.")
    await expect(screen.row(tickets[0].number)).to_contain_text("Urgent")
    await expect(screen.row(tickets[0].number)).to_be_focused()
    await press(screen, "z")
    await expect(said).to_contain_text("3 tickets are as before.")


async def test_keys_go_on_from_a_box_that_was_ticked(
    screen: Screen, tickets: list[SeededTicket]
) -> None:
    boxes = screen.page.get_by_role("checkbox", name=re.compile("^Select TC"))
    chosen = screen.page.get_by_role("group", name="Selected tickets")
    await boxes.nth(1).click()
    await expect(boxes.nth(1)).to_be_focused()
    await press(screen, "s")
    await expect(screen.rows.nth(1)).to_contain_text("Starred")
    await press(screen, " ")
    await expect(chosen).to_have_count(0)
    await press(screen, "x")
    await expect(chosen).to_contain_text("1 selected")
    await press(screen, "j")
    await expect(screen.rows.nth(2)).to_be_focused()


async def test_the_slash_searches_and_arrow_and_escape_lead_into_the_list(
    screen: Screen, nora: Person, tickets: list[SeededTicket]
) -> None:
    box = screen.page.get_by_role("searchbox", name="Search tickets")
    await press(screen, "/")
    await expect(box).to_be_focused()
    await screen.page.keyboard.type("Ticket 1")
    await expect(screen.rows).to_have_count(1)
    await press(screen, "ArrowDown")
    await expect(screen.row(tickets[1].number)).to_be_focused()
    await press(screen, "/", "Escape")
    await screen.arrives_at(nora.home)
    await expect(screen.rows).to_have_count(3)
    await press(screen, "Escape")
    await expect(screen.rows.first).to_be_focused()


async def test_c_files_a_ticket_and_an_admin_has_no_such_key(
    browsers: Browsers, seed: Seed, screen: Screen
) -> None:
    await press(screen, "c")
    dialog = screen.page.get_by_role("dialog", name="New ticket")
    await expect(dialog.get_by_role("textbox", name="Subject")).to_be_focused()
    await press(screen, "Escape", "?")
    await expect(shortcuts(screen)).to_contain_text("New ticket")
    admin = await browsers.open(seed.person(ADMIN, "Vera"), viewport=WIDE)
    await expect(admin.rows.first).to_be_visible()
    await press(admin, "c", "?")
    await expect(shortcuts(admin)).to_contain_text("Assign")
    await expect(shortcuts(admin)).not_to_contain_text("New ticket")
    await press(admin, "Escape")
    await admin.alter().evaluate(ON_A_MAC)
    await press(admin, "Meta+k")
    await expect(palette(admin)).to_be_visible()


async def test_keys_do_nothing_while_one_types_or_holds_a_modifier_or_is_in_a_dialog(
    screen: Screen, tickets: list[SeededTicket]
) -> None:
    await press(screen, "j", "Enter")
    await screen.ready(tickets[2].number)
    for key in ("Control+e", "Alt+e", "Meta+e", "Control+s", "Alt+r"):
        await press(screen, key)
    await press(screen, "r")
    await screen.page.keyboard.type("just e s u c k ? / [ ]")
    await expect(screen.message_box).to_have_value("just e s u c k ? / [ ]")
    await screen.message_box.blur()
    await press(screen, "?")
    await press(screen, "e", "s", "u", "c", "r", "j", "Control+k")
    await expect(palette(screen)).to_be_hidden()
    await press(screen, "Escape")
    await expect(shortcuts(screen)).to_be_hidden()
    await press(screen, "s")
    await expect(screen.button("Star")).to_have_attribute("aria-pressed", "true")
    await expect(screen.button("Close ticket")).to_be_visible()
    await expect(screen.events).to_have_count(0)


# The palette.


async def test_the_palette_is_a_combobox_that_gives_the_focus_back(
    screen: Screen, tickets: list[SeededTicket]
) -> None:
    await press(screen, "j", "Enter")
    await screen.ready(tickets[2].number)
    await press(screen, "r")
    await screen.page.keyboard.type("Half a sentence")
    await press(screen, "Control+k")
    field = palette(screen).get_by_role("combobox", name="Command")
    await expect(field).to_be_focused()
    options = palette(screen).get_by_role("listbox").get_by_role("option")
    await expect(palette(screen).get_by_role("option", name="Ticket 2")).to_be_visible()
    for position in (0, 1, 2):
        await expect(options.nth(position)).to_have_attribute("aria-selected", "true")
        chosen = await options.nth(position).get_attribute("id") or ""
        await expect(field).to_have_attribute("aria-activedescendant", chosen)
        await press(screen, "ArrowDown")
    await press(screen, "ArrowUp", "Escape")
    await expect(palette(screen)).to_be_hidden()
    await expect(screen.message_box).to_be_focused()
    await expect(screen.message_box).to_have_value("Half a sentence")
    await press(screen, "Control+k")
    await screen.page.keyboard.type("ticket 1")
    await expect(options).to_have_count(1)
    await press(screen, "Enter")
    await screen.ready(tickets[1].number)
    await expect(heading(screen, "Ticket 1")).to_be_focused()


async def test_the_palette_does_what_the_keys_do(
    screen: Screen, tickets: list[SeededTicket]
) -> None:
    await go_to(screen, tickets[0].number)
    for typed, done in (
        ("star", expect(screen.button("Star")).to_have_attribute("aria-pressed", "true")),
        ("reply", expect(screen.message_box).to_be_focused()),
        ("shortcuts", expect(shortcuts(screen)).to_be_visible()),
    ):
        await press(screen, "Control+k")
        await screen.page.keyboard.type(typed)
        await press(screen, "Enter")
        await done
    await press(screen, "Escape", "Control+k")
    await screen.page.keyboard.type("close ticket")
    await press(screen, "Enter")
    await expect(screen.page.get_by_text("This ticket is closed")).to_be_visible()


async def test_the_palette_finds_no_ticket_of_others(
    browsers: Browsers, seed: Seed, tickets: list[SeededTicket]
) -> None:
    stranger = await browsers.open(seed.person(BUYER, "Nils"), viewport=WIDE)
    await expect(stranger.page.get_by_text("No tickets yet")).to_be_visible()
    await press(stranger, "Control+k")
    await stranger.page.keyboard.type(tickets[0].number)
    await expect(palette(stranger)).to_contain_text("Nothing found")
    await expect(palette(stranger).get_by_role("option")).to_have_count(0)


async def test_commands_and_shortcuts_are_in_the_account_menu_too(screen: Screen) -> None:
    for item, dialog in (
        ("Commands", palette(screen)), ("Keyboard shortcuts", shortcuts(screen)),
    ):  # fmt: skip
        await screen.choose_from_account_menu(item)
        await expect(dialog).to_be_visible()
        await press(screen, "Escape")
        await expect(screen.button("Account")).to_be_focused()


async def test_the_first_tab_leads_past_the_navigation(screen: Screen) -> None:
    await screen.page.evaluate("document.activeElement.blur()")
    await press(screen, "Tab")
    await expect(screen.link("Skip to the content")).to_be_focused()
    await press(screen, "Enter")
    await expect(screen.page.get_by_role("main")).to_be_focused()
