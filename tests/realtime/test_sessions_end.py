"""A session that is over takes its tabs to the sign-in page, and nothing more reaches them."""

from __future__ import annotations

import aiohttp
import psycopg
import pytest

from supportdesk import cookies, routes
from supportdesk.domain.ids import new_id
from tests.support.browsers import Browsers, all_show, catch_up, heard
from tests.support.desk import Desk
from tests.support.raw_browser import DETAILS, SEND_AGAIN, THREAD, RawBrowser
from tests.support.seed import ADMIN, BUYER, SELLER, Person, Seed


async def _sign_out(http: aiohttp.ClientSession, desk: Desk, person: Person) -> None:
    headers = {"Origin": desk.url, "Cookie": f"{cookies.SESSION}={person.session}"}
    async with http.post(
        desk.url + routes.POST_LOGOUT, headers=headers, allow_redirects=False
    ) as response:
        assert response.status == 303


def deactivate(desk: Desk, admin: Person, person: Person) -> None:
    """As the command does, by hand: it has no screen yet."""
    with psycopg.connect(desk.app_url, options="-c role=supportdesk_app") as connection:
        connection.execute(
            "SELECT set_config('role', %s, true), set_config('supportdesk.user_id', %s, true)",
            (admin.actor.database_role, admin.actor.database_user_id),
        )
        connection.execute('UPDATE "user" SET active = false WHERE id = %s', (person.id,))
        connection.execute(
            "INSERT INTO event (id, kind, actor_id, subject_id, audience, in_thread, data)"
            " VALUES (%s, 'person_deactivated', %s, %s, 'admins', false, '{}')",
            (new_id(), admin.id, person.id),
        )


async def _is_out(tab: RawBrowser, peer: RawBrowser) -> None:
    """It left for the sign-in page, and what the others say does not reach it."""
    await tab.until(lambda b: any(path.startswith(routes.LOGIN) for path in b.left_for))
    since = len(tab.frames)
    for text in ("After the end", "And another thing"):
        await peer.say(text)
        await all_show(text, [peer])
    await tab.send(f"{DETAILS}.toggle_star")  # What it asks for itself is answered, with: leave.
    await tab.until(lambda b: len(b.left_for) > 1)
    assert heard(tab, since) == []
    assert not any("After the end" in frame for _, frame in tab.frames)


@pytest.mark.parametrize("how", ["signed out", "deactivated"])
@pytest.mark.parametrize("role", [BUYER, SELLER, ADMIN])
async def test_all_tabs_of_an_ended_session_leave(
    how: str, role, seed: Seed, browsers: Browsers, http: aiohttp.ClientSession, desk: Desk
) -> None:
    bea, sol, ada = seed.person(BUYER), seed.person(SELLER), seed.person(ADMIN)
    person, peer = {BUYER: (bea, sol), SELLER: (sol, bea), ADMIN: (seed.person(ADMIN), sol)}[role]
    ticket = seed.ticket(bea, sol)
    tabs = [await browsers.visit(person, ticket), await browsers.visit(person)]
    other_session = await browsers.visit(seed.session_of(person), ticket)
    watching = await browsers.visit(peer, ticket)
    await all_show(await catch_up(watching), [*tabs, other_session])

    if how == "signed out":
        await _sign_out(http, desk, person)
    else:
        deactivate(desk, ada, person)
        tabs.append(other_session)
    for tab in tabs:
        await _is_out(tab, watching)

    if how == "signed out":  # The other browser of the same person is not concerned.
        await all_show(await catch_up(watching), [other_session])
        assert other_session.left_for == []


async def test_an_ended_session_changes_nothing(
    seed: Seed, browsers: Browsers, http: aiohttp.ClientSession, desk: Desk
) -> None:
    bea, sol = seed.person(BUYER), seed.person(SELLER)
    ticket = seed.ticket(bea, sol)
    tab, peer = await browsers.visit(bea, ticket), await browsers.visit(sol, ticket)
    await all_show(await catch_up(tab), [peer])
    await _sign_out(http, desk, bea)
    await tab.until(lambda b: b.left_for)

    await tab.say("A ghost speaks")
    await tab.send(f"{DETAILS}.choose_priority", value="urgent")
    await tab.send(f"{DETAILS}.close_ticket")
    await tab.send(SEND_AGAIN, waiting=tab.outbox)
    await tab.until(lambda b: len(b.left_for) >= 5)

    lines = len(peer.lines)
    await catch_up(peer)
    assert len(peer.lines) == lines + 1
    facts = peer.var(THREAD, "facts")
    assert (facts["status"], facts["priority"]) == ("open", "medium")


_UNHEARD_OF = {
    "ended": "UPDATE session SET ended_at = now() WHERE user_id = %s",
    "ran out": "UPDATE session SET expires_at = now() WHERE user_id = %s",
    "deactivated": 'UPDATE "user" SET active = false WHERE id = %s',
    "a buyer by now": """UPDATE "user" SET role = 'buyer' WHERE id = %s""",
}


@pytest.mark.parametrize("how", _UNHEARD_OF)
async def test_a_message_is_refused_though_no_bell_has_told_of_the_end(
    how: str, seed: Seed, browsers: Browsers, desk: Desk
) -> None:
    bea, sol, ada = seed.person(BUYER), seed.person(SELLER), seed.person(ADMIN)
    ticket = seed.ticket(bea, sol)
    tab, peer = await browsers.visit(ada, ticket), await browsers.visit(sol, ticket)
    await all_show(await catch_up(tab), [peer])

    with psycopg.connect(desk.owner_url) as database:
        database.execute(_UNHEARD_OF[how], (ada.id,))
    await tab.say("A ghost speaks")
    await tab.until(lambda b: any(path.startswith(routes.LOGIN) for path in b.left_for))

    lines = len(peer.lines)
    await catch_up(peer)
    assert len(peer.lines) == lines + 1
