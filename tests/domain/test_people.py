"""What admins do to people's accounts: roles, access, sessions, notes; and one's own name."""

from __future__ import annotations

import asyncio

import psycopg
import pytest

from supportdesk.domain.actor import Actor, Role
from supportdesk.domain.changes import Changes
from supportdesk.domain.commands import (
    filing,
    joining,
    messages,
    people,
    person_notes,
    sessions,
    tickets,
)
from supportdesk.domain.commands.filing import NewTicket
from supportdesk.domain.errors import Changed, Invalid, NotFound, Refused
from supportdesk.domain.ids import new_id
from supportdesk.domain.lifecycle import Status
from supportdesk.domain.models import Audience, Priority
from supportdesk.domain.queries import person, thread
from supportdesk.domain.queries.audit import page_for as log_for
from supportdesk.domain.queries.audit_asked import Asked
from supportdesk.domain.queries.people import names_for
from supportdesk.domain.queries.people_list import DEACTIVATED, PeopleFilters, page_for
from supportdesk.domain.queries.person import in_words, person_for
from supportdesk.domain.queries.sessions import viewer_for
from supportdesk.domain.user_agents import in_words as browser_in_words

EVERYBODY = PeopleFilters(tuple(Role))


def become(actor: Actor, role: Role) -> Actor:
    return Actor(actor.user_id, role)


# Roles.


async def test_a_new_role_ends_the_sessions_and_is_told_with_before_and_after(cast, ask):
    opened = await sessions.open_session(cast.max.user_id)
    await people.change_role(cast.ada, cast.max.user_id, Role.SELLER, Role.BUYER)
    assert ask('SELECT role FROM "user" WHERE id = %s', cast.max.user_id) == ["seller"]
    assert await viewer_for(opened.token) is None
    told = "SELECT actor_id, subject_id, audience, data FROM event WHERE kind = %s"
    assert ask(told, "person_role_changed") == [
        (
            cast.ada.user_id,
            cast.max.user_id,
            "admins",
            {"from": {"role": "buyer"}, "to": {"role": "seller"}},
        )
    ]


async def test_the_role_that_somebody_has_is_given_without_a_trace(cast, ask):
    await people.change_role(cast.ada, cast.max.user_id, Role.BUYER, Role.BUYER)
    assert ask("SELECT count(*) FROM event") == [0]


async def test_who_was_slower_is_told_what_the_person_is_now(cast):
    await people.change_role(cast.ada, cast.max.user_id, Role.ADMIN, Role.BUYER)
    with pytest.raises(Changed, match="Max has just been made an admin"):
        await people.change_role(cast.abe, cast.max.user_id, Role.SELLER, Role.BUYER)


@pytest.mark.parametrize("who", ["bea", "sol"])
async def test_an_unfinished_ticket_holds_its_buyer_and_its_seller(cast, ticket, who):
    actor = getattr(cast, who)
    with pytest.raises(Refused, match="unfinished tickets"):
        await people.change_role(cast.ada, actor.user_id, Role.ADMIN, actor.role)
    await tickets.close(cast.ada, ticket)
    await people.change_role(cast.ada, actor.user_id, Role.ADMIN, actor.role)


async def test_an_unfinished_ticket_holds_the_admin_whom_it_is_assigned_to(cast, ticket, ask):
    ask("UPDATE ticket SET assignee_id = %s", cast.abe.user_id)
    with pytest.raises(Refused, match="unfinished tickets"):
        await people.change_role(cast.ada, cast.abe.user_id, Role.SELLER, Role.ADMIN)


async def test_a_ticket_that_is_filed_in_the_same_moment_finds_its_seller_or_is_refused(cast, ask):
    for _ in range(8):
        new = NewTicket("Lamp", "Help.", seller_id=cast.sol.user_id)
        became, filed = await asyncio.gather(
            people.change_role(cast.ada, cast.sol.user_id, Role.BUYER, Role.SELLER),
            filing.file_ticket(cast.bea, new),
            return_exceptions=True,
        )
        assert isinstance(became, Exception) != isinstance(filed, Exception), (became, filed)
        ask("UPDATE ticket SET status = 'closed'")
        ask("""UPDATE "user" SET role = 'seller' WHERE id = %s""", cast.sol.user_id)


async def test_what_an_admin_took_part_in_is_not_seen_in_another_role(cast, ticket):
    await messages.post(cast.abe, ticket, "From an admin.")
    await people.change_role(cast.ada, cast.abe.user_id, Role.SELLER, Role.ADMIN)
    with pytest.raises(NotFound):
        await thread.opening_for(become(cast.abe, Role.SELLER), ticket)


@pytest.mark.parametrize("reader", ["bea", "sol"])
async def test_those_who_are_still_there_go_on_knowing_the_name(cast, ticket, reader):
    await messages.post(cast.abe, ticket, "From an admin.")
    await people.change_role(cast.ada, cast.abe.user_id, Role.BUYER, Role.ADMIN)
    opening = await thread.opening_for(getattr(cast, reader), ticket)
    assert [line.name for line in opening.lines][-1] == "Abe"
    assert "Abe" not in [each.name for each in opening.facts.people]


async def test_a_note_for_the_staff_gives_no_name_to_the_buyer(cast, ticket, ask):
    await messages.post(cast.abe, ticket, "Among us.", Audience.STAFF)
    await people.change_role(cast.ada, cast.abe.user_id, Role.BUYER, Role.ADMIN)
    known = await people_known_to(cast.bea, cast.abe)
    assert (known, await people_known_to(cast.sol, cast.abe)) == ({}, {cast.abe.user_id: "Abe"})


async def people_known_to(actor, other):
    return await names_for(actor, [other.user_id])


async def test_with_the_former_role_the_finished_tickets_come_back(cast, ticket):
    await messages.mark_read(cast.sol, ticket, 1)
    await tickets.close(cast.ada, ticket)
    await people.change_role(cast.ada, cast.sol.user_id, Role.BUYER, Role.SELLER)
    with pytest.raises(NotFound):
        await thread.opening_for(become(cast.sol, Role.BUYER), ticket)
    await people.change_role(cast.ada, cast.sol.user_id, Role.SELLER, Role.BUYER)
    assert (await thread.opening_for(cast.sol, ticket)).facts.number
    assert (await thread.own_marks_for(cast.sol, ticket)).read_to >= 1


async def test_who_is_no_admin_any_more_is_in_no_team(cast, ask, team):
    ask("INSERT INTO team_member (team_id, user_id) VALUES (%s, %s)", team, cast.abe.user_id)
    await people.change_role(cast.ada, cast.abe.user_id, Role.SELLER, Role.ADMIN)
    assert ask("SELECT count(*) FROM team_member") == [0]
    assert ask("SELECT subject_id FROM event WHERE kind = 'team_changed'") == [team]


# The last admin.


async def test_nobody_changes_or_deactivates_themselves(cast, ask):
    with pytest.raises(Refused, match="your own role"):
        await people.change_role(cast.ada, cast.ada.user_id, Role.BUYER, Role.ADMIN)
    with pytest.raises(Refused, match="yourself"):
        await people.deactivate(cast.ada, cast.ada.user_id)
    assert ask("SELECT count(*) FROM event") == [0]


async def test_the_last_active_admin_stays_even_for_one_who_was_locked_out_meanwhile(cast, ask):
    await people.deactivate(cast.ada, cast.abe.user_id)
    with pytest.raises(Refused, match="last active admin"):
        await people.deactivate(cast.abe, cast.ada.user_id)
    with pytest.raises(Refused, match="last active admin"):
        await people.change_role(cast.abe, cast.ada.user_id, Role.BUYER, Role.ADMIN)
    assert ask("""SELECT name FROM "user" WHERE role = 'admin' AND active""") == ["Ada"]


def deposing(cast, by, whom, how):
    by, whom = getattr(cast, by), getattr(cast, whom).user_id
    if how == "deactivate":
        return people.deactivate(by, whom)
    return people.change_role(by, whom, Role.BUYER, Role.ADMIN)


@pytest.mark.parametrize("how", [("demote", "demote"), ("deactivate", "demote")])
async def test_of_two_admins_who_depose_each_other_at_once_one_stays(cast, ask, how):
    for _ in range(5):
        results = await asyncio.gather(
            deposing(cast, "ada", "abe", how[0]),
            deposing(cast, "abe", "ada", how[1]),
            return_exceptions=True,
        )
        assert sorted(type(result).__name__ for result in results) == ["NoneType", "Refused"]
        left = ask("""SELECT id FROM "user" WHERE role = 'admin' AND active""")
        assert len(left) == 1
        ask("""UPDATE "user" SET role = 'admin', active = true WHERE name IN ('Ada', 'Abe')""")


def test_the_owner_of_the_database_cannot_take_the_last_admin_away_either(cast, ask):
    with pytest.raises(psycopg.errors.CheckViolation):
        ask("""UPDATE "user" SET active = false WHERE role = 'admin'""")
    assert ask("""SELECT count(*) FROM "user" WHERE role = 'admin' AND active""") == [2]


# Sessions.


async def test_one_session_ends_and_the_others_go_on(cast, ask):
    first, second = [await sessions.open_session(cast.bea.user_id) for _ in range(2)]
    ended = (await viewer_for(first.token)).session_id
    await people.end_session(cast.ada, ended)
    assert await viewer_for(first.token) is None
    assert await viewer_for(second.token) is not None
    told = "SELECT subject_id, data FROM event WHERE kind = 'session_ended'"
    assert ask(told) == [(ended, {"person": str(cast.bea.user_id)})]
    with pytest.raises(NotFound):
        await people.end_session(cast.ada, ended)


async def test_all_sessions_end_at_once_and_those_of_others_go_on(cast, ask):
    mine = [await sessions.open_session(cast.bea.user_id) for _ in range(3)]
    others = await sessions.open_session(cast.ben.user_id)
    await people.end_sessions(cast.ada, cast.bea.user_id)
    assert [await viewer_for(each.token) for each in mine] == [None] * 3
    assert await viewer_for(others.token) is not None
    assert ask("SELECT data FROM event WHERE kind = 'sessions_ended'") == [{"sessions": 3}]


# Who may.


@pytest.mark.parametrize("who", ["bea", "sol"])
async def test_nobody_but_an_admin_does_any_of_it(cast, ask, who):
    actor, other = getattr(cast, who), cast.max.user_id
    opened = await sessions.open_session(other)
    session = (await viewer_for(opened.token)).session_id
    note = await person_notes.add(cast.ada, other, "Pays late.")
    before = ask("SELECT count(*) FROM event")
    for deed in (
        people.deactivate(actor, other),
        people.reactivate(actor, other),
        people.change_role(actor, other, Role.ADMIN, Role.BUYER),
        people.end_session(actor, session),
        people.end_sessions(actor, other),
        person_notes.add(actor, other, "Mine"),
        person_notes.remove(actor, note),
        person_for(actor, other),
        page_for(actor, EVERYBODY),
    ):
        with pytest.raises(Refused, match="Only admins"):
            await deed
    assert ask("SELECT count(*) FROM event") == before
    assert await viewer_for(opened.token) is not None


async def test_who_does_not_exist_is_not_found(cast):
    for deed in (
        people.change_role(cast.ada, new_id(), Role.ADMIN, Role.BUYER),
        people.deactivate(cast.ada, new_id()),
        people.end_sessions(cast.ada, new_id()),
        person_notes.add(cast.ada, new_id(), "Nobody"),
        person_notes.remove(cast.ada, new_id()),
        person_for(cast.ada, new_id()),
    ):
        with pytest.raises(NotFound):
            await deed


# One's own name.


@pytest.mark.parametrize("who", ["bea", "sol", "ada"])
async def test_everybody_calls_themselves_as_they_like(cast, ask, who):
    actor = getattr(cast, who)
    await people.rename(actor, "  Somebody \n Else ")
    assert ask('SELECT name FROM "user" WHERE id = %s', actor.user_id) == ["Somebody Else"]
    told = "SELECT kind, actor_id, subject_id, audience, data FROM event"
    data = {"from": who.capitalize(), "to": "Somebody Else"}
    assert ask(told) == [("person_renamed", actor.user_id, actor.user_id, "admins", data)]


async def test_a_name_that_is_none_or_too_long_is_told_so(cast):
    for name in (" ", "x" * 81):
        with pytest.raises(Invalid) as refused:
            await people.rename(cast.bea, name)
        assert refused.value.field == "name"


async def test_after_ten_names_in_an_hour_it_is_enough(cast, ask):
    for number in range(10):
        await people.rename(cast.bea, f"Bea {number}")
    await people.rename(cast.bea, "Bea 9")  # As before: nothing changes.
    with pytest.raises(Refused, match="often enough"):
        await people.rename(cast.bea, "Bea 10")
    await people.rename(cast.ben, "Benjamin")
    assert ask('SELECT name FROM "user" WHERE id = %s', cast.bea.user_id) == ["Bea 9"]


# The list.


async def names(cast, **filters) -> list[str]:
    page = await page_for(cast.ada, PeopleFilters(tuple(Role), **filters))
    return [row.name for row in page.people]


async def test_people_are_found_by_name_by_address_and_by_id(cast):
    assert await names(cast) == ["Abe", "Ada", "Bea", "Ben", "Max", "Sia", "Sol"]
    assert await names(cast, typed="BE") == ["Abe", "Bea", "Ben"]
    assert await names(cast, typed="sol@demo") == ["Sol"]
    assert await names(cast, typed=str(cast.max.user_id)) == ["Max"]
    assert await names(cast, typed="%") == []


async def test_the_list_is_of_its_tab_of_one_role_or_of_who_is_deactivated(cast):
    await people.deactivate(cast.ada, cast.ben.user_id)
    assert await names(cast, role=Role.SELLER) == ["Sia", "Sol"]
    assert await names(cast, standing=DEACTIVATED) == ["Ben"]
    sellers = await page_for(cast.ada, PeopleFilters((Role.SELLER,), role=Role.ADMIN))
    assert [row.name for row in sellers.people] == ["Sia", "Sol"]


async def test_pages_follow_each_other_by_name_and_namesakes_stand_in_both(cast, ask):
    ask("""UPDATE "user" SET name = 'Twin' WHERE role = 'buyer'""")
    found, after = [], None
    while True:
        page = await page_for(cast.ada, EVERYBODY, limit=2, after=after)
        found += [row.id for row in page.people]
        after = page.people[-1]
        if not page.more:
            break
    assert len(found) == len(set(found)) == 7


async def test_a_row_counts_the_unfinished_tickets_that_need_the_person(cast, ticket):
    rows = {row.name: row.tickets for row in (await page_for(cast.ada, EVERYBODY)).people}
    assert (rows["Bea"], rows["Sol"], rows["Ben"]) == (1, 1, 0)
    await tickets.close(cast.ada, ticket)
    rows = {row.name: row.tickets for row in (await page_for(cast.ada, EVERYBODY)).people}
    assert (rows["Bea"], rows["Sol"]) == (0, 0)


# The page of one person.


async def test_the_page_tells_what_there_is_of_a_person(cast, ticket):
    await messages.post(cast.sol, ticket, "I look into it.")
    opened = await sessions.open_session(
        cast.sol.user_id, ip="192.0.2.7", user_agent="Mozilla/5.0 (X11; Linux) Firefox/140.0"
    )
    here = (await viewer_for(opened.token)).session_id
    await person_notes.add(cast.ada, cast.sol.user_id, "Answers fast.")
    page = await person_for(cast.ada, cast.sol.user_id, here)
    assert (page.name, page.email, page.role) == ("Sol", "sol@demo.test", "seller")
    assert (page.unfinished, page.total, page.first_response) == (1, 1, "under a minute")
    assert [(t.subject, t.status) for t in page.tickets] == [("A lamp that flickers", "open")]
    assert [(s.browser, s.ip, s.here) for s in page.sessions] == [
        ("Firefox on Linux", "192.0.2.7", True)
    ]
    assert [(n.body, n.author) for n in page.notes] == [("Answers fast.", "Ada")]
    number = page.tickets[0].number
    assert [(d.who, d.words, d.number, d.rest) for d in page.deeds] == [
        ("Ada", "wrote a note about Sol", "", ""),
        ("Sol", "signed in", "", ""),
        ("Sol", "wrote a message in ", number, ""),
    ]


async def test_the_page_tells_of_what_somebody_did_as_the_log_does(cast, ticket):
    await messages.post(cast.sol, ticket, "I look into it.")
    await tickets.change(cast.sol, ticket, Changes(priority=Priority.URGENT))
    await joining.ask(cast.sol, "TC-4711", "It is mine.")
    theirs = (await person_for(cast.ada, cast.sol.user_id)).deeds
    log = (await log_for(cast.ada, Asked(person=str(cast.sol.user_id)), "UTC")).entries
    assert len(log) >= 3
    assert [(d.id, d.who, d.words + d.number + d.rest) for d in theirs] == [
        (line.id, line.who, line.sentence) for line in log
    ]


async def test_figures_are_of_the_role_that_somebody_has(cast, ticket):
    for number in range(3):
        await filing.file_ticket(cast.ben, NewTicket(f"Number {number}", "Help."))
    for name, total in (("ben", 3), ("bea", 1), ("sol", 1), ("abe", 0)):
        page = await person_for(cast.ada, getattr(cast, name).user_id)
        assert (page.unfinished, page.total, len(page.tickets)) == (total,) * 3, name


async def test_a_note_comes_and_goes_and_the_log_never_says_what_it_said(cast, ask):
    note = await person_notes.add(cast.ada, cast.bea.user_id, "Her dog is ill.")
    await person_notes.remove(cast.abe, note)
    assert (await person_for(cast.ada, cast.bea.user_id)).notes == ()
    assert ask("SELECT kind FROM event ORDER BY id") == [
        "person_note_added",
        "person_note_deleted",
    ]
    assert "dog" not in str(ask("SELECT event::text FROM event"))
    for body in (" ", "x" * 10_001):
        with pytest.raises(Invalid) as refused:
            await person_notes.add(cast.ada, cast.bea.user_id, body)
        assert refused.value.field == "note"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, ""), (0, "under a minute"), (90, "2 min"), (3600, "1 h"), (3720, "1 h 2 min"),
        (86_400, "1 d"), (90_000, "1 d 1 h"), (86_460, "1 d 1 min"),
    ],
)  # fmt: skip
def test_a_time_span_is_told_in_its_two_largest_units(seconds, words):
    assert in_words(seconds) == words


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537.36", "Chrome on Android"),
        ("Mozilla/5.0 (iPhone; CPU like Mac OS X) Version/18 Safari/604.1", "Safari on iPhone"),
        ("curl/8", "Unknown browser"),
        ("", "Unknown browser"),
    ],
)
def test_a_browser_is_told_as_people_call_it(agent, words):
    assert browser_in_words(agent) == words


async def test_only_so_much_is_read_of_a_person(cast, ticket, monkeypatch):
    assert person.DEEDS <= 50
    for number in range(person.DEEDS + 5):
        await messages.post(cast.bea, ticket, f"Line {number}")
    assert len((await person_for(cast.ada, cast.bea.user_id)).deeds) == person.DEEDS


async def test_a_ticket_goes_on_whose_buyer_has_another_role_now(cast, ticket, ask):
    await tickets.close(cast.ada, ticket)
    await people.change_role(cast.ada, cast.bea.user_id, Role.SELLER, Role.BUYER)
    await tickets.set_status(cast.ada, ticket, Status.OPEN)
    await messages.post(cast.sol, ticket, "Is anybody there?")
    assert (await thread.opening_for(cast.sol, ticket)).facts.status == "open"
    assert ask("SELECT count(*) FROM notification WHERE user_id = %s", cast.bea.user_id) == [0]
