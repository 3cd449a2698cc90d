"""Reading the log: in words, by who and what and when, page by page, however long it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg.types.json import Jsonb

from supportdesk.domain.actor import Actor, Role
from supportdesk.domain.audit import Group, Shift
from supportdesk.domain.changes import Changes
from supportdesk.domain.commands import (
    categories,
    desk_rules,
    field_definitions,
    invitations,
    joining,
    messages,
    moderation,
    participants,
    people,
    tag_settings,
    tags,
    teams,
    tickets,
)
from supportdesk.domain.commands.field_definitions import Definition
from supportdesk.domain.errors import Refused
from supportdesk.domain.ids import new_id
from supportdesk.domain.models import Audience, AutoAssign, FieldKind, Priority
from supportdesk.domain.queries import people_list
from supportdesk.domain.queries.audit import Entry, newer_than, page_for
from supportdesk.domain.queries.audit_asked import Asked, Cursor, parse, spell
from supportdesk.domain.queries.moderation import moderation_for
from supportdesk.domain.queries.people_list import PeopleFilters
from supportdesk.domain.queries.settings import settings_for
from tests.load._statements import Watch


async def log(actor: Actor, timezone: str = "UTC", **asked: Any) -> list[Entry]:
    return list((await page_for(actor, Asked(**asked), timezone)).entries)


def said(entries: list[Entry]) -> list[str]:
    return [f"{entry.who} {entry.sentence}" for entry in entries]


async def test_the_log_reads_as_people_would_say_it(cast, ticket, team):
    await tickets.set_priority(cast.ada, ticket, Priority.URGENT)
    await tickets.change(cast.abe, ticket, Changes(assignee_id=cast.ada.user_id))
    await tickets.change(cast.abe, ticket, Changes(assignee_id=cast.abe.user_id))
    await tags.add(cast.sol, ticket, "late")
    await messages.post(cast.sol, ticket, "Between us.", Audience.STAFF)
    await teams.add_member(cast.ada, team, cast.abe.user_id)
    category = await categories.save(cast.ada, None, "Shipping")
    await categories.save(cast.ada, category, "Parcels")
    await people.deactivate(cast.ada, cast.max.user_id)
    await desk_rules.choose(cast.ada, "message_max_length", "500")
    await tag_settings.delete(cast.ada, UUID(await tag_id(cast.ada)))
    assert said(await log(cast.ada)) == [
        "Ada deleted the tag “late”, which 1 ticket had",
        "Ada changed the setting “Length of a message” from the default to 500 characters",
        "Ada deactivated Max",
        "Ada renamed the category “Shipping” to “Parcels”",
        "Ada created the category “Shipping”",
        "Ada added Abe to the team “Customer Service”",
        "Sol wrote a note for the staff in TC-0001",
        "Sol added the tag “late” to TC-0001",
        "Sol created the tag “late”",
        "Abe changed assignee of TC-0001 from Ada to Abe",
        "Abe changed assignee of TC-0001 from nothing to Ada",
        "Ada changed priority of TC-0001 from Medium to Urgent",
        "Bea wrote a message in TC-0001",
        "Bea filed TC-0001",
    ]


async def tag_id(actor: Actor) -> str:
    return (await settings_for(actor)).tags[0].id


async def test_each_line_has_what_was_and_what_is(cast, ticket):
    await tickets.set_priority(cast.ada, ticket, Priority.URGENT)
    ((shift,),) = [entry.shifts for entry in (await log(cast.ada))[:1]]
    assert (shift.what, shift.before, shift.after) == ("Priority", "Medium", "Urgent")


async def test_what_was_and_is_stands_there_in_words(cast, ticket, team):
    await teams.choose_auto_assign(cast.ada, team, AutoAssign.ROUND_ROBIN)
    await tag_settings.save(cast.ada, None, "late", hue=7)
    await field_definitions.save(cast.ada, None, Definition("Size", FieldKind.YES_NO))
    await people.change_role(cast.ada, cast.max.user_id, Role.SELLER, Role.BUYER)
    await moderation.block(cast.ada, cast.max.user_id)
    await participants.add(cast.ada, ticket, cast.max.user_id, Audience.STAFF)
    for key, typed in (("sign_in_attempts_per_ip", "9 in 1 hour"), ("buyer_file_megabytes", "3")):
        await desk_rules.choose(cast.ada, key, typed)
    week = [("09:00", "17:00")] * 5 + [("", "")] * 2
    await desk_rules.set_hours(cast.ada, "Europe/Berlin", week)
    shifts = {shift for entry in await log(cast.ada) for shift in entry.shifts}
    assert shifts >= {
        Shift("Automatic assignment", "Off", "In turn"),
        Shift("Colour", "", "Blue"),
        Shift("Holds", "", "Yes or no"),
        Shift("Role", "Buyer", "Seller"),
        Shift("Rights", "May write", "May only read"),
        Shift("May read", "", "Staff"),
        Shift("Sign-in attempts from one address", "", "9 in 1 hour"),
        Shift("Size of a file, buyers", "", "3.0 MB"),
        Shift("Working hours", "", "Mon to Fri 09:00 to 17:00 · Europe/Berlin"),
    }


@pytest.fixture
async def busy(cast, ticket, foreign_ticket):
    """Something of most kinds, by several people, on two tickets."""
    await tickets.set_priority(cast.ada, ticket, Priority.URGENT)
    await tickets.set_priority(cast.abe, foreign_ticket, Priority.LOW)
    await categories.save(cast.ada, None, "Shipping to islands")
    await people.deactivate(cast.abe, cast.max.user_id)


async def test_one_asks_for_a_person_by_name_address_or_id(cast, busy):
    everything = await log(cast.ada)
    abes = [entry.id for entry in everything if entry.who == "Abe"]
    assert abes
    for person in ("Abe", "aBE", "abe@demo", str(cast.abe.user_id)):
        assert [entry.id for entry in await log(cast.ada, person=person)] == abes, person
    assert await log(cast.ada, person="nobody of this name") == []
    assert await log(cast.ada, person="%") == []
    both = await log(cast.ada, person="Abe", group=Group.PEOPLE)
    assert said(both) == ["Abe deactivated Max"]


async def test_one_asks_for_whom_something_was_done_to(cast, busy, ticket, team):
    await people.deactivate(cast.ada, cast.ben.user_id)
    for person in ("Max", "max@demo", str(cast.max.user_id)):
        found = await log(cast.ada, person=person)
        assert said(found) == ["Abe deactivated Max"], person
        assert said(await log(cast.ada, person=person, group=Group.PEOPLE)) == said(found)
        assert await log(cast.ada, person=person, group=Group.VIEWS) == []
    assert await newer_than(cast.ada, Asked(person="Max"), "UTC", None) == 1
    await tickets.change(cast.ada, ticket, Changes(assignee_id=cast.ada.user_id))
    await tickets.change(cast.ada, ticket, Changes(assignee_id=cast.abe.user_id))
    await teams.add_member(cast.ada, team, cast.abe.user_id)
    to_abe = [
        "Ada added Abe to the team “Customer Service”",
        "Ada changed assignee of TC-0001 from Ada to Abe",
    ]
    found = await log(cast.ada, person="Abe")
    assert [each for each in said(found) if each.startswith("Ada")] == to_abe
    assert [each.at for each in found] == sorted((each.at for each in found), reverse=True)
    assert len({each.id for each in found}) == len(found) > len(to_abe)
    assert said(await log(cast.ada, person="Abe", ticket=1)) == to_abe[1:]


@pytest.mark.parametrize("group", Group)
async def test_one_asks_for_a_kind(cast, busy, group):
    everything = await log(cast.ada)
    expected = [entry.id for entry in everything if entry.group == group.label]
    assert [entry.id for entry in await log(cast.ada, group=group)] == expected


async def test_one_asks_for_a_ticket_by_its_number(cast, busy):
    for asked in ({"ticket": 2}, {"words": "TC-0002"}, {"words": "tc-2"}):
        found = await log(cast.ada, **asked)
        assert {entry.number for entry in found} == {"TC-0002"}
        assert len(found) == 3
    assert await log(cast.ada, ticket=77) == []


async def test_a_tickets_lines_tell_who_asked_to_join_it(cast, busy, ticket, foreign_ticket):
    await joining.ask(cast.max, "TC-0002", "It is mine.")
    await joining.ask(cast.sol, "TC-0077", "It is mine.")
    waiting = (await moderation_for(cast.ada)).requests
    for row in waiting:
        await joining.refuse(cast.ada, UUID(row.id))
    top = Cursor(datetime.now(UTC) - timedelta(days=1), new_id())
    for number, who in ((2, "Max"), (77, "Sol")):
        tells = [
            f"Ada refused to let {who} into TC-00{number:02}",
            f"{who} asked to join TC-00{number:02}",
        ]
        found = await log(cast.ada, ticket=number)
        assert said(found)[:2] == tells
        assert len(found) == (5 if number == 2 else 2)
        assert said(await log(cast.ada, ticket=number, person=who)) == tells
        assert said(await log(cast.ada, ticket=number, words="refused")) == tells[:1]
        assert said(await log(cast.ada, ticket=number, words="refused", person=who)) == tells[:1]
        assert await log(cast.ada, ticket=number, group=Group.VIEWS) == []
        assert await newer_than(cast.ada, Asked(ticket=number), "UTC", top) == len(found)
    # Of a ticket that is gone, that it went.
    await moderation.delete_ticket(cast.ada, foreign_ticket, "TC-0002")
    assert said(await log(cast.ada, ticket=2))[0].startswith("Ada deleted TC-0002, with ")


async def test_one_searches_for_how_a_line_reads(cast, busy, ticket, team):
    await teams.add_member(cast.ada, team, cast.abe.user_id)
    await teams.remove_member(cast.ada, team, cast.abe.user_id)
    await messages.post(cast.sol, ticket, "Between us.", Audience.STAFF)
    await messages.post(cast.sol, ticket, "For all.")
    tag = await tag_settings.save(cast.ada, None, "late")
    await tag_settings.save(cast.ada, tag, "later")
    await tag_settings.save(cast.ada, tag, "later", 3)
    await desk_rules.choose(cast.ada, "message_files", "7")
    await invitations.invite(cast.ada, Role.SELLER, "ivy@new.test", "Ivy")
    listed = await people_list.page_for(cast.ada, PeopleFilters((Role.SELLER,)))
    await invitations.revoke(cast.abe, UUID(listed.invitations[0].id))
    for words, found in {
        "invited ivy as seller": ["Ada invited Ivy as seller"],
        "revoked invitation ivy": ["Abe revoked the invitation of Ivy as seller"],
        "setting 7 files": [
            "Ada changed the setting “Files in a message” from the default to 7 files"
        ],
        "deactivated": ["Abe deactivated Max"],
        "DEACTIV": ["Abe deactivated Max"],
        "Max": ["Abe deactivated Max"],
        "deactivated max": ["Abe deactivated Max"],
        "Abe deactivated Max": ["Abe deactivated Max"],
        "abe categ": [],
        "sol note": ["Sol wrote a note for the staff in TC-0001"],
        "“removed” Abe": ["Ada removed Abe from the team “Customer Service”"],
        "renamed tag": ["Ada renamed the tag “late” to “later”"],
        "wrote tc-0002": ["Ben wrote a message in TC-0002"],
        "max deactivate nothing": [],
        "deact max": [],
    }.items():
        assert said(await log(cast.ada, words=words)) == found, words
        assert await newer_than(cast.ada, Asked(words=words), "UTC", None) == len(found), words
    assert said(await log(cast.ada, words="wrote", person="Sol", group=Group.MESSAGES)) == [
        "Sol wrote a message in TC-0001",
        "Sol wrote a note for the staff in TC-0001",
    ]
    for person, found in (("Max", ["Abe deactivated Max"]), ("Ada", [])):
        assert said(await log(cast.ada, words="deactivated", person=person)) == found


async def test_a_name_is_searched_for_as_it_is_now(cast, busy):
    await people.rename(cast.sol, "Solveig Berg")
    assert await log(cast.ada, words="solveig berg renamed") == []
    assert said(await log(cast.ada, words="solveig berg")) == [
        "Solveig Berg changed their own name",
    ]


async def test_one_searches_for_words_of_what_changed(cast, busy):
    for words in ("islands", "shipping isl", "ISLANDS shipping"):
        assert said(await log(cast.ada, words=words)) == [
            "Ada created the category “Shipping to islands”"
        ]
    for words in ("islands moon", "~d1", "' | ''", "\x00\\"):
        assert await log(cast.ada, words=words) in ([], await log(cast.ada)), words
    assert said(await log(cast.ada, words="urgent", person="Ada")) == [
        "Ada changed priority of TC-0001 from Medium to Urgent"
    ]
    assert await log(cast.ada, words="urgent", person="Abe") == []


def plant(database, *moments: datetime, kind: str = "category_created", **data: Any) -> None:
    with psycopg.connect(database.owner_url) as connection:
        for moment in moments:
            connection.execute(
                "INSERT INTO event (id, kind, audience, data, created_at)"
                " VALUES (%s, %s, 'admins', %s, %s)",
                [new_id(), kind, Jsonb({"name": f"{moment:%d %B %Y %H:%M}", **data}), moment],
            )


async def test_days_are_those_of_the_reader(cast, database):
    plant(database, *(datetime(2026, 3, 28, hour, 30, tzinfo=UTC) for hour in (3, 22, 23)))
    plant(database, datetime(2026, 3, 29, 21, 59, tzinfo=UTC))
    plant(database, datetime(2026, 3, 29, 22, 0, tzinfo=UTC))
    day = {"since": date(2026, 3, 29), "until": date(2026, 3, 29)}
    # In Berlin that day begins an hour before UTC's and, with summer time, ends two hours before.
    times = [f"{entry.at:%d %H:%M}" for entry in await log(cast.ada, "Europe/Berlin", **day)]
    assert times == ["29 21:59", "28 23:30"]
    assert len(await log(cast.ada, "Europe/Berlin", since=date(2026, 3, 29))) == 3
    assert len(await log(cast.ada, "Europe/Berlin", until=date(2026, 3, 28))) == 2
    assert await log(cast.ada, "UTC", since=date(2026, 3, 30), until=date(2026, 3, 1)) == []


@pytest.mark.parametrize(
    "asked",
    [
        Asked(),
        Asked(group=Group.SETTINGS),
        Asked(words="lamp"),
        Asked(words="lamp", group=Group.SETTINGS, since=date(2020, 1, 2)),
    ],
)
async def test_pages_follow_each_other_without_a_gap_or_a_repeat(cast, database, asked):
    begin = datetime.now(UTC)
    # Over all spans of a search, and several in one moment.
    moments = [begin - timedelta(days=back) for back in (0, 0, 0, 1, 3, 5, 9, 40, 90, 400, 1500)]
    plant(database, *moments, shape="lamp")
    seen: list[Entry] = []
    after: Cursor | None = None
    while True:
        page = await page_for(cast.ada, asked, "UTC", after, most=2)
        seen += page.entries
        after = page.after
        if after is None:
            break
    assert [entry.at for entry in seen] == sorted(moments, reverse=True)
    assert len({entry.id for entry in seen}) == len(moments)


async def test_one_is_told_how_much_is_new_among_what_one_asks_for(cast, busy):
    top = (await log(cast.ada))[0]
    cursor = Cursor(top.at, UUID(top.id))
    await categories.save(cast.ada, None, "Returns")
    await categories.save(cast.abe, None, "Refunds")
    assert await newer_than(cast.ada, Asked(), "UTC", cursor) == 2
    assert await newer_than(cast.ada, Asked(person="Abe"), "UTC", cursor) == 1
    assert await newer_than(cast.ada, Asked(group=Group.TICKETS), "UTC", cursor) == 0
    assert await newer_than(cast.ada, Asked(words="returns"), "UTC", cursor) == 1
    assert await newer_than(cast.sol, Asked(), "UTC", cursor) == 0


@pytest.mark.parametrize("who", ["bea", "sol"])
async def test_the_log_is_for_admins(cast, busy, who):
    assert await log(cast.ada)
    with pytest.raises(Refused):
        await log(getattr(cast, who))


def test_what_is_asked_for_stands_in_the_address():
    asked = Asked("Ada", Group.TICKETS, 12, date(2026, 1, 2), date(2026, 3, 4), "two words")
    assert spell(asked) == (
        "q=two+words&person=Ada&kind=tickets&ticket=TC-0012&from=2026-01-02&to=2026-03-04"
    )
    assert parse({"q": " two  words", "person": "Ada", "kind": "tickets", "ticket": "12",
                  "from": "2026-01-02", "to": "2026-03-04"}) == asked  # fmt: skip
    odd = {"kind": "x", "ticket": "'; --", "from": "2026-99-99", "to": "0000", "q": "\x00"}
    assert parse(odd) == Asked()


async def test_what_nobody_has_thought_of_reads_well_too(cast, database):
    plant(database, datetime.now(UTC), kind="lamp_replaced", bulbs=3)
    (entry,) = await log(cast.ada)
    assert entry.sentence.startswith("lamp replaced: ")


# However long the log is.

LONG = """
INSERT INTO event (id, kind, actor_id, audience, data, created_at)
SELECT gen_random_uuid(),
       (ARRAY['message_posted', 'ticket_changed', 'reaction_changed', 'category_created'])
           [CASE WHEN n % 2000 = 0 THEN 4 ELSE 1 + n % 3 END],
       (SELECT id FROM "user" WHERE email = 'bea@demo.test'), 'everyone',
       CASE WHEN n % 3 = 1 THEN jsonb_build_object('name', 'word' || n % 500) ELSE '{}' END,
       now() - n * interval '1 minute'
FROM generate_series(1, 30000) n
"""
WALKS = {
    "everything": (Asked(), "event_created_at_idx"),
    "a rare kind": (Asked(group=Group.SETTINGS), "event_kind_idx"),
    "a person": (Asked(person="bea@demo.test"), "event_actor_id_idx"),
    "a person and a kind": (
        Asked(person="bea@demo.test", group=Group.MESSAGES),
        "event_actor_id_idx",
    ),
    "days": (Asked(until=date(2026, 1, 1)), "event_created_at_idx"),
    "a word": (Asked(words="word77"), "event_words_idx"),
    "whom it was done to": (Asked(person="sol@demo.test"), "event_words_idx"),
    "a number": (Asked(ticket=4711), "event_words_idx"),
    "what was done": (Asked(words="created"), "event_words_idx"),
    "who did what": (Asked(words="Bea created"), "event_words_idx"),
    "who did what they never did": (Asked(words="Ada wrote"), "event_words_idx"),
}


async def test_a_page_is_a_walk_over_an_index(cast, database):
    with psycopg.connect(database.owner_url, autocommit=True) as connection:
        connection.execute(LONG)
        connection.execute("VACUUM ANALYZE event")
    for what, (asked, index) in WALKS.items():
        with Watch() as watch:
            await page_for(cast.ada, asked, "UTC")
            await newer_than(cast.ada, asked, "UTC", None)
            nodes = [node for top in await watch.plans(cast.ada) for node in with_all_below(top)]
        of_log = [node for node in nodes if node.get("Relation Name") == "event"]
        assert index in {node.get("Index Name") for node in nodes}, what
        assert all(node["Node Type"] != "Seq Scan" for node in of_log), what
        read = [node["Actual Rows"] * node["Actual Loops"] for node in of_log]
        assert max(read) < 1000, (what, nodes)


def with_all_below(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("Plans", []):
        yield from with_all_below(child)
