"""The settings page: what admins change there, and that it shows at once to the others."""

from __future__ import annotations

import pytest
from playwright.async_api import Locator, expect

from tests.e2e.conftest import Browsers
from tests.e2e.test_access import WIDE, sound
from tests.support.screen import Screen
from tests.support.seed import ADMIN, Seed

PATH = "/admin/settings"


def section(screen: Screen, name: str) -> Locator:
    return screen.page.get_by_role("region", name=name, exact=True)


def box(dialog: Locator, name: str) -> Locator:
    return dialog.get_by_role("textbox", name=name, exact=True)


async def save(screen: Screen) -> None:
    dialog = screen.page.get_by_role("dialog")
    await dialog.get_by_role("button", name="Save", exact=True).click()


async def saved(screen: Screen) -> None:
    await save(screen)
    await expect(screen.page.get_by_role("dialog")).to_be_hidden()


async def test_admins_reach_it_and_nobody_else_does(browsers: Browsers, seed: Seed) -> None:
    admin = await browsers.open(seed.person(ADMIN, "Zoe"))
    await admin.tab("Settings").click()
    await admin.arrives_at(PATH)
    await expect(section(admin, "Limits")).to_be_visible()
    await admin.link("Tickets").click()
    await admin.arrives_at("/admin/tickets")
    await expect(admin.rows.first).to_be_visible()
    for name, home in (("bea", "/buyer/tickets"), ("sol", "/seller/tickets")):
        other = await browsers.open(name, PATH)
        await other.arrives_at(home)
        await expect(other.tab("Settings")).to_have_count(0)


NEW = {
    "Templates": ("New template", {"Subject": "Late", "Description": "Where is it, {seller}?"}),
    "Canned replies": ("New reply", {"Text": "Dear {buyer}"}),
    "Custom fields": ("New field", {}),
    "Tags": ("New tag", {"Description": "Answer first"}),
    "Categories": ("New category", {}),
}


@pytest.mark.parametrize("what", ["a team", "a category", "a text"])
async def test_who_was_overtaken_is_told_and_saves_over_it_by_saving_again(
    browsers: Browsers, seed: Seed, what: str
) -> None:
    path = "/admin/teams" if what == "a team" else PATH
    here, there = [await browsers.open(seed.person(ADMIN, name), path) for name in ("Zoe", "Yann")]
    new = {"a team": "New team", "a category": "New category"}.get(what)
    if new:
        await here.button(new).click()
        await box(here.page.get_by_role("dialog"), "Name").fill("Fireworks")
        await saved(here)
    opens, field = {
        "a team": ("Rename Fireworks", "Name"),
        "a category": ("Edit Fireworks", "Name"),
        "a text": ("Edit Welcome", "Welcome"),
    }[what]
    for screen, text in ((here, "Faster"), (there, "Slower")):
        await screen.button(opens).click()
        await box(screen.page.get_by_role("dialog"), field).fill(text)
    await saved(here)
    await save(there)
    dialog = there.page.get_by_role("dialog")
    await expect(dialog.get_by_role("alert")).to_contain_text("Another admin has just changed this")
    await expect(box(dialog, field)).to_have_value("Slower")
    await saved(there)
    await expect(here.page.get_by_role("main")).to_contain_text("Slower")
    await expect(here.page.get_by_role("main")).not_to_contain_text("Faster")
    if what == "a text":  # Others share this desk.
        await there.button(opens).click()
        await box(dialog, field).fill("")
        await saved(there)


@pytest.mark.parametrize("heading", NEW)
async def test_what_one_admin_adds_and_changes_shows_at_once_to_another(
    browsers: Browsers, seed: Seed, heading: str
) -> None:
    here, there = [await browsers.open(seed.person(ADMIN, name), PATH) for name in ("Zoe", "Yann")]
    await expect(section(there, heading)).to_be_visible()
    button, texts = NEW[heading]
    await section(here, heading).get_by_role("button", name=button).click()
    dialog = here.page.get_by_role("dialog")
    for name, text in texts.items():
        await box(dialog, name).fill(text)
    await save(here)
    await expect(dialog.get_by_role("alert")).to_contain_text("The name is missing.")
    for name, text in texts.items():
        await expect(box(dialog, name)).to_have_value(text)
    await box(dialog, "Name").fill(f"One of {heading}")
    await saved(here)
    for screen in (here, there):
        await expect(section(screen, heading)).to_contain_text(f"One of {heading}")

    await section(there, heading).get_by_role("button", name=f"Edit One of {heading}").click()
    dialog = there.page.get_by_role("dialog")
    await expect(box(dialog, "Name")).to_have_value(f"One of {heading}")
    for name, text in texts.items():
        await expect(box(dialog, name)).to_have_value(text)
    await box(dialog, "Name").fill(f"Another of {heading}")
    await saved(there)
    for screen in (here, there):
        await expect(section(screen, heading)).to_contain_text(f"Another of {heading}")


async def test_custom_fields_have_choices_an_order_and_an_end(
    browsers: Browsers, seed: Seed
) -> None:
    screen = await browsers.open(seed.person(ADMIN, "Zoe"), PATH)
    fields = section(screen, "Custom fields")
    for name in ("Tint", "Weight"):
        await fields.get_by_role("button", name="New field").click()
        dialog = screen.page.get_by_role("dialog")
        await box(dialog, "Name").fill(name)
        if name == "Tint":
            await dialog.get_by_role("combobox", name="Holds").select_option(label="Choice")
            await save(screen)
            await expect(dialog.get_by_role("alert")).to_contain_text("one on a line")
            await box(dialog, "Choices").fill("Red\nBlue")
            await dialog.get_by_role("checkbox", name="Required").check()
            await dialog.get_by_role("combobox", name="Type").select_option(label="Feature request")
        await saved(screen)
    rows = (
        fields.get_by_role("listitem")
        .filter(has_text="Tint")
        .or_(fields.get_by_role("listitem").filter(has_text="Weight"))
    )
    await expect(rows).to_contain_text(["Feature request · Choice · required", "All types · Text"])
    await fields.get_by_role("button", name="Move Weight up").click()
    await expect(rows).to_contain_text(["Weight", "Tint"])
    await fields.get_by_role("button", name="Edit Tint", exact=True).click()
    await expect(box(dialog, "Choices")).to_have_value("Red\nBlue")
    await expect(dialog.get_by_role("checkbox", name="Required")).to_be_checked()
    await expect(dialog.get_by_role("combobox", name="Holds")).to_be_disabled()
    await box(dialog, "Choices").fill("Red\nGreen")
    await saved(screen)
    for name in ("Tint", "Weight"):
        await fields.get_by_role("button", name=f"Retire {name}").click()
        await expect(fields.get_by_role("button", name=f"Restore {name}")).to_be_visible()


async def test_templates_retire_and_shared_replies_go(browsers: Browsers, seed: Seed) -> None:
    screen = await browsers.open(seed.person(ADMIN, "Zoe"), PATH)
    templates, replies = section(screen, "Templates"), section(screen, "Canned replies")
    await templates.get_by_role("button", name="New template").click()
    await box(screen.page.get_by_role("dialog"), "Name").fill("Once")
    await saved(screen)
    await templates.get_by_role("button", name="Retire Once").click()
    await templates.get_by_role("button", name="Restore Once").click()
    await expect(templates.get_by_role("button", name="Retire Once")).to_be_visible()
    await replies.get_by_role("button", name="New reply").click()
    dialog = screen.page.get_by_role("dialog")
    await box(dialog, "Name").fill("gone")
    await box(dialog, "Text").fill("Said once, and no more.")
    await saved(screen)
    # Others at this desk leave replies, too.
    reply = replies.get_by_role("listitem").filter(has_text="Said once, and no more.")
    await reply.get_by_role("button", name="Delete gone").click()
    await expect(reply).to_have_count(0)


async def test_the_page_and_its_dialog_are_sound(browsers: Browsers, seed: Seed) -> None:
    screen = await browsers.open(seed.person(ADMIN, "Zoe"), PATH, viewport=WIDE)
    await section(screen, "Tags").get_by_role("button", name="New tag").click()
    await box(screen.page.get_by_role("dialog"), "Name").fill("urgent customer")
    await saved(screen)
    await expect(section(screen, "Tags")).to_contain_text("urgent customer")
    await sound(screen)
    await screen.page.set_viewport_size(WIDE)
    await section(screen, "Custom fields").get_by_role("button", name="New field").click()
    await save(screen)
    await expect(screen.alert).to_be_visible()
    await sound(screen)
