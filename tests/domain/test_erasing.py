"""Erasing a person: nothing is left of who they were, and their tickets stay readable."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import sql

from supportdesk.domain.actor import Actor, Role
from supportdesk.domain.changes import Changes
from supportdesk.domain.commands import (
    amending,
    attachments,
    credentials,
    drafts,
    erasing,
    filing,
    invitations,
    joining,
    messages,
    moderation,
    notifications,
    participants,
    people,
    person_notes,
    presence,
    reactions,
    sessions,
    teams,
    tickets,
    views,
)
from supportdesk.domain.commands.attachments import Arrived, Sent
from supportdesk.domain.commands.filing import NewTicket
from supportdesk.domain.errors import Invalid, NotFound, Refused, SignInFailed
from supportdesk.domain.ids import new_id
from supportdesk.domain.models import Audience
from supportdesk.domain.queries import inbox, person, thread, versions
from supportdesk.domain.queries.attachments import erased_among
from supportdesk.domain.queries.filters import Filters
from supportdesk.domain.queries.mentions import people_for
from supportdesk.domain.queries.people_list import PeopleFilters, page_for
from supportdesk.domain.queries.sessions import viewer_for

NAME, BEFORE, EMAIL = "Quillon Ö. (Quill)", "Quincy Zobel", "quillon@secret.test"
IP, BROWSER, PASSWORD = "198.51.100.77", "SecretBrowser/7.1", "a lamp that flickers"
TRACES = ("quillon", "quincy", "zobel", "secret.test", IP, "secretbrowser")


async def keep_file(owner: Actor, name: str) -> UUID:
    file = Arrived(new_id(), name, "text/plain", 5, hashlib.sha256(name.encode()).hexdigest())
    await attachments.claim(owner, file.sha256)
    await attachments.keep(owner, file)
    return file.id


@pytest.fixture
async def quill(cast) -> Actor:
    """A buyer who was invited, has been here, and was called something else before."""
    token = await invitations.invite(cast.ada, Role.BUYER, EMAIL, BEFORE)
    id_ = await invitations.accept(token, "", BEFORE, PASSWORD)
    await sessions.open_session(id_, ip=IP, user_agent=BROWSER)
    quill = Actor(id_, Role.BUYER)
    await people.rename(quill, NAME)
    return quill


@pytest.fixture
async def lamp(cast, quill) -> UUID:
    """A ticket of theirs to sol, in which they are talked to and about."""
    new = NewTicket("A lamp", "It flickers.", seller_id=cast.sol.user_id)
    ticket = (await filing.file_ticket(quill, new)).id
    await messages.post(cast.sol, ticket, f"Hello @{NAME}, and @{NAME.upper()}!")
    said = await messages.post(cast.sol, ticket, f"Is it warm, @{NAME}?", Audience.STAFF)
    await amending.edit(cast.sol, said.id, f"(@{NAME}: is it warm?)")
    await amending.edit(cast.sol, said.id, "Never mind.")
    return ticket


@pytest.fixture
async def traces(cast, quill, lamp) -> None:
    """Whatever else a desk can know of somebody."""
    file = await keep_file(quill, "warm.txt")
    await messages.post(quill, lamp, "See the file.", files=[Sent(file, "warm.txt")])
    await keep_file(quill, f"unsent of {NAME}.txt")
    opening = await thread.opening_for(quill, lamp)
    await reactions.toggle(quill, UUID(opening.lines[-1].id), "👍")
    await drafts.keep_new_ticket(quill, description=f"I am {NAME}")
    await drafts.keep_reply(cast.sol, lamp, f"Dear @{NAME}, ")
    await views.save(quill, NAME, "")
    await notifications.choose(quill, "sound", False)
    await presence.note_seen([quill.user_id], datetime.now(UTC))
    await tickets.set_star(quill, lamp, True)
    await person_notes.add(cast.ada, quill.user_id, f"{NAME} writes often")
    await credentials.make_reset_link(cast.ada, quill.user_id)
    other = (await filing.file_ticket(cast.ben, NewTicket("A rug", "It is red."))).id
    await participants.add(cast.ada, other, quill.user_id, Audience.EVERYONE)
    await messages.post(cast.ben, other, f"Hello @{NAME}")
    await participants.remove(cast.ada, other, quill.user_id)
    await joining.ask(quill, "TC-0099", f"I am {NAME}")
    await moderation.block(cast.ada, quill.user_id)


def everywhere(ask: Any) -> dict[str, list[str]]:
    """Each column that holds text of any sort, with those of its values that tell who it was."""
    columns = ask(
        "SELECT table_name, column_name FROM information_schema.columns JOIN pg_class"
        " ON relname = table_name AND relkind = 'r' WHERE table_schema = 'public'"
        " AND data_type IN ('text', 'jsonb', 'tsvector', 'ARRAY')"
    )
    found = {}
    for table, column in columns:
        query = sql.SQL("SELECT {0}::text FROM {1} WHERE lower({0}::text) ~ %s").format(
            sql.Identifier(column), sql.Identifier(table)
        )
        if rows := ask(query, "|".join(TRACES).replace(".", "[.]")):
            found[f"{table}.{column}"] = rows
    return found


# Nothing is left.


async def test_nothing_that_tells_who_it_was_is_left_anywhere(cast, quill, traces, ask):
    before = everywhere(ask)
    assert {
        "user.name", "user.email", "session.ip", "session.user_agent", "message.body",
        "message.mentions", "message.words", "message_revision.body", "event.data", "draft.body",
        "saved_view.name", "person_note.body", "invitation.email", "invitation.name",
        "attachment.name", "join_request.reason", "ticket_words.subject_and_people",
    } <= before.keys()  # fmt: skip
    await erasing.erase(cast.ada, quill.user_id, EMAIL)
    assert everywhere(ask) == {}


async def test_what_is_not_theirs_stays_as_it_was(cast, quill, traces, ask):
    mine = await thread.opening_for(cast.sol, await lamp_of(ask, quill))
    view = await views.save(cast.sol, "Mine", "")
    ask("UPDATE saved_view SET shared = true WHERE id = %s", view)
    counted = ("ticket", "message", "message_revision", "reaction", "participant", "blob")
    before = [ask(f"SELECT count(*) FROM {table}") for table in counted]
    await erasing.erase(cast.ada, quill.user_id, EMAIL)
    assert [ask(f"SELECT count(*) FROM {table}") for table in counted] == before
    assert ask("SELECT name FROM attachment") == ["warm.txt"]
    assert ask("SELECT name FROM saved_view") == ["Mine"]
    after = await thread.opening_for(cast.sol, UUID(mine.facts.id))
    assert [line.edited for line in after.lines] == [line.edited for line in mine.lines]


async def lamp_of(ask: Any, quill: Actor) -> UUID:
    found: UUID = ask("SELECT id FROM ticket WHERE buyer_id = %s", quill.user_id)[0]
    return found


def erased(whom: Actor) -> str:
    return f"Erased person {str(whom.user_id)[-4:].upper()}"


async def test_the_ticket_stays_readable_with_another_name_in_it(cast, quill, lamp, traces):
    await erasing.erase(cast.ada, quill.user_id, NAME)
    opening = await thread.opening_for(cast.sol, lamp)
    name, said = erased(quill), [line.body for line in opening.lines]
    assert {line.name for line in opening.lines} == {name, "Sol"}
    assert f"Hello @{name}, and @{name}!" in said
    assert {"It flickers.", "Never mind.", "See the file."} <= set(said)
    assert (name.lower(), str(quill.user_id)) in opening.lines[1].mentions
    assert name in [each.name for each in opening.facts.people]
    assert [file.name for line in opening.lines for file in line.files] == ["warm.txt"]
    (version, _) = await versions.versions_for(cast.sol, UUID(opening.lines[2].id))
    assert version.text == f"Is it warm, @{name}?"


async def test_two_who_were_erased_are_told_apart(cast, ticket):
    for one in (cast.bea, cast.sol):
        await erasing.erase(cast.ada, one.user_id, cast.name_of(one.user_id))
    await messages.post(cast.ada, ticket, "Well.")
    people_here = (await thread.opening_for(cast.ada, ticket)).facts.people
    assert {erased(cast.bea), erased(cast.sol)} <= {each.name for each in people_here}
    assert erased(cast.bea) != erased(cast.sol)


async def test_a_search_finds_the_ticket_by_the_name_no_more(cast, quill, lamp):
    async def found(words: str) -> int:
        return len((await inbox.page_for(cast.ada, Filters(text=words))).rows)

    assert (await found("Quillon"), await found("Erased")) == (1, 0)
    await erasing.erase(cast.ada, quill.user_id, EMAIL)
    assert (await found("Quillon"), await found("Erased")) == (0, 1)


async def test_the_log_does_not_name_an_erased_admin_either(cast, ticket, team, ask):
    await people.rename(cast.abe, NAME)
    await teams.add_member(cast.ada, team, cast.abe.user_id)
    await tickets.change(cast.ada, ticket, Changes(assignee_id=cast.abe.user_id))
    ask("DELETE FROM conversation")
    assert {"event.data"} <= everywhere(ask).keys()
    count = ask("SELECT count(*) FROM event")
    await erasing.erase(cast.ada, cast.abe.user_id, NAME)
    assert everywhere(ask) == {}
    assert ask("SELECT count(*) FROM event")[0] == count[0] + 2  # Out of the team, and erased.
    with pytest.raises(psycopg.Error, match="stays as it is"):
        ask("UPDATE event SET data = '{}'")


async def test_what_an_erased_admin_was_assigned_says_so_without_the_name(cast, ticket):
    await tickets.change(cast.ada, ticket, Changes(assignee_id=cast.abe.user_id))
    lines = (await thread.opening_for(cast.bea, ticket)).lines
    assert lines[-1].body == "set assignee to Abe"
    await erasing.erase(cast.ada, cast.abe.user_id, "abe@demo.test")
    opening = await thread.opening_for(cast.bea, ticket)
    assert opening.lines[-1].body == f"set assignee to {erased(cast.abe)}"


@pytest.mark.parametrize(
    ("name", "said", "becomes"),
    [
        ("Sol", "Ask @Sol, not @Solveig or x@Sol.test.", "Ask @{}, not @Solveig or x@Sol.test."),
        ("A.B", "@A.B is not @AxB.", "@{} is not @AxB."),
        ("Al [x] \\d (y)", "@Al [x] \\d (y)!", "@{}!"),
        ("Zoë", "@zoë and @Zo", "@{} and @Zo"),
        ("Ben", "@Ben, `@Ben`", "@{}, `@{}`"),
    ],
)
async def test_a_name_is_taken_out_where_it_is_one(cast, ticket, ask, name, said, becomes):
    ask('UPDATE "user" SET name = %s WHERE id = %s', name, cast.bea.user_id)
    await messages.post(cast.sol, ticket, said)
    await erasing.erase(cast.ada, cast.bea.user_id, name)
    lines = (await thread.opening_for(cast.sol, ticket)).lines
    assert lines[-1].body == becomes.format(*[erased(cast.bea)] * 2)


async def test_who_else_has_the_name_keeps_it(cast, ticket, ask):
    ask("UPDATE \"user\" SET name = 'Sam' WHERE id IN (%s, %s)", cast.bea.user_id, cast.abe.user_id)
    await tickets.change(cast.ada, ticket, Changes(assignee_id=cast.abe.user_id))
    await messages.post(cast.sol, ticket, "@Sam?")
    await erasing.erase(cast.ada, cast.bea.user_id, "Sam")
    line = (await thread.opening_for(cast.sol, ticket)).lines[-1]
    assert (line.body, dict(line.mentions)["sam"]) == ("@Sam?", str(cast.abe.user_id))


# Who may, and whom.


async def test_only_admins_erase_and_only_others(cast, quill, ask):
    for actor in (cast.bea, cast.sol):
        with pytest.raises(Refused, match="Only admins"):
            await erasing.erase(actor, quill.user_id, EMAIL)
    with pytest.raises(Refused, match="yourself"):
        await erasing.erase(cast.ada, cast.ada.user_id, "Ada")
    with pytest.raises(NotFound):
        await erasing.erase(cast.ada, new_id(), EMAIL)
    assert ask('SELECT count(*) FROM "user" WHERE erased_at IS NOT NULL') == [0]


@pytest.mark.parametrize("typed", ["", "Quill", "erase", "bea@demo.test", "\x00\ud800"])
async def test_something_else_typed_erases_nobody(cast, quill, ask, typed):
    with pytest.raises(Invalid, match=EMAIL) as refused:
        await erasing.erase(cast.ada, quill.user_id, typed)
    assert refused.value.field == "confirm"
    assert ask('SELECT name FROM "user" WHERE id = %s', quill.user_id) == [NAME]


@pytest.mark.parametrize("typed", [f" {EMAIL.upper()} ", NAME.lower()])
async def test_the_address_or_the_name_is_typed_as_people_type(cast, quill, ask, typed):
    await erasing.erase(cast.ada, quill.user_id, typed)
    assert ask('SELECT name FROM "user" WHERE id = %s', quill.user_id) == [erased(quill)]


async def test_the_last_admin_stays_even_for_one_who_was_locked_out_meanwhile(cast, ask):
    await people.deactivate(cast.ada, cast.abe.user_id)
    with pytest.raises(Refused, match="Only admins"):
        await erasing.erase(cast.abe, cast.ada.user_id, "Ada")
    assert ask("SELECT count(*) FROM \"user\" WHERE role = 'admin' AND active") == [1]


async def test_two_admins_who_erase_each_other_leave_one(cast, ask):
    done = await asyncio.gather(
        erasing.erase(cast.ada, cast.abe.user_id, "Abe"),
        erasing.erase(cast.abe, cast.ada.user_id, "Ada"),
        return_exceptions=True,
    )
    assert [type(each) for each in done].count(Refused) == 1, done
    assert len(ask("SELECT name FROM \"user\" WHERE role = 'admin' AND active")) == 1


async def test_two_admins_at_once_erase_once_and_the_slower_is_told(cast, quill, ask):
    done = await asyncio.gather(
        *(erasing.erase(admin, quill.user_id, EMAIL) for admin in (cast.ada, cast.abe)),
        return_exceptions=True,
    )
    assert sorted(map(str, done)) == ["None", erasing.ALREADY]
    with pytest.raises(Refused, match="already"):
        await erasing.erase(cast.ada, quill.user_id, erased(quill))
    told = "SELECT subject_id, audience, data FROM event WHERE kind = 'person_erased'"
    assert ask(told) == [(quill.user_id, "admins", {})]


# Afterwards.


async def test_they_are_signed_out_and_cannot_sign_in(cast, quill):
    opened = await sessions.open_session(quill.user_id)
    assert await sessions.sign_in(EMAIL, PASSWORD)
    await erasing.erase(cast.ada, quill.user_id, EMAIL)
    assert await viewer_for(opened.token) is None
    for address in (EMAIL, f"erased-{quill.user_id}@erased.invalid"):
        with pytest.raises(SignInFailed):
            await sessions.sign_in(address, PASSWORD)


async def test_the_address_is_free_for_a_new_account_which_has_nothing_of_the_old(
    cast, quill, lamp
):
    await erasing.erase(cast.ada, quill.user_id, EMAIL)
    again = Actor(await sessions.sign_up(EMAIL, NAME, PASSWORD), Role.BUYER)
    assert again.user_id != quill.user_id
    with pytest.raises(NotFound):
        await thread.opening_for(again, lamp)


async def test_nothing_can_be_done_to_an_erased_person(cast, quill):
    await erasing.erase(cast.ada, quill.user_id, EMAIL)
    for doing in (
        people.reactivate(cast.ada, quill.user_id),
        people.change_role(cast.ada, quill.user_id, Role.SELLER, Role.BUYER),
        credentials.make_reset_link(cast.ada, quill.user_id),
        person_notes.add(cast.ada, quill.user_id, "Who was it?"),
    ):
        with pytest.raises(Refused):
            await doing


async def test_what_a_browser_still_wanted_to_keep_is_not_kept(cast, quill, ask):
    await erasing.erase(cast.ada, quill.user_id, EMAIL)
    await presence.note_seen([quill.user_id, cast.bea.user_id], datetime.now(UTC))
    assert ask("SELECT user_id FROM last_seen") == [cast.bea.user_id]
    await asyncio.gather(
        drafts.keep_new_ticket(quill, description=f"Still {NAME}"),
        notifications.choose(quill, "sound", False),
        views.save(quill, NAME, ""),
        sessions.open_session(quill.user_id, ip=IP),
        keep_file(quill, f"{NAME}.txt"),
        return_exceptions=True,
    )
    assert everywhere(ask) == {}
    assert ask("SELECT count(*) FROM notification_preference") == [0]


async def test_who_writes_at_that_moment_leaves_nothing_behind_and_stops_nobody(
    cast, quill, lamp, ask
):
    done = await asyncio.gather(
        erasing.erase(cast.ada, quill.user_id, EMAIL),
        *(drafts.keep_reply(quill, lamp, f"I, {NAME}, {n}") for n in range(5)),
        *(messages.post(cast.sol, lamp, f"Number {n}") for n in range(5)),
        return_exceptions=True,
    )
    assert [each for each in (done[0], *done[6:]) if isinstance(each, Exception)] == []
    assert ask("SELECT count(*) FROM draft") == [0]


def until_somebody_waits(ask: Any) -> None:
    while ask("SELECT count(*) FROM pg_locks WHERE NOT granted") == [0]:
        pass


@pytest.fixture
def patient(database) -> Iterator[None]:
    """Whoever waits looks later whether it is in vain, and only once: both have to wait by then."""
    with psycopg.connect(database.owner_url, autocommit=True) as owner:
        try:
            owner.execute("ALTER SYSTEM SET deadlock_timeout = '5s'")
            owner.execute("SELECT pg_reload_conf()")
            yield
        finally:
            owner.execute("ALTER SYSTEM RESET deadlock_timeout")
            owner.execute("SELECT pg_reload_conf()")


@pytest.mark.usefixtures("patient")
async def test_who_meets_it_the_other_way_about_goes_first_and_it_is_done_all_the_same(
    cast, quill, lamp, database, ask
):
    """Each holds what the other waits for, which the database ends for one of them."""
    async with await psycopg.AsyncConnection.connect(database.owner_url) as other:
        await other.execute("SET deadlock_timeout = '10min'")
        await other.execute("SELECT FROM message WHERE conversation_id = %s FOR UPDATE", [lamp])
        erasing_now = asyncio.create_task(erasing.erase(cast.ada, quill.user_id, EMAIL))
        await asyncio.to_thread(until_somebody_waits, ask)
        await other.execute('SELECT FROM "user" WHERE id = %s FOR KEY SHARE', [quill.user_id])
    await erasing_now
    assert ask('SELECT name FROM "user" WHERE id = %s', quill.user_id) == [erased(quill)]


async def test_the_page_of_an_erased_person_says_when_and_tells_no_address(cast, quill):
    await erasing.erase(cast.ada, quill.user_id, EMAIL)
    page = await person.person_for(cast.ada, quill.user_id)
    assert (page.name, page.email, page.active) == (erased(quill), "", False)
    assert page.erased_at
    rows = (await page_for(cast.ada, PeopleFilters(tuple(Role)))).people
    assert [(row.name, row.email) for row in rows if row.erased] == [(erased(quill), "")]


async def test_nobody_can_call_an_erased_person(cast, quill, lamp):
    assert str(quill.user_id) in [each.id for each in await people_for(cast.sol, lamp)]
    await erasing.erase(cast.ada, quill.user_id, EMAIL)
    assert str(quill.user_id) not in [each.id for each in await people_for(cast.sol, lamp)]


async def test_what_was_begun_to_upload_is_known_to_be_of_nobody(cast, quill):
    assert await erased_among([quill.user_id, cast.bea.user_id]) == set()
    await erasing.erase(cast.ada, quill.user_id, EMAIL)
    both = [quill.user_id, cast.bea.user_id]
    assert await erased_among(both) == {quill.user_id}


async def test_nobody_but_the_desk_itself_rewords_what_others_said(cast, ticket, database):
    with psycopg.connect(database.owner_url) as connection, pytest.raises(psycopg.Error):
        connection.execute("UPDATE message SET body = 'Never said'")
