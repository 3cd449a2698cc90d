"""Against abuse: reports, people who may only read, and what is taken away from everybody."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest

from supportdesk.domain.actor import Actor, Role
from supportdesk.domain.changes import Changes
from supportdesk.domain.commands import (
    amending,
    attachments,
    drafts,
    fields,
    filing,
    joining,
    messages,
    moderation,
    notes,
    people,
    presence,
    reactions,
    tags,
    tickets,
)
from supportdesk.domain.commands.filing import NewTicket
from supportdesk.domain.errors import (
    Blocked,
    Changed,
    Invalid,
    NotFound,
    Refused,
    TooManyReports,
)
from supportdesk.domain.ids import new_id
from supportdesk.domain.models import Audience, Priority
from supportdesk.domain.queries import inbox, thread
from supportdesk.domain.queries.attachments import file_for
from supportdesk.domain.queries.audit import page_for
from supportdesk.domain.queries.audit_asked import Asked
from supportdesk.domain.queries.dashboard import counts_for
from supportdesk.domain.queries.joining import own_standing_for
from supportdesk.domain.queries.moderation import moderation_for
from supportdesk.domain.queries.notifications import told_to, unread_of
from tests.domain.test_attachments import keep


@pytest.fixture
async def insult(cast, ticket):
    """What sol said to bea."""
    return (await messages.post(cast.sol, ticket, "You are a lamp.")).id


async def reported(cast, message, by="bea") -> UUID:
    await moderation.report(getattr(cast, by), message, "It hurts.")
    return UUID((await moderation_for(cast.ada)).reports[-1].id)


# Reports.


async def test_a_report_tells_the_admins_who_said_what_and_why(cast, ticket, insult):
    await reported(cast, insult)
    (row,) = (await moderation_for(cast.ada)).reports
    assert (row.reporter, row.name, row.said, row.reason, row.seq) == (
        "Bea", "Sol", "You are a lamp.", "It hurts.", 2,
    )  # fmt: skip
    assert (await counts_for(cast.ada))["requests"] == "1"
    for admin in (cast.ada, cast.abe):
        (told,) = await told_to(admin)
        assert (told.name, told.does, told.excerpt) == (
            "Bea", "reported a message", "You are a lamp.",
        )  # fmt: skip


async def test_who_is_reported_learns_nothing_of_it(cast, ticket, insult, ask):
    before = (
        await thread.opening_for(cast.sol, ticket),
        await told_to(cast.sol),
        await inbox.page_for(cast.sol),
    )
    await reported(cast, insult)
    after = (
        await thread.opening_for(cast.sol, ticket),
        await told_to(cast.sol),
        await inbox.page_for(cast.sol),
    )
    assert after == before


async def test_reporting_twice_is_reporting_once(cast, ticket, insult):
    for _ in range(2):
        await reported(cast, insult)
    assert len((await moderation_for(cast.ada)).reports) == 1
    assert (await thread.own_marks_for(cast.bea, ticket)).reported == (str(insult),)
    assert (await thread.own_marks_for(cast.sol, ticket)).reported == ()


async def test_what_cannot_be_reported(cast, ticket, insult, foreign_ticket):
    hidden = await messages.post(cast.sol, ticket, "x", Audience.STAFF)
    with pytest.raises(Refused, match="your own"):
        await moderation.report(cast.sol, insult, "Oops.")
    for who, message in ((cast.bea, hidden.id), (cast.ben, insult), (cast.bea, new_id())):
        with pytest.raises(NotFound):
            await moderation.report(who, message, "It hurts.")
    for reason in ("", " \n", "x" * 501):
        with pytest.raises(Invalid) as found:
            await moderation.report(cast.bea, insult, reason)
        assert found.value.field == "reason"
    await amending.delete(cast.sol, insult)
    with pytest.raises(NotFound):
        await moderation.report(cast.bea, insult, "It hurts.")


async def test_nobody_reports_more_than_twenty_messages_within_an_hour(cast, ticket):
    said = [(await messages.post(cast.sol, ticket, f"No. {n}")).id for n in range(21)]
    for message in said[:20]:
        await moderation.report(cast.bea, message, "It hurts.")
    with pytest.raises(TooManyReports):
        await moderation.report(cast.bea, said[20], "It hurts.")
    await moderation.report(cast.ada, said[20], "It hurts.")


async def test_a_dismissed_report_calls_nobody_any_more(cast, ticket, insult):
    report = await reported(cast, insult)
    await moderation.dismiss(cast.ada, report)
    assert (await counts_for(cast.ada))["requests"] == "0"
    assert (await unread_of([cast.abe.user_id]))[cast.abe.user_id].count == 0
    (past,) = (await moderation_for(cast.abe)).past_reports
    assert (past.outcome, past.decided_by, past.said) == ("Dismissed", "Ada", "You are a lamp.")


async def test_deleting_what_was_reported_answers_all_reports_of_it(cast, ticket, insult):
    first, second = await reported(cast, insult), await reported(cast, insult, "abe")
    await moderation.delete_reported(cast.ada, first)
    assert (await thread.opening_for(cast.bea, ticket)).lines[-1].deleted
    assert {row.outcome for row in (await moderation_for(cast.ada)).past_reports} == {
        "Message deleted"
    }
    with pytest.raises(Changed, match="Ada was faster and has deleted the message"):
        await moderation.dismiss(cast.abe, second)


async def test_who_deleted_it_themselves_can_still_be_blocked_for_it(cast, ticket, insult):
    report = await reported(cast, insult)
    await amending.delete(cast.sol, insult)
    (row,) = (await moderation_for(cast.ada)).reports
    assert (row.said, row.standing) == ("", False)
    await moderation.block_reported(cast.ada, report)
    assert (await own_standing_for(cast.sol)).blocked


async def test_of_two_decisions_in_one_moment_one_is_made(cast, ticket, insult):
    report = await reported(cast, insult)
    answers = await asyncio.gather(
        moderation.block_reported(cast.ada, report),
        moderation.dismiss(cast.abe, report),
        return_exceptions=True,
    )
    assert [type(answer) for answer in answers if answer] == [Changed]


@pytest.mark.parametrize("who", ["bea", "sol", "max"])
async def test_only_admins_moderate(cast, ticket, insult, who):
    report, actor = await reported(cast, insult), getattr(cast, who)
    for deed in (
        moderation.dismiss(actor, report),
        moderation.delete_reported(actor, report),
        moderation.block_reported(actor, report),
        moderation.block(actor, cast.ben.user_id),
        moderation.unblock(actor, cast.ben.user_id),
        moderation.delete_chat(actor, ticket, "TC-0001"),
        moderation.delete_ticket(actor, ticket, "TC-0001"),
    ):
        with pytest.raises(Refused):
            await deed
    for missing in (
        moderation.dismiss(cast.ada, new_id()),
        moderation.block(cast.ada, new_id()),
        moderation.unblock(cast.ada, new_id()),
        moderation.delete_chat(cast.ada, new_id(), "TC-0001"),
        moderation.delete_ticket(cast.ada, new_id(), "TC-0001"),
    ):
        with pytest.raises(NotFound):
            await missing


# People who may read, but not write.


WRITING = {
    "filing": lambda cast, at: filing.file_ticket(cast.sol, NewTicket("Lamp", "Help.")),
    "posting": lambda cast, at: messages.post(cast.sol, at["ticket"], "Hello."),
    "editing": lambda cast, at: amending.edit(cast.sol, at["said"], "Good day."),
    "deleting": lambda cast, at: amending.delete(cast.sol, at["said"]),
    "reacting": lambda cast, at: reactions.toggle(cast.sol, at["said"], "👍"),
    "taking a reaction back": lambda cast, at: reactions.toggle(cast.sol, at["said"], "✅"),
    "announcing a file": lambda cast, at: attachments.check_room_for(cast.sol, 5),
    "uploading": lambda cast, at: keep(cast.sol, "b.txt"),
    "asking": lambda cast, at: joining.ask(cast.sol, "TC-0900", "Please."),
    "tagging": lambda cast, at: tags.add(cast.sol, at["ticket"], "mine"),
    "noting": lambda cast, at: notes.write(cast.sol, at["ticket"], "mine", ""),
    "filling in": lambda cast, at: fields.fill(cast.sol, at["ticket"], at["field"], "mine"),
    "hurrying": lambda cast, at: tickets.change(
        cast.sol, at["ticket"], Changes(priority=Priority.URGENT)
    ),
    "renaming": lambda cast, at: people.rename(cast.sol, "Rude word"),
}
# What people of these roles write for themselves, or may write whatever they have done.
OWN = {
    "abuse_report", "canned_reply", "draft", "notification", "notification_preference",
    "participant", "saved_view",
}  # fmt: skip
# Lines of the log come with something that is refused; of oneself, one may say what time it is.
WITH_THE_REST = {"event": {"INSERT"}, "user": {"UPDATE"}, "attachment": {"DELETE"}}
# Each table, what buyers or sellers may do with it, and what of that is refused to the blocked.
RIGHTS = """
SELECT relname, deed, EXISTS (
    SELECT FROM pg_trigger WHERE tgrelid = c.oid AND tgname = 'refuse_blocked'
      AND tgtype & bit <> 0 AND tgattr = '')
FROM pg_class c,
    (VALUES ('INSERT', 4), ('UPDATE', 16), ('DELETE', 8)) AS deeds (deed, bit),
    (VALUES ('supportdesk_buyer'), ('supportdesk_seller')) AS roles (role)
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND (
    has_table_privilege(role, c.oid, deed)
    OR deed <> 'DELETE' AND has_any_column_privilege(role, c.oid, deed))
"""


@pytest.mark.parametrize("deed", WRITING)
async def test_who_is_blocked_does_not_write_and_is_told_why(cast, ticket, field, deed, ask):
    said = (await messages.post(cast.sol, ticket, "Hello.")).id
    await reactions.toggle(cast.sol, said, "✅")
    at = {"ticket": ticket, "said": said, "field": field("text")}
    await moderation.block(cast.ada, cast.sol.user_id)
    before = ask("SELECT count(*) FROM event")
    with pytest.raises(Blocked, match="you can read, but not write"):
        await WRITING[deed](cast, at)
    assert ask("SELECT count(*) FROM event") == before
    await moderation.unblock(cast.ada, cast.sol.user_id)
    await WRITING[deed](cast, at)


def test_whatever_others_would_read_is_refused_to_who_is_blocked(cast, ask):
    """Also what is added to the desk later."""
    allowed = {
        (table, deed)
        for table, deed, refused in ask(RIGHTS)
        if not refused and table not in OWN and deed not in WITH_THE_REST.get(table, ())
    }
    assert allowed == set()


async def test_who_is_blocked_reads_and_keeps_what_they_typed(cast, ticket):
    await moderation.block(cast.ada, cast.bea.user_id)
    assert (await own_standing_for(cast.bea)).blocked
    await messages.post(cast.sol, ticket, "Hello.")
    assert (await thread.opening_for(cast.bea, ticket)).lines[-1].body == "Hello."
    await messages.mark_read(cast.bea, ticket, 2)
    await tickets.set_star(cast.bea, ticket, True)
    await drafts.keep_reply(cast.bea, ticket, "Half a thought")
    with pytest.raises(NotFound):
        await presence.announce_typing(cast.bea, ticket, Audience.EVERYONE)


async def test_others_write_to_who_is_blocked_as_ever(cast, ticket):
    await moderation.block(cast.ada, cast.bea.user_id)
    await messages.post(cast.sol, ticket, "@Bea, hello.")
    await tickets.close(cast.ada, ticket)


async def test_no_admin_is_blocked(cast):
    with pytest.raises(Refused, match="cannot be blocked"):
        await moderation.block(cast.ada, cast.abe.user_id)


async def test_who_becomes_an_admin_is_blocked_no_more(cast, ticket):
    await moderation.block(cast.ada, cast.max.user_id)
    await people.change_role(cast.ada, cast.max.user_id, Role.ADMIN, Role.BUYER)
    await messages.post(Actor(cast.max.user_id, Role.ADMIN), ticket, "Hello.")


async def test_blocking_and_lifting_twice_is_once(cast, ask):
    for deed in (moderation.block, moderation.unblock):
        await asyncio.gather(*(deed(who, cast.bea.user_id) for who in (cast.ada, cast.abe)))
    kinds = ask("SELECT kind FROM event WHERE subject_id = %s", cast.bea.user_id)
    assert sorted(kinds) == ["person_blocked", "person_unblocked"]


# What is deleted for everybody.


@pytest.fixture
async def talk(cast, ticket):
    """A conversation with a file and things around it; returns the file's id."""
    sent = await keep(cast.sol)
    await messages.post(cast.sol, ticket, "@Bea, look.", files=[sent])
    note = await messages.post(cast.ada, ticket, "Between us.", Audience.STAFF)
    await amending.edit(cast.ada, note.id, "Between the two of us.")
    await messages.post(cast.sol, ticket, "Yes.", Audience.STAFF, quote_id=note.id)
    await reactions.toggle(cast.sol, note.id, "👍")
    gone = await messages.post(cast.sol, ticket, "Oops.")
    await amending.delete(cast.sol, gone.id)
    await tags.add(cast.sol, ticket, "refund")
    await drafts.keep_reply(cast.bea, ticket, "And then")
    return sent.id


LEFT = """
SELECT (SELECT count(*) FROM message), (SELECT count(*) FROM attachment),
       (SELECT count(*) FROM message_revision), (SELECT count(*) FROM reaction),
       (SELECT count(*) FROM notification WHERE kind IN ('message', 'mention'))
"""


async def test_all_chat_of_a_ticket_goes_with_its_files_and_a_line_stays(cast, ticket, talk, ask):
    await moderation.delete_chat(cast.ada, ticket, "tc-1")
    assert ask(LEFT) == [(0, 0, 0, 0, 0)]
    for who in (cast.bea, cast.sol, cast.abe):
        opening = await thread.opening_for(who, ticket)
        assert opening.lines[-1].body == "deleted all messages"
        assert {line.kind for line in opening.lines} == {"event"}
        assert opening.facts.files == ()
        ((row,),) = ([each.row for each in (await inbox.page_for(who)).rows],)
        assert (row.messages, row.last_text) == (0, "")
        with pytest.raises(NotFound):
            await file_for(who, talk)
    told = ask("SELECT actor_id, audience, data FROM event WHERE kind = 'chat_deleted'")
    number = ask("SELECT number FROM ticket")[0]
    assert told == [(cast.ada.user_id, "admins", {"number": number, "messages": 4, "files": 1})]
    await messages.post(cast.bea, ticket, "Anew.")
    assert (await thread.opening_for(cast.sol, ticket)).lines[-1].body == "Anew."


async def test_the_bytes_of_what_was_deleted_are_held_by_nobody(cast, ticket, talk, ask):
    ask("UPDATE blob SET claimed_at = now() - interval '2 hours'")
    assert await attachments.unheld() == ()
    await moderation.delete_chat(cast.ada, ticket, "TC-0001")
    assert len(await attachments.unheld()) == 1


@pytest.mark.parametrize("wipe", [moderation.delete_chat, moderation.delete_ticket])
@pytest.mark.parametrize("typed", ["", "TC-0002", "TC", "yes", "0001\x00", "TC-" + "9" * 30])
async def test_nothing_is_deleted_without_the_number(cast, ticket, ask, wipe, typed):
    with pytest.raises(Invalid, match="Type TC-0001 to confirm"):
        await wipe(cast.ada, ticket, typed)
    assert ask("SELECT count(*) FROM message") == [1]


async def test_a_ticket_goes_with_all_that_is_in_it(cast, ticket, foreign_ticket, talk, ask):
    report = await messages.post(cast.sol, ticket, "You are a lamp.")
    await moderation.report(cast.bea, report.id, "It hurts.")
    await joining.ask(cast.max, "TC-0001", "Please.")
    events = ask("SELECT id FROM event")
    await moderation.delete_ticket(cast.ada, ticket, "TC-0001")
    for who in (cast.bea, cast.sol, cast.ada):
        with pytest.raises(NotFound):
            await thread.opening_for(who, ticket)
    assert (await inbox.page_for(cast.bea)).rows == ()
    (other,) = (await inbox.page_for(cast.abe)).rows
    assert other.row.id == str(foreign_ticket)
    for table in ("participant", "ticket_tag", "ticket_listing", "ticket_words", "notification"):
        column = "ticket_id" if table.startswith("ticket") else "conversation_id"
        assert ask(f"SELECT count(*) FROM {table} WHERE {column} = %s", ticket) == [0], table
    left = await moderation_for(cast.abe)
    assert [(row.number, row.exists) for row in left.requests] == [("TC-0001", False)]
    assert [(row.number, row.said) for row in left.reports] == [("", "")]
    assert set(events) < set(ask("SELECT id FROM event"))
    ((data,),) = ([*ask("SELECT data FROM event WHERE kind = 'ticket_deleted'")],)
    assert (data["subject"], data["messages"], data["files"]) == ("A lamp that flickers", 5, 1)
    assert data["buyer"] == str(cast.bea.user_id)


async def test_a_deleted_ticket_is_deleted_once(cast, ticket, ask):
    answers = await asyncio.gather(
        *(moderation.delete_ticket(who, ticket, "TC-0001") for who in (cast.ada, cast.abe)),
        return_exceptions=True,
    )
    assert sum(answer is None for answer in answers) >= 1
    assert ask("SELECT count(*) FROM ticket") == [0]


async def test_the_log_says_what_was_done_in_words(cast, ticket, insult):
    await moderation.delete_reported(cast.ada, await reported(cast, insult))
    await moderation.block(cast.ada, cast.sol.user_id)
    await moderation.delete_chat(cast.ada, ticket, "TC-0001")
    await moderation.delete_ticket(cast.ada, ticket, "TC-0001")
    told = [each.sentence for each in (await page_for(cast.ada, Asked(), "UTC")).entries]
    for said in (
        "reported a message",
        "deleted a message that was reported",
        "blocked Sol",
        "deleted all chat of TC-0001, with 1 message",
        "deleted TC-0001, with 0 messages",
    ):
        assert any(said in line for line in told), said
