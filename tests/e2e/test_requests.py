"""Asking to join, being let in and put out, reports and moderation, on all screens at once."""

from __future__ import annotations

import pytest
from playwright.async_api import Locator, expect

from tests.e2e.conftest import Browsers
from tests.e2e.test_access import NARROW, WIDE, sound
from tests.support.screen import Screen
from tests.support.seed import ADMIN, BUYER, SELLER, Seed

PATH = "/admin/requests"
BLOCKED = "you can read, but not write"


def region(screen: Screen, name: str) -> Locator:
    return screen.page.get_by_role("region", name=name, exact=True)


def item(screen: Screen, section: str, text: str) -> Locator:
    return region(screen, section).get_by_role("listitem").filter(has_text=text)


def dialog(screen: Screen) -> Locator:
    return screen.page.get_by_role("dialog")


async def press(screen: Screen, name: str) -> None:
    await dialog(screen).get_by_role("button", name=name, exact=True).click()


async def done(screen: Screen, name: str) -> None:
    await press(screen, name)
    await expect(dialog(screen)).to_be_hidden()


async def message_action(screen: Screen, text: str, name: str) -> Locator:
    """Open the menu of the message that says so; return the item."""
    said = screen.messages.filter(has_text=text)
    await said.hover()
    await said.get_by_role("button", name="Message actions").click()
    return screen.page.get_by_role("menuitem", name=name, exact=True)


def person(screen: Screen, name: str) -> Locator:
    people = screen.details.get_by_role("list", name="People")
    return people.get_by_role("listitem").filter(has_text=name)


async def test_who_was_given_a_number_asks_and_is_in_the_moment_an_admin_accepts(
    browsers: Browsers, seed: Seed
) -> None:
    buyer, stranger = seed.person(BUYER, "Nora"), seed.person(BUYER, "Otto")
    ticket = seed.ticket(buyer, subject="A clock that stops", messages=2)
    admin = await browsers.open(seed.person(ADMIN, "Zoe"), PATH)
    other = await browsers.open(seed.person(ADMIN, "Yann"), PATH)
    await expect(region(other, "Requests")).to_be_visible()
    asker = await browsers.open(stranger, f"/buyer/tickets/{ticket.number}")
    await asker.button("Ask to join").click()
    await expect(dialog(asker).get_by_label("Ticket number")).to_have_value(ticket.number)
    await press(asker, "Send request")
    await expect(dialog(asker).get_by_role("alert")).to_contain_text("Say in a few words why.")
    await dialog(asker).get_by_label("Reason").fill("It is my clock, too.")
    await press(asker, "Send request")
    await expect(dialog(asker).get_by_role("status")).to_contain_text("If there is such a ticket")
    await done(asker, "Close")
    await expect(asker.page.get_by_text("Waiting for an admin")).to_be_visible()

    for screen in (admin, other):
        row = item(screen, "Requests", "Otto")
        await expect(row).to_contain_text("A clock that stops")
        await expect(row).to_contain_text("It is my clock, too.")
        await expect(screen.tab("Chat requests")).to_contain_text("1")
        await row.get_by_role("button", name="Accept").click()
    await done(admin, "Accept")
    await asker.ready(ticket.number)
    await expect(asker.messages).to_have_count(2)
    await expect(asker.row(ticket.number)).to_be_visible()
    await press(other, "Accept")
    await expect(dialog(other).get_by_role("alert")).to_contain_text("Zoe was faster")
    await done(other, "Cancel")
    await expect(item(other, "Decided requests", "Otto")).to_contain_text("Accepted by Zoe")

    # Put out again: nothing of it is left on the screen.
    await admin.go(f"/admin/tickets/{ticket.number}")
    await admin.ready(ticket.number)
    await asker.send("I am here.")
    await expect(person(admin, "Otto")).to_be_visible()
    await expect(person(admin, "Nora").get_by_role("button")).to_have_count(0)
    await person(admin, "Otto").get_by_role("button", name="Actions for Otto").click()
    await admin.page.get_by_role("menuitem", name="Remove").click()
    await done(admin, "Remove")
    await expect(asker.page.get_by_text("Ticket not found")).to_be_visible()
    await expect(asker.page.get_by_text("A clock that stops")).to_have_count(0)
    await expect(asker.rows).to_have_count(0)
    await expect(person(admin, "Otto")).to_have_count(0)
    await expect(admin.messages.last).to_contain_text("Otto")


async def test_a_refusal_is_told_at_once_with_its_word(browsers: Browsers, seed: Seed) -> None:
    admin = await browsers.open(seed.person(ADMIN, "Zoe"), PATH)
    asker = await browsers.open(seed.person(SELLER, "Pia"))
    await asker.button("Chat requests").click()
    await dialog(asker).get_by_label("Ticket number").fill("lamp")
    await dialog(asker).get_by_label("Reason").fill("I was told of it.")
    await press(asker, "Send request")
    await expect(dialog(asker).get_by_role("alert")).to_contain_text("looks like TC-0012")
    await dialog(asker).get_by_label("Ticket number").fill("98765")
    await expect(dialog(asker).get_by_label("Reason")).to_have_value("I was told of it.")
    await press(asker, "Send request")
    row = item(admin, "Requests", "Pia")
    await expect(row).to_contain_text("There is no ticket of this number")
    await expect(row.get_by_role("button", name="Accept")).to_have_count(0)
    await row.get_by_role("button", name="Refuse").click()
    await dialog(admin).get_by_label("A word to them").fill("Look at the number again.")
    await done(admin, "Refuse")
    own = dialog(asker).get_by_role("list", name="Your requests")
    await expect(own).to_contain_text("Refused")
    await expect(own).to_contain_text("Look at the number again.")
    await expect(item(admin, "Decided requests", "Pia")).to_contain_text("Refused by Zoe")


async def test_a_seller_who_is_added_as_a_guest_reads_what_is_said_to_everyone_alone(
    browsers: Browsers, seed: Seed
) -> None:
    buyer, seller, guest = seed.person(BUYER), seed.person(SELLER), seed.person(SELLER, "Quinn")
    ticket = seed.ticket(buyer, seller, subject="Two sellers")
    at_seller = await browsers.open(seller, f"/seller/tickets/{ticket.number}")
    await at_seller.ready(ticket.number)
    await at_seller.page.get_by_role("combobox", name="Visible to").select_option("staff")
    await at_seller.send("Between us sellers.")
    at_guest = await browsers.open(guest)
    await expect(at_guest.page.get_by_text("No tickets yet")).to_be_visible()
    admin = await browsers.open(seed.person(ADMIN, "Zoe"), f"/admin/tickets/{ticket.number}")
    await admin.ready(ticket.number)
    await admin.details.get_by_role("button", name="Add person").click()
    await dialog(admin).get_by_label("Name").fill("quin")
    await dialog(admin).get_by_role("button", name="Quinn").click()
    await done(admin, "Add")

    await at_guest.row(ticket.number).click()
    await at_guest.ready(ticket.number)
    visible_to = at_guest.page.get_by_role("combobox", name="Visible to")
    await expect(at_guest.events.last).to_contain_text("added Quinn")
    await expect(visible_to).to_have_count(0)
    await expect(at_guest.page.get_by_text("Between us sellers.")).to_have_count(0)
    await at_seller.send("Still between us.")
    await expect(admin.messages.last).to_contain_text("Still between us.")
    await at_guest.send("Hello all.")
    await expect(at_seller.messages.last).to_contain_text("Hello all.")
    await expect(at_guest.messages).to_have_count(2)

    await person(admin, "Quinn").get_by_role("button", name="Actions for Quinn").click()
    await admin.page.get_by_role("menuitem", name="Let read staff messages").click()
    await expect(at_guest.messages.filter(has_text="between us")).to_have_count(2)
    await expect(visible_to).to_be_visible()
    await person(admin, "Quinn").get_by_role("button", name="Actions for Quinn").click()
    await admin.page.get_by_role("menuitem", name="Hide staff messages").click()
    await expect(at_guest.messages.filter(has_text="between us")).to_have_count(0)
    await expect(visible_to).to_have_count(0)


async def test_what_is_reported_is_looked_at_and_whoever_wrote_it_may_only_read(
    browsers: Browsers, seed: Seed
) -> None:
    buyer, seller = seed.person(BUYER, "Rosa"), seed.person(SELLER, "Stan")
    ticket = seed.ticket(buyer, seller)
    at_buyer = await browsers.open(buyer, f"/buyer/tickets/{ticket.number}")
    at_seller = await browsers.open(seller, f"/seller/tickets/{ticket.number}")
    admin = await browsers.open(seed.person(ADMIN, "Zoe"), PATH)
    await expect(region(admin, "Reports")).to_be_visible()
    await at_seller.ready(ticket.number)
    await at_seller.send("You are a lamp.")
    own = await message_action(at_seller, "You are a lamp.", "Report")
    await expect(own).to_have_count(0)
    await at_seller.page.keyboard.press("Escape")

    await (await message_action(at_buyer, "You are a lamp.", "Report")).click()
    await dialog(at_buyer).get_by_label("Reason").fill("It hurts.")
    await done(at_buyer, "Report")
    reported = await message_action(at_buyer, "You are a lamp.", "Reported")
    await expect(reported).to_be_disabled()
    await at_buyer.page.keyboard.press("Escape")

    row = item(admin, "Reports", "You are a lamp.")
    await expect(row).to_contain_text("Rosa reports: It hurts.")
    await row.get_by_role("button", name="Block Stan").click()
    await done(admin, "Block")
    await expect(item(admin, "Decided reports", "You are a lamp.")).to_contain_text(
        "Person blocked by Zoe"
    )
    await expect(at_seller.page.get_by_text(BLOCKED).first).to_be_visible()
    await expect(at_seller.message_box).to_be_hidden()
    await expect(at_seller.button("New ticket")).to_have_count(0)
    await at_buyer.send("Hello?")
    await expect(at_seller.messages.last).to_contain_text("Hello?")

    await admin.go(f"/admin/people/{seller.id}")
    await admin.button("Lift the block").click()
    await done(admin, "Lift the block")
    await expect(admin.button("Block")).to_be_visible()
    await expect(at_seller.page.get_by_text(BLOCKED)).to_have_count(0)
    await at_seller.send("I am sorry.")


@pytest.mark.parametrize("what", ["chat", "ticket"])
async def test_what_an_admin_deletes_is_gone_from_all_screens(
    browsers: Browsers, seed: Seed, what: str
) -> None:
    buyer = seed.person(BUYER)
    ticket = seed.ticket(buyer, subject=f"To be deleted, {what}", messages=3)
    there = await browsers.open(buyer, f"/buyer/tickets/{ticket.number}")
    admin = await browsers.open(seed.person(ADMIN, "Zoe"), f"/admin/tickets/{ticket.number}")
    for screen in (there, admin):
        await screen.ready(ticket.number)
    name = "Delete all chat" if what == "chat" else "Delete ticket"
    await admin.details.get_by_role("button", name=name).click()
    await press(admin, name)
    await expect(dialog(admin).get_by_role("alert")).to_contain_text(f"Type {ticket.number}")
    await dialog(admin).get_by_role("textbox").fill(ticket.number.lower())
    await done(admin, name)
    if what == "chat":
        for screen in (there, admin):
            await expect(screen.messages).to_have_count(0)
            await expect(screen.events.last).to_contain_text("deleted all messages")
        await there.send("Anew.")
        await expect(admin.messages).to_have_count(1)
    else:
        await expect(there.page.get_by_text("Ticket not found")).to_be_visible()
        await expect(there.rows).to_have_count(0)
        await admin.arrives_at("/admin/tickets")
        await expect(admin.row(ticket.number)).to_have_count(0)


async def test_the_page_and_its_dialogs_are_sound(browsers: Browsers, seed: Seed) -> None:
    buyer, seller = seed.person(BUYER, "Tina"), seed.person(SELLER, "Ugo")
    ticket = seed.ticket(buyer, seller, subject="A very long subject " * 6)
    asker = await browsers.open(seed.person(SELLER, "Vera"), f"/seller/tickets/{ticket.number}")
    await asker.button("Ask to join").click()
    await dialog(asker).get_by_label("Reason").fill("A reason that is rather long. " * 12)
    await press(asker, "Send request")
    await expect(dialog(asker).get_by_role("list", name="Your requests")).to_be_visible()
    await sound(asker)
    at_buyer = await browsers.open(buyer, f"/buyer/tickets/{ticket.number}")
    await at_buyer.ready(ticket.number)
    await (await message_action(at_buyer, "Seeded message", "Report")).first.click()
    await sound(at_buyer, NARROW)
    await dialog(at_buyer).get_by_label("Reason").fill("It hurts. " * 30)
    await done(at_buyer, "Report")
    admin = await browsers.open(seed.person(ADMIN, "Zoe"), PATH, viewport=WIDE)
    await expect(item(admin, "Reports", "It hurts.")).to_be_visible()
    await sound(admin)
    await admin.page.set_viewport_size(WIDE)
    await item(admin, "Requests", "Vera").get_by_role("button", name="Accept").click()
    await sound(admin)
    await admin.page.keyboard.press("Escape")
    await item(admin, "Requests", "Vera").get_by_role("button", name="Refuse").click()
    await dialog(admin).get_by_label("A word to them").fill("Endless" * 30)
    await done(admin, "Refuse")
    await done(asker, "Close")
    await expect(asker.page.get_by_text("EndlessEndless").first).to_be_visible()
    await sound(asker, WIDE)
