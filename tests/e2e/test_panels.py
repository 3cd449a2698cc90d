"""Panels: their borders on a wide screen, and one at a time on a phone."""

from __future__ import annotations

import pytest
from playwright.async_api import Locator, expect

from tests.e2e.conftest import Browsers
from tests.support.screen import Screen
from tests.support.seed import ADMIN, BUYER, SELLER, Person, Seed, SeededTicket

WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 390, "height": 844}

# Controls that a finger may miss. Links inside running text are as high as their line.
TOO_SMALL = """() => {
    const small = [];
    const controls = 'a[href], button, select, input:not([type=hidden]), textarea, [role=menuitem]';
    for (const control of document.querySelectorAll(controls)) {
        // A box to tick is as large as its label.
        const box = (control.closest('label') ?? control).getBoundingClientRect();
        if (!control.checkVisibility({visibilityProperty: true}) || !box.width
            || control.closest('.skip, .unseen') || control.matches('p a'))
            continue;
        if (box.height < 44 || box.width < 44) small.push(control.outerHTML.slice(0, 160));
    }
    return small;
}"""
STICKS_OUT = """() => [...document.querySelectorAll('html, body, body *')]
    .filter((element) => !element.closest('.unseen, .skip, [role=tablist], :has(> [role=tablist])')
        && (element.getBoundingClientRect().right > innerWidth + 1
            || ['auto', 'scroll'].includes(getComputedStyle(element).overflowX)
            && element.scrollWidth > element.clientWidth))
    .map((element) => element.outerHTML.slice(0, 160))"""


@pytest.fixture
def nora(seed: Seed) -> Person:
    return seed.person(BUYER, "Nora")


@pytest.fixture
def ticket(seed: Seed, nora: Person) -> SeededTicket:
    return seed.ticket(nora, seed.person(SELLER, "Theo"), messages=3)


@pytest.fixture
async def screen(browsers: Browsers, nora: Person, ticket: SeededTicket) -> Screen:
    screen = await browsers.open(nora, nora.page(ticket), viewport=WIDE)
    await screen.ready(ticket.number)
    return screen


def list_(screen: Screen) -> Locator:
    return screen.page.get_by_role("region", name="Ticket list")


def border(screen: Screen, of: str) -> Locator:
    return screen.page.get_by_role("separator", name=f"Resize the {of}")


async def width(panel: Locator) -> float:
    box = await panel.bounding_box()
    return round(box["width"]) if box else 0


async def are_as_wide_as(screen: Screen, list_width: float, details_width: float) -> None:
    """What is dragged or opened has its width a frame later."""
    for panel, wanted in ((list_(screen), list_width), (screen.details, details_width)):
        await is_as_wide_as(panel, wanted)


async def is_as_wide_as(panel: Locator, wanted: float) -> None:
    await panel.page.wait_for_function(
        "([panel, wanted]) => Math.round(panel.getBoundingClientRect().width) === wanted",
        arg=[await panel.element_handle(), wanted],
    )


async def drag(screen: Screen, of: str, by: float) -> None:
    box = await border(screen, of).bounding_box()
    assert box is not None
    x, y, mouse = box["x"], box["y"] + box["height"] / 2, screen.page.mouse
    await mouse.move(x, y)
    await mouse.down()
    await mouse.move(x + by, y, steps=4)
    await mouse.up()


async def test_borders_can_be_dragged_and_stay_where_they_were_put(
    screen: Screen, ticket: SeededTicket
) -> None:
    await are_as_wide_as(screen, 360, 304)
    await drag(screen, "list", 80)
    await drag(screen, "details", -60)
    await are_as_wide_as(screen, 440, 364)
    await screen.page.reload()
    await screen.ready(ticket.number)
    await are_as_wide_as(screen, 440, 364)


async def test_borders_move_from_the_keyboard_and_say_where_they_are(screen: Screen) -> None:
    for panel, of, wider, narrower in (
        (list_(screen), "list", "ArrowRight", "ArrowLeft"),
        (screen.details, "details", "ArrowLeft", "ArrowRight"),
    ):
        before, said = await width(panel), await border(screen, of).get_attribute("aria-valuenow")
        await border(screen, of).focus()
        await screen.page.keyboard.press(wider)
        await expect(border(screen, of)).not_to_have_attribute("aria-valuenow", said or "")
        assert await width(panel) > before
        await screen.page.keyboard.press(narrower)
        await expect(border(screen, of)).to_have_attribute("aria-valuenow", said or "")


async def test_list_and_details_are_put_away_and_come_back_as_wide_as_they_were(
    screen: Screen, ticket: SeededTicket
) -> None:
    await drag(screen, "list", 40)
    await screen.button("Hide the list").click()
    await screen.page.keyboard.press("]")
    for _ in range(2):
        await expect(screen.tickets).to_be_hidden()
        await expect(screen.fact("Status")).to_be_hidden()
        await expect(screen.button("Show the details")).to_have_attribute("aria-expanded", "false")
        await screen.page.reload()
        await screen.ready(ticket.number)
    await screen.button("Show the details").click()
    await expect(screen.fact("Status")).to_be_visible()
    await screen.page.keyboard.press("u")
    await expect(screen.row(ticket.number)).to_be_visible()
    await is_as_wide_as(list_(screen), 400)


async def test_smaller_windows_have_their_own_layout_whatever_was_dragged(screen: Screen) -> None:
    await drag(screen, "list", 200)
    await screen.page.set_viewport_size({"width": 1000, "height": 800})
    await expect(screen.details).to_be_hidden()
    assert await width(list_(screen)) < 400
    await screen.page.set_viewport_size({"width": 700, "height": 800})
    await expect(screen.tickets).to_be_hidden()
    await expect(border(screen, "list")).to_be_hidden()
    await screen.page.set_viewport_size(WIDE)
    await expect(screen.details).to_be_visible()
    await is_as_wide_as(list_(screen), 560)


# On a phone.


async def test_a_phone_has_three_screens_with_a_way_back(
    browsers: Browsers, nora: Person, ticket: SeededTicket
) -> None:
    screen = await browsers.open(nora, viewport=NARROW, has_touch=True, is_mobile=True)
    await screen.row(ticket.number).tap()
    await screen.ready(ticket.number)
    await expect(screen.tickets).to_be_hidden()
    await bell_rings(screen)
    await screen.button("Details").tap()
    await expect(screen.fact("Status")).to_be_visible()
    await expect(screen.button("Back to the conversation")).to_be_focused()
    await bell_rings(screen)
    await expect(screen.log).to_be_hidden()
    await expect(screen.button("Back to the conversation")).to_be_focused()
    await screen.button("Back to the conversation").tap()
    await expect(screen.details).to_be_hidden()
    await expect(screen.log).to_be_visible()
    await expect(screen.button("Details")).to_be_focused()
    await screen.link("Back to the list").tap()
    await expect(screen.row(ticket.number)).to_be_visible()
    await expect(screen.log).to_be_hidden()


async def test_on_a_phone_the_title_has_its_place_until_one_searches(
    browsers: Browsers, nora: Person, ticket: SeededTicket
) -> None:
    screen = await browsers.open(nora, nora.page(ticket), viewport=NARROW, is_mobile=True)
    await screen.ready(ticket.number)
    title = screen.page.locator(".thread .title")
    await expect(title.get_by_role("heading")).to_be_in_viewport(ratio=1)
    await expect(title.get_by_text(ticket.number)).to_be_in_viewport(ratio=1)

    async def width() -> float:
        box = await screen.page.get_by_role("searchbox", name="Search conversation").bounding_box()
        assert box
        return box["width"]

    assert await width() == 44
    await screen.page.get_by_role("searchbox", name="Search conversation").fill("lamp")
    assert await width() > 150
    await screen.message_box.focus()
    assert await width() > 150
    await screen.page.get_by_role("searchbox", name="Search conversation").fill("")
    await screen.message_box.focus()
    assert await width() == 44


async def test_on_a_phone_back_leads_from_the_details_to_the_conversation(
    browsers: Browsers, nora: Person, ticket: SeededTicket
) -> None:
    screen = await browsers.open(nora, viewport=NARROW, has_touch=True, is_mobile=True)
    await screen.row(ticket.number).tap()
    await screen.ready(ticket.number)
    at_ticket = screen.page.url
    await screen.message_box.fill("Half a sentence")
    await screen.button("Details").tap()
    await expect(screen.log).to_be_hidden()
    await screen.page.go_back()
    await expect(screen.log).to_be_visible()
    await expect(screen.details).to_be_hidden()
    await expect(screen.button("Details")).to_be_focused()
    await expect(screen.message_box).to_have_value("Half a sentence")
    assert screen.page.url == at_ticket
    await screen.page.go_forward()
    await expect(screen.fact("Status")).to_be_visible()
    await screen.page.reload()
    await expect(screen.fact("Status")).to_be_visible()
    # The button leads the same way, so that there is no step too many.
    await screen.button("Back to the conversation").tap()
    await expect(screen.log).to_be_visible()
    await screen.page.go_back()
    await expect(screen.row(ticket.number)).to_be_visible()
    await screen.page.go_forward()
    await screen.ready(ticket.number)
    await expect(screen.log).to_be_visible()


async def bell_rings(screen: Screen) -> None:
    """It stays where one reads, with its list in sight; the rest of the navigation does not."""
    before = await screen.page.evaluate("document.activeElement.ariaLabel")
    await expect(screen.button("Account")).to_be_hidden()
    await expect(screen.button("Notifications")).to_be_in_viewport(ratio=1)
    await screen.button("Notifications").tap()
    panel = screen.page.get_by_role("dialog", name="Notifications")
    await expect(panel).to_be_in_viewport(ratio=1)
    await panel.get_by_role("button", name="Close").tap()
    await expect(panel).to_be_hidden()
    await expect(screen.button("Notifications")).to_be_focused()
    if before:
        await screen.button(before).focus()


@pytest.mark.parametrize("across", [360, 390])
async def test_on_a_phone_fingers_find_every_control_and_nothing_sticks_out(
    browsers: Browsers, nora: Person, ticket: SeededTicket, across: int
) -> None:
    phone = {"viewport": {"width": across, "height": 780}, "has_touch": True, "is_mobile": True}
    for path in ("/login", "/signup"):
        door = await browsers.open(path=path, **phone)
        await expect(door.box("Email")).to_be_visible()
        assert await door.page.evaluate(STICKS_OUT) == []
        assert await door.page.evaluate(TOO_SMALL) == []

    async def sound() -> None:
        assert await screen.page.evaluate(STICKS_OUT) == []
        assert await screen.page.evaluate(TOO_SMALL) == []

    screen = await browsers.open(nora, **phone)
    await expect(screen.row(ticket.number)).to_be_visible()
    await sound()
    await screen.button("Account").tap()
    await screen.page.get_by_role("menuitem", name="Commands").tap()
    await expect(screen.page.get_by_role("dialog", name="Command palette")).to_be_visible()
    await sound()
    await screen.page.keyboard.press("Escape")
    await screen.row(ticket.number).tap()
    await screen.ready(ticket.number)
    await sound()
    await screen.button("Details").tap()
    await expect(screen.fact("Status")).to_be_visible()
    await sound()


async def test_a_window_as_narrow_as_a_phone_is_as_easy_to_hit_for_an_admin(
    browsers: Browsers, seed: Seed, ticket: SeededTicket
) -> None:
    iris = seed.person(ADMIN, "Iris")
    screen = await browsers.open(iris, f"{iris.home}?q={ticket.number}", viewport=NARROW)

    async def sound() -> None:
        assert await screen.page.evaluate(STICKS_OUT) == []
        assert await screen.page.evaluate(TOO_SMALL) == []

    await screen.tickets.get_by_role("checkbox").click()
    await expect(screen.page.get_by_role("group", name="Selected tickets")).to_be_visible()
    await screen.button("Filters").click()
    await sound()
    await screen.row(ticket.number).click()
    await screen.ready(ticket.number)
    await sound()
    await screen.button("Details").click()
    await expect(screen.fact("Status")).to_be_visible()
    await sound()
    await screen.go("/admin/settings")
    await expect(screen.page.get_by_role("region", name="Tags", exact=True)).to_be_visible()
    await sound()
