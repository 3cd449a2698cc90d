"""The newcomer's story: a buyer, a seller and an admin in three browsers."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass

import pytest
from playwright.async_api import expect

from tests.e2e.conftest import Browsers
from tests.support.desk import Desk
from tests.support.screen import Screen


@dataclass
class Story:
    """bea, sol and ada, and the ticket that bea has just filed to sol."""

    bea: Screen
    sol: Screen
    ada: Screen
    number: str

    @property
    def all(self) -> tuple[Screen, Screen, Screen]:
        return self.bea, self.sol, self.ada

    async def open_everywhere(self) -> None:
        for screen in self.all[1:]:
            await screen.row(self.number).click()
        await asyncio.gather(*(screen.ready(self.number) for screen in self.all))


FIRST = "It flickers as soon as it is switched on."


async def file_ticket(buyer: Screen, subject: str, seller: str = "Sol") -> str:
    """File a ticket as people do, and return its number."""
    await buyer.button("New ticket").click()
    dialog = buyer.page.get_by_role("dialog", name="New ticket")
    await dialog.get_by_role("textbox", name="Subject").fill(subject)
    await dialog.get_by_role("textbox", name="Description").fill(FIRST)
    await dialog.get_by_role("combobox", name="Type").select_option(label="Problem")
    await dialog.get_by_role("combobox", name="Priority").select_option(label="High")
    await dialog.get_by_role("combobox", name="Seller").select_option(label=seller)
    await dialog.get_by_role("button", name="Create ticket").click()
    await expect(dialog).to_be_hidden()
    await expect(buyer.page).to_have_url(re.compile(r"/buyer/tickets/TC-\d{4}$"))
    return buyer.page.url.rpartition("/")[2]


@pytest.fixture
async def story(standing: Browsers) -> Story:
    """A new ticket for each test, at screens that are open all the while."""
    if not standing.screens:
        for name in ("bea", "sol", "ada"):
            await standing.open(name)
    bea, sol, ada = standing.screens
    for screen in standing.screens:
        await screen.back_to_the_list()
    return Story(bea, sol, ada, await file_ticket(bea, "The lamp flickers"))


async def test_a_filed_ticket_opens_for_its_buyer_and_tops_the_lists_of_seller_and_admin(
    story: Story,
) -> None:
    await story.bea.ready(story.number)
    await story.bea.shows([FIRST])
    for screen in (story.sol, story.ada):
        top = screen.rows.first
        await expect(top).to_contain_text(story.number)
        await expect(top).to_contain_text("The lamp flickers")
        await expect(top).to_contain_text(f"Bea: {FIRST}")
        await expect(top).to_contain_text("Open")
        await expect(top).to_contain_text("High")
        await expect(screen.unread(story.number, 1)).to_be_visible()


async def test_each_message_appears_to_all_three_in_the_order_it_was_written(story: Story) -> None:
    await story.open_everywhere()
    written = [FIRST]
    for turn in range(3):
        for name, screen in (("bea", story.bea), ("sol", story.sol), ("ada", story.ada)):
            written.append(f"Words {turn} of {name}")
            await screen.send(written[-1])
            await asyncio.gather(*(each.shows(written) for each in story.all))
    people = story.bea.details.get_by_role("list", name="People").get_by_role("listitem")
    await expect(people).to_contain_text(["Bea", "Sol", "Ada"])


async def test_messages_written_at_the_same_moment_stand_in_one_order_for_all(story: Story) -> None:
    await story.open_everywhere()

    async def write(name: str, screen: Screen) -> None:
        for number in range(6):
            await screen.send(f"{name} says {number}.")

    await asyncio.gather(write("Bea", story.bea), write("Sol", story.sol), write("Ada", story.ada))
    orders = []
    for screen in story.all:
        await expect(screen.messages).to_have_count(1 + 3 * 6)
        said = "\n".join(await screen.messages.all_inner_texts())
        orders.append(re.findall(r"(?:Bea|Sol|Ada) says \d\.", said))
        places = [
            int(await each.get_attribute("data-seq") or 0) for each in await screen.messages.all()
        ]
        assert places == sorted(set(places))
    assert orders[0] == orders[1] == orders[2]
    for name in ("Bea", "Sol", "Ada"):
        assert [line for line in orders[0] if line.startswith(name)] == [
            f"{name} says {number}." for number in range(6)
        ]


async def test_a_change_of_status_and_priority_shows_in_details_list_and_conversation_of_all(
    story: Story,
) -> None:
    await story.open_everywhere()
    await story.sol.fact("Status").select_option(label="In progress")
    await story.ada.fact("Priority").select_option(label="Urgent")
    for screen in story.all:
        await expect(screen.fact("Status")).to_have_value("in_progress")
        await expect(screen.fact("Priority")).to_have_value("urgent")
        await expect(screen.row(story.number)).to_contain_text("In progress")
        await expect(screen.row(story.number)).to_contain_text("Urgent")
        await expect(screen.events).to_have_count(2)
        for line in ("Sol set status to In progress", "Ada set priority to Urgent"):
            await expect(screen.events.filter(has_text=line)).to_have_count(1)


async def test_a_closed_ticket_takes_no_message_until_somebody_reopens_it(story: Story) -> None:
    await story.open_everywhere()
    await story.sol.button("Close ticket").click()
    for screen in story.all:
        await expect(screen.page.get_by_text("This ticket is closed")).to_be_visible()
        await expect(screen.message_box).to_be_hidden()
        await expect(screen.row(story.number)).to_contain_text("Closed")
        await expect(screen.details).to_contain_text("Resolved")
    await story.bea.button("Reopen ticket").click()
    for screen in story.all:
        await expect(screen.message_box).to_be_visible()
        await expect(screen.row(story.number)).to_contain_text("Open")
        await expect(screen.button("Close ticket")).to_be_visible()
    await story.bea.send("It is back.")
    for screen in story.all:
        await screen.shows([FIRST, "It is back."])


async def test_an_answer_of_the_buyer_reopens_a_resolved_ticket(story: Story) -> None:
    await story.open_everywhere()
    await story.ada.fact("Status").select_option(label="Resolved")
    for screen in story.all:
        await expect(screen.fact("Status")).to_have_value("resolved")
    await story.bea.send("Still broken.")
    for screen in story.all:
        await expect(screen.fact("Status")).to_have_value("open")
        await expect(screen.row(story.number)).to_contain_text("Open")


async def test_unread_messages_are_counted_until_the_ticket_is_opened(story: Story) -> None:
    await expect(story.sol.unread(story.number, 1)).to_be_visible()
    await story.bea.send("And it hums.")
    await story.bea.send("Loudly.")
    for screen in (story.sol, story.ada):
        await expect(screen.unread(story.number, 3)).to_be_visible()
    await expect(story.bea.any_unread(story.number)).to_have_count(0)

    await story.sol.row(story.number).click()
    await story.sol.ready(story.number)
    await expect(story.sol.any_unread(story.number)).to_have_count(0)
    await expect(story.ada.unread(story.number, 3)).to_be_visible()

    await story.sol.page.go_back()
    await expect(story.sol.messages).to_have_count(0)
    await expect(story.sol.row(story.number)).to_be_visible()
    await expect(story.sol.any_unread(story.number)).to_have_count(0)
    await story.bea.send("Are you there?")
    await expect(story.sol.unread(story.number, 1)).to_be_visible()
    await story.sol.page.reload()
    await expect(story.sol.unread(story.number, 1)).to_be_visible()


async def test_a_stranger_sees_nothing_of_it_and_its_address_says_what_an_absent_one_says(
    story: Story, browsers: Browsers
) -> None:
    stranger = await browsers.open("max")
    await expect(stranger.page.get_by_text("No tickets yet")).to_be_visible()
    await story.bea.send("Is anybody there?")
    await expect(story.sol.unread(story.number, 2)).to_be_visible()
    await expect(stranger.page.get_by_text("No tickets yet")).to_be_visible()

    said = []
    for number in (story.number, "TC-9999", "nonsense"):
        # Each in a tab of its own: until it is answered, a tab shows what it showed before.
        tab = await browsers.open("max", f"/buyer/tickets/{number}")
        await expect(tab.page.get_by_role("heading", name="Ticket not found")).to_be_visible()
        said.append(await tab.page.locator("body").inner_text())
        assert FIRST not in await tab.page.content()
    assert said[0] == said[1] == said[2]
    await story.bea.go(f"/buyer/tickets/{story.number}")
    await story.bea.ready(story.number)


async def test_the_demo_greets_with_its_people_and_some_fifty_tickets(
    desk: Desk, browsers: Browsers
) -> None:
    ada = await browsers.open("ada")
    await expect(ada.rows.first).to_be_visible()
    total = await ada.page.get_by_role("region", name="Ticket list").inner_text()
    assert int(re.search(r"All tickets\s+(\d+)", total)[1]) >= 50
