"""How many work in the database at once."""

from __future__ import annotations

import asyncio
from collections import Counter

import psycopg
import pytest

from supportdesk.database import places
from supportdesk.database.engine import dispose_engine
from supportdesk.database.places import Places
from supportdesk.domain.commands import messages
from supportdesk.domain.queries.news import news_for
from tests.domain.test_read_with_a_message import bodies, following
from tests.support.faults import until


async def most_at_once(shared: bool) -> int:
    """Of twenty short questions that are each answered when all others have had their chance."""
    found, at_work = Places(shared=shared), Counter[str]()
    most = 0

    async def come() -> None:
        nonlocal most
        async with found.brisk():
            at_work["now"] += 1
            most = max(most, at_work["now"])
            for _ in range(50):
                await asyncio.sleep(0)
            at_work["now"] -= 1

    await asyncio.gather(*(come() for _ in range(20)))
    return most


async def test_short_questions_take_turns_where_the_processors_are_shared(monkeypatch):
    monkeypatch.setattr(places, "_BRISK", 3)
    monkeypatch.setattr(places, "_BRISK_SECONDS", 60)
    assert await most_at_once(shared=True) == 3
    assert await most_at_once(shared=False) == places.POOLED


async def test_who_waits_for_something_else_holds_up_nobody(monkeypatch):
    monkeypatch.setattr(places, "_BRISK", 1)
    found = Places(shared=True)
    async with asyncio.timeout(10), found.brisk(), found.brisk(), found.brisk():
        pass


@pytest.mark.parametrize("given_back", ["by time", "at the end"])
async def test_a_place_is_given_back_once(monkeypatch, given_back: str):
    monkeypatch.setattr(places, "_BRISK", 1)
    monkeypatch.setattr(places, "_BRISK_SECONDS", 0 if given_back == "by time" else 60)
    found = Places(shared=True)
    async with found.brisk():
        await asyncio.sleep(0.01)
    assert found._brisk._value == 1


async def test_messages_to_a_locked_conversation_hold_up_no_other(
    cast, ticket, foreign_ticket, database, ask, monkeypatch
):
    monkeypatch.setattr(places, "_BRISK", 1)
    await dispose_engine()
    with psycopg.connect(database.owner_url) as owner:
        owner.execute("SELECT FROM conversation WHERE id = %s FOR UPDATE", [ticket])
        readers = [following(cast.sol, ticket)]
        waiting = [
            asyncio.create_task(messages.post(cast.bea, ticket, f"{n}", following=readers))
            for n in range(3)
        ]
        await until(lambda: ask("SELECT pid FROM pg_locks WHERE NOT granted"))
        async with asyncio.timeout(10):
            news = await news_for(following(cast.ben, foreign_ticket))
        assert bodies(news) == ["Private."]
        assert not any(each.done() for each in waiting)
    assert len({posted.seq for posted in await asyncio.gather(*waiting)}) == 3
    await dispose_engine()
