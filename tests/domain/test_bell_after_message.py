"""The bell of a message is answered when the message is told: that is what people wait for."""

from __future__ import annotations

import asyncio
from uuid import UUID, uuid4

import pytest

from supportdesk.domain.commands import messages
from supportdesk.domain.events import EventKind
from supportdesk.realtime.doorbell import Doorbell
from supportdesk.realtime.errands import Errands
from supportdesk.realtime.posting import Postings
from tests.domain.test_drawn_ahead import followed


class Rung:
    """The bells that were answered."""

    def __init__(self) -> None:
        self.bells: list[Doorbell] = []
        self.somebody = asyncio.Event()

    async def ring(self, bell: Doorbell) -> None:
        self.bells.append(bell)
        self.somebody.set()


def bell(conversation: UUID, kind: EventKind = EventKind.MESSAGE_POSTED) -> Doorbell:
    return Doorbell(kind, conversation, uuid4(), None)


async def test_it_waits_for_those_who_are_told_with_the_message(cast, ticket):
    view, rung = await followed(cast.bea, ticket), Rung()
    postings = Postings(lambda _: [view], rung.ring, Errands())
    rings = bell(ticket)
    with postings.begin(ticket, "Hello", plain=True) as posting:
        posted = await messages.post(cast.sol, ticket, "Hello", following=posting.following)
        await postings.hear(rings)
        assert rung.bells == []
        await posting.tell(posted)
        assert view.last_line is not None
        assert view.last_line.body == "Hello"
        await rung.somebody.wait()
    view.stop()
    assert rung.bells == [rings]
    await postings.hear(rings)
    assert rung.bells == [rings, rings]


async def test_it_does_not_wait_for_long(cast, ticket):
    view, rung = await followed(cast.bea, ticket), Rung()
    postings = Postings(lambda _: [view], rung.ring, Errands())
    with postings.begin(ticket, "Hello", plain=True):
        await postings.hear(bell(ticket))
        await rung.somebody.wait()
    view.stop()


@pytest.mark.parametrize("kind", [EventKind.MESSAGE_EDITED, EventKind.TICKET_CHANGED])
async def test_no_other_bell_waits(cast, ticket, kind):
    view, rung = await followed(cast.bea, ticket), Rung()
    postings = Postings(lambda _: [view], rung.ring, Errands())
    with postings.begin(ticket, "Hello", plain=True):
        await postings.hear(bell(ticket, kind))
        await postings.hear(bell(uuid4()))
        assert len(rung.bells) == 2
    view.stop()
