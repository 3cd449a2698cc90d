"""Every event handler of the app, called over a bare websocket by those who should not.

The handlers are read from the app: one that is added later is called here too.
"""

from __future__ import annotations

import asyncio
import json
import re
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from supportdesk import cookies, routes
from supportdesk.domain.ids import new_id
from tests.security.desk_world import (
    ADMINS,
    DESCRIPTION,
    DRAFT,
    NOTES,
    SECRETS,
    STAFF,
    SUBJECT,
    TAG,
    Planted,
)
from tests.security.handlers import enumerate_handlers
from tests.support.raw_browser import (
    COMPOSER,
    DETAILS,
    NEW_TICKET,
    ROOT_STATE,
    SESSION,
    THREAD,
    WORKSPACE,
    RawBrowser,
    sign_in,
)

ROLES = {"bea": "buyer", "max": "buyer", "sol": "seller", "sia": "seller", "ada": "admin"}
STRANGERS = ("nobody", "max", "sia")
SQL = "'; UPDATE ticket SET status = 'closed'; --"


class Caller(RawBrowser):
    """Calls anything, and waits until the server has dealt with all of it."""

    cookie = ""
    may_know = ""

    async def connect(self, path: str) -> None:
        """Connect without arriving anywhere: the server's memory of this token is as it was."""
        self.path = path
        cookie = self.cookie or (f"{cookies.SESSION}={self.session}" if self.session else "")
        headers = {"Origin": self.url, **({"Cookie": cookie} if cookie else {})}
        address = f"{self.url}/_event/?EIO=4&transport=websocket&token={self.token}"
        self._socket = await self.http.ws_connect(address, headers=headers, max_msg_size=0)
        await self._socket.receive_str()
        await self._socket.send_str("40/_event,")
        self._reader = asyncio.create_task(self._read())

    async def answered(self) -> None:
        """Everything before this was dealt with: a tab's events are taken one after another."""
        mark = f"answered {uuid.uuid4()}"
        await self.send(f"{ROOT_STATE}.set_is_hydrated", value=mark)
        await self.until(lambda browser: mark in browser.heard, seconds=60)

    async def call(self, handler: str, payload: dict[str, Any]) -> None:
        event = {"name": handler, "payload": payload, "router_data": self._router_data()}
        await self.raw("42/_event," + json.dumps(["event", event]))

    async def raw(self, text: str) -> None:
        assert self._socket is not None
        await self._socket.send_str(text)

    async def ended(self) -> None:
        """The server has closed the connection."""
        assert self._reader is not None
        await asyncio.wait_for(self._reader, 20)

    @property
    def heard(self) -> str:
        """All that the server ever sent."""
        return "\n".join(text for _, text in self.frames)

    @property
    def left_for(self) -> list[str]:
        """The addresses that the server sent this browser to, as a new page load."""
        return re.findall(r"location\.assign\(\\*\"([^\"\\]*)", self.heard)

    @property
    def secrets(self) -> list[str]:
        """What was told to this browser that only bea, sol and the admins may know."""
        heard = self.heard.replace(self.may_know, "") if self.may_know else self.heard
        return [secret for secret in SECRETS if secret in heard]


@asynccontextmanager
async def browser_of(
    http: aiohttp.ClientSession, planted: Planted, name: str, token: str = ""
) -> AsyncIterator[Caller]:
    session = ""
    if name != "nobody":
        session = await sign_in(http, planted.desk.url, name)
        planted.tokens.append(session)
    browser = Caller(http, planted.desk.url, session, token)
    # What tags there are, all the staff may know; which tickets have them, they may not.
    browser.may_know = TAG if ROLES.get(name) in ("seller", "admin") else ""
    try:
        yield browser
    finally:
        await browser.close()


def ticket_path(planted: Planted, name: str) -> str:
    return routes.ticket(ROLES.get(name, "buyer"), planted.number)


HALF = "\ud800"  # Half a character: JSON can say it, nothing can store or send it.
MESSAGE = {"message": "planted by a stranger", "audience": "everyone"}


def junk(planted: Planted) -> list[Any]:
    """What a handler's argument may turn out to be."""
    return [
        None, True, 0, -1, 10**30, 1.5, "", "closed\x00", SQL, "x" * 20_000, HALF, "../../etc",
        str(planted.id), planted.number, [], [None, [[]]], {}, {"message": None}, {"message": {}},
        {"message": HALF, "subject": HALF, "description": HALF, "seller": HALF},
        {"message": "", "ticket_id": str(planted.id)}, {"subject": [], "description": 7},
        {"subject": "Mine", "description": ""}, {"seller": SQL, "subject": "x", "type": "x"},
        [{"id": uuid.uuid4().hex, "ticket": SQL, "message": HALF, "audience": [], "quote": {}}],
        [{"id": HALF, "ticket": planted.number, "message": "x"}, {"id": []}],
        {"__class__": "x", "id": str(planted.id)}, {str(planted.id): str(planted.id)},
    ]  # fmt: skip


def payloads(handler: str, planted: Planted) -> list[dict[str, Any]]:
    """Missing arguments, unknown ones, and each with anything in it."""
    arguments = enumerate_handlers().handlers[handler]
    return [
        {},
        {"ticket_id": str(planted.id), "self": None},
        {"conversation_id": str(planted.id), "value": "closed"},
        *(
            dict.fromkeys(arguments or ["value"], value)
            for value in junk(planted)
            # What is put into this one is sent back, which ends the connection: see below.
            if not (handler in ECHOES and repr(HALF)[1:-1] in repr(value))
        ),
        *({"var_name": name, "value": "admin"} for name in VARS if "var_name" in arguments),
        *({"vars": vars} for vars in stored(planted) if "vars" in arguments),
    ]


ECHOES = (
    f"{ROOT_STATE}.set_is_hydrated",
    f"{ROOT_STATE}.reflex___state____on_load_internal_state.set_is_hydrated",
)
VARS = ("is_hydrated", "status", "me_role", "_owner", "facts", "number")


def stored(planted: Planted) -> list[dict[str, Any]]:
    """What a browser may claim to have had in its storage."""
    return [
        {f"{SESSION}.me_role_rx_state_": "admin", f"{THREAD}.number": planted.number},
        {f"{SESSION}._owner": "x", f"{COMPOSER}._drafts": {"x": "y"}},
        {f"{NEW_TICKET}.ticket_id_rx_state_": str(planted.id)},
        {f"{COMPOSER}.send_id_rx_state_": {"a": ["b"]}},
    ]


def harmful(handler: str, planted: Planted) -> list[dict[str, Any]]:
    """What somebody who may would send, and what works on the ticket that they look at."""
    waiting = {"id": uuid.uuid4().hex, "ticket": planted.number, **MESSAGE}
    values = {
        "value": ["closed", "urgent", "admins", False],
        "form_data": [MESSAGE],
        "waiting": [[waiting]],
    }
    arguments = enumerate_handlers().handlers[handler]
    return [{name: value} for name in arguments for value in values.get(name, [])]


async def health(http: aiohttp.ClientSession, planted: Planted) -> int:
    async with http.get(f"{planted.desk.url}/health") as response:
        return response.status


# First of all, what those see who may.


async def test_the_buyer_sees_the_ticket_without_its_private_notes(http, planted):
    async with browser_of(http, planted, "bea") as bea:
        await bea.open(ticket_path(planted, "bea"))
        await bea.until(lambda b: DESCRIPTION in b.heard and SUBJECT in b.heard)
        await bea.answered()
        assert [said in bea.heard for said in (STAFF, ADMINS, NOTES, TAG)] == [False] * 4


async def test_the_seller_sees_the_staff_note_too(http, planted):
    async with browser_of(http, planted, "sol") as sol:
        await sol.open(ticket_path(planted, "sol"))
        await sol.until(lambda b: all(m in b.heard for m in (DESCRIPTION, STAFF, NOTES, TAG)))
        await sol.answered()
        assert ADMINS not in sol.heard


async def test_an_admin_sees_all_of_it(http, planted):
    async with browser_of(http, planted, "ada") as ada:
        await ada.open(ticket_path(planted, "ada"))
        await ada.until(lambda b: all(m in b.heard for m in (DESCRIPTION, STAFF, ADMINS)))


# Then everybody who may not.


@pytest.mark.parametrize("name", STRANGERS)
async def test_no_handler_changes_or_tells_anything_for_a_stranger(http, planted, name):
    touched = []
    before = planted.fingerprint()
    async with browser_of(http, planted, name) as stranger:
        await stranger.open(ticket_path(planted, name))
        await stranger.answered()
        for handler in enumerate_handlers().handlers:
            for payload in [*payloads(handler, planted), *harmful(handler, planted)]:
                await stranger.call(handler, payload)
            await stranger.answered()
            if (after := planted.fingerprint()) != before:
                touched.append(handler)
                before = after
        assert touched == []
        assert stranger.secrets == []
        assert name == "sia" or TAG not in stranger.heard
    assert await health(http, planted) == 200


@pytest.mark.parametrize("name", ["bea", "sol", "ada"])
async def test_junk_from_those_who_may_changes_nothing_but_what_a_click_would(http, planted, name):
    """They look at their ticket, so handlers without arguments do what their buttons do."""
    here = f"'{planted.id}'"
    own = {
        "ticket": f"id <> {here}",
        "conversation": f"id <> {here}",
        "participant": f"conversation_id <> {here}",
        "event": f"conversation_id IS DISTINCT FROM {here}",
        "ticket_note": f"ticket_id <> {here}",
        "ticket_listing": f"ticket_id <> {here}",
        "ticket_words": f"ticket_id <> {here}",
    }
    before, touched = planted.fingerprint(own), []
    async with browser_of(http, planted, name) as person:
        await person.open(ticket_path(planted, name))
        await person.until(lambda b: DESCRIPTION in b.heard)
        for handler in enumerate_handlers().handlers:
            for payload in payloads(handler, planted):
                await person.call(handler, payload)
            await person.answered()
            if (after := planted.fingerprint(own)) != before:
                touched.append(handler)
                before = after
    assert touched == []
    state = "SELECT status, priority FROM ticket WHERE id = %s"
    assert planted.rows(state, planted.id)[0][1] == "medium"
    assert await health(http, planted) == 200
    planted.rows("UPDATE ticket SET status = 'open' WHERE id = %s", planted.id)


@pytest.mark.parametrize("name", ["nobody", "max"])
async def test_no_other_method_of_a_state_can_be_called(http, planted, name):
    before = planted.fingerprint()
    async with browser_of(http, planted, name) as stranger:
        await stranger.open(ticket_path(planted, name))
        await stranger.answered()
        for method in enumerate_handlers().others:
            await stranger.send(method)
        await stranger.answered()
        assert stranger.secrets == []
    assert planted.fingerprint() == before
    assert await health(http, planted) == 200


FRAMES: dict[str, Callable[[str], str]] = {
    "no event": lambda name: "42/_event,[]",
    "an event that is text": lambda name: '42/_event,["event","text"]',
    "an event that is a list": lambda name: '42/_event,["event",[1,2]]',
    "an event without a name": lambda name: '42/_event,["event",{}]',
    "a name that is a number": lambda name: '42/_event,["event",{"name":7,"payload":{}}]',
    "a payload that is a list": lambda name: json.dumps({"name": name, "payload": [1]}),
    "router data that is text": lambda name: json.dumps({"name": name, "router_data": "x"}),
    "router data that is odd": lambda name: json.dumps(
        {"name": name, "payload": {}, "router_data": {"pathname": 7, "asPath": [], "query": "x"}}
    ),
    "another event of the protocol": lambda name: '42/_event,["client_error",{"message":"x"}]',
    "no JSON": lambda name: "42/_event,[[[[",
    "a deep nesting": lambda name: "42/_event," + "[" * 5000,
    "another namespace": lambda name: '42/admin,["event",{}]',
    "an answer to no question": lambda name: '43/_event,7["x"]',
}


@pytest.mark.parametrize("kind", FRAMES)
async def test_a_frame_that_makes_no_sense_harms_nobody(http, planted, kind):
    text = FRAMES[kind](f"{WORKSPACE}.arrive")
    frame = text if text[0] == "4" else f'42/_event,["event",{text}]'
    before = planted.fingerprint()
    async with browser_of(http, planted, "max") as stranger:
        await stranger.open(routes.tickets("buyer"))
        await stranger.answered()
        await stranger.raw(frame)
        assert stranger.secrets == []
    async with browser_of(http, planted, "nobody") as another:
        await another.open(routes.LOGIN)
        await another.answered()
    assert planted.fingerprint() == before


async def test_half_a_character_that_is_sent_back_harms_only_its_own_connection(http, planted):
    async with browser_of(http, planted, "max") as stranger:
        await stranger.open(routes.tickets("buyer"))
        await stranger.settled()  # What is drawn in several steps goes on after an answer.
        await stranger.call(ECHOES[0], {"value": HALF})
        async with browser_of(http, planted, "nobody") as another:
            await another.open(routes.LOGIN)
            await another.answered()
        await stranger.close()
        await stranger.open(routes.tickets("buyer"))
        await stranger.answered()


async def test_a_frame_that_is_far_too_large_ends_only_its_own_connection(http, planted):
    async with (
        browser_of(http, planted, "max") as stranger,
        browser_of(http, planted, "nobody") as another,
    ):
        await another.open(routes.LOGIN)
        await stranger.open(routes.tickets("buyer"))
        await stranger.answered()
        await stranger.send(
            f"{COMPOSER}.keep_draft",
            number="TC-0001",
            text="x" * 3_000_000,
            audience="everyone",
            written_for="everyone",
        )
        await stranger.ended()
        await another.answered()


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
    before = planted.fingerprint()
    async with browser_of(http, planted, name, token) as thief:
        await thief.connect(ticket_path(planted, "bea"))
        handlers = enumerate_handlers().handlers
        calls = [name for name in handlers if ".hydrate" not in name]
        for handler in [*calls, *(name for name in handlers if ".hydrate" in name)]:
            for payload in ({}, dict.fromkeys(handlers[handler], ""), *harmful(handler, planted)):
                await thief.call(handler, payload)
            await thief.answered()
            assert thief.secrets == [], handler
    assert planted.fingerprint() == before


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


# What the operator's log keeps.


@pytest.mark.parametrize(
    "beside", ["", "a=1; ", "a='; ", 'a="; ', "a='\"; ", "a=\\'\"; ", "a=\\; "]
)
async def test_the_log_keeps_no_session_whatever_cookie_stands_beside_it(http, planted, beside):
    session = f"a-session-that-must-not-be-kept-{uuid.uuid4()}"
    stranger = Caller(http, planted.desk.url)
    stranger.cookie = f"{beside}{cookies.SESSION}={session}"
    unknown = f"{ROOT_STATE}.no_such_handler_{uuid.uuid4().hex}"
    try:
        await stranger.connect(routes.LOGIN)
        await stranger.call(unknown, {})
        await stranger.answered()
        await until_logged(planted, unknown)
        assert session not in "".join(planted.desk.output)
    finally:
        await stranger.close()


async def until_logged(planted: Planted, text: str) -> None:
    async with asyncio.timeout(20):
        while text not in "".join(planted.desk.output):  # noqa: ASYNC110 - a process tells nobody
            await asyncio.sleep(0.02)


async def test_the_log_names_no_session(http, planted):
    """Neither of this person, nor of anybody whom the tests before this one were."""
    unknown = f"{ROOT_STATE}.no_such_handler_{uuid.uuid4().hex}"
    async with browser_of(http, planted, "max") as stranger:
        await stranger.connect(routes.LOGIN)
        await stranger.call(unknown, {})
        await until_logged(planted, unknown)
    log = "".join(planted.desk.output)
    assert [line for line in log.splitlines() if any(t in line for t in planted.tokens)] == []


async def test_nobody_writes_more_than_a_few_single_lines_into_the_log(http, planted):
    handlers = enumerate_handlers().handlers
    handler = next(name for name in handlers if name.endswith(".handle_frontend_exception"))
    report = "reported by a stranger\nERROR the desk is on fire"
    sent = 0
    async with browser_of(http, planted, "nobody") as stranger:
        await stranger.connect(routes.LOGIN)
        # Others may have used up what the log takes for the moment.
        while "reported by a stranger" not in "".join(planted.desk.output):
            for _ in range(30):
                await stranger.call(handler, {"info": report, "component_stack": ""})
            await stranger.answered()
            sent += 30
    lines = "".join(planted.desk.output).splitlines()
    assert [line for line in lines if line.startswith("ERROR the desk is on fire")] == []
    assert len([line for line in lines if "reported by a stranger" in line]) < sent / 2
