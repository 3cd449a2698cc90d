"""Who sees a message: those it was meant for, and nobody else finds a trace of it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Locator, WebSocket, expect

from tests.e2e.conftest import Browsers, member
from tests.e2e.test_access import sound
from tests.support.desk import Desk
from tests.support.screen import Screen
from tests.support.seed import BUYER, SELLER, Person, Seed, SeededTicket
from tests.support.slow_line import SlowLine

FIRST = "Seeded message 1"
WARNINGS = {
    "Staff": "Staff only: hidden from the buyer.",
    "Admins": "Admins only: hidden from buyer and seller.",
}


def audience(screen: Screen) -> Locator:
    return screen.page.get_by_role("combobox", name="Visible to")


async def warns(screen: Screen, level: str) -> None:
    await expect(screen.page.get_by_role("status").get_by_text(WARNINGS[level])).to_be_visible()


class Room:
    """A buyer, a seller and an admin with one ticket open, and the same three at their lists."""

    def __init__(self, ticket: SeededTicket, open_: list[Screen], lists: list[Screen]) -> None:
        self.ticket = ticket
        self.buyer, self.seller, self.admin = open_
        self.buyers_list, self.sellers_list, self.admins_list = lists


@pytest.fixture(scope="module")
def trio(desk: Desk, seed: Seed) -> tuple[Person, Person, Person]:
    return seed.person(BUYER, "Nora"), seed.person(SELLER, "Theo"), member(desk, "ada")


@pytest.fixture(scope="module")
def tickets(seed: Seed, trio: tuple[Person, Person, Person]) -> Iterator[SeededTicket]:
    """Enough for each test to have one of its own: those that are seeded later ring nowhere."""
    return iter(seed.tickets([trio[:2]] * 5))


@pytest.fixture
async def room(
    standing: Browsers,
    seed: Seed,
    trio: tuple[Person, Person, Person],
    tickets: Iterator[SeededTicket],
) -> Room:
    """A new ticket for each test, at screens that are open all the while."""
    ticket = next(tickets)
    if not standing.screens:
        for who in (*trio, *(seed.session_of(who) for who in trio)):
            await standing.open(who)
    at_ticket, at_list = standing.screens[:3], standing.screens[3:]
    for screen in standing.screens:
        await expect(screen.row(ticket.number)).to_be_visible()
    for screen in at_ticket:
        await screen.row(ticket.number).click()
        await screen.ready(ticket.number)
    return Room(ticket, at_ticket, at_list)


async def has_no_trace_of(
    note: str, marker: str, ticket: SeededTicket, screens: tuple[Screen, Screen]
) -> None:
    """`marker`, which everybody sees, came after the note: what is not here now will not come."""
    at_ticket, at_list = screens
    await at_ticket.shows([FIRST, marker])
    await expect(at_list.rows.first).to_contain_text(ticket.number)
    await expect(at_list.rows.first).to_contain_text(marker)
    for screen in screens:
        await screen.page.reload()
        await expect(screen.page.get_by_text(marker).first).to_be_visible()
        assert note not in await screen.page.content()


async def test_a_note_for_staff_reaches_seller_and_admins_and_leaves_the_buyer_no_trace(
    room: Room,
) -> None:
    before = await room.buyers_list.row(room.ticket.number).inner_text()
    await audience(room.seller).select_option(label="Staff")
    await warns(room.seller, "Staff")
    await room.seller.send("Between us")
    for screen in (room.seller, room.admin):
        await screen.shows([FIRST, "Between us"])
        await expect(screen.messages.last).to_contain_text("Staff only, hidden from the buyer")
    await expect(room.admins_list.row(room.ticket.number)).to_contain_text("Between us")
    assert await room.buyers_list.row(room.ticket.number).inner_text() == before

    await room.admin.send("To all")
    screens = room.buyer, room.buyers_list
    await has_no_trace_of("Between us", "To all", room.ticket, screens)


async def test_a_note_for_admins_reaches_admins_and_leaves_buyer_and_seller_no_trace(
    room: Room,
) -> None:
    await audience(room.admin).select_option(label="Admins")
    await warns(room.admin, "Admins")
    await room.admin.send("Among admins")
    await expect(room.admin.messages.last).to_contain_text("hidden from buyer and seller")
    await expect(room.admins_list.row(room.ticket.number)).to_contain_text("Among admins")

    await room.buyer.send("To all")
    for screens in ((room.buyer, room.buyers_list), (room.seller, room.sellers_list)):
        await has_no_trace_of("Among admins", "To all", room.ticket, screens)


async def test_a_buyer_has_no_say_in_who_sees_a_message(room: Room) -> None:
    await expect(audience(room.buyer)).to_have_count(0)
    options = audience(room.seller).get_by_role("option")
    await expect(options).to_have_text(["Everyone", "Staff"])
    await expect(audience(room.admin).get_by_role("option")).to_have_text(
        ["Everyone", "Staff", "Admins"]
    )
    colours = set()
    for level in ("Everyone", "Staff", "Admins"):
        await audience(room.admin).select_option(label=level)
        await expect(audience(room.admin)).to_have_value(level.lower())
        await expect(audience(room.admin)).to_be_in_viewport()
        composer = room.admin.page.locator("form", has=room.admin.message_box)
        colours.add(await composer.evaluate("(form) => getComputedStyle(form).backgroundColor"))
    assert len(colours) == 3


async def test_on_a_slow_line_too_a_note_goes_to_those_who_were_chosen(
    room: Room, browsers: Browsers, seed: Seed, trio: tuple[Person, Person, Person]
) -> None:
    """The choice and the send leave before the server has said a word to either."""
    theo = seed.session_of(trio[1])
    seller = await browsers.open(theo)
    line = await SlowLine.of(seller.alter())
    await seller.go(theo.page(room.ticket))
    await seller.ready(room.ticket.number)
    await seller.message_box.fill("Not for the buyer")
    line.slow = True
    await audience(seller).select_option(label="Staff")
    await expect(audience(seller)).to_have_value("staff")
    await seller.message_box.press("Enter")
    line.let_through()

    await expect(seller.message_box).to_have_value("")
    await room.admin.shows([FIRST, "Not for the buyer"])
    await expect(room.admin.messages.last).to_contain_text("Staff only")
    await room.admin.send("To all")
    screens = room.buyer, room.buyers_list
    await has_no_trace_of("Not for the buyer", "To all", room.ticket, screens)


async def test_what_one_may_not_see_is_not_counted_as_unread(
    browsers: Browsers, seed: Seed
) -> None:
    nora, theo = seed.person(BUYER, "Nora"), seed.person(SELLER, "Theo")
    ticket = seed.ticket(nora, theo)
    buyer, seller = await browsers.open(nora), await browsers.open(theo)
    admin = await browsers.open("ada", f"/admin/tickets/{ticket.number}")
    await admin.ready(ticket.number)
    for level in ("Admins", "Staff", "Everyone"):
        await audience(admin).select_option(label=level)
        await expect(audience(admin)).to_have_value(level.lower())
        await admin.send(f"For {level.lower()}")
    await expect(buyer.unread(ticket.number, 2)).to_be_visible()
    await expect(buyer.row(ticket.number)).to_contain_text("For everyone")
    await expect(seller.unread(ticket.number, 3)).to_be_visible()


async def test_a_draft_comes_back_as_it_was_addressed_and_another_ticket_begins_with_everyone(
    browsers: Browsers, seed: Seed
) -> None:
    nora, theo = seed.person(BUYER, "Nora"), seed.person(SELLER, "Theo")
    first, second = seed.tickets([(nora, theo)] * 2)
    screen = await browsers.open(theo, theo.page(first))
    await screen.ready(first.number)
    await screen.message_box.fill("Half a note")
    await audience(screen).select_option(label="Staff")
    await warns(screen, "Staff")
    await screen.row(second.number).click()
    await screen.ready(second.number)
    await expect(screen.message_box).to_have_value("")
    await expect(audience(screen)).to_have_value("everyone")
    await expect(screen.page.get_by_text(WARNINGS["Staff"])).to_have_count(0)
    await screen.row(first.number).click()
    await screen.ready(first.number)
    await expect(screen.message_box).to_have_value("Half a note")
    await expect(audience(screen)).to_have_value("staff")
    await warns(screen, "Staff")


async def test_what_was_typed_before_is_not_saved_for_those_it_was_meant_for_then(
    desk: Desk, browsers: Browsers, seed: Seed
) -> None:
    nora, theo = seed.person(BUYER, "Nora"), seed.person(SELLER, "Theo")
    ticket = seed.ticket(nora, theo)
    screen = await browsers.open(theo)
    saved = asyncio.Queue[str]()

    def note(line: WebSocket) -> None:
        line.on("framesent", lambda frame: saved.put_nowait(str(frame)))

    screen.alter().on("websocket", note)
    await screen.go(theo.page(ticket))
    await screen.ready(ticket.number)
    await screen.message_box.fill("Half a note")
    await audience(screen).select_option(label="Staff")

    async def saved_for() -> str:
        """Who the next draft was saved for."""
        while not (sent := re.search(r'keep_draft.*?"audience":"(\w+)"', await saved.get())):
            pass
        return sent[1]

    async with asyncio.timeout(15):
        while await saved_for() != "staff":
            pass
        # When the pause after typing is over.
        assert await saved_for() == "staff"


async def test_what_was_written_for_few_goes_to_more_only_when_one_says_so(
    desk: Desk, browsers: Browsers, seed: Seed
) -> None:
    nora, theo = seed.person(BUYER, "Nora"), seed.person(SELLER, "Theo")
    ticket = seed.ticket(nora, theo)
    screen, buyer = await browsers.open(theo, theo.page(ticket)), await browsers.open(nora)
    await screen.ready(ticket.number)
    question = screen.page.get_by_role("dialog", name="Send this to more people?")
    await audience(screen).select_option(label="Staff")
    await screen.message_box.fill("She has tried this before")
    await audience(screen).select_option(label="Everyone")
    await screen.message_box.press("Enter")
    await expect(question).to_contain_text("Written for Staff, now addressed to Everyone.")
    await sound(screen)
    await question.get_by_role("button", name="Keep it for Staff").click()
    await expect(audience(screen)).to_have_value("staff")
    await expect(screen.message_box).to_have_value("She has tried this before")

    # It is asked of the same draft after a page load, too.
    await audience(screen).select_option(label="Everyone")
    await screen.message_box.blur()
    await screen.page.reload()
    await expect(screen.message_box).to_have_value("She has tried this before")
    await screen.message_box.press("Enter")
    await question.get_by_role("button", name="Send to Everyone").click()
    await screen.shows([FIRST, "She has tried this before"])
    await expect(buyer.row(ticket.number)).to_contain_text("She has tried this before")
    await screen.send("And this is a new one.")
    await expect(question).to_have_count(0)


async def test_what_was_written_for_few_is_still_that_when_it_comes_back_into_the_box(
    browsers: Browsers, seed: Seed
) -> None:
    nora, theo = seed.person(BUYER, "Nora"), seed.person(SELLER, "Theo")
    ticket = seed.ticket(nora, theo)
    screen = await browsers.open(theo, theo.page(ticket))
    await screen.ready(ticket.number)
    question = screen.page.get_by_role("dialog", name="Send this to more people?")
    box = screen.message_box

    async def goes_out_and_comes_back(out: str, back: str) -> None:
        await box.press("ControlOrMeta+a")
        await box.press(out)
        await expect(box).to_have_value("")
        await audience(screen).select_option(label="Everyone")
        await box.press(back)
        await box.press("Enter")
        await expect(question).to_contain_text("Written for Staff, now addressed to Everyone.")
        await question.get_by_role("button", name="Keep it for Staff").click()
        await expect(box).to_have_value("She has tried this before")

    await audience(screen).select_option(label="Staff")
    await box.fill("She has tried this before")
    await goes_out_and_comes_back("ControlOrMeta+x", "ControlOrMeta+v")
    await goes_out_and_comes_back("Delete", "ControlOrMeta+z")
    # Also when it is a draft that an earlier page has left.
    await box.blur()
    await screen.page.reload()
    await expect(box).to_have_value("She has tried this before")
    await goes_out_and_comes_back("ControlOrMeta+x", "ControlOrMeta+v")

    await box.fill("")
    await audience(screen).select_option(label="Everyone")
    await screen.send("What have you tried?")
    await expect(question).to_have_count(0)
    await screen.shows([FIRST, "What have you tried?"])


@asynccontextmanager
async def writing(screen: Screen) -> AsyncIterator[None]:
    """One letter after the other, for as long as the block lasts: after a pause nobody types."""
    stop = asyncio.Event()

    async def write() -> None:
        while not stop.is_set():
            await screen.message_box.press("l", delay=200)

    letters = asyncio.create_task(write())
    try:
        yield
    finally:
        stop.set()
        await letters


async def test_who_writes_is_named_to_those_who_may_read_it(room: Room) -> None:
    said = room.buyer.page.get_by_role("status").get_by_text("typing…")
    async with writing(room.admin):
        async with writing(room.seller):
            await expect(said).to_have_text(re.compile("^(Theo and Ada|Ada and Theo) are typing…$"))
        await room.seller.message_box.press("Enter")
        await expect(said).to_have_text("Ada is typing…")
    await room.admin.message_box.press("Enter")
    await expect(said).to_have_count(0)
