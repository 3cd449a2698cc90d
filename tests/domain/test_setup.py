"""The link with which the first admin of an empty desk is made."""

from __future__ import annotations

import asyncio

import pytest

from supportdesk.domain.actor import Actor, Role
from supportdesk.domain.commands import sessions
from supportdesk.domain.commands.setup import create_first_admin, issue_link, link_works
from supportdesk.domain.errors import Invalid, Refused
from supportdesk.domain.queries.sessions import viewer_for

WHO = ("first@demo.test", "Frida First", "a lamp that flickers")


async def test_the_link_makes_an_admin_who_can_sign_in(database):
    user_id = await create_first_admin(await issue_link(), *WHO)
    opened = await sessions.sign_in(WHO[0], WHO[2])
    assert (await viewer_for(opened.token)).actor == Actor(user_id, Role.ADMIN)


async def test_the_log_says_from_where_the_first_admin_came(database, ask):
    await create_first_admin(await issue_link(), *WHO, ip="203.0.113.7", user_agent="curl/8")
    told = ask("SELECT data FROM event WHERE kind = 'signed_up'")
    assert told == [{"ip": "203.0.113.7", "browser": "curl/8"}]


async def test_the_link_works_once(database, ask):
    token = await issue_link()
    await create_first_admin(token, *WHO)
    assert not await link_works(token)
    with pytest.raises(Refused, match="used or replaced"):
        await create_first_admin(token, "second@demo.test", *WHO[1:])
    assert ask('SELECT email FROM "user"') == [WHO[0]]


async def test_of_two_who_spend_the_link_at_once_one_becomes_admin(database, ask):
    token = await issue_link()
    results = await asyncio.gather(
        create_first_admin(token, *WHO),
        create_first_admin(token, "second@demo.test", *WHO[1:]),
        return_exceptions=True,
    )
    assert sum(isinstance(result, Refused) for result in results) == 1
    assert ask('SELECT count(*) FROM "user"') == [1]


async def test_a_newer_link_ends_the_older_one(database):
    older, newer = await issue_link(), await issue_link()
    assert (await link_works(older), await link_works(newer)) == (False, True)
    with pytest.raises(Refused):
        await create_first_admin(older, *WHO)


async def test_there_is_no_link_once_there_is_an_admin(cast):
    assert await issue_link() is None


async def test_a_link_that_was_issued_before_stops_working_when_there_is_an_admin(cast, ask):
    # As no trigger would let anybody.
    ask("""SET LOCAL session_replication_role = replica; UPDATE "user" SET role = 'buyer'""")
    token = await issue_link()
    assert await link_works(token)
    ask("""UPDATE "user" SET role = 'admin' WHERE id = %s""", cast.ada.user_id)
    assert not await link_works(token)
    with pytest.raises(Refused, match="used or replaced"):
        await create_first_admin(token, *WHO)
    assert ask("""SELECT count(*) FROM "user" WHERE role = 'admin'""") == [1]


@pytest.mark.parametrize("token", ["", "made up", "\x00", "\ud800", "x" * 10_000])
async def test_a_made_up_link_makes_nobody(database, ask, token):
    await issue_link()
    assert not await link_works(token)
    with pytest.raises(Refused):
        await create_first_admin(token, *WHO)
    assert ask('SELECT count(*) FROM "user"') == [0]


@pytest.mark.parametrize(
    ("who", "field"),
    [
        (("nobody", *WHO[1:]), "email"),
        ((WHO[0], "", WHO[2]), "name"),
        ((WHO[0], WHO[1], "short"), "password"),
    ],
)
async def test_a_form_that_is_refused_leaves_the_link_as_it_was(database, who, field):
    token = await issue_link()
    with pytest.raises(Invalid) as refused:
        await create_first_admin(token, *who)
    assert refused.value.field == field
    assert await link_works(token)


async def test_an_address_that_is_taken_leaves_the_link_as_it_was(database):
    token = await issue_link()
    await sessions.sign_up(*WHO)
    with pytest.raises(Invalid, match="account with this address already"):
        await create_first_admin(token, *WHO)
    assert await link_works(token)


async def test_the_database_holds_the_hash_of_the_link(database, ask):
    token = await issue_link()
    assert [bytes(kept) for kept in ask("SELECT token_hash FROM setup_link")] == [
        sessions.token_hash(token)
    ]
