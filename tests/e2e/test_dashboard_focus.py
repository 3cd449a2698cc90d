"""Whoever adds, changes or deletes something on the dashboard goes on where they were."""

from __future__ import annotations

import psycopg
import pytest
from playwright.async_api import Locator, expect

from supportdesk import routes
from supportdesk.domain.ids import new_id
from tests.e2e.conftest import Browsers
from tests.e2e.test_access import WIDE
from tests.e2e.test_dashboard_keys import strike
from tests.e2e.test_dashboard_settings import dialog, press
from tests.e2e.test_settings import PATH, box, section
from tests.support.desk import Desk
from tests.support.screen import Screen
from tests.support.seed import ADMIN, SELLER, Seed


@pytest.fixture
def team(desk: Desk) -> str:
    name = f"Team {new_id().hex[-8:]}"
    with psycopg.connect(desk.owner_url) as connection:
        connection.execute("INSERT INTO team (id, name) VALUES (%s, %s)", [new_id(), name])
    return name


async def test_a_team_that_was_named_has_the_focus_where_it_was_asked_for(
    browsers: Browsers, seed: Seed, team: str
) -> None:
    screen = await browsers.open(seed.person(ADMIN, "Zoe"), routes.ADMIN_TEAMS, viewport=WIDE)
    await expect(section(screen, team)).to_be_visible()
    founded = f"{team} too"
    await screen.button("New team").press("Enter")
    await expect(box(dialog(screen), "Name")).to_be_focused()
    await screen.page.keyboard.type(founded)
    await strike(screen, "Enter")
    await expect(section(screen, founded)).to_be_visible()
    await expect(screen.button("New team")).to_be_focused()

    await screen.button(f"Rename {team}").press("Enter")
    renamed = box(dialog(screen), "Name")
    await expect(renamed).to_be_focused()
    await renamed.fill(f"A {team}")
    await strike(screen, "Enter")
    await expect(section(screen, f"A {team}")).to_be_visible()
    await expect(screen.button(f"Rename A {team}")).to_be_focused()

    for name in (founded, f"A {team}"):
        await screen.button(f"Delete {name}").press("Enter")
        await expect(dialog(screen)).to_be_visible()
        await strike(screen, "Escape")
        await expect(screen.button(f"Delete {name}")).to_be_focused()
        await strike(screen, "Enter")
        await press(dialog(screen), "Delete team").press("Enter")
        await expect(section(screen, name)).to_have_count(0)
        await expect(screen.button("New team")).to_be_focused()


async def test_who_removes_a_member_goes_on_at_the_next(
    browsers: Browsers, seed: Seed, team: str
) -> None:
    first, second = seed.people(ADMIN, 2, "Yann")
    screen = await browsers.open(seed.person(ADMIN, "Zoe"), routes.ADMIN_TEAMS, viewport=WIDE)
    mine = section(screen, team)
    add = mine.get_by_role("combobox", name=f"Add a member to {team}")
    for person in (first, second):
        await add.focus()
        await add.select_option(value=str(person.id))
    removes = mine.get_by_role("button", name="Remove")
    await expect(removes).to_have_count(2)
    await expect(add).to_be_focused()
    await removes.first.press("Enter")
    await expect(removes).to_have_count(1)
    await expect(removes).to_be_focused()
    await strike(screen, "Enter")
    await expect(removes).to_have_count(0)
    await expect(add).to_be_focused()


ADDED = {
    "Templates": "New template",
    "Canned replies": "New reply",
    "Custom fields": "New field",
    "Tags": "New tag",
    "Categories": "New category",
}


async def add(screen: Screen, heading: str, name: str) -> Locator:
    """A thing of that section, added with the keyboard; returns the section."""
    part = section(screen, heading)
    await press(part, ADDED[heading]).press("Enter")
    await expect(box(dialog(screen), "Name")).to_be_focused()
    await screen.page.keyboard.type(name)
    if heading == "Canned replies":
        await box(dialog(screen), "Text").fill("Good bye.")
    await press(dialog(screen), "Save").press("Enter")
    await expect(part).to_contain_text(name)
    await expect(press(part, ADDED[heading])).to_be_focused()
    return part


@pytest.mark.parametrize("heading", ADDED)
async def test_what_was_added_or_changed_gives_the_focus_back(
    browsers: Browsers, seed: Seed, heading: str
) -> None:
    screen = await browsers.open(seed.person(ADMIN, "Zoe"), PATH, viewport=WIDE)
    name = f"Zz {new_id().hex[-8:]}"
    part = await add(screen, heading, name)
    await press(part, f"Edit {name}").press("Enter")
    # It comes to stand elsewhere.
    await box(dialog(screen), "Name").fill(f"Aa {name}")
    await strike(screen, "Enter")
    await expect(press(part, f"Edit Aa {name}")).to_be_focused()
    await strike(screen, "Enter")
    await expect(dialog(screen)).to_be_visible()
    await strike(screen, "Escape")
    await expect(press(part, f"Edit Aa {name}")).to_be_focused()


@pytest.mark.parametrize("heading", ["Templates", "Custom fields"])
async def test_who_retires_something_goes_on_at_what_restores_it(
    browsers: Browsers, seed: Seed, heading: str
) -> None:
    screen = await browsers.open(seed.person(ADMIN, "Zoe"), PATH, viewport=WIDE)
    name = f"Zz {new_id().hex[-8:]}"
    part = await add(screen, heading, name)
    await press(part, f"Retire {name}").press("Enter")
    for deed in ("Restore", "Retire"):
        await expect(press(part, f"{deed} {name}")).to_be_focused()
        await strike(screen, "Enter")
    await expect(press(part, f"Restore {name}")).to_be_focused()
    if heading == "Custom fields":
        up = press(part, f"Move {name} up")
        await up.press("Enter")
        await expect(part.get_by_role("listitem").last).not_to_contain_text(name)
        await expect(up).to_be_focused()


async def test_who_deletes_a_reply_goes_on_at_the_next(browsers: Browsers, seed: Seed) -> None:
    screen = await browsers.open(seed.person(ADMIN, "Zoe"), PATH, viewport=WIDE)
    names = [f"{first} {new_id().hex[-8:]}" for first in ("zz1", "zz2")]
    for name in names:
        part = await add(screen, "Canned replies", name)
    await press(part, f"Delete {names[0]}").press("Enter")
    await expect(part).not_to_contain_text(names[0])
    await expect(press(part, f"Delete {names[1]}")).to_be_focused()
    await strike(screen, "Enter")
    await expect(part).not_to_contain_text(names[1])
    await expect(part.get_by_role("button").and_(screen.page.locator(":focus"))).to_have_count(1)


async def test_who_deletes_or_merges_a_tag_goes_on_among_the_tags(
    browsers: Browsers, seed: Seed
) -> None:
    screen = await browsers.open(seed.person(ADMIN, "Zoe"), PATH, viewport=WIDE)
    names = [f"zz{which} {new_id().hex[-8:]}" for which in range(3)]
    for name in names:
        part = await add(screen, "Tags", name)
    await press(part, f"Merge {names[0]}").press("Enter")
    await dialog(screen).get_by_role("combobox", name="Into").select_option(label=names[1])
    await press(dialog(screen), "Merge").press("Enter")
    await expect(press(part, f"Edit {names[0]}")).to_have_count(0)
    await expect(press(part, "New tag")).to_be_focused()
    await press(part, f"Delete {names[1]}").press("Enter")
    await press(dialog(screen), "Delete tag").press("Enter")
    await expect(press(part, f"Edit {names[1]}")).to_have_count(0)
    await expect(press(part, "New tag")).to_be_focused()


async def test_ones_own_replies_are_changed_and_deleted_from_the_keyboard(
    browsers: Browsers, seed: Seed
) -> None:
    theo = seed.person(SELLER, "Theo")
    ticket = seed.ticket(None, theo)
    screen = await browsers.open(theo, theo.page(ticket), viewport=WIDE)
    await screen.ready(ticket.number)
    await screen.message_box.press_sequentially("/")
    await screen.page.get_by_role("option", name="Manage replies").click()
    asked = dialog(screen)
    mine = asked.get_by_role("list", name="My replies")
    for name in ("one", "two"):
        await box(asked, "Name").fill(name)
        await box(asked, "Text").fill("Good day.")
        await press(asked, "Save reply").press("Enter")
        await expect(press(mine, f"Edit {name}")).to_be_visible()
    await press(mine, "Edit one").press("Enter")
    await box(asked, "Name").fill("three")
    await strike(screen, "Enter")
    await expect(press(mine, "Edit three")).to_be_focused()
    await strike(screen, "Enter")
    await press(asked, "Cancel").press("Enter")
    await expect(press(mine, "Edit three")).to_be_focused()
    await press(mine, "Delete three").press("Enter")
    await expect(press(mine, "Edit three")).to_have_count(0)
    await expect(press(mine, "Delete two")).to_be_focused()
