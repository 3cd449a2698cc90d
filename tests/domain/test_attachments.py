"""Files in messages: whose they are, and what a message may come with."""

from __future__ import annotations

import hashlib
from uuid import UUID

import pytest

from supportdesk.domain import rules
from supportdesk.domain.actor import Actor
from supportdesk.domain.commands import amending, attachments, desk_rules, messages
from supportdesk.domain.commands.attachments import Arrived, Sent
from supportdesk.domain.commands.filing import NewTicket, file_ticket
from supportdesk.domain.errors import Invalid, NotFound, Refused
from supportdesk.domain.files import in_words
from supportdesk.domain.ids import new_id
from supportdesk.domain.models import Audience
from supportdesk.domain.queries import thread
from supportdesk.domain.queries.attachments import File, play_time
from supportdesk.domain.queries.notifications import told_to
from tests.domain.conftest import Ask
from tests.support.cast import Cast


async def keep(actor: Actor, name: str = "a.txt", size: int = 5) -> Sent:
    file = Arrived(new_id(), name, "text/plain", size, hashlib.sha256(name.encode()).hexdigest())
    await attachments.claim(actor, file.sha256)
    await attachments.keep(actor, file)
    return Sent(file.id, name)


async def test_what_is_stored_by_now_does_not_count_as_still_coming(cast: Cast) -> None:
    most = rules.now().buyer_storage_megabytes * 10**6
    kept = await keep(cast.bea)
    await attachments.check_room_for(cast.bea, 5, {kept.id: most - 9})
    with pytest.raises(Refused):
        await attachments.check_room_for(cast.bea, 5, {new_id(): most - 9})


async def files_of_ticket(actor: Actor, ticket: UUID) -> tuple[File, ...]:
    return (await thread.facts_for(actor, ticket)).files


async def last_line(actor: Actor, ticket: UUID) -> thread.Line:
    return (await thread.opening_for(actor, ticket)).lines[-1]


async def test_a_message_comes_with_files_in_order_under_the_names_they_were_given(
    cast: Cast, ticket: UUID
) -> None:
    one, two = await keep(cast.bea, "one"), await keep(cast.bea, "two")
    files = [Sent(two.id, "second.txt", "A picture"), Sent(one.id, "../first.txt")]
    await messages.post(cast.bea, ticket, "Look.", files=files)
    line = await last_line(cast.sol, ticket)
    assert [(each.name, each.alt) for each in line.files] == [
        ("second.txt", "A picture"), ("first.txt", ""),
    ]  # fmt: skip


async def test_files_may_go_without_words_and_nothing_may_not(cast: Cast, ticket: UUID) -> None:
    await messages.post(cast.bea, ticket, "  ", files=[await keep(cast.bea)])
    line = await last_line(cast.sol, ticket)
    assert (line.body, len(line.files)) == ("", 1)
    with pytest.raises(Invalid, match="Write something first"):
        await messages.post(cast.bea, ticket, "  ")


async def test_a_ticket_is_filed_with_files(cast: Cast) -> None:
    new = NewTicket("Files", "Here.", files=(await keep(cast.bea),))
    line = await last_line(cast.ada, (await file_ticket(cast.bea, new)).id)
    assert len(line.files) == 1


async def test_nobody_sends_what_is_not_theirs_or_was_sent_before(
    cast: Cast, ticket: UUID, ask: Ask
) -> None:
    mine, theirs = await keep(cast.bea), await keep(cast.sol)
    await messages.post(cast.bea, ticket, "First", files=[mine])
    for wrong in (theirs, mine, Sent(new_id(), "made-up")):
        with pytest.raises(NotFound):
            await messages.post(cast.bea, ticket, "Again", files=[wrong])
    assert "Again" not in ask("SELECT body FROM message")
    with pytest.raises(Invalid, match="twice"):
        await messages.post(cast.sol, ticket, "Twice", files=[theirs, theirs])


async def test_what_is_not_allowed_any_more_is_not_sent_and_stays_its_owners(
    cast: Cast, ticket: UUID, ask: Ask
) -> None:
    named = {name: await keep(cast.bea, name, size=2_000_000) for name in ("long.txt", "odd.txt")}
    text = await keep(cast.bea)
    await messages.post(cast.bea, ticket, "As large as it may be.", files=[named["odd.txt"]])
    await desk_rules.choose(cast.ada, "buyer_file_megabytes", "1")
    for send in (
        lambda files: messages.post(cast.bea, ticket, "Too large", files=files),
        lambda files: file_ticket(cast.bea, NewTicket("Too large", "Here.", files=files)),
    ):
        with pytest.raises(Refused, match=r"“long.txt”: This file has 2.0 MB; 1.0 MB is the most."):
            await send((text, named["long.txt"]))
    await desk_rules.choose(cast.ada, "buyer_file_types", "image/*")
    with pytest.raises(Refused, match=r"“a.txt”: Files of this kind cannot be attached."):
        await messages.post(cast.bea, ticket, "Of no kind", files=[text])
    assert not {"Too large", "Here.", "Of no kind"} & set(ask("SELECT body FROM message"))
    await desk_rules.choose(cast.ada, "buyer_file_types", "")
    await messages.post(cast.bea, ticket, "Again", files=[text])
    # What was sent stays.
    assert len(await files_of_ticket(cast.sol, ticket)) == 2
    await messages.post(cast.sol, ticket, "Theirs", files=[await keep(cast.sol, size=2_000_000)])


async def test_the_same_send_again_is_the_same_message(cast: Cast, ticket: UUID) -> None:
    file, client_id = await keep(cast.bea), new_id()
    tries = [
        await messages.post(cast.bea, ticket, "", client_id=client_id, files=[file])
        for _ in range(2)
    ]
    assert [each.again for each in tries] == [False, True]
    assert len(await files_of_ticket(cast.sol, ticket)) == 1


async def test_the_files_of_a_ticket_are_those_one_may_see_the_latest_first(
    cast: Cast, ticket: UUID
) -> None:
    for name, audience in (("one", Audience.EVERYONE), ("two", Audience.STAFF)):
        await messages.post(cast.sol, ticket, name, audience, files=[await keep(cast.sol, name)])
    seen = {
        who: [each.name for each in await files_of_ticket(getattr(cast, who), ticket)]
        for who in ("bea", "sol", "ada")
    }
    assert seen == {"bea": ["one"], "sol": ["two", "one"], "ada": ["two", "one"]}


async def test_who_is_told_of_files_alone_is_told_how_many(cast: Cast, ticket: UUID) -> None:
    files = [await keep(cast.bea, "one"), await keep(cast.bea, "two")]
    await messages.post(cast.bea, ticket, "", files=files)
    assert [told.excerpt for told in await told_to(cast.sol)] == ["2 files"]


async def test_a_deleted_message_has_no_files(cast: Cast, ticket: UUID, ask: Ask) -> None:
    message = await messages.post(cast.bea, ticket, "", files=[await keep(cast.bea)])
    assert await files_of_ticket(cast.sol, ticket)
    await amending.delete(cast.bea, message.id)
    assert await files_of_ticket(cast.sol, ticket) == ()
    assert ask("SELECT id FROM attachment") == []


async def test_what_files_come_with_may_be_edited_away_and_words_alone_may_not(
    cast: Cast, ticket: UUID
) -> None:
    file = await keep(cast.bea)
    with_file = await messages.post(cast.bea, ticket, "A caption", files=[file])
    bare = await messages.post(cast.bea, ticket, "Words")
    await amending.edit(cast.bea, with_file.id, "")
    with pytest.raises(Invalid):
        await amending.edit(cast.bea, bare.id, "")


def test_sizes_and_times_are_told_in_words() -> None:
    assert [in_words(n) for n in (1, 999, 1000, 9_949, 999_499, 200_000_000, 3 * 10**12)] == [
        "1 byte", "999 bytes", "1.0 kB", "9.9 kB", "999 kB", "200 MB", "3,000 GB",
    ]  # fmt: skip
    assert [play_time(n) for n in (0, 0.2, 61, 3_725.4)] == ["", "0:01", "1:01", "1:02:05"]
