"""The conversation as a chat: what is new, what was seen, what one does with a message."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Locator, expect

from tests.e2e.conftest import Browsers, member
from tests.e2e.test_access import NARROW, sound
from tests.support.desk import Desk
from tests.support.screen import Screen
from tests.support.seed import ADMIN, BUYER, SELLER, Person, Seed, SeededTicket

MANY = 40
# Nor is there anything else between the finger and what it presses.
APART = """(toast, control) => {
    const a = toast.getBoundingClientRect(), b = control.getBoundingClientRect();
    const top = document.elementFromPoint((b.left + b.right) / 2, (b.top + b.bottom) / 2);
    return control.contains(top)
        && (a.bottom <= b.top || a.top >= b.bottom || a.right <= b.left || a.left >= b.right);
}"""


@pytest.fixture
def people(seed: Seed) -> tuple[Person, Person]:
    return seed.person(BUYER, "Nora"), seed.person(SELLER, "Theo")


@pytest.fixture
def ticket(seed: Seed, people: tuple[Person, Person]) -> SeededTicket:
    return seed.ticket(*people, messages=MANY)


async def opened(browsers: Browsers, who: Person, ticket: SeededTicket) -> Screen:
    screen = await browsers.open(who, who.page(ticket))
    await screen.ready(ticket.number)
    return screen


async def choose(screen: Screen, message: Locator, action: str) -> None:
    await message.hover()
    await message.get_by_role("button", name="Message actions").click()
    await screen.page.get_by_role("menuitem", name=action).click()


async def test_what_is_new_begins_with_a_line_and_a_message_is_seen(
    browsers: Browsers, people: tuple[Person, Person], ticket: SeededTicket
) -> None:
    nora, theo = people
    buyer, seller = await opened(browsers, nora, ticket), await opened(browsers, theo, ticket)
    await expect(seller.page.get_by_role("separator").filter(has_text="New")).to_have_count(0)
    # Only who has read something can come back to what is new, and only who has left, too.
    await buyer.send("Are you there?")
    await expect(buyer.page.get_by_text("Seen by Theo")).to_be_visible()
    await seller.page.get_by_role("link", name="Tickets", exact=True).click()
    await expect(seller.page.get_by_text("No ticket chosen")).to_be_visible()
    await seller.page.close()
    for text in ("One more thing", "And another"):
        await buyer.send(text)
    await expect(buyer.page.get_by_text("Sent", exact=True)).to_be_visible()

    seller = await opened(browsers, theo, ticket)
    await expect(seller.messages.last).to_contain_text("And another")
    new = seller.page.get_by_role("separator").filter(has_text="New")
    await expect(new).to_be_visible()
    await expect(new.locator("xpath=following::article[1]")).to_contain_text("One more thing")
    seen = buyer.page.get_by_text(re.compile(r"^Seen by Theo, \d\d:\d\d$"))
    await expect(seen).to_be_visible()
    await expect(seen).to_have_attribute("title", re.compile(r"^Theo, \d\d:\d\d$"))


async def test_a_message_can_be_put_right_reacted_to_answered_and_taken_back(
    browsers: Browsers, people: tuple[Person, Person], ticket: SeededTicket, desk: Desk
) -> None:
    nora, theo = people
    buyer, seller = await opened(browsers, nora, ticket), await opened(browsers, theo, ticket)
    admin = await opened(browsers, member(desk, "ada"), ticket)
    screens = (buyer, seller, admin)
    await seller.send("It is the blub.")

    await choose(seller, seller.messages.last, "Edit")
    dialog = seller.page.get_by_role("dialog", name="Edit message")
    await expect(dialog.get_by_role("textbox")).to_have_value("It is the blub.")
    await dialog.get_by_role("textbox").fill("")
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog.get_by_role("alert")).to_have_text("Write something first.")
    await dialog.get_by_role("textbox").fill("It is the **bulb**.")
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog).to_have_count(0)
    for screen in screens:
        await expect(screen.messages.last.locator("strong")).to_have_text("bulb")
        await expect(screen.messages.last.get_by_text("edited")).to_be_visible()
    await expect(buyer.page.get_by_role("button", name="edited")).to_have_count(0)
    await admin.page.get_by_role("button", name="edited").click()
    versions = admin.page.get_by_role("dialog", name="Earlier versions")
    await expect(versions.get_by_text("It is the blub.")).to_be_visible()
    await versions.get_by_role("button", name="Close").click()

    await buyer.messages.last.hover()
    await buyer.messages.last.get_by_role("button", name="Message actions").click()
    await buyer.page.get_by_role("menuitem", name="React").press("ArrowRight")
    await buyer.page.get_by_role("menuitem", name="Party").press("Enter")
    for screen in screens:
        await expect(screen.messages.last.get_by_role("button", name="🎉 1: Nora")).to_be_visible()

    await choose(buyer, buyer.messages.last, "Quote")
    await expect(buyer.message_box).to_be_focused()
    await buyer.send("Thank you for that.")
    for screen in screens:
        answer = screen.messages.last
        await expect(answer).to_contain_text("Thank you for that.")
        await expect(answer.get_by_role("link")).to_contain_text("It is the bulb.")

    await choose(seller, seller.messages.nth(-2), "Delete")
    sure = seller.page.get_by_role("dialog", name="Delete this message?")
    await sure.get_by_role("button", name="Delete message").click()
    for screen in screens:
        await expect(screen.messages.nth(-2)).to_contain_text("Message deleted")
        await expect(screen.page.get_by_text("bulb")).to_have_count(0)


async def test_a_deletion_that_fails_says_why_and_the_dialog_gives_the_focus_back(
    browsers: Browsers, people: tuple[Person, Person], ticket: SeededTicket, seed: Seed
) -> None:
    theo = people[1]
    author = await opened(browsers, theo, ticket)
    for text in ("It is the blub.", "Nothing else."):
        await author.send(text)
    admin = await opened(browsers, seed.person(ADMIN), ticket)
    for screen in (author, admin):
        await choose(screen, screen.messages.filter(has_text="blub"), "Delete")
    sure = admin.page.get_by_role("dialog", name="Delete this message?")
    await author.button("Delete message").click()
    await expect(author.page.get_by_role("dialog")).to_be_hidden()
    # What lies under a dialog is not there for who hears the page.
    gone = admin.page.locator("article").filter(has_text="Message deleted")
    await expect(gone).to_have_count(1)
    await sure.get_by_role("button", name="Delete message").click()
    await expect(sure.get_by_role("alert")).to_have_text("This message has been deleted.")
    await admin.page.keyboard.press("Escape")
    await expect(sure).to_be_hidden()

    # Asked again of another one, it begins anew, and leads back to where it was asked for.
    other = admin.messages.filter(has_text="Nothing else.")
    await choose(admin, other, "Delete")
    await expect(sure).to_be_visible()
    await expect(sure.get_by_role("alert")).to_have_count(0)
    await admin.page.keyboard.press("Escape")
    await expect(other.get_by_role("button", name="Message actions")).to_be_focused()
    await choose(admin, other, "Delete")
    await sure.get_by_role("button", name="Delete message").click()
    await expect(sure).to_be_hidden()
    # The button is gone with the message, so one is where the message was.
    await expect(gone).to_have_count(2)
    at = admin.page.locator(":focus:not(body)")
    await expect(at).to_have_text("Message deleted")
    await expect(gone.last.locator(":focus")).to_have_count(1)


async def test_a_toast_leaves_free_what_one_presses_next_on_a_phone(
    browsers: Browsers, people: tuple[Person, Person], ticket: SeededTicket
) -> None:
    nora, theo = people
    await (await opened(browsers, theo, ticket)).send("Mine.")
    phone = await browsers.open(nora, nora.page(ticket), viewport=NARROW)
    await phone.ready(ticket.number)
    await choose(phone, phone.messages.last, "Copy link")
    toast = phone.page.get_by_role("listitem").filter(has_text="The link is copied.")
    await expect(toast).to_be_visible()
    # It slides in, so wait until it stands.
    await expect(toast).to_have_attribute("data-mounted", "true")
    for control in (phone.button("Send"), phone.message_box, phone.button("Attach files")):
        assert await toast.evaluate(APART, await control.element_handle()), control
    await phone.message_box.fill("Thank you.")
    await phone.button("Send").click()
    await expect(phone.messages.last).to_contain_text("Thank you.")


async def test_nobody_is_offered_what_is_not_theirs_to_do(
    browsers: Browsers, people: tuple[Person, Person], ticket: SeededTicket
) -> None:
    nora, theo = people
    buyer, seller = await opened(browsers, nora, ticket), await opened(browsers, theo, ticket)
    await seller.send("Mine.")
    theirs = buyer.messages.filter(has_text="Mine.")
    await theirs.hover()
    await theirs.get_by_role("button", name="Message actions").click()
    await expect(buyer.page.get_by_role("menuitem")).to_have_text(
        ["React", "Quote", "Copy link", "Mark unread from here", "Report"]
    )
    await buyer.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=buyer.url)
    await buyer.page.get_by_role("menuitem", name="Copy link").click()
    await expect(buyer.page.get_by_text("The link is copied.")).to_be_visible()
    seq = await theirs.get_attribute("data-seq")
    copied = await buyer.page.evaluate("navigator.clipboard.readText()")
    assert copied == f"{buyer.url}{nora.page(ticket)}#message-{seq}"


async def test_who_writes_is_told_that_another_has_answered_meanwhile(
    browsers: Browsers, people: tuple[Person, Person], ticket: SeededTicket
) -> None:
    nora, theo = people
    buyer, seller = await opened(browsers, nora, ticket), await opened(browsers, theo, ticket)
    said = seller.page.get_by_role("status").get_by_text("has written since you began.")
    await buyer.send("Before")
    await expect(seller.messages.last).to_contain_text("Before")
    await seller.message_box.press_sequentially("I think")
    await expect(said).to_have_count(0)
    await buyer.send("It works again!")
    await expect(said).to_have_text("Nora has written since you began.")
    await seller.button("I have seen it").click()
    await expect(said).to_have_count(0)
    await buyer.send("Or not.")
    await expect(said).to_be_visible()
    # What has been begun before is still that after a page load.
    await seller.message_box.blur()
    await seller.page.reload()
    await expect(seller.message_box).to_have_value("I think")
    await expect(said).to_have_text("Nora has written since you began.")
    await seller.message_box.press("Enter")
    await expect(said).to_have_count(0)
    await expect(seller.messages.last).to_contain_text("I think")


async def test_the_conversation_is_searched_and_a_hit_shown_in_its_place(
    browsers: Browsers, seed: Seed, people: tuple[Person, Person]
) -> None:
    nora, theo = people
    ticket = seed.ticket(nora, theo, messages=150)
    screen = await opened(browsers, nora, ticket)
    box = screen.page.get_by_role("searchbox", name="Search conversation")
    found = screen.page.get_by_role("list", name="Found messages").get_by_role("listitem")
    await box.fill("seeded 17")
    await expect(found).to_have_count(1)
    await expect(found.locator("mark")).to_have_text(["Seeded", "17"])
    await sound(screen)
    await screen.button("Narrow down").click()
    dialog = screen.page.get_by_role("dialog", name="Search messages")
    narrowed = dialog.get_by_role("list", name="Messages found").get_by_role("listitem")
    await expect(narrowed).to_have_count(1)
    await expect(dialog.get_by_role("checkbox", name=f"Only in {ticket.number}")).to_be_checked()
    await expect(dialog.get_by_label("From", exact=True)).to_be_focused()
    await dialog.get_by_label("Before", exact=True).fill("2020-01-01")
    await expect(narrowed).to_have_count(0)
    await dialog.get_by_role("button", name="Close").click()
    await found.get_by_role("button").click()
    await expect(screen.messages.filter(has_text="Seeded message 17")).to_be_in_viewport()
    await box.fill("xyzzy")
    await expect(screen.page.get_by_role("heading", name="Nothing found")).to_be_visible()
    await box.press("Escape")
    await expect(screen.page.get_by_role("region", name="Search results")).to_have_count(0)
    await expect(box).to_have_value("")


async def test_a_ticket_is_left_unread_from_a_message_on(
    browsers: Browsers, seed: Seed, people: tuple[Person, Person], ticket: SeededTicket
) -> None:
    nora, _ = people
    screen, other = await opened(browsers, nora, ticket), await browsers.open(seed.session_of(nora))
    await expect(other.any_unread(ticket.number)).to_have_count(0)
    theirs = screen.messages.filter(has_text=re.compile(r"Seeded message 37$"))
    await choose(screen, theirs, "Mark unread from here")
    await screen.arrives_at(nora.home)
    for each in (screen, other):
        await expect(each.unread(ticket.number, 4)).to_be_visible()
    await screen.row(ticket.number).click()
    new = screen.page.get_by_role("separator").filter(has_text="New")
    await expect(new.locator("xpath=following::article[1]")).to_contain_text("Seeded message 37")
    await expect(other.any_unread(ticket.number)).to_have_count(0)


async def test_an_emoji_is_picked_into_the_text_where_one_writes(
    browsers: Browsers, people: tuple[Person, Person], ticket: SeededTicket
) -> None:
    nora, _ = people
    screen = await opened(browsers, nora, ticket)
    await screen.message_box.fill("Thank you!")
    await screen.message_box.press("ArrowLeft")
    await screen.button("Emoji").click()
    picker = screen.page.get_by_role("dialog", name="Emoji")
    await picker.get_by_role("option", name="party popper").click()
    await expect(picker).to_have_count(0)
    await expect(screen.message_box).to_be_focused()
    await expect(screen.message_box).to_have_value("Thank you🎉!")
    await screen.message_box.press("Enter")
    await expect(screen.messages.last).to_contain_text("Thank you🎉!")


async def test_any_emoji_is_found_by_its_name_or_shortcode_with_the_keyboard_alone(
    browsers: Browsers, people: tuple[Person, Person], ticket: SeededTicket
) -> None:
    nora, _ = people
    screen = await opened(browsers, nora, ticket)
    picker = screen.page.get_by_role("dialog", name="Emoji")
    options, field = picker.get_by_role("option"), picker.get_by_role("combobox")
    await screen.button("Emoji").press("Enter")
    await expect(field).to_be_focused()
    await field.press_sequentially("+1")
    await expect(options).to_have_text(re.compile("thumbs up"))
    await field.fill("red hea")
    await expect(options).to_have_count(2)
    await field.press("ArrowDown")
    chosen = options.filter(has_text="red heart")
    await expect(chosen).to_have_count(1)
    await sound(screen)
    await field.fill("xyzzy")
    await expect(picker.get_by_text("No emoji has this name.")).to_be_visible()
    await field.press("Escape")
    await expect(picker).to_have_count(0)
    await expect(screen.message_box).to_be_focused()
    await screen.button("Emoji").click()
    await field.fill(":snail")
    await field.press("Enter")
    await expect(screen.message_box).to_have_value("🐌")
    await expect(screen.message_box).to_be_focused()


async def test_all_conversations_are_searched_and_a_hit_leads_to_its_place(
    browsers: Browsers, seed: Seed, people: tuple[Person, Person]
) -> None:
    nora, theo = people
    long, short = seed.tickets([people, people], messages=160)
    writer = await opened(browsers, theo, short)
    await writer.send("The wombat is on its way")
    screen = await opened(browsers, nora, long)
    await screen.page.keyboard.press("f")
    dialog = screen.page.get_by_role("dialog", name="Search messages")
    found = dialog.get_by_role("list", name="Messages found").get_by_role("listitem")
    box = dialog.get_by_role("searchbox", name="Search messages")
    await expect(box).to_be_focused()
    await box.fill("wombat")
    await expect(found).to_have_count(1)
    await expect(found).to_contain_text(short.number)
    await expect(found.locator("mark")).to_have_text("wombat")
    for name, value, count in (
        ("From", "nora", 0),
        ("From", "theo", 1),
        ("Before", "2020-01-01", 0),
        ("Before", "", 1),
        ("After", "2020-01-01", 1),
    ):
        await dialog.get_by_label(name, exact=True).fill(value)
        await expect(found).to_have_count(count)
    await dialog.get_by_role("checkbox", name="Has file").check()
    await expect(dialog.get_by_text("Nothing found")).to_be_visible()
    await dialog.get_by_role("checkbox", name="Has file").uncheck()
    status = dialog.get_by_role("combobox", name="Status of the ticket")
    await status.select_option("Closed")
    await expect(dialog.get_by_text("Nothing found")).to_be_visible()
    await status.select_option("Any status")
    await found.get_by_role("link").click()
    await expect(dialog).to_have_count(0)
    await expect(screen.messages.filter(has_text="The wombat")).to_be_in_viewport()

    await screen.button("Search messages").click()
    await dialog.get_by_label("From", exact=True).fill("")
    await dialog.get_by_label("After", exact=True).fill("")
    await box.fill("seeded 3")
    there = found.filter(has_text=long.number)
    await expect(there.first).to_be_visible()
    only_here = dialog.get_by_role("checkbox", name=f"Only in {short.number}")
    await only_here.check()
    await expect(there).to_have_count(0)
    await expect(found.filter(has_text=short.number).first).to_be_visible()
    await dialog.get_by_role("button", name="Close").click()
    await screen.row(long.number).click()
    await screen.ready(long.number)
    await screen.button("Search messages").click()
    await expect(dialog.get_by_role("checkbox", name=f"Only in {long.number}")).to_be_checked()
    await expect(found.filter(has_text=short.number)).to_have_count(0)
    await expect(there.first).to_be_visible()
    await dialog.get_by_role("button", name="Close").click()
    await screen.row(short.number).click()
    await screen.ready(short.number)
    await screen.button("Search messages").click()
    await only_here.uncheck()
    hit = there.filter(has_text=re.compile(r"Seeded message 3\D"))
    await expect(hit).to_have_count(1)
    await sound(screen)
    await hit.get_by_role("link").click()
    await screen.ready(long.number)
    await expect(
        screen.messages.filter(has_text=re.compile(r"Seeded message 3$"))
    ).to_be_in_viewport()


async def test_every_reaction_is_within_reach_on_a_phone(
    browsers: Browsers, people: tuple[Person, Person], ticket: SeededTicket
) -> None:
    nora, theo = people
    # The menu is at the left of one's own message, and at the right of another's.
    for person in (nora, theo):
        screen = await browsers.open(person, person.page(ticket), viewport=NARROW)
        await screen.ready(ticket.number)
        for name in ("Thumbs up", "Eyes"):
            await screen.messages.last.get_by_role("button", name="Message actions").click()
            await screen.page.get_by_role("menuitem", name="React").click()
            await screen.page.get_by_role("menuitem", name=name).click()
        for emoji in ("👍", "👀"):
            mine = screen.messages.last.get_by_role("button", name=emoji)
            await expect(mine).to_have_attribute("aria-pressed", "true")
