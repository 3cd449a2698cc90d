"""What people see, keep and get back when server, database, network or listener fail them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import psycopg
import pytest
from playwright.async_api import Browser, Locator, Page, WebSocketRoute, expect

from supportdesk.domain.ids import new_id
from tests.e2e.conftest import Browsers, launched, opened
from tests.e2e.test_recording import GRANTED, LASTS, LEFT, bar, preview, record
from tests.support.desk import Desk, running_desk
from tests.support.screen import Screen
from tests.support.seed import ADMIN, BUYER, SELLER, Person, Seed, SeededTicket

LOST = "Connection lost."
NO_DATABASE = "The desk cannot reach its database just now."
FIRST = "Seeded message 1"
# What a browser says about a server that is away, in whatever it then tries.
AWAY = re.compile(r"WebSocket connection|ERR_CONNECTION_REFUSED|ERR_INTERNET_DISCONNECTED")


@pytest.fixture(scope="module")
def frail() -> Iterator[Desk]:
    """A desk of these tests alone, for they break it."""
    with running_desk(demo=False) as running:
        yield running


@pytest.fixture(scope="module")
def used_here() -> list[Page]:
    return []


def numbered(desk: Desk) -> str:
    """Going offline means nothing to a browser for a host that is called localhost."""
    return desk.url.replace("localhost", "127.0.0.1")


@dataclass
class Room:
    """Buyer, seller and admin with the same ticket open."""

    people: tuple[Person, Person, Person]
    ticket: SeededTicket
    screens: list[Screen]

    def __iter__(self) -> Iterator[Screen]:
        return iter(self.screens)

    async def each(self, *steps) -> None:
        await asyncio.gather(*(expect_one(screen) for expect_one in steps for screen in self))


@pytest.fixture
async def browsers(
    chromium: Browser, frail: Desk, request: pytest.FixtureRequest, used_here: list[Page]
) -> AsyncIterator[Browsers]:
    async with opened(chromium, frail, request, numbered(frail), used_here) as browsers:
        yield browsers
    noise = [noise for screen in browsers.screens for noise in screen.noise]
    assert [each for each in noise if not AWAY.search(each)] == []


@pytest.fixture
async def room(frail: Desk, browsers: Browsers) -> Room:
    seed = Seed(frail.owner_url)
    people = seed.person(BUYER, "Bea"), seed.person(SELLER, "Sol"), seed.person(ADMIN, "Ada")
    ticket = seed.ticket(*people[:2])
    screens = await asyncio.gather(*(browsers.open(who, who.page(ticket)) for who in people))
    for screen in screens:
        await screen.ready(ticket.number)
        await screen.page.evaluate("window.neverLoadedAgain = true")
    return Room(people, ticket, screens)


@pytest.fixture
async def recordist(
    frail: Desk, room: Room, request: pytest.FixtureRequest
) -> AsyncIterator[Browsers]:
    """Another browser of the buyer's, which may record a test picture."""
    async with (
        launched(*GRANTED) as chromium,
        opened(chromium, frail, request, numbered(frail)) as browsers,
    ):
        screen = await browsers.open(room.people[0], room.people[0].page(room.ticket))
        await screen.ready(room.ticket.number)
        await screen.page.evaluate("window.neverLoadedAgain = true")
        yield browsers
    noise = [noise for screen in browsers.screens for noise in screen.noise]
    assert [each for each in noise if not AWAY.search(each)] == []


def lost(screen: Screen):
    return screen.alert.filter(has_text=LOST)


async def is_lost(screen: Screen) -> None:
    await expect(lost(screen)).to_be_visible()


async def is_back(screen: Screen) -> None:
    """Connected again, by itself: the page was not loaded anew."""
    await expect(lost(screen)).to_have_count(0, timeout=30_000)
    assert await screen.page.evaluate("window.neverLoadedAgain")


async def test_a_killed_server_is_told_at_once_and_nothing_typed_is_lost(
    frail: Desk, room: Room
) -> None:
    typed = ["Half a sentence of Bea", "Half a sentence of Sol", "Half a sentence of Ada"]
    for screen, text in zip(room, typed, strict=True):
        await screen.message_box.fill(text)
    await asyncio.to_thread(frail.kill)
    await room.each(is_lost)
    for screen, text in zip(room, typed, strict=True):
        await screen.message_box.press_sequentially(", goes on")
        await expect(screen.message_box).to_have_value(f"{text}, goes on")

    await asyncio.to_thread(frail.start)
    await room.each(is_back)
    for screen, text in zip(room, typed, strict=True):
        await expect(screen.message_box).to_have_value(f"{text}, goes on")
        await screen.message_box.press("Enter")
        await expect(screen.message_box).to_have_value("")
        # Of three who send at once, nobody can say whose is the first.
        await expect(screen.messages.last).to_contain_text(f"{text}, goes on")
    for screen in room:
        await screen.shows([FIRST, *(f"{text}, goes on" for text in typed)])
        await expect(screen.row(room.ticket.number)).to_contain_text(f"{typed[-1]}, goes on")


async def test_what_was_written_for_one_ticket_never_stands_under_another(
    frail: Desk, browsers: Browsers
) -> None:
    seed = Seed(frail.owner_url)
    seller = seed.person(SELLER, "Sol")
    one, other = seed.tickets([(seed.person(BUYER, "Bea"), seller)] * 2)
    screen = await browsers.open(seller, seller.page(one))
    await screen.ready(one.number)
    await screen.page.evaluate("window.neverLoadedAgain = true")
    await screen.page.get_by_role("combobox", name="Visible to").select_option(label="Staff")
    await screen.message_box.fill("About the first")
    await asyncio.to_thread(frail.kill)
    await is_lost(screen)
    await screen.row(other.number).click()
    await screen.arrives_at(seller.page(other))
    await asyncio.to_thread(frail.start)
    await is_back(screen)
    await expect(screen.message_box).to_have_value("")
    await expect(screen.page.get_by_role("combobox", name="Visible to")).to_have_value("everyone")
    await screen.row(one.number).click()
    await expect(screen.message_box).to_have_value("About the first")
    await expect(screen.page.get_by_role("combobox", name="Visible to")).to_have_value("staff")


async def test_what_is_sent_while_the_server_is_away_waits_and_goes_out_once_in_order(
    frail: Desk, room: Room
) -> None:
    bea, sol, _ = room.screens
    await asyncio.to_thread(frail.kill)
    await room.each(is_lost)
    dark = [f"From the dark {number}" for number in range(5)]
    for text in dark:
        await bea.message_box.fill(text)
        await bea.message_box.press("Enter")
        await expect(bea.message_box).to_have_value("")
    await expect(bea.waiting).to_have_text([re.compile(text) for text in dark])
    await expect(bea.waiting.last).to_contain_text("Waiting for the connection")
    await asyncio.to_thread(frail.start)
    await room.each(is_back)
    await bea.shows([FIRST, *dark])
    await expect(bea.waiting).to_have_count(0)
    await sol.send("I hear you.")
    for screen in room:
        await screen.shows([FIRST, *dark, "I hear you."])


async def test_what_waits_outlasts_a_page_load(frail: Desk, room: Room) -> None:
    bea, sol, _ = room.screens
    await asyncio.to_thread(frail.cluster.stop)
    await bea.message_box.fill("Not lost")
    await bea.message_box.press("Enter")
    await expect(bea.waiting).to_contain_text("Not lost")
    await bea.page.reload()
    await asyncio.to_thread(frail.cluster.start)
    for screen in (bea, sol):
        await screen.shows([FIRST, "Not lost"])
    await expect(bea.waiting).to_have_count(0)


async def test_a_recording_survives_the_server_until_it_is_sent(
    frail: Desk, room: Room, recordist: Browsers
) -> None:
    writer, reader = recordist.screens[0], room.screens[1]
    await record(writer)
    timer = bar(writer).get_by_role("timer")
    await asyncio.to_thread(frail.kill)
    await is_lost(writer)
    seen = await timer.inner_text()
    await expect(timer).not_to_have_text(seen)
    await writer.button("Pause").click()
    await asyncio.to_thread(frail.start)
    await is_back(writer)
    await expect(bar(writer).get_by_role("status")).to_have_text("Paused")
    await writer.button("Resume").click()
    seen = await timer.inner_text()
    await expect(timer).not_to_have_text(seen)
    await asyncio.to_thread(frail.kill)
    await is_lost(writer)
    await writer.button("Stop").click()
    film = preview(writer).get_by_label("Screen recording")
    assert await film.evaluate(LASTS) > 2
    await writer.button("Attach").click()
    await writer.message_box.fill("It outlasted you")
    await writer.message_box.press("Enter")
    await expect(writer.page.get_by_text("Will be sent when")).to_be_visible()
    await asyncio.to_thread(frail.start)
    await room.each(is_back)
    await is_back(writer)
    for screen in (writer, reader):
        await screen.shows([FIRST, "It outlasted you"])
        sent = screen.messages.last.get_by_label("Screen recording")
        assert await sent.evaluate(LASTS) > 2
    await expect(preview(writer)).to_have_count(0)
    assert await writer.page.evaluate(LEFT) == 0


async def test_a_form_half_filled_survives_the_server(frail: Desk, room: Room) -> None:
    bea, _, ada = room.screens
    await bea.button("New ticket").click()
    dialog = bea.page.get_by_role("dialog", name="New ticket")
    await dialog.get_by_role("textbox", name="Subject").fill("Written across an outage")
    await dialog.get_by_role("textbox", name="Description").fill("It kept all of this.")
    await asyncio.to_thread(frail.kill)
    await is_lost(bea)
    await asyncio.to_thread(frail.start)
    await room.each(is_back)
    await expect(dialog.get_by_role("textbox", name="Subject")).to_have_value(
        "Written across an outage"
    )
    await expect(dialog.get_by_role("textbox", name="Description")).to_have_value(
        "It kept all of this."
    )
    await dialog.get_by_role("button", name="Create ticket").click()
    await bea.shows(["It kept all of this."])
    new = ada.rows.filter(has_text="Written across an outage")
    await expect(new).to_have_count(1)


async def test_a_message_that_is_put_right_across_an_outage_says_what_was_written(
    frail: Desk, room: Room
) -> None:
    bea, sol, _ = room.screens
    await bea.send("It is the blub.")
    dialog = await editing(bea)
    await dialog.get_by_role("textbox").fill("It is the bu")
    await asyncio.to_thread(frail.kill)
    await is_lost(bea)
    await asyncio.to_thread(frail.start)
    await room.each(is_back)
    await dialog.get_by_role("textbox").press_sequentially("lb.")
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog).to_have_count(0)
    for screen in (bea, sol):
        await screen.shows([FIRST, "It is the bulb."])


async def editing(screen: Screen) -> Locator:
    last = screen.messages.last
    await last.hover()
    await last.get_by_role("button", name="Message actions").click()
    await screen.page.get_by_role("menuitem", name="Edit").click()
    dialog = screen.page.get_by_role("dialog", name="Edit message")
    await expect(dialog.get_by_role("textbox")).to_be_visible()
    return dialog


async def test_what_is_put_right_over_a_dead_line_is_saved_when_it_is_back(room: Room) -> None:
    bea, sol, _ = room.screens
    lines: list[WebSocketRoute] = []
    dead = False

    def connect(line: WebSocketRoute) -> None:
        server = line.connect_to_server()
        lines.append(line)
        line.on_message(lambda said: None if dead else server.send(said))

    await bea.alter().route_web_socket("**/_event/**", connect)
    await bea.page.reload()
    await bea.ready(room.ticket.number)
    await bea.send("It is the blub.")
    await expect(bea.messages).to_have_count(2)
    dialog = await editing(bea)
    dead = True
    await dialog.get_by_role("textbox").fill("It is the bulb.")
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog.get_by_role("button", name="Saving …")).to_be_visible()
    dead = False
    await lines[-1].close(code=3000)
    await expect(dialog).to_have_count(0)
    for screen in (bea, sol):
        await screen.shows([FIRST, "It is the bulb."])


async def test_what_others_did_while_one_was_offline_is_there_on_return(
    frail: Desk, room: Room
) -> None:
    bea, sol, ada = room.screens
    other = Seed(frail.owner_url).ticket(*room.people[:2], subject="Filed meanwhile")
    await bea.message_box.fill("Typed before")
    await bea.context.set_offline(True)
    await is_lost(bea)
    await sol.send("Can you read this?")
    await ada.fact("Priority").select_option(label="Urgent")
    await sol.fact("Status").select_option(label="In progress")
    await ada.send("And this?")
    await bea.message_box.press_sequentially(" and after")
    await expect(bea.messages).to_have_count(1)

    await bea.context.set_offline(False)
    await is_back(bea)
    await bea.shows([FIRST, "Can you read this?", "And this?"])
    await expect(bea.events).to_have_count(2)
    await expect(bea.fact("Status")).to_have_value("in_progress")
    await expect(bea.fact("Priority")).to_have_value("urgent")
    for text in ("In progress", "Urgent", "And this?"):
        await expect(bea.row(room.ticket.number)).to_contain_text(text)
    await expect(bea.row(other.number)).to_contain_text("Filed meanwhile")
    await expect(bea.message_box).to_have_value("Typed before and after")
    await bea.message_box.press("Enter")
    for screen in room:
        await screen.shows([FIRST, "Can you read this?", "And this?", "Typed before and after"])


async def test_a_send_whose_answer_was_lost_on_the_way_is_not_sent_twice(room: Room) -> None:
    bea, sol, _ = room.screens
    lines: list[WebSocketRoute] = []
    deaf = False

    def connect(line: WebSocketRoute) -> None:
        server = line.connect_to_server()
        lines.append(line)
        server.on_message(lambda said: None if deaf else line.send(said))

    await bea.alter().route_web_socket("**/_event/**", connect)
    await bea.page.reload()
    await bea.ready(room.ticket.number)
    await bea.send("Before")
    await expect(bea.messages).to_have_count(2)
    deaf = True
    await bea.message_box.fill("Saved, but nobody told me")
    await bea.message_box.press("Enter")
    await sol.shows([FIRST, "Before", "Saved, but nobody told me"])
    await expect(bea.messages).to_have_count(2)
    deaf = False
    await lines[-1].close(code=3000)

    await expect(bea.messages).to_have_count(3)
    await expect(bea.waiting).to_have_count(0)
    await bea.send("After")
    for screen in room:
        await screen.shows([FIRST, "Before", "Saved, but nobody told me", "After"])


async def test_what_was_written_while_nobody_listened_is_shown_all_the_same(
    frail: Desk, room: Room
) -> None:
    written = [FIRST]
    for turn in range(3):
        written.append(f"Unheard {turn}")
        post_unheard(frail, room, written[-1])
        for screen in room:
            await screen.shows(written)
            await expect(screen.row(room.ticket.number)).to_contain_text(written[-1])
            await expect(screen.alert).to_have_count(0)
    await room.screens[0].send("And heard again.")
    for screen in room:
        await screen.shows([*written, "And heard again."])


def post_unheard(desk: Desk, room: Room, text: str) -> None:
    """Write, as another server would, in the moment in which this one's listener is gone."""
    message, ticket, sender = new_id(), room.ticket.id, room.people[1].id
    with psycopg.connect(desk.owner_url) as writer:
        writer.execute("SET LOCAL ROLE supportdesk_system")
        writer.execute(
            "INSERT INTO message (id, conversation_id, sender_id, body, client_id)"
            " VALUES (%s, %s, %s, %s, %s)",
            [message, ticket, sender, text, new_id()],
        )
        writer.execute(
            "INSERT INTO event (id, kind, actor_id, conversation_id, subject_id)"
            " VALUES (%s, 'message_posted', %s, %s, %s)",
            [new_id(), sender, ticket, message],
        )
        with psycopg.connect(desk.owner_url, autocommit=True) as other:
            listener = "FROM pg_stat_activity WHERE application_name = 'supportdesk-listener'"
            end_all = f"SELECT pg_terminate_backend(pid) {listener}"
            assert other.execute(end_all).fetchall()
            # The server listens again at once, so whoever came back meanwhile is ended as well.
            while other.execute(end_all).fetchall():
                pass


async def test_a_restart_of_the_database_is_told_and_survived(frail: Desk, room: Room) -> None:
    bea, sol, ada = room.screens
    await asyncio.to_thread(frail.cluster.stop)
    await bea.message_box.fill("Into the void")
    await bea.message_box.press("Enter")
    await expect(bea.alert.filter(has_text=NO_DATABASE)).to_be_visible()
    await expect(bea.waiting).to_contain_text("Into the void")
    await ada.fact("Priority").select_option(label="Urgent")
    await expect(ada.alert.filter(has_text=NO_DATABASE).first).to_be_visible()
    await expect(ada.fact("Priority")).to_have_value("medium")
    await sol.page.reload()
    await expect(sol.page.get_by_text(NO_DATABASE).first).to_be_visible()

    await asyncio.to_thread(frail.cluster.start)
    await bea.shows([FIRST, "Into the void"])
    await ada.fact("Priority").select_option(label="Urgent")
    for screen in room:
        await screen.shows([FIRST, "Into the void"])
        await expect(screen.fact("Priority")).to_have_value("urgent")
        await expect(screen.row(room.ticket.number)).to_contain_text("Into the void")
        await expect(screen.alert).to_have_count(0)
