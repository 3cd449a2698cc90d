"""Calling somebody by name, and how they come to know: count, title, list, sound, and no twice."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Locator, expect

from tests.e2e.conftest import Browsers
from tests.support.axe import violations
from tests.support.screen import Screen
from tests.support.seed import ADMIN, BUYER, SELLER, Person, Seed, SeededTicket

# What a tab plays and shows, written down in the browser's storage, which all its tabs share; and
# whether the tab is in sight and has the focus, as a test wants it.
NOTES = """
    const gone = window.goneAgain = [], note = (what, which) => localStorage.setItem(what,
        JSON.stringify([...JSON.parse(localStorage.getItem(what) ?? '[]'), which]));
    HTMLMediaElement.prototype.play = function () {
        note('played', this.src.split('/').pop()); return Promise.resolve();
    };
    window.Notification = class {
        static permission = localStorage.getItem('answer') ?? 'default';
        static async requestPermission() {
            localStorage.setItem('answer', 'granted');
            note('asked', 'permission');
            return Notification.permission = 'granted';
        }
        constructor(title) { note('shown', title); this.close = () => gone.push(title); }
    };
    const hidden = () => window.outOfSight === true;
    Object.defineProperty(document, 'hidden', {get: hidden});
    Object.defineProperty(
        document, 'visibilityState', {get: () => hidden() ? 'hidden' : 'visible'});
    document.hasFocus = () => !hidden();
"""


class Room:
    def __init__(self, people: list[Person], ticket: SeededTicket) -> None:
        self.bea, self.sol, self.ada = people
        self.ticket = ticket


@pytest.fixture
def room(seed: Seed) -> Room:
    people = [
        seed.person(BUYER, "Bea Miller"), seed.person(SELLER, "Sol"), seed.person(ADMIN, "Ada"),
    ]  # fmt: skip
    return Room(people, seed.ticket(people[0], people[1], subject="A lamp that flickers"))


async def listening(browsers: Browsers, person: Person) -> Screen:
    """A browser that notes what it plays and shows, on that person's list."""
    screen = await browsers.open(person, path="/health")
    await screen.alter().context.add_init_script(NOTES)
    await screen.go(person.home)
    await expect(screen.tickets).to_be_visible()
    return screen


async def noted(screen: Screen, what: str) -> list[str]:
    found: list[str] = await screen.page.evaluate(
        "(what) => JSON.parse(localStorage.getItem(what) ?? '[]')", what
    )
    return found


def bell(screen: Screen) -> Locator:
    return screen.button("Notifications")


async def counts(screen: Screen, number: int) -> None:
    title = re.compile(rf"^\({number}\) ") if number else re.compile(r"^[^(]")
    await expect(bell(screen)).to_contain_text(str(number) if number else "")
    await expect(screen.page).to_have_title(title)


async def delete_last(screen: Screen) -> None:
    await screen.messages.last.get_by_role("button", name="Message actions").click()
    await screen.page.get_by_role("menuitem", name="Delete", exact=True).click()
    await screen.button("Delete message").click()


async def test_a_name_picked_by_keyboard_calls_its_person_and_nobody_who_may_not_read(
    browsers: Browsers, room: Room
) -> None:
    bea = await listening(browsers, room.bea)
    sol = await browsers.open(room.sol, room.sol.page(room.ticket))
    box, menu = sol.box("Message"), sol.page.get_by_role("listbox", name="People to mention")
    await sol.page.get_by_label("Visible to").select_option("staff")
    await box.press_sequentially("Not for @Be")
    await expect(menu).to_have_count(0)
    await box.fill("")
    await sol.page.get_by_label("Visible to").select_option("everyone")
    await box.press_sequentially("Look, @mil")
    await expect(menu.get_by_role("option", name="Bea Miller, Buyer")).to_be_visible()
    await box.press("Enter")
    await expect(box).to_have_value("Look, @Bea Miller ")
    await box.press("Enter")

    await counts(bea, 1)
    await bell(bea).click()
    panel = bea.page.get_by_role("dialog", name="Notifications")
    await expect(panel.get_by_role("listitem")).to_contain_text("Sol mentioned you")
    await panel.get_by_role("link", name="Sol mentioned you").click()
    mention = bea.page.get_by_role("log").locator(".mention", has_text="@Bea Miller")
    await expect(mention).to_be_visible()
    await counts(bea, 0)
    mine = await mention.evaluate("(name) => getComputedStyle(name).backgroundColor")
    theirs = await sol.page.locator(".mention").evaluate(
        "(name) => getComputedStyle(name).backgroundColor"
    )
    assert mine != theirs
    assert await noted(bea, "played") == ["mention.wav"]


async def test_two_tabs_sound_once_and_the_browser_shows_it_once_after_one_question(
    browsers: Browsers, room: Room
) -> None:
    first = await listening(browsers, room.bea)
    second = await browsers.tab(await first.context.new_page())
    await second.go(room.bea.home)
    sol = await browsers.open(room.sol, room.sol.page(room.ticket))
    await expect(second.tickets).to_be_visible()
    assert await noted(first, "asked") == []

    await bell(first).click()
    asks = await first.page.get_by_text("Be told on this computer").bounding_box()
    assert asks
    assert asks["height"] <= 36  # Two lines, above what there is to read.
    await first.button("Turn on").click()
    await expect(first.button("Turn on")).to_have_count(0)
    assert await noted(first, "asked") == ["permission"]
    await first.button("Close").click()
    await second.page.reload()
    await bell(second).click()
    await expect(second.page.get_by_text("Nothing yet")).to_be_visible()
    await expect(second.button("Turn on")).to_have_count(0)
    await second.button("Close").click()

    await sol.send("One")
    for tab in (first, second):
        await counts(tab, 1)
    await first.page.wait_for_function("localStorage.getItem('played')")
    for tab in (first, second):
        await tab.page.evaluate("window.outOfSight = true")
    await sol.send("@Bea Miller, two")
    for tab in (first, second):
        await counts(tab, 2)
    await first.page.wait_for_function("JSON.parse(localStorage.getItem('shown') ?? '[]').length")
    # Both tabs have had their turn by the time the next is told.
    await sol.send("Three")
    await first.page.wait_for_function("JSON.parse(localStorage.getItem('played')).length === 3")
    assert await noted(first, "played") == ["message.wav", "mention.wav", "message.wav"]
    await first.page.wait_for_function("JSON.parse(localStorage.getItem('shown')).length === 2")
    shown = await noted(first, "shown")
    assert shown[0] == f"Sol mentioned you · {room.ticket.number}"
    await delete_last(sol)
    for tab in (first, second):
        await counts(tab, 2)
    gone: list[str] = []
    for tab in (first, second):
        await tab.page.wait_for_function("!window.shownApart?.length")
        gone += await tab.page.evaluate("window.goneAgain")
    assert sorted(gone) == sorted(shown)


async def test_nothing_sounds_for_what_is_in_view_or_ones_own_or_when_one_wants_none(
    browsers: Browsers, room: Room
) -> None:
    bea = await listening(browsers, room.bea)
    sol = await browsers.open(room.sol, room.sol.page(room.ticket))
    await bea.go(room.bea.page(room.ticket))
    await sol.send("You see this.")
    await expect(bea.log).to_contain_text("You see this.")
    await bea.send("I do.")
    await bea.go("/account")
    sound = bea.page.get_by_role("checkbox", name="Play a sound")
    await expect(sound).to_be_checked()
    await sound.click()
    await expect(sound).not_to_be_checked()
    await sol.send("Quietly.")
    await counts(bea, 1)
    await sound.click()
    await expect(sound).to_be_checked()
    await sol.send("Aloud.")
    await bea.page.wait_for_function("localStorage.getItem('played')")
    assert await noted(bea, "played") == ["message.wav"]


async def test_a_deleted_message_is_gone_from_count_title_and_open_list(
    browsers: Browsers, room: Room
) -> None:
    bea = await listening(browsers, room.bea)
    sol = await browsers.open(room.sol, room.sol.page(room.ticket))
    await sol.send("A mistake")
    await counts(bea, 1)
    await bell(bea).click()
    panel = bea.page.get_by_role("dialog", name="Notifications")
    await expect(panel.get_by_role("listitem")).to_contain_text("A mistake")
    assert await violations(bea.page) == ""
    await bea.button("No, thanks").click()
    await expect(bea.button("Turn on")).to_have_count(0)
    await delete_last(sol)
    await expect(panel.get_by_text("Nothing yet")).to_be_visible()
    await counts(bea, 0)
    await bea.button("Close").click()
    await bea.page.reload()
    await bell(bea).click()
    await expect(panel.get_by_text("Nothing yet")).to_be_visible()
    await expect(bea.button("Turn on")).to_have_count(0)
    assert await noted(bea, "asked") == []


@pytest.mark.parametrize("mode", ["light", "dark"])
async def test_the_account_page_can_be_used_by_everybody(
    browsers: Browsers, room: Room, mode: str
) -> None:
    ada = await browsers.open(room.ada, color_scheme=mode)
    await ada.choose_from_account_menu("Settings")
    await ada.arrives_at("/account")
    mentions = ada.page.get_by_role("checkbox", name="Somebody mentions me")
    await expect(mentions).to_be_checked()
    await mentions.focus()
    await ada.page.keyboard.press("Space")
    await expect(mentions).not_to_be_checked()
    await ada.page.reload()
    await expect(mentions).not_to_be_checked()
    assert await violations(ada.page) == ""
