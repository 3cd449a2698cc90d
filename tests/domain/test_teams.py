"""Teams: who is in them, and tickets that find somebody by themselves."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest

from supportdesk.domain.changes import Changes
from supportdesk.domain.commands import messages, people, teams, tickets
from supportdesk.domain.commands.filing import NewTicket, file_ticket
from supportdesk.domain.errors import NotFound, Refused
from supportdesk.domain.ids import new_id
from supportdesk.domain.models import AutoAssign
from supportdesk.domain.queries import thread
from supportdesk.domain.queries.teams import options_for, teams_for

ASSIGNED = "SELECT assignee_id FROM ticket ORDER BY number"
EVENTS = "SELECT data FROM event WHERE kind = 'team_changed' ORDER BY id"


async def staff(cast, team: UUID, mode: AutoAssign) -> None:
    for who in (cast.ada, cast.abe):
        await teams.add_member(cast.ada, team, who.user_id)
    await teams.choose_auto_assign(cast.ada, team, mode)


async def file(who, subject: str = "Lamp") -> UUID:
    return (await file_ticket(who, NewTicket(subject, "It flickers."))).id


async def test_a_team_assigns_nobody_unless_told_to(cast, team, ask):
    await teams.add_member(cast.ada, team, cast.ada.user_id)
    await file(cast.bea)
    assert ask(ASSIGNED) == [None]


async def test_in_turn_each_member_gets_the_next_ticket(cast, team, ask):
    await staff(cast, team, AutoAssign.ROUND_ROBIN)
    for _ in range(4):
        await file(cast.bea)
    assert ask(ASSIGNED) == [who.user_id for who in (cast.abe, cast.ada, cast.abe, cast.ada)]


async def test_the_one_with_the_fewest_open_tickets_gets_the_next(cast, team, ask):
    await staff(cast, team, AutoAssign.LEAST_OPEN)
    first = await file(cast.bea)
    await file(cast.bea)
    await file(cast.bea)
    await tickets.close(cast.bea, first)
    await tickets.change(cast.ada, await file(cast.bea), Changes(assignee_id=cast.ada.user_id))
    await file(cast.bea)
    assert ask(ASSIGNED)[-1] == cast.abe.user_id


async def test_tickets_of_the_same_moment_go_to_different_people(cast, team, ask):
    await staff(cast, team, AutoAssign.ROUND_ROBIN)
    await asyncio.gather(*(file(who) for who in (cast.bea, cast.ben, cast.sol, cast.sia)))
    found = ask(ASSIGNED)
    assert sorted(found.count(who.user_id) for who in (cast.ada, cast.abe)) == [2, 2]


async def test_it_is_told_as_a_line_of_nobodys_after_the_description(cast, team):
    await staff(cast, team, AutoAssign.ROUND_ROBIN)
    ticket = await file(cast.bea)
    lines = (await thread.opening_for(cast.bea, ticket)).lines
    assert [(line.kind, line.name, line.body) for line in lines] == [
        ("message", "Bea", "It flickers."),
        ("event", "The desk", "set assignee to Abe"),
    ]
    assert (await thread.facts_for(cast.bea, ticket)).assignee == "Abe"


async def test_a_ticket_that_is_moved_to_the_team_is_assigned_when_nobody_has_it(cast, team, ask):
    other = ask("INSERT INTO team (id, name) VALUES (%s, 'Other') RETURNING id", new_id())[0]
    try:
        await staff(cast, other, AutoAssign.ROUND_ROBIN)
        await tickets.change(cast.ada, await file(cast.bea), Changes(team_id=other))
        taken = await file(cast.bea)
        both = Changes(team_id=other, assignee_id=cast.abe.user_id)
        await tickets.change(cast.ada, taken, both)
        assert ask(ASSIGNED) == [cast.abe.user_id] * 2
        last = ask("SELECT count(*) FROM team_member WHERE last_assigned_at IS NOT NULL")
        assert last == [1], "the second had somebody already"
    finally:
        ask("DELETE FROM conversation")
        ask("DELETE FROM team WHERE id = %s", other)


async def test_who_was_deactivated_gets_none(cast, team, ask):
    await staff(cast, team, AutoAssign.ROUND_ROBIN)
    await people.deactivate(cast.ada, cast.abe.user_id)
    await file(cast.bea)
    assert ask(ASSIGNED) == [cast.ada.user_id]


async def test_a_team_of_nobody_leaves_tickets_to_be_taken(cast, team, ask):
    await teams.choose_auto_assign(cast.ada, team, AutoAssign.ROUND_ROBIN)
    ticket = await file(cast.bea)
    await messages.post(cast.bea, ticket, "Still there?")
    assert ask(ASSIGNED) == [None]


async def test_members_come_and_go_and_each_change_is_noted_once(cast, team, ask):
    for _ in range(2):
        await teams.add_member(cast.ada, team, cast.abe.user_id)
    for _ in range(2):
        await teams.remove_member(cast.ada, team, cast.abe.user_id)
    abe = {"name": "Customer Service", "member": "Abe", "member_id": str(cast.abe.user_id)}
    assert ask(EVENTS) == [{**abe, "added": ["Abe"]}, {**abe, "removed": ["Abe"]}]


async def test_admins_see_their_teams_and_who_could_be_in_them(cast, team):
    await teams.add_member(cast.ada, team, cast.abe.user_id)
    (found,) = await teams_for(cast.ada)
    assert [member.name for member in found.members] == ["Abe"]
    assert [person.name for person in found.candidates] == ["Ada"]
    assert await teams_for(cast.sol) == ()


@pytest.mark.parametrize("who", ["bea", "sol"])
async def test_only_admins_decide_about_teams(cast, team, who):
    person = getattr(cast, who)
    for deed in (
        teams.add_member(person, team, cast.ada.user_id),
        teams.remove_member(person, team, cast.ada.user_id),
        teams.choose_auto_assign(person, team, AutoAssign.LEAST_OPEN),
    ):
        with pytest.raises(Refused):
            await deed


async def test_who_is_no_admin_is_in_no_team_and_a_made_up_team_is_not_found(cast, team):
    with pytest.raises(Refused):
        await teams.add_member(cast.ada, team, cast.sol.user_id)
    with pytest.raises(NotFound):
        await teams.add_member(cast.ada, new_id(), cast.ada.user_id)
    with pytest.raises(NotFound):
        await teams.add_member(cast.ada, team, new_id())


async def test_who_can_be_assigned_is_offered_with_how_many_open_tickets_they_have(cast, ticket):
    other = await file(cast.ben)
    await tickets.change(cast.ada, other, Changes(assignee_id=cast.abe.user_id))
    done = await file(cast.ben)
    await tickets.change(cast.ada, done, Changes(assignee_id=cast.abe.user_id))
    await tickets.close(cast.ada, done)
    offered = await options_for(cast.ada, ticket)
    assert [(person.name, person.open_tickets) for person in offered.assignable] == [
        ("Abe", 1),
        ("Ada", 0),
        ("Sol", 0),
    ]
    assert [team.name for team in offered.teams] == ["Customer Service"]
    assert (await options_for(cast.sol, ticket)).assignable == ()
