"""What stands on several open screens is noted as read for all of them at once."""

from __future__ import annotations

from uuid import UUID

from supportdesk.domain.commands import messages
from tests.domain.conftest import Ask
from tests.support.cast import Cast

READ = "SELECT last_read_seq FROM participant WHERE conversation_id = %s AND user_id = %s"


async def test_everybody_named_has_read_as_far(cast: Cast, ticket: UUID, ask: Ask) -> None:
    posted = await messages.post(cast.bea, ticket, "Anybody?")
    people = [cast.sol.user_id, cast.ada.user_id]
    await messages.note_read(people, ticket, posted.seq)
    assert [ask(READ, ticket, person) for person in people] == [[posted.seq], [posted.seq]]


async def test_a_stranger_who_is_named_does_not_become_a_participant(
    cast: Cast, ticket: UUID, ask: Ask
) -> None:
    await messages.note_read([cast.sol.user_id, cast.max.user_id], ticket, 1)
    assert ask(READ, ticket, cast.sol.user_id) == [1]
    assert ask(READ, ticket, cast.max.user_id) == []


async def test_nobody_has_read_what_is_not_written_yet(cast: Cast, ticket: UUID, ask: Ask) -> None:
    await messages.note_read([cast.sol.user_id], ticket, 1)
    await messages.note_read([cast.sol.user_id], ticket, 99)
    assert ask(READ, ticket, cast.sol.user_id) == [1]


async def test_the_marker_never_moves_back(cast: Cast, ticket: UUID, ask: Ask) -> None:
    posted = await messages.post(cast.bea, ticket, "Anybody?")
    await messages.note_read([cast.sol.user_id], ticket, posted.seq)
    await messages.note_read([cast.sol.user_id], ticket, 1)
    assert ask(READ, ticket, cast.sol.user_id) == [posted.seq]
