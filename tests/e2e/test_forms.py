"""Signing in, up and out, filing and writing: what the forms refuse, say and keep."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import Locator, expect

from supportdesk.demo.load import PASSWORD
from supportdesk.domain.ids import new_id
from tests.e2e.conftest import Browsers
from tests.support.screen import SIGN_IN, Screen
from tests.support.seed import BUYER, SELLER, Person, Seed, SeededTicket

REFUSED = "The e-mail address or the password is not right."
LONGEST = 10_000


def fresh_address() -> str:
    return f"{new_id().hex}@example.com"


async def says(screen: Screen, text: str) -> None:
    await expect(screen.alert.filter(has_text=text)).to_be_visible()


# Signing in.


@pytest.mark.parametrize("email", ["bea@demo.test", "nobody@demo.test"], ids=["wrong", "unknown"])
async def test_a_refused_sign_in_keeps_the_address_and_forgets_the_password(
    browsers: Browsers, email: str
) -> None:
    screen = await browsers.open(path="/login")
    await screen.sign_in(email, "not-the-password")
    await says(screen, REFUSED)
    await expect(screen.box("Email")).to_have_value(email)
    await expect(screen.page.get_by_label("Password")).to_have_value("")
    assert "not-the-password" not in await screen.page.content()
    assert not await screen.page.evaluate("location.search")

    await screen.sign_in("bea@demo.test", PASSWORD)
    await screen.arrives_at("/buyer/tickets")


async def test_guessing_ends_after_a_few_attempts_and_says_when_to_go_on(
    browsers: Browsers,
) -> None:
    screen = await browsers.open(path="/login")
    email = fresh_address()
    for _ in range(5):
        await screen.sign_in(email, "not-the-password")
        await says(screen, REFUSED)
        await screen.go("/login")
        # The form that came back says so again, when its page has arrived.
        await says(screen, REFUSED)
    await screen.sign_in(email, "not-the-password")
    await says(screen, "Too many attempts. Try again in 15 minutes.")
    await expect(screen.box("Email")).to_have_value(email)


async def test_a_deep_link_comes_back_after_signing_in(browsers: Browsers) -> None:
    known = await browsers.open("ada")
    await expect(known.rows.first).to_be_visible()
    path = await known.rows.first.get_attribute("href") or ""
    screen = await browsers.open(path=path)
    await expect(screen.page).to_have_url(SIGN_IN)
    await screen.sign_in("ada@demo.test", "not-the-password")
    await says(screen, REFUSED)
    await screen.sign_in("ada@demo.test", PASSWORD)
    await screen.arrives_at(path)
    await screen.ready(path.rpartition("/")[2])


@pytest.mark.parametrize("elsewhere", ["//evil.test/", "https://evil.test/", "/\\evil.test"])
async def test_signing_in_never_leads_to_another_site(browsers: Browsers, elsewhere: str) -> None:
    screen = await browsers.open(path=f"/login?next={elsewhere}")
    await screen.sign_in("bea@demo.test", PASSWORD)
    await screen.arrives_at("/buyer/tickets")


@pytest.mark.parametrize(
    ("name", "home"),
    [("bea", "/buyer/tickets"), ("sol", "/seller/tickets"), ("ada", "/admin/tickets")],
)
async def test_everybody_is_taken_to_their_own_tickets(
    browsers: Browsers, name: str, home: str
) -> None:
    screen = await browsers.open(name, "/")
    await screen.arrives_at(home)
    for path in (
        "/login",
        "/dashboard/support",
        "/dashboard/chat",
        *({"/buyer/tickets", "/seller/tickets", "/admin/tickets/TC-0001"} - {home}),
    ):
        await screen.go(path)
        if path.rpartition("/TC-")[0] != home:
            await screen.arrives_at(home)


async def test_without_a_session_every_way_leads_to_the_sign_in_page(browsers: Browsers) -> None:
    screen = await browsers.open()
    for path in ("/", "/dashboard/support", "/admin/tickets", "/buyer/tickets/TC-0001"):
        await screen.go(path)
        await expect(screen.page).to_have_url(SIGN_IN)
        await expect(screen.button("Sign in")).to_be_visible()


# Signing up and out.


async def test_signing_up_says_what_is_wrong_keeps_the_rest_and_ends_signed_in(
    browsers: Browsers,
) -> None:
    screen = await browsers.open(path="/login")
    await screen.link("Create an account").click()
    email = fresh_address()

    async def submit(name: str, email: str, password: str) -> None:
        await screen.fill(name=name, email=email, password=password)
        await screen.button("Create account").click()

    for name, address, password, reason in (
        ("Nora", "not-an-address", "four words in a row", "Enter an e-mail address"),
        ("  ", email, "four words in a row", "Your name is missing."),
        ("Nora", email, "short", "at least 10 characters"),
        ("Nora", email, "qwertyuiop", "list of common passwords"),
        ("Nora", "bea@demo.test", "four words in a row", "There is an account"),
    ):
        await submit(name, address, password)
        await says(screen, reason)
        await expect(screen.box("Email")).to_have_value(address)
        await expect(screen.box("Name")).to_have_value(name)
        await expect(screen.page.get_by_label("Password")).to_have_value("")
    await submit("Nora", email, "four words in a row")
    await screen.arrives_at("/buyer/tickets")
    await expect(screen.button("File your first ticket")).to_be_visible()
    await screen.button("Account").click()
    await expect(screen.page.get_by_text(f"Buyer · {email}")).to_be_visible()


async def test_signing_out_ends_every_tab_of_that_browser_and_no_other(browsers: Browsers) -> None:
    here = await browsers.open("bea")
    other_tab = await browsers.tab(await here.context.new_page())
    await other_tab.go("/buyer/tickets")
    elsewhere = await browsers.open("bea")
    for screen in (here, other_tab, elsewhere):
        await expect(screen.rows.first).to_be_visible()

    await here.choose_from_account_menu("Sign out")
    for screen in (here, other_tab):
        await expect(screen.page).to_have_url(SIGN_IN)
    await here.go("/buyer/tickets")
    await expect(here.page).to_have_url(SIGN_IN)
    await elsewhere.page.reload()
    await expect(elsewhere.rows.first).to_be_visible()


async def test_who_signs_in_after_somebody_else_sees_nothing_of_them(browsers: Browsers) -> None:
    screen = await browsers.open("bea")
    await expect(screen.rows.first).to_be_visible()
    await screen.choose_from_account_menu("Sign out")
    await expect(screen.page).to_have_url(SIGN_IN)
    await screen.sign_in("max@demo.test", PASSWORD)
    await screen.arrives_at("/buyer/tickets")
    await expect(screen.page.get_by_text("No tickets yet")).to_be_visible()
    await screen.page.go_back()
    await screen.arrives_at("/buyer/tickets")
    await expect(screen.page.get_by_text("No tickets yet")).to_be_visible()
    await screen.page.reload()
    await expect(screen.page.get_by_text("No tickets yet")).to_be_visible()


# A new ticket.


async def blames(dialog: Locator, text: str) -> None:
    await expect(dialog.get_by_role("alert").filter(has_text=text)).to_be_visible()


def dialog_of(screen: Screen) -> Locator:
    return screen.page.get_by_role("dialog", name="New ticket")


async def test_a_new_ticket_that_is_refused_keeps_everything_typed(
    browsers: Browsers, seed: Seed
) -> None:
    screen = await browsers.open(seed.person(BUYER, "Nora"))
    await screen.button("File your first ticket").click()
    dialog = dialog_of(screen)
    subject, description = (
        dialog.get_by_role("textbox", name=n) for n in ("Subject", "Description")
    )
    await description.fill("It arrived without a cable.\nWhat now?")
    await dialog.get_by_role("combobox", name="Type").select_option(label="Question")
    await dialog.get_by_role("combobox", name="Priority").select_option(label="Low")
    await dialog.get_by_role("combobox", name="Seller").select_option(label="Sia")
    await dialog.get_by_role("button", name="Create ticket").click()
    await blames(dialog, "The subject is missing.")
    await expect(subject).to_have_attribute("aria-invalid", "true")

    await subject.fill("x" * 201)
    await dialog.get_by_role("button", name="Create ticket").click()
    await blames(dialog, "201 characters long")
    await expect(subject).to_have_value("x" * 201)
    await expect(description).to_have_value("It arrived without a cable.\nWhat now?")

    await subject.fill("No cable")
    await description.fill(" ")
    await dialog.get_by_role("button", name="Create ticket").click()
    await blames(dialog, "Write something first.")
    await description.fill("d" * (LONGEST + 1))
    await dialog.get_by_role("button", name="Create ticket").click()
    await blames(dialog, "10,001 characters long")
    await expect(description).to_have_value("d" * (LONGEST + 1))
    await expect(subject).to_have_value("No cable")

    await description.fill("It arrived without a cable.")
    await dialog.get_by_role("button", name="Create ticket").click()
    await expect(dialog).to_be_hidden()
    await expect(screen.rows).to_have_count(1)
    row = screen.rows.first
    for text in ("No cable", "Low", "Sia", "It arrived without a cable."):
        await expect(row).to_contain_text(text)
    await expect(screen.details).to_contain_text("Question")


async def test_a_click_beside_the_dialog_loses_nothing(browsers: Browsers, seed: Seed) -> None:
    screen = await browsers.open(seed.person(BUYER, "Nora"))
    await screen.button("New ticket").click()
    subject = dialog_of(screen).get_by_role("textbox", name="Subject")
    await subject.fill("Half a thought")
    await screen.page.mouse.click(5, 5)
    await expect(subject).to_have_value("Half a thought")


async def test_pressing_create_twice_files_one_ticket(browsers: Browsers, seed: Seed) -> None:
    screen = await browsers.open(seed.person(BUYER, "Nora"))
    await screen.button("New ticket").click()
    dialog = dialog_of(screen)
    await dialog.get_by_role("textbox", name="Subject").fill("Only once")
    await dialog.get_by_role("textbox", name="Description").fill("Please.")
    await dialog.get_by_role("button", name="Create ticket").dblclick()
    await expect(dialog).to_be_hidden()
    await screen.page.reload()
    await expect(screen.rows).to_have_count(1)


async def test_a_seller_files_to_the_platform_and_an_admin_files_nothing(
    browsers: Browsers, seed: Seed
) -> None:
    seller, admin = await browsers.open(seed.person(SELLER, "Theo")), await browsers.open("ada")
    await seller.button("New ticket").click()
    dialog = dialog_of(seller)
    await expect(dialog.get_by_role("combobox", name="Priority")).to_be_visible()
    await expect(dialog.get_by_role("combobox", name="Seller")).to_have_count(0)
    await dialog.get_by_role("textbox", name="Subject").fill("Payout of May")
    await dialog.get_by_role("textbox", name="Description").fill("It is missing.")
    await dialog.get_by_role("button", name="Create ticket").click()
    await expect(seller.rows.first).to_contain_text("Platform")
    await expect(admin.rows.first).to_contain_text("Payout of May")
    await expect(admin.button("New ticket")).to_have_count(0)


# A message.


@pytest.fixture
def people(seed: Seed) -> tuple[Person, Person]:
    return seed.person(BUYER, "Nora"), seed.person(SELLER, "Theo")


@pytest.fixture
def ticket(seed: Seed, people: tuple[Person, Person]) -> SeededTicket:
    return seed.ticket(*people)


@pytest.fixture
async def both(
    browsers: Browsers, people: tuple[Person, Person], ticket: SeededTicket
) -> list[Screen]:
    """The ticket's buyer and its seller, who both have it open."""
    screens = await asyncio.gather(
        *(browsers.open(person, person.page(ticket)) for person in people)
    )
    for screen in screens:
        await screen.ready(ticket.number)
    return screens


async def height(box: Locator) -> float:
    place = await box.bounding_box()
    assert place is not None
    return place["height"]


async def test_enter_sends_and_shift_enter_breaks_the_line(both: list[Screen]) -> None:
    buyer, seller = both
    one_line = await height(buyer.message_box)
    await buyer.message_box.press_sequentially("First")
    await buyer.message_box.press("Shift+Enter")
    await buyer.message_box.press_sequentially("second")
    await expect(buyer.message_box).to_have_value("First\nsecond")
    assert await height(buyer.message_box) > one_line
    await expect(seller.messages).to_have_count(1)
    await buyer.message_box.press("Enter")
    await expect(buyer.message_box).to_have_value("")
    await expect(buyer.message_box).to_be_focused()
    assert await height(buyer.message_box) == one_line
    for screen in both:
        await expect(screen.messages).to_have_count(2)
        assert "First\nsecond" in await screen.messages.last.inner_text()
    pasted = "From elsewhere\n\nin two parts,\nand three lines"
    await buyer.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=buyer.url)
    await buyer.page.evaluate("text => navigator.clipboard.writeText(text)", pasted)
    await buyer.message_box.press("ControlOrMeta+V")
    await expect(buyer.message_box).to_have_value(pasted)
    await buyer.button("Send").click()
    await expect(buyer.message_box).to_have_value("")
    await seller.shows(["Seeded message 1", "First\nsecond", "From elsewhere"])
    assert pasted in await seller.messages.last.inner_text()


async def test_a_refused_message_stays_in_the_box_and_the_longest_arrives_whole(
    both: list[Screen],
) -> None:
    buyer, seller = both
    for text, reason in (
        (" \n ", "Write something first."),
        ("ä" * (LONGEST + 1), "10,001 characters long"),
    ):
        await buyer.message_box.fill(text)
        await buyer.message_box.press("Enter")
        await says(buyer, reason)
        await expect(buyer.message_box).to_have_value(text)
        await buyer.send("Better so.")
        await expect(buyer.alert).to_have_count(0)
    await seller.shows(["Seeded message 1", "Better so.", "Better so."])
    text = "0123456789" * (LONGEST // 10)
    await buyer.send(text)
    await expect(seller.messages.last).to_contain_text(text)


async def test_a_draft_waits_in_its_own_ticket(
    browsers: Browsers, seed: Seed, people: tuple[Person, Person]
) -> None:
    first, second = seed.tickets([people, people])
    screen = await browsers.open(people[0], people[0].page(first))
    await screen.ready(first.number)
    await screen.message_box.fill("For the first")
    await screen.row(second.number).click()
    await screen.ready(second.number)
    await expect(screen.message_box).to_have_value("")
    await screen.row(first.number).click()
    await screen.ready(first.number)
    await expect(screen.message_box).to_have_value("For the first")
