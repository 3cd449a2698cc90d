"""What is typed while no server hears it outlasts a page load, and is its writer's alone."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from playwright.async_api import Locator, WebSocketRoute, expect

from tests.e2e.conftest import Browsers
from tests.e2e.test_creating import box, dialog_of, kept, pick
from tests.e2e.test_outbox import sit_down
from tests.support.screen import Screen
from tests.support.seed import BUYER, SELLER, AskedField, Person, Seed, SeededTicket

WHAT_TABS_KEEP = "JSON.stringify({...localStorage, ...sessionStorage})"


class DeafLine:
    """While it is `deaf`, the desk hears nothing of what is typed."""

    def __init__(self) -> None:
        self.deaf = asyncio.Event()

    async def lay(self, screen: Screen) -> None:
        await screen.alter().route_web_socket("**/_event/**", self._connect)

    def _connect(self, line: WebSocketRoute) -> None:
        server = line.connect_to_server()

        def pass_on(said: Any) -> None:
            if not (self.deaf.is_set() and "keep" in str(said)):
                server.send(said)

        line.on_message(pass_on)


@pytest.fixture
def theo(seed: Seed) -> Person:
    return seed.person(SELLER, "Theo")


@pytest.fixture
def nora(seed: Seed) -> Person:
    return seed.person(BUYER, "Nora")


@pytest.fixture
def ticket(seed: Seed, nora: Person, theo: Person) -> SeededTicket:
    return seed.ticket(nora, theo)


async def seated(browsers: Browsers, person: Person, ticket: SeededTicket) -> tuple[Screen, Any]:
    screen, line = await browsers.open(), DeafLine()
    await sit_down(screen, person)
    await line.lay(screen)
    await screen.go(person.page(ticket))
    await screen.ready(ticket.number)
    return screen, line.deaf


async def nothing_is_left(screen: Screen, text: str) -> None:
    await screen.page.wait_for_function(f"!{WHAT_TABS_KEEP}.includes({text!r})")


async def test_a_reply_outlasts_a_page_load_as_it_was_addressed_and_leaves_no_trace(
    browsers: Browsers, seed: Seed, theo: Person, ticket: SeededTicket
) -> None:
    screen, deaf = await seated(browsers, theo, ticket)
    audience = screen.page.get_by_role("combobox", name="Visible to")
    await audience.select_option(label="Staff")
    await screen.message_box.fill("The desk knows this")
    await kept(seed, theo, "The desk knows this")
    await nothing_is_left(screen, "The desk knows this")
    deaf.set()
    await screen.message_box.fill("Nobody has heard this")
    await screen.page.reload()
    await expect(screen.message_box).to_have_value("Nobody has heard this")
    await expect(audience).to_have_value("staff")
    await kept(seed, theo, "Nobody has heard this")
    await nothing_is_left(screen, "Nobody has heard this")


async def test_a_box_that_was_emptied_stays_empty(
    browsers: Browsers, seed: Seed, theo: Person, ticket: SeededTicket
) -> None:
    screen, deaf = await seated(browsers, theo, ticket)
    await screen.message_box.fill("On second thoughts")
    await kept(seed, theo, "On second thoughts")
    deaf.set()
    await screen.message_box.fill("")
    await screen.page.reload()
    await screen.ready(ticket.number)
    other = await browsers.open(seed.session_of(theo), theo.page(ticket))
    await other.ready(ticket.number)
    for each in (screen, other):
        await expect(each.message_box).to_have_value("")


async def test_it_waits_for_its_writer_when_another_signs_in_at_that_tab(
    browsers: Browsers, seed: Seed, nora: Person, theo: Person, ticket: SeededTicket
) -> None:
    screen, deaf = await seated(browsers, theo, ticket)
    deaf.set()
    await screen.message_box.fill("For my eyes")
    await sit_down(screen, nora)
    await screen.go(nora.page(ticket))
    await screen.send("I am another.")
    await screen.shows(["Seeded message 1", "I am another."])
    await expect(screen.message_box).to_have_value("")
    await sit_down(screen, theo)
    await screen.go(theo.page(ticket))
    await expect(screen.message_box).to_have_value("For my eyes")


async def test_what_was_sent_is_not_brought_back(
    browsers: Browsers, theo: Person, ticket: SeededTicket
) -> None:
    screen, deaf = await seated(browsers, theo, ticket)
    deaf.set()
    await screen.message_box.fill("Once is enough")
    await screen.message_box.press("Enter")
    await screen.shows(["Seeded message 1", "Once is enough"])
    await screen.page.reload()
    await screen.shows(["Seeded message 1", "Once is enough"])
    await expect(screen.message_box).to_have_value("")


async def begin(screen: Screen) -> Locator:
    await screen.button("New ticket").click()
    return dialog_of(screen)


async def test_a_new_ticket_outlasts_a_page_load_until_it_is_filed(
    browsers: Browsers, seed: Seed, nora: Person, ticket: SeededTicket
) -> None:
    with seed.asked_of_feature_requests(AskedField("Colour")):
        screen, deaf = await seated(browsers, nora, ticket)
        deaf.set()
        dialog = await begin(screen)
        await pick(dialog, "Type").select_option(label="Feature request")
        await pick(dialog, "Priority").select_option(label="High")
        await box(dialog, "Subject").fill("A subject nobody heard")
        await box(dialog, "Description").fill("A description nobody heard")
        await box(dialog, "Colour").fill("Green")
        await screen.page.reload()
        await screen.ready(ticket.number)
        dialog = await begin(screen)
        await expect(box(dialog, "Colour")).to_have_value("Green")
        await expect(box(dialog, "Subject")).to_have_value("A subject nobody heard")
        await expect(box(dialog, "Description")).to_have_value("A description nobody heard")
        await expect(pick(dialog, "Type")).to_have_value("feature_request")
        await expect(pick(dialog, "Priority")).to_have_value("high")
        await nothing_is_left(screen, "nobody heard")
        await box(dialog, "Subject").fill("Another subject")
        await box(dialog, "Subject").press("Enter")
        await expect(dialog).to_be_hidden()
        await nothing_is_left(screen, "Another subject")
        dialog = await begin(screen)
        await expect(pick(dialog, "Type")).to_have_value("problem")
        await expect(box(dialog, "Description")).to_have_value("")
        await expect(box(dialog, "Subject")).to_have_value("")
