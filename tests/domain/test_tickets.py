"""Moving a ticket along: its status, its priority, one's own star on it."""

from __future__ import annotations

import asyncio

import pytest

from supportdesk.domain.commands import messages, tickets
from supportdesk.domain.errors import DomainError, NotFound, Refused
from supportdesk.domain.ids import new_id
from supportdesk.domain.lifecycle import Status
from supportdesk.domain.models import Priority

STRANGERS = ["ben", "sia", "max"]


async def test_a_seller_takes_a_ticket_up(cast, ticket, ask):
    await tickets.set_status(cast.sol, ticket, Status.IN_PROGRESS)
    assert ask("SELECT status FROM ticket") == ["in_progress"]


async def test_a_move_that_is_not_ones_own_changes_nothing(cast, ticket, ask):
    with pytest.raises(Refused, match="Only the seller or the platform"):
        await tickets.set_status(cast.bea, ticket, Status.IN_PROGRESS)
    assert ask("SELECT status FROM ticket") == ["open"]
    assert ask("SELECT count(*) FROM event WHERE kind = 'ticket_changed'") == [0]


async def test_setting_what_it_already_is_does_nothing(cast, ticket, ask):
    await tickets.set_status(cast.sol, ticket, Status.OPEN)
    await tickets.set_priority(cast.sol, ticket, Priority.MEDIUM)
    assert ask("SELECT count(*) FROM event WHERE in_thread") == [0]


@pytest.mark.parametrize("who", STRANGERS)
async def test_a_stranger_finds_no_ticket_to_change(cast, ticket, ask, who):
    stranger = getattr(cast, who)
    for change in (
        tickets.set_status(stranger, ticket, Status.CLOSED),
        tickets.set_priority(stranger, ticket, Priority.LOW),
        tickets.set_star(stranger, ticket, True),
        tickets.close(stranger, ticket),
        tickets.reopen(stranger, ticket),
    ):
        with pytest.raises(NotFound):
            await change
    assert ask("SELECT status, priority FROM ticket") == [("open", "medium")]
    assert ask("SELECT count(*) FROM participant") == [2]


async def test_a_ticket_that_does_not_exist_is_not_found_by_an_admin_either(cast):
    with pytest.raises(NotFound):
        await tickets.set_status(cast.ada, new_id(), Status.CLOSED)


@pytest.mark.parametrize("status", [Status.RESOLVED, Status.CLOSED])
async def test_what_is_over_says_since_when(cast, ticket, ask, status):
    await tickets.set_status(cast.bea, ticket, status)
    resolved_at = "SELECT resolved_at BETWEEN now() - interval '1 minute' AND now() FROM ticket"
    assert ask(resolved_at) == [True]


async def test_closing_what_was_resolved_keeps_the_time(cast, ticket, ask):
    await tickets.set_status(cast.sol, ticket, Status.RESOLVED)
    before = ask("SELECT resolved_at FROM ticket")
    await tickets.close(cast.sol, ticket)
    assert ask("SELECT resolved_at FROM ticket") == before


async def test_reopening_takes_the_time_away(cast, ticket, ask):
    await tickets.close(cast.bea, ticket)
    await tickets.reopen(cast.bea, ticket)
    assert ask("SELECT status, resolved_at FROM ticket") == [("open", None)]


async def test_of_two_who_move_it_at_once_one_is_told_to_look_again(cast, ticket, ask):
    results = await asyncio.gather(
        tickets.set_status(cast.sol, ticket, Status.IN_PROGRESS),
        tickets.set_status(cast.ada, ticket, Status.RESOLVED),
        return_exceptions=True,
    )
    # Either they met, or the second came after the first and its move was still allowed.
    assert sum(result is None for result in results) >= 1
    assert all(result is None or isinstance(result, Refused) for result in results)
    made = sum(result is None for result in results)
    assert ask("SELECT count(*) FROM event WHERE kind = 'ticket_changed'") == [made]


async def test_writing_and_moving_at_the_same_moment_never_get_in_each_others_way(
    cast, ticket, ask
):
    """Each takes the ticket's row and its conversation's; in two orders that is a deadlock."""
    for _ in range(12):
        await tickets.set_status(cast.sol, ticket, Status.WAITING_ON_CUSTOMER)
        results = await asyncio.gather(
            messages.post(cast.bea, ticket, "It flickers."),
            tickets.set_status(cast.ada, ticket, Status.RESOLVED),
            tickets.set_priority(cast.sol, ticket, Priority.HIGH),
            return_exceptions=True,
        )
        await tickets.set_priority(cast.sol, ticket, Priority.MEDIUM)
        failed = [result for result in results if isinstance(result, BaseException)]
        assert [error for error in failed if not isinstance(error, DomainError)] == []
        if ask("SELECT status FROM ticket") != ["open"]:
            await tickets.reopen(cast.sol, ticket)


@pytest.mark.parametrize("who", ["bea", "sol", "ada"])
async def test_everybody_who_sees_a_ticket_sets_its_priority(cast, ticket, ask, who):
    await tickets.set_priority(getattr(cast, who), ticket, Priority.URGENT)
    assert ask("SELECT priority FROM ticket") == ["urgent"]


async def test_the_line_says_what_it_was_and_what_it_is(cast, ticket, ask):
    await tickets.set_priority(cast.sol, ticket, Priority.LOW)
    lines = (
        "SELECT kind, actor_id, seq, audience, data #>> '{changes,0,from}',"
        " data #>> '{changes,0,label}' FROM event WHERE in_thread"
    )
    assert ask(lines) == [("ticket_changed", cast.sol.user_id, 2, "everyone", "medium", "Low")]


STARRED = "SELECT user_id FROM participant WHERE starred"


async def test_a_star_is_ones_own(cast, ticket, ask):
    await tickets.set_star(cast.sol, ticket, True)
    assert ask(STARRED) == [cast.sol.user_id]


async def test_a_star_can_be_taken_off(cast, ticket, ask):
    await tickets.set_star(cast.sol, ticket, True)
    await tickets.set_star(cast.sol, ticket, False)
    assert ask(STARRED) == []


async def test_an_admins_star_is_known_to_admins_alone(cast, ticket, ask):
    await tickets.set_star(cast.ada, ticket, True)
    assert ask(STARRED) == [cast.ada.user_id]
    found = "SELECT audience FROM participant WHERE user_id = %s"
    assert ask(found, cast.ada.user_id) == ["admins"]


async def test_a_star_is_no_event(cast, ticket, ask):
    before = ask("SELECT count(*) FROM event")
    await tickets.set_star(cast.bea, ticket, True)
    assert ask("SELECT count(*) FROM event") == before
