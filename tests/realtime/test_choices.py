"""What can be chosen, and what it is called, is so on every screen as soon as it is decided."""

from __future__ import annotations

from typing import Any

import pytest

from supportdesk.domain.ids import new_id
from tests.realtime.test_sessions_end import deactivate
from tests.support.browsers import Browsers, catch_up
from tests.support.desk import Desk
from tests.support.raw_browser import DETAILS, FILTERS, LABELS, SETTINGS, THREAD, RawBrowser
from tests.support.seed import ADMIN, BUYER, SELLER, Person, Seed, SeededTicket


@pytest.fixture
def name() -> str:
    return f"Called {new_id().hex[-8:]}"


@pytest.fixture
def ticket(seed: Seed, buyer: Person, seller: Person) -> SeededTicket:
    return seed.ticket(buyer, seller)


@pytest.fixture
def buyer(seed: Seed) -> Person:
    return seed.person(BUYER, "Nora")


@pytest.fixture
def seller(seed: Seed) -> Person:
    return seed.person(SELLER, "Theo")


def offered(tab: RawBrowser, state: str, kind: str) -> dict[str, str]:
    """What that tab offers of a kind: by name, its id."""
    choices = tab.var(state, kind, [])
    if state == DETAILS and kind != "assignable":
        return {each["label"]: each["value"] for each in choices}
    return {each["name"]: each["id"] for each in choices}


async def save(tab: RawBrowser, sort: str, name: str, id_: str = "", **more: Any) -> None:
    form = {"sort": sort, "id": id_, "name": name, "hue": "3", "kind": "text", **more}
    await tab.send(f"{SETTINGS}.submit", form_data=form)


async def test_a_tag_is_offered_when_it_is_made_and_renamed_wherever_it_stands(
    browsers: Browsers,
    seed: Seed,
    buyer: Person,
    seller: Person,
    ticket: SeededTicket,
    name: str,
) -> None:
    zoe, yann = seed.people(ADMIN, 2)
    nora, theo = [await browsers.visit(person, ticket) for person in (buyer, seller)]
    list_, admin = await browsers.visit(zoe), await browsers.visit(yann, ticket)
    await theo.send(f"{LABELS}.add_tag", form_data={"new-tag": name})
    for tab in (theo, list_, admin):
        await tab.until(lambda b: name in offered(b, FILTERS, "tags"))
    tag_id = offered(list_, FILTERS, "tags")[name]
    filtered = await browsers.visit(zoe)
    await filtered.navigate(f"{zoe.home}?tag={tag_id}")
    await filtered.settled()

    renamed = f"{name} again"
    await save(list_, "tag", renamed, tag_id)
    for tab in (theo, list_, admin, filtered):
        await tab.until(lambda b: renamed in offered(b, FILTERS, "tags"))
        await tab.until(lambda b: renamed in [tag["name"] for tag in b.rows[0]["tags"]])
        assert name not in offered(tab, FILTERS, "tags")
    for tab in (theo, admin):
        await tab.until(lambda b: b.var(THREAD, "facts")["tags"][0]["name"] == renamed)
    await filtered.until(lambda b: b.var(FILTERS, "chips")[0]["label"] == renamed)
    await catch_up(nora)
    assert name not in str(nora.frames)


async def test_categories_and_fields_reach_the_tickets_that_are_open(
    browsers: Browsers, seed: Seed, buyer: Person, ticket: SeededTicket, name: str
) -> None:
    zoe, yann = seed.people(ADMIN, 2)
    settler, open_ = await browsers.visit(zoe), await browsers.visit(yann, ticket)
    nora = await browsers.visit(buyer, ticket)
    await open_.send(f"{DETAILS}.open_details")
    await save(settler, "category", name)
    await open_.until(lambda b: name in offered(b, DETAILS, "categories"))

    category = offered(open_, DETAILS, "categories")[name]
    await open_.send(f"{DETAILS}.choose_category", value=category)
    await save(settler, "category", f"{name} too", category)
    await save(settler, "field", name)
    for tab in (open_, nora):
        await tab.until(lambda b: b.var(THREAD, "facts")["category"] == f"{name} too")
        await tab.until(lambda b: name in [f["name"] for f in b.var(THREAD, "facts")["fields"]])
    [field] = [each for each in open_.var(THREAD, "facts")["fields"] if each["name"] == name]
    await settler.send(f"{SETTINGS}.retire", sort="field", row_id=field["id"])
    for tab in (open_, nora):
        await tab.until(lambda b: name not in str(b.var(THREAD, "facts")["fields"]))


async def test_the_list_can_be_asked_for_what_somebody_has_left_behind(
    browsers: Browsers, seed: Seed, desk: Desk, ticket: SeededTicket, name: str
) -> None:
    zoe, leaving = seed.person(ADMIN), seed.person(ADMIN, name)
    list_, open_ = await browsers.visit(zoe), await browsers.visit(zoe, ticket)
    await open_.send(f"{DETAILS}.choose_assignee", value=str(leaving.id))
    await open_.until(lambda b: b.var(THREAD, "facts")["assignee"] == name)
    assert name not in offered(list_, FILTERS, "former_assignees")
    deactivate(desk, zoe, leaving)
    await list_.until(lambda b: name in offered(b, FILTERS, "former_assignees"))
    await open_.send(f"{DETAILS}.choose_assignee", value=str(zoe.id))
    await open_.until(lambda b: b.var(THREAD, "facts")["assignee_id"] == str(zoe.id))
    await list_.send(f"{FILTERS}.reread_choices")
    await list_.until(lambda b: name not in offered(b, FILTERS, "former_assignees"))


async def test_who_is_locked_out_is_offered_no_more(
    browsers: Browsers, seed: Seed, desk: Desk, ticket: SeededTicket, name: str
) -> None:
    zoe, leaving = seed.person(ADMIN), seed.person(ADMIN, name)
    list_, open_ = await browsers.visit(zoe), await browsers.visit(zoe, ticket)
    await open_.send(f"{DETAILS}.open_details")
    await open_.until(lambda b: name in offered(b, DETAILS, "assignable"))
    assert name in offered(list_, FILTERS, "assignees")
    deactivate(desk, zoe, leaving)
    for tab in (list_, open_):
        await tab.until(lambda b: name not in offered(b, FILTERS, "assignees"))
    await open_.until(lambda b: name not in offered(b, DETAILS, "assignable"))
