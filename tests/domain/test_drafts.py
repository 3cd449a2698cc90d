"""Drafts: kept for their owner, in their place, until they are sent."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import ProgrammingError

from supportdesk.domain.commands import drafts, messages
from supportdesk.domain.commands.filing import NewTicket, file_ticket
from supportdesk.domain.models import Audience
from supportdesk.domain.queries.drafts import Kept, kept_for


async def test_a_reply_is_kept_with_whom_it_is_addressed_to(cast, ticket):
    await drafts.keep_reply(cast.sol, ticket, "Half a ")
    await drafts.keep_reply(cast.sol, ticket, "Half a thought ", Audience.STAFF)
    assert await kept_for(cast.sol, ticket) == Kept("Half a thought ", Audience.STAFF)


async def test_a_reply_is_kept_with_the_line_after_which_it_was_begun(cast, ticket):
    await drafts.keep_reply(cast.bea, ticket, "Half a ", since=7)
    await drafts.keep_reply(cast.bea, ticket, "Half a thought", since=7)
    assert await kept_for(cast.bea, ticket) == Kept("Half a thought", since=7)


async def test_it_is_the_owners_and_of_that_ticket_alone(cast, ticket, foreign_ticket):
    await drafts.keep_reply(cast.bea, ticket, "Mine")
    assert await kept_for(cast.bea, ticket) == Kept("Mine")
    for other in (cast.sol, cast.ada, cast.ben):
        assert await kept_for(other, ticket) == Kept()
    assert await kept_for(cast.bea, None) == await kept_for(cast.bea, foreign_ticket) == Kept()


async def test_emptying_the_box_leaves_no_draft(cast, ticket, ask):
    await drafts.keep_reply(cast.bea, ticket, "Mine")
    await drafts.keep_reply(cast.bea, ticket, " \n")
    assert ask("SELECT count(*) FROM draft") == [0]


async def test_sending_ends_it_for_the_sender_only(cast, ticket, ask):
    await drafts.keep_reply(cast.bea, ticket, "Mine")
    await drafts.keep_reply(cast.sol, ticket, "His")
    await messages.post(cast.bea, ticket, "Mine")
    assert ask("SELECT owner_id FROM draft") == [cast.sol.user_id]


async def test_what_has_just_been_sent_is_not_kept_again(cast, ticket, ask):
    for said in ("Mine", "Mine\u202e\r\ntoo"):
        await messages.post(cast.bea, ticket, said)
        await drafts.keep_reply(cast.bea, ticket, f"{said} ")
    assert ask("SELECT count(*) FROM draft") == [0]
    await drafts.keep_reply(cast.bea, ticket, "Mine, and more")
    assert ask("SELECT body FROM draft") == ["Mine, and more"]


async def test_what_is_too_long_to_send_is_kept_nevertheless(cast, ticket):
    await drafts.keep_reply(cast.bea, ticket, "x" * 30_000)
    assert await kept_for(cast.bea, ticket) == Kept("x" * 20_000)


async def test_nobody_keeps_a_draft_where_they_take_no_part(cast, foreign_ticket, ask):
    for stranger in (cast.bea, cast.sol):
        with pytest.raises(ProgrammingError, match="row-level security"):
            await drafts.keep_reply(stranger, foreign_ticket, "Mine")
    await drafts.keep_reply(cast.ada, foreign_ticket, "An admin's")
    assert ask("SELECT owner_id FROM draft") == [cast.ada.user_id]


async def test_a_new_ticket_is_kept_piece_by_piece(cast):
    await drafts.keep_new_ticket(cast.bea, form={"subject": "La", "type": "question"})
    await drafts.keep_new_ticket(cast.bea, description="It\x00 flickers")
    await drafts.keep_new_ticket(cast.bea, form={"subject": "Lamp"})
    kept = await kept_for(cast.bea, None)
    assert kept == Kept("It flickers", form={"subject": "Lamp", "type": "question"})
    assert await kept_for(cast.ben, None) == Kept()


async def test_filing_ends_it_and_leaves_the_drafts_of_replies(cast, ticket, ask):
    await drafts.keep_reply(cast.bea, ticket, "Mine")
    await drafts.keep_new_ticket(cast.bea, form={"subject": "Lamp"})
    await file_ticket(cast.bea, NewTicket("Lamp", "It flickers."))
    assert ask("SELECT body FROM draft") == ["Mine"]


async def test_it_can_be_thrown_away(cast, ask):
    await drafts.keep_new_ticket(cast.bea, form={"subject": "Lamp"})
    await drafts.discard_new_ticket(cast.bea)
    assert ask("SELECT count(*) FROM draft") == [0]


async def test_no_form_grows_without_end(cast, ask):
    for number in range(20):
        await drafts.keep_new_ticket(cast.bea, form={f"field:{number}": "x" * 20_000})
    assert ask("SELECT octet_length(form::text) <= 100000 FROM draft") == [True]


async def test_whom_it_was_written_for_is_kept_when_it_is_addressed_to_more(cast, ticket):
    await drafts.keep_reply(cast.sol, ticket, "Hm", Audience.EVERYONE, Audience.STAFF)
    assert await kept_for(cast.sol, ticket) == Kept("Hm", written_for=Audience.STAFF)
