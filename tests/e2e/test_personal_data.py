"""A person's data: taken away by themselves or by admins, and erased."""

from __future__ import annotations

import json
import zipfile

from playwright.async_api import expect

from supportdesk.domain.ids import new_id
from tests.e2e.conftest import Browsers
from tests.e2e.test_access import WIDE, sound
from tests.e2e.test_people import answer, dialog, page_of, region
from tests.support.screen import SIGN_IN, Screen
from tests.support.seed import ADMIN, BUYER, SELLER, Person, Seed


def erased(person: Person) -> str:
    return f"Erased person {str(person.id)[-4:].upper()}"


async def taken(screen: Screen, button: str) -> dict[str, object]:
    """What `data.json` says in the archive that the button downloads."""
    async with screen.page.expect_download() as download:
        await screen.button(button).click()
    path = await (await download.value).path()
    with zipfile.ZipFile(path) as archive:
        return dict(json.loads(archive.read("data.json")))


async def test_a_person_is_exported_erased_and_gone_from_every_screen(
    browsers: Browsers, seed: Seed
) -> None:
    nora, theo = seed.person(BUYER, f"Nora {new_id().hex[-6:]}"), seed.person(SELLER, "Theo")
    ticket = seed.ticket(nora, theo, messages=4)
    theirs = await browsers.open(nora, "/account")
    own = await taken(theirs, "Download my data")
    assert [each["text"] for each in own["messages"]] != []  # type: ignore[attr-defined]
    await expect(theirs.page.get_by_role("heading", name="Account")).to_be_visible()

    seller = await browsers.open(theo, theo.page(ticket))
    await seller.ready(ticket.number)
    await seller.send(f"Dear @{nora.name}, it is on its way.")
    admin = await page_of(browsers, seed.person(ADMIN), nora)
    data = await taken(admin, "Export data")
    assert data["profile"]["name"] == nora.name  # type: ignore[index]
    await expect(region(admin, "Recent activity")).to_contain_text(
        f"exported what is kept of {nora.name}"
    )

    await admin.button("Erase").click()
    box = dialog(admin).get_by_role("textbox", name="Their e-mail address or name")
    await expect(dialog(admin)).to_contain_text("cannot be undone")
    await box.fill("Nora")
    await box.press("Enter")
    await expect(dialog(admin).get_by_role("alert")).to_contain_text(nora.name)
    await expect(box).to_have_value("Nora")
    await sound(admin)
    await answer(admin, "Cancel")
    await expect(admin.button("Erase")).to_be_focused()
    await admin.button("Erase").click()
    await expect(dialog(admin).get_by_role("alert")).to_have_count(0)
    await box.fill(nora.name)
    await box.press("Enter")
    await expect(dialog(admin)).to_be_hidden()

    await expect(theirs.page).to_have_url(SIGN_IN)
    await expect(seller.log).to_contain_text(f"Dear @{erased(nora)}, it is on its way.")
    await expect(seller.page.get_by_text(nora.name)).to_have_count(0)
    await expect(admin.page.get_by_role("heading", name=erased(nora))).to_be_visible()
    await expect(region(admin, "Person")).to_contain_text("Erased Today")
    actions = admin.page.get_by_role("group", name="Actions").get_by_role("button")
    await expect(actions).to_have_text(["Export data"])
    await expect(admin.page.get_by_text(nora.name)).to_have_count(0)
    await expect(region(admin, "Notes")).to_have_count(0)
    await sound(admin)


async def test_nobody_is_offered_to_erase_themselves(browsers: Browsers, seed: Seed) -> None:
    zoe = seed.person(ADMIN, "Zoe")
    admin = await page_of(browsers, zoe, zoe)
    await expect(admin.button("Export data")).to_be_visible()
    await expect(admin.button("Erase")).to_have_count(0)
    await browsers.open(zoe, "/account", viewport=WIDE)
    assert (await taken(browsers.screens[-1], "Download my data"))["notes"] == []
