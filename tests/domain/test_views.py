"""Saved views: who may have them, name them, share them, and who sees them."""

from __future__ import annotations

import pytest

from supportdesk.domain.commands import views
from supportdesk.domain.errors import Invalid, NotFound, Refused
from supportdesk.domain.queries import views as queries


async def _names(actor):
    return [view.name for view in await queries.views_for(actor)]


@pytest.mark.parametrize("who", ["bea", "sol", "ada"])
async def test_a_view_is_kept_for_the_person_who_saved_it_and_nobody_else(cast, ask, who):
    me = getattr(cast, who)
    view_id = await views.save(me, "  Urgent   ones ", "priority=urgent&sort=due&nonsense=1")
    [view] = await queries.views_for(me)
    assert (view.name, view.query, view.mine) == ("Urgent ones", "priority=urgent&sort=due", True)
    for other in cast:
        if other is not me:
            assert await _names(other) == []
    told = ask("SELECT kind, actor_id, subject_id, audience FROM event")
    assert told == [("view_saved", me.user_id, view_id, "admins")]


async def test_what_an_admin_shares_all_the_staff_can_choose_and_no_buyer(cast):
    view_id = await views.save(cast.ada, "Late", "overdue=1", shared=True)
    for staff in (cast.ada, cast.abe, cast.sol, cast.sia):
        assert await _names(staff) == ["Late"]
    assert await _names(cast.bea) == []
    with pytest.raises(Refused, match="another admin"):
        await views.share(cast.abe, view_id, False)
    await views.share(cast.ada, view_id, False)
    assert await _names(cast.sol) == []
    assert await _names(cast.abe) == []
    assert await _names(cast.ada) == ["Late"]


@pytest.mark.parametrize("who", ["bea", "sol"])
async def test_only_admins_share(cast, ask, who):
    me = getattr(cast, who)
    with pytest.raises(Refused, match="Only admins"):
        await views.save(me, "Mine", "", shared=True)
    view_id = await views.save(me, "Mine", "")
    with pytest.raises(Refused, match="Only admins"):
        await views.share(me, view_id, True)
    assert ask("SELECT shared FROM saved_view") == [False]


async def test_a_view_gets_another_name_and_goes(cast, ask):
    view_id = await views.save(cast.bea, "Old", "starred=1")
    await views.rename(cast.bea, view_id, "New")
    assert await _names(cast.bea) == ["New"]
    await views.delete(cast.bea, view_id)
    assert await _names(cast.bea) == []
    assert ask("SELECT kind FROM event ORDER BY id") == [
        "view_saved",
        "view_changed",
        "view_deleted",
    ]


async def test_a_stranger_finds_no_view_to_change(cast, ask):
    mine = await views.save(cast.sol, "Mine", "")
    shared = await views.save(cast.ada, "Shared", "", shared=True)
    told = ask("SELECT count(*) FROM event")
    strangers = [(mine, cast.sia), (mine, cast.bea), (mine, cast.ada), (shared, cast.sol)]
    for view_id, stranger in strangers:
        with pytest.raises(NotFound, match="view"):
            await views.rename(stranger, view_id, "Taken over")
        with pytest.raises(NotFound, match="view"):
            await views.delete(stranger, view_id)
    with pytest.raises(NotFound):
        await views.share(cast.ada, mine, True)
    assert sorted(ask("SELECT name FROM saved_view")) == ["Mine", "Shared"]
    assert ask("SELECT count(*) FROM event") == told


async def test_a_name_is_there_and_short_and_ones_own_only_once(cast):
    await views.save(cast.bea, "Mine", "")
    other = await views.save(cast.bea, "Other", "")
    for name in ("", " \n", "x" * 61, "mINE"):
        with pytest.raises(Invalid):
            await views.save(cast.bea, name, "")
        with pytest.raises(Invalid):
            await views.rename(cast.bea, other, name)
    await views.save(cast.ben, "Mine", "")


async def test_there_are_only_so_many_and_only_so_long_ones(cast, monkeypatch):
    monkeypatch.setattr(views, "MOST", 2)
    with pytest.raises(Invalid, match="too long"):
        await views.save(cast.bea, "Long", "q=" + "%F0%9F%92%A1" * 200)
    await views.save(cast.bea, "One", "")
    await views.save(cast.bea, "Two", "")
    with pytest.raises(Invalid, match="Delete one first"):
        await views.save(cast.bea, "Three", "")
