"""Canned replies: whose they are, who may change them, and what is put into them."""

from __future__ import annotations

import pytest

from supportdesk.domain.commands import replies
from supportdesk.domain.commands.filing import NewTicket, file_ticket
from supportdesk.domain.errors import Invalid, NotFound, Refused
from supportdesk.domain.queries.replies import all_for, filled_for

BODY = "Hello {buyer}, {seller} and {my_name} look at {number} ({subject}). {unknown}"


async def found(actor) -> list[tuple[str, bool]]:
    return [(row.name, row.mine) for row in await all_for(actor)]


async def test_everybody_on_the_staff_has_their_own_and_the_shared_ones(cast):
    await replies.save(cast.sol, None, "refund", "Mine.")
    await replies.save(cast.sia, None, "refund", "Hers.")
    await replies.save(cast.ada, None, "Refund", "Of all.", shared=True)
    await replies.save(cast.ada, None, "hold", "Of Ada.")
    assert await found(cast.sol) == [("refund", True), ("Refund", False)]
    assert await found(cast.ada) == [("hold", True), ("Refund", False)]
    assert await found(cast.abe) == [("Refund", False)]
    assert await found(cast.bea) == []


async def test_a_buyer_has_none(cast):
    with pytest.raises(Refused, match="for sellers and admins"):
        await replies.save(cast.bea, None, "refund", "Mine.")


async def test_one_changes_and_deletes_ones_own_and_the_log_says_nothing_of_it(cast, ask):
    made = await replies.save(cast.sol, None, "refund", "Mine.")
    await replies.save(cast.sol, made, "repay", "Still mine.")
    assert ask("SELECT name, body FROM canned_reply") == [("repay", "Still mine.")]
    await replies.remove(cast.sol, made)
    assert ask("SELECT count(*) FROM canned_reply") == ask("SELECT count(*) FROM event") == [0]


async def test_nobody_reaches_the_replies_of_another(cast, ask):
    made = await replies.save(cast.sol, None, "refund", "Mine.")
    for other in (cast.sia, cast.ada):
        with pytest.raises(NotFound):
            await replies.save(other, made, "stolen", "Theirs.")
        with pytest.raises(NotFound):
            await replies.remove(other, made)
    assert ask("SELECT name FROM canned_reply") == ["refund"]


async def test_a_seller_leaves_the_shared_ones_alone(cast, ask):
    made = await replies.save(cast.ada, None, "refund", "Of all.", shared=True)
    for attempt in (
        replies.save(cast.sol, made, "stolen", "Theirs."),
        replies.save(cast.sol, None, "new", "Theirs.", shared=True),
        replies.remove(cast.sol, made),
    ):
        with pytest.raises(Refused, match="Only admins"):
            await attempt
    await replies.remove(cast.abe, made)
    assert ask("SELECT kind FROM event") == ["reply_created", "reply_deleted"]


async def test_name_and_text_are_needed(cast):
    with pytest.raises(Invalid) as refused:
        await replies.save(cast.sol, None, " ", "\n")
    assert [each.field for each in refused.value.problems] == ["name", "body"]


async def test_what_is_open_in_it_is_filled_in_for_the_ticket(cast, ticket):
    made = await replies.save(cast.sol, None, "look", BODY)
    filled = await filled_for(cast.sol, made, ticket, "UTC")
    assert filled == ("Hello Bea, Sol and Sol look at TC-0001 (A lamp that flickers). {unknown}")
    shared = await replies.save(cast.ada, None, "thanks", "{my_name} thanks.", shared=True)
    assert await filled_for(cast.sol, shared, ticket, "UTC") == "Sol thanks."


async def test_a_name_that_there_is_not_stays_open(cast):
    theirs = await file_ticket(cast.sol, NewTicket("Payout", "Where is it?"))
    made = await replies.save(cast.ada, None, "hello", "Hello {buyer}")
    assert await filled_for(cast.ada, made, theirs.id, "UTC") == "Hello {buyer}"


async def test_nothing_is_filled_in_of_a_ticket_that_one_may_not_see(cast, ticket, foreign_ticket):
    mine = await replies.save(cast.sol, None, "look", BODY)
    with pytest.raises(NotFound):
        await filled_for(cast.sol, mine, foreign_ticket, "UTC")
    shared = await replies.save(cast.ada, None, "look", BODY, shared=True)
    for actor, reply in ((cast.bea, shared), (cast.ada, mine)):
        with pytest.raises(NotFound):
            await filled_for(actor, reply, ticket, "UTC")
