"""One change to many tickets: what is done, what is refused and why, and putting it back."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest

from supportdesk.domain.changes import Changes
from supportdesk.domain.commands import bulk, filing, teams, tickets
from supportdesk.domain.commands.bulk import Change, Field
from supportdesk.domain.commands.filing import NewTicket
from supportdesk.domain.errors import Invalid
from supportdesk.domain.ids import new_id
from supportdesk.domain.lifecycle import Status
from supportdesk.domain.models import Priority
from supportdesk.domain.queries import thread
from supportdesk.domain.queries.filters import Filters
from tests.load._statements import Watch

CLOSE = Change(Field.STATUS, Status.CLOSED)


@pytest.fixture
async def three(cast) -> list[UUID]:
    """Tickets of bea's to sol: TC-0001 to TC-0003."""
    new = [NewTicket(f"Ticket {n}", "It flickers.", seller_id=cast.sol.user_id) for n in (1, 2, 3)]
    return [(await filing.file_ticket(cast.bea, each)).id for each in new]


@pytest.fixture
def tag(cast, ask) -> UUID:
    tag_id = new_id()
    ask(
        "INSERT INTO tag (id, name, created_by) VALUES (%s, 'refund', %s)", tag_id, cast.sol.user_id
    )
    return tag_id


def _numbers(done):
    return [each.number for each in done]


async def test_the_summary_tells_what_was_done_what_was_so_already_and_what_was_refused(
    cast, three, ask
):
    first, second, third = three
    await tickets.set_status(cast.sol, first, Status.IN_PROGRESS)
    await tickets.close(cast.sol, second)
    foreign = new_id()
    to = Change(Field.STATUS, Status.IN_PROGRESS)
    summary = await bulk.apply(cast.sol, [first, second, third, foreign, third], to)
    assert summary.unchanged == ("TC-0001",)
    assert _numbers(summary.done) == ["TC-0003"]
    assert [each.number for each in summary.refused] == ["TC-0002", ""]
    assert "cannot become" in summary.refused[0].reason or "Reopen" in summary.refused[0].reason
    assert "no access" in summary.refused[1].reason
    statuses = ask("SELECT status FROM ticket ORDER BY number")
    assert statuses == ["in_progress", "closed", "in_progress"]


@pytest.mark.parametrize("text", ["", "ticket"])
async def test_what_was_chosen_for_matching_and_does_no_more_is_left_as_it_is(
    cast, three, ask, text
):
    first, second, third = three
    await tickets.set_priority(cast.sol, second, Priority.LOW)
    foreign = new_id()
    match = Filters(priority=Priority.MEDIUM, text=text)
    summary = await bulk.apply(cast.sol, [first, second, third, foreign], CLOSE, match)
    assert _numbers(summary.done) == ["TC-0001", "TC-0003"]
    by_number = {each.number: each.reason for each in summary.refused}
    assert "does not match the list any more" in by_number["TC-0002"]
    # Of what is foreign no more is said than ever.
    assert "no access" in by_number[""]
    assert ask("SELECT status FROM ticket ORDER BY number") == ["closed", "open", "closed"]


async def test_a_stranger_changes_nothing_and_learns_no_number(cast, three, ask):
    summary = await bulk.apply(cast.max, three, CLOSE)
    assert not summary.done
    assert {each.number for each in summary.refused} == {""}
    assert set(ask("SELECT status FROM ticket")) == {"open"}


async def test_what_only_admins_may_set_is_refused_to_all_others(cast, three, ask):
    mine = Change(Field.ASSIGNEE, str(cast.ada.user_id))
    for who in (cast.bea, cast.sol):
        summary = await bulk.apply(who, three, mine)
        assert _numbers(summary.refused) == ["TC-0001", "TC-0002", "TC-0003"]
    assert len((await bulk.apply(cast.ada, three, mine)).done) == 3
    assert set(ask("SELECT assignee_id FROM ticket")) == {cast.ada.user_id}
    assert len((await bulk.apply(cast.ada, three, Change(Field.ASSIGNEE, ""))).done) == 3


async def test_an_assignee_and_a_team_are_set_told_of_and_put_back(cast, three, ask, team):
    nights = await teams.save(cast.ada, None, "Nights")
    await tickets.change(cast.ada, three[0], Changes(assignee_id=cast.abe.user_id))
    facts = "SELECT assignee_id, team_id FROM ticket ORDER BY number"
    before = ask(facts)
    done = [
        (await bulk.apply(cast.ada, three, Change(field, str(value)))).done
        for field, value in ((Field.ASSIGNEE, cast.ada.user_id), (Field.TEAM, nights))
    ]
    assert ask(facts) == [(cast.ada.user_id, nights)] * 3
    lines = (await thread.opening_for(cast.bea, three[2])).lines
    assert [f"{line.name} {line.body}" for line in lines if line.kind == "event"] == [
        "Ada set assignee to Ada",
        "Ada set team to Nights",
    ]
    for each in done:
        assert len((await bulk.undo(cast.ada, each)).done) == 3
    assert ask(facts) == before == [(cast.abe.user_id, team), (None, team), (None, team)]


async def test_undo_puts_back_exactly_what_was_changed(cast, three, ask):
    await tickets.set_status(cast.sol, three[0], Status.WAITING_ON_CUSTOMER)
    closed = await bulk.apply(cast.ada, three, CLOSE)
    urgent = await bulk.apply(cast.ada, three, Change(Field.PRIORITY, Priority.URGENT))
    for summary in (urgent, closed):
        assert _numbers((await bulk.undo(cast.ada, summary.done)).done) == _numbers(summary.done)
    rows = ask("SELECT status, priority FROM ticket ORDER BY number")
    assert rows == [("waiting_on_customer", "medium"), ("open", "medium"), ("open", "medium")]


async def test_undo_leaves_alone_what_somebody_has_changed_since(cast, three, ask):
    closed = await bulk.apply(cast.ada, three, CLOSE)
    await tickets.reopen(cast.bea, three[1])
    await tickets.set_status(cast.sol, three[1], Status.IN_PROGRESS)
    back = await bulk.undo(cast.ada, closed.done)
    assert _numbers(back.done) == ["TC-0001", "TC-0003"]
    assert [each.number for each in back.refused] == ["TC-0002"]
    assert "changed it since" in back.refused[0].reason
    assert ask("SELECT status FROM ticket ORDER BY number") == ["open", "in_progress", "open"]


async def test_a_tag_is_added_once_and_taken_off_again_where_it_was_added(cast, three, tag, ask):
    change = Change(Field.TAG, str(tag))
    await bulk.apply(cast.sol, three[:1], change)
    summary = await bulk.apply(cast.sol, three, change)
    assert summary.unchanged == ("TC-0001",)
    assert len(ask("SELECT ticket_id FROM ticket_tag")) == 3
    await bulk.undo(cast.sol, summary.done)
    assert ask("SELECT ticket_id FROM ticket_tag") == [three[0]]
    for stranger in (cast.bea, cast.sia):
        assert not (await bulk.apply(stranger, three, change)).done
    assert ask("SELECT ticket_id FROM ticket_tag") == [three[0]]


async def test_a_tag_is_taken_off_and_put_on_again_where_it_was(cast, three, tag, ask):
    await bulk.apply(cast.sol, three[:2], Change(Field.TAG, str(tag)))
    off = Change(Field.UNTAG, str(tag))
    for stranger in (cast.bea, cast.sia):
        assert len((await bulk.apply(stranger, three, off)).refused) == 3
    summary = await bulk.apply(cast.ada, three, off)
    assert _numbers(summary.done) == ["TC-0001", "TC-0002"]
    assert summary.unchanged == ("TC-0003",)
    assert ask("SELECT ticket_id FROM ticket_tag") == []
    told = ask("SELECT data FROM event WHERE kind = 'tags_changed' ORDER BY seq DESC LIMIT 1")
    assert told == [{"added": [], "removed": ["refund"]}]

    await bulk.apply(cast.sol, three[1:2], Change(Field.TAG, str(tag)))
    back = await bulk.undo(cast.ada, summary.done)
    assert _numbers(back.done) == ["TC-0001"]
    assert [each.number for each in back.refused] == ["TC-0002"]
    assert "changed it since" in back.refused[0].reason
    assert set(ask("SELECT ticket_id FROM ticket_tag")) == set(three[:2])


async def test_what_cannot_be_chosen_for_one_is_chosen_for_the_others(cast, three, ask):
    of_sia = await filing.file_ticket(
        cast.ben, NewTicket("Lamp", "Hm.", seller_id=cast.sia.user_id)
    )
    to_sol = Change(Field.ASSIGNEE, str(cast.sol.user_id))
    summary = await bulk.apply(cast.ada, [*three, of_sia.id], to_sol)
    assert _numbers(summary.done) == ["TC-0001", "TC-0002", "TC-0003"]
    assert [each.number for each in summary.refused] == ["TC-0004"]
    assert "cannot be chosen here" in summary.refused[0].reason
    assigned = "SELECT count(*) FROM ticket WHERE assignee_id IS NOT NULL"
    assert ask(assigned) == [3]
    nobody = Change(Field.TEAM, str(new_id()))
    assert len((await bulk.apply(cast.ada, three, nobody)).refused) == 3


@pytest.mark.parametrize("field", [Field.PRIORITY, Field.TAG])
async def test_two_who_change_the_same_tickets_at_once_each_hear_what_they_did(
    cast, three, tag, ask, field
):
    many = [*three, *[await _another(cast) for _ in range(20)]]
    value = Priority.URGENT if field is Field.PRIORITY else str(tag)
    both = (bulk.apply(who, ids, Change(field, value)) for who, ids in _crossing(cast, many))
    ada, abe = await asyncio.gather(*both)
    for summary in (ada, abe):
        told = (*summary.done, *summary.unchanged, *summary.refused)
        assert len(told) == len(many) and not summary.refused
    events = ask(
        "SELECT conversation_id FROM event WHERE kind IN ('ticket_changed', 'tags_changed')"
    )
    assert sorted(events) == sorted(each.ticket_id for each in (*ada.done, *abe.done))
    assert sorted(events) == sorted(many)


def _crossing(cast, many):
    return (cast.ada, many), (cast.abe, many[::-1])


async def _another(cast) -> UUID:
    return (await filing.file_ticket(cast.bea, NewTicket("One more", "Hm."))).id


@pytest.mark.parametrize("change", [CLOSE, Change(Field.PRIORITY, Priority.URGENT)])
async def test_many_cost_as_many_statements_as_a_few(cast, three, change):
    many = [await _another(cast) for _ in range(20)]
    counts = []
    with Watch() as watch:
        for ids in (three, many):
            watch.restart()
            summary = await bulk.apply(cast.ada, ids, change)
            counts.append(watch.count)
            watch.restart()
            await bulk.undo(cast.ada, summary.done)
            counts.append(watch.count)
    assert counts[:2] == counts[2:]


@pytest.mark.parametrize(
    "change",
    [
        Change(Field.STATUS, "gone"),
        Change(Field.PRIORITY, ""),
        Change(Field.ASSIGNEE, "somebody"),
        Change(Field.TAG, ""),
        Change(Field.UNTAG, ""),
    ],
)
async def test_a_value_that_is_none_is_no_change(cast, three, change, ask):
    with pytest.raises(Invalid, match="Choose one"):
        await bulk.apply(cast.ada, three, change)


async def test_there_is_a_most_that_can_be_changed_at_once(cast):
    with pytest.raises(Invalid, match="500 tickets are the most"):
        await bulk.apply(cast.ada, [new_id()] * (bulk.MOST + 1), CLOSE)
