"""What else a new ticket says: category, custom fields, tags; all of it or nothing of it."""

from __future__ import annotations

import dataclasses

import pytest

from supportdesk.domain.commands import categories, field_definitions, tag_settings
from supportdesk.domain.commands.field_definitions import Definition
from supportdesk.domain.commands.filing import NewTicket, file_ticket
from supportdesk.domain.errors import Invalid, SeveralInvalid
from supportdesk.domain.ids import new_id
from supportdesk.domain.models import FieldKind, TicketType

LAMP = NewTicket("A lamp that flickers", "It flickers.")


def lamp(**more) -> NewTicket:
    return dataclasses.replace(LAMP, **more)


async def field(cast, kind: FieldKind, name: str = "Order", **more):
    return await field_definitions.save(cast.ada, None, Definition(name, kind, **more))


async def test_the_category_is_the_one_chosen(cast, ask):
    category = await categories.save(cast.ada, None, "Delivery")
    await file_ticket(cast.bea, lamp(category_id=category))
    assert ask("SELECT category_id FROM ticket") == [category]


async def test_a_category_that_does_not_exist_is_refused(cast, ask):
    with pytest.raises(Invalid, match="no longer there") as refused:
        await file_ticket(cast.bea, lamp(category_id=new_id()))
    assert refused.value.field == "category"
    assert ask("SELECT count(*) FROM conversation") == [0]


@pytest.mark.parametrize(
    ("kind", "given", "stored"),
    [
        (FieldKind.TEXT, "  A 17\x00 ", "A 17"),
        (FieldKind.NUMBER, "12", 12),
        (FieldKind.NUMBER, "12,5", 12.5),
        (FieldKind.NUMBER, "-3", -3),
        (FieldKind.DATE, "2026-05-31", "2026-05-31"),
        (FieldKind.YES_NO, "yes", True),
        (FieldKind.YES_NO, "no", False),
        (FieldKind.CHOICE, "Red", "Red"),
    ],
)
async def test_a_custom_field_is_stored_as_what_it_is(cast, ask, kind, given, stored):
    choices = ("Red", "Blue") if kind is FieldKind.CHOICE else ()
    order = await field(cast, kind, choices=choices)
    await file_ticket(cast.bea, lamp(fields={order: given}))
    assert ask("SELECT field_id, value FROM ticket_field") == [(order, stored)]


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        (FieldKind.TEXT, "x" * 501),
        (FieldKind.NUMBER, "a dozen"),
        (FieldKind.NUMBER, "nan"),
        (FieldKind.NUMBER, "1e300"),
        (FieldKind.DATE, "31.5.2026"),
        (FieldKind.YES_NO, "perhaps"),
        (FieldKind.CHOICE, "Green"),
    ],
)
async def test_a_value_that_is_not_of_its_kind_is_refused_at_its_field(cast, ask, kind, given):
    choices = ("Red", "Blue") if kind is FieldKind.CHOICE else ()
    order = await field(cast, kind, choices=choices)
    with pytest.raises(Invalid, match="Order") as refused:
        await file_ticket(cast.bea, lamp(fields={order: given}))
    assert refused.value.field == f"field:{order}"
    assert ask("SELECT count(*) FROM conversation") == [0]


async def test_all_that_is_wrong_is_told_at_once(cast):
    order = await field(cast, FieldKind.TEXT, required=True)
    size = await field(cast, FieldKind.NUMBER, "Size")
    with pytest.raises(SeveralInvalid) as refused:
        await file_ticket(cast.bea, NewTicket("", " ", fields={size: "big"}))
    assert [each.field for each in refused.value.problems] == [
        "subject", "description", f"field:{order}", f"field:{size}",
    ]  # fmt: skip
    assert str(refused.value.problems[2]) == "Order is missing."


async def test_a_required_field_counts_for_its_type_and_while_it_is_active(cast, ask):
    order = await field(cast, FieldKind.TEXT, required=True, type=TicketType.PROBLEM)
    with pytest.raises(Invalid, match="Order is missing"):
        await file_ticket(cast.bea, LAMP)
    await file_ticket(cast.bea, lamp(type=TicketType.QUESTION))
    await field_definitions.set_active(cast.ada, order, False)
    await file_ticket(cast.bea, LAMP)
    assert ask("SELECT count(*) FROM ticket_field") == [0]


async def test_what_is_not_asked_of_this_type_is_left_out(cast, ask):
    order = await field(cast, FieldKind.TEXT, type=TicketType.QUESTION)
    await file_ticket(cast.bea, lamp(fields={order: "A 17", new_id(): "made up"}))
    assert ask("SELECT count(*) FROM ticket_field") == [0]


async def test_a_seller_who_files_tags_it_and_a_buyer_cannot(cast, ask):
    tag = await tag_settings.save(cast.ada, None, "payout")
    theirs = await file_ticket(cast.sol, lamp(tag_ids=(tag, tag)))
    await file_ticket(cast.bea, lamp(tag_ids=(tag,)))
    query = "SELECT ticket_id, tag_id, added_by FROM ticket_tag"
    assert ask(query) == [(theirs.id, tag, cast.sol.user_id)]


async def test_a_tag_that_does_not_exist_is_refused(cast, ask):
    with pytest.raises(Invalid, match="no longer there") as refused:
        await file_ticket(cast.sol, lamp(tag_ids=(new_id(),)))
    assert refused.value.field == "tags"
    assert ask("SELECT count(*) FROM conversation") == [0]


async def test_the_same_form_filed_twice_keeps_its_labels_once(cast, ask):
    order = await field(cast, FieldKind.TEXT)
    tag = await tag_settings.save(cast.ada, None, "payout")
    form = lamp(id=new_id(), fields={order: "A 17"}, tag_ids=(tag,))
    assert await file_ticket(cast.sol, form) == await file_ticket(cast.sol, form)
    assert ask("SELECT count(*) FROM ticket_field") == ask("SELECT count(*) FROM ticket_tag")
