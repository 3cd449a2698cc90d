"""Selects on the tabs of the dashboard do nothing that the arrow keys pass by."""

from __future__ import annotations

from urllib.parse import urlsplit

import psycopg
import pytest
from playwright.async_api import expect

from supportdesk import routes
from supportdesk.domain.ids import new_id
from tests.e2e.conftest import Browsers
from tests.e2e.test_access import WIDE
from tests.e2e.test_settings import section
from tests.support.desk import Desk
from tests.support.screen import Screen
from tests.support.seed import ADMIN, Seed

# What the second step down from what is chosen asks for.
ACTING = {
    "By": (routes.ADMIN_REPORTS, "?range=30&by=month"),
    "Role": (routes.ADMIN_USERS, "?role=everyone"),
    "Status": (routes.ADMIN_SELLERS, "?status=deactivated"),
    "Kind": (routes.ADMIN_AUDIT, "?kind=messages"),
}
# The first opens the list.
TWO_DOWN = ("ArrowDown", "ArrowDown", "ArrowDown", "Enter")


async def strike(screen: Screen, *keys: str) -> None:
    for key in keys:
        await screen.page.keyboard.press(key)


@pytest.mark.parametrize("name", ACTING)
async def test_arrow_keys_ask_for_nothing_that_they_pass_by(
    browsers: Browsers, seed: Seed, name: str
) -> None:
    path, query = ACTING[name]
    screen = await browsers.open(seed.person(ADMIN, "Zoe"), path, viewport=WIDE)
    select = screen.page.get_by_role("combobox", name=name, exact=True)
    await expect(select).to_be_visible()
    # A browser's history ends at fifty pages, which a page that was used before may have seen.
    visited: list[str] = []
    screen.page.on("framenavigated", lambda frame: visited.append(frame.url))
    await select.focus()
    await strike(screen, *TWO_DOWN)
    await screen.arrives_at(path + query)
    await expect(select).to_be_focused()
    assert {urlsplit(url).query for url in visited} == {query.removeprefix("?")}


@pytest.fixture
def team(desk: Desk) -> str:
    name = f"Team {new_id().hex[-8:]}"
    with psycopg.connect(desk.owner_url) as connection:
        connection.execute("INSERT INTO team (id, name) VALUES (%s, %s)", [new_id(), name])
    return name


def told(desk: Desk, team: str) -> list[str]:
    with psycopg.connect(desk.owner_url) as connection:
        rows = connection.execute(
            "SELECT kind FROM event WHERE subject_id = (SELECT id FROM team WHERE name = %s)"
            " ORDER BY id",
            [team],
        )
        return [row[0] for row in rows.fetchall()]


async def test_arrow_keys_in_a_team_do_nothing_that_they_pass_by(
    browsers: Browsers, seed: Seed, desk: Desk, team: str
) -> None:
    seed.people(ADMIN, 2)
    screen = await browsers.open(seed.person(ADMIN, "Zoe"), routes.ADMIN_TEAMS, viewport=WIDE)
    mine = section(screen, team)
    assign = mine.get_by_role("combobox", name=f"Automatic assignment of {team}")
    await assign.focus()
    await strike(screen, *TWO_DOWN)
    await expect(assign).to_have_value("least_open")
    await expect(assign).to_be_focused()
    add = mine.get_by_role("combobox", name=f"Add a member to {team}")
    wanted = await add.get_by_role("option").nth(2).text_content()
    await add.focus()
    await strike(screen, *TWO_DOWN)
    members = mine.get_by_role("list", name=f"Members of {team}").get_by_role("listitem")
    await expect(members).to_have_count(2)  # And the line of choices.
    await expect(members.first).to_contain_text(str(wanted))
    assert told(desk, team) == ["team_changed"] * 2
