"""Pages, connections and tabs: whose they are, and that they end with the session."""

from __future__ import annotations

import uuid

import aiohttp
import pytest

from supportdesk import cookies, routes
from supportdesk.domain.ids import new_id
from tests.security.caller import (
    ROLES,
    STRANGERS,
    Caller,
    browser_of,
    harmful,
    health,
    ticket_path,
)
from tests.security.desk_world import (
    DESCRIPTION,
    DRAFT,
    SECRETS,
    STAFF,
    SUBJECT,
    Planted,
    but_of,
)
from tests.security.handlers import enumerate_handlers
from tests.support.raw_browser import (
    COMPOSER,
    DETAILS,
    SESSION,
    WORKSPACE,
)

# Pages.

PAGES = [routes.HOME, *(routes.tickets(role) for role in ("buyer", "seller", "admin"))]


@pytest.mark.parametrize("path", [*PAGES, "ticket"])
async def test_nobody_is_sent_to_the_sign_in_page_and_told_nothing(http, planted, path):
    path = ticket_path(planted, "bea") if path == "ticket" else path
    async with browser_of(http, planted, "nobody") as nobody:
        await nobody.open(path)
        await nobody.until(lambda b: b.left_for)
        await nobody.answered()
        assert nobody.left_for[0].split("?")[0] == routes.LOGIN
        assert nobody.secrets == []
        assert nobody.var(SESSION, "signed_in") is False


@pytest.mark.parametrize("role", ["buyer", "seller", "admin"])
@pytest.mark.parametrize("name", ["max", "sia", "ada"])
async def test_a_page_of_another_role_sends_one_home_and_tells_nothing(http, planted, name, role):
    async with browser_of(http, planted, name) as person:
        await person.open(routes.ticket(role, planted.number))
        await person.answered()
        if role == ROLES[name]:
            assert person.left_for == []
        else:
            await person.until(lambda b: b.left_for)
            assert person.left_for == [routes.tickets(ROLES[name])]
            assert person.secrets == []
            assert person.rows == []


async def test_a_filtered_list_of_another_role_is_asked_of_ones_own(http, planted):
    async with browser_of(http, planted, "sia") as person:
        await person.open(f"{routes.tickets('admin')}?status=open&q=a%22b")
        await person.until(lambda b: b.left_for)
        assert person.left_for == [f"{routes.tickets('seller')}?status=open&q=a%22b"]
        assert person.secrets == []


@pytest.mark.parametrize(
    "path",
    [
        "/admin/tickets",
        "/ADMIN/tickets",
        "/buyer/../admin/tickets",
        "/buyer/tickets/../../admin/tickets",
        "/admin/tickets/%2e%2e",
        "admin/tickets",
    ],
)
async def test_no_spelling_of_a_path_shows_a_buyer_what_admins_see(http, planted, path):
    async with browser_of(http, planted, "max") as stranger:
        await stranger.open(path)
        await stranger.answered()
        assert stranger.secrets == []
        assert stranger.rows == []


# Connections.


async def connects(http: aiohttp.ClientSession, planted: Planted, **headers: str) -> bool:
    address = f"{planted.desk.url}/_event/?EIO=4&transport=websocket&token={uuid.uuid4()}"
    try:
        async with http.ws_connect(address, headers=headers) as socket:
            await socket.send_str("40/_event,")
            opened = await socket.receive_str(timeout=10)
            joined = await socket.receive_str(timeout=10)
            return opened.startswith("0") and joined.startswith("40/_event")
    except (aiohttp.WSServerHandshakeError, TypeError):
        return False


async def test_the_websocket_takes_the_desks_own_pages(http, planted):
    assert await connects(http, planted, Origin=planted.desk.url)


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "null", "http://localhost", "http://localhost:1", "https://localhost:{port}",
     "http://localhost:{port}.evil.example", "http://evil.example:{port}", "file://"],
)  # fmt: skip
async def test_the_websocket_refuses_every_other_page(http, planted, origin):
    assert not await connects(http, planted, Origin=origin.format(port=planted.desk.port))


@pytest.mark.parametrize("session", ["made-up", "x" * 4000, "' OR 1=1 --", "%00", '"', "a=b"])
async def test_a_made_up_session_is_nobody(http, planted, session):
    stranger = Caller(http, planted.desk.url, session)
    try:
        await stranger.open(ticket_path(planted, "bea"))
        await stranger.until(lambda b: b.left_for)
        assert stranger.secrets == []
    finally:
        await stranger.close()


@pytest.mark.parametrize("token", ["", "x" * 5000, "../../x", "_", "a_b_c", "%00", "' OR 1=1"])
async def test_a_made_up_tab_holds_nothing(http, planted, token):
    async with browser_of(http, planted, "nobody", token or " ") as stranger:
        await stranger.open(ticket_path(planted, "bea"))
        await stranger.until(lambda b: b.left_for)
        assert stranger.secrets == []
    assert await health(http, planted) == 200


# A tab's token is no secret worth keeping: who learns it gets nothing that its owner had there.


async def leave_a_full_tab(http: aiohttp.ClientSession, planted: Planted) -> str:
    """bea opens the ticket, leaves a draft, and goes. The server still holds her tab."""
    async with browser_of(http, planted, "bea") as bea:
        await bea.open(ticket_path(planted, "bea"))
        await bea.until(lambda b: DESCRIPTION in b.heard)
        await bea.send(
            f"{COMPOSER}.keep_draft",
            number=planted.number,
            text=DRAFT,
            audience="everyone",
            written_for="everyone",
        )
        await bea.answered()
        return bea.token


@pytest.mark.parametrize("name", STRANGERS)
async def test_who_takes_over_a_tab_and_arrives_gets_nothing_of_its_owner(http, planted, name):
    token = await leave_a_full_tab(http, planted)
    async with browser_of(http, planted, name, token) as thief:
        await thief.open(ticket_path(planted, "bea"))
        await thief.answered()
        assert thief.secrets == []


@pytest.mark.parametrize("name", STRANGERS)
async def test_who_takes_over_a_tab_and_calls_handlers_gets_nothing_of_its_owner(
    http, planted, name
):
    token = await leave_a_full_tab(http, planted)
    own = {"notification": but_of(name)}
    before = planted.fingerprint(own)
    async with browser_of(http, planted, name, token) as thief:
        await thief.connect(ticket_path(planted, "bea"))
        handlers = enumerate_handlers().handlers
        calls = [name for name in handlers if ".hydrate" not in name]
        for handler in [*calls, *(name for name in handlers if ".hydrate" in name)]:
            for payload in ({}, dict.fromkeys(handlers[handler], ""), *harmful(handler, planted)):
                await thief.call(handler, payload)
            await thief.answered()
            assert thief.secrets == [], handler
    assert planted.fingerprint(own) == before


async def test_a_draft_is_not_put_into_the_box_of_who_takes_over_the_tab(http, planted):
    token = await leave_a_full_tab(http, planted)
    async with browser_of(http, planted, "max", token) as thief:
        await thief.connect(routes.ticket("buyer", "TC-0001"))
        await thief.send(f"{WORKSPACE}.arrive")
        await thief.answered()
        thief.path = ticket_path(planted, "bea")
        await thief.send(f"{WORKSPACE}.arrive")
        await thief.answered()
        assert thief.secrets == []


async def test_who_names_a_tab_that_is_in_use_gets_another(http, planted):
    async with browser_of(http, planted, "bea") as bea:
        await bea.open(ticket_path(planted, "bea"))
        await bea.until(lambda b: DESCRIPTION in b.heard)
        async with browser_of(http, planted, "max", bea.token) as thief:
            await thief.connect(ticket_path(planted, "bea"))
            await thief.answered()
            assert thief.token != bea.token
            assert thief.secrets == []
        await bea.answered()


# Sessions that end while the tab is open.


async def everything_is_over(person: Caller, planted: Planted) -> None:
    """The tab was told to leave, hears nothing more, and changes nothing more."""
    await person.until(lambda b: b.left_for)
    assert person.left_for[0].split("?")[0] == routes.LOGIN
    heard, before = len(person.frames), planted.fingerprint()
    for handler, arguments in enumerate_handlers().handlers.items():
        for payload in ({}, dict.fromkeys(arguments, ""), *harmful(handler, planted)):
            await person.call(handler, payload)
    await person.answered()
    assert planted.fingerprint() == before
    since = "\n".join(text for _, text in person.frames[heard:])
    assert [secret for secret in SECRETS if secret in since] == []


async def post(http: aiohttp.ClientSession, planted: Planted, path: str, session: str) -> int:
    headers = {"Cookie": f"{cookies.SESSION}={session}", "Origin": planted.desk.url}
    async with http.post(
        f"{planted.desk.url}{path}", headers=headers, allow_redirects=False
    ) as response:
        return response.status


async def test_signing_out_in_one_tab_ends_the_others(http, planted):
    async with browser_of(http, planted, "bea") as tab:
        other = Caller(http, planted.desk.url, tab.session)
        await tab.open(ticket_path(planted, "bea"))
        await other.open(routes.tickets("buyer"))
        for each in (tab, other):
            await each.until(lambda b: SUBJECT in b.heard)
        assert await post(http, planted, routes.POST_LOGOUT, tab.session) == 303
        await everything_is_over(tab, planted)
        await everything_is_over(other, planted)
        await other.close()


async def test_signing_out_leaves_ones_other_browsers(http, planted):
    async with browser_of(http, planted, "bea") as here, browser_of(http, planted, "bea") as there:
        await there.open(ticket_path(planted, "bea"))
        await there.until(lambda b: DESCRIPTION in b.heard)
        assert await post(http, planted, routes.POST_LOGOUT, here.session) == 303
        await there.answered()
        assert there.left_for == []


async def test_who_is_deactivated_is_out_at_once(http, planted):
    async with browser_of(http, planted, "sol") as sol:
        await sol.open(ticket_path(planted, "sol"))
        await sol.until(lambda b: STAFF in b.heard)
        try:
            planted.rows("UPDATE \"user\" SET active = false WHERE email = 'sol@demo.test'")
            planted.rows(
                "INSERT INTO event (id, kind, actor_id, subject_id, audience)"
                " SELECT %s, 'person_deactivated', id, id, 'admins' FROM \"user\""
                " WHERE email = 'sol@demo.test'",
                new_id(),
            )
            await everything_is_over(sol, planted)
        finally:
            planted.rows("UPDATE \"user\" SET active = true WHERE email = 'sol@demo.test'")


async def test_a_session_that_ran_out_changes_and_tells_nothing(http, planted):
    async with browser_of(http, planted, "bea") as bea:
        await bea.open(ticket_path(planted, "bea"))
        await bea.until(lambda b: DESCRIPTION in b.heard)
        planted.rows("UPDATE session SET expires_at = now()")
        await bea.send(f"{DETAILS}.close_ticket")
        await everything_is_over(bea, planted)
        assert planted.rows("SELECT status FROM ticket WHERE id = %s", planted.id) == [("open",)]
