"""Who is told that somebody is there, away or gone, and who learns nothing of it."""

from __future__ import annotations

import asyncio
from datetime import datetime

import pytest

from tests.support.browsers import Browsers, catch_up
from tests.support.raw_browser import THREAD, RawBrowser
from tests.support.seed import ADMIN, BUYER, SELLER, Person, Seed, SeededTicket


class Room:
    """bea, sol and ada at one ticket."""

    def __init__(self, ticket: SeededTicket, people: list[Person], at: list[RawBrowser]) -> None:
        self.ticket, self.people = ticket, people
        self.bea, self.sol, self.ada = people
        self.at_bea, self.at_sol, self.at_ada = at


@pytest.fixture
async def room(seed: Seed, browsers: Browsers) -> Room:
    people = [seed.person(BUYER, "Bea"), seed.person(SELLER, "Sol"), seed.person(ADMIN, "Ada")]
    ticket = seed.ticket(*people[:2])
    at = await asyncio.gather(*(browsers.visit(person, ticket) for person in people))
    return Room(ticket, people, list(at))


def standing(browser: RawBrowser, person: Person) -> dict[str, object]:
    found: dict[str, object] = browser.var(THREAD, "presence", {}).get(str(person.id), {})
    return found


async def is_(browser: RawBrowser, person: Person, state: str, *, here: bool) -> None:
    """That person's presence, as it stands on that screen."""

    def so(browser: RawBrowser) -> bool:
        at = standing(browser, person)
        return (at.get("state"), at.get("here")) == (state, here)

    await browser.until(so, 20)


async def test_who_stands_in_the_list_of_people_is_known_to_be_there_away_or_gone(
    room: Room,
) -> None:
    for other in (room.at_bea, room.at_ada):
        await is_(other, room.sol, "online", here=True)
    await room.at_sol.look("idle")
    await is_(room.at_bea, room.sol, "away", here=True)
    await room.at_sol.look("hidden")
    await is_(room.at_bea, room.sol, "away", here=False)
    await room.at_sol.look("here")
    await is_(room.at_bea, room.sol, "online", here=True)
    await room.at_sol.navigate(room.sol.home)
    await is_(room.at_bea, room.sol, "online", here=False)
    await room.at_sol.close()
    await is_(room.at_bea, room.sol, "offline", here=False)
    seen_at = str(standing(room.at_bea, room.sol)["seen_at"])
    assert datetime.fromisoformat(seen_at) > datetime.fromisoformat(room.at_bea.lines[0]["at"])


async def test_one_device_that_is_looked_at_is_enough(room: Room, browsers: Browsers) -> None:
    phone = await browsers.visit(room.sol)
    await room.at_sol.look("hidden")
    await is_(room.at_bea, room.sol, "online", here=False)
    await phone.look("hidden")
    await is_(room.at_bea, room.sol, "away", here=False)
    await room.at_sol.close()
    await phone.look("here")
    await is_(room.at_bea, room.sol, "online", here=False)


async def test_who_writes_for_the_first_time_is_known_to_be_there(room: Room) -> None:
    for other in (room.at_bea, room.at_ada):
        await is_(other, room.sol, "online", here=True)
    await is_(room.at_sol, room.bea, "online", here=True)
    assert standing(room.at_bea, room.ada) == {}
    await room.at_ada.say("May I?")
    for other in (room.at_bea, room.at_sol):
        await other.until(lambda b: standing(b, room.ada).get("state") == "online")


async def test_who_loads_the_page_again_was_never_gone(room: Room, browsers: Browsers) -> None:
    await is_(room.at_bea, room.sol, "online", here=True)
    since = len(room.at_bea.frames)
    await room.at_sol.close()
    await is_(room.at_bea, room.sol, "online", here=False)
    await browsers.visit(room.sol, room.ticket)
    await is_(room.at_bea, room.sol, "online", here=True)
    assert not any('"state":"offline"' in frame for _, frame in room.at_bea.frames[since:])


async def test_who_was_never_there_is_offline_since_nobody_knows_when(
    seed: Seed, browsers: Browsers
) -> None:
    bea, sol = seed.person(BUYER, "Bea"), seed.person(SELLER, "Sol")
    at_bea = await browsers.visit(bea, seed.ticket(bea, sol))
    await is_(at_bea, sol, "offline", here=False)
    assert standing(at_bea, sol)["seen_at"] == ""


async def test_whoever_joins_is_told_what_the_others_know(room: Room, browsers: Browsers) -> None:
    # "Offline" is also what a thread says before it knows: it must be what he became.
    await is_(room.at_bea, room.sol, "online", here=True)
    await room.at_sol.close()
    await is_(room.at_bea, room.sol, "offline", here=False)
    known = standing(room.at_bea, room.sol)
    assert known["seen_at"] != ""
    late = await browsers.visit(room.bea, room.ticket)
    await late.until(lambda b: standing(b, room.sol) == known)


async def test_of_strangers_nothing_is_said(room: Room, seed: Seed, browsers: Browsers) -> None:
    stranger, admin = seed.person(SELLER, "Sia"), seed.person(ADMIN, "Abe")
    await browsers.visit(stranger)
    at_abe = await browsers.visit(admin, room.ticket)
    await room.at_ada.until(lambda b: "Abe" in str(b.var(THREAD, "admins_here")))
    await at_abe.say("For the staff", "staff")
    await is_(room.at_sol, admin, "online", here=False)
    await catch_up(room.at_bea)
    heard = str(room.at_bea.frames)
    assert str(stranger.id) not in heard
    # An admin whose note she may not see is none of her people, nor are those who only look.
    assert str(admin.id) not in heard
    assert str(room.ada.id) not in heard
    assert set(room.at_bea.var(THREAD, "presence")) == {str(room.bea.id), str(room.sol.id)}


async def test_a_session_that_ends_takes_its_person_away(room: Room, seed: Seed) -> None:
    await is_(room.at_bea, room.sol, "online", here=True)
    async with room.at_sol.http.post(
        f"{room.at_sol.url}/auth/logout",
        headers={"Cookie": f"supportdesk_session={room.sol.session}", "Origin": room.at_sol.url},
        allow_redirects=False,
    ) as response:
        assert response.status == 303
    await is_(room.at_bea, room.sol, "offline", here=False)
