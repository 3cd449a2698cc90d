"""What is sent shows at once, and stays with its reason when it is refused."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from playwright.async_api import Dialog, WebSocketRoute, expect

from supportdesk import cookies
from tests.e2e.conftest import Browsers
from tests.e2e.test_creating import kept
from tests.support.desk import Desk
from tests.support.faults import until
from tests.support.screen import Screen
from tests.support.seed import ADMIN, BUYER, SELLER, Person, Seed, SeededTicket
from tests.support.slow_line import SlowLine

FIRST = "Seeded message 1"


@pytest.fixture
def nora(seed: Seed) -> Person:
    return seed.person(BUYER, "Nora")


@pytest.fixture
def theo(seed: Seed) -> Person:
    return seed.person(SELLER, "Theo")


@pytest.fixture
def ticket(seed: Seed, nora: Person, theo: Person) -> SeededTicket:
    return seed.ticket(nora, theo)


@pytest.fixture
async def screen(browsers: Browsers, nora: Person, ticket: SeededTicket) -> Screen:
    screen = await browsers.open(nora, nora.page(ticket))
    await screen.ready(ticket.number)
    return screen


@contextmanager
def closed(desk: Desk, ticket: SeededTicket) -> Iterator[None]:
    """The ticket is closed meanwhile, and nobody's screen has heard of it."""
    for status in ("closed", "open"):
        with psycopg.connect(desk.owner_url) as database:
            database.execute("SET LOCAL ROLE supportdesk_system")
            database.execute("UPDATE ticket SET status = %s WHERE id = %s", [status, ticket.id])
        if status == "closed":
            yield


async def sit_down(screen: Screen, person: Person) -> None:
    await screen.context.add_cookies(
        [{"name": cookies.SESSION, "value": person.session, "url": screen.url}]
    )


async def refuse(screen: Screen, text: str) -> None:
    await screen.message_box.fill(text)
    await screen.message_box.press("Enter")
    said = screen.waiting.filter(has_text=text)
    await expect(said).to_contain_text("This ticket is closed.")


async def test_a_message_shows_at_once_and_the_box_is_free_for_the_next(
    browsers: Browsers, nora: Person, ticket: SeededTicket
) -> None:
    screen = await browsers.open()
    await sit_down(screen, nora)
    slow = asyncio.Event()
    held: list[tuple[WebSocketRoute, str | bytes]] = []

    def connect(line: WebSocketRoute) -> None:
        server = line.connect_to_server()

        def pass_on(said: str | bytes) -> None:
            if slow.is_set():
                held.append((server, said))
            else:
                server.send(said)

        line.on_message(pass_on)

    await screen.alter().route_web_socket("**/_event/**", connect)
    await screen.go(nora.page(ticket))
    await screen.ready(ticket.number)
    await screen.send("Zero")
    await expect(screen.page.get_by_text("Sent", exact=True)).to_be_visible()
    slow.set()
    for text in ("One", "Two"):
        await screen.message_box.fill(text)
        await screen.message_box.press("Enter")
        await expect(screen.message_box).to_have_value("")
    await expect(screen.waiting).to_contain_text(["One", "Two"])
    await expect(screen.waiting.first).to_contain_text("Sending …")
    # That the one before is sent is said of that one alone.
    await expect(screen.log.locator(".receipt + article")).to_contain_text("One")
    await expect(screen.messages).to_have_count(2)
    slow.clear()
    for server, said in held:
        server.send(said)
    await screen.shows([FIRST, "Zero", "One", "Two"])
    await expect(screen.waiting).to_have_count(0)


async def test_what_is_sent_before_the_page_has_arrived_goes_out_once_when_it_has(
    browsers: Browsers, nora: Person, theo: Person, ticket: SeededTicket
) -> None:
    screen = await browsers.open()
    await sit_down(screen, nora)
    arrive = asyncio.Event()

    async def connect(line: WebSocketRoute) -> None:
        await arrive.wait()
        line.connect_to_server()

    await screen.alter().route_web_socket("**/_event/**", connect)
    await screen.go(nora.page(ticket))
    for text in ("One", "Two"):
        await screen.message_box.fill(text)
        await screen.message_box.press("Enter")
        await expect(screen.message_box).to_have_value("")
    await expect(screen.waiting).to_contain_text(["One", "Two"])
    await expect(screen.messages).to_have_count(0)
    # Who leaves now is asked: what is whose cannot be told before.
    asked: list[str] = []

    async def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        await dialog.dismiss()

    screen.page.once("dialog", stay)
    await screen.page.evaluate("location.reload()")
    await until(lambda: asked == ["beforeunload"])
    await screen.message_box.fill("Three")
    arrive.set()
    await screen.shows([FIRST, "One", "Two"])
    await expect(screen.waiting).to_have_count(0)
    await expect(screen.message_box).to_have_value("Three")
    await expect(screen.alert).to_have_count(0)
    await sit_down(screen, theo)
    await screen.go(theo.page(ticket))
    await screen.send("Three, of another")
    await screen.shows([FIRST, "One", "Two", "Three, of another"])


async def test_what_is_on_its_way_does_not_come_back_as_a_draft(
    browsers: Browsers, seed: Seed, nora: Person, ticket: SeededTicket
) -> None:
    screen = await browsers.open()
    await sit_down(screen, nora)
    line = await SlowLine.of(screen.alter())
    await screen.go(nora.page(ticket))
    await screen.ready(ticket.number)
    await screen.message_box.fill("Once is enough")
    await kept(seed, nora, "Once is enough")
    line.slow = True
    await screen.message_box.press("Enter")
    await expect(screen.waiting).to_contain_text("Once is enough")
    again = await browsers.tab(await screen.context.new_page())
    await screen.page.close()
    await again.go(nora.page(ticket))
    await again.shows([FIRST, "Once is enough"])
    await expect(again.waiting).to_have_count(0)
    await expect(again.message_box).to_have_value("")


async def test_an_impatient_enter_sends_once_and_is_not_scolded(screen: Screen) -> None:
    await screen.message_box.fill("Once is enough")
    for _ in range(3):
        await screen.page.keyboard.press("Enter")
    await expect(screen.message_box).to_have_value("")
    await screen.send("The end.")
    await screen.shows([FIRST, "Once is enough", "The end."])
    await expect(screen.alert).to_have_count(0)


async def test_what_is_refused_says_why_and_goes_out_when_that_is_over(
    screen: Screen, desk: Desk, ticket: SeededTicket
) -> None:
    with closed(desk, ticket):
        await refuse(screen, "Too late?")
        await refuse(screen, "And this.")
    await screen.waiting.filter(has_text="Too late?").get_by_role("button", name="Edit").click()
    await expect(screen.message_box).to_have_value("Too late?")
    await expect(screen.waiting).to_have_count(1)
    await screen.waiting.get_by_role("button", name="Retry").click()
    await screen.shows([FIRST, "And this."])
    await screen.message_box.press("Enter")
    await screen.shows([FIRST, "And this.", "Too late?"])
    await expect(screen.waiting).to_have_count(0)


async def test_where_there_is_no_box_what_was_refused_can_be_copied(
    screen: Screen, desk: Desk, ticket: SeededTicket
) -> None:
    with closed(desk, ticket):
        await refuse(screen, "Too late?")
        await screen.page.reload()
        await expect(screen.page.get_by_text("This ticket is closed.").first).to_be_visible()
        await expect(screen.waiting.get_by_role("button", name="Edit")).to_have_count(0)
        await screen.context.grant_permissions(["clipboard-read", "clipboard-write"])
        await screen.waiting.get_by_role("button", name="Copy").click()
        await expect(screen.page.get_by_text("The text is copied.")).to_be_visible()
        assert await screen.page.evaluate("navigator.clipboard.readText()") == "Too late?"


async def test_a_note_that_is_taken_back_stays_for_those_it_was_written_for(
    browsers: Browsers, desk: Desk, ticket: SeededTicket, theo: Person
) -> None:
    screen = await browsers.open(theo, theo.page(ticket))
    await screen.ready(ticket.number)
    audience = screen.page.get_by_role("combobox", name="Visible to")
    await audience.select_option(label="Staff")
    with closed(desk, ticket):
        await refuse(screen, "Between us")
    # For whom it is stands by it, in words and in colour.
    waiting = screen.waiting.filter(has_text="Between us")
    await expect(waiting).to_contain_text("Staff only, hidden from the buyer")
    colour = "getComputedStyle(document.querySelector('.composer')).backgroundColor"
    await expect(waiting.locator(".bubble")).to_have_css(
        "background-color", await screen.page.evaluate(colour)
    )
    await audience.select_option(label="Everyone")
    await screen.waiting.get_by_role("button", name="Edit").click()
    await expect(screen.message_box).to_have_value("Between us")
    await expect(audience).to_have_value("staff")


async def test_what_was_refused_is_thrown_away_only_when_one_says_so(
    screen: Screen, desk: Desk, ticket: SeededTicket
) -> None:
    with closed(desk, ticket):
        await refuse(screen, "Too late?")
    await screen.page.reload()
    await expect(screen.waiting).to_contain_text("Too late?")
    await screen.waiting.get_by_role("button", name="Discard").click()
    await expect(screen.waiting).to_have_count(0)
    await screen.page.reload()
    await screen.shows([FIRST])
    await expect(screen.waiting).to_have_count(0)


async def test_what_one_tab_throws_away_is_gone_from_the_other(
    browsers: Browsers, screen: Screen, desk: Desk, nora: Person, ticket: SeededTicket
) -> None:
    other = await browsers.tab(await screen.context.new_page())
    await other.go(nora.page(ticket))
    await other.ready(ticket.number)
    with closed(desk, ticket):
        await refuse(screen, "Too late?")
    await expect(other.waiting).to_contain_text("Not sent. This ticket is closed.")
    await screen.waiting.get_by_role("button", name="Discard").click()
    await expect(other.waiting).to_have_count(0)
    await screen.send("In time.")
    for each in (screen, other):
        await each.shows([FIRST, "In time."])


async def test_whose_ticket_is_closed_while_they_write_goes_on_writing_and_keeps_it(
    browsers: Browsers, seed: Seed, screen: Screen, theo: Person, ticket: SeededTicket
) -> None:
    await screen.message_box.press_sequentially("Half a ")
    other = await browsers.open(theo, theo.page(ticket), viewport={"width": 1440, "height": 900})
    await other.ready(ticket.number)
    await other.button("Close ticket").click()
    told = screen.page.get_by_role("status").filter(has_text="what you wrote is kept.")
    await expect(told).to_be_visible()
    # As keys of the page they would have opened a new ticket.
    await screen.page.keyboard.type("choice")
    await expect(screen.message_box).to_have_value("Half a choice")
    await screen.message_box.blur()
    await expect(screen.message_box).to_be_hidden()
    await expect(told).to_be_visible()
    await screen.button("Reopen").click()
    await expect(screen.message_box).to_be_visible()
    await expect(screen.message_box).to_have_value("Half a choice")


async def test_it_is_not_shown_to_the_next_person_at_this_browser_nor_sent_as_theirs(
    screen: Screen, desk: Desk, ticket: SeededTicket, theo: Person
) -> None:
    with closed(desk, ticket):
        await refuse(screen, "For my eyes")
    await sit_down(screen, theo)
    await screen.go(theo.page(ticket))
    await screen.ready(ticket.number)
    await screen.send("I am another.")
    await screen.shows([FIRST, "I am another."])
    await expect(screen.page.get_by_text("For my eyes")).to_have_count(0)


async def test_who_signs_in_while_the_line_is_lost_gets_nothing_of_what_the_page_remembers(
    browsers: Browsers, seed: Seed, nora: Person, ticket: SeededTicket
) -> None:
    screen = await browsers.open()
    await sit_down(screen, nora)
    lines: list[WebSocketRoute] = []
    arrive = asyncio.Event()
    arrive.set()

    async def connect(line: WebSocketRoute) -> None:
        await arrive.wait()
        lines.append(line)
        line.connect_to_server()

    await screen.alter().route_web_socket("**/_event/**", connect)
    await screen.go(nora.page(ticket))
    await screen.ready(ticket.number)
    await screen.message_box.fill("For my eyes")
    await screen.page.evaluate("window.hers = true")
    arrive.clear()
    await lines[-1].close(code=3000)
    await sit_down(screen, seed.person(BUYER))
    arrive.set()
    await screen.page.wait_for_function("!window.hers")
    await expect(screen.page.get_by_text("Ticket not found")).to_be_visible()
    assert await screen.page.evaluate("document.getElementById('message').value") == ""


async def test_who_is_put_out_takes_along_what_they_were_sending_and_writing(
    browsers: Browsers, desk: Desk, seed: Seed, ticket: SeededTicket
) -> None:
    gil, zoe = seed.person(SELLER, "Gil"), seed.person(ADMIN, "Zoe")
    with psycopg.connect(desk.owner_url) as database:
        database.execute("SET LOCAL ROLE supportdesk_system")
        database.execute(
            "INSERT INTO participant (conversation_id, user_id, reads) VALUES (%s, %s, 'everyone')",
            [ticket.id, gil.id],
        )
    screen, slow = await browsers.open(), asyncio.Event()
    await sit_down(screen, gil)
    held: list[tuple[WebSocketRoute, str | bytes]] = []

    def connect(line: WebSocketRoute) -> None:
        server = line.connect_to_server()
        line.on_message(
            lambda said: held.append((server, said)) if slow.is_set() else server.send(said)
        )

    await screen.alter().route_web_socket("**/_event/**", connect)
    await screen.go(gil.page(ticket))
    await screen.ready(ticket.number)
    admin = await browsers.open(zoe, zoe.page(ticket), viewport={"width": 1440, "height": 900})
    slow.set()
    await screen.message_box.fill("I was about to help.")
    await screen.message_box.press("Enter")
    await screen.message_box.fill("And there is more.")
    await admin.button("Actions for Gil").click()
    await admin.page.get_by_role("menuitem", name="Remove").click()
    await admin.page.get_by_role("dialog").get_by_role("button", name="Remove").click()

    left = screen.page.get_by_role("region", name="Not sent")
    await expect(left).to_contain_text("I was about to help.")
    slow.clear()
    for server, said in held:
        server.send(said)
    await expect(left).to_contain_text("you have no access to it")
    await screen.context.grant_permissions(["clipboard-read", "clipboard-write"])
    for name, text in (("Copy", "I was about to help."),
                       ("Copy what you were writing", "And there is more.")):  # fmt: skip
        await left.get_by_role("button", name=name, exact=True).click()
        await expect(screen.page.get_by_text("The text is copied.").last).to_be_visible()
        assert await screen.page.evaluate("navigator.clipboard.readText()") == text
    await left.get_by_role("button", name="Discard").click()
    await expect(left).not_to_contain_text("I was about to help.")
