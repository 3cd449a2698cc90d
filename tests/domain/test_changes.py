"""Changing the facts of a ticket: together, told in one line, and never over somebody's head."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from supportdesk.domain.changes import Changes
from supportdesk.domain.commands import people, tickets
from supportdesk.domain.commands.filing import NewTicket, file_ticket
from supportdesk.domain.errors import Changed, Invalid, NotFound, Refused
from supportdesk.domain.ids import new_id
from supportdesk.domain.lifecycle import Status
from supportdesk.domain.models import Priority, TicketType
from supportdesk.domain.queries import thread

LINES = "SELECT audience, data FROM event WHERE in_thread ORDER BY seq"
DUE = datetime(2026, 12, 1, 23, 59, 59, tzinfo=ZoneInfo("Europe/Paris"))


async def told(who, ticket) -> list[str]:
    opening = await thread.opening_for(who, ticket)
    return [f"{line.name} {line.body}" for line in opening.lines if line.kind == "event"]


@pytest.fixture
def category(ask):
    found = new_id()
    ask("INSERT INTO category (id, name) VALUES (%s, 'Shipping')", found)
    return found


async def test_several_facts_are_one_change_and_one_line(cast, ticket, ask):
    both = Changes(status=Status.RESOLVED, priority=Priority.HIGH)
    await tickets.change(cast.ada, ticket, both)
    assert ask("SELECT status, priority FROM ticket") == [("resolved", "high")]
    assert await told(cast.bea, ticket) == ["Ada set status to Resolved and priority to High"]


async def test_three_are_joined_as_people_join_them(cast, ticket, category):
    three = Changes(status=Status.RESOLVED, priority=Priority.HIGH, category_id=category)
    await tickets.change(cast.ada, ticket, three)
    assert await told(cast.sol, ticket) == [
        "Ada set status to Resolved, priority to High and category to Shipping"
    ]


async def test_what_is_so_already_is_left_out_of_the_line(cast, ticket):
    both = Changes(status=Status.OPEN, priority=Priority.URGENT)
    await tickets.change(cast.sol, ticket, both)
    assert await told(cast.bea, ticket) == ["Sol set priority to Urgent"]


async def test_taking_something_away_is_told_too(cast, ticket, category):
    await tickets.change(cast.ada, ticket, Changes(category_id=category))
    await tickets.change(cast.ada, ticket, Changes(category_id=None, assignee_id=cast.ada.user_id))
    await tickets.change(cast.ada, ticket, Changes(assignee_id=None, team_id=None))
    assert await told(cast.bea, ticket) == [
        "Ada set category to Shipping",
        "Ada set category to none and assignee to Ada",
        "Ada set assignee to nobody and team to none",
    ]


async def test_one_change_that_is_refused_undoes_the_others(cast, ticket, ask):
    both = Changes(status=Status.RESOLVED, type=TicketType.QUESTION)
    with pytest.raises(Refused, match="cannot change the type"):
        await tickets.change(cast.bea, ticket, both)
    assert ask("SELECT status, type FROM ticket") == [("open", "problem")]
    assert ask(LINES) == []


MAY = {
    "bea": {"status", "priority"},
    "sol": {"status", "priority", "type"},
    "ada": {"status", "priority", "type", "category_id", "assignee_id", "team_id", "due_at"},
}


@pytest.mark.parametrize("who", MAY)
async def test_everybody_changes_what_is_theirs_to_change(cast, ticket, ask, category, who):
    team = ask("INSERT INTO team (id, name) VALUES (%s, 'Second') RETURNING id", new_id())[0]
    wanted = {
        "status": Status.RESOLVED,
        "priority": Priority.URGENT,
        "type": TicketType.QUESTION,
        "category_id": category,
        "assignee_id": cast.abe.user_id,
        "team_id": team,
        "due_at": DUE,
    }
    changed = set()
    for name, value in wanted.items():
        try:
            await tickets.change(getattr(cast, who), ticket, Changes(**{name: value}))
            changed.add(name)
        except Refused:
            pass
    ask("DELETE FROM ticket")
    ask("DELETE FROM team WHERE id = %s", team)
    assert changed == MAY[who] == set((await _edits(cast, who)) & wanted.keys())


async def _edits(cast, who) -> set[str]:
    new = NewTicket("Another", "Lamp.", seller_id=cast.sol.user_id)
    ticket = await file_ticket(cast.bea, new)
    return set((await thread.facts_for(getattr(cast, who), ticket.id)).edits)


@pytest.mark.parametrize("who", ["ben", "sia", "max"])
async def test_a_stranger_finds_nothing_to_change(cast, ticket, ask, who):
    with pytest.raises(NotFound):
        await tickets.change(getattr(cast, who), ticket, Changes(priority=Priority.LOW))
    assert ask(LINES) == []


# When two change the same.


async def test_what_changed_meanwhile_is_not_overwritten_and_says_who_did_it(cast, ticket, ask):
    seen = Changes(priority=Priority.MEDIUM)
    await tickets.change(cast.ada, ticket, Changes(priority=Priority.URGENT), seen)
    with pytest.raises(Changed, match=r"^Ada has just set the priority to Urgent"):
        await tickets.change(cast.sol, ticket, Changes(priority=Priority.LOW), seen)
    assert ask("SELECT priority FROM ticket") == ["urgent"]
    assert len(ask(LINES)) == 1


async def test_two_who_mean_the_same_do_not_get_in_each_others_way(cast, ticket, ask):
    seen = Changes(priority=Priority.MEDIUM)
    await tickets.change(cast.ada, ticket, Changes(priority=Priority.URGENT), seen)
    await tickets.change(cast.sol, ticket, Changes(priority=Priority.URGENT), seen)
    assert len(ask(LINES)) == 1


async def test_nobody_is_in_their_own_way(cast, ticket, ask):
    seen = Changes(priority=Priority.MEDIUM)
    await tickets.change(cast.ada, ticket, Changes(priority=Priority.URGENT), seen)
    await tickets.change(cast.ada, ticket, Changes(priority=Priority.LOW), seen)
    assert ask("SELECT priority FROM ticket") == ["low"]


async def test_another_fact_that_changed_is_no_reason_to_refuse(cast, ticket, ask):
    await tickets.set_status(cast.ada, ticket, Status.IN_PROGRESS)
    seen = Changes(priority=Priority.MEDIUM)
    await tickets.change(cast.sol, ticket, Changes(priority=Priority.LOW), seen)
    assert ask("SELECT status, priority FROM ticket") == [("in_progress", "low")]


async def test_of_many_at_the_same_moment_each_is_made_or_told_who_was_faster(cast, ticket, ask):
    seen = Changes(priority=Priority.MEDIUM)
    results = await asyncio.gather(
        *(
            tickets.change(who, ticket, Changes(priority=to), seen)
            for who, to in (
                (cast.sol, Priority.LOW),
                (cast.ada, Priority.HIGH),
                (cast.abe, Priority.URGENT),
            )
        ),
        return_exceptions=True,
    )
    refused = [result for result in results if result is not None]
    assert len(refused) == 2
    assert all(isinstance(each, Changed) for each in refused)
    assert len(ask(LINES)) == 1


# Due dates are the staff's.


async def test_a_due_date_is_told_to_the_staff_as_the_date_where_it_was_set(cast, ticket):
    await tickets.change(cast.ada, ticket, Changes(due_at=DUE, priority=Priority.HIGH))
    assert await told(cast.bea, ticket) == ["Ada set priority to High"]
    assert await told(cast.sol, ticket) == [
        "Ada set priority to High",
        "Ada set due date to 1 December 2026",
    ]
    seen = [(await thread.facts_for(who, ticket)).due_at for who in (cast.bea, cast.sol)]
    assert seen == [None, DUE.astimezone(UTC)]


# Assigning.


async def test_who_is_assigned_takes_part_and_the_buyer_knows_the_name(cast, ticket):
    await tickets.change(cast.ada, ticket, Changes(assignee_id=cast.abe.user_id))
    assert await told(cast.bea, ticket) == ["Ada set assignee to Abe"]
    facts = await thread.facts_for(cast.bea, ticket)
    assert facts.assignee == "Abe"
    assert [person.name for person in facts.people] == ["Bea", "Sol", "Abe", "Ada"]


async def test_the_tickets_own_seller_can_be_assigned(cast, ticket, ask):
    await tickets.change(cast.ada, ticket, Changes(assignee_id=cast.sol.user_id))
    assert ask("SELECT assignee_id FROM ticket") == [cast.sol.user_id]


@pytest.mark.parametrize("who", ["bea", "sia", "max", "nobody known"])
async def test_nobody_else_can_be_assigned(cast, ticket, ask, who):
    person = getattr(cast, who).user_id if hasattr(cast, who) else new_id()
    with pytest.raises(Invalid):
        await tickets.change(cast.ada, ticket, Changes(assignee_id=person))
    assert ask("SELECT assignee_id FROM ticket") == [None]
    assert ask(LINES) == []


async def test_an_admin_who_was_deactivated_cannot_be_assigned(cast, ticket):
    await people.deactivate(cast.ada, cast.abe.user_id)
    with pytest.raises(Invalid):
        await tickets.change(cast.ada, ticket, Changes(assignee_id=cast.abe.user_id))


@pytest.mark.parametrize("column", ["team_id", "category_id"])
async def test_a_team_or_category_that_does_not_exist_cannot_be_chosen(cast, ticket, column):
    with pytest.raises(Invalid):
        await tickets.change(cast.ada, ticket, Changes(**{column: new_id()}))
