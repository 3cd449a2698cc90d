"""Every change writes one row of its kind, in its own transaction, and rings with ids alone."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from uuid import UUID

import psycopg
import pytest

from supportdesk.domain.commands import (
    filing,
    messages,
    notifications,
    people,
    sessions,
    tickets,
)
from supportdesk.domain.commands.filing import NewTicket
from supportdesk.domain.errors import DomainError
from supportdesk.domain.events import EventKind
from supportdesk.domain.ids import new_id
from supportdesk.domain.lifecycle import Status
from supportdesk.domain.models import (
    Audience,
    Priority,
)
from tests.domain.all_deeds import DEEDS, GOOD, first_admin


class Bell:
    """Somebody who listens."""

    def __init__(self, connection: psycopg.AsyncConnection) -> None:
        self.connection = connection

    async def heard(self) -> list[dict]:
        """All that was announced since, ending with a bell of our own: nothing is on its way."""
        await self.connection.execute("NOTIFY supportdesk, 'over'")
        found = []
        async for notification in self.connection.notifies(timeout=10):
            if notification.payload == "over":
                return found
            found.append(json.loads(notification.payload))
        raise AssertionError("the bell does not ring at all")


@pytest.fixture
async def bell(database) -> AsyncIterator[Bell]:
    async with await psycopg.AsyncConnection.connect(database.app_url, autocommit=True) as listener:
        await listener.execute("LISTEN supportdesk")
        yield Bell(listener)


NEWER = "SELECT kind FROM event WHERE NOT id = ANY (%s) ORDER BY id"


@pytest.mark.parametrize("deed", DEEDS)
async def test_a_deed_writes_one_event_of_each_kind_and_rings_for_each(
    cast, ticket, ask, bell, deed
):
    do, kinds = DEEDS[deed]
    before = ask("SELECT id FROM event")
    await do(cast, ticket)
    assert sorted(ask(NEWER, before)) == sorted(kinds)
    assert sorted(ring["kind"] for ring in await bell.heard()) == sorted(kinds)


async def test_the_first_admin_is_an_event_too(database, ask):
    await first_admin()
    assert ask("SELECT kind FROM event") == ["signed_up"]


async def test_reactivating_is_an_event_and_doing_it_twice_is_not(cast, ask):
    await people.deactivate(cast.ada, cast.bea.user_id)
    for _ in range(2):
        await people.reactivate(cast.ada, cast.bea.user_id)
    assert ask("SELECT kind FROM event") == ["person_deactivated", "person_reactivated"]


async def test_a_wish_about_notifications_is_an_event_once_and_rings_of_it(cast, ask, bell):
    for _ in range(2):
        await notifications.choose(cast.ada, "sound", False)
    assert ask("SELECT kind FROM event") == ["preferences_changed"]
    assert "preferences_changed" in [ring["kind"] for ring in await bell.heard()]


async def test_signing_in_at_a_browser_ends_its_former_session_in_the_same_moment(cast, ask):
    first = await sessions.open_session(cast.bea.user_id)
    await sessions.open_session(cast.bea.user_id, replaced=first.token)
    assert sorted(ask("SELECT kind FROM event")) == ["signed_in", "signed_in", "signed_out"]


def test_every_kind_of_event_comes_of_some_deed():
    tried = {kind for _, kinds in DEEDS.values() for kind in kinds}
    assert tried | {"person_reactivated", "preferences_changed"} == set(EventKind)


@pytest.mark.parametrize("deed", [deed for deed in DEEDS if deed != "signing up"])
async def test_the_bell_carries_ids_and_nothing_that_anybody_wrote(cast, ticket, bell, deed):
    await DEEDS[deed][0](cast, ticket)
    for ring in await bell.heard():
        assert ring.pop("kind") in set(EventKind)
        ids = [*(ring.pop("people") or []), *(each for each in ring.values() if each)]
        assert ids
        assert all(str(UUID(each)) == each for each in ids)


async def test_the_bell_names_those_who_take_part(cast, ticket, bell):
    await messages.post(cast.sol, ticket, "Hello.")
    (ring,) = await bell.heard()
    assert ring["conversation"] == str(ticket)
    assert set(ring["people"]) == {str(cast.bea.user_id), str(cast.sol.user_id)}


@pytest.mark.parametrize("audience", Audience)
async def test_the_event_of_a_message_is_for_those_who_may_read_the_message(
    cast, ticket, ask, audience
):
    posted = await messages.post(cast.ada, ticket, "Hello.", audience)
    kept = "SELECT audience, actor_id, in_thread, seq FROM event WHERE subject_id = %s"
    assert ask(kept, posted.id) == [(audience, cast.ada.user_id, False, None)]


async def test_no_event_repeats_what_was_written(cast, ticket, ask):
    await messages.post(cast.sol, ticket, "A secret about lamps.")
    assert not any("lamp" in row.lower() for row in ask("SELECT event::text FROM event"))


async def test_the_same_send_again_is_no_second_event(cast, ticket, ask, bell):
    send = new_id()
    for _ in range(3):
        await messages.post(cast.sol, ticket, "Once.", client_id=send)
    assert len(await bell.heard()) == 1


async def test_what_is_refused_is_neither_written_nor_announced(cast, ticket, ask, bell):
    await tickets.close(cast.ada, ticket)
    await bell.heard()
    before = ask("SELECT id FROM event")
    for deed in (
        messages.post(cast.bea, ticket, "Too late."),
        messages.post(cast.ben, ticket, "Not mine."),
        tickets.set_status(cast.bea, ticket, Status.IN_PROGRESS),
        tickets.set_priority(cast.ben, ticket, Priority.LOW),
        filing.file_ticket(cast.bea, NewTicket("Lamp", "Help.", seller_id=cast.ben.user_id)),
        people.deactivate(cast.bea, cast.ben.user_id),
        sessions.sign_up("bea@demo.test", "Eve", GOOD),
    ):
        with pytest.raises(DomainError):
            await deed
    assert ask(NEWER, before) == []
    assert await bell.heard() == []


async def test_what_fails_at_the_last_moment_is_neither_written_nor_announced(
    cast, ticket, ask, bell, monkeypatch
):
    async def fail(*_: object, **__: object) -> None:
        raise RuntimeError("the power went out")

    monkeypatch.setattr(tickets, "write", fail)
    await tickets.set_status(cast.sol, ticket, Status.OPEN)  # Already so: nothing to change.
    with pytest.raises(RuntimeError, match="power"):
        await tickets.set_status(cast.sol, ticket, Status.RESOLVED)
    assert ask("SELECT status FROM ticket") == ["open"]
    assert await bell.heard() == []


async def test_a_message_whose_reopening_fails_is_not_saved_either(
    cast, ticket, ask, bell, monkeypatch
):
    await tickets.set_status(cast.sol, ticket, Status.RESOLVED)
    await bell.heard()
    original = tickets.record

    async def fail(*arguments: object, **more: object) -> None:
        raise RuntimeError("the power went out")

    monkeypatch.setattr(tickets, "record", fail)
    with pytest.raises(RuntimeError, match="power"):
        await messages.post(cast.bea, ticket, "It still flickers.")
    assert ask("SELECT count(*) FROM message") == [1]
    assert await bell.heard() == []
    monkeypatch.setattr(tickets, "record", original)
    await messages.post(cast.bea, ticket, "It still flickers.")
    assert len(await bell.heard()) == 2


async def test_reading_and_starring_ring_for_ones_own_other_tabs(cast, ticket, bell):
    await messages.mark_read(cast.sol, ticket, 1)
    await tickets.set_star(cast.sol, ticket, True)
    rings = await bell.heard()
    assert [ring["kind"] for ring in rings] == ["participant_changed"] * 2
    assert {ring["subject"] for ring in rings} == {str(cast.sol.user_id)}
