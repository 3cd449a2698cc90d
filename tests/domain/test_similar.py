"""Tickets that sound like the one that is being written."""

from __future__ import annotations

import pytest

from supportdesk.domain.commands import tickets
from supportdesk.domain.commands.filing import NewTicket, file_ticket
from supportdesk.domain.queries.similar import similar_for


async def file(actor, subject, **more):
    return await file_ticket(actor, NewTicket(subject, "Please.", **more))


async def numbers(actor, subject) -> list[str]:
    return [each.number for each in await similar_for(actor, subject)]


async def test_shared_words_are_found_the_closest_first(cast):
    await file(cast.bea, "Invoice for May")
    await file(cast.bea, "A lamp that flickers")
    await file(cast.bea, "Lamp arrived broken, flickers too")
    assert await numbers(cast.bea, "My LAMP arrived!") == ["TC-0003", "TC-0002"]


async def test_a_word_counts_while_it_is_typed(cast):
    await file(cast.bea, "Headphones crackle")
    assert await numbers(cast.bea, "Headph") == ["TC-0001"]


@pytest.mark.parametrize("subject", ["", "a b c", "Please help with this problem", "'; -- & | !"])
async def test_what_says_nothing_finds_nothing(cast, subject):
    await file(cast.bea, "Please help with this problem: lamp")
    assert await numbers(cast.bea, subject) == []


async def test_what_is_settled_is_no_duplicate(cast):
    lamp = await file(cast.bea, "A lamp that flickers")
    await tickets.close(cast.bea, lamp.id)
    assert await numbers(cast.bea, "lamp flickers") == []


async def test_only_ones_own_are_found(cast):
    await file(cast.bea, "A lamp that flickers", seller_id=cast.sol.user_id)
    await file(cast.sol, "Payout of the lamp")
    assert await numbers(cast.ben, "lamp flickers") == []
    assert await numbers(cast.sol, "lamp flickers") == ["TC-0002"]
    assert await numbers(cast.ada, "lamp flickers") == []


async def test_there_are_never_more_than_three(cast):
    for _ in range(5):
        await file(cast.bea, "A lamp that flickers")
    assert await numbers(cast.bea, "lamp") == ["TC-0005", "TC-0004", "TC-0003"]
