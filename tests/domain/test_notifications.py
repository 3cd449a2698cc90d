"""Who is told of what, who is not, and when it counts as seen."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from supportdesk.domain.changes import Changes
from supportdesk.domain.commands import amending, messages, notifications, people, tickets
from supportdesk.domain.commands.messages import post
from supportdesk.domain.errors import Invalid
from supportdesk.domain.ids import new_id
from supportdesk.domain.lifecycle import Status
from supportdesk.domain.models import Audience
from supportdesk.domain.queries.notifications import (
    Preferences,
    preferences_for,
    told_to,
    unread_of,
)

EVERYONE, STAFF, ADMINS = Audience.EVERYONE, Audience.STAFF, Audience.ADMINS


@pytest.fixture
async def told(cast, ticket, ask):
    """Who has been told of what since the last time, as `name: kind`."""
    ask("DELETE FROM notification")

    def told() -> dict[str, str]:
        rows = ask("DELETE FROM notification RETURNING user_id, kind")
        return {cast.name_of(user_id): kind for user_id, kind in rows}

    return told


async def count(actor) -> int:
    return (await unread_of([actor.user_id]))[actor.user_id].count


async def test_a_new_ticket_is_told_to_its_seller(cast, ticket, ask) -> None:
    assert [cast.name_of(id_) for id_ in ask("SELECT user_id FROM notification")] == ["sol"]
    (group,) = await told_to(cast.sol)
    assert (group.name, group.does, group.excerpt) == ("Bea", "wrote", "It flickers.")
    assert (group.subject, group.seq, group.unread) == ("A lamp that flickers", 1, True)


@pytest.mark.parametrize(
    ("who", "audience", "hearing"),
    [
        ("bea", EVERYONE, "sol ada"),
        ("sol", EVERYONE, "bea ada"),
        ("ada", EVERYONE, "bea sol"),
        ("abe", EVERYONE, "bea sol ada"),
        ("sol", STAFF, "ada"),
        ("ada", STAFF, "sol"),
        ("ada", ADMINS, ""),
        ("abe", ADMINS, "ada"),
    ],
)
async def test_a_message_is_told_to_those_who_take_part_and_may_read_it(
    cast, ticket, told, who, audience, hearing
) -> None:
    await post(cast.ada, ticket, "Ada takes part.", ADMINS)
    await tickets.set_star(cast.abe, ticket, True)  # Looking and starring is not taking part.
    told()
    await post(getattr(cast, who), ticket, "Here.", audience)
    assert told() == dict.fromkeys(hearing.split(), "message")


@pytest.mark.parametrize(
    ("who", "audience", "called"),
    [
        ("bea", EVERYONE, "sol"),
        ("sol", EVERYONE, "bea"),
        ("sol", STAFF, ""),
        ("ada", EVERYONE, "bea sol abe"),
        ("ada", STAFF, "sol abe"),
        ("ada", ADMINS, "abe"),
    ],
)
async def test_a_mention_reaches_those_who_may_read_it_and_nobody_else(
    cast, ticket, told, who, audience, called
) -> None:
    names = "@Bea @Ben @Sol @Sia @Ada @Abe @Max"
    await post(getattr(cast, who), ticket, names, audience)
    mentioned = {name for name, kind in told().items() if kind == "mention"}
    assert mentioned == set(called.split())


async def test_who_was_mentioned_takes_part_from_then_on_unknown_to_the_parties(
    cast, ticket, told, ask
) -> None:
    await post(cast.ada, ticket, "@Abe, please", ADMINS)
    told()
    await post(cast.bea, ticket, "Hello?")
    assert told() == dict.fromkeys(("sol", "ada", "abe"), "message")
    known = "SELECT audience FROM participant WHERE user_id = %s"
    assert ask(known, cast.abe.user_id) == ["admins"]


@pytest.mark.parametrize(
    ("who", "audience", "called"), [("bea", "everyone", "sol"), ("sol", "staff", "ada abe")]
)
async def test_ids_that_the_text_does_not_earn_are_told_nothing(
    cast, ticket, told, ask, who, audience, called
) -> None:
    """The database decides anew, whatever stands in the row."""
    ids = json.dumps({str(actor.user_id): "x" for actor in cast})
    ask(
        "INSERT INTO message (id, conversation_id, sender_id, body, audience, client_id, mentions)"
        " VALUES (gen_random_uuid(), %s, %s, 'x', %s, gen_random_uuid(), %s::jsonb)",
        ticket, getattr(cast, who).user_id, audience, ids,
    )  # fmt: skip
    assert told() == dict.fromkeys(called.split(), "mention")
    for mentions in ("{}", ids):  # An edit takes all of them out, another puts them in.
        ask(
            "WITH me AS MATERIALIZED (SELECT set_config('supportdesk.user_id', %s, true))"
            " UPDATE message SET mentions = %s::jsonb FROM me WHERE body = 'x'",
            str(getattr(cast, who).user_id), mentions,
        )  # fmt: skip
    assert told() == dict.fromkeys(called.split(), "mention")
    parties = "SELECT count(*) FROM participant WHERE audience = 'everyone'"
    assert ask(parties) == [2]


async def test_being_assigned_is_told_and_what_one_does_oneself_is_not(cast, ticket, told) -> None:
    await tickets.change(cast.ada, ticket, Changes(assignee_id=cast.abe.user_id))
    assert told() == {"abe": "assigned"}
    await post(cast.bea, ticket, "Who has it?")
    assert told() == {"sol": "message", "abe": "message"}
    await tickets.change(cast.ada, ticket, Changes(assignee_id=cast.ada.user_id))
    assert told() == {}
    await post(cast.bea, ticket, "And now?")
    assert told() == {"sol": "message", "ada": "message"}


async def test_who_asked_is_told_of_a_status_that_somebody_else_set(cast, ticket, told) -> None:
    await tickets.set_status(cast.sol, ticket, Status.RESOLVED)
    (group,) = await told_to(cast.bea)
    assert (group.name, group.does) == ("Sol", "set status to Resolved")
    assert told() == {"bea": "status"}
    await tickets.reopen(cast.bea, ticket)
    assert told() == {}


async def test_what_is_rolled_back_or_sent_twice_is_told_once_or_never(cast, ticket, told) -> None:
    send = new_id()
    first = await post(cast.bea, ticket, "Once.", client_id=send)
    assert (await post(cast.bea, ticket, "Once.", client_id=send)).seq == first.seq
    assert told() == {"sol": "message"}
    await tickets.close(cast.ada, ticket)
    told()
    with pytest.raises(Exception, match="closed"):
        await post(cast.bea, ticket, "Late.")
    assert told() == {}


async def test_a_deleted_message_takes_its_notifications_away_for_everybody(
    cast, ticket, told
) -> None:
    said = (await post(cast.ada, ticket, "@Bea @Sol, look")).id
    assert [await count(who) for who in (cast.bea, cast.sol)] == [1, 1]
    await amending.delete(cast.ada, said)
    assert [await count(who) for who in (cast.bea, cast.sol)] == [0, 0]
    assert [await told_to(who) for who in (cast.bea, cast.sol)] == [[], []]


async def test_an_edit_calls_whom_it_names_and_no_more_whom_it_does_not(cast, ticket, told) -> None:
    said = (await post(cast.ada, ticket, "@Bea, look")).id
    await amending.edit(cast.ada, said, "@Sol and @Abe, look")
    assert told() == {"bea": "message", "sol": "mention", "abe": "mention"}


async def test_reading_the_conversation_reads_its_notifications(cast, ticket, told) -> None:
    for text in ("One", "Two", "@Sol, three"):
        await post(cast.bea, ticket, text)
    (group,) = await told_to(cast.sol)
    assert (group.does, group.more, group.seq) == ("mentioned you", 2, 4)
    await messages.mark_read(cast.sol, ticket, 3)
    assert await count(cast.sol) == 1
    await messages.note_read([cast.sol.user_id, cast.bea.user_id], ticket, 4)
    assert await count(cast.sol) == 0
    assert [group.unread for group in await told_to(cast.sol)] == [False]
    await messages.mark_unread(cast.sol, ticket, 3)
    assert await count(cast.sol) == 2


async def test_who_answers_has_read_what_stands_above(cast, ticket, told) -> None:
    await post(cast.bea, ticket, "One")
    await post(cast.sol, ticket, "Two")
    assert await count(cast.sol) == 0


async def test_all_can_be_marked_as_read_and_the_messages_stay_unread(
    cast, ticket, foreign_ticket, told, ask
) -> None:
    await post(cast.ada, ticket, "@Sol")
    await post(cast.ada, foreign_ticket, "Ben's own")
    await notifications.mark_all_read(cast.sol)
    assert [await count(who) for who in (cast.sol, cast.bea, cast.ben)] == [0, 1, 1]
    read = "SELECT last_read_seq FROM participant WHERE user_id = %s"
    assert ask(read, cast.sol.user_id) == [0]


async def test_what_was_seen_long_ago_is_forgotten_and_nothing_else(cast, ticket, ask) -> None:
    for days_ago, seen in ((40, True), (40, False), (29, True)):
        seq = (await post(cast.bea, ticket, f"{days_ago} {seen}")).seq
        ask(
            "UPDATE notification SET created_at = now() - interval '50 days',"
            " read_at = CASE WHEN %s THEN now() - make_interval(days => %s) END"
            " WHERE seq = %s RETURNING seq",
            *(seen, days_ago, seq),
        )
    kept = ask("SELECT seq FROM notification WHERE read_at IS NULL")
    await notifications.forget_seen()
    left = ask("SELECT seq FROM notification ORDER BY seq")
    assert left == sorted([*kept, seq])


async def test_everybody_chooses_what_they_are_told_of(cast, ticket, told) -> None:
    assert await preferences_for(cast.sol) == Preferences()
    await notifications.choose(cast.sol, "messages", False)
    await post(cast.bea, ticket, "Quiet")
    assert told() == {}
    await post(cast.bea, ticket, "@Sol")
    assert told() == {"sol": "mention"}
    await notifications.choose(cast.sol, "mentions", False)
    await post(cast.bea, ticket, "@Sol")
    assert told() == {}
    await notifications.choose(cast.sol, "messages", True)
    await post(cast.bea, ticket, "@Sol")
    assert told() == {"sol": "message"}
    await notifications.choose(cast.sol, "sound", False)
    assert await preferences_for(cast.sol) == Preferences(mentions=False, sound=False)
    assert await preferences_for(cast.bea) == Preferences()
    for choice, wanted in (("user_id", True), ("", True), ("messages", "x")):
        with pytest.raises(Invalid):
            await notifications.choose(cast.sol, choice, wanted)


async def test_who_loses_the_conversation_loses_its_notifications(cast, ticket, told, ask) -> None:
    await post(cast.sol, ticket, "For bea")
    ask("DELETE FROM participant WHERE user_id = %s", cast.bea.user_id)
    assert await count(cast.bea) == 0


async def test_who_is_deactivated_is_told_nothing(cast, ticket, told) -> None:
    await people.deactivate(cast.ada, cast.bea.user_id)
    await post(cast.sol, ticket, "Anybody?")
    assert told() == {}


async def test_counts_of_many_come_together_with_what_the_latest_is_about(
    cast, ticket, foreign_ticket, told
) -> None:
    await post(cast.ada, ticket, "@Bea")
    await post(cast.ada, foreign_ticket, "Ben")
    found = await unread_of([actor.user_id for actor in cast])
    assert {cast.name_of(id_): each.count for id_, each in found.items() if each.count} == {
        "bea": 1, "ben": 1, "sol": 1,
    }  # fmt: skip
    bea, ben = found[cast.bea.user_id], found[cast.ben.user_id]
    assert (bea.conversation, ben.conversation) == (ticket, foreign_ticket)
    assert bea.called == bea.latest and ben.called is None
    looks = (await unread_of([cast.bea.user_id], [(cast.bea.user_id, ticket)]))[cast.bea.user_id]
    assert (looks.count, looks.latest) == (0, None)
    assert timedelta() <= bea.asked_at - bea.latest < timedelta(minutes=1)
