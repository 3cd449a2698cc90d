"""Teams as admins make them: their names, members and leads, and what becomes of their tickets."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from supportdesk.domain.changes import Changes
from supportdesk.domain.commands import teams, tickets, views
from supportdesk.domain.errors import Invalid, NotFound, Refused
from supportdesk.domain.ids import new_id
from supportdesk.domain.models import AutoAssign
from supportdesk.domain.queries.teams import teams_for
from supportdesk.domain.queries.views import views_for


async def named(actor, name: str) -> Any:
    return next(team for team in await teams_for(actor) if team.name == name)


async def test_a_team_is_founded_and_renamed(cast, ask):
    made = await teams.save(cast.ada, None, "  Night\n shift ")
    assert ask("SELECT name FROM team WHERE id = %s", made) == ["Night shift"]
    await teams.save(cast.abe, made, "Late shift")
    assert ask("SELECT kind, actor_id, data->>'name' FROM event ORDER BY id") == [
        ("team_created", cast.ada.user_id, "Night shift"),
        ("team_changed", cast.abe.user_id, "Late shift"),
    ]


@pytest.mark.parametrize("name", ["", " ", "customer SERVICE", "x" * 61])
async def test_a_team_needs_a_name_of_its_own(cast, ask, name):
    await teams.save(cast.ada, None, "Another")
    with pytest.raises(Invalid) as refused:
        await teams.save(cast.ada, None, name)
    assert refused.value.field == "name"
    assert ask("SELECT count(*) FROM team") == [2]


async def test_who_leads_a_team_is_one_of_its_members(cast, ask, team):
    with pytest.raises(NotFound):
        await teams.set_lead(cast.ada, team, cast.abe.user_id, True)
    await teams.add_member(cast.ada, team, cast.abe.user_id)
    await teams.set_lead(cast.ada, team, cast.abe.user_id, True)
    await teams.set_lead(cast.ada, team, cast.abe.user_id, True)
    (found,) = await teams_for(cast.ada)
    assert [(member.name, member.lead) for member in found.members] == [("Abe", True)]
    assert ask("SELECT data->'from', data->'to' FROM event WHERE data ? 'to'") == [
        ({"lead": False}, {"lead": True})
    ]


@pytest.mark.parametrize("who", ["bea", "sol"])
async def test_nobody_but_admins_manages_teams(cast, ask, team, who):
    stranger = getattr(cast, who)
    await teams.add_member(cast.ada, team, cast.abe.user_id)
    extra = await teams.save(cast.ada, None, "Extra")
    before = ask("SELECT count(*) FROM event")
    for deed in (
        teams.save(stranger, None, "Mine"),
        teams.save(stranger, extra, "Mine"),
        teams.delete(stranger, extra),
        teams.set_lead(stranger, team, cast.abe.user_id, True),
        teams.choose_auto_assign(stranger, team, AutoAssign.ROUND_ROBIN),
    ):
        with pytest.raises(Refused):
            await deed
    assert ask("SELECT count(*) FROM event") == before


async def test_the_tickets_of_a_team_that_goes_come_to_the_default_team(cast, ask, ticket, team):
    gone = await teams.save(cast.ada, None, "Night shift")
    await tickets.change(cast.ada, ticket, Changes(team_id=gone))
    assert (await named(cast.ada, "Night shift")).open_tickets == 1
    view = await views.save(cast.abe, "Nights", f"status=open&team={gone}")
    await teams.delete(cast.ada, gone)
    assert ask("SELECT team_id FROM ticket") == [team]
    assert ask("SELECT DISTINCT team_id FROM ticket_listing") == [team]
    assert [(each.id, each.query) for each in await views_for(cast.abe)] == [
        (str(view), f"status=open&team={team}")
    ]
    assert ask("SELECT data->>'name', data->'tickets' FROM event WHERE kind = 'team_deleted'") == [
        ("Night shift", 1)
    ]
    assert [(each.name, each.open_tickets) for each in await teams_for(cast.ada)] == [
        ("Customer Service", 1)
    ]


async def test_the_default_team_stays(cast, ask, team):
    with pytest.raises(Refused, match="stays"):
        await teams.delete(cast.ada, team)
    with pytest.raises(NotFound):
        await teams.delete(cast.ada, new_id())
    assert ask("SELECT id FROM team") == [team]


async def test_of_two_who_delete_a_team_at_once_one_finds_it_gone(cast, ask):
    gone = await teams.save(cast.ada, None, "Night shift")
    done = await asyncio.gather(
        teams.delete(cast.ada, gone), teams.delete(cast.abe, gone), return_exceptions=True
    )
    assert sorted(type(each) for each in done if each is not None) == [NotFound]
    assert ask("SELECT count(*) FROM event WHERE kind = 'team_deleted'") == [1]
