"""How many statements a screen costs when it is opened: a number that no ticket adds to."""

from __future__ import annotations

import asyncio

import pytest

from supportdesk.database.plans import plan_of
from supportdesk.domain.circles import circle_of
from supportdesk.domain.queries.news import Following
from tests.support.browsers import Browsers, all_show, bodies, catch_up
from tests.support.desk import Desk
from tests.support.seed import ADMIN, BUYER, SELLER, Person, Seed
from tests.support.statements import counting

# For each role: its list, and a ticket beside the list.
COST = {BUYER: (13, 27), SELLER: (15, 29), ADMIN: (19, 33)}
SETTINGS = 16
_FRAME = {"BEGIN", "COMMIT", "ROLLBACK"}


async def opening(desk: Desk, browsers: Browsers, person: Person, path: str) -> int:
    """The statements of a new tab until it has come to rest, but for what begins and ends them."""
    with counting(desk) as statements:
        tab = browsers.new(person)
        await tab.visit(path)
        await asyncio.to_thread(statements.count_at_rest)
        texts = statements.texts()
        # What is noted of it as it leaves is not for the next one to count.
        await tab.look("hidden")
        await tab.cut()
        return len([text for text in texts if text.strip() not in _FRAME])


@pytest.mark.parametrize("role", COST)
async def test_opening_a_screen_costs_as_much_as_ever(
    desk: Desk, seed: Seed, browsers: Browsers, role: str
) -> None:
    bea, sol, ada = seed.person(BUYER), seed.person(SELLER), seed.person(ADMIN)
    tickets = seed.tickets([(bea, sol)] * 40, messages=60)
    person = {BUYER: bea, SELLER: sol, ADMIN: ada}[role]
    cost = (
        await opening(desk, browsers, person, person.home),
        await opening(desk, browsers, person, person.page(tickets[0])),
    )
    assert cost == COST[role]


async def test_a_long_conversation_opens_with_as_few_as_a_short_one(
    desk: Desk, seed: Seed, browsers: Browsers
) -> None:
    bea, sol = seed.person(BUYER), seed.person(SELLER)
    for messages in (50, 10_000):
        ticket = seed.ticket(bea, sol, messages=messages)
        assert await opening(desk, browsers, bea, bea.page(ticket)) == COST[BUYER][1]


async def test_a_message_is_saved_and_read_for_all_who_have_it_open_at_once(
    desk: Desk, seed: Seed, browsers: Browsers
) -> None:
    bea, sol, ada = seed.person(BUYER), seed.person(SELLER), seed.person(ADMIN)
    ticket = seed.ticket(bea, sol)
    tabs = [await browsers.visit(person, ticket) for person in (bea, sol, ada)]
    plans = [plan_with_post(person) for person in (bea, sol, ada)]
    with counting(desk) as statements:
        text = await catch_up(tabs[0])
        await all_show(text, tabs)
        texts = statements.texts()
    posts = sent_for(texts, "post_message_as_buyer")
    assert [each for each in texts if any(plan in each for plan in plans)] in ([], posts)


async def test_a_crowd_does_not_wait_for_what_is_read_for_the_others(
    desk: Desk, seed: Seed, browsers: Browsers
) -> None:
    sol, admins = seed.person(SELLER), seed.people(ADMIN, 21)
    ticket = seed.ticket(None, sol)
    writer = await browsers.visit(sol, ticket)
    crowd = [await browsers.visit(admin, ticket) for admin in admins]
    await catch_up(writer)
    with counting(desk) as statements:
        text = await catch_up(writer)
        await all_show(text, [writer, *crowd])
        texts, shown = statements.texts(), [bodies(tab) for tab in (writer, *crowd)]
        # What is noted of each of them as they leave is not for the next test to count.
        await browsers.close()
        await asyncio.to_thread(statements.count_at_rest)
    post = sent_for(texts, "post_message_as_seller")[-1]
    assert plan_with_post(admins[0]) in post
    assert plan_with_post(sol) not in post
    apart = sent_for(texts, plan_for(sol))[0]
    assert texts.index(apart) > texts.index(post)
    assert [each.count(text) for each in shown] == [1] * len(shown)


def sent_for(texts: list[str], words: str) -> list[str]:
    """What holds these words: one statement, which is sent again where the connection has lost its
    plans meanwhile, to a rollback for one who came before."""
    return [each for each in texts if words in each]


def following(person: Person) -> Following:
    return Following(person.actor, circle_of(person.actor.role), person.id, 0, frozenset())


def plan_for(person: Person) -> str:
    """What the reading of news is called that is done as that person."""
    return plan_of(following(person).reading.query, person.actor.database_role).name


def plan_with_post(person: Person) -> str:
    """The same for what is read in the round trip that saves a message."""
    return plan_of(following(person).plain_reading.query, person.actor.database_role).name


async def test_opening_the_settings_costs_as_much_as_ever(
    desk: Desk, seed: Seed, browsers: Browsers
) -> None:
    assert await opening(desk, browsers, seed.person(ADMIN), "/admin/settings") == SETTINGS
