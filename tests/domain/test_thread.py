"""One open ticket: its lines by pages, its facts, and who may see what of it."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from supportdesk.database.engine import transaction
from supportdesk.domain.commands import messages, people, tickets
from supportdesk.domain.commands.filing import NewTicket, file_ticket
from supportdesk.domain.errors import NotFound
from supportdesk.domain.ids import new_id
from supportdesk.domain.lifecycle import Status
from supportdesk.domain.models import Audience, Priority
from supportdesk.domain.queries import numbers, thread
from supportdesk.domain.queries.people import sellers_for


def texts(lines) -> list[str]:
    return [line.body for line in lines]


async def write(cast, ticket, count: int) -> None:
    for n in range(2, count + 2):
        await messages.post(cast.sol, ticket, f"No. {n}")


@pytest.mark.parametrize("spelling", ["TC-0001", "tc-1", "TC-00000001"])
async def test_a_ticket_is_found_by_its_number_however_it_is_spelled(cast, ticket, spelling):
    assert await thread.find(cast.bea, numbers.read(spelling)) == ticket


@pytest.mark.parametrize(
    "text", [None, 7, "", "1", "TC-", "TC--1", "TC-1x", "TC-٣", "TC-" + "9" * 16, "TC-1'--", "XX-1"]
)
def test_what_is_no_number_is_none(text):
    assert numbers.read(text) is None


@pytest.mark.parametrize("who", ["ben", "sia", "max"])
async def test_a_stranger_finds_no_ticket_by_any_way(cast, ticket, who):
    stranger = getattr(cast, who)
    for read in (
        thread.find(stranger, 1),
        thread.opening_for(stranger, ticket),
        thread.facts_for(stranger, ticket),
    ):
        with pytest.raises(NotFound):
            await read
    assert await thread.stretch_for(stranger, ticket, 1, 99) == thread.Stretch(None, ())
    assert await thread.page_before(stranger, ticket, 99) == 0
    assert await thread.messages_between(stranger, ticket, 0, 99) == 0


async def test_absent_and_forbidden_are_the_same_to_a_stranger(cast, ticket):
    answers = []
    for id_ in (ticket, new_id()):
        with pytest.raises(NotFound) as refused:
            await thread.opening_for(cast.ben, id_)
        answers.append(str(refused.value))
    assert answers[0] == answers[1]


async def test_it_opens_with_its_latest_fifty_lines_oldest_first(cast, ticket):
    await write(cast, ticket, 59)
    opening = await thread.opening_for(cast.bea, ticket)
    assert [line.seq for line in opening.lines] == list(range(11, 61))
    assert opening.has_earlier


async def test_the_pages_before_join_without_gap_or_double(cast, ticket):
    await write(cast, ticket, 109)
    opening = await thread.opening_for(cast.bea, ticket)
    second = await thread.page_before(cast.bea, ticket, opening.lines[0].seq)
    first = await thread.page_before(cast.bea, ticket, second)
    assert (second, first, await thread.page_before(cast.bea, ticket, first)) == (11, 1, 0)
    found = await thread.stretch_for(cast.bea, ticket, second, 50)
    assert found.above and found.above.seq == 10
    assert [line.seq for line in (*found.lines, *opening.lines)] == list(range(11, 111))
    assert (await thread.stretch_for(cast.bea, ticket, first, 50)).above is None


async def test_what_came_between_two_places_is_counted_as_far_as_one_sees_it(cast, ticket):
    await messages.post(cast.sol, ticket, "For staff.", Audience.STAFF)
    await messages.post(cast.sol, ticket, "An answer.")
    counts = [await thread.messages_between(who, ticket, 1, 3) for who in (cast.sol, cast.bea)]
    assert counts == [2, 1]
    assert await thread.messages_between(cast.sol, ticket, 1, 2) == 1


async def test_exactly_one_page_has_nothing_earlier(cast, ticket):
    await write(cast, ticket, 49)
    opening = await thread.opening_for(cast.bea, ticket)
    assert (len(opening.lines), opening.has_earlier) == (50, False)


async def test_messages_and_what_happened_between_them_stand_in_one_order(cast, ticket):
    await tickets.set_status(cast.sol, ticket, Status.IN_PROGRESS)
    await messages.post(cast.sol, ticket, "I am on it.")
    await tickets.set_priority(cast.ada, ticket, Priority.HIGH)
    lines = (await thread.opening_for(cast.bea, ticket)).lines
    assert [(line.kind, line.name, line.body) for line in lines] == [
        ("message", "Bea", "It flickers."),
        ("event", "Sol", "set status to In progress"),
        ("message", "Sol", "I am on it."),
        ("event", "Ada", "set priority to High"),
    ]


SEEN = {
    "bea": ["It flickers.", "An answer."],
    "sol": ["It flickers.", "For staff.", "An answer."],
    "ada": ["It flickers.", "For staff.", "For admins.", "An answer."],
}


@pytest.mark.parametrize("who", SEEN)
async def test_everybody_reads_the_lines_that_are_for_them(cast, ticket, who):
    await messages.post(cast.sol, ticket, "For staff.", Audience.STAFF)
    await messages.post(cast.ada, ticket, "For admins.", Audience.ADMINS)
    await messages.post(cast.sol, ticket, "An answer.")
    reader = getattr(cast, who)
    assert texts((await thread.opening_for(reader, ticket)).lines) == SEEN[who]
    assert texts((await thread.stretch_for(reader, ticket, 1, 99)).lines) == SEEN[who]


async def test_a_private_line_says_from_whom_it_is_hidden(cast, ticket):
    await messages.post(cast.ada, ticket, "Psst.", Audience.ADMINS)
    line = (await thread.opening_for(cast.abe, ticket)).lines[-1]
    assert line.audience_label == "Admins only, hidden from buyer and seller"


@pytest.mark.parametrize(
    ("who", "names"),
    [("bea", ["Bea", "Sol"]), ("sol", ["Bea", "Sol", "Ada"]), ("abe", ["Bea", "Sol", "Ada"])],
)
async def test_who_takes_part_is_known_as_far_as_their_words_are(cast, ticket, who, names):
    await messages.post(cast.ada, ticket, "For staff.", Audience.STAFF)
    facts = await thread.facts_for(getattr(cast, who), ticket)
    assert [person.name for person in facts.people] == names


@pytest.mark.parametrize("who", ["bea", "sol", "abe"])
async def test_an_admin_who_only_looked_is_not_shown_as_taking_part(cast, ticket, who):
    await messages.mark_read(cast.ada, ticket, 1)
    facts = await thread.facts_for(getattr(cast, who), ticket)
    assert [person.name for person in facts.people] == ["Bea", "Sol"]


async def test_the_moves_on_offer_are_those_of_ones_role(cast, ticket):
    facts = [await thread.facts_for(who, ticket) for who in (cast.bea, cast.sol)]
    assert [each.moves for each in facts] == [
        ("resolved", "closed"),
        ("in_progress", "waiting_on_customer", "resolved", "closed"),
    ]


async def test_the_facts_follow_what_happens(cast, ticket):
    await messages.post(cast.sol, ticket, "Done.")
    await tickets.close(cast.sol, ticket)
    facts = await thread.facts_for(cast.bea, ticket)
    assert (facts.status_label, facts.over, facts.accepts_messages) == ("Closed", True, False)
    assert facts.first_response_at <= facts.resolved_at
    assert facts.opened_at.utcoffset() is not None


# People to choose from.


async def test_a_buyer_chooses_among_the_sellers_by_name(cast):
    assert [each.name for each in await sellers_for(cast.bea)] == ["Sia", "Sol"]


async def test_a_seller_who_was_deactivated_is_not_on_offer(cast):
    await people.deactivate(cast.ada, cast.sia.user_id)
    assert [each.name for each in await sellers_for(cast.bea)] == ["Sol"]


@pytest.mark.parametrize("who", ["sol", "ada"])
async def test_who_is_no_buyer_chooses_no_seller(cast, who):
    assert await sellers_for(getattr(cast, who)) == []


async def test_a_buyer_who_never_met_another_does_not_know_them(cast, ask):
    await file_ticket(cast.ben, NewTicket("Lamp", "Help."))
    async with transaction(cast.bea) as tx:
        names = (await tx.execute(text('SELECT name FROM "user"'))).scalars().all()
    assert sorted(names) == ["Bea", "Sia", "Sol"]


@pytest.mark.parametrize(
    ("audience", "seen_by"),
    [("everyone", {"Bea", "Abe"}), ("staff", {"Abe"}), ("admins", {"Abe"})],
)
async def test_who_may_not_see_it_has_not_seen_it_however_far_they_have_read(
    cast, ticket, audience, seen_by
):
    sender = cast.ada if audience == "admins" else cast.sol
    posted = await messages.post(sender, ticket, "Between us.", Audience(audience))
    # A line for everyone behind it, which all have read.
    await tickets.set_priority(cast.sol, ticket, Priority.HIGH)
    for reader in (cast.bea, cast.abe, *([cast.sol] if sender is cast.ada else [])):
        await messages.mark_read(reader, ticket, posted.seq + 1)
    seq, receipt = await thread.receipt_for(sender if sender is cast.ada else cast.abe, ticket)
    assert seq == posted.seq
    assert {person.name for person in receipt.people} == seen_by
