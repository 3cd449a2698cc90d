"""A new password: one's own, or by a link from an admin."""

from __future__ import annotations

import asyncio

import pytest

from supportdesk.config import StartupError, get_settings
from supportdesk.demo.load import PASSWORD
from supportdesk.domain.actor import Role
from supportdesk.domain.commands import credentials, people, sessions
from supportdesk.domain.errors import (
    Changed,
    Invalid,
    NotFound,
    Refused,
    SignInFailed,
    TooManyAttempts,
)
from supportdesk.domain.ids import new_id
from supportdesk.domain.queries.person import person_for
from supportdesk.domain.queries.sessions import viewer_for
from supportdesk.serving import first_steps

NEW = "four words in a row"


async def works(cast, token: str) -> bool:
    return bool(await credentials.address_of(token))


# By a link.


async def test_the_link_sets_the_password_once_and_ends_all_sessions(cast, ask):
    opened = await sessions.open_session(cast.bea.user_id)
    token = await credentials.make_reset_link(cast.ada, cast.bea.user_id)
    assert await credentials.address_of(token) == "bea@demo.test"
    assert await credentials.reset(token, NEW) == cast.bea.user_id
    assert await viewer_for(opened.token) is None
    await sessions.sign_in("bea@demo.test", NEW)
    with pytest.raises(SignInFailed):
        await sessions.sign_in("bea@demo.test", PASSWORD)
    with pytest.raises(Refused, match="was used"):
        await credentials.reset(token, NEW)
    told = "SELECT kind, actor_id, subject_id FROM event WHERE kind LIKE %s ORDER BY id"
    assert ask(told, "%reset%") == [
        ("reset_link_made", cast.ada.user_id, cast.bea.user_id),
        ("password_reset", cast.bea.user_id, cast.bea.user_id),
    ]


async def test_of_two_who_spend_the_link_at_once_one_sets_the_password(cast):
    token = await credentials.make_reset_link(cast.ada, cast.bea.user_id)
    results = await asyncio.gather(
        *(credentials.reset(token, NEW) for _ in range(2)), return_exceptions=True
    )
    assert sum(isinstance(result, Refused) for result in results) == 1


async def test_a_newer_link_ends_the_older_one_and_those_of_others_go_on(cast):
    older = await credentials.make_reset_link(cast.ada, cast.bea.user_id)
    others = await credentials.make_reset_link(cast.ada, cast.ben.user_id)
    newer = await credentials.make_reset_link(cast.abe, cast.bea.user_id)
    assert [await works(cast, each) for each in (older, newer, others)] == [False, True, True]


async def test_of_two_admins_who_make_one_at_once_each_is_told_what_became_of_theirs(cast):
    results = await asyncio.gather(
        credentials.make_reset_link(cast.ada, cast.bea.user_id),
        credentials.make_reset_link(cast.abe, cast.bea.user_id),
        return_exceptions=True,
    )
    made = [each for each in results if isinstance(each, str)]
    assert len(made) + sum(isinstance(each, Changed) for each in results) == 2
    assert sum([await works(cast, token) for token in made]) == 1


async def test_after_a_day_the_link_is_over(cast, ask):
    token = await credentials.make_reset_link(cast.ada, cast.bea.user_id)
    assert ask("SELECT expires_at - created_at = interval '24 hours' FROM password_reset") == [True]
    assert (await person_for(cast.ada, cast.bea.user_id)).reset_expires_at
    ask("UPDATE password_reset SET expires_at = now()")
    assert not await works(cast, token)
    assert not (await person_for(cast.ada, cast.bea.user_id)).reset_expires_at
    with pytest.raises(Refused):
        await credentials.reset(token, NEW)


async def deactivated(cast, token):
    await people.deactivate(cast.ada, cast.bea.user_id)
    await people.reactivate(cast.ada, cast.bea.user_id)


async def by_one_who_is_no_admin_now(cast, token):
    await people.change_role(cast.ada, cast.abe.user_id, Role.BUYER, Role.ADMIN)


async def withdrawn(cast, token):
    await credentials.withdraw_reset_link(cast.ada, cast.bea.user_id)


async def changed_meanwhile(cast, token):
    opened = await sessions.open_session(cast.bea.user_id)
    await credentials.change(opened.token, "bea@demo.test", PASSWORD, "another one of mine")


@pytest.mark.parametrize(
    "ends", [deactivated, by_one_who_is_no_admin_now, withdrawn, changed_meanwhile]
)
async def test_a_link_ends_with_the_reason_for_it(cast, ends):
    token = await credentials.make_reset_link(cast.abe, cast.bea.user_id)
    assert await works(cast, token)
    await ends(cast, token)
    assert not await works(cast, token)
    with pytest.raises(Refused):
        await credentials.reset(token, NEW)


async def test_a_password_that_may_not_be_set_leaves_the_link_as_it_was(cast):
    token = await credentials.make_reset_link(cast.ada, cast.bea.user_id)
    for password in ("short", "1234567890", "x" * 201):
        with pytest.raises(Invalid) as refused:
            await credentials.reset(token, password)
        assert refused.value.field == "password"
    assert await works(cast, token)


@pytest.mark.parametrize("token", ["", "made up", "\x00", "\ud800"])
async def test_a_made_up_link_sets_nothing(cast, token):
    with pytest.raises(Refused):
        await credentials.reset(token, NEW)
    await sessions.sign_in("bea@demo.test", PASSWORD)


async def test_only_admins_make_and_withdraw_links_of_people_who_can_sign_in(cast):
    for who in (cast.bea, cast.sol):
        for deed in (credentials.make_reset_link, credentials.withdraw_reset_link):
            with pytest.raises(Refused, match="Only admins"):
                await deed(who, cast.ben.user_id)
    with pytest.raises(NotFound):
        await credentials.make_reset_link(cast.ada, new_id())
    with pytest.raises(NotFound):
        await credentials.withdraw_reset_link(cast.ada, cast.ben.user_id)
    await people.deactivate(cast.ada, cast.ben.user_id)
    with pytest.raises(Refused, match="Reactivate"):
        await credentials.make_reset_link(cast.ada, cast.ben.user_id)


async def test_neither_the_database_nor_the_log_holds_the_link(cast, ask):
    token = await credentials.make_reset_link(cast.ada, cast.bea.user_id)
    assert [bytes(kept) for kept in ask("SELECT token_hash FROM password_reset")] == [
        sessions.token_hash(token)
    ]
    assert token not in str(ask("SELECT event::text FROM event"))


# By who runs the desk.


@pytest.fixture
def owned(database, monkeypatch):
    owning = get_settings().model_copy(update={"migration_database_url": database.owner_url})
    monkeypatch.setattr(first_steps, "get_settings", lambda: owning)


async def test_who_runs_the_desk_helps_an_admin_whom_no_other_can(cast, owned, ask):
    await people.deactivate(cast.abe, cast.ada.user_id)
    older = first_steps.reset_link("abe@demo.test")
    link = first_steps.reset_link(" Abe@demo.test ")
    older, token = (each.partition("token=")[2] for each in (older, link))
    assert [await works(cast, each) for each in (older, token)] == [False, True]
    assert await credentials.reset(token, NEW) == cast.abe.user_id
    made = "SELECT actor_id, subject_id FROM event WHERE kind = 'reset_link_made'"
    assert ask(made) == [(None, cast.abe.user_id)] * 2


@pytest.mark.parametrize("name", ["ada", "bea", "sol", "nobody"])
async def test_and_nobody_else_by_that_way(cast, owned, ask, name):
    await people.deactivate(cast.abe, cast.ada.user_id)
    with pytest.raises(StartupError, match="no active admin"):
        first_steps.reset_link(f"{name}@demo.test")
    assert ask("SELECT count(*) FROM password_reset") == [0]


# One's own.


async def test_changing_it_ends_all_sessions_but_this_one(cast, ask):
    here, there = [await sessions.open_session(cast.bea.user_id) for _ in range(2)]
    others = await sessions.open_session(cast.ben.user_id)
    await credentials.change(here.token, "bea@demo.test", PASSWORD, NEW)
    left = [await viewer_for(each.token) is not None for each in (here, there, others)]
    assert left == [True, False, True]
    await sessions.sign_in("bea@demo.test", NEW)
    told = "SELECT actor_id, subject_id, data FROM event WHERE kind = 'password_changed'"
    assert ask(told) == [(cast.bea.user_id, cast.bea.user_id, {})]


async def test_who_does_not_know_the_current_one_changes_nothing(cast):
    here = await sessions.open_session(cast.bea.user_id)
    with pytest.raises(Invalid, match="not your current") as refused:
        await credentials.change(here.token, "bea@demo.test", "wrong horse battery", NEW)
    assert refused.value.field == "current"
    with pytest.raises(Invalid) as refused:
        await credentials.change(here.token, "bea@demo.test", PASSWORD, "short")
    assert refused.value.field == "password"
    await sessions.sign_in("bea@demo.test", PASSWORD)


async def test_a_session_that_is_over_changes_nothing(cast):
    here = await sessions.open_session(cast.bea.user_id)
    await sessions.sign_out(here.token)
    with pytest.raises(Refused, match="session is over"):
        await credentials.change(here.token, "bea@demo.test", PASSWORD, NEW)
    await sessions.sign_in("bea@demo.test", PASSWORD)


async def test_after_five_wrong_guesses_one_has_to_wait_and_can_still_sign_in(cast):
    here = await sessions.open_session(cast.bea.user_id)
    for _ in range(5):
        with pytest.raises(Invalid):
            await credentials.change(here.token, "bea@demo.test", "wrong", NEW)
    with pytest.raises(TooManyAttempts):
        await credentials.change(here.token, "bea@demo.test", PASSWORD, NEW)
    await sessions.sign_in("bea@demo.test", PASSWORD)


async def test_a_current_one_that_is_missing_is_no_guess(cast):
    here = await sessions.open_session(cast.bea.user_id)
    for _ in range(6):
        with pytest.raises(Invalid, match="Enter your current") as refused:
            await credentials.change(here.token, "bea@demo.test", "", NEW)
        assert refused.value.field == "current"
    await credentials.change(here.token, "bea@demo.test", PASSWORD, NEW)
