"""Second thoughts about a message: edited, deleted, reacted to, quoted."""

from __future__ import annotations

import pytest

from supportdesk.domain.commands import amending, reactions
from supportdesk.domain.commands.messages import post
from supportdesk.domain.errors import Deleted, Invalid, NotFound, Refused
from supportdesk.domain.models import Audience
from supportdesk.domain.queries import thread, versions


@pytest.fixture
async def said(cast, ticket):
    """sol's answer on bea's ticket."""
    return (await post(cast.sol, ticket, "It is the blub.")).id


async def last_line(actor, ticket):
    return (await thread.opening_for(actor, ticket)).lines[-1]


async def test_who_wrote_a_message_can_say_it_in_other_words(cast, ticket, said):
    await amending.edit(cast.sol, said, "It is the bulb.")
    line = await last_line(cast.bea, ticket)
    assert (line.body, line.edited, line.deleted) == ("It is the bulb.", True, False)


async def test_an_edited_message_keeps_its_place_and_its_time(cast, ticket, said):
    before = await last_line(cast.bea, ticket)
    await amending.edit(cast.sol, said, "It is the bulb.")
    after = await last_line(cast.bea, ticket)
    assert (after.id, after.seq, after.at) == (before.id, before.seq, before.at)


async def test_the_staff_can_read_what_it_said_before_and_the_buyer_cannot(cast, ticket, said):
    await amending.edit(cast.sol, said, "It is the bulb.")
    await amending.edit(cast.sol, said, "It was the bulb.")
    for who in (cast.sol, cast.ada):
        found = await versions.versions_for(who, said)
        assert [version.text for version in found] == ["It is the blub.", "It is the bulb."]
    assert await versions.versions_for(cast.bea, said) == ()
    assert await versions.versions_for(cast.sia, said) == ()


async def test_the_same_words_are_no_edit(cast, ticket, said, ask):
    await amending.edit(cast.sol, said, " It is the blub. ")
    assert not (await last_line(cast.bea, ticket)).edited
    assert ask("SELECT count(*) FROM event WHERE kind = 'message_edited'") == [0]


@pytest.mark.parametrize("text", ["", "   ", "x" * 10_001])
async def test_an_edit_has_to_be_a_message_too(cast, said, text):
    with pytest.raises(Invalid):
        await amending.edit(cast.sol, said, text)


@pytest.mark.parametrize("who", ["bea", "ada"])
async def test_nobody_edits_what_somebody_else_said(cast, said, who):
    with pytest.raises(Refused, match="Only the person who wrote"):
        await amending.edit(getattr(cast, who), said, "Words in their mouth.")
    with pytest.raises(Refused, match="Only the person who wrote"):
        await amending.text_of(getattr(cast, who), said)


@pytest.mark.parametrize("who", ["ben", "sia", "max"])
async def test_to_a_stranger_the_message_is_not_there(cast, said, who):
    for attempt in (
        amending.edit(getattr(cast, who), said, "Mine."),
        amending.delete(getattr(cast, who), said),
        reactions.toggle(getattr(cast, who), said, "👍"),
    ):
        with pytest.raises(NotFound):
            await attempt


async def test_after_a_while_only_an_admin_can_take_it_back(cast, ticket, said, ask):
    ask("UPDATE message SET created_at = created_at - interval '16 minutes'")
    with pytest.raises(Refused, match="15 minutes"):
        await amending.edit(cast.sol, said, "Too late.")
    with pytest.raises(Refused, match="15 minutes"):
        await amending.delete(cast.sol, said)
    await amending.delete(cast.ada, said)
    assert (await last_line(cast.sol, ticket)).deleted


async def test_a_buyer_cannot_delete_what_the_seller_said(cast, said):
    with pytest.raises(Refused):
        await amending.delete(cast.bea, said)


async def test_of_a_deleted_message_nothing_is_left(cast, ticket, said, ask):
    await amending.edit(cast.sol, said, "It is the bulb.")
    await reactions.toggle(cast.bea, said, "👍")
    quoting = await post(cast.bea, ticket, "This one?", quote_id=said)
    await amending.delete(cast.sol, said)
    for who in (cast.bea, cast.sol, cast.ada):
        lines = (await thread.opening_for(who, ticket)).lines
        line, answer = lines[-2], lines[-1]
        assert (line.body, line.deleted, line.reactions, line.edited) == ("", True, (), False)
        assert answer.id == str(quoting.id)
        assert answer.quote is not None
        assert answer.quote.text == "Message deleted"
    left = ask("SELECT body FROM message_revision UNION ALL SELECT emoji FROM reaction")
    assert left == []
    assert "bulb" not in str(ask("SELECT * FROM message")) + str(ask("SELECT * FROM event"))


async def test_what_is_deleted_stays_deleted(cast, said):
    await amending.delete(cast.sol, said)
    for attempt in (
        amending.edit(cast.sol, said, "Back again."),
        amending.delete(cast.ada, said),
    ):
        with pytest.raises(Deleted, match="has been deleted"):
            await attempt
    with pytest.raises(NotFound):
        await reactions.toggle(cast.bea, said, "👍")


async def test_reactions_are_counted_with_who_they_are_from(cast, ticket, said):
    for who, emoji in ((cast.bea, "👍"), (cast.ada, "👍"), (cast.bea, "🎉")):
        await reactions.toggle(who, said, emoji)
    shown = (await last_line(cast.sol, ticket)).reactions
    assert [(each.emoji, each.names) for each in shown] == [("👍", "Bea, Ada"), ("🎉", "Bea")]


async def test_the_same_reaction_again_takes_it_away(cast, ticket, said):
    for _ in range(2):
        await reactions.toggle(cast.bea, said, "👍")
    assert (await last_line(cast.bea, ticket)).reactions == ()


@pytest.mark.parametrize("text", ["", "x", "👍👍", ":+1:", "<b>", "1"])
async def test_a_reaction_is_one_emoji(cast, said, text):
    with pytest.raises(Invalid):
        await reactions.toggle(cast.bea, said, text)


async def test_an_answer_quotes_what_its_reader_may_see(cast, ticket):
    note = (await post(cast.sol, ticket, "The **bulb** again.", Audience.STAFF)).id
    await post(cast.sol, ticket, "We are on it.", quote_id=note)
    quote = (await last_line(cast.ada, ticket)).quote
    assert quote is not None
    assert (quote.name, quote.text) == ("Sol", "The bulb again.")
    assert (await last_line(cast.bea, ticket)).quote is None


async def test_what_stands_elsewhere_or_is_hidden_cannot_be_quoted(cast, ticket, foreign_ticket):
    theirs = (await post(cast.ben, foreign_ticket, "Private.")).id
    note = (await post(cast.sol, ticket, "Between us.", Audience.STAFF)).id
    for who, message in ((cast.bea, theirs), (cast.ada, theirs), (cast.bea, note)):
        with pytest.raises(NotFound):
            await post(who, ticket, "As they said.", quote_id=message)


@pytest.mark.parametrize("audience", list(Audience))
async def test_what_happens_to_a_message_is_told_to_those_who_see_it(cast, ticket, audience, ask):
    message = (await post(cast.ada, ticket, "Said.", audience)).id
    await reactions.toggle(cast.ada, message, "👍")
    await amending.edit(cast.ada, message, "Said again.")
    await amending.delete(cast.ada, message)
    told = "SELECT kind, audience FROM event WHERE subject_id = %s ORDER BY id"
    assert ask(told, message) == [
        (kind, audience)
        for kind in (
            "message_posted", "reaction_changed", "message_edited", "message_deleted",
        )
    ]  # fmt: skip
