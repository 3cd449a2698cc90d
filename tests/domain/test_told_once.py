"""What was read with a message is told once, whoever else reads at that moment."""

from __future__ import annotations

import asyncio

from supportdesk.domain.commands import messages
from supportdesk.domain.queries.news import news_for
from tests.domain.test_drawn_ahead import followed


async def test_what_somebody_who_waited_has_just_told_is_not_told_again(cast, ticket):
    """The view is free between those who read, and yet somebody may be next."""
    view = await followed(cast.bea, ticket)
    (tab,) = view.openers
    following = view.expect()
    assert following is not None
    posted = await messages.post(cast.sol, ticket, "Once")
    news = await news_for(following)

    async def open_and_heed() -> None:
        await view.open(tab)
        await view.heed(following, posted.id, news)

    opening = asyncio.create_task(open_and_heed())
    await asyncio.sleep(0)
    await asyncio.gather(opening, view.catch_up())
    found = await view.open(tab)
    view.stop()
    lines = [line.body for line in (*found.history, *found.live) if line.kind == "message"]
    assert lines.count("Once") == 1
