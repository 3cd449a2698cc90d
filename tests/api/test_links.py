"""The forms behind one-time links: joining by an invitation, and setting a new password."""

from __future__ import annotations

import pytest

from supportdesk import cookies, routes
from supportdesk.domain.actor import Actor, Role
from supportdesk.domain.commands import credentials, invitations, sessions
from supportdesk.domain.queries.sessions import viewer_for
from tests.api.test_signing_in import cookie, refused

BROWSER = "SELECT data ->> 'browser' FROM event WHERE kind = %s"
NORA = {"name": "Nora", "email": "nora@demo.test", "password": "a lamp that flickers"}


@pytest.mark.parametrize("role", Role)
async def test_who_was_invited_is_in_at_once(browser, cast, ask, role):
    token = await invitations.invite(cast.ada, role)
    response = await browser.post(routes.POST_INVITE, data={**NORA, "token": token})
    assert (response.status_code, response.headers["location"]) == (303, routes.HOME)
    viewer = await viewer_for(cookie(response, cookies.SESSION).value)
    assert (viewer.name, viewer.email, viewer.actor.role) == ("Nora", "nora@demo.test", role)
    assert ask(BROWSER, "invitation_accepted") == [(browser.headers["user-agent"],)]
    again = await browser.post(
        routes.POST_INVITE, data={**NORA, "email": "eve@demo.test", "token": token}
    )
    assert "was used" in refused(again)["error"]


async def test_a_refused_form_comes_back_to_its_link_with_what_was_typed(browser, cast):
    token = await invitations.invite(cast.ada, Role.SELLER)
    form = {**NORA, "password": "short", "token": token}
    response = await browser.post(routes.POST_INVITE, data=form)
    assert response.headers["location"] == routes.invite(token)
    kept = refused(response)
    assert "at least 10 characters" in kept.pop("error")
    assert kept == {"page": routes.INVITE, "name": "Nora", "email": "nora@demo.test"}


async def test_a_form_does_not_choose_its_role(browser, cast, ask):
    token = await invitations.invite(cast.ada, Role.BUYER)
    await browser.post(routes.POST_INVITE, data={**NORA, "token": token, "role": "admin"})
    assert ask('SELECT role FROM "user" WHERE name = %s', "Nora") == [("buyer",)]


async def test_who_sets_a_new_password_is_in_at_once_and_nowhere_else(browser, cast, ask):
    there = await sessions.open_session(cast.bea.user_id)
    token = await credentials.make_reset_link(cast.ada, cast.bea.user_id)
    form = {"token": token, "password": "four words in a row"}
    response = await browser.post(routes.POST_RESET_PASSWORD, data=form)
    assert (response.status_code, response.headers["location"]) == (303, routes.HOME)
    viewer = await viewer_for(cookie(response, cookies.SESSION).value)
    assert viewer.actor == Actor(cast.bea.user_id, Role.BUYER)
    assert ask(BROWSER, "password_reset") == [(browser.headers["user-agent"],)]
    assert await viewer_for(there.token) is None
    again = await browser.post(routes.POST_RESET_PASSWORD, data=form)
    assert "was used" in refused(again)["error"]


async def test_a_password_that_may_not_be_set_is_told_and_never_sent_back(browser, cast):
    token = await credentials.make_reset_link(cast.ada, cast.bea.user_id)
    form = {"token": token, "password": "short"}
    response = await browser.post(routes.POST_RESET_PASSWORD, data=form)
    assert response.headers["location"] == routes.reset_password(token)
    kept = refused(response)
    assert "at least 10 characters" in kept.pop("error")
    assert kept == {"page": routes.RESET_PASSWORD}
