"""People: found, invited, changed and shut out by admins; and one's own name and password."""

from __future__ import annotations

import asyncio
import re

from playwright.async_api import Locator, Route, expect

from supportdesk.demo.load import PASSWORD
from supportdesk.domain.ids import new_id
from tests.e2e.conftest import Browsers
from tests.e2e.test_access import NARROW, WIDE, sound
from tests.support.screen import SIGN_IN, Screen
from tests.support.seed import ADMIN, BUYER, SELLER, Person, Seed
from tests.support.slow_line import SlowLine

USERS, SELLERS = "/admin/buyers", "/admin/sellers"


def people(screen: Screen) -> Locator:
    return screen.page.get_by_role("list", name="People")


def person(screen: Screen, name: str) -> Locator:
    return people(screen).get_by_role("link", name=name)


def region(screen: Screen, name: str) -> Locator:
    return screen.page.get_by_role("region", name=name, exact=True)


def dialog(screen: Screen) -> Locator:
    return screen.page.get_by_role("dialog")


async def answer(screen: Screen, button: str) -> None:
    await dialog(screen).get_by_role("button", name=button, exact=True).click()


async def look_for(screen: Screen, text: str) -> None:
    await screen.page.get_by_role("searchbox", name="Search people").fill(text)


async def page_of(browsers: Browsers, admin: Person, whom: Person) -> Screen:
    screen = await browsers.open(admin, f"/admin/people/{whom.id}", viewport=WIDE)
    await expect(region(screen, "Notes")).to_be_visible()
    return screen


async def link_of(screen: Screen) -> str:
    """The link that the dialog shows, as a path of the desk; the dialog closes."""
    box = dialog(screen).get_by_role("textbox", name="Link")
    await expect(box).to_have_value(re.compile("token="))
    address = await box.input_value()
    await answer(screen, "Done")
    await expect(dialog(screen)).to_be_hidden()
    assert address.startswith(screen.url)
    return address.removeprefix(screen.url)


async def test_admins_find_people_and_nobody_else_does(browsers: Browsers, seed: Seed) -> None:
    name = f"Quill {new_id().hex[-6:]}"
    seller = seed.person(SELLER, name)
    admin = await browsers.open(seed.person(ADMIN))
    await admin.tab("Users").click()
    await admin.arrives_at(USERS)
    role = admin.page.get_by_role("combobox", name="Role")
    await expect(role).to_have_value("buyer")
    await look_for(admin, name)
    await expect(admin.page.get_by_text("Nobody found")).to_be_visible()
    await role.select_option(label="Everyone")
    await expect(person(admin, name)).to_be_visible()
    await expect(people(admin).get_by_role("link")).to_have_count(1)
    await admin.page.reload()  # What is asked for stands in the address.
    await expect(person(admin, name)).to_be_visible()
    await expect(admin.page.get_by_role("searchbox", name="Search people")).to_have_value(name)

    await admin.tab("Sellers").click()
    await admin.arrives_at(SELLERS)
    await look_for(admin, str(seller.id))
    await person(admin, name).click()
    await admin.arrives_at(f"/admin/people/{seller.id}")
    await expect(admin.page.get_by_role("heading", name=name)).to_be_visible()
    await admin.link("Back to the sellers").click()
    await admin.arrives_at(SELLERS)
    await admin.go(f"/admin/people/{new_id()}")
    await expect(admin.page.get_by_text("Person not found")).to_be_visible()
    for other, home in (("bea", "/buyer/tickets"), ("sol", "/seller/tickets")):
        stranger = await browsers.open(other, f"/admin/people/{seller.id}")
        await stranger.arrives_at(home)


async def test_a_search_that_is_answered_late_leads_nobody_back(
    browsers: Browsers, seed: Seed
) -> None:
    admin = await browsers.open(seed.person(ADMIN))
    line = await SlowLine.of(admin.alter())
    await admin.go(USERS)
    first = people(admin).get_by_role("link").first
    await expect(first).to_be_visible()
    line.slow = True
    await look_for(admin, "somebody")
    await line.holds("somebody")
    await first.click()
    await expect(admin.page).to_have_url(re.compile("/admin/people/"))
    line.let_through()
    await expect(region(admin, "Notes")).to_be_visible()
    await expect(admin.page).to_have_url(re.compile(r"/admin/people/[^/?]+/?$"))


async def test_a_search_leads_nobody_back_whose_choice_is_still_loading(
    browsers: Browsers, seed: Seed
) -> None:
    asked, answered, go_on = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def hold(route: Route) -> None:
        asked.set()
        await go_on.wait()
        await route.continue_()

    def hear(said: str | bytes) -> None:
        if "navigate(" in str(said):
            answered.set()

    admin = await browsers.open(seed.person(ADMIN))
    page = admin.alter()
    page.on("websocket", lambda line: line.on("framereceived", hear))
    await admin.go(USERS)
    first = people(admin).get_by_role("link").first
    await expect(first).to_be_visible()
    await page.route("**/assets/*person_id*", hold)
    await look_for(admin, "somebody")
    await first.click()
    async with asyncio.timeout(15):
        await asked.wait()
        await answered.wait()
    go_on.set()
    await expect(region(admin, "Notes")).to_be_visible()
    await expect(page).to_have_url(re.compile(r"/admin/people/[^/?]+/?$"))


async def test_somebody_is_invited_joins_and_stands_in_the_list(
    browsers: Browsers, seed: Seed
) -> None:
    name = f"Ivy {new_id().hex[-6:]}"
    address = f"{name.split()[1]}@new.test"
    here, there = [await browsers.open(seed.person(ADMIN), SELLERS) for _ in range(2)]
    await here.button("Invite").click()
    await expect(dialog(here).get_by_role("combobox", name="Role")).to_have_value("seller")
    await dialog(here).get_by_role("textbox", name="Email").fill("bea@demo.test")
    await dialog(here).get_by_role("textbox", name="Name").fill(name)
    await answer(here, "Create link")
    await expect(dialog(here).get_by_role("alert")).to_contain_text("account with this address")
    await expect(dialog(here).get_by_role("textbox", name="Name")).to_have_value(name)
    await dialog(here).get_by_role("textbox", name="Email").fill(address)
    await answer(here, "Create link")
    link = await link_of(here)
    for screen in (here, there):
        await expect(region(screen, "Pending invitations")).to_contain_text(name)

    guest = await browsers.open(path=link)
    await expect(guest.page.get_by_text("You are invited as a seller.")).to_be_visible()
    await expect(guest.box("Name")).to_have_value(name)
    await expect(guest.box("Email")).to_have_value(address)
    await guest.fill(password="short")
    await guest.button("Create account").click()
    await expect(guest.alert).to_contain_text("at least 10 characters")
    await guest.fill(password="four words in a row")
    await guest.button("Create account").click()
    await guest.arrives_at("/seller/tickets")
    for screen in (here, there):
        await expect(person(screen, name)).to_contain_text("Online")
        await expect(region(screen, "Pending invitations").get_by_text(name)).to_be_hidden()

    late = await browsers.open(path=link)
    await expect(late.page.get_by_role("heading", name="no longer works")).to_be_visible()
    await here.button("Invite").click()
    await answer(here, "Create link")
    taken_back = await link_of(here)
    await there.button("Revoke the invitation of Whoever has the link").first.click()
    await answer(there, "Revoke")
    await expect(dialog(there)).to_be_hidden()
    await late.go(taken_back)
    await expect(late.page.get_by_role("heading", name="no longer works")).to_be_visible()


async def test_what_is_done_to_a_person_is_so_on_their_screen_at_once(
    browsers: Browsers, seed: Seed
) -> None:
    nora = seed.person(BUYER, f"Nora {new_id().hex[-6:]}")
    theirs = await browsers.open(nora)
    admin = await page_of(browsers, seed.person(ADMIN), nora)
    await expect(region(admin, "Sessions").get_by_role("listitem")).to_have_count(1)
    figures = region(admin, "Times and figures")
    await expect(figures.get_by_role("term").filter(has_text="Presence")).to_be_visible()
    await expect(figures.get_by_text("Online", exact=True)).to_be_visible()
    await admin.button("Change role").click()
    await dialog(admin).get_by_role("combobox", name="New role").select_option(label="Seller")
    await answer(admin, "Change role")
    await expect(region(admin, "Person")).to_contain_text("Seller")
    await expect(theirs.page).to_have_url(SIGN_IN)

    again = await browsers.open(seed.session_of(nora), "/seller/tickets")
    await again.arrives_at("/seller/tickets")
    await region(admin, "Sessions").get_by_role("button", name=re.compile("^End the")).click()
    await expect(again.page).to_have_url(SIGN_IN)
    await expect(region(admin, "Sessions")).to_contain_text("Nowhere signed in.")

    await admin.button("Deactivate").click()
    await answer(admin, "Cancel")
    await expect(admin.button("Deactivate")).to_be_focused()
    await admin.button("Deactivate").click()
    await answer(admin, "Deactivate")
    await expect(region(admin, "Person")).to_contain_text("Deactivated")
    await expect(admin.button("Reactivate")).to_be_focused()  # What took the button's place.
    await admin.button("Reactivate").click()
    await answer(admin, "Reactivate")
    await expect(region(admin, "Person")).not_to_contain_text("Deactivated")
    for name, other in (("Block", "Lift the block"), ("Lift the block", "Block")):
        await admin.button(name).click()
        await answer(admin, name)
        await expect(admin.button(other)).to_be_focused()

    note = admin.box("New note")
    await admin.button("Add note").click()
    await expect(region(admin, "Notes").get_by_role("alert")).to_contain_text("Write something")
    await note.fill("Wrote to us twice.")
    await admin.button("Add note").click()
    await expect(region(admin, "Notes").get_by_role("listitem")).to_contain_text("twice")
    await expect(note).to_have_value("")
    await region(admin, "Notes").get_by_role("button", name=re.compile("^Delete the note")).click()
    await answer(admin, "Delete note")
    await expect(region(admin, "Notes")).to_contain_text("No notes yet.")
    await expect(region(admin, "Recent activity")).to_contain_text("changed the role of")


async def test_a_role_that_is_needed_stays_and_the_dialog_says_why(
    browsers: Browsers, seed: Seed
) -> None:
    nora, theo = seed.person(BUYER, "Nora"), seed.person(SELLER, "Theo")
    ticket = seed.ticket(nora, theo, subject="Where is my order?")
    admin = await page_of(browsers, seed.person(ADMIN), theo)
    await expect(region(admin, "Tickets").get_by_role("link")).to_contain_text(ticket.number)
    await admin.button("Change role").click()
    await expect(dialog(admin)).to_contain_text("1 unfinished ticket needs them")
    await dialog(admin).get_by_role("combobox", name="New role").select_option(label="Admin")
    await answer(admin, "Change role")
    await expect(dialog(admin).get_by_role("alert")).to_contain_text("unfinished tickets")
    await expect(dialog(admin).get_by_role("combobox", name="New role")).to_have_value("admin")


async def test_nobody_is_offered_to_take_their_own_access_away(
    browsers: Browsers, seed: Seed
) -> None:
    zoe = seed.person(ADMIN, "Zoe")
    admin = await page_of(browsers, zoe, zoe)
    await expect(region(admin, "Sessions")).to_contain_text("this one")
    for name in ("Change role", "Deactivate"):
        await expect(admin.button(name)).to_have_count(0)
    await admin.button("End all sessions").click()
    await answer(admin, "End all sessions")
    await expect(admin.page).to_have_url(SIGN_IN)


async def test_who_forgot_the_password_gets_a_link_from_an_admin(
    browsers: Browsers, seed: Seed
) -> None:
    nora = seed.person(BUYER, "Nora")
    lost = await browsers.open(path="/login")
    await lost.link("Forgot password?").click()
    await lost.arrives_at("/forgot-password")
    await expect(lost.page.get_by_text("Ask an admin")).to_be_visible()

    theirs = await browsers.open(nora)
    await theirs.arrives_at("/buyer/tickets")
    admin = await page_of(browsers, seed.person(ADMIN), nora)
    await admin.button("Reset password").click()
    await answer(admin, "Create link")
    older = await link_of(admin)
    await expect(region(admin, "Account")).to_contain_text("new password works until")
    await admin.button("Reset password").click()
    await answer(admin, "Create link")
    link = await link_of(admin)
    await lost.go(older)
    await expect(lost.page.get_by_role("heading", name="no longer works")).to_be_visible()
    await lost.go(link)
    await expect(lost.box("Email")).to_have_value(f"{nora.id.hex}@seed.test")
    await lost.fill(password="four words in a row")
    await lost.button("Set password").click()
    await lost.arrives_at("/buyer/tickets")
    await expect(theirs.page).to_have_url(SIGN_IN)
    await theirs.sign_in(f"{nora.id.hex}@seed.test", "four words in a row")
    await theirs.arrives_at("/buyer/tickets")
    await expect(admin.button("Withdraw link")).to_have_count(0)


async def test_ones_own_name_and_password(browsers: Browsers, seed: Seed) -> None:
    name = f"Wren {new_id().hex[-6:]}"
    door = await browsers.open(path="/signup")
    address = f"{name.split()[1]}@new.test"
    await door.fill(name="Somebody", email=address, password=PASSWORD)
    await door.button("Create account").click()
    await door.arrives_at("/buyer/tickets")
    there = await browsers.open(path="/login")
    await there.sign_in(address, PASSWORD)
    await there.arrives_at("/buyer/tickets")
    await door.go("/account")
    await door.box("Your name").fill("")
    await door.button("Save name").click()
    await expect(region(door, "Name").get_by_role("alert")).to_contain_text("Your name is missing")
    await door.box("Your name").fill(name)
    await door.button("Save name").click()
    await expect(region(door, "You")).to_contain_text(name)
    await there.button("Account").click()
    await expect(there.page.get_by_role("menu")).to_contain_text(name)

    password = region(door, "Password")
    current, new = password.get_by_label("Current password"), password.get_by_label("New password")
    await current.fill("not my password")
    await new.fill("four words in a row")
    await door.button("Change password").click()
    await expect(password.get_by_role("alert")).to_contain_text("not your current password")
    await expect(new).to_have_value("four words in a row")
    await current.fill(PASSWORD)
    await door.button("Change password").click()
    await expect(there.page).to_have_url(SIGN_IN)
    await expect(current).to_have_value("")
    await there.sign_in(address, "four words in a row")
    await there.arrives_at("/buyer/tickets")
    await door.page.reload()
    await expect(region(door, "You")).to_contain_text(name)


async def test_the_pages_and_their_dialogs_are_sound(browsers: Browsers, seed: Seed) -> None:
    nora, theo = seed.person(BUYER, "Nora"), seed.person(SELLER, "Theo " + "Long" * 15)
    seed.ticket(nora, theo, subject="A subject that goes on and on " * 5)
    admin = seed.person(ADMIN, "Zoe")
    screen = await browsers.open(admin, SELLERS, viewport=WIDE)
    await screen.button("Invite").click()
    await dialog(screen).get_by_role("textbox", name="Name").fill("Somebody " + "Long" * 15)
    await answer(screen, "Create link")
    await expect(dialog(screen).get_by_role("textbox", name="Link")).to_be_visible()
    await sound(screen)
    await answer(screen, "Done")
    await expect(region(screen, "Pending invitations")).to_contain_text("Somebody")
    await sound(screen)
    await screen.go(f"/admin/people/{theo.id}")
    await screen.box("New note").fill("A note that is " + "long " * 80)
    await screen.button("Add note").click()
    await expect(region(screen, "Notes").get_by_role("listitem")).to_be_visible()
    await sound(screen)
    await screen.page.set_viewport_size(NARROW)
    await screen.button("Change role").click()
    await answer(screen, "Change role")
    await expect(dialog(screen)).to_be_hidden()
    await screen.button("Change role").click()
    await sound(screen)
    for path in ("/account", "/invite?token=none", "/forgot-password", "/reset-password?token=x"):
        await screen.go(path)
        await expect(screen.page.locator("main h1")).to_be_visible()
        await sound(screen)
