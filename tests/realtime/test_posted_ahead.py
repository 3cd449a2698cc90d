"""A message is posted as it comes in, before its handler runs, where nothing else is under way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from uuid import uuid4

import psycopg
import pytest

from supportdesk.domain.ids import new_id
from tests.support.browsers import Browsers, all_show, bodies, catch_up
from tests.support.desk import Desk
from tests.support.faults import until
from tests.support.raw_browser import COMPOSER, DETAILS, THREAD, RawBrowser
from tests.support.seed import ADMIN, BUYER, SELLER, Person, Seed, SeededTicket

WAITING = "SELECT FROM pg_locks WHERE NOT granted"


class Room:
    """Sol's tab, and Ada's, in which it shows what he has said."""

    def __init__(self, sol: Person, ticket: SeededTicket, at: list[RawBrowser]) -> None:
        self.sol, self.ticket = sol, ticket
        self.tab, self.other = at

    async def send_past_handler(self, *texts: str, ticket: str = "") -> None:
        """What no handler takes, for it has one value too many: only what is posted before is."""
        waiting = [
            {
                "id": uuid4().hex,
                "ticket": ticket or self.ticket.number,
                "message": text,
                "audience": "everyone",
                "quote": "",
                "files": [],
            }
            for text in texts
        ]
        await self.tab.send(f"{COMPOSER}.send", waiting=waiting, unsendable="", surplus=True)


@pytest.fixture
async def room(seed: Seed, browsers: Browsers) -> Room:
    bea, sol, ada = seed.person(BUYER), seed.person(SELLER), seed.person(ADMIN)
    ticket = seed.ticket(bea, sol)
    at = await asyncio.gather(browsers.visit(sol, ticket), browsers.visit(ada, ticket))
    room = Room(sol, ticket, list(at))
    await catch_up(room.other)
    await catch_up(room.tab)  # Which is told the facts of a first answer after that.
    await room.tab.until(lambda b: b.var(THREAD, "facts")["first_response_at"])
    await room.tab.settled()
    return room


async def nothing_came(room: Room, text: str) -> None:
    """Once its event is through, and what comes after it has been shown."""
    await room.tab.settled()
    last = await catch_up(room.tab)
    await all_show(last, [room.other])
    assert text not in bodies(room.other)


async def test_it_does_not_wait_for_its_handler(room: Room) -> None:
    text = f"Ahead {new_id()}"
    await room.send_past_handler(text)
    await all_show(text, [room.other, room.tab])


async def test_the_handler_finds_it_and_says_so(room: Room) -> None:
    texts = [f"{i} of them, {new_id()}" for i in range(5)]
    for text in texts:
        await room.tab.say(text)
    await room.tab.until(lambda b: not b.outbox)
    await room.other.until(lambda b: bodies(b)[-5:] == texts)
    assert room.tab.refused == {}
    assert room.tab.var(COMPOSER, "error") == ""


async def test_of_several_only_the_first_is(room: Room) -> None:
    texts = [f"First {new_id()}", f"Second {new_id()}"]
    await room.send_past_handler(*texts)
    await all_show(texts[0], [room.other])
    await nothing_came(room, texts[1])


async def test_the_same_once_more_is_the_same_message(room: Room) -> None:
    text = f"Once {new_id()}"
    id_ = await room.tab.say(text)
    await room.tab.until(lambda b: not b.outbox)
    await room.tab.say(text, id_=id_)
    await room.tab.until(lambda b: not b.outbox)
    await catch_up(room.tab)
    assert bodies(room.tab).count(text) == 1


async def test_a_tab_that_is_busy_keeps_the_order_of_its_deeds(room: Room, desk: Desk) -> None:
    """What it asked for before is not done yet: somebody holds the ticket."""
    text = f"Too early {new_id()}"
    with psycopg.connect(desk.owner_url) as holding:
        holding.execute("SELECT FROM ticket WHERE id = %s FOR UPDATE", [room.ticket.id])
        await room.tab.send(f"{DETAILS}.choose_status", value="resolved")
        with psycopg.connect(desk.owner_url, autocommit=True) as looking:
            await until(lambda: looking.execute(WAITING).fetchall())
        await room.send_past_handler(text)
        await room.other.say(f"Meanwhile {new_id()}", "admins")
        holding.rollback()
    await room.other.until(lambda b: b.var(THREAD, "facts")["status"] == "resolved")
    await nothing_came(room, text)


async def test_whose_session_is_over_posts_nothing(room: Room, seed: Seed, desk: Desk) -> None:
    """The desk may not have heard of it yet: the database knows."""
    text = f"Over {new_id()}"
    with psycopg.connect(desk.owner_url) as ending:
        # Without a bell.
        ending.execute("SET LOCAL session_replication_role = replica")
        ending.execute("DELETE FROM session WHERE user_id = %s", [room.sol.id])
    await room.send_past_handler(text)
    await room.tab.settled()
    last = await catch_up(room.other)
    assert bodies(room.other)[-1] == last
    assert text not in bodies(room.other)


@pytest.mark.parametrize(
    "change",
    [
        lambda room, other: {"ticket": other.number},
        lambda room, other: {"ticket": "nothing"},
        lambda room, other: {"message": "@Ada, look"},
        lambda room, other: {"message": ["a", "list"]},
        lambda room, other: {"audience": "nobody"},
        lambda room, other: {"id": "no id"},
    ],
)
async def test_what_is_not_plain_or_not_of_the_open_ticket_is_left_to_the_handler(
    room: Room, seed: Seed, change: Callable[[Room, SeededTicket], dict[str, object]]
) -> None:
    other = seed.ticket(seed.person(BUYER), room.sol)
    text = f"Left {new_id()}"
    plain = {"id": uuid4().hex, "ticket": room.ticket.number, "message": text}
    plain |= {"audience": "everyone", "quote": "", "files": []}
    said = plain | change(room, other)
    await room.tab.send(f"{COMPOSER}.send", waiting=[said], unsendable="", surplus=True)
    before = len(bodies(room.tab))
    await nothing_came(room, text)
    assert len(bodies(room.tab)) == before + 1
