"""Who is let into a conversation, who is put out, and how far each of them reads.

The staff of bea's ticket to sol has talked among itself, in every way in which one can. `sia` is
let in as a guest, who reads only what is said to everyone.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from supportdesk.domain.actor import Role
from supportdesk.domain.changes import Changes
from supportdesk.domain.commands import (
    amending,
    attachments,
    bulk,
    drafts,
    messages,
    notes,
    participants,
    people,
    presence,
    reactions,
    tags,
    tickets,
)
from supportdesk.domain.commands.attachments import Arrived, Sent
from supportdesk.domain.commands.bulk import Change, Field
from supportdesk.domain.errors import Invalid, NotFound, Refused
from supportdesk.domain.ids import new_id
from supportdesk.domain.lifecycle import Status
from supportdesk.domain.models import Audience
from supportdesk.domain.queries import inbox, mentions, preview, recent, said, thread, versions
from supportdesk.domain.queries.attachments import file_for
from supportdesk.domain.queries.filters import Filters
from supportdesk.domain.queries.joining import candidates_for
from supportdesk.domain.queries.notifications import told_to, unread_of
from supportdesk.domain.queries.people import last_seen_for, names_for
from supportdesk.domain.queries.said_anywhere import Asked, said_anywhere

EVERYONE, STAFF = Audience.EVERYONE, Audience.STAFF
WORD = "SECRETLY"


async def keep_file(owner, name):
    file = Arrived(new_id(), name, "text/plain", 5, hashlib.sha256(name.encode()).hexdigest())
    await attachments.claim(owner, file.sha256)
    await attachments.keep(owner, file)
    return file.id


@pytest.fixture
async def hidden(cast, ticket, ask) -> dict[str, UUID]:
    """What the staff has among itself, by what it is."""
    file = await keep_file(cast.sol, f"{WORD}.txt")
    note = await messages.post(cast.sol, ticket, "x", STAFF, files=[Sent(file, f"{WORD}.txt")])
    await amending.edit(cast.sol, note.id, f"{WORD} bent")
    await reactions.toggle(cast.abe, note.id, "✅")
    await messages.post(cast.bea, ticket, "Anybody?")
    await messages.post(cast.abe, ticket, f"{WORD} not", STAFF, quote_id=note.id)
    await tags.add(cast.sol, ticket, WORD)
    await notes.write(cast.sol, ticket, WORD, "")
    await tickets.change(cast.ada, ticket, Changes(due_at=datetime.now(UTC) - timedelta(days=2)))
    (tag,) = ask("SELECT id FROM tag")
    return {"note": note.id, "file": file, "tag": tag}


async def let_in(cast, ticket, who="sia", audience=EVERYONE):
    await participants.add(cast.ada, ticket, getattr(cast, who).user_id, audience)


async def everything(actor, ticket, hidden) -> str:
    """All that the screens could tell that person of the ticket, as one text."""
    opening = await thread.opening_for(actor, ticket)
    page = await inbox.page_for(actor, Filters())
    found = [
        opening,
        page,
        await said.said_in(actor, ticket, WORD),
        await said_anywhere(actor, Asked(words=WORD)),
        await inbox.page_for(actor, Filters(text=WORD)),
        await inbox.page_for(actor, Filters(tag=str(hidden["tag"]))),
        await inbox.page_for(actor, Filters(overdue=True)),
        await preview.preview_for(actor, ticket),
        await recent.recent_for(actor, WORD),
        await versions.versions_for(actor, hidden["note"]),
        await told_to(actor),
        await mentions.people_for(actor, ticket),
    ]
    return "\n".join(map(str, found))


async def test_a_guest_comes_to_know_nothing_of_what_the_staff_has_among_itself(
    cast, ticket, hidden
):
    await let_in(cast, ticket, "sia", STAFF)
    told = await everything(cast.sia, ticket, hidden)
    assert WORD in told
    assert "Abe" in told
    await participants.set_reads(cast.ada, ticket, cast.sia.user_id, EVERYONE)
    told = await everything(cast.sia, ticket, hidden)
    assert "Anybody?" in told
    assert WORD not in told
    assert "Abe" not in told
    facts = await thread.facts_for(cast.sia, ticket)
    assert (facts.circle, facts.due_at, facts.tags, facts.note) == ("guests", None, (), "")
    assert set(facts.edits) == {"status", "priority", "type", "fields"}


async def test_a_guest_has_no_file_and_no_name_from_among_the_staff(cast, ticket, hidden, ask):
    ask('INSERT INTO last_seen SELECT id, now() FROM "user"')
    abe = [cast.abe.user_id]
    await let_in(cast, ticket, "sia", STAFF)
    assert (await file_for(cast.sia, hidden["file"])).name == f"{WORD}.txt"
    assert await names_for(cast.sia, abe)
    assert await last_seen_for(cast.sia, abe)
    await participants.set_reads(cast.ada, ticket, cast.sia.user_id, EVERYONE)
    with pytest.raises(NotFound):
        await file_for(cast.sia, hidden["file"])
    assert await names_for(cast.sia, abe) == {}
    assert await last_seen_for(cast.sia, abe) == {}


async def test_the_numbers_of_a_guest_count_only_what_they_read(cast, ticket, hidden):
    await let_in(cast, ticket)
    await let_in(cast, ticket, "max")
    await messages.post(cast.sol, ticket, "Later.", STAFF)
    (guest,) = (await inbox.page_for(cast.sia)).rows
    (buyer,) = (await inbox.page_for(cast.max)).rows
    (seller,) = (await inbox.page_for(cast.sol)).rows
    assert guest.row.messages == buyer.row.messages == 2
    assert seller.row.messages == 5
    assert guest.row.active_at == buyer.row.active_at < seller.row.active_at
    assert (guest.row.due_at, guest.row.tags, guest.row.last_text) == ("", (), "Anybody?")
    await messages.mark_read(cast.sia, ticket, 99)
    assert (await inbox.marks_for(cast.sia, [ticket])).read == {guest.row.number: 2}


async def test_a_guest_is_called_to_nothing_that_they_do_not_read(cast, ticket, hidden, ask):
    await let_in(cast, ticket, "sia", STAFF)
    await messages.post(cast.sol, ticket, "@Sia look, secretly", STAFF)
    assert (await unread_of([cast.sia.user_id]))[cast.sia.user_id].count == 2
    await participants.set_reads(cast.ada, ticket, cast.sia.user_id, EVERYONE)
    assert (await unread_of([cast.sia.user_id]))[cast.sia.user_id].count == 1
    ask("DELETE FROM notification")
    await messages.post(cast.sol, ticket, "@Sia look again", STAFF)
    assert await told_to(cast.sia) == []
    assert ask("SELECT mentions FROM message ORDER BY seq DESC LIMIT 1") == [{}]
    await messages.post(cast.sol, ticket, "@Sia and now")
    assert [each.kind for each in await told_to(cast.sia)] == ["mention"]


async def test_a_guest_says_nothing_to_the_staff_and_sorts_nothing(cast, ticket, hidden):
    await let_in(cast, ticket)
    for deed in (
        messages.post(cast.sia, ticket, "Hello staff", STAFF),
        presence.announce_typing(cast.sia, ticket, STAFF),
        tags.add(cast.sia, ticket, "mine"),
        tags.remove(cast.sia, ticket, hidden["tag"]),
        notes.write(cast.sia, ticket, "mine", ""),
        reactions.toggle(cast.sia, hidden["note"], "👍"),
    ):
        with pytest.raises((Refused, NotFound)):
            await deed
    tagged = await bulk.apply(cast.sia, [ticket], Change(Field.TAG, str(hidden["tag"])))
    assert len(tagged.refused) == 1
    await presence.announce_typing(cast.sia, ticket, EVERYONE)
    await messages.post(cast.sia, ticket, "Hello all")
    await tickets.set_status(cast.sia, ticket, Status.IN_PROGRESS)


async def test_a_seller_who_reads_as_staff_does_what_a_seller_does(cast, ticket, hidden):
    await let_in(cast, ticket, "sia", STAFF)
    await messages.post(cast.sia, ticket, "Hello staff", STAFF)
    await tags.add(cast.sia, ticket, "mine")
    await notes.write(cast.sia, ticket, "mine", WORD)
    await reactions.toggle(cast.sia, hidden["note"], "👍")


# Who is let in, and put out.


async def test_who_is_added_is_told_so_and_reads_all_of_it(cast, ticket):
    await let_in(cast, ticket, "max")
    assert (await thread.opening_for(cast.max, ticket)).lines[0].body == "It flickers."
    (told,) = await told_to(cast.max)
    assert (told.name, told.does) == ("Ada", "added you")


@pytest.mark.parametrize(
    ("typed", "found"),
    [("si", ["Sia"]), ("MAX@", ["Max"]), ("e", ["Ben", "Max", "Sia"]), ("bea", []), ("ada", []),
     ("", []), ("\x00\ud800", []), ("%", []), ("x" * 999, [])],
)  # fmt: skip
async def test_those_are_offered_who_can_be_added_and_fit_what_was_typed(
    cast, ticket, typed, found
):
    assert [each.name for each in await candidates_for(cast.ada, ticket, typed)] == found
    assert await candidates_for(cast.sol, ticket, typed) == ()


@pytest.mark.parametrize("who", ["ada", "abe"])
async def test_admins_are_not_added(cast, ticket, who):
    with pytest.raises(Invalid, match="Choose a buyer or a seller"):
        await let_in(cast, ticket, who)


async def test_nobody_is_added_twice_or_to_what_is_not_there(cast, ticket, ask):
    await let_in(cast, ticket, "max")
    for who in ("max", "bea", "sol"):
        with pytest.raises(Refused, match="takes part already"):
            await let_in(cast, ticket, who)
    with pytest.raises(NotFound):
        await participants.add(cast.ada, new_id(), cast.ben.user_id, EVERYONE)
    ask('UPDATE "user" SET active = false WHERE id = %s', cast.ben.user_id)
    for person in (cast.ben.user_id, new_id()):
        with pytest.raises(Invalid):
            await participants.add(cast.ada, ticket, person, EVERYONE)


@pytest.mark.parametrize("who", ["bea", "sol", "max", "sia"])
async def test_only_admins_let_in_and_put_out(cast, ticket, who):
    await let_in(cast, ticket, "ben")
    actor = getattr(cast, who)
    for deed in (
        participants.add(actor, ticket, cast.max.user_id, EVERYONE),
        participants.remove(actor, ticket, cast.ben.user_id),
        participants.set_reads(actor, ticket, cast.ben.user_id, EVERYONE),
    ):
        with pytest.raises(Refused):
            await deed


async def test_who_is_put_out_loses_all_of_it_and_what_they_said_keeps_their_name(
    cast, ticket, ask
):
    await let_in(cast, ticket, "max")
    file = await keep_file(cast.sol, "lamp.txt")
    await messages.post(cast.sol, ticket, "Look.", files=[Sent(file, "lamp.txt")])
    await messages.post(cast.max, ticket, "I see.")
    await drafts.keep_reply(cast.max, ticket, "And")
    await participants.remove(cast.ada, ticket, cast.max.user_id)
    for gone in (
        thread.opening_for(cast.max, ticket),
        file_for(cast.max, file),
        messages.post(cast.max, ticket, "Still here?"),
    ):
        with pytest.raises(NotFound):
            await gone
    assert (await inbox.page_for(cast.max)).rows == ()
    assert await told_to(cast.max) == []
    lines = (await thread.opening_for(cast.bea, ticket)).lines
    assert [(line.name, line.body) for line in lines[-2:]] == [
        ("Max", "I see."),
        ("Ada", "removed Max"),
    ]
    facts = await thread.facts_for(cast.bea, ticket)
    assert "Max" not in [person.name for person in facts.people]
    await let_in(cast, ticket, "max")
    assert (await thread.opening_for(cast.max, ticket)).lines[-1].body == "added Max"


@pytest.mark.parametrize(
    ("who", "why"), [("bea", "own ticket"), ("sol", "own ticket"), ("abe", "Admins see every")]
)
async def test_the_tickets_own_parties_and_admins_stay(cast, ticket, who, why):
    await messages.post(cast.abe, ticket, "Hello.")
    with pytest.raises(Refused, match=why):
        await participants.remove(cast.ada, ticket, getattr(cast, who).user_id)


async def test_the_own_seller_of_a_ticket_is_never_a_guest_in_it(cast, ticket):
    with pytest.raises(Refused, match="own ticket"):
        await participants.set_reads(cast.ada, ticket, cast.sol.user_id, EVERYONE)


async def test_who_does_not_take_part_is_not_put_out(cast, ticket):
    for person in (cast.max.user_id, new_id()):
        with pytest.raises(NotFound):
            await participants.remove(cast.ada, ticket, person)


async def test_of_two_admins_who_put_the_same_person_out_one_does(cast, ticket, ask):
    await let_in(cast, ticket, "max")
    answers = await asyncio.gather(
        *(participants.remove(who, ticket, cast.max.user_id) for who in (cast.ada, cast.abe)),
        return_exceptions=True,
    )
    assert sum(answer is None for answer in answers) == 1
    assert all(isinstance(answer, Refused | NotFound) for answer in answers if answer)
    assert ask("SELECT count(*) FROM event WHERE kind = 'person_removed'") == [1]


async def test_nobody_comes_back_in_by_what_they_say_while_they_are_put_out(cast, ticket, ask):
    for _ in range(8):
        await let_in(cast, ticket, "max")
        said = [messages.post(cast.max, ticket, f"No. {n}") for n in range(4)]
        await asyncio.gather(
            *said, participants.remove(cast.ada, ticket, cast.max.user_id), return_exceptions=True
        )
        kept = "SELECT count(*) FROM participant WHERE user_id = %s"
        assert ask(kept, cast.max.user_id) == [0]


async def test_the_log_tells_who_was_let_in_how_far_and_put_out(cast, ticket, ask):
    await let_in(cast, ticket)
    await participants.set_reads(cast.ada, ticket, cast.sia.user_id, STAFF)
    await participants.set_reads(cast.ada, ticket, cast.sia.user_id, STAFF)
    await participants.remove(cast.ada, ticket, cast.sia.user_id)
    told = ask(
        "SELECT kind, audience, data FROM event WHERE subject_id = %s ORDER BY id", cast.sia.user_id
    )
    assert json.loads(json.dumps(told)) == [
        ["person_added", "everyone", {"person": "Sia", "from": None, "to": "everyone"}],
        ["reads_changed", "staff", {"person": "Sia", "from": "everyone", "to": "staff"}],
        ["person_removed", "everyone", {"person": "Sia", "from": "staff", "to": None}],
    ]


async def test_a_guest_who_had_another_role_meanwhile_comes_back_as_a_guest(cast, ticket, hidden):
    await let_in(cast, ticket)
    await people.change_role(cast.ada, cast.sia.user_id, Role.BUYER, Role.SELLER)
    await people.change_role(cast.ada, cast.sia.user_id, Role.SELLER, Role.BUYER)
    assert (await thread.facts_for(cast.sia, ticket)).circle == "guests"
    assert WORD not in await everything(cast.sia, ticket, hidden)


async def test_who_was_put_out_is_not_brought_back_by_an_earlier_role(cast, ticket):
    await let_in(cast, ticket)
    await people.change_role(cast.ada, cast.sia.user_id, Role.BUYER, Role.SELLER)
    await let_in(cast, ticket)
    await participants.remove(cast.ada, ticket, cast.sia.user_id)
    await people.change_role(cast.ada, cast.sia.user_id, Role.SELLER, Role.BUYER)
    with pytest.raises(NotFound):
        await thread.opening_for(cast.sia, ticket)
