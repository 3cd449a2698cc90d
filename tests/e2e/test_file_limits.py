"""The limits of files change while people have files attached: they are told at once and in words,
and nothing that they wrote or chose is lost."""

from __future__ import annotations

import pytest
from playwright.async_api import Locator, expect

from supportdesk.domain.actor import Role
from tests.e2e.conftest import Browsers
from tests.e2e.test_access import NARROW, sound
from tests.e2e.test_files import at_ticket, attached, choose
from tests.e2e.test_settings import PATH, box, saved, section
from tests.support import files
from tests.support.screen import Screen
from tests.support.seed import ADMIN, BUYER, SELLER, Person, Seed, SeededTicket

pytestmark = [pytest.mark.usefixtures("unset"), pytest.mark.parametrize("role", [BUYER, SELLER])]

LAMP = ("lamp.png", "image/png", files.picture())
NOTES = ("notes.txt", "text/plain", b"It began on Monday.\n" * 60_000)
SIGN = ("sign.txt", "text/plain", b"Closed.")
WORDS = "It began on Monday."
TOO_MANY = "These are 3 files; 2 is the most in one message. Remove 1."
PEOPLE = {BUYER: "buyers", SELLER: "sellers"}


@pytest.fixture
def people(seed: Seed) -> dict[Role, Person]:
    return {role: seed.person(role) for role in (BUYER, SELLER)}


@pytest.fixture
def ticket(seed: Seed, people: dict[Role, Person]) -> SeededTicket:
    return seed.ticket(people[BUYER], people[SELLER])


@pytest.fixture
async def admin(browsers: Browsers, seed: Seed) -> Screen:
    return await browsers.open(seed.person(ADMIN, "Zoe"), PATH)


async def decide(admin: Screen, name: str, value: str) -> None:
    edit = section(admin, "Limits").get_by_role("button", name=f"Edit {name}", exact=True)
    await edit.click()
    await box(admin.page.get_by_role("dialog"), name).fill(value)
    await saved(admin)


async def attach(screen: Screen, *chosen: tuple[str, str, bytes]) -> None:
    """And wait until all of them are there."""
    await choose(screen, *chosen)
    await expect(attached(screen)).to_have_count(len(chosen))
    await expect(screen.page.get_by_text("Checking …")).to_have_count(0)
    await expect(screen.page.get_by_role("progressbar")).to_have_count(0)


async def begin_ticket(browsers: Browsers, person: Person) -> tuple[Screen, Locator]:
    screen = await browsers.open(person, viewport=NARROW)
    await screen.button("New ticket").click()
    dialog = screen.page.get_by_role("dialog", name="New ticket")
    await box(dialog, "Subject").fill("A lamp that flickers")
    await box(dialog, "Description").fill(WORDS)
    return screen, dialog


async def create(dialog: Locator) -> None:
    """From the end of the form, where its beginning is out of sight."""
    await dialog.locator(".body").evaluate("(body) => body.scrollTo(0, body.scrollHeight)")
    await expect(dialog.get_by_role("combobox", name="Type")).not_to_be_in_viewport()
    await dialog.get_by_role("button", name="Create ticket").click()


async def remove(screen: Screen, name: str) -> None:
    each = attached(screen).filter(has=screen.page.locator(f"input[value='{name}']"))
    await each.last.get_by_role("button", name="Remove file").click()


async def test_too_many_files_are_told_of_at_once_and_stay_where_they_are(
    browsers: Browsers, people: dict[Role, Person], ticket: SeededTicket, admin: Screen, role: Role
) -> None:
    screen = await at_ticket(browsers, people[role], ticket)
    await attach(screen, LAMP, NOTES, SIGN)
    await screen.message_box.fill(WORDS)
    filing, dialog = await begin_ticket(browsers, people[role])
    await attach(filing, LAMP, NOTES, SIGN)
    await expect(dialog).to_contain_text("Up to 20 files of")
    await decide(admin, "Files in a message", "2")

    note = screen.page.locator("#composer").get_by_text("the most")
    await expect(note).to_have_text(TOO_MANY)
    await expect(screen.alert).to_have_count(0)
    await expect(screen.button("Send")).to_have_accessible_description(TOO_MANY)
    for send in (screen.message_box.press("Enter"), screen.button("Send").click()):
        await send
        await expect(screen.alert).to_have_text(TOO_MANY)
        await expect(screen.message_box).to_have_value(WORDS)
        await expect(attached(screen)).to_have_count(3)
    await expect(screen.waiting).to_have_count(0)
    await sound(screen)
    await remove(screen, "notes.txt")
    await expect(note).to_have_count(0)
    await screen.button("Send").click()
    await expect(screen.messages.last).to_contain_text(WORDS)
    await expect(screen.messages.last).to_contain_text("sign.txt")

    await expect(dialog).to_contain_text("Up to 2 files of")
    await expect(dialog.get_by_text(TOO_MANY)).to_be_visible()
    await create(dialog)
    await expect(filing.alert).to_contain_text("2 is the most in one message")
    await expect(filing.alert).to_be_in_viewport()
    await sound(filing)
    await expect(box(dialog, "Description")).to_have_value(WORDS)
    await remove(filing, "notes.txt")
    await expect(dialog.get_by_text(TOO_MANY)).to_have_count(0)
    await create(dialog)
    await expect(filing.messages.last).to_contain_text("sign.txt")


async def test_what_is_too_large_or_of_another_kind_by_now_is_refused_by_name(
    browsers: Browsers, people: dict[Role, Person], ticket: SeededTicket, admin: Screen, role: Role
) -> None:
    screen = await at_ticket(browsers, people[role], ticket)
    await attach(screen, LAMP, NOTES)
    await screen.message_box.fill(WORDS)
    filing, dialog = await begin_ticket(browsers, people[role])
    await attach(filing, LAMP, SIGN)
    await decide(admin, f"Size of a file, {PEOPLE[role]}", "1")
    await expect(dialog).to_contain_text("Up to 20 files of 1.0 MB")
    await choose(screen, NOTES)
    large = "This file has 1.2 MB; 1.0 MB is the most."
    await expect(attached(screen).last.get_by_role("alert")).to_have_text(large)
    await attached(screen).last.get_by_role("button", name="Remove file").click()
    await screen.button("Send").click()
    await expect(screen.alert).to_have_text(f"Not sent. “notes.txt”: {large}")
    await screen.button("Edit").click()
    await expect(screen.message_box).to_have_value(WORDS)
    await expect(attached(screen)).to_have_count(2)

    await decide(admin, f"Kinds of files, {PEOPLE[role]}", "image/*")
    await create(dialog)
    kind = "“sign.txt”: Files of this kind cannot be attached."
    await expect(filing.alert).to_have_text(kind)
    await expect(filing.alert).to_be_in_viewport()
    await sound(filing)
    await expect(box(dialog, "Description")).to_have_value(WORDS)
    await expect(attached(filing)).to_have_count(2)
    await remove(filing, "sign.txt")
    await create(dialog)
    await expect(filing.messages.last).to_contain_text(WORDS)
    await remove(screen, "notes.txt")
    await screen.button("Send").click()
    await expect(screen.messages.last).to_contain_text(WORDS)
    await expect(screen.messages.last.get_by_role("img", name="lamp.png")).to_be_visible()
    screen.noise.clear()  # The browser tells of every answer that is no success.
