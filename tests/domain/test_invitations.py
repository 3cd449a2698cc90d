"""A link that makes one account of a role, once."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest
from sqlalchemy import text

from supportdesk.database.engine import transaction
from supportdesk.domain.actor import NOBODY, Actor, Role
from supportdesk.domain.commands import invitations, people, sessions
from supportdesk.domain.errors import Invalid, NotFound, Refused, SeveralInvalid, TooManyAttempts
from supportdesk.domain.ids import new_id
from supportdesk.domain.queries.people_list import PeopleFilters, page_for
from supportdesk.domain.queries.sessions import viewer_for

WHO = ("nora@demo.test", "Nora", "a lamp that flickers")


async def pending(cast, *tab: Role):
    return (await page_for(cast.abe, PeopleFilters(tab or tuple(Role)))).invitations


@pytest.mark.parametrize("role", Role)
async def test_the_link_makes_an_account_of_that_role_and_is_told(cast, ask, role):
    token = await invitations.invite(cast.ada, role)
    user_id = await invitations.accept(token, *WHO)
    opened = await sessions.sign_in(WHO[0], WHO[2])
    assert (await viewer_for(opened.token)).actor == Actor(user_id, role)
    told = "SELECT kind, actor_id, audience, data->>'role' FROM event WHERE kind <> 'signed_in'"
    assert ask(f"{told} ORDER BY id") == [
        ("person_invited", cast.ada.user_id, "admins", role),
        ("invitation_accepted", user_id, "admins", role),
    ]


SPEND = text(
    "SELECT accept_invitation(:hash, :id, 'first@demo.test', 'First', 'none', gen_random_uuid(),"
    " '', '')"
)


async def test_the_link_works_once_also_for_two_at_once(cast, ask):
    token = await invitations.invite(cast.ada, Role.ADMIN)
    values = {"hash": sessions.token_hash(token), "id": new_id()}
    async with transaction(NOBODY) as first:
        assert await first.scalar(SPEND, values) == "accepted"
        second = asyncio.create_task(invitations.accept(token, *WHO))
        while not second.done() and ask("SELECT count(*) FROM pg_locks WHERE NOT granted") == [0]:
            await asyncio.wait({second}, timeout=0.02)
    with pytest.raises(Refused, match="was used"):
        await second
    assert ask('SELECT count(*) FROM "user"') == [8]


async def test_after_a_week_the_link_is_over(cast, ask):
    token = await invitations.invite(cast.ada, Role.BUYER)
    assert ask("SELECT expires_at - created_at = interval '7 days' FROM invitation") == [True]
    assert await invitations.find(token) is not None
    ask("UPDATE invitation SET expires_at = now()")
    assert await invitations.find(token) is None
    assert await pending(cast) == ()
    with pytest.raises(Refused, match="expired"):
        await invitations.accept(token, *WHO)


async def test_a_link_that_was_taken_back_is_over_and_cannot_be_taken_back_twice(cast, ask):
    token = await invitations.invite(cast.ada, Role.BUYER, "nora@demo.test")
    (waiting,) = await pending(cast)
    await invitations.revoke(cast.abe, UUID(waiting.id))
    assert await pending(cast) == ()
    with pytest.raises(Refused):
        await invitations.accept(token, *WHO)
    for id_ in (UUID(waiting.id), new_id()):
        with pytest.raises(NotFound):
            await invitations.revoke(cast.abe, id_)
    told = "SELECT data FROM event WHERE kind = 'invitation_revoked'"
    assert ask(told) == [{"role": "buyer", "email": "nora@demo.test", "name": ""}]


@pytest.mark.parametrize("how", ["deactivated", "demoted"])
async def test_links_of_who_is_no_admin_any_more_open_nothing(cast, how):
    token = await invitations.invite(cast.abe, Role.ADMIN)
    assert await invitations.find(token) is not None
    if how == "deactivated":
        await people.deactivate(cast.ada, cast.abe.user_id)
        await people.reactivate(cast.ada, cast.abe.user_id)
    else:
        await people.change_role(cast.ada, cast.abe.user_id, Role.BUYER, Role.ADMIN)
    assert await invitations.find(token) is None
    assert (await page_for(cast.ada, PeopleFilters(tuple(Role)))).invitations == ()
    with pytest.raises(Refused):
        await invitations.accept(token, *WHO)


async def test_an_address_in_the_invitation_is_the_one(cast, ask):
    token = await invitations.invite(cast.ada, Role.SELLER, " Nora@Demo.test ", "Nora  N")
    found = await invitations.find(token)
    assert (found.role, found.email, found.name) == (Role.SELLER, "nora@demo.test", "Nora N")
    await invitations.accept(token, "eve@demo.test", "Nora", WHO[2])
    assert ask('SELECT email, name FROM "user" WHERE email LIKE %s', "nora%") == [
        ("nora@demo.test", "Nora")
    ]
    assert ask('SELECT count(*) FROM "user" WHERE email LIKE %s', "eve%") == [0]


async def test_what_cannot_be_an_address_or_a_name_is_told_at_its_field(cast):
    with pytest.raises(SeveralInvalid) as refused:
        await invitations.invite(cast.ada, Role.BUYER, "nobody", "x" * 81)
    assert [each.field for each in refused.value.problems] == ["email", "name"]
    with pytest.raises(Invalid, match="account with this address") as taken:
        await invitations.invite(cast.ada, Role.BUYER, "BEA@demo.test")
    assert taken.value.field == "email"
    assert await pending(cast) == ()


@pytest.mark.parametrize(
    ("who", "field"),
    [
        (("nobody", *WHO[1:]), "email"),
        (("bea@demo.test", *WHO[1:]), "email"),
        ((WHO[0], "", WHO[2]), "name"),
        ((WHO[0], WHO[1], "short"), "password"),
    ],
)
async def test_a_form_that_is_refused_leaves_the_link_as_it_was(cast, who, field):
    token = await invitations.invite(cast.ada, Role.BUYER)
    with pytest.raises(Invalid) as refused:
        await invitations.accept(token, *who)
    assert refused.value.field == field
    assert await invitations.find(token) is not None


@pytest.mark.parametrize("token", ["", "made up", "\x00", "\ud800", "x" * 10_000])
async def test_a_made_up_link_makes_nobody(cast, ask, token):
    assert await invitations.find(token) is None
    with pytest.raises(Refused):
        await invitations.accept(token, *WHO)
    assert ask('SELECT count(*) FROM "user"') == [7]


async def test_who_tries_made_up_links_for_long_has_to_wait(cast):
    real = await invitations.invite(cast.ada, Role.BUYER)
    for _ in range(30):
        with pytest.raises(Refused):
            await invitations.accept("made up", *WHO, ip="192.0.2.1")
    with pytest.raises(TooManyAttempts):
        await invitations.accept(real, *WHO, ip="192.0.2.1")
    await invitations.accept(real, *WHO, ip="192.0.2.2")


@pytest.mark.parametrize("who", ["bea", "sol"])
async def test_nobody_but_an_admin_invites_or_takes_back(cast, ask, who):
    await invitations.invite(cast.ada, Role.BUYER)
    (waiting,) = await pending(cast)
    actor = getattr(cast, who)
    with pytest.raises(Refused, match="Only admins"):
        await invitations.invite(actor, Role.ADMIN)
    with pytest.raises(Refused, match="Only admins"):
        await invitations.revoke(actor, UUID(waiting.id))
    assert len(await pending(cast)) == 1


async def test_each_tab_lists_the_invitations_to_its_roles(cast):
    for role in Role:
        await invitations.invite(cast.ada, role)
    assert [each.role_label for each in await pending(cast, Role.SELLER)] == ["Seller"]
    assert len(await pending(cast)) == 3


async def test_neither_the_database_nor_the_log_holds_the_link(cast, ask):
    token = await invitations.invite(cast.ada, Role.BUYER)
    assert [bytes(kept) for kept in ask("SELECT token_hash FROM invitation")] == [
        sessions.token_hash(token)
    ]
    assert token not in str(ask("SELECT event::text FROM event"))
