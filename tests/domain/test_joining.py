"""Asking to join a conversation, and what admins answer."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest

from supportdesk.domain.commands import joining, messages, moderation, participants
from supportdesk.domain.errors import (
    Blocked,
    Changed,
    Invalid,
    NotFound,
    Refused,
    SeveralInvalid,
)
from supportdesk.domain.ids import new_id
from supportdesk.domain.models import Audience
from supportdesk.domain.queries import numbers, thread
from supportdesk.domain.queries.joining import own_standing_for
from supportdesk.domain.queries.moderation import moderation_for

ABSENT = "TC-999999"


@pytest.fixture
def number(ticket, ask):
    return numbers.spell(ask("SELECT number FROM ticket WHERE id = %s", ticket)[0])


async def requests_of(actor):
    return (await own_standing_for(actor)).requests


async def waiting(admin):
    return (await moderation_for(admin)).requests


async def asked(who, number, admin, reason="I know the lamp."):
    """Ask, and return the id of the request."""
    await joining.ask(who, number, reason)
    return UUID((await waiting(admin))[-1].id)


async def test_who_was_given_a_number_asks_and_the_admins_see_it(cast, ticket, number):
    await asked(cast.max, number, cast.ada)
    (row,) = await waiting(cast.ada)
    assert (row.name, row.number, row.subject, row.reason, row.exists) == (
        "Max", number, "A lamp that flickers", "I know the lamp.", True,
    )  # fmt: skip
    (own,) = await requests_of(cast.max)
    assert (own.number, own.state, own.there) == (number, "waiting", False)


@pytest.mark.parametrize("spelled", ["tc-{0}", " TC-000{0} ", "{0}"])
async def test_a_number_may_be_spelled_in_any_way(cast, ticket, number, spelled):
    await joining.ask(cast.max, spelled.format(int(number[3:])), "Please.")
    assert [each.number for each in await requests_of(cast.max)] == [number]


async def test_asking_tells_nothing_of_whether_there_is_such_a_ticket(cast, ticket, number, ask):
    for wanted in (number, ABSENT):
        assert await joining.ask(cast.max, wanted, "Please.") is None
        with pytest.raises(Refused, match="You have asked for this already"):
            await joining.ask(cast.max, wanted, "Please.")
    kept = [(each.state, each.word, each.there) for each in await requests_of(cast.max)]
    assert kept == [("waiting", "", False)] * 2
    assert [row.exists for row in await waiting(cast.ada)] == [True, False]


@pytest.mark.parametrize("wrong", ["", "TC-", "lamp", "TC-0", "0", "-1", "TC-12x", "9" * 40])
async def test_what_is_no_number_is_said_at_its_field(cast, wrong):
    with pytest.raises(SeveralInvalid) as found:
        await joining.ask(cast.max, wrong, "")
    assert [each.field for each in found.value.problems] == ["number", "reason"]


async def test_a_reason_has_an_end(cast, number):
    with pytest.raises(Invalid, match="500 is the most"):
        await joining.ask(cast.max, number, "x" * 501)


async def test_who_takes_part_need_not_ask_and_admins_neither(cast, number):
    with pytest.raises(Refused, match="take part"):
        await joining.ask(cast.bea, number, "Please.")
    with pytest.raises(Refused, match="Admins see every ticket"):
        await joining.ask(cast.ada, number, "Please.")


async def test_nobody_has_more_than_five_requests_waiting(cast):
    for wanted in range(900, 905):
        await joining.ask(cast.max, str(wanted), "Please.")
    with pytest.raises(Refused, match="Five requests"):
        await joining.ask(cast.max, "905", "Please.")
    await joining.ask(cast.ben, "905", "Please.")


async def test_nobody_asks_more_than_ten_times_within_an_hour(cast, ask):
    for wanted in range(900, 910):
        await joining.refuse(cast.ada, await asked(cast.max, str(wanted), cast.ada))
    with pytest.raises(Refused, match="ten times"):
        await joining.ask(cast.max, "910", "Please.")
    ask("UPDATE join_request SET created_at = created_at - interval '61 minutes'")
    await joining.ask(cast.max, "910", "Please.")


async def test_a_burst_of_requests_does_not_slip_past_the_limit(cast):
    asked = [joining.ask(cast.max, str(wanted), "Please.") for wanted in range(900, 912)]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert sum(answer is None for answer in answers) == 5


async def test_whoever_is_accepted_reads_all_that_was_said_to_everyone(cast, ticket, number):
    await messages.post(cast.sol, ticket, "Between us.", Audience.STAFF)
    await joining.accept(cast.ada, await asked(cast.max, number, cast.ada), Audience.EVERYONE)
    lines = (await thread.opening_for(cast.max, ticket)).lines
    assert [line.body for line in lines] == ["It flickers.", "added Max"]
    (own,) = await requests_of(cast.max)
    assert (own.state, own.there) == ("accepted", True)
    await messages.post(cast.max, ticket, "Mine does, too.")
    assert (await thread.opening_for(cast.bea, ticket)).lines[-1].body == "Mine does, too."


@pytest.mark.parametrize("audience", [Audience.EVERYONE, Audience.STAFF])
async def test_a_seller_who_is_accepted_reads_as_far_as_they_were_let(
    cast, ticket, number, audience
):
    await messages.post(cast.sol, ticket, "Between us.", Audience.STAFF)
    await joining.accept(cast.ada, await asked(cast.sia, number, cast.ada), audience)
    said = [line.body for line in (await thread.opening_for(cast.sia, ticket)).lines]
    assert ("Between us." in said) is (audience is Audience.STAFF)


async def test_a_refusal_is_told_with_its_word(cast, ticket, number):
    request = await asked(cast.max, number, cast.ada)
    await joining.refuse(cast.ada, request, "Ask Bea first.")
    (own,) = await requests_of(cast.max)
    assert (own.state, own.word) == ("refused", "Ask Bea first.")
    with pytest.raises(NotFound):
        await thread.opening_for(cast.max, ticket)
    assert await waiting(cast.ada) == ()
    (past,) = (await moderation_for(cast.abe)).past_requests
    assert (past.state, past.decided_by) == ("refused", "Ada")
    await joining.ask(cast.max, number, "I have asked her.")


async def test_the_second_of_two_decisions_says_who_was_faster(cast, ticket, number):
    request = await asked(cast.max, number, cast.ada)
    await joining.refuse(cast.ada, request, "No.")
    with pytest.raises(Changed, match="Ada was faster and has refused this request"):
        await joining.accept(cast.abe, request, Audience.EVERYONE)
    with pytest.raises(NotFound):
        await thread.opening_for(cast.max, ticket)


async def test_of_two_decisions_in_one_moment_one_is_made(cast, ticket, number):
    request = await asked(cast.max, number, cast.ada)
    answers = await asyncio.gather(
        joining.accept(cast.ada, request, Audience.EVERYONE),
        joining.accept(cast.abe, request, Audience.EVERYONE),
        return_exceptions=True,
    )
    assert sorted(type(answer) for answer in answers if answer) == [Changed]


async def test_nobody_is_let_into_a_ticket_that_is_not_there(cast):
    request = await asked(cast.max, ABSENT, cast.ada)
    with pytest.raises(Refused, match="no ticket of this number"):
        await joining.accept(cast.ada, request, Audience.EVERYONE)
    await joining.refuse(cast.ada, request, "There is none.")


async def test_a_buyer_is_not_let_read_what_the_staff_says(cast, ticket, number):
    request = await asked(cast.max, number, cast.ada)
    for audience in (Audience.STAFF, Audience.ADMINS):
        with pytest.raises(Invalid) as found:
            await joining.accept(cast.ada, request, audience)
        assert found.value.field == "audience"
    assert len(await waiting(cast.ada)) == 1


@pytest.mark.parametrize("who", ["bea", "sol", "max"])
async def test_only_admins_decide(cast, ticket, number, who):
    request = await asked(cast.max, number, cast.ada)
    for decide in (
        joining.accept(getattr(cast, who), request, Audience.EVERYONE),
        joining.refuse(getattr(cast, who), request),
        moderation_for(getattr(cast, who)),
    ):
        with pytest.raises(Refused):
            await decide
    with pytest.raises(NotFound):
        await joining.refuse(cast.ada, new_id())


async def test_who_was_added_meanwhile_is_accepted_all_the_same(cast, ticket, number):
    request = await asked(cast.sia, number, cast.ada)
    await participants.add(cast.abe, ticket, cast.sia.user_id, Audience.STAFF)
    await joining.accept(cast.ada, request, Audience.EVERYONE)
    assert (await thread.facts_for(cast.sia, ticket)).circle == "guests"


async def test_who_is_blocked_does_not_ask(cast, number):
    await moderation.block(cast.ada, cast.max.user_id)
    with pytest.raises(Blocked):
        await joining.ask(cast.max, number, "Please.")
