"""What those who have a conversation open are told of a message is read right after it is saved."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import text as sql

from supportdesk.database.engine import transaction
from supportdesk.domain.actor import Actor
from supportdesk.domain.changes import Changes
from supportdesk.domain.circles import Circle, circle_of
from supportdesk.domain.commands import messages, tickets
from supportdesk.domain.errors import NotFound
from supportdesk.domain.ids import new_id
from supportdesk.domain.models import Audience
from supportdesk.domain.queries.news import Following, News, news_for, news_within
from tests.domain.test_attachments import keep
from tests.domain.test_transaction import sending

# How many messages this transaction has looked at.
_LOOKED_AT = sql(
    "SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables WHERE relname = 'message'"
)


def following(actor: Actor, ticket: UUID, *others: Actor, seq: int = 0) -> Following:
    people = frozenset(each.user_id for each in (actor, *others))
    return Following(actor, circle_of(actor.role), ticket, seq, people)


def bodies(news: News | None) -> list[str]:
    assert news is not None
    return [line.body for line in news.lines if line.kind == "message"]


async def test_each_circle_is_read_for_with_its_own_rights(cast, ticket):
    for audience in Audience:
        await messages.post(cast.ada, ticket, f"Before, to {audience}.", audience)
    latest = await messages.post(cast.ada, ticket, "Before, to everyone.")
    for audience, who in (
        (Audience.ADMINS, {Circle.ADMINS}),
        (Audience.STAFF, {Circle.ADMINS, Circle.SELLERS}),
        (Audience.EVERYONE, {Circle.ADMINS, Circle.SELLERS, Circle.BUYERS}),
    ):
        readers = [
            following(reader, ticket, seq=latest.seq) for reader in (cast.bea, cast.sol, cast.abe)
        ]
        text = f"Now, to {audience}."
        latest = posted = await messages.post(cast.ada, ticket, text, audience, following=readers)
        told = dict(zip([each.circle for each in readers], posted.news, strict=True))
        assert {circle for circle in told if text in bodies(told[circle])} == who
        buyers, sellers = [await news_for(following(each, ticket)) for each in (cast.bea, cast.sol)]
        assert "Before, to staff." not in bodies(buyers)
        assert "Before, to admins." not in bodies(sellers)
        assert "Before, to everyone." in bodies(buyers)
        assert "Before, to staff." in bodies(sellers)


async def test_it_begins_where_each_has_read_to_and_says_who_is_lost(cast, ticket):
    first = await messages.post(cast.bea, ticket, "One")
    reader = following(cast.sol, ticket, cast.sia, seq=first.seq)
    posted = await messages.post(cast.bea, ticket, "Two", following=[reader])
    (news,) = posted.news
    assert bodies(news) == ["Two"]
    assert news.lost == {cast.sia.user_id}


async def test_all_of_it_is_one_round_trip(cast, ticket, monkeypatch):
    readers = [
        following(cast.bea, ticket),
        following(cast.sol, ticket),
        following(cast.ada, ticket),
    ]
    await messages.post(cast.bea, ticket, "One", following=readers)
    with sending(monkeypatch) as said:
        posted = await messages.post(cast.bea, ticket, "Two", following=readers)
    assert len(said) == 1
    assert [bodies(news)[-1] for news in posted.news] == ["Two"] * 3


@pytest.mark.parametrize("between", ["a note to others", "an event", "a quotation", "a file"])
async def test_what_is_not_plain_is_left_to_those_who_read_all_of_it(cast, ticket, between):
    first = await messages.post(cast.bea, ticket, "One")
    if between == "a note to others":
        await messages.post(cast.ada, ticket, "Watch out.", Audience.ADMINS)
    elif between == "an event":
        await tickets.change(cast.ada, ticket, Changes(assignee_id=cast.ada.user_id))
    elif between == "a quotation":
        await messages.post(cast.ada, ticket, "Two", quote_id=first.id)
    else:
        await messages.post(cast.ada, ticket, "Two", files=[await keep(cast.ada)])
    reader = following(cast.sol, ticket, seq=first.seq)
    posted = await messages.post(cast.bea, ticket, "Three", following=[reader])
    assert posted.news == (None,)
    assert "Three" in bodies(await news_for(reader))


async def test_the_same_send_again_is_one_message_and_brings_nothing(cast, ticket):
    send, readers = new_id(), [following(cast.sol, ticket)]
    first, again = [
        await messages.post(cast.bea, ticket, "Once", client_id=send, following=readers)
        for _ in range(2)
    ]
    assert (again.id, again.seq, again.again) == (first.id, first.seq, True)
    assert again.news == ()


async def test_where_nothing_is_saved_nothing_is_read(cast, ticket):
    with pytest.raises(NotFound):
        await messages.post(cast.ben, ticket, "Let me in.", following=[following(cast.sol, ticket)])


async def test_what_is_new_is_read_without_what_stands_above(cast, ticket):
    for number in range(60):
        latest = await messages.post(cast.bea, ticket, f"Number {number}")
    reader = following(cast.sol, ticket, seq=latest.seq - 1)
    async with transaction(cast.sol) as tx:
        # So few are read all at once, as soon as the database knows how few they are.
        await tx.execute(sql("SET LOCAL enable_seqscan = off"))
        for _ in range(8):  # Until it is planned for whatever may be asked.
            assert len((await news_within(tx, reader)).lines) == 1
        before = await tx.scalar(_LOOKED_AT) or 0
        await news_within(tx, reader)
        assert (await tx.scalar(_LOOKED_AT) or 0) - before == 1
