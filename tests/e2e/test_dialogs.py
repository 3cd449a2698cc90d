"""Every dialog and every state of the dashboard is for everybody: nothing axe finds, nothing sticks
out, and what is asked stands clear of the buttons under it."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass

import psycopg
import pytest
from playwright.async_api import expect

from supportdesk.domain.commands.sessions import token_hash
from supportdesk.domain.ids import new_id
from tests.e2e.conftest import Browsers
from tests.e2e.test_access import NARROW, WIDE, sound
from tests.support.desk import Desk
from tests.support.screen import Screen
from tests.support.seed import ADMIN, BUYER, SELLER, Person, Seed, SeededTicket

Step = Callable[[Screen], Awaitable[None]]

# How far the last of what is asked stands from the line above the buttons, which what scrolls may
# touch.
CLEARANCE = """dialog => {
    const foot = dialog.querySelector('.foot'), body = dialog.querySelector('.body');
    if (!foot || (body && body.scrollHeight > body.clientHeight)) return 99;
    const asked = 'h2, p, label, input:not([type=hidden]), .hint, .note';
    const above = [...dialog.querySelectorAll(asked)]
        .filter(each => !foot.contains(each) && each.getClientRects().length);
    const last = Math.max(...above.map(each => each.getBoundingClientRect().bottom));
    return foot.getBoundingClientRect().top - last;
}"""


@dataclass(frozen=True, slots=True)
class Scene:
    """Somebody of each sort, and one thing of each that the dialogs are about.

    `gone` is deactivated and blocked, `shut` is only blocked and has no tickets.
    """

    admin: Person
    buyer: Person
    gone: Person
    shut: Person
    ticket: SeededTicket


@pytest.fixture
def scene(desk: Desk, seed: Seed) -> Iterator[Scene]:
    admin, buyer = seed.person(ADMIN, "Zoe"), seed.person(BUYER, "Nora")
    seller, guest = seed.person(SELLER, "Theo"), seed.person(SELLER, "Quentin")
    gone, shut = seed.person(BUYER, "Gil"), seed.person(BUYER, "Shea")
    ticket = seed.ticket(buyer, seller, subject="A lamp that flickers", messages=2)
    with psycopg.connect(desk.owner_url) as connection:
        connection.execute("SET LOCAL ROLE supportdesk_system")
        connection.execute(
            "INSERT INTO participant (conversation_id, user_id, reads) VALUES (%s, %s, 'everyone')",
            [ticket.id, guest.id],
        )
        connection.execute(
            "INSERT INTO invitation (id, role, name, token_hash, created_by)"
            " VALUES (%s, 'seller', 'Ivy', %s, %s)",
            [new_id(), token_hash(new_id().hex), admin.id],
        )
        connection.execute(
            "INSERT INTO person_note (id, person_id, author_id, body) VALUES (%s, %s, %s, 'Kind.')",
            [new_id(), buyer.id, admin.id],
        )
        connection.execute(
            "INSERT INTO join_request (id, person_id, number, ticket_id, reason)"
            " VALUES (%s, %s, %s, %s, 'It is my lamp, too.')",
            [new_id(), seed.person(SELLER, "Vera").id, int(ticket.number[3:]), ticket.id],
        )
        connection.execute(
            "INSERT INTO abuse_report"
            " (id, message_id, conversation_id, person_id, reporter_id, reason)"
            " SELECT %s, id, conversation_id, sender_id, %s, 'It hurts.' FROM message"
            " WHERE conversation_id = %s AND sender_id = %s",
            [new_id(), buyer.id, ticket.id, seller.id],
        )
        connection.execute(
            "INSERT INTO block (person_id, blocked_by) VALUES (%s, %s), (%s, %s)",
            [gone.id, admin.id, shut.id, admin.id],
        )
        connection.execute('UPDATE "user" SET active = false WHERE id = %s', [gone.id])
    yield Scene(admin, buyer, gone, shut, ticket)
    # Other tests count what waits.
    with psycopg.connect(desk.owner_url) as connection:
        connection.execute("DELETE FROM join_request WHERE ticket_id = %s", [ticket.id])
        connection.execute("DELETE FROM abuse_report WHERE conversation_id = %s", [ticket.id])


def press(name: str) -> Step:
    """The first button of that name on the page."""

    async def step(screen: Screen) -> None:
        await screen.page.get_by_role("button", name=re.compile(f"^{name}")).first.click()

    return step


def answer(name: str) -> Step:
    """The same of the dialog that has just been opened, and may be on its way."""

    async def step(screen: Screen) -> None:
        dialog = screen.page.get_by_role("dialog")
        await dialog.get_by_role("button", name=re.compile(f"^{name}")).first.click()

    return step


def fill(name: str, text: str) -> Step:
    async def step(screen: Screen) -> None:
        await screen.page.get_by_role("dialog").get_by_label(name, exact=True).fill(text)

    return step


def choose(name: str) -> Step:
    """From the menu that is open."""

    async def step(screen: Screen) -> None:
        await screen.page.get_by_role("menuitem", name=name).click()

    return step


def sees(text: str) -> Step:
    async def step(screen: Screen) -> None:
        said = screen.page.get_by_role("dialog").get_by_text(re.compile(text))
        await expect(said.first).to_be_visible()

    return step


async def message_menu(screen: Screen) -> None:
    said = screen.messages.last
    await said.hover()
    await said.get_by_role("button", name="Message actions").click()


async def menu_is_sound(screen: Screen) -> None:
    await expect(screen.page.get_by_role("menu")).to_be_visible()
    await sound(screen, WIDE, within="[role=menu]")


MISSING = (answer("Save"), sees("The name is missing."))
# Page -> what it shows when it is there, to be looked at as a whole, or how a dialog is opened.
STATES: dict[str, list[str | tuple[Step, ...]]] = {
    "/admin/buyers": ["Ben"],
    "/admin/reports?from=2001-02-03&to=2001-02-04&by=day": ["Nothing happened"],
    "/admin/audit?person=nobody+of+this+name": ["Nothing found"],
    "/admin/people/{gone}": [
        "Deactivated",
        (press("Reactivate"),),
        (press("Lift the block"),),
    ],
    "/admin/sellers": [
        (press("Revoke the invitation of Ivy"),),
        (press("Invite"), fill("Email", "no address"), answer("Create link"), sees("address")),
    ],
    "/admin/people/{buyer}": [
        (press("Change role"),),
        (press("Block"),),
        (press("Deactivate"),),
        (press("End all sessions"),),
        (press("Reset password"),),
        (press("Delete the note"),),
        (press("Erase"), answer("Erase"), sees("to confirm")),
    ],
    "/admin/requests": [
        (press("Accept Vera"),),
        (press("Refuse Vera"),),
        (press("Delete message of Theo"),),
        (press("Block Theo"),),
    ],
    "/admin/teams": [
        (press("Rename Customer Service"),),
        (press("New team"), *MISSING),
    ],
    "/admin/settings": [
        (press("Delete bug"), sees("tickets? ha")),
        (press("Merge bug"), sees("tickets? ha")),
        (press("Edit Welcome"),),
        (press("Edit Working hours"),),
        (press("Edit Length of a message"), fill("Length of a message", "x"), answer("Save")),
        (press("New template"), *MISSING),
        (press("New reply"), *MISSING),
        (press("New field"), *MISSING),
        (press("New tag"), *MISSING),
        (press("New category"), *MISSING),
    ],
    "/admin/tickets/{ticket}": [
        (press("Add person"), fill("Name", "max"), sees("max@demo.test")),
        (press("Add person"), fill("Name", "nobody of this name"), sees("Nobody of this name")),
        (press("Actions for Quentin"), menu_is_sound, choose("Remove")),
        (press("Delete ticket"),),
        (press("Delete all chat"), answer("Delete all chat"), sees("to confirm")),
        (message_menu, menu_is_sound, choose("Block")),
        (message_menu, choose("Delete")),
        (message_menu, choose("Report")),
    ],
}


@pytest.mark.parametrize("path", STATES)
async def test_every_state_and_dialog_of_the_dashboard_is_sound(
    browsers: Browsers, scene: Scene, path: str
) -> None:
    names = {"buyer": scene.buyer.id, "gone": scene.gone.id, "ticket": scene.ticket.number}
    screen = await browsers.open(scene.admin, path.format(**names), viewport=WIDE)
    for state in STATES[path]:
        if isinstance(state, str):
            await expect(screen.page.locator("main").get_by_text(state).first).to_be_visible()
            await sound(screen)
        else:
            await dialog_is_sound(screen, state)
        await screen.page.set_viewport_size(WIDE)


async def dialog_is_sound(screen: Screen, opened_by: tuple[Step, ...]) -> None:
    for step in opened_by:
        await step(screen)
    dialog = screen.page.get_by_role("dialog")
    await expect(dialog).to_be_visible()
    for size in (WIDE, NARROW):
        await sound(screen, size, within="[role=dialog]")
        assert await dialog.evaluate(CLEARANCE) >= 12, (await dialog.inner_text(), size)
    await screen.page.keyboard.press("Escape")
    await expect(dialog).to_be_hidden()
    # Who works with the keyboard goes on from somewhere.
    await expect(screen.page.locator(":focus:not(body)")).to_have_count(1)


async def test_a_desk_where_nothing_waits_and_a_blocked_person_are_sound(
    browsers: Browsers, desk: Desk, scene: Scene
) -> None:
    with psycopg.connect(desk.owner_url) as connection:
        for table in ("join_request", "abuse_report"):
            connection.execute(
                f"UPDATE {table} SET state = %s, decided_by = %s, decided_at = now()"
                " WHERE state = 'waiting'",
                ["refused" if table == "join_request" else "dismissed", scene.admin.id],
            )
    admin = await browsers.open(scene.admin, "/admin/requests", viewport=WIDE)
    await expect(admin.page.get_by_text("No request waits")).to_be_visible()
    await expect(admin.page.get_by_text("No report waits")).to_be_visible()
    await sound(admin)

    # They are told, and offered nothing that they may not do.
    shut = await browsers.open(scene.shut, viewport=WIDE)
    await expect(shut.page.get_by_text("No tickets yet")).to_be_visible()
    notice = shut.page.get_by_role("status").filter(has_text="An admin has blocked you")
    await expect(notice).to_be_visible()
    await expect(shut.page.get_by_role("button", name=re.compile("ticket$"))).to_have_count(0)
    await sound(shut)
    await shut.page.set_viewport_size(WIDE)
    await shut.page.keyboard.press("Control+k")
    await expect(shut.page.get_by_role("option", name="Search tickets")).to_be_visible()
    await expect(shut.page.get_by_role("option", name="New ticket")).to_have_count(0)
