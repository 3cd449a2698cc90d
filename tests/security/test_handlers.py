"""Every event handler of the app, called over a bare websocket by those who should not.

The handlers are read from the app: one that is added later is called here too.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from supportdesk import routes
from tests.security.caller import (
    HALF,
    SQL,
    STRANGERS,
    browser_of,
    harmful,
    health,
    ticket_path,
)
from tests.security.desk_world import (
    ADMINS,
    DESCRIPTION,
    NOTES,
    STAFF,
    SUBJECT,
    TAG,
    Planted,
    but_of,
)
from tests.security.handlers import enumerate_handlers
from tests.support.raw_browser import (
    COMPOSER,
    NEW_TICKET,
    ROOT_STATE,
    SESSION,
    THREAD,
    WORKSPACE,
)


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
    own = {"notification": but_of(name)}
    before = planted.fingerprint(own)
    async with browser_of(http, planted, name) as stranger:
        await stranger.open(ticket_path(planted, name))
        await stranger.answered()
        for handler in enumerate_handlers().handlers:
            for payload in [*payloads(handler, planted), *harmful(handler, planted)]:
                await stranger.call(handler, payload)
            await stranger.answered()
            if (after := planted.fingerprint(own)) != before:
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
        "note_revision": f"ticket_id <> {here}",
        "ticket_listing": f"ticket_id <> {here}",
        "ticket_words": f"ticket_id <> {here}",
        "ticket_times": f"ticket_id <> {here}",
        "ticket_reopening": f"ticket_id <> {here}",
        "notification": f"conversation_id <> {here} AND {but_of(name)}",
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
