"""Who is told of a message first may have read it before its own circle is told of it."""

from __future__ import annotations

from supportdesk.domain.commands import messages
from supportdesk.realtime.posting import Posting
from tests.domain.test_drawn_ahead import followed


async def test_its_sender_learns_that_it_was_seen(cast, ticket):
    await messages.post(cast.sol, ticket, "Which lamp is it?")
    view = await followed(cast.bea, ticket)
    (browser,) = view.openers
    with Posting([view], "The green one.") as posting:
        posted = await messages.post(
            cast.bea, ticket, "The green one.", following=posting.following
        )
        await messages.mark_read(cast.sol, ticket, posted.seq)
        view.wake(seen=True)
        await posting.tell(posted)
    await view.catch_up()
    found = (await view.open(browser)).receipt
    view.stop()
    assert found.sender_id == str(cast.bea.user_id)
    assert [each.id for each in found.people] == [str(cast.sol.user_id)]
