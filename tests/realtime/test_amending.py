"""A message that changes is another one on every screen that shows it, wherever it stands there."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.support.browsers import Browsers, all_show
from tests.support.raw_browser import MESSAGE, THREAD, RawBrowser
from tests.support.seed import ADMIN, BUYER, SELLER, Person, Seed, SeededTicket

LONG = 70  # More than a page.


@pytest.fixture
def people(seed: Seed) -> tuple[Person, Person, Person]:
    return seed.person(BUYER), seed.person(SELLER), seed.person(ADMIN)


def line(browser: RawBrowser, seq: int) -> dict[str, Any]:
    return next(line for line in browser.lines if line["seq"] == seq)


async def edit(browser: RawBrowser, message_id: str, text: str) -> None:
    await browser.send(f"{MESSAGE}.begin_edit", message_id=message_id)
    await browser.send(f"{MESSAGE}.save_edit", form_data={"edited": message_id, "text": text})


async def open_all(
    browsers: Browsers, people: tuple[Person, Person, Person], ticket: SeededTicket
) -> list[RawBrowser]:
    return list(await asyncio.gather(*(browsers.visit(who, ticket) for who in people)))


async def test_an_edit_a_reaction_and_a_deletion_show_at_everybody(seed, browsers, people):
    ticket = seed.ticket(*people[:2])
    screens = bea, sol, ada = await open_all(browsers, people, ticket)
    await sol.say("It is the blub.")
    await all_show("It is the blub.", screens)
    message_id = line(sol, 2)["id"]

    await edit(sol, message_id, "It is the bulb.")
    for screen in screens:
        await screen.until(lambda b: line(b, 2)["body"] == "It is the bulb.")
        await screen.until(lambda b: b.rows[0]["last_text"] == "It is the bulb.")
        assert line(screen, 2)["edited"]

    await bea.send(f"{MESSAGE}.react", message_id=message_id, emoji="👍")
    for screen in screens:
        await screen.until(lambda b: [each["emoji"] for each in line(b, 2)["reactions"]] == ["👍"])

    await ada.send(f"{MESSAGE}.delete_message", message_id=message_id)
    for screen in screens:
        await screen.until(lambda b: line(b, 2)["deleted"])
        assert (line(screen, 2)["body"], line(screen, 2)["reactions"]) == ("", [])
        await screen.until(lambda b: b.rows[0]["last_text"] == "Message deleted")
        assert "bulb" not in str(screen.rows[0])


async def test_who_reacts_is_one_of_the_people_from_then_on(seed, browsers, people):
    ticket, admin = seed.ticket(*people[:2]), str(people[2].id)
    screens = _, _, ada = await open_all(browsers, people, ticket)
    assert admin not in str(ada.var(THREAD, "facts")["people"])
    await ada.send(f"{MESSAGE}.react", message_id=line(ada, 1)["id"], emoji="👍")
    for screen in screens:
        await screen.until(lambda b: admin in str(b.var(THREAD, "facts")["people"]))


async def test_a_line_further_up_changes_in_its_place_for_those_who_have_paged_back_too(
    seed, browsers, people
):
    ticket = seed.ticket(*people[:2], messages=LONG)
    bea, sol, ada = await open_all(browsers, people, ticket)
    await ada.send(f"{THREAD}.load_earlier")
    await ada.until(lambda b: len(b.lines) == LONG)
    await ada.settled()
    near, far = line(ada, LONG - 5), line(ada, 3)

    await ada.send(f"{MESSAGE}.delete_message", message_id=near["id"])
    for screen in (bea, sol, ada):
        await screen.until(lambda b: line(b, LONG - 5)["deleted"])
    await ada.send(f"{MESSAGE}.delete_message", message_id=far["id"])
    await ada.until(lambda b: line(b, 3)["deleted"])
    assert [each["seq"] for each in ada.lines] == list(range(1, LONG + 1))

    for who, screen in zip(people, (bea, sol, ada), strict=True):
        anew = await browsers.visit(who, ticket)
        # The topmost line names its day, whatever stands above it elsewhere.
        below = anew.lines[1:]
        assert below == screen.lines[-len(below) :]


async def test_what_quotes_a_deleted_message_quotes_it_no_more(seed, browsers, people):
    ticket = seed.ticket(*people[:2])
    bea, sol, _ = await open_all(browsers, people, ticket)
    await sol.say("A secret slipped.")
    await bea.until(lambda b: len(b.lines) == 2)
    message_id = line(bea, 2)["id"]
    await bea.say("Did you mean this?", quote=message_id)
    for screen in (bea, sol):
        await screen.until(lambda b: len(b.lines) == 3)
    assert line(sol, 3)["quote"][0]["text"] == "A secret slipped."

    await sol.send(f"{MESSAGE}.delete_message", message_id=message_id)
    for screen in (bea, sol):
        await screen.until(lambda b: line(b, 3)["quote"][0]["text"] == "Message deleted")


async def test_earlier_versions_are_shown_to_the_staff_alone(seed, browsers, people):
    ticket = seed.ticket(*people[:2])
    screens = bea, sol, ada = await open_all(browsers, people, ticket)
    await sol.say("It was the blub.")
    await all_show("It was the blub.", screens)
    message_id = line(sol, 2)["id"]
    await edit(sol, message_id, "It was the bulb.")
    await bea.until(lambda b: line(b, 2)["edited"])
    for screen in screens:
        await screen.send(f"{MESSAGE}.show_versions", message_id=message_id)
        await screen.settled()
    for screen in (sol, ada):
        versions = screen.var(MESSAGE, "versions")
        assert [each["text"] for each in versions] == ["It was the blub."]
    assert bea.var(MESSAGE, "versions") == []


async def test_who_reacts_takes_part_from_then_on(seed, browsers, people):
    ticket = seed.ticket(*people[:2])
    bea, _, ada = await open_all(browsers, people, ticket)

    def takes_part(browser: RawBrowser) -> bool:
        names = [each["name"] for each in browser.var(THREAD, "facts")["people"]]
        return people[2].name in names

    assert not takes_part(bea)
    await ada.send(f"{MESSAGE}.react", message_id=line(ada, 1)["id"], emoji="👍")
    await bea.until(takes_part)
