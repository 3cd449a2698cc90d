"""What those who have a conversation open are told of a message is read right after it is saved."""

from __future__ import annotations

from uuid import UUID

import pytest

from supportdesk.domain.actor import Actor
from supportdesk.domain.circles import Circle, circle_of
from supportdesk.domain.commands import messages
from supportdesk.domain.errors import NotFound
from supportdesk.domain.ids import new_id
from supportdesk.domain.models import Audience
from supportdesk.domain.queries.news import Following, News
from tests.domain.test_transaction import sending


def following(actor: Actor, ticket: UUID, *others: Actor, seq: int = 0) -> Following:
    people = frozenset(each.user_id for each in (actor, *others))
    return Following(actor, circle_of(actor.role), ticket, seq, people)


def bodies(news: News) -> list[str]:
    return [line.body for line in news.lines if line.kind == "message"]


async def test_each_circle_is_read_for_with_its_own_rights(cast, ticket):
    for audience in Audience:
        await messages.post(cast.ada, ticket, f"Before, to {audience}.", audience)
    readers = [
        following(cast.bea, ticket),
        following(cast.sol, ticket),
        following(cast.abe, ticket),
    ]
    for audience, who in (
        (Audience.ADMINS, {Circle.ADMINS}),
        (Audience.STAFF, {Circle.ADMINS, Circle.SELLERS}),
        (Audience.EVERYONE, {Circle.ADMINS, Circle.SELLERS, Circle.BUYERS}),
    ):
        text = f"Now, to {audience}."
        posted = await messages.post(cast.ada, ticket, text, audience, following=readers)
        told = dict(zip([each.circle for each in readers], posted.news, strict=True))
        assert {circle for circle in told if text in bodies(told[circle])} == who
        assert "Before, to staff." not in bodies(told[Circle.BUYERS])
        assert "Before, to admins." not in bodies(told[Circle.SELLERS])


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
