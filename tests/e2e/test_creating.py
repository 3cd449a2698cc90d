"""Creating: what the new-ticket form asks and offers, canned replies, and drafts that wait."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from uuid import UUID

import aiohttp
import pytest
from playwright.async_api import Locator, expect

from supportdesk import routes
from supportdesk.demo.load import PASSWORD
from supportdesk.domain.ids import new_id
from tests.e2e.conftest import Browsers, member
from tests.e2e.test_access import NARROW, WIDE, sound
from tests.support.desk import Desk
from tests.support.raw_browser import SETTINGS, RawBrowser
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


def dialog_of(screen: Screen) -> Locator:
    return screen.page.get_by_role("dialog", name="New ticket")


def box(dialog: Locator, name: str) -> Locator:
    return dialog.get_by_role("textbox", name=name, exact=True)


def pick(dialog: Locator, name: str) -> Locator:
    return dialog.get_by_role("combobox", name=name, exact=True)


async def begin(screen: Screen) -> Locator:
    await screen.button("New ticket").click()
    dialog = dialog_of(screen)
    await expect(pick(dialog, "Category")).to_be_visible()
    return dialog


async def create(dialog: Locator) -> None:
    await dialog.get_by_role("button", name="Create ticket").click()


@pytest.fixture(scope="module")
def offer(desk: Desk, seed: Seed) -> Iterator[dict[str, UUID]]:
    """What admins have set: a category, fields of feature requests, a template, a tag."""
    made = {name: new_id() for name in ("category", "template", "tag")}
    ada = member(desk, "ada")
    with seed._system() as connection:
        connection.execute(
            "INSERT INTO category (id, name) VALUES (%s, 'Freight')", [made["category"]]
        )
        connection.execute(
            "INSERT INTO ticket_template (id, name, ticket_type, subject, body) VALUES"
            " (%s, 'Late parcel', 'problem', 'Parcel of {my_name} is late',"
            " 'Dear {seller}, I wait since {when}. {buyer}')",
            [made["template"]],
        )
        connection.execute(
            "INSERT INTO tag (id, name, created_by) VALUES (%s, 'fragile', %s)",
            [made["tag"], ada.id],
        )
    fields = (
        AskedField("Order number", required=True),
        AskedField("How many", "number"),
        AskedField("Size", "choice", choices=("Small", "Large")),
    )
    with seed.asked_of_feature_requests(*fields) as ids:
        yield made | dict(zip(("order", "count", "size"), ids, strict=True))


async def test_a_required_custom_field_blames_itself_and_everything_typed_is_kept(
    browsers: Browsers, seed: Seed, offer: dict[str, UUID]
) -> None:
    screen = await browsers.open(seed.person(BUYER, "Nora"), viewport=WIDE)
    dialog = await begin(screen)
    await expect(box(dialog, "Order number")).to_have_count(0)
    await pick(dialog, "Type").select_option(label="Feature request")
    await box(dialog, "Subject").fill("Which cable fits?")
    await box(dialog, "Description").fill("Mine does not.")
    await box(dialog, "How many").fill("two")
    await pick(dialog, "Size").select_option(label="Large")
    await pick(dialog, "Category").select_option(label="Freight")
    await create(dialog)
    alerts = dialog.get_by_role("alert")
    await expect(alerts.filter(has_text="Order number is missing.")).to_be_visible()
    await expect(alerts.filter(has_text="How many is a number.")).to_be_visible()
    await expect(box(dialog, "Order number")).to_be_focused()
    await expect(box(dialog, "Order number")).to_have_attribute("aria-invalid", "true")
    await sound(screen)
    await screen.page.set_viewport_size(WIDE)
    # Asked of another type it is out of sight, and what was typed is not gone.
    await pick(dialog, "Type").select_option(label="Problem")
    await expect(box(dialog, "How many")).to_have_count(0)
    await pick(dialog, "Type").select_option(label="Feature request")
    await expect(box(dialog, "How many")).to_have_value("two")
    await expect(box(dialog, "Description")).to_have_value("Mine does not.")
    await box(dialog, "Order number").fill("A 17")
    await box(dialog, "How many").fill("2")
    await create(dialog)
    await expect(dialog).to_be_hidden()
    await expect(screen.rows).to_have_count(1)
    with seed._system() as connection:
        values = connection.execute(
            "SELECT f.field_id, f.value FROM ticket_field f JOIN ticket t ON t.id = f.ticket_id"
            " WHERE t.category_id = %s",
            [offer["category"]],
        ).fetchall()
    assert dict(values) == {offer["order"]: "A 17", offer["count"]: 2, offer["size"]: "Large"}


async def test_an_open_form_offers_what_admins_have_just_made_and_keeps_what_is_there(
    browsers: Browsers, seed: Seed, desk: Desk, offer: dict[str, UUID]
) -> None:
    screen = await browsers.open(seed.person(BUYER, "Nora"))
    dialog = await begin(screen)
    await pick(dialog, "Type").select_option(label="Feature request")
    await box(dialog, "Order number").fill("A 17")
    await pick(dialog, "Size").select_option(label="Large")
    await pick(dialog, "Category").select_option(label="Freight")
    await box(dialog, "Subject").fill("Which cable fits?")
    async with aiohttp.ClientSession() as http:
        admin = RawBrowser(http, desk.url, seed.person(ADMIN, "Zoe").session)
        await admin.visit(routes.tickets("admin"))

        async def save(sort: str, name: str, id_: str = "", **more: str) -> None:
            form = {"sort": sort, "id": id_, "name": name, "type": "feature_request", **more}
            await admin.send(f"{SETTINGS}.submit", form_data=form)

        # Each comes before what was chosen.
        await save("category", "Air")
        air = pick(dialog, "Category").get_by_role("option", name="Air", exact=True)
        await expect(air).to_have_count(1)
        choices = {"kind": "choice", "choices": "Tiny\nSmall\nLarge"}
        await save("field", "Size", str(offer["size"]), **choices)
        await expect(pick(dialog, "Size").locator("option")).to_have_text(
            ["Choose …", "Tiny", "Small", "Large"]
        )
        await save("field", "Colour", kind="text")
        await expect(box(dialog, "Colour")).to_be_visible()
        await expect(box(dialog, "Subject")).to_be_focused()
        for name, kept in (("Order number", "A 17"), ("Subject", "Which cable fits?")):
            await expect(box(dialog, name)).to_have_value(kept)
        await expect(pick(dialog, "Category")).to_have_value(str(offer["category"]))
        await expect(pick(dialog, "Size")).to_have_value("Large")
        await box(dialog, "Colour").fill("Blue")
        field = (await box(dialog, "Colour").get_attribute("id") or "").removeprefix("field:")
        await save("category", "Freight by sea", str(offer["category"]))
        await expect(pick(dialog, "Category").locator("option:checked")).to_have_text(
            "Freight by sea"
        )
        await save("category", "Freight", str(offer["category"]))
        await save("field", "Colour", field, kind="text", required="on")
        await expect(box(dialog, "Colour")).to_have_attribute("aria-required", "true")
        await expect(box(dialog, "Colour")).to_have_value("Blue")
        await admin.send(f"{SETTINGS}.retire", sort="field", row_id=field)
        await expect(box(dialog, "Colour")).to_have_count(0)
        await save("field", "Size", str(offer["size"]), kind="choice", choices="Small\nLarge")
        await expect(pick(dialog, "Size").locator("option")).to_have_count(3)
        await admin.close()
    await dialog.get_by_role("button", name="Cancel").click()


async def test_a_seller_tags_what_they_file_and_a_buyer_sees_no_tags(
    browsers: Browsers, seed: Seed, offer: dict[str, UUID]
) -> None:
    seller = await browsers.open(seed.person(SELLER, "Theo"))
    buyer = await browsers.open(seed.person(BUYER, "Nora"))
    dialog = await begin(seller)
    await dialog.get_by_role("checkbox", name="fragile").check()
    await box(dialog, "Subject").fill("Payout of May")
    await box(dialog, "Description").fill("It is missing.")
    await create(dialog)
    await expect(dialog).to_be_hidden()
    with seed._system() as connection:
        marks = connection.execute(
            "SELECT tag_id FROM ticket_tag WHERE tag_id = %s", [offer["tag"]]
        ).fetchall()
    assert len(marks) == 1
    dialog = await begin(buyer)
    await expect(dialog.get_by_role("group", name="Tags")).to_have_count(0)


async def test_a_template_fills_the_form_and_asks_before_it_replaces(
    browsers: Browsers, seed: Seed, offer: dict[str, UUID]
) -> None:
    theo = seed.person(SELLER, f"Theo {new_id().hex[-6:]}").name
    screen = await browsers.open(seed.person(BUYER, "Nora"))
    dialog = await begin(screen)
    subject, description = box(dialog, "Subject"), box(dialog, "Description")
    await pick(dialog, "Template").select_option(label="Late parcel")
    await expect(subject).to_have_value("Parcel of Nora is late")
    await expect(description).to_have_value("Dear {seller}, I wait since {when}. Nora")
    await pick(dialog, "Seller").select_option(label=theo)
    await expect(description).to_have_value(f"Dear {theo}, I wait since {{when}}. Nora")
    await description.fill("My own words")
    await pick(dialog, "Seller").select_option(label="Platform")
    await pick(dialog, "Template").select_option(label="None")
    await pick(dialog, "Template").select_option(label="Late parcel")
    asked = dialog.get_by_role("alert").filter(has_text="would replace")
    await expect(asked).to_be_visible()
    await dialog.get_by_role("button", name="Keep what I wrote").click()
    await expect(asked).to_be_hidden()
    await expect(description).to_have_value("My own words")
    await pick(dialog, "Template").select_option(label="None")
    await pick(dialog, "Template").select_option(label="Late parcel")
    await dialog.get_by_role("button", name="Replace").click()
    await expect(description).to_have_value(re.compile("I wait since"))
    await description.fill("My own words")
    await pick(dialog, "Template").select_option(label="None")
    await pick(dialog, "Template").select_option(label="Late parcel")
    await expect(asked).to_be_visible()
    await pick(dialog, "Type").select_option(label="Feature request")
    await expect(dialog.get_by_role("option", name="Late parcel")).to_have_count(0)
    await expect(asked).to_be_hidden()


async def test_a_similar_open_ticket_is_offered_before_a_second_one_is_filed(
    browsers: Browsers, seed: Seed, offer: dict[str, UUID]
) -> None:
    nora = seed.person(BUYER, "Nora")
    ticket = seed.ticket(nora, subject="The kettle leaks")
    seed.ticket(seed.person(BUYER, "Olaf"), subject="My kettle is too loud")
    screen = await browsers.open(nora)
    dialog = await begin(screen)
    await box(dialog, "Subject").press_sequentially("Kettle drips")
    offered = dialog.get_by_role("status").get_by_role("link")
    await expect(offered).to_have_count(1)
    await expect(offered).to_contain_text("The kettle leaks")
    await sound(screen, NARROW)
    await offered.click()
    await screen.ready(ticket.number)
    await expect(dialog).to_be_hidden()


# Drafts.


async def kept(seed: Seed, person: Person, text: str) -> None:
    """The desk has the draft: what the browser sends a moment after typing has come in."""
    query = "SELECT body || ' ' || form::text FROM draft WHERE owner_id = %s"
    async with asyncio.timeout(15):
        while True:
            with seed._system() as connection:
                rows = connection.execute(query, [person.id]).fetchall()
            if any(text in row[0] for row in rows):
                return
            await asyncio.sleep(0.05)


async def test_the_draft_of_a_new_ticket_waits_for_its_writer_and_for_nobody_else(
    browsers: Browsers, seed: Seed, desk: Desk, offer: dict[str, UUID]
) -> None:
    bea = member(desk, "bea")
    screen = await browsers.open(bea)
    dialog = await begin(screen)
    await pick(dialog, "Type").select_option(label="Feature request")
    await box(dialog, "Subject").fill("Half a subject")
    await box(dialog, "Description").fill("Half a description")
    await box(dialog, "Order number").fill("A 18")
    await kept(seed, bea, "A 18")
    await pick(dialog, "Category").select_option(label="Freight")
    await pick(dialog, "Priority").select_option(label="Urgent")
    await kept(seed, bea, "urgent")
    await screen.page.reload()

    async def is_back() -> None:
        dialog = await begin(screen)
        await expect(box(dialog, "Subject")).to_have_value("Half a subject")
        await expect(box(dialog, "Description")).to_have_value("Half a description")
        await expect(box(dialog, "Order number")).to_have_value("A 18")
        for name, value in (("Type", "feature_request"), ("Priority", "urgent")):
            await expect(pick(dialog, name)).to_have_value(value)
        await expect(pick(dialog, "Category")).to_have_value(str(offer["category"]))

    await is_back()
    await screen.page.keyboard.press("Escape")
    await screen.choose_from_account_menu("Sign out")
    await expect(screen.page).to_have_url(SIGN_IN)
    await screen.sign_in("max@demo.test", PASSWORD)
    await screen.arrives_at("/buyer/tickets")
    dialog = await begin(screen)
    await expect(box(dialog, "Subject")).to_have_value("")
    assert "Half a" not in await screen.page.content()
    stored = await screen.page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert "Half a" not in stored
    await screen.page.keyboard.press("Escape")
    await screen.choose_from_account_menu("Sign out")
    await expect(screen.page).to_have_url(SIGN_IN)
    await screen.sign_in("bea@demo.test", PASSWORD)
    await screen.arrives_at("/buyer/tickets")
    await is_back()
    dialog = dialog_of(screen)
    await dialog.get_by_role("button", name="Discard draft").click()
    await expect(box(dialog, "Description")).to_have_value("")
    await expect(box(dialog, "Subject")).to_have_value("")
    await expect(pick(dialog, "Type")).to_have_value("problem")


async def test_the_draft_of_a_reply_survives_reload_and_signing_out_and_ends_when_it_is_sent(
    browsers: Browsers, seed: Seed
) -> None:
    nora, theo = seed.person(BUYER, "Nora"), seed.person(SELLER, "Theo")
    ticket = seed.ticket(nora, theo)
    screen = await browsers.open(theo, theo.page(ticket))
    await screen.ready(ticket.number)
    await screen.page.get_by_role("combobox", name="Visible to").select_option(label="Staff")
    await screen.message_box.press_sequentially("Between us")
    await kept(seed, theo, "Between us")
    await screen.page.reload()
    await expect(screen.message_box).to_have_value("Between us")
    audience = screen.page.get_by_role("combobox", name="Visible to")
    await expect(audience).to_have_value("staff")
    # In another browser, where there is nothing but the account.
    other = await browsers.open(seed.session_of(theo), theo.page(ticket))
    await expect(other.message_box).to_have_value("Between us")
    await expect(other.page.get_by_role("combobox", name="Visible to")).to_have_value("staff")
    await screen.message_box.press("Enter")
    await expect(screen.message_box).to_have_value("")
    await screen.page.reload()
    await screen.ready(ticket.number)
    await expect(screen.messages).to_have_count(2)
    await expect(screen.message_box).to_have_value("")


# Canned replies.


@pytest.fixture
def replies(seed: Seed) -> tuple[Person, SeededTicket]:
    """A seller with two replies of their own, at a ticket."""
    nora, theo = seed.person(BUYER, "Nora"), seed.person(SELLER, "Theo")
    with seed._system() as connection:
        for name, body in (
            ("quill refund", "Dear {buyer}, your refund for {number} is on its way. {my_name}"),
            ("quill return label", "Please print the label."),
        ):
            connection.execute(
                "INSERT INTO canned_reply (id, owner_id, name, body) VALUES (%s, %s, %s, %s)",
                [new_id(), theo.id, name, body],
            )
    return theo, seed.ticket(nora, theo)


async def test_a_canned_reply_is_found_and_inserted_by_keyboard_alone(
    browsers: Browsers, replies: tuple[Person, SeededTicket]
) -> None:
    theo, ticket = replies
    screen = await browsers.open(theo, theo.page(ticket), viewport=WIDE)
    await screen.ready(ticket.number)
    list_ = screen.page.get_by_role("listbox", name="Canned replies")
    await screen.message_box.press_sequentially("Hello. /quill")
    mine = list_.get_by_role("option").filter(has_text=re.compile("refund|return"))
    await expect(mine).to_have_count(2)
    await sound(screen)
    await screen.message_box.press("ArrowDown")
    await expect(list_.get_by_role("option", name="return label")).to_have_attribute(
        "aria-selected", "true"
    )
    await screen.message_box.press("ArrowUp")
    await screen.message_box.press("Enter")
    await expect(list_).to_be_hidden()
    text = f"Hello. Dear Nora, your refund for {ticket.number} is on its way. Theo"
    await expect(screen.message_box).to_have_value(text)
    await expect(screen.messages).to_have_count(1)
    await screen.message_box.press("Enter")
    await screen.shows(["Seeded message 1", text])


async def test_escape_closes_the_list_and_what_is_no_reply_is_just_text(
    browsers: Browsers, replies: tuple[Person, SeededTicket]
) -> None:
    theo, ticket = replies
    screen = await browsers.open(theo, theo.page(ticket))
    await screen.ready(ticket.number)
    list_ = screen.page.get_by_role("listbox", name="Canned replies")
    await screen.message_box.press_sequentially("/ret")
    await expect(list_).to_be_visible()
    await screen.message_box.press("Escape")
    await expect(list_).to_be_hidden()
    await expect(screen.message_box).to_have_value("/ret")
    await screen.message_box.press_sequentially("urn")
    await list_.get_by_role("option", name="return label").click()
    await expect(screen.message_box).to_have_value("Please print the label.")
    await screen.message_box.fill("and/or /nothing")
    await expect(list_).to_be_hidden()
    await screen.message_box.press("Enter")
    await screen.shows(["Seeded message 1", "and/or /nothing"])


async def test_a_buyer_has_no_list(browsers: Browsers, seed: Seed) -> None:
    nora = seed.person(BUYER, "Nora")
    ticket = seed.ticket(nora)
    screen = await browsers.open(nora, nora.page(ticket))
    await screen.ready(ticket.number)
    await screen.send("/")
    await screen.shows(["Seeded message 1", "/"])


@pytest.mark.parametrize("role", [SELLER, ADMIN])
async def test_ones_own_replies_are_kept_in_a_dialog_reached_from_the_list(
    browsers: Browsers, seed: Seed, role
) -> None:
    theo = seed.person(role, "Theo")
    ticket = seed.ticket(seed.person(BUYER, "Nora"), theo if role is SELLER else None)
    screen = await browsers.open(theo, theo.page(ticket), viewport=WIDE)
    await screen.ready(ticket.number)
    await screen.message_box.press_sequentially("/")
    await expect(screen.page.get_by_role("option", name="Manage replies")).to_be_visible()
    await screen.message_box.press("ArrowUp")
    await screen.message_box.press("Enter")
    dialog = screen.page.get_by_role("dialog", name="My canned replies")
    await dialog.get_by_role("button", name="Save reply").click()
    await expect(dialog.get_by_role("alert")).to_have_count(2)
    await box(dialog, "Name").fill("thanks")
    await box(dialog, "Text").fill("Thank you.")
    await dialog.get_by_role("button", name="Save reply").click()
    mine = dialog.get_by_role("list", name="My replies").get_by_role("listitem")
    await expect(mine).to_have_count(1)
    await expect(box(dialog, "Text")).to_have_value("")
    await sound(screen)
    await dialog.get_by_role("button", name="Edit thanks").click()
    await expect(box(dialog, "Name")).to_have_value("thanks")
    await box(dialog, "Text").fill("Thank you, {buyer}.")
    await dialog.get_by_role("button", name="Save reply").click()
    await expect(mine).to_contain_text("Thank you, {buyer}.")
    await dialog.get_by_role("button", name="Done").click()
    await screen.message_box.fill("")
    await screen.message_box.press_sequentially("/tha")
    await screen.page.get_by_role("option", name="thanks").wait_for()
    await screen.message_box.press("Tab")
    await expect(screen.message_box).to_have_value("Thank you, Nora.")
