"""What a message looks like is worked out while the database saves it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any
from typing import cast as as_type
from uuid import UUID, uuid4

import pytest

from supportdesk.domain.actor import Actor
from supportdesk.domain.circles import Circle
from supportdesk.domain.markup import marked_up, render
from supportdesk.domain.queries.sessions import Viewer
from supportdesk.realtime.browser import Browser
from supportdesk.realtime.posting import Posting
from supportdesk.realtime.thread_view import ThreadView


async def followed(actor: Actor, ticket: UUID) -> ThreadView:
    """The conversation as one tab has it open, to which nothing is ever shown."""
    screen = as_type("Any", None)
    view = ThreadView(
        ticket, Circle.BUYERS, screen, lost=lambda _browser: None, shown=lambda _view: None
    )
    viewer = Viewer(uuid4(), actor, "Bea", "bea@desk.test", "UTC", datetime.now(UTC))
    browser = Browser(str(uuid4()), str(uuid4()), viewer)
    view.openers.add(browser)
    await view.open(browser)
    return view


async def drawn(view: ThreadView, text: str) -> int:
    """How many texts have been drawn by the time the loop comes round."""
    render.cache_clear()
    with Posting([view], text):
        await asyncio.sleep(0)
        found = render.cache_info().currsize
    view.stop()
    return found


async def test_the_text_is_drawn_as_it_will_be_saved(cast, ticket):
    view = await followed(cast.bea, ticket)
    assert await drawn(view, "  **Soon**\n") == 1
    marked_up("**Soon**")
    assert render.cache_info().hits == 1


@pytest.mark.parametrize("text", ["", "x" * 100_000])
async def test_what_cannot_be_saved_is_not_drawn(cast, ticket, text):
    assert await drawn(await followed(cast.bea, ticket), text) == 0


async def test_where_nobody_follows_nothing_is_drawn(cast, ticket):
    view = await followed(cast.bea, ticket)
    view.openers.clear()
    assert await drawn(view, "Alone") == 0
