"""The details panel in real browsers: who may edit what, at once, live, and never unseen."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import psycopg
import pytest
from playwright.async_api import expect

from supportdesk.domain.ids import new_id
from tests.e2e.conftest import Browsers
from tests.support.desk import Desk
from tests.support.screen import SIGN_IN, Screen
from tests.support.seed import (
    ADMIN,
    BUYER,
    SELLER,
    AskedField,
    Person,
    Seed,
    SeededTicket,
)
from tests.support.slow_line import SlowLine


@dataclass
class Table:
    """One ticket, and those who know of it."""

    ticket: SeededTicket
    bea: Person
    sol: Person
    ada: Person
    abe: Person


@pytest.fixture
def table(seed: Seed) -> Table:
    bea, sol = seed.person(BUYER, "Bettina"), seed.person(SELLER, "Solveig")
    ada, abe = seed.person(ADMIN, "Adele"), seed.person(ADMIN, "Abelard")
    return Table(seed.ticket(bea, sol, subject="A lamp"), bea, sol, ada, abe)


@pytest.fixture
async def open_(browsers: Browsers, table: Table) -> AsyncIterator[object]:
    async def open_(person: Person) -> Screen:
        screen = await browsers.open(person, person.page(table.ticket))
        await screen.ready(table.ticket.number)
        return screen

    yield open_


async def editable(screen: Screen) -> set[str]:
    """The names of the comboboxes and text boxes in the details."""
    await expect(screen.fact("Status")).to_be_visible()
    return set(
        await screen.details.locator("select, input, textarea").evaluate_all(
            "all => all.filter(each => !each.closest('[aria-labelledby=fields-heading]'))"
            ".map(each => each.getAttribute('aria-label'))"
        )
    )


async def assign(screen: Screen, person: Person | None) -> None:
    """By the id, for other tests bring people of the same names."""
    await screen.fact("Assignee").click()
    value = str(person.id) if person else "none"
    await screen.details.locator(f'[role="option"][data-value$="{value}"]').click()


BUYERS = {"Status", "Priority"}
SELLERS = BUYERS | {"Type", "Add a tag", "Notes"}
ADMINS = SELLERS | {"Assignee", "Team", "Category", "Due date"}


async def test_each_role_edits_what_it_may_and_reads_the_rest(open_, table: Table) -> None:
    bea, sol, ada = await asyncio.gather(*(open_(p) for p in (table.bea, table.sol, table.ada)))
    assert [await editable(each) for each in (bea, sol, ada)] == [BUYERS, SELLERS, ADMINS]
    for name in ("Assignee", "Team", "Type", "Category"):
        await expect(bea.details.get_by_text(name, exact=True)).to_be_visible()
    for name in ("Assignee", "Team", "Category"):
        await expect(sol.details.get_by_text(name, exact=True)).to_be_visible()
    await expect(sol.details).to_contain_text("Customer Service")
    await expect(bea.details).to_contain_text("Nobody yet")
    for name in ("Due date", "Tags", "Notes"):
        await expect(bea.details.get_by_text(name, exact=True)).to_have_count(0)


async def test_what_an_admin_changes_shows_in_all_browsers_with_its_line(
    open_, table: Table
) -> None:
    bea, sol, ada = await asyncio.gather(*(open_(p) for p in (table.bea, table.sol, table.ada)))
    await ada.fact("Type").select_option(label="Question")
    await assign(ada, table.abe)
    for screen in (bea, sol, ada):
        await expect(screen.events).to_contain_text(
            ["Adele set type to Question", "Adele set assignee to Abelard"]
        )
    await expect(bea.details).to_contain_text("Abelard")
    await expect(sol.fact("Type")).to_have_value("question")
    await expect(ada.fact("Assignee")).to_have_value("Abelard")
    people = bea.details.get_by_role("list", name="People").get_by_role("listitem")
    await expect(people.filter(has_text="Abelard")).to_be_visible()

    await ada.page.reload()
    await expect(ada.fact("Assignee")).to_have_value("Abelard")
    await expect(ada.fact("Team").locator("option:checked")).to_have_text("Customer Service")
    await assign(ada, None)
    await expect(bea.details).to_contain_text("Nobody yet")


async def test_whom_to_assign_is_found_by_typing_and_shown_with_what_they_have_to_do(
    open_, table: Table, seed: Seed
) -> None:
    mark = new_id().hex[-6:]
    seed.person(ADMIN, f"Abelard {mark}")
    ada = await open_(table.ada)
    field = ada.fact("Assignee")
    people = ada.details.get_by_role("listbox", name="People to assign").get_by_role("option")
    await expect(people).to_have_count(0)
    await field.click()
    await expect(people.filter(has_text="Nobody yet")).to_be_visible()
    await field.press_sequentially(f"lard {mark}")
    await expect(people).to_have_text([f"Abelard {mark}0 open"])
    await ada.page.keyboard.press("Enter")
    await expect(field).to_have_value(f"Abelard {mark}")
    await expect(people).to_have_count(0)
    await field.click()
    await expect(people.filter(has_text=mark)).to_have_text(f"Abelard {mark}1 open")
    await field.press_sequentially("zzz")
    await expect(ada.details).to_contain_text("Nobody of that name can be assigned.")
    await ada.page.keyboard.press("Escape")
    await expect(field).to_have_value(f"Abelard {mark}")
    await expect(ada.events).to_have_count(1)


async def test_a_due_date_is_saved_taken_away_and_hidden_from_the_buyer(
    open_, table: Table
) -> None:
    bea, sol, ada = await asyncio.gather(*(open_(p) for p in (table.bea, table.sol, table.ada)))
    box = ada.details.get_by_role("textbox", name="Due date")
    await box.fill("2030-12-24")
    await expect(ada.events).to_contain_text(["Adele set due date to 24 December 2030"])
    await expect(sol.details).to_contain_text("24 Dec 2030")
    for due in (box, sol.details.locator("[title]", has_text="24 Dec 2030").first):
        await expect(due).to_have_attribute("title", "Tuesday 24 December 2030, 23:59")
    await box.fill("1900-01-01")
    await box.blur()
    said = ada.details.get_by_role("alert")
    await expect(said).to_have_text("Choose a date of this century.")
    await expect(box).to_have_value("2030-12-24")
    await box.fill("")
    await box.blur()
    await expect(ada.events.last).to_contain_text("Adele set due date to none")
    await expect(said).to_have_count(0)
    await expect(sol.details.get_by_text("Due date")).to_have_count(0)
    await ada.fact("Priority").select_option(label="High")
    await expect(bea.events).to_contain_text(["Adele set priority to High"])
    await expect(bea.events).to_have_count(1)


async def test_a_due_date_that_is_typed_is_saved_once_when_it_is_whole(open_, table: Table) -> None:
    ada = await open_(table.ada)
    box = ada.details.get_by_role("textbox", name="Due date")
    await box.fill("2030-12-04")
    await expect(ada.events).to_have_count(1)
    await box.focus()
    await ada.page.keyboard.type("01152031")
    await expect(box).to_have_value("2031-01-15")
    await ada.page.keyboard.press("Enter")
    await expect(ada.events.last).to_contain_text("Adele set due date to 15 January 2031")
    await expect(ada.events).to_have_count(2)
    # Half of one is none for a moment.
    await box.blur()
    await box.focus()
    await ada.page.keyboard.press("Backspace")
    await expect(box).to_have_value("")
    await ada.page.keyboard.type("02")
    await expect(box).to_have_value("2031-02-15")
    await box.blur()
    await expect(ada.events.last).to_contain_text("Adele set due date to 15 February 2031")
    await expect(ada.events).to_have_count(3)


async def test_the_staff_tags_a_ticket_by_typing_and_takes_tags_off(
    open_, table: Table, desk: Desk
) -> None:
    bea, sol, ada = await asyncio.gather(*(open_(p) for p in (table.bea, table.sol, table.ada)))
    name = f"Damaged {new_id().hex[-6:]}"
    group = sol.details.get_by_role("group", name="Tags")
    box = group.get_by_role("textbox")
    # What is too long is not cut, but told.
    await box.fill(f"{name} {'x' * 40}")
    await box.press("Enter")
    await expect(sol.details.get_by_role("alert")).to_contain_text("40")
    await expect(box).to_have_value(f"{name} {'x' * 40}")
    await box.fill(name)
    await box.press("Enter")
    await expect(box).to_have_value("")
    theirs = ada.details.get_by_role("group", name="Tags")
    await expect(theirs.get_by_text(name)).to_be_visible()

    await theirs.get_by_role("button", name=f"Remove the tag {name}").click()
    await expect(group.get_by_text(name)).to_have_count(0)
    await box.press_sequentially(name[:-2].lower())
    await group.get_by_role("button", name=name, exact=True).click()
    await expect(theirs.get_by_text(name)).to_be_visible()
    await expect(box).to_have_value("")
    await expect(ada.events).to_contain_text(
        [f"added the tag {name}", f"removed the tag {name}", f"added the tag {name}"]
    )
    assert name not in await bea.page.content()
    # It has its colour in the ticket and in the list, and says what it is for.
    with psycopg.connect(desk.owner_url) as database:
        wanted = "UPDATE tag SET hue = 9, description = 'Broken on the way' WHERE name = %s"
        database.execute(wanted, [name])
    await ada.page.reload()
    await expect(theirs.get_by_title("Broken on the way")).to_have_class(re.compile("hue-9"))
    tagged = ada.row(table.ticket.number).locator(".badge", has_text=name)
    await expect(tagged.locator(".hue-9")).to_be_visible()
    # A row has room for one name, and says how many others there are; all are read out.
    await box.fill(f"zz {name}")
    await box.press("Enter")
    row = ada.row(table.ticket.number)
    await expect(row.get_by_text("+1", exact=True)).to_be_visible()
    await expect(row).to_have_accessible_name(re.compile(f"{name}.* zz {name}"))
    await expect(tagged).to_have_count(1)


@pytest.fixture
def mark(seed: Seed) -> Iterator[str]:
    """What the names of the custom fields of feature requests end in."""
    mark = new_id().hex[-6:]
    fields = (
        AskedField(f"Shop {mark}", required=True),
        AskedField(f"Pieces {mark}", "number"),
        AskedField(f"Colour {mark}", "choice", choices=("Red", "Blue")),
        AskedField(f"Paid {mark}", "yes_no"),
        AskedField(f"Wanted {mark}", "date"),
    )
    with seed.asked_of_feature_requests(*fields):
        yield mark


async def test_custom_fields_are_those_of_the_type_filled_in_by_the_staff(
    open_, table: Table, mark: str
) -> None:
    bea, sol = await asyncio.gather(open_(table.bea), open_(table.sol))
    group = sol.details.get_by_role("group", name="Custom fields")
    await expect(group.get_by_role("textbox", name=f"Shop {mark}")).to_have_count(0)
    await sol.fact("Type").select_option(label="Feature request")
    await group.get_by_role("textbox", name=f"Shop {mark}").fill("Mill Lane")
    await group.get_by_role("textbox", name=f"Shop {mark}").press("Enter")
    colour = group.get_by_role("combobox", name=f"Colour {mark}")
    await colour.focus()
    await sol.page.keyboard.press("b")
    await expect(sol.events.last).to_contain_text(f"Colour {mark} to Blue")
    await expect(colour).to_be_focused()
    await group.get_by_role("combobox", name=f"Paid {mark}").select_option(label="Yes")
    await group.get_by_label(f"Wanted {mark}").fill("2026-12-24")
    await group.get_by_label(f"Wanted {mark}").blur()
    theirs = bea.details.get_by_role("group", name="Custom fields")
    for said in ("Mill Lane", "Blue", "Yes", "24 December 2026"):
        await expect(theirs).to_contain_text(said)
    await expect(theirs.locator("select, input")).to_have_count(0)

    await group.get_by_role("textbox", name=f"Pieces {mark}").fill("seven")
    await group.get_by_role("textbox", name=f"Pieces {mark}").press("Enter")
    await expect(sol.details.get_by_role("alert")).to_have_text(f"Pieces {mark} is a number.")
    await expect(group.get_by_role("textbox", name=f"Pieces {mark}")).to_have_value("")
    await group.get_by_role("textbox", name=f"Shop {mark}").fill("")
    await group.get_by_role("textbox", name=f"Shop {mark}").press("Enter")
    await expect(sol.details.get_by_role("alert")).to_have_text(f"Shop {mark} is required.")
    await expect(group.get_by_role("textbox", name=f"Shop {mark}")).to_have_value("Mill Lane")


async def test_a_custom_field_that_somebody_is_at_keeps_what_they_type(
    open_, table: Table, mark: str
) -> None:
    sol, ada = await asyncio.gather(open_(table.sol), open_(table.ada))
    await sol.fact("Type").select_option(label="Feature request")
    his, hers = (each.details.get_by_role("textbox", name=f"Shop {mark}") for each in (sol, ada))
    await hers.press_sequentially("The old")
    await his.fill("Mill Lane")
    await his.press("Enter")
    await expect(ada.events.last).to_contain_text(f"Shop {mark} to Mill Lane")
    await expect(hers).to_be_focused()
    # These letters would close it, and star it.
    await hers.press_sequentially(" houses")
    await expect(hers).to_have_value("The old houses")
    await hers.press("Enter")
    said = ada.details.get_by_role("alert")
    await expect(said).to_contain_text("Mill Lane")
    await expect(said).to_be_in_viewport(ratio=1)
    await expect(hers).to_have_value("Mill Lane")
    await expect(his).to_have_value("Mill Lane")
    await expect(ada.button("Close ticket")).to_be_visible()

    await hers.fill("The old houses")
    await hers.press("Enter")
    await expect(his).to_have_value("The old houses")
    await expect(said).to_have_count(0)


async def test_notes_are_kept_on_leaving_the_box_and_nobodys_are_lost(open_, table: Table) -> None:
    bea, sol, ada = await asyncio.gather(*(open_(p) for p in (table.bea, table.sol, table.ada)))
    hers, his = ada.box("Notes"), sol.box("Notes")
    # So little room that what is said of it would be out of sight above.
    await sol.alter().set_viewport_size({"width": 1440, "height": 480})
    await his.click()
    await hers.fill("Call before noon.")
    await hers.blur()
    await expect(sol.events.last).to_contain_text("Adele edited the notes")
    await his.press_sequentially("Pays in cash.")
    await his.blur()
    alert = sol.details.get_by_role("alert")
    await expect(alert).to_contain_text("Adele has just changed the notes to “Call before noon.”")
    await expect(alert).to_be_in_viewport(ratio=1)
    await expect(his).to_have_value("Pays in cash.")
    await expect(hers).to_have_value("Call before noon.")

    await his.fill("Call before noon. Pays in cash.")
    await his.blur()
    await expect(hers).to_have_value("Call before noon. Pays in cash.")
    await expect(alert).to_have_count(0)
    assert "noon" not in await bea.page.content()


# On a slow line.


@dataclass
class Pair:
    """Two admins on the ticket, one of them on a slow line."""

    ada: Screen
    abe: Screen
    line: SlowLine


@pytest.fixture
async def pair(browsers: Browsers, open_, table: Table) -> Pair:
    ada, abe = await browsers.open(table.ada), await open_(table.abe)
    line = await SlowLine.of(ada.alter())
    await ada.go(table.ada.page(table.ticket))
    await ada.ready(table.ticket.number)
    return Pair(ada, abe, line)


async def test_a_choice_shows_at_once_and_stays(pair: Pair) -> None:
    pair.line.slow = True
    await pair.ada.fact("Priority").select_option(label="Urgent")
    await expect(pair.ada.fact("Priority")).to_have_value("urgent")
    await expect(pair.abe.fact("Priority")).to_have_value("medium")
    pair.line.let_through()
    await expect(pair.abe.fact("Priority")).to_have_value("urgent")
    await expect(pair.ada.fact("Priority")).to_have_value("urgent")
    await expect(pair.ada.alert).to_have_count(0)
    await pair.abe.fact("Priority").select_option(label="Medium")
    await expect(pair.ada.fact("Priority")).to_have_value("medium")


async def test_what_a_key_does_shows_at_once_too(pair: Pair) -> None:
    pair.line.slow = True
    await pair.ada.page.keyboard.press("s")
    await expect(pair.ada.button("Star")).to_have_attribute("aria-pressed", "true")
    await pair.ada.page.keyboard.press("e")
    await expect(pair.ada.fact("Status")).to_have_value("closed")
    await expect(pair.abe.fact("Status")).to_have_value("open")
    pair.line.let_through()
    await expect(pair.abe.fact("Status")).to_have_value("closed")
    await expect(pair.ada.button("Star")).to_have_attribute("aria-pressed", "true")


async def test_of_two_who_change_the_same_the_second_is_told_and_overwrites_nothing(
    pair: Pair,
) -> None:
    pair.line.slow = True
    await pair.ada.fact("Priority").select_option(label="Low")
    await pair.abe.fact("Priority").select_option(label="Urgent")
    # What Abelard did comes over the line, but her own choice stands until it is answered.
    await expect(pair.ada.events).to_have_count(1)
    await expect(pair.ada.fact("Priority")).to_have_value("low")
    pair.line.let_through()
    await expect(pair.ada.details.get_by_role("alert")).to_contain_text(
        "Abelard has just set the priority to Urgent."
    )
    for screen in (pair.ada, pair.abe):
        await expect(screen.fact("Priority")).to_have_value("urgent")
        await expect(screen.events).to_have_count(1)


async def test_what_is_refused_goes_back_with_the_reason(
    pair: Pair, table: Table, desk: Desk
) -> None:
    pair.line.slow = True
    await assign(pair.ada, table.abe)
    with psycopg.connect(desk.owner_url) as database:
        # Past the desk, so that nothing else changes on her screen.
        database.execute('UPDATE "user" SET active = false WHERE id = %s', [table.abe.id])
    await expect(pair.ada.fact("Assignee")).to_have_value("Abelard")
    pair.line.let_through()
    await expect(pair.ada.details.get_by_role("alert")).to_contain_text("Choose again.")
    await expect(pair.ada.fact("Assignee")).to_have_value("")
    # That she leaves is the next that his screen is told, and it learns that it may see nothing.
    await pair.ada.go(table.ada.home)
    await expect(pair.abe.page).to_have_url(SIGN_IN)


async def test_a_choice_that_never_arrived_is_not_shown_for_ever(pair: Pair) -> None:
    pair.line.slow = True
    await pair.ada.fact("Priority").select_option(label="Low")
    await expect(pair.ada.fact("Priority")).to_have_value("low")
    pair.line.slow = False
    await pair.ada.page.reload()
    await expect(pair.ada.fact("Priority")).to_have_value("medium")


# Admins see each other.


async def test_two_admins_see_each_other_reading_and_replying(open_, table: Table) -> None:
    bea, ada, abe = await asyncio.gather(*(open_(p) for p in (table.bea, table.ada, table.abe)))
    others = ada.page.get_by_role("status", name="Other admins here")
    await expect(others).to_have_text(re.compile("Abelard is viewing"))
    await expect(others).not_to_contain_text("Adele")
    await abe.message_box.press_sequentially("Let me see")
    await expect(others).to_contain_text("Abelard is replying")
    await expect(others).to_contain_text("Abelard is viewing", timeout=10_000)
    people = ada.details.get_by_role("list", name="People").get_by_role("listitem")
    await expect(people.filter(has_text="Bettina")).to_contain_text("here now")
    await expect(people.filter(has_text="Solveig")).not_to_contain_text("here now")

    await abe.go(table.abe.home)
    await expect(others).to_have_text("")
    assert "Abelard" not in await bea.page.content()


async def test_a_buyer_learns_that_the_seller_is_there_and_of_no_admin(open_, table: Table) -> None:
    bea, ada = await asyncio.gather(open_(table.bea), open_(table.ada))
    await ada.send("Hello.")
    people = bea.details.get_by_role("list", name="People").get_by_role("listitem")
    await expect(people.filter(has_text="Adele")).to_be_visible()
    sol = await open_(table.sol)
    await expect(people.filter(has_text="Solveig")).to_contain_text("here now")
    await expect(people.filter(has_text="Adele")).not_to_contain_text("here now")
    await sol.go(table.sol.home)
    await expect(people.filter(has_text="Solveig")).not_to_contain_text("here now")
