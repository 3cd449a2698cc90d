"""Filing a ticket: who may, to whom, and what comes of it."""

from __future__ import annotations

import asyncio

import pytest

from supportdesk.domain.commands import people
from supportdesk.domain.commands.filing import NewTicket, file_ticket
from supportdesk.domain.errors import Invalid, NotFound, Refused
from supportdesk.domain.ids import new_id
from supportdesk.domain.models import Priority, TicketType

LAMP = NewTicket("A lamp that flickers", "It flickers.")


def to(seller, **more) -> NewTicket:
    return NewTicket("A lamp that flickers", "It flickers.", seller_id=seller.user_id, **more)


async def test_a_buyer_files_to_the_platform(cast, ask):
    filed = await file_ticket(cast.bea, LAMP)
    assert ask("SELECT id, buyer_id, seller_id FROM ticket") == [(filed.id, cast.bea.user_id, None)]


async def test_a_buyer_files_to_a_seller(cast, ask):
    await file_ticket(cast.bea, to(cast.sol))
    assert ask("SELECT buyer_id, seller_id FROM ticket") == [(cast.bea.user_id, cast.sol.user_id)]


async def test_a_seller_files_to_the_platform(cast, ask):
    await file_ticket(cast.sol, LAMP)
    assert ask("SELECT buyer_id, seller_id FROM ticket") == [(None, cast.sol.user_id)]


async def test_a_seller_who_names_another_seller_still_files_to_the_platform(cast, ask):
    await file_ticket(cast.sol, to(cast.sia))
    assert ask("SELECT buyer_id, seller_id FROM ticket") == [(None, cast.sol.user_id)]


async def test_an_admin_files_nothing(cast, ask):
    with pytest.raises(Refused, match="filed by buyers and sellers"):
        await file_ticket(cast.ada, LAMP)
    assert ask("SELECT count(*) FROM conversation") == [0]


@pytest.mark.parametrize("who", ["ben", "ada", "bea"])
async def test_who_is_not_a_seller_cannot_be_filed_to(cast, ask, who):
    with pytest.raises(Invalid, match="This seller is not available") as refused:
        await file_ticket(cast.bea, to(getattr(cast, who)))
    assert refused.value.field == "seller"
    assert ask("SELECT count(*) FROM conversation") == [0]


async def test_a_seller_who_was_deactivated_cannot_be_filed_to(cast, ask):
    await people.deactivate(cast.ada, cast.sol.user_id)
    with pytest.raises(Invalid, match="This seller is not available"):
        await file_ticket(cast.bea, to(cast.sol))
    assert ask("SELECT count(*) FROM ticket") == [0]


async def test_a_seller_who_does_not_exist_cannot_be_filed_to(cast):
    with pytest.raises(Invalid, match="This seller is not available"):
        await file_ticket(cast.bea, NewTicket("Lamp", "Help.", seller_id=new_id()))


async def test_the_same_form_filed_twice_is_one_ticket(cast, ask):
    form = to(cast.sol, id=new_id())
    assert await file_ticket(cast.bea, form) == await file_ticket(cast.bea, form)
    assert ask("SELECT count(*) FROM ticket") == ask("SELECT count(*) FROM message") == [1]


async def test_the_same_form_filed_by_five_hands_at_once_is_one_ticket(cast, ask):
    form = to(cast.sol, id=new_id())
    filed = await asyncio.gather(*(file_ticket(cast.bea, form) for _ in range(5)))
    assert len(set(filed)) == 1
    assert ask("SELECT count(*) FROM ticket") == ask("SELECT count(*) FROM message") == [1]


async def test_the_id_of_somebody_elses_ticket_gets_nothing_of_it(cast, ask):
    theirs = await file_ticket(cast.ben, LAMP)
    with pytest.raises(NotFound):
        await file_ticket(cast.bea, NewTicket("Mine now", "Give it to me.", id=theirs.id))
    assert ask("SELECT subject, buyer_id FROM ticket") == [(LAMP.subject, cast.ben.user_id)]


async def test_numbers_rise_by_one_and_begin_with_one(cast):
    filed = [await file_ticket(who, LAMP) for who in (cast.bea, cast.sol, cast.ben)]
    assert [each.number for each in filed] == [1, 2, 3]


async def test_the_description_is_the_first_message(cast, ask):
    filed = await file_ticket(cast.bea, LAMP)
    assert ask("SELECT conversation_id, seq, sender_id, body, audience FROM message") == [
        (filed.id, 1, cast.bea.user_id, "It flickers.", "everyone")
    ]


async def test_the_parties_and_nobody_else_take_part(cast, ask):
    filed = await file_ticket(cast.bea, to(cast.sol))
    found = ask("SELECT conversation_id, user_id, audience FROM participant")
    assert set(found) == {
        (filed.id, cast.bea.user_id, "everyone"),
        (filed.id, cast.sol.user_id, "everyone"),
    }


async def test_who_files_has_read_it_and_who_receives_it_has_not(cast, ask):
    await file_ticket(cast.bea, to(cast.sol))
    found = dict(ask("SELECT user_id, last_read_seq FROM participant"))
    assert found == {cast.bea.user_id: 1, cast.sol.user_id: 0}


async def test_it_is_open_and_belongs_to_the_team_that_is_the_default(cast, ask):
    await file_ticket(cast.bea, LAMP)
    query = "SELECT status, team.name FROM ticket JOIN team ON team.id = team_id"
    assert ask(query) == [("open", "Customer Service")]


async def test_type_and_priority_are_those_of_the_form(cast, ask):
    form = NewTicket("Lamp", "Help.", type=TicketType.QUESTION, priority=Priority.URGENT)
    await file_ticket(cast.bea, form)
    assert ask("SELECT type, priority FROM ticket") == [("question", "urgent")]


@pytest.mark.parametrize(
    ("subject", "sentence"),
    [
        ("", "The subject is missing."),
        (" \n\t ", "The subject is missing."),
        ("\x00\x07", "The subject is missing."),
        ("x" * 201, "The subject is 201 characters long; 200 is the most."),
    ],
)
async def test_a_subject_that_cannot_be_is_refused(cast, ask, subject, sentence):
    with pytest.raises(Invalid) as refused:
        await file_ticket(cast.bea, NewTicket(subject, "Help."))
    assert (str(refused.value), refused.value.field) == (sentence, "subject")
    assert ask("SELECT count(*) FROM conversation") == [0]


async def test_a_subject_of_two_hundred_characters_is_taken(cast, ask):
    await file_ticket(cast.bea, NewTicket("ü" * 200, "Help."))
    assert ask("SELECT char_length(subject) FROM ticket") == [200]


async def test_a_subject_stands_on_one_line(cast, ask):
    await file_ticket(cast.bea, NewTicket("  My\r\nlamp\t\x00 flickers ", "Help."))
    assert ask("SELECT subject FROM ticket") == ["My lamp flickers"]


@pytest.mark.parametrize("description", ["", " \x00 ", "x" * 10_001])
async def test_a_description_that_cannot_be_is_refused(cast, ask, description):
    with pytest.raises(Invalid) as refused:
        await file_ticket(cast.bea, NewTicket("Lamp", description))
    assert refused.value.field == "description"
    assert ask("SELECT count(*) FROM conversation") == [0]
