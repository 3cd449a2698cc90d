"""Searching one conversation."""

from __future__ import annotations

from supportdesk.domain.commands import amending, messages
from supportdesk.domain.models import Audience
from supportdesk.domain.queries.said import MOST, said_in


async def found(actor, ticket, words: str) -> list[str]:
    return ["".join(p.text for p in each.parts) for each in await said_in(actor, ticket, words)]


async def test_the_latest_come_first_and_every_word_has_to_be_there(cast, ticket):
    for body in ("A blue lamp", "A red lamp", "A blue chair"):
        await messages.post(cast.bea, ticket, body)
    assert await found(cast.sol, ticket, "blue") == ["A blue chair", "A blue lamp"]
    assert await found(cast.sol, ticket, "lamp BL") == ["A blue lamp"]
    marked = [
        part.text for part in (await said_in(cast.sol, ticket, "red"))[0].parts if part.marked
    ]
    assert marked == ["red"]
    assert await found(cast.sol, ticket, " ") == await found(cast.sol, ticket, "green") == []


async def test_what_one_may_not_see_is_not_found(cast, ticket, foreign_ticket):
    await messages.post(cast.ada, ticket, "secret for admins", Audience.ADMINS)
    await messages.post(cast.sol, ticket, "secret for staff", Audience.STAFF)
    counts = [len(await found(who, ticket, "secret")) for who in (cast.bea, cast.sol, cast.ada)]
    assert counts == [0, 1, 2]
    hits = await said_in(cast.ada, ticket, "secret")
    assert [each.audience for each in hits] == ["staff", "admins"]
    assert [len(await found(who, ticket, "secret")) for who in (cast.ben, cast.sia)] == [0, 0]


async def test_a_deleted_message_is_found_no_more(cast, ticket):
    posted = await messages.post(cast.bea, ticket, "my card number")
    assert await found(cast.sol, ticket, "card") == ["my card number"]
    await amending.delete(cast.bea, posted.id)
    assert await found(cast.sol, ticket, "card") == []


async def test_of_too_many_there_is_one_more_than_are_shown(cast, ticket):
    for number in range(MOST + 2):
        await messages.post(cast.bea, ticket, f"again {number}")
    assert len(await found(cast.bea, ticket, "again")) == MOST + 1
