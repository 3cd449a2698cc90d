"""A tag that becomes another, and one that goes: on all tickets, in lists, views and links."""

from __future__ import annotations

import asyncio

import pytest

from supportdesk.domain.commands import tag_settings, tags, views
from supportdesk.domain.errors import Invalid, NotFound, Refused
from supportdesk.domain.ids import new_id
from supportdesk.domain.queries import inbox
from supportdesk.domain.queries.filters import Filters
from supportdesk.domain.queries.tags import tag_now, uses_of
from supportdesk.domain.queries.views import views_for

LISTED = "SELECT tag_id FROM ticket_listing WHERE ticket_id = %s ORDER BY tag_id"


@pytest.fixture
async def two(cast, ticket, foreign_ticket):
    """`late` is on two tickets, `delay` on one of them, too."""
    await tags.add(cast.ada, ticket, "late")
    await tags.add(cast.ada, foreign_ticket, "late")
    await tags.add(cast.ada, ticket, "delay")


def id_of(ask, name):
    return ask("SELECT id FROM tag WHERE name = %s", name)[0]


async def test_all_tickets_of_a_merged_tag_have_the_other_once(
    cast, ask, two, ticket, foreign_ticket
):
    late, delay = id_of(ask, "late"), id_of(ask, "delay")
    assert await tag_settings.merge(cast.ada, late, delay) == 2
    assert ask("SELECT name FROM tag") == ["delay"]
    assert sorted(ask("SELECT ticket_id FROM ticket_tag")) == sorted([ticket, foreign_ticket])
    for each in (ticket, foreign_ticket):
        assert ask(LISTED, each)[1:] == [delay]
    found = await inbox.page_for(cast.ada, Filters(tag=str(delay)))
    assert len(found.rows) == 2
    told = "SELECT data->>'name', data->>'into', data->'tickets' FROM event"
    assert ask(f"{told} WHERE kind = 'tag_merged'") == [("late", "delay", 2)]


async def test_views_and_links_of_a_merged_tag_find_the_other(cast, ask, two):
    late, delay = id_of(ask, "late"), id_of(ask, "delay")
    await views.save(cast.sol, "Late ones", f"tag={late}&sort=newest")
    assert await uses_of(cast.ada, late) == (2, 1)
    await tag_settings.merge(cast.ada, late, delay)
    assert [each.query for each in await views_for(cast.sol)] == [f"tag={delay}&sort=newest"]
    slow = await tag_settings.save(cast.ada, None, "slow")
    await tag_settings.merge(cast.ada, delay, slow)
    for actor in (cast.ada, cast.sol):
        assert await tag_now(actor, str(late)) == str(slow)
        assert await tag_now(actor, str(delay)) == str(slow)
        assert await tag_now(actor, str(slow)) == str(slow)


async def test_a_deleted_tag_is_on_no_ticket_and_in_no_view(cast, ask, two, ticket):
    late = id_of(ask, "late")
    await views.save(cast.sol, "Late ones", f"status=open&tag={late}&sort=newest")
    await views.save(cast.abe, "All late ones", f"tag={late}")
    assert await tag_settings.delete(cast.ada, late) == 2
    assert ask("SELECT name FROM tag") == ["delay"]
    assert ask("SELECT count(*) FROM ticket_tag") == [1]
    assert ask("SELECT count(*) FROM ticket_listing WHERE tag_id = %s", late) == [0]
    assert [each.query for each in await views_for(cast.sol)] == ["status=open&sort=newest"]
    assert [each.query for each in await views_for(cast.abe)] == [""]
    assert ask("SELECT data->'tickets' FROM event WHERE kind = 'tag_deleted'") == [2]


async def test_what_cannot_be_merged_says_why(cast, ask, two):
    late, delay = id_of(ask, "late"), id_of(ask, "delay")
    with pytest.raises(Invalid, match="another tag"):
        await tag_settings.merge(cast.ada, late, late)
    for pair in ((late, new_id()), (new_id(), late)):
        with pytest.raises(NotFound):
            await tag_settings.merge(cast.ada, *pair)
    for stranger in (cast.bea, cast.sol):
        for deed in (
            tag_settings.merge(stranger, late, delay),
            tag_settings.delete(stranger, late),
        ):
            with pytest.raises(Refused):
                await deed
    assert sorted(ask("SELECT name FROM tag")) == ["delay", "late"]


async def test_of_two_who_merge_a_tag_at_once_one_finds_it_gone(cast, ask, two):
    late, delay = id_of(ask, "late"), id_of(ask, "delay")
    done = await asyncio.gather(
        tag_settings.merge(cast.ada, late, delay),
        tag_settings.delete(cast.abe, late),
        return_exceptions=True,
    )
    assert sorted(map(type, done), key=str) == sorted([int, NotFound], key=str)
    assert ask("SELECT name FROM tag") == ["delay"]
