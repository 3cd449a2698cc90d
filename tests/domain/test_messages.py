"""Writing in a conversation: order, exactly once, to whom, and what it sets in motion."""

from __future__ import annotations

import asyncio

import pytest

from supportdesk.domain.commands import messages, tickets
from supportdesk.domain.commands.filing import NewTicket, file_ticket
from supportdesk.domain.commands.messages import post
from supportdesk.domain.errors import Invalid, NotFound, Refused
from supportdesk.domain.ids import new_id
from supportdesk.domain.lifecycle import Status
from supportdesk.domain.models import Audience


async def status_of(ask) -> str:
    return ask("SELECT status FROM ticket")[0]


# Order, and exactly once.


async def test_messages_stand_in_the_order_in_which_they_were_saved(cast, ticket, ask):
    for who, body in ((cast.sol, "b"), (cast.bea, "c"), (cast.ada, "d")):
        await post(who, ticket, body)
    assert ask("SELECT seq, body FROM message ORDER BY seq") == [
        (1, "It flickers."), (2, "b"), (3, "c"), (4, "d"),
    ]  # fmt: skip


async def test_the_place_is_told_to_who_wrote(cast, ticket, ask):
    posted = await post(cast.sol, ticket, "On my way.")
    assert ask("SELECT id, seq FROM message WHERE body = 'On my way.'") == [(posted.id, posted.seq)]
    assert not posted.again


async def test_the_same_send_twice_is_one_message_with_one_result(cast, ticket, ask):
    send = new_id()
    first = await post(cast.sol, ticket, "Once.", client_id=send)
    second = await post(cast.sol, ticket, "Once.", client_id=send)
    assert (second.id, second.seq, second.again) == (first.id, first.seq, True)
    assert ask("SELECT count(*) FROM message WHERE body = 'Once.'") == [1]


async def test_the_same_send_tried_by_ten_hands_at_once_is_one_message(cast, ticket, ask):
    send = new_id()
    tries = (post(cast.sol, ticket, "Once.", client_id=send) for _ in range(10))
    posted = await asyncio.gather(*tries)
    assert len({(each.id, each.seq) for each in posted}) == 1
    assert sorted(each.again for each in posted) == [False] + [True] * 9
    assert ask("SELECT count(*) FROM message WHERE body = 'Once.'") == [1]
    assert ask("SELECT count(*) FROM event WHERE kind = 'message_posted'") == [2]


async def test_a_send_tried_again_after_the_ticket_was_closed_still_gets_its_first_result(
    cast, ticket
):
    send = new_id()
    first = await post(cast.bea, ticket, "Thanks.", client_id=send)
    await tickets.close(cast.ada, ticket)
    assert (await post(cast.bea, ticket, "Thanks.", client_id=send)).id == first.id


async def test_two_people_may_use_the_same_name_for_a_send(cast, ticket, ask):
    send = new_id()
    await post(cast.sol, ticket, "Mine.", client_id=send)
    await post(cast.bea, ticket, "Mine too.", client_id=send)
    assert ask("SELECT count(*) FROM message") == [3]


async def test_many_who_write_at_once_leave_no_gap_and_no_double(cast, ticket, ask):
    writers = [cast.bea, cast.sol, cast.ada, cast.abe]
    await asyncio.gather(*(post(writers[n % 4], ticket, f"No. {n}") for n in range(24)))
    assert ask("SELECT seq FROM message ORDER BY seq") == list(range(1, 26))
    assert ask("SELECT last_seq FROM conversation") == [25]


# Who may.


@pytest.mark.parametrize("who", ["ben", "sia", "max"])
async def test_a_stranger_is_told_that_there_is_no_such_ticket(cast, ticket, ask, who):
    with pytest.raises(NotFound) as foreign:
        await post(getattr(cast, who), ticket, "Let me in.")
    with pytest.raises(NotFound) as absent:
        await post(getattr(cast, who), new_id(), "Let me in.")
    assert str(foreign.value) == str(absent.value)
    assert ask("SELECT count(*) FROM message") == [1]


@pytest.mark.parametrize(
    ("who", "audiences"),
    [("bea", "everyone"), ("sol", "everyone staff"), ("ada", "everyone staff admins")],
)
async def test_everybody_writes_to_these_audiences_and_no_others(cast, ticket, ask, who, audiences):
    for audience in Audience:
        if audience in audiences.split():
            await post(getattr(cast, who), ticket, "Heard.", audience)
        else:
            with pytest.raises(Refused, match="You cannot write to this audience"):
                await post(getattr(cast, who), ticket, "Unheard.", audience)
    assert ask("SELECT audience FROM message WHERE body = 'Heard.' ORDER BY seq") == (
        audiences.split()
    )
    assert ask("SELECT count(*) FROM message WHERE body = 'Unheard.'") == [0]


async def test_a_closed_ticket_takes_no_messages_from_anybody(cast, ticket, ask):
    await tickets.close(cast.ada, ticket)
    for who in (cast.bea, cast.sol, cast.ada):
        with pytest.raises(Refused, match="Reopen it to write; your text is still here"):
            await post(who, ticket, "One more thing.")
    assert ask("SELECT count(*) FROM message") == [1]
    assert ask("SELECT last_seq FROM conversation") == [2]


# What it may say.


@pytest.mark.parametrize(
    "body", ["", "   ", "\n\t\r\n", "\x00", "\x00\x01\x7f ", "\u200b", "\u3164 \u2060\ufeff"]
)
async def test_nothing_is_no_message(cast, ticket, ask, body):
    with pytest.raises(Invalid, match="Write something first"):
        await post(cast.bea, ticket, body)
    assert ask("SELECT count(*) FROM message") == [1]


async def test_what_turns_round_the_order_of_the_letters_is_left_out(cast, ticket, ask):
    await post(
        cast.bea, ticket, "https://shop.example/\u202egpj.exe \u2067and\u2069 \u202aso\u202c on"
    )
    assert ask("SELECT body FROM message WHERE seq = 2") == [
        "https://shop.example/gpj.exe and so on"
    ]


async def test_ten_thousand_characters_are_taken(cast, ticket, ask):
    await post(cast.bea, ticket, "ä" * 10_000)
    assert ask("SELECT char_length(body) FROM message WHERE seq = 2") == [10_000]


async def test_one_more_than_ten_thousand_characters_is_refused_with_both_numbers(
    cast, ticket, ask
):
    with pytest.raises(Invalid) as refused:
        await post(cast.bea, ticket, "x" * 10_001)
    assert str(refused.value) == (
        "This is 10,001 characters long; 10,000 is the most. Shorten it a little."
    )
    assert ask("SELECT count(*) FROM message") == [1]


async def test_what_cannot_be_stored_or_seen_is_left_out(cast, ticket, ask):
    await post(cast.bea, ticket, " a\x00b\x1bc\ud800d\r\ne\rf\tg ")
    assert ask("SELECT body FROM message WHERE seq = 2") == ["abcd\ne\nf\tg"]


async def test_every_script_and_sign_survives(cast, ticket, ask):
    body = (
        "Ünïcödé 漢字 العربية 🧑‍🚀\n<script>alert('x')</script> %s {0} \\ '; DROP TABLE message; --"
    )
    await post(cast.bea, ticket, body)
    assert ask("SELECT body FROM message WHERE seq = 2") == [body]


# What it sets in motion.


@pytest.mark.parametrize("status", [Status.RESOLVED, Status.WAITING_ON_CUSTOMER])
async def test_a_reply_of_the_buyer_reopens_what_was_resolved_or_waited_for_them(
    cast, ticket, ask, status
):
    await tickets.set_status(cast.sol, ticket, status)
    await post(cast.bea, ticket, "It still flickers.")
    assert ask("SELECT status, resolved_at FROM ticket") == [("open", None)]


async def test_the_line_that_says_so_comes_after_the_reply(cast, ticket, ask):
    await tickets.set_status(cast.sol, ticket, Status.RESOLVED)
    posted = await post(cast.bea, ticket, "It still flickers.")
    change = {"field": "status", "from": "resolved", "to": "open", "label": "Open"}
    assert ask("SELECT seq, actor_id, data FROM event WHERE seq > %s", posted.seq) == [
        (posted.seq + 1, cast.bea.user_id, {"changes": [change]})
    ]


async def test_a_reply_of_the_seller_leaves_what_is_resolved(cast, ticket, ask):
    await tickets.set_status(cast.sol, ticket, Status.RESOLVED)
    await post(cast.sol, ticket, "Glad to help.")
    assert await status_of(ask) == "resolved"


@pytest.mark.parametrize("audience", [Audience.STAFF, Audience.ADMINS])
async def test_a_private_note_leaves_what_waits_for_the_buyer(cast, ticket, ask, audience):
    await tickets.set_status(cast.sol, ticket, Status.WAITING_ON_CUSTOMER)
    await post(cast.ada, ticket, "Keep an eye on this.", audience)
    assert await status_of(ask) == "waiting_on_customer"


@pytest.mark.parametrize("who", ["sol", "ada"])
async def test_the_first_answer_to_everyone_is_the_first_response(cast, ticket, ask, who):
    posted = await post(getattr(cast, who), ticket, "Hello.")
    await post(cast.abe, ticket, "Hello again.")
    answered = ask("SELECT first_response_at FROM ticket")
    assert answered == ask("SELECT created_at FROM message WHERE id = %s", posted.id)


async def test_what_the_requester_adds_is_no_response(cast, ticket, ask):
    await post(cast.bea, ticket, "And it hums.")
    assert ask("SELECT first_response_at FROM ticket") == [None]


async def test_what_a_seller_adds_to_their_own_ticket_is_no_response(cast, ask):
    filed = await file_ticket(cast.sol, NewTicket("A fee", "Why?"))
    await post(cast.sol, filed.id, "Hello?")
    assert ask("SELECT first_response_at FROM ticket") == [None]


async def test_a_private_note_is_no_response(cast, ticket, ask):
    await post(cast.sol, ticket, "Who knows this lamp?", Audience.STAFF)
    await post(cast.ada, ticket, "Not me.", Audience.ADMINS)
    assert ask("SELECT first_response_at FROM ticket") == [None]


COUNTS = "SELECT messages_everyone, messages_staff, messages_admins FROM conversation"
TIMES = "SELECT activity_everyone, activity_staff, activity_admins FROM conversation"


@pytest.mark.parametrize(
    ("audience", "counts"),
    [(Audience.EVERYONE, (2, 2, 2)), (Audience.STAFF, (1, 2, 2)), (Audience.ADMINS, (1, 1, 2))],
)
async def test_a_message_counts_for_those_who_may_see_it(cast, ticket, ask, audience, counts):
    await post(cast.ada, ticket, "One more.", audience)
    assert ask(COUNTS) == [counts]


@pytest.mark.parametrize(
    ("audience", "moved"),
    [
        (Audience.EVERYONE, (True, True, True)),
        (Audience.STAFF, (False, True, True)),
        (Audience.ADMINS, (False, False, True)),
    ],
)
async def test_a_message_is_activity_to_those_who_may_see_it(cast, ticket, ask, audience, moved):
    before = ask(TIMES)[0]
    await post(cast.ada, ticket, "One more.", audience)
    after = ask(TIMES)[0]
    assert tuple(b > a for a, b in zip(before, after, strict=True)) == moved


async def test_a_status_line_is_activity_but_no_message(cast, ticket, ask):
    before = ask(TIMES)[0]
    await tickets.set_status(cast.sol, ticket, Status.IN_PROGRESS)
    assert ask(COUNTS) == [(1, 1, 1)]
    assert all(b > a for a, b in zip(before, ask(TIMES)[0], strict=True))


@pytest.mark.parametrize("audience", Audience)
async def test_an_admin_who_writes_takes_part_as_far_as_it_can_be_seen(cast, ticket, ask, audience):
    await post(cast.ada, ticket, "Hello.", audience)
    known = "SELECT audience FROM participant WHERE user_id = %s"
    assert ask(known, cast.ada.user_id) == [audience]


async def test_an_admin_known_to_few_becomes_known_to_all_by_writing_to_all(cast, ticket, ask):
    await post(cast.ada, ticket, "Psst.", Audience.ADMINS)
    await post(cast.ada, ticket, "Hello.")
    await post(cast.ada, ticket, "Psst.", Audience.ADMINS)
    known = "SELECT audience FROM participant WHERE user_id = %s"
    assert ask(known, cast.ada.user_id) == ["everyone"]


# Having read it.


async def read_to(ask, who) -> int:
    return ask("SELECT last_read_seq FROM participant WHERE user_id = %s", who.user_id)[0]


async def test_reading_is_remembered_and_never_goes_back(cast, ticket, ask):
    await post(cast.bea, ticket, "And it hums.")
    await messages.mark_read(cast.sol, ticket, 2)
    await messages.mark_read(cast.sol, ticket, 1)
    assert await read_to(ask, cast.sol) == 2


async def test_an_admin_who_only_reads_is_known_to_admins_alone(cast, ticket, ask):
    await messages.mark_read(cast.ada, ticket, 1)
    found = "SELECT audience, last_read_seq FROM participant WHERE user_id = %s"
    assert ask(found, cast.ada.user_id) == [("admins", 1)]


async def test_a_stranger_has_nothing_to_read(cast, ticket, ask):
    before = ask("SELECT * FROM participant ORDER BY user_id")
    await messages.mark_read(cast.ben, ticket, 1)
    assert ask("SELECT * FROM participant ORDER BY user_id") == before


async def test_who_writes_has_read_what_stood_above(cast, ticket, ask):
    posted = await post(cast.sol, ticket, "Let me see.")
    assert await read_to(ask, cast.sol) == posted.seq


async def test_what_was_read_is_unread_again_from_a_message_on(cast, ticket, ask):
    for number in range(3):
        await messages.post(cast.bea, ticket, f"Number {number}")
    await messages.mark_read(cast.sol, ticket, 99)
    read = f"SELECT last_read_seq FROM participant WHERE user_id = '{cast.sol.user_id}'"
    before = ask(read)
    await messages.mark_unread(cast.sol, ticket, 3)
    assert (before, ask(read)) == ([99], [2])
    await messages.mark_unread(cast.sol, ticket, 50)  # Not read yet: nothing to take back.
    await messages.mark_unread(cast.sol, ticket, 10**30)
    await messages.mark_unread(cast.ben, ticket, 1)
    assert ask(read) == [2]
