"""Two server processes on one database: what happens at one is known at the other."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from datetime import datetime

import aiohttp
import pytest

from tests.realtime.test_presence import is_, standing
from tests.realtime.test_typing import types, typing
from tests.support.browsers import Browsers, all_show, catch_up
from tests.support.desk import Desk, running_beside
from tests.support.raw_browser import THREAD, RawBrowser
from tests.support.seed import ADMIN, BUYER, SELLER, Seed
from tests.support.statements import counting

# Nobody is online for longer at a process that was killed.
GONE_WITHIN = 30
# In the time after which a process that is not heard of counts as dead.
BEATS_MEANWHILE = 3
_DOES = re.compile(r"pg_notify|note_seen|INSERT|UPDATE|DELETE|MERGE")


@pytest.fixture(scope="module")
def second(desk: Desk) -> Iterator[Desk]:
    with running_beside(desk) as running:
        yield running


@pytest.fixture
async def there(http: aiohttp.ClientSession, second: Desk) -> AsyncIterator[Browsers]:
    """Browsers at the second process."""
    opened = Browsers(http, second)
    yield opened
    await opened.close()


def admins_here(browser: RawBrowser) -> dict[str, str]:
    return {each["name"]: each["doing"] for each in browser.var(THREAD, "admins_here", [])}


async def test_messages_typing_and_presence_travel_between_processes(
    seed: Seed, browsers: Browsers, there: Browsers
) -> None:
    bea, sol = seed.person(BUYER, "Bea"), seed.person(SELLER, "Sol")
    ada, abe = seed.person(ADMIN, "Ada"), seed.person(ADMIN, "Abe")
    ticket = seed.ticket(bea, sol)
    at_bea, at_ada = await asyncio.gather(*(browsers.visit(p, ticket) for p in (bea, ada)))
    at_sol, at_abe = await asyncio.gather(*(there.visit(p, ticket) for p in (sol, abe)))
    await at_sol.say("From afar")
    await all_show("From afar", (at_bea, at_ada, at_sol, at_abe))

    for one, other, there_is in ((at_bea, at_sol, sol), (at_sol, at_bea, bea)):
        await is_(one, there_is, "online", here=True)
        await types(other)
        await one.until(lambda b, who=there_is: who.name in typing(b))
    for one in (at_ada, at_abe):
        await one.until(lambda b: admins_here(b) == {"Abe": "viewing", "Ada": "viewing"})
    await types(at_abe, "admins")
    await at_ada.until(lambda b: admins_here(b)["Abe"] == "replying")
    await catch_up(at_bea)
    assert str(abe.id) not in str(at_bea.frames)
    assert str(ada.id) not in str(at_sol.frames)

    await at_sol.look("hidden")
    await is_(at_bea, sol, "away", here=False)
    await at_sol.close()
    await is_(at_bea, sol, "offline", here=False)


async def test_one_who_goes_from_one_process_to_another_is_online_throughout(
    seed: Seed, browsers: Browsers, there: Browsers
) -> None:
    bea, sol = seed.person(BUYER, "Bea"), seed.person(SELLER, "Sol")
    ticket = seed.ticket(bea, sol)
    at_bea, first = await browsers.visit(bea, ticket), await browsers.visit(sol)
    await is_(at_bea, sol, "online", here=False)
    since = len(at_bea.frames)
    await there.visit(sol, ticket)
    await is_(at_bea, sol, "online", here=True)
    await first.close()
    ben = seed.person(SELLER, "Ben")  # Goes when Sol has, whose going would be told before.
    other = await browsers.visit(bea, seed.ticket(bea, ben))
    at_ben = await browsers.visit(ben)
    await is_(other, ben, "online", here=False)
    await at_ben.close()
    await is_(other, ben, "offline", here=False)
    assert not any('"state":"offline"' in frame for _, frame in at_bea.frames[since:])


@pytest.mark.slow
async def test_of_a_killed_process_nobody_stays_and_of_a_new_one_all_is_known(
    desk: Desk, seed: Seed, browsers: Browsers, there: Browsers, second: Desk
) -> None:
    bea, sol = seed.person(BUYER, "Bea"), seed.person(SELLER, "Sol")
    ada, abe = seed.person(ADMIN, "Ada"), seed.person(ADMIN, "Abe")
    ticket = seed.ticket(bea, sol)
    at_bea, at_ada = await asyncio.gather(*(browsers.visit(p, ticket) for p in (bea, ada)))
    await asyncio.gather(*(there.visit(p, ticket) for p in (sol, abe)))
    await is_(at_bea, sol, "online", here=True)
    await at_ada.until(lambda b: set(admins_here(b)) == {"Abe", "Ada"})

    await asyncio.to_thread(second.kill)
    with counting(desk) as statements:
        await at_bea.until(lambda b: standing(b, sol)["state"] == "offline", GONE_WITHIN)
        await at_ada.until(lambda b: set(admins_here(b)) == {"Ada"})
    # Who has just come is noted, and who is gone; that the others are still there is only said.
    said = Counter(found[0] for text in statements.all_texts() if (found := _DOES.search(text)))
    assert said.pop("pg_notify") >= BEATS_MEANWHILE
    assert said.keys() == {"note_seen"}
    assert said["note_seen"] < BEATS_MEANWHILE
    seen_at = str(standing(at_bea, sol)["seen_at"])
    assert datetime.fromisoformat(seen_at) > datetime.fromisoformat(at_bea.lines[0]["at"])

    await asyncio.to_thread(second.start)
    at_sol = await there.visit(sol, ticket)
    await is_(at_sol, bea, "online", here=True)
    await is_(at_bea, sol, "online", here=True)
