"""Tags, custom fields and notes on a ticket."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest

from supportdesk.domain.commands import fields, notes, tags
from supportdesk.domain.errors import Changed, Invalid, NotFound, Refused
from supportdesk.domain.ids import new_id
from supportdesk.domain.queries import thread

EVENTS = "SELECT count(*) FROM event WHERE kind LIKE '%%s_changed'"


async def told(who, ticket) -> list[str]:
    opening = await thread.opening_for(who, ticket)
    return [f"{line.name} {line.body}" for line in opening.lines if line.kind == "event"]


async def tags_on(who, ticket) -> list[str]:
    return [tag.name for tag in (await thread.facts_for(who, ticket)).tags]


# Tags.


async def test_a_tag_is_made_by_using_it_and_is_the_same_for_all(cast, ticket, foreign_ticket, ask):
    await tags.add(cast.sol, ticket, "Refund ")
    await tags.add(cast.ada, foreign_ticket, "refund")
    assert ask("SELECT name FROM tag") == ["Refund"]
    assert await tags_on(cast.abe, foreign_ticket) == ["Refund"]


async def test_tags_are_told_to_the_staff_and_kept_from_the_buyer(cast, ticket):
    await tags.add(cast.sol, ticket, "Refund")
    await tags.add(cast.ada, ticket, "Carrier")
    facts = await thread.facts_for(cast.ada, ticket)
    await tags.remove(cast.ada, ticket, UUID(facts.tags[1].id))
    assert await told(cast.sol, ticket) == [
        "Sol added the tag Refund",
        "Ada added the tag Carrier",
        "Ada removed the tag Refund",
    ]
    assert await tags_on(cast.sol, ticket) == ["Carrier"]
    assert await told(cast.bea, ticket) == []
    assert await tags_on(cast.bea, ticket) == []


async def test_adding_or_removing_twice_is_once(cast, ticket, ask):
    for _ in range(2):
        await tags.add(cast.sol, ticket, "Refund")
    tag = ask("SELECT id FROM tag")[0]
    for _ in range(2):
        await tags.remove(cast.sol, ticket, tag)
    await tags.remove(cast.sol, ticket, new_id())
    assert ask(EVENTS) == [2]


async def test_two_make_the_same_tag_at_the_same_moment(cast, ticket, foreign_ticket, ask):
    await asyncio.gather(
        tags.add(cast.sol, ticket, "Refund"), tags.add(cast.ada, foreign_ticket, "REFUND")
    )
    assert ask("SELECT count(*) FROM tag") == [1]
    assert ask("SELECT count(*) FROM ticket_tag") == [2]


@pytest.mark.parametrize("name", ["", "   ", "x" * 41, "a,b"])
async def test_a_tag_has_a_name_of_reasonable_length(cast, ticket, name):
    with pytest.raises(Invalid):
        await tags.add(cast.sol, ticket, name)


# Custom fields.

KINDS = {
    "text": ("[]", " Blue  lamp ", "Blue lamp", "Blue lamp"),
    "number": ("[]", "12,5", 12.5, "12.5"),
    "date": ("[]", "2026-12-01", "2026-12-01", "1 December 2026"),
    "yes_no": ("[]", "yes", True, "Yes"),
    "choice": ('["Red", "Blue"]', "Red", "Red", "Red"),
}


@pytest.mark.parametrize("kind", KINDS)
async def test_a_field_of_each_kind_is_filled_in_and_emptied(cast, ticket, ask, field, kind):
    choices, typed, stored, said = KINDS[kind]
    made = field(kind, "Detail", choices)
    await fields.fill(cast.sol, ticket, made, typed)
    assert ask("SELECT value FROM ticket_field") == [stored]
    await fields.fill(cast.ada, ticket, made, "")
    assert ask("SELECT count(*) FROM ticket_field") == [0]
    assert await told(cast.bea, ticket) == [
        f"Sol set Detail to {said}",
        "Ada set Detail to none",
    ]


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        ("text", "x" * 501),
        ("number", "seven"),
        ("number", "nan"),
        ("number", "1e99"),
        ("date", "tomorrow"),
        ("yes_no", "maybe"),
        ("choice", "Green"),
    ],
)
async def test_what_a_field_does_not_hold_is_refused(cast, ticket, ask, field, kind, typed):
    made = field(kind, "Detail", KINDS[kind][0])
    with pytest.raises(Invalid):
        await fields.fill(cast.sol, ticket, made, typed)
    assert ask("SELECT count(*) FROM ticket_field") == [0]


async def test_a_required_field_is_not_emptied(cast, ticket, field):
    made = field("text", required=True)
    await fields.fill(cast.sol, ticket, made, "20311")
    with pytest.raises(Invalid, match="Order is required"):
        await fields.fill(cast.sol, ticket, made, " ")


async def test_only_the_fields_of_the_tickets_type_are_there(cast, ticket, field):
    of_all = field("text", "All")
    of_problems = field("text", "Problem", ticket_type="problem", position=1)
    of_questions = field("text", "Question", ticket_type="question")
    retired = field("text", "Retired", active=False)
    facts = await thread.facts_for(cast.bea, ticket)
    assert [each.id for each in facts.fields] == [str(of_all), str(of_problems)]
    for other in (of_questions, retired, new_id()):
        with pytest.raises(NotFound):
            await fields.fill(cast.ada, ticket, other, "x")


async def test_a_field_that_changed_meanwhile_says_who_did_it(cast, ticket, ask, field):
    made = field("text")
    await fields.fill(cast.ada, ticket, made, "1", expected="")
    with pytest.raises(Changed, match=r"^Ada has just set Order to 1"):
        await fields.fill(cast.sol, ticket, made, "2", expected="")
    assert ask("SELECT value FROM ticket_field") == ["1"]
    assert ask(EVENTS) == [1]
    await fields.fill(cast.ada, ticket, made, "3", expected="")
    assert ask("SELECT value FROM ticket_field") == ["3"]


# Notes.


async def test_notes_are_the_staffs_and_kept_from_the_buyer(cast, ticket):
    await notes.write(cast.sol, ticket, "Regular customer.", "")
    assert (await thread.facts_for(cast.ada, ticket)).note == "Regular customer."
    assert (await thread.facts_for(cast.bea, ticket)).note == ""
    assert await told(cast.abe, ticket) == ["Sol edited the notes"]
    assert await told(cast.bea, ticket) == []


async def test_what_somebody_else_wrote_meanwhile_is_not_lost(cast, ticket):
    await notes.write(cast.ada, ticket, "Ada's.", "")
    with pytest.raises(Changed, match=r"Ada has just changed the notes to “Ada's.”"):
        await notes.write(cast.sol, ticket, "Sol's.", "")
    assert (await thread.facts_for(cast.ada, ticket)).note == "Ada's."
    await notes.write(cast.sol, ticket, "Both.", "Ada's.")
    assert (await thread.facts_for(cast.ada, ticket)).note == "Both."


async def test_writing_what_stands_there_is_no_change(cast, ticket, ask):
    for _ in range(2):
        await notes.write(cast.sol, ticket, "Once.", "")
    assert ask(EVENTS) == [1]


async def test_notes_that_are_too_long_are_refused(cast, ticket):
    with pytest.raises(Invalid):
        await notes.write(cast.sol, ticket, "x" * 10_001, "")


# Who may not.


@pytest.mark.parametrize(("who", "error"), [("bea", Refused), ("sia", NotFound)])
async def test_a_buyer_and_a_stranger_change_none_of_these(cast, ticket, ask, field, who, error):
    person, made = getattr(cast, who), field("text")
    for deed in (
        tags.add(person, ticket, "Refund"),
        tags.remove(person, ticket, new_id()),
        fields.fill(person, ticket, made, "1"),
        notes.write(person, ticket, "Mine.", ""),
    ):
        with pytest.raises(error):
            await deed
    assert ask("SELECT count(*) FROM event WHERE in_thread") == [0]
    assert ask("SELECT count(*) FROM tag") == [0]
