"""What people are told of what they have not seen: in all their tabs, at once, and nobody else."""

from __future__ import annotations

import asyncio
import re

import pytest

from supportdesk import routes
from tests.support.browsers import Browsers, catch_up
from tests.support.desk import Desk
from tests.support.raw_browser import ACCOUNT, MARK, MESSAGE, NOTIFICATIONS, THREAD, RawBrowser
from tests.support.seed import ADMIN, BUYER, SELLER, Person, Seed, SeededTicket
from tests.support.statements import counting


class Room:
    """bea's ticket to sol, open at sol's; bea sits at two tabs with the list."""

    def __init__(self, ticket: SeededTicket, people: list[Person]) -> None:
        self.ticket = ticket
        self.bea, self.sol, self.ada, self.max = people

    async def open(self, browsers: Browsers, seed: Seed) -> None:
        again = seed.session_of(self.bea)
        self.tabs = [await browsers.visit(self.bea), await browsers.visit(again)]
        self.at_sol = await browsers.visit(self.sol, self.ticket)
        self.at_ada = await browsers.visit(self.ada, self.ticket)
        self.at_max = await browsers.visit(self.max)
        for tab in (*self.tabs, self.at_sol, self.at_ada, self.at_max):
            await tab.until(counts_told)


@pytest.fixture
async def room(seed: Seed, browsers: Browsers) -> Room:
    people = [
        seed.person(BUYER, "Bea"), seed.person(SELLER, "Sol"), seed.person(ADMIN, "Ada"),
        seed.person(BUYER, "Max"),
    ]  # fmt: skip
    room = Room(seed.ticket(*people[:2]), people)
    await room.open(browsers, seed)
    return room


def unread(browser: RawBrowser) -> int:
    return int(browser.var(NOTIFICATIONS, "unread", 0))


def told(browser: RawBrowser) -> list[tuple[str, str, bool]]:
    groups = browser.var(NOTIFICATIONS, "told", [])
    return [(each["name"], each["does"], each["unread"]) for each in groups]


async def all_count(tabs: list[RawBrowser], count: int) -> None:
    await asyncio.gather(*(tab.until(lambda b: unread(b) == count) for tab in tabs))


def counts_told(browser: RawBrowser) -> list[int]:
    """Each number that the hub has told this tab, after what it arrived with."""
    alone = re.compile(rf'"{re.escape(NOTIFICATIONS)}":{{"unread{MARK}":(\d+)')
    return [int(found[1]) for _, frame in browser.frames if (found := alone.search(frame))]


async def test_all_tabs_of_those_concerned_are_told_and_nobody_else(room: Room) -> None:
    await room.at_sol.say("Here you are.")
    await all_count(room.tabs, 1)
    await room.at_sol.say("And @Bea, one more.")
    await all_count(room.tabs, 2)
    assert [tab.var(NOTIFICATIONS, "news")["mention"] for tab in room.tabs] == [True, True]
    for other in (room.at_sol, room.at_ada, room.at_max):
        await other.settled()
        assert counts_told(other) == [0]


async def test_what_one_may_not_read_rings_nowhere(room: Room) -> None:
    await room.at_sol.say("@Bea must not see this", "staff")
    await room.at_sol.say("But this.")
    await all_count(room.tabs, 1)
    assert not room.tabs[0].var(NOTIFICATIONS, "news")["mention"]


async def test_who_looks_at_the_conversation_is_not_called_to_it(
    room: Room, browsers: Browsers, seed: Seed
) -> None:
    looking = await browsers.visit(seed.session_of(room.bea), room.ticket)
    await looking.until(counts_told)
    await room.at_sol.say("You see it already.")
    # By then it counts for nobody any more; until then it would have been told.
    await room.at_sol.until(lambda b: "Bea" in b.var(THREAD, "receipt")["text"])
    for tab in (*room.tabs, looking):
        await tab.settled()
        assert counts_told(tab) == [0]


async def test_reading_in_one_tab_clears_the_others(room: Room, browsers: Browsers) -> None:
    await room.at_sol.say("One")
    await all_count(room.tabs, 1)
    await room.tabs[0].navigate(room.bea.page(room.ticket))
    await room.tabs[0].settled()
    await all_count(room.tabs, 0)
    await room.tabs[0].send(f"{MESSAGE}.mark_unread", seq=room.tabs[0].lines[-1]["seq"])
    await all_count(room.tabs, 1)


async def test_a_deleted_message_takes_its_notification_from_every_tab_and_open_list(
    room: Room,
) -> None:
    await room.at_sol.say("@Bea, a mistake")
    await all_count(room.tabs, 1)
    await room.tabs[1].send(f"{NOTIFICATIONS}.show", shown=True)
    await room.tabs[1].until(lambda b: told(b) == [("Sol", "mentioned you", True)])
    await room.at_sol.until(lambda b: "a mistake" in str(b.lines[-1:]))
    await room.at_sol.send(f"{MESSAGE}.delete_message", message_id=room.at_sol.lines[-1]["id"])
    await all_count(room.tabs, 0)
    await room.tabs[1].until(lambda b: told(b) == [])


async def test_the_open_list_follows_and_all_can_be_marked_as_read_everywhere(room: Room) -> None:
    first, second = room.tabs
    await second.send(f"{NOTIFICATIONS}.show", shown=True)
    await room.at_sol.say("One")
    await second.until(lambda b: told(b) == [("Sol", "wrote", True)])
    await room.at_sol.say("Two")
    await second.until(lambda b: b.var(NOTIFICATIONS, "told")[0]["more"] == 1)
    await first.send(f"{NOTIFICATIONS}.mark_all_read")
    await all_count(room.tabs, 0)
    await second.until(lambda b: told(b) == [("Sol", "wrote", False)])
    assert first.unread(room.ticket.number) > 0


async def test_a_tab_that_comes_later_or_again_knows_and_is_not_called(
    room: Room, browsers: Browsers, seed: Seed
) -> None:
    await room.at_sol.say("One")
    await all_count(room.tabs, 1)
    late = await browsers.visit(seed.session_of(room.bea))
    await all_count([late], 1)
    assert late.var(NOTIFICATIONS, "news") == {}
    await room.tabs[0].cut()
    await room.at_sol.say("Two")
    await all_count([late], 2)
    await room.tabs[0].open(room.tabs[0].path)
    await all_count(room.tabs, 2)


async def test_what_one_wants_is_so_on_every_page_of_ones_own(
    room: Room, browsers: Browsers, seed: Seed
) -> None:
    page, other = browsers.new(room.bea), browsers.new(seed.session_of(room.bea))
    for tab in (page, other):
        await tab.visit(routes.ACCOUNT)
    await page.send(f"{ACCOUNT}.choose", choice="messages", wanted=False)
    for tab in (page, other):
        await tab.until(lambda b: b.var(ACCOUNT, "preferences")["messages"] is False)
    await room.at_sol.say("Quiet")
    await room.at_sol.say("@Bea")
    await all_count([*room.tabs, page, other], 1)


async def test_telling_many_costs_no_more_statements_than_telling_one(
    room: Room, browsers: Browsers, seed: Seed, desk: Desk
) -> None:
    asked = []
    for said in (6, 12):
        with counting(desk) as statements:
            await room.at_sol.say("Again")
            await asyncio.to_thread(statements.count_at_rest)
            asked.append(sum("unread_of" in text for text in statements.texts()))
        for ada in seed.people(ADMIN, 5):
            at_ada = await browsers.visit(ada, room.ticket)
            await catch_up(at_ada)
            await at_ada.navigate(ada.home)
            await at_ada.settled()
        # What the others were told of all that is not for the next one to count.
        await all_count(room.tabs, said)
    assert asked[0] == asked[1]
