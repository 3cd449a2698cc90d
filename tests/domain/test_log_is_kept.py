"""The log is never changed: every command tells of itself, and nothing can be untold."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Awaitable, Callable
from dataclasses import fields as dataclass_fields
from dataclasses import replace
from typing import Any
from uuid import UUID

import psycopg
import pytest

import supportdesk.domain.commands
from supportdesk.demo.load import PASSWORD
from supportdesk.domain.actor import Actor, Role
from supportdesk.domain.changes import Changes
from supportdesk.domain.commands import (
    amending,
    bulk,
    categories,
    credentials,
    desk_rules,
    erasing,
    exports,
    field_definitions,
    fields,
    filing,
    invitations,
    joining,
    messages,
    moderation,
    notes,
    notifications,
    participants,
    people,
    person_notes,
    reactions,
    replies,
    sessions,
    tag_settings,
    tags,
    teams,
    templates,
    tickets,
    views,
)
from supportdesk.domain.commands.field_definitions import Definition
from supportdesk.domain.commands.filing import NewTicket
from supportdesk.domain.commands.templates import Template
from supportdesk.domain.errors import DomainError
from supportdesk.domain.lifecycle import Status
from supportdesk.domain.models import Audience, AutoAssign, FieldKind, Priority, TicketType
from supportdesk.domain.queries.audit import page_for
from supportdesk.domain.queries.audit_asked import Asked
from supportdesk.domain.queries.sessions import viewer_for
from tests.support.cast import Cast

GOOD = "a lamp that flickers"
FROM: Any = {"ip": "203.0.113.7", "user_agent": "Mozilla/5.0 (X11; Linux) Firefox/140.0"}
# A ticket stands in a line by its id, not by its number.
_FIGURES = re.compile(r"TC-[0-9]+")
NINE_TO_FIVE = [("09:00", "17:00")] * 7

# What no log needs to tell: that somebody has read, marked or half written something is their own
# business and changes nothing for anybody else; what is done with files is told by the message that
# brings them; and the rest says so by itself or is a step of another command.
NOT_TOLD = {
    "attachments.check_room_for", "attachments.claim", "attachments.keep", "attachments.give_to",
    "attachments.discard", "attachments.drop_unsent", "attachments.unheld", "attachments.drop",
    "amending.text_of",
    "drafts.keep_reply", "drafts.keep_new_ticket", "drafts.discard_new_ticket",
    "drafts.forget_new_ticket",
    "messages.mark_read", "messages.mark_unread", "messages.note_read",
    "notifications.mark_all_read", "notifications.forget_seen",
    "presence.announce_typing", "presence.tell_processes", "presence.note_seen",
    "reports.seal", "setup.issue_link", "setup.link_works",
    "tickets.set_star", "tickets.note_admin",
    "credentials.address_of", "invitations.find",
}  # fmt: skip
# Steps that the commands share, inside a transaction that is already open.
SHARED = {
    "messages.post_within", "people.tell_of_preference", "people.held", "people.leave_teams",
    "settings.change_within", "settings.tell", "settings.save", "settings.change",
    "several.current", "several.write",
    "several.tag", "tags.tag_within", "tickets.write", "tickets.label", "amending.delete_within",
    "participants.let_in",
}  # fmt: skip


def commands() -> set[str]:
    """Every public coroutine of the commands, as `module.name`."""
    package = supportdesk.domain.commands
    found = set()
    for module in pkgutil.iter_modules(package.__path__):
        code = importlib.import_module(f"{package.__name__}.{module.name}")
        found |= {
            f"{module.name}.{name}"
            for name, each in inspect.getmembers(code, inspect.iscoroutinefunction)
            if not name.startswith("_") and each.__module__ == code.__name__
        }
    return found


class Deeds:
    """What there is to do something with."""

    def __init__(self, cast: Cast, ticket: UUID, ask: Callable[..., list[Any]]) -> None:
        self.cast, self.ticket, self.ask = cast, ticket, ask

    async def prepare(self) -> None:
        self.cast = replace(
            self.cast, **{each.name: await self._here(each.name) for each in dataclass_fields(Cast)}
        )
        self.ada, self.abe, self.bea, self.sol = (
            self.cast.ada, self.cast.abe, self.cast.bea, self.cast.sol,
        )  # fmt: skip
        ada, sol = self.cast.ada, self.cast.sol
        self.said = (await messages.post(sol, self.ticket, "It is the blub.")).id
        self.field = await field_definitions.save(ada, None, Definition("Order", FieldKind.TEXT))
        await field_definitions.save(ada, None, Definition("Size", FieldKind.TEXT))
        self.template = await templates.save(ada, None, Template("Late", TicketType.PROBLEM))
        self.reply = await replies.save(ada, None, "Hello", "Hello.", shared=True)
        self.team = await teams.save(ada, None, "Nights")
        await teams.add_member(ada, self.team, self.cast.abe.user_id)
        self.tag = await tag_settings.save(ada, None, "late")
        self.other = await tag_settings.save(ada, None, "delay")
        await tags.add(sol, self.ticket, "slow")
        self.slow = self.ask("SELECT id FROM tag WHERE name = 'slow'")[0]
        self.view = await views.save(ada, "Mine", "status=open")
        self.session = await sessions.open_session(self.cast.bea.user_id, **FROM)
        await people.deactivate(ada, self.cast.max.user_id)
        self.bens = await sessions.open_session(self.cast.ben.user_id, **FROM)
        found = await viewer_for(self.bens.token)
        assert found is not None
        self.bens_session = found.session_id
        self.invited = await invitations.invite(ada, Role.SELLER)
        self.invitation = self.ask("SELECT id FROM invitation")[0]
        self.reset_link = await credentials.make_reset_link(ada, self.cast.sia.user_id)
        self.note = await person_notes.add(ada, self.bea.user_id, "A regular.")
        self.done = (await self._bulk()).done
        await self._moderate()

    async def _here(self, name: str) -> Actor:
        """The one of that name, at a browser."""
        actor: Actor = getattr(self.cast, name)
        opened = await sessions.open_session(actor.user_id, **FROM)
        found = await viewer_for(opened.token)
        assert found is not None
        return found.actor

    async def _moderate(self) -> None:
        """sia takes part as a guest and is blocked; ben asks to; bea complains."""
        sia = self.cast.sia.user_id
        await participants.add(self.ada, self.ticket, sia, Audience.EVERYONE)
        await moderation.block(self.ada, sia)
        await joining.ask(self.cast.ben, "TC-0001", "Please.")
        await moderation.report(self.bea, self.said, "It hurts.")
        self.request = self.ask("SELECT id FROM join_request")[0]
        self.report = self.ask("SELECT id FROM abuse_report")[0]

    def _bulk(self) -> Awaitable[Any]:
        change = bulk.Change(bulk.Field.PRIORITY, Priority.HIGH)
        return bulk.apply(self.cast.ada, [self.ticket], change)

    async def again_in_bulk(self) -> None:
        await bulk.undo(self.cast.ada, self.done)
        await self._bulk()

    async def fail(self) -> None:
        with pytest.raises(DomainError):
            await sessions.sign_in("bea@demo.test", "wrong", **FROM)

    async def reopen(self) -> None:
        await tickets.close(self.cast.ada, self.ticket)
        await tickets.reopen(self.cast.ada, self.ticket)


# Each command, done so that something changes.
DEEDS: dict[str, Callable[[Deeds], Awaitable[Any]]] = {
    "amending.edit": lambda d: amending.edit(d.sol, d.said, "It is the bulb."),
    "amending.delete": lambda d: amending.delete(d.sol, d.said),
    "bulk.apply": Deeds.again_in_bulk,
    "bulk.undo": lambda d: bulk.undo(d.ada, d.done),
    "categories.save": lambda d: categories.save(d.ada, None, "Shipping"),
    "desk_rules.choose": lambda d: desk_rules.choose(d.ada, "welcome", "Hello."),
    "desk_rules.set_hours": lambda d: desk_rules.set_hours(d.ada, "UTC", NINE_TO_FIVE),
    "credentials.make_reset_link": lambda d: credentials.make_reset_link(d.ada, d.bea.user_id),
    "credentials.withdraw_reset_link": lambda d: credentials.withdraw_reset_link(
        d.ada, d.cast.sia.user_id
    ),
    "credentials.reset": lambda d: credentials.reset(d.reset_link, GOOD, **FROM),
    "credentials.change": lambda d: credentials.change(
        d.bens.token, "ben@demo.test", PASSWORD, GOOD
    ),
    "invitations.invite": lambda d: invitations.invite(d.ada, Role.BUYER),
    "invitations.revoke": lambda d: invitations.revoke(d.ada, d.invitation),
    "invitations.accept": lambda d: invitations.accept(
        d.invited, "n@demo.test", "Nora", GOOD, **FROM
    ),
    "person_notes.add": lambda d: person_notes.add(d.ada, d.bea.user_id, "Another."),
    "person_notes.remove": lambda d: person_notes.remove(d.ada, d.note),
    "people.change_role": lambda d: people.change_role(
        d.ada, d.cast.abe.user_id, Role.SELLER, Role.ADMIN
    ),
    "people.end_session": lambda d: people.end_session(d.ada, d.bens_session),
    "people.end_sessions": lambda d: people.end_sessions(d.ada, d.bea.user_id),
    "people.rename": lambda d: people.rename(d.bea, "Beatrice"),
    "erasing.erase": lambda d: erasing.erase(d.ada, d.bea.user_id, "Bea"),
    "exports.note_person": lambda d: exports.note_person(d.ada, d.bea.user_id),
    "exports.note_log": lambda d: exports.note_log(d.ada, "csv", "kind=people", 3),
    "field_definitions.save": lambda d: field_definitions.save(
        d.ada, d.field, Definition("Order number", FieldKind.TEXT)
    ),
    "field_definitions.set_active": lambda d: field_definitions.set_active(d.ada, d.field, False),
    "field_definitions.move": lambda d: field_definitions.move(d.ada, d.field, up=False),
    "fields.fill": lambda d: fields.fill(d.sol, d.ticket, d.field, "20311"),
    "filing.file_ticket": lambda d: filing.file_ticket(d.bea, NewTicket("Lamp", "Help.")),
    "joining.ask": lambda d: joining.ask(d.cast.ben, "TC-0900", "Please."),
    "joining.accept": lambda d: joining.accept(d.ada, d.request, Audience.EVERYONE),
    "joining.refuse": lambda d: joining.refuse(d.ada, d.request, "No."),
    "participants.add": lambda d: participants.add(
        d.ada, d.ticket, d.cast.ben.user_id, Audience.EVERYONE
    ),
    "participants.set_reads": lambda d: participants.set_reads(
        d.ada, d.ticket, d.cast.sia.user_id, Audience.STAFF
    ),
    "participants.remove": lambda d: participants.remove(d.ada, d.ticket, d.cast.sia.user_id),
    "moderation.block": lambda d: moderation.block(d.ada, d.bea.user_id),
    "moderation.unblock": lambda d: moderation.unblock(d.ada, d.cast.sia.user_id),
    "moderation.report": lambda d: moderation.report(d.cast.abe, d.said, "It hurts."),
    "moderation.dismiss": lambda d: moderation.dismiss(d.ada, d.report),
    "moderation.delete_reported": lambda d: moderation.delete_reported(d.ada, d.report),
    "moderation.block_reported": lambda d: moderation.block_reported(d.ada, d.report),
    "moderation.delete_chat": lambda d: moderation.delete_chat(d.ada, d.ticket, "TC-0001"),
    "moderation.delete_ticket": lambda d: moderation.delete_ticket(d.ada, d.ticket, "TC-0001"),
    "messages.post": lambda d: messages.post(d.sol, d.ticket, "Hello."),
    "notes.write": lambda d: notes.write(d.ada, d.ticket, "Careful.", ""),
    "notifications.choose": lambda d: notifications.choose(d.bea, "sound", False),
    "people.deactivate": lambda d: people.deactivate(d.ada, d.bea.user_id),
    "people.reactivate": lambda d: people.reactivate(d.ada, d.cast.max.user_id),
    "reactions.toggle": lambda d: reactions.toggle(d.bea, d.said, "👍"),
    "replies.save": lambda d: replies.save(d.ada, d.reply, "Hello", "Hi.", shared=True),
    "replies.remove": lambda d: replies.remove(d.ada, d.reply),
    "sessions.sign_in": Deeds.fail,
    "sessions.open_session": lambda d: sessions.open_session(d.bea.user_id, **FROM),
    "sessions.sign_up": lambda d: sessions.sign_up("new@demo.test", "Nora", GOOD, **FROM),
    "sessions.sign_out": lambda d: sessions.sign_out(d.session.token),
    "tag_settings.save": lambda d: tag_settings.save(d.ada, d.tag, "later"),
    "tag_settings.merge": lambda d: tag_settings.merge(d.ada, d.tag, d.other),
    "tag_settings.delete": lambda d: tag_settings.delete(d.ada, d.tag),
    "tags.add": lambda d: tags.add(d.sol, d.ticket, "late"),
    "tags.remove": lambda d: tags.remove(d.sol, d.ticket, d.slow),
    "teams.save": lambda d: teams.save(d.ada, d.team, "Late shift"),
    "teams.delete": lambda d: teams.delete(d.ada, d.team),
    "teams.add_member": lambda d: teams.add_member(d.ada, d.team, d.ada.user_id),
    "teams.remove_member": lambda d: teams.remove_member(d.ada, d.team, d.abe.user_id),
    "teams.set_lead": lambda d: teams.set_lead(d.ada, d.team, d.abe.user_id, True),
    "teams.choose_auto_assign": lambda d: teams.choose_auto_assign(
        d.ada, d.team, AutoAssign.LEAST_OPEN
    ),
    "templates.save": lambda d: templates.save(
        d.ada, d.template, Template("Very late", TicketType.PROBLEM)
    ),
    "templates.set_active": lambda d: templates.set_active(d.ada, d.template, False),
    "tickets.change": lambda d: tickets.change(d.ada, d.ticket, Changes(team_id=d.team)),
    "tickets.set_status": lambda d: tickets.set_status(d.sol, d.ticket, Status.IN_PROGRESS),
    "tickets.close": lambda d: tickets.close(d.ada, d.ticket),
    "tickets.reopen": Deeds.reopen,
    "tickets.set_priority": lambda d: tickets.set_priority(d.ada, d.ticket, Priority.URGENT),
    "views.save": lambda d: views.save(d.ada, "Another", "status=open"),
    "views.rename": lambda d: views.rename(d.ada, d.view, "Still mine"),
    "views.share": lambda d: views.share(d.ada, d.view, True),
    "views.delete": lambda d: views.delete(d.ada, d.view),
}


def test_every_command_is_expected_to_tell_or_not_to():
    by_itself = {"setup.create_first_admin"}  # On an empty desk; see `test_events`.
    assert commands() == {*DEEDS, *NOT_TOLD, *SHARED, *by_itself}


@pytest.mark.parametrize("deed", DEEDS)
async def test_every_command_leaves_a_line_that_says_who_what_from_where_and_what_was(
    cast, ticket, ask, deed
):
    deeds = Deeds(cast, ticket, ask)
    await deeds.prepare()
    before = {each.id for each in (await page_for(cast.ada, Asked(), "UTC", most=500)).entries}
    await DEEDS[deed](deeds)
    page = await page_for(cast.ada, Asked(), "UTC", most=500)
    told = [each for each in page.entries if each.id not in before]
    assert told
    for each in told:
        assert each.who and each.sentence, each
        assert each.where == "Firefox on Linux · 203.0.113.7", each
        assert "_" not in each.sentence and "None" not in each.sentence, each.sentence
        # As it reads, it is found.
        words = f"{each.who} {_FIGURES.sub('', each.sentence)}"
        found = await page_for(cast.ada, Asked(words=words), "UTC", most=500)
        assert each.id in {line.id for line in found.entries}, words
    bare = {
        "filing.file_ticket", "messages.post", "reactions.toggle", "amending.delete",
        "sessions.sign_in", "sessions.open_session", "sessions.sign_up", "sessions.sign_out",
        "exports.note_log", "exports.note_person", "erasing.erase",
        "credentials.make_reset_link", "credentials.withdraw_reset_link",
        "credentials.reset", "credentials.change", "invitations.invite", "invitations.revoke",
        "invitations.accept", "person_notes.add", "person_notes.remove", "people.end_session",
        "people.end_sessions", "joining.ask", "joining.refuse", "moderation.report",
        "moderation.delete_chat", "moderation.delete_ticket",
    }  # fmt: skip
    if deed not in bare:
        assert any(each.shifts for each in told), told


# Nothing is untold.

UNTELL = (
    "UPDATE event SET kind = 'message_posted'",
    "UPDATE event SET data = '{}' WHERE false",
    "DELETE FROM event",
    "DELETE FROM event WHERE false",
    "TRUNCATE event",
    "TRUNCATE event CASCADE",
)
ROLES = ("app", "nobody", "buyer", "seller", "admin", "system")


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("statement", UNTELL)
async def test_no_role_can_change_or_delete_what_the_log_says(
    cast, ticket, database, role, statement
):
    with psycopg.connect(database.owner_url) as connection:
        connection.execute("SELECT set_config('supportdesk.user_id', %s, false)",
                           [str(cast.ada.user_id)])  # fmt: skip
        connection.execute(f"SET ROLE supportdesk_{role}")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(statement)


@pytest.mark.parametrize("statement", UNTELL)
async def test_the_owner_of_the_database_cannot_either(cast, ticket, database, statement):
    with (
        psycopg.connect(database.owner_url) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege, match="stays as it is"),
    ):
        connection.execute(statement)


async def test_what_happened_in_a_conversation_outlives_it(cast, ticket, ask):
    before = ask("SELECT count(*) FROM event")
    ask("DELETE FROM conversation")
    assert ask("SELECT count(*) FROM ticket") == [0]
    assert ask("SELECT count(*) FROM event") == before != [0]


async def test_a_line_says_from_where_it_came(cast, ask):
    session = await sessions.open_session(
        cast.ada.user_id, ip="203.0.113.7", user_agent="Mozilla/5.0 (X11; Linux) Firefox/140.0"
    )
    (session_id,) = ask("SELECT id FROM session")
    ada = Actor(cast.ada.user_id, Role.ADMIN, session_id)
    await categories.save(ada, None, "Shipping")
    await categories.save(cast.abe, None, "Parcels")
    await sessions.sign_out(session.token)
    await sessions.sign_up("n@demo.test", "Nora", GOOD, ip="203.0.113.8", user_agent="curl/8")
    found = await page_for(cast.abe, Asked(), "UTC")
    assert [(each.kind, each.where) for each in found.entries] == [
        ("signed_up", "Unknown browser · 203.0.113.8"),
        ("signed_out", "Firefox on Linux · 203.0.113.7"),
        ("category_created", ""),
        ("category_created", "Firefox on Linux · 203.0.113.7"),
        ("signed_in", "Firefox on Linux · 203.0.113.7"),
    ]


async def test_a_failed_sign_in_is_told_without_what_was_typed(cast, ask):
    for address in ("bea@demo.test", "my-password-is-lamp"):
        with pytest.raises(DomainError):
            await sessions.sign_in(address, "lamp-lamp", ip="203.0.113.7")
    assert not any("lamp" in row for row in ask("SELECT event::text FROM event"))
    found = await page_for(cast.ada, Asked(), "UTC")
    assert [each.sentence for each in found.entries] == [
        "failed to sign in as nobody known here",
        "failed to sign in as Bea",
    ]
    assert {each.where for each in found.entries} == {"203.0.113.7"}


# What is taken back is gone from the log, too.


async def test_the_log_shows_an_edit_until_the_message_is_deleted(cast, ticket):
    said = await messages.post(cast.sol, ticket, "one blub")
    await amending.edit(cast.sol, said.id, "two blubs")
    await amending.edit(cast.sol, said.id, "three bulbs")

    async def texts() -> list[tuple[str, str]]:
        found = await page_for(cast.ada, Asked(), "UTC")
        edits = [each for each in found.entries if each.kind == "message_edited"]
        return [(shift.before, shift.after) for each in edits for shift in each.shifts]

    assert await texts() == [("two blubs", "three bulbs"), ("one blub", "two blubs")]
    await amending.delete(cast.sol, said.id)
    assert await texts() == []
    (deleted,) = [
        each
        for each in (await page_for(cast.ada, Asked(), "UTC")).entries
        if each.kind == "message_deleted"
    ]
    assert deleted.sentence == "deleted a message of Sol (of 11 characters) in TC-0001"


async def test_the_log_shows_what_notes_said_until_they_are_taken_away(cast, ticket, ask):
    for before, after in (("", "first"), ("first", "second"), ("second", "third")):
        await notes.write(cast.ada, ticket, after, before)

    async def texts() -> list[tuple[str, str]]:
        found = await page_for(cast.ada, Asked(), "UTC")
        told = [each for each in found.entries if each.kind == "notes_changed"]
        shifts = [shift for each in told for shift in each.shifts if shift.what == "Text"]
        return [(shift.before, shift.after) for shift in shifts]

    assert await texts() == [("second", "third"), ("first", "second"), ("", "first")]
    await notes.write(cast.sol, ticket, "", "third")
    assert await texts() == []
    told = ask("SELECT data FROM event WHERE kind = 'notes_changed' ORDER BY id DESC LIMIT 1")
    assert told == [{"characters": {"from": 5, "to": 0}}]
    assert ask("SELECT count(*) FROM note_revision") == [0]
    await notes.write(cast.ada, ticket, "anew", "")
    assert await texts() == [("", "anew")]
