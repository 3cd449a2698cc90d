"""How lists and searches are read: by indexes, in the same number of statements for any desk."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import psycopg
import pytest

from supportdesk.domain.actor import Actor, Role
from supportdesk.domain.lifecycle import Status
from supportdesk.domain.models import Priority, TicketType
from supportdesk.domain.queries import finding, inbox
from supportdesk.domain.queries.filters import Filters, Sort
from supportdesk.domain.queries.said_anywhere import Asked, said_anywhere
from supportdesk.seeding import load
from supportdesk.seeding.plan import id_of
from tests.load._statements import Watch
from tests.support.cast import add_cast
from tests.support.database import empty

ADMIN = Actor(id_of("admin", 0), Role.ADMIN)
SELLER = Actor(id_of("seller", 0), Role.SELLER)
BUYER = Actor(id_of("buyer", 0), Role.BUYER)


@pytest.fixture(scope="module")
async def seeded(server, pool) -> AsyncIterator[Watch]:
    empty(server.owner_url)
    await asyncio.to_thread(load.seed, server.owner_url, 1500, 6000, lambda _: None)
    with Watch() as watch:
        yield watch
    empty(server.owner_url)
    with psycopg.connect(server.owner_url) as connection:
        connection.execute("DELETE FROM team WHERE NOT is_default")
        connection.execute("DELETE FROM category")


async def plan(watch: Watch, asked: Any, actor: Actor = ADMIN) -> list[dict[str, Any]]:
    """Every node of the plans of what was asked."""
    watch.restart()
    await asked
    found: list[dict[str, Any]] = []

    def walk(node: dict[str, Any]) -> None:
        found.append(node)
        for child in node.get("Plans", []):
            walk(child)

    for top in await watch.plans(actor):
        walk(top)
    return found


def indexes(nodes: list[dict[str, Any]]) -> set[str]:
    return {node["Index Name"] for node in nodes if "Index Name" in node}


@pytest.mark.parametrize(
    ("sort", "walk"),
    [
        (Sort.ACTIVITY, "active"),
        (Sort.NEWEST, "newest"),
        (Sort.PRIORITY, "urgency"),
        (Sort.DUE, "due"),
        (Sort.WAITING, "waiting"),
    ],
)
async def test_each_order_is_a_walk_over_an_index_that_has_it(seeded, sort, walk):
    for filters, index in (
        (Filters(sort=sort), f"ticket_listing_{walk}_idx"),
        (Filters(sort=sort, tag=str(id_of("tag", 0))), f"ticket_listing_{walk}_idx"),
        (Filters(sort=sort, assignee="me"), f"ticket_listing_assignee_{walk}_idx"),
    ):
        nodes = await plan(seeded, inbox.page_for(ADMIN, filters))
        assert index in indexes(nodes), filters
        (page,) = [node for node in nodes if node.get("Subplan Name") == "CTE page"]
        read = page["Shared Hit Blocks"] + page["Shared Read Blocks"]
        assert read < 5 * (inbox.PAGE + 10) * 2, filters


@pytest.mark.parametrize(
    "filters",
    [
        Filters(),
        Filters(statuses=(Status.OPEN,), priority=Priority.URGENT),
        Filters(starred=True),
        Filters(overdue=True),
        Filters(text="heliotrope"),
        Filters(text="order lamp"),
        Filters(text="order", assignee="me"),
    ],
    ids=str,
)
async def test_nothing_that_grows_is_read_whole(seeded, filters):
    grows = {"ticket", "ticket_listing", "ticket_words", "message", "conversation", "participant"}
    for asked in (inbox.page_for(ADMIN, filters), inbox.count_for(ADMIN, filters)):
        nodes = await plan(seeded, asked)
        whole = {n["Relation Name"] for n in nodes if n["Node Type"] == "Seq Scan"}
        assert whole & grows == set()


@pytest.mark.parametrize("asked", [Asked("xyzzyplugh"), Asked("heliotrope", sender="a")], ids=str)
async def test_a_rare_word_is_found_among_messages_by_the_index_of_words_alone(seeded, asked):
    nodes = await plan(seeded, said_anywhere(ADMIN, asked))
    assert "message_words_idx" in indexes(nodes)
    # What is walked through in order of time is the latest alone, none of it in vain.
    by_id = [node for node in nodes if node.get("Index Name") == "message_pkey"]
    assert by_id
    assert not any(node.get("Rows Removed by Filter") for node in by_id)
    assert "Seq Scan" not in {node["Node Type"] for node in nodes}


async def test_people_and_what_a_search_has_found_are_looked_up_in_an_index_without_levels(seeded):
    """One with levels has one more on a desk that is a hundred times as large."""
    found = indexes(await plan(seeded, inbox.page_for(ADMIN, Filters(text="order"))))
    assert {"user_by_id_idx", "ticket_listing_by_ticket_idx"} <= found
    assert not {"user_pkey", "ticket_listing_pkey"} & found


@pytest.mark.parametrize(("hardly_said", "looked"), [(0, True), (finding.HARDLY_SAID, False)])
async def test_months_are_not_asked_for_a_word_that_was_hardly_said_of_late(
    seeded, monkeypatch, hardly_said, looked
):
    monkeypatch.setattr(finding, "HARDLY_SAID", hardly_said)
    for asked in (
        inbox.page_for(ADMIN, Filters(text="heliotrope")),
        said_anywhere(ADMIN, Asked("heliotrope")),
    ):
        months = [
            node["Actual Loops"]
            for node in await plan(seeded, asked)
            if node.get("Index Name") == "message_words_idx" and "~m" in node["Index Cond"]
        ]
        assert any(months) == looked, months


@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize(
    "filters",
    [
        Filters(overdue=True),
        Filters(priority=Priority.URGENT, type=TicketType.QUESTION),
        Filters(tag=str(id_of("tag", 0)), team=str(id_of("team", 0)), priority=Priority.URGENT),
        Filters(tag=str(id_of("tag", 0)), assignee="me"),
        Filters(starred=True),
    ],
    ids=str,
)
async def test_no_row_is_looked_at_only_to_be_passed_by(seeded, filters, sort):
    filters = replace(filters, sort=sort)
    for asked in (inbox.page_for(ADMIN, filters), inbox.count_for(ADMIN, filters)):
        nodes = await plan(seeded, asked)
        read = [node for node in nodes if node.get("Relation Name") == "ticket_listing"]
        assert read
        assert sum(node.get("Rows Removed by Filter", 0) for node in read) == 0


@pytest.mark.parametrize("actor", [SELLER, BUYER], ids=lambda actor: actor.role)
async def test_whom_one_knows_is_worked_out_once_for_a_page(seeded, actor):
    nodes = await plan(seeded, inbox.page_for(actor), actor)
    assert len([node for node in nodes if node.get("Relation Name") == "user"]) == 1


@pytest.mark.parametrize("actor", [ADMIN, SELLER, BUYER], ids=lambda actor: actor.role)
@pytest.mark.parametrize("filters", [Filters(), Filters(text="order"), Filters(unread=True)])
async def test_a_screen_takes_as_many_statements_however_much_there_is(seeded, actor, filters):
    async def asked() -> list[int]:
        counts = []
        for question in (
            inbox.page_for(actor, filters),
            inbox.page_for(actor, filters, limit=1),
            inbox.count_for(actor, filters),
        ):
            seeded.restart()
            await question
            counts.append(seeded.count)
        return counts

    # To say how to plan, to ask.
    assert await asked() == [2, 2, 2]


async def test_and_on_an_empty_desk_too(database):
    cast = add_cast(database.owner_url)
    with Watch() as watch:
        await inbox.page_for(cast.ada, Filters(text="order"))
        assert watch.count == 2
