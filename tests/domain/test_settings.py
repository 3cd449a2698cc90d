"""What admins manage: templates, custom fields, tags, categories, teams, shared replies."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from supportdesk.domain.commands import (
    categories,
    field_definitions,
    replies,
    tag_settings,
    teams,
    templates,
)
from supportdesk.domain.commands.field_definitions import Definition
from supportdesk.domain.commands.templates import Template
from supportdesk.domain.errors import Changed, Invalid, NotFound, Refused
from supportdesk.domain.ids import new_id
from supportdesk.domain.models import AutoAssign, FieldKind, TicketType
from supportdesk.domain.queries.settings import settings_for

# Each sort of thing by its verb: `save(actor, id, name)`.
Save = Callable[..., Awaitable[Any]]


def _template(actor, id_, name, **more):
    template = Template(name, TicketType.PROBLEM, "Late", "Hello {seller}")
    return templates.save(actor, id_, template, **more)


def _field(actor, id_, name, **more):
    return field_definitions.save(actor, id_, Definition(name, FieldKind.TEXT), **more)


def _reply(actor, id_, name, **more):
    return replies.save(actor, id_, name, "Thank you, {buyer}.", shared=True, **more)


SAVES: dict[str, Save] = {
    "template": _template,
    "field": _field,
    "reply": _reply,
    "tag": tag_settings.save,
    "category": categories.save,
}
every = pytest.mark.parametrize("sort", SAVES)


async def rows(cast, sort: str) -> list[Any]:
    found = await settings_for(cast.ada)
    return getattr(found, {"category": "categories", "reply": "replies"}.get(sort, f"{sort}s"))


async def names(cast, sort: str) -> list[str]:
    return [row.name for row in await rows(cast, sort)]


@every
async def test_an_admin_adds_and_renames_it_and_the_log_tells(cast, ask, sort):
    made = await SAVES[sort](cast.ada, None, "  First\n name ")
    assert await names(cast, sort) == ["First name"]
    await SAVES[sort](cast.abe, made, "Second")
    assert await names(cast, sort) == ["Second"]
    logged = ask("SELECT kind, actor_id, subject_id, audience, data->>'name' FROM event")
    assert logged == [
        (f"{sort}_created", cast.ada.user_id, made, "admins", "First name"),
        (f"{sort}_changed", cast.abe.user_id, made, "admins", "Second"),
    ]


@every
async def test_who_is_slower_is_told_what_it_is_now_and_overwrites_nothing(cast, ask, sort):
    made = await SAVES[sort](cast.ada, None, "First")
    seen = json.loads((await rows(cast, sort))[0].was)
    await SAVES[sort](cast.abe, made, "Second", expected=seen)
    with pytest.raises(Changed, match=r"^Another admin .* Name is now “Second”"):
        await SAVES[sort](cast.ada, made, "Third", expected=seen)
    assert await names(cast, sort) == ["Second"]
    # The same by two is no quarrel, and who has left the name alone leaves the new one.
    await SAVES[sort](cast.ada, made, "Second", expected=seen)
    await SAVES[sort](cast.ada, made, "First", expected=seen)
    assert await names(cast, sort) == ["Second"]
    assert ask("SELECT count(*) FROM event") == [2]


async def test_two_who_change_different_parts_of_it_both_have_their_way(cast):
    made = await tag_settings.save(cast.ada, None, "Fragile", 3, "Handle with care")
    seen = json.loads((await rows(cast, "tag"))[0].was)
    await tag_settings.save(cast.abe, made, "Fragile", 9, "Handle with care", seen)
    await tag_settings.save(cast.ada, made, "Brittle", 3, "Handle with care", seen)
    (tag,) = await rows(cast, "tag")
    assert (tag.name, tag.hue, tag.description) == ("Brittle", 9, "Handle with care")
    with pytest.raises(Changed, match="Colour is now “Violet” and Name is now “Brittle”"):
        await tag_settings.save(cast.abe, made, "Delicate", 1, "Handle with care", seen)


async def test_of_two_who_save_in_the_same_moment_one_is_told(cast):
    made = await tag_settings.save(cast.ada, None, "Fragile")
    seen = json.loads((await rows(cast, "tag"))[0].was)
    done = await asyncio.gather(
        *(tag_settings.save(cast.ada, made, f"Tag {n}", expected=seen) for n in range(6)),
        return_exceptions=True,
    )
    assert [each for each in done if not isinstance(each, Changed)] == [made]


@every
@pytest.mark.parametrize("who", ["bea", "sol"])
async def test_nobody_else_may(cast, ask, sort, who):
    made = await SAVES[sort](cast.ada, None, "Mine")
    for id_ in (None, made):
        with pytest.raises(Refused):
            await SAVES[sort](getattr(cast, who), id_, "Theirs")
    assert await names(cast, sort) == ["Mine"]
    assert ask("SELECT count(*) FROM event") == [1]


@every
async def test_a_name_is_needed_and_is_nobody_elses(cast, ask, sort):
    await SAVES[sort](cast.ada, None, "Delivery")
    other = await SAVES[sort](cast.ada, None, "Other")
    for id_, name, reason in (
        (None, " ", "The name is missing"),
        (None, "x" * 61, "is the most"),
        (None, "DELIVERY", "of this name already"),
        (other, "delivery", "of this name already"),
    ):
        with pytest.raises(Invalid, match=reason) as refused:
            await SAVES[sort](cast.ada, id_, name)
        assert refused.value.field == "name"
    assert sorted(await names(cast, sort)) == ["Delivery", "Other"]
    assert ask("SELECT count(*) FROM event") == [2]


@every
async def test_what_does_not_exist_is_not_found(cast, sort):
    with pytest.raises(NotFound, match=f"This {sort} does not exist"):
        await SAVES[sort](cast.ada, new_id(), "Delivery")


async def test_saving_what_is_there_already_tells_of_nothing(cast, ask):
    made = await categories.save(cast.ada, None, "Delivery")
    await categories.save(cast.ada, made, "Delivery")
    assert ask("SELECT kind FROM event") == ["category_created"]


@pytest.mark.parametrize("who", ["bea", "sol"])
async def test_only_admins_read_it_all(cast, who):
    with pytest.raises(Refused):
        await settings_for(getattr(cast, who))


# What each sort has of its own.


async def test_a_template_is_retired_and_comes_back(cast, ask):
    made = await SAVES["template"](cast.ada, None, "Late")
    for active in (False, True):
        await templates.set_active(cast.ada, made, active)
        assert ask("SELECT active FROM ticket_template") == [active]
    with pytest.raises(Refused):
        await templates.set_active(cast.sol, made, False)


async def test_a_template_that_is_too_long_says_where(cast):
    for subject, body, where in (("x" * 201, "", "subject"), ("", "x" * 10_001, "body")):
        with pytest.raises(Invalid, match="is the most") as refused:
            await templates.save(
                cast.ada, None, Template("Late", TicketType.PROBLEM, subject, body)
            )
        assert refused.value.field == where


async def test_a_field_of_choices_has_some_and_each_once(cast, ask):
    with pytest.raises(Invalid, match="one on a line") as refused:
        await field_definitions.save(
            cast.ada, None, Definition("Size", FieldKind.CHOICE, choices=(" ", ""))
        )
    assert refused.value.field == "choices"
    sizes = Definition("Size", FieldKind.CHOICE, choices=("S", " M ", "S", ""))
    await field_definitions.save(cast.ada, None, sizes)
    assert ask("SELECT choices FROM field_definition") == [["S", "M"]]


async def test_what_a_field_holds_stays_as_it_is(cast):
    made = await SAVES["field"](cast.ada, None, "Order")
    with pytest.raises(Invalid, match="cannot be changed") as refused:
        await field_definitions.save(cast.ada, made, Definition("Order", FieldKind.NUMBER))
    assert refused.value.field == "kind"


async def test_fields_stand_in_the_order_that_admins_give_them(cast):
    made = [await SAVES["field"](cast.ada, None, name) for name in ("A", "B", "C")]
    await field_definitions.move(cast.ada, made[2], up=True)
    assert await names(cast, "field") == ["A", "C", "B"]
    await field_definitions.move(cast.ada, made[0], up=False)
    assert await names(cast, "field") == ["C", "A", "B"]
    await field_definitions.move(cast.ada, made[2], up=True)  # Already the first.
    assert await names(cast, "field") == ["C", "A", "B"]
    with pytest.raises(Refused):
        await field_definitions.move(cast.sol, made[0], up=True)


async def test_a_tag_has_one_of_the_colours(cast, ask):
    await tag_settings.save(cast.ada, None, "vip", 11, "Answer first")
    assert ask("SELECT hue, description, created_by FROM tag") == [
        (11, "Answer first", cast.ada.user_id)
    ]
    with pytest.raises(Invalid) as refused:
        await tag_settings.save(cast.ada, None, "big", 12)
    assert refused.value.field == "hue"


async def test_a_team_assigns_by_itself_as_admins_say(cast, ask):
    team = ask("SELECT id FROM team")[0]
    try:
        await teams.choose_auto_assign(cast.ada, team, AutoAssign.LEAST_OPEN)
        assert ask("SELECT auto_assign FROM team") == ["least_open"]
        assert ask("SELECT kind, subject_id, data FROM event") == [
            (
                "team_changed",
                team,
                {
                    "name": "Customer Service",
                    "from": {"auto_assign": "off"},
                    "to": {"auto_assign": "least_open"},
                },
            )
        ]
        with pytest.raises(Refused):
            await teams.choose_auto_assign(cast.sol, team, AutoAssign.OFF)
    finally:
        ask("UPDATE team SET auto_assign = 'off'")
