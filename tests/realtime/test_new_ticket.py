"""The form for a new ticket offers what there is by now, and says everything that is wrong."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from supportdesk.domain.ids import new_id
from tests.support.browsers import Browsers
from tests.support.raw_browser import NEW_TICKET, SETTINGS, RawBrowser
from tests.support.seed import ADMIN, BUYER, SELLER, AskedField, Seed

PUSHED, KEY = '{ "sellers"', re.compile(r'\["(\w+)"\] :')
FORM = {
    "type": "feature_request",
    "priority": "low",
    "subject": "",
    "description": "It broke.",
    "files": "[]",
}


@pytest.fixture
def name() -> str:
    return f"Called {new_id().hex[-8:]}"


def offers(browser: RawBrowser) -> list[dict[str, Any]]:
    """What the dialog has been told to offer, the latest last."""
    pushed = [each.get("payload", {}).get("function", "") for each in browser.events]
    as_json = [KEY.sub(r'"\1":', text).replace("({", "{").replace("})", "}") for text in pushed]
    found = [text[text.index(PUSHED) :] for text in as_json if PUSHED in text]
    return [json.JSONDecoder().raw_decode(text)[0] for text in found]


def offered(browser: RawBrowser, kind: str) -> list[str]:
    return [each["name"] for each in offers(browser)[-1][kind]]


async def begin(browser: RawBrowser) -> None:
    browser.files = True
    await browser.send(f"{NEW_TICKET}.show")
    await browser.until(lambda b: offers(b)[-1:] != [])


async def settle(admin: RawBrowser, sort: str, name: str, **more: str) -> None:
    form = {"sort": sort, "id": "", "name": name, "hue": "3", "kind": "text", **more}
    await admin.send(f"{SETTINGS}.submit", form_data=form)


async def test_a_problem_whose_field_is_not_drawn_is_told_of_the_form(
    browsers: Browsers, seed: Seed, name: str
) -> None:
    theo = await browsers.visit(seed.person(SELLER, "Theo"))
    files = json.dumps([{"file": str(new_id()), "name": f"{n}.txt"} for n in range(21)])

    async def problems(**more: str) -> dict[str, str]:
        await theo.send(f"{NEW_TICKET}.submit", form_data={**FORM, **more})
        await theo.settled()
        return theo.var(NEW_TICKET, "errors")

    with seed.asked_of_feature_requests(AskedField(name, required=True)) as (asked,):
        # It became required while the dialog was open, so it is not among what was sent.
        found = await problems()
        assert found == {"subject": "The subject is missing.", "form": f"{name} is missing."}
        found = await problems(**{f"field:{asked}": ""})
        assert found[f"field:{asked}"] == f"{name} is missing."
        assert "form" not in found
    gone = f"tag:{new_id()}"
    found = await problems(**{gone: "on"})
    assert "no longer there" in found["form"]
    found = await problems(files=files)
    assert "21 files" in found["form"]
    found = await problems(files=files, **{gone: "on"})
    assert "no longer there" in found["form"]
    assert "21 files" in found["form"]
    assert set(found) == {"subject", "form"}


async def test_an_open_form_offers_what_admins_have_just_made(
    browsers: Browsers, seed: Seed, name: str
) -> None:
    zoe = await browsers.visit(seed.person(ADMIN, "Zoe"))
    nora, theo = seed.person(BUYER, "Nora"), seed.person(SELLER, "Theo")
    forms = [await browsers.visit(person) for person in (nora, theo)]
    closed = await browsers.visit(nora)
    for tab in (*forms, closed):
        await begin(tab)
    closed.files = False
    await forms[0].send(f"{NEW_TICKET}.keep", name="subject", value="Half a thought")
    before = len(offers(closed))
    kinds = {"category": "categories", "template": "templates", "field": "fields"}
    for sort, kind in kinds.items():
        await settle(zoe, sort, name, type="feature_request")
        for tab in forms:
            await tab.until(lambda b, kind=kind: name in offered(b, kind))
    [field] = [each for each in offers(forms[0])[-1]["fields"] if each["name"] == name]
    key = field["key"].removeprefix("field:")
    # What was typed there, and is asked again.
    await forms[0].send(f"{NEW_TICKET}.keep", name=field["key"], value="A 17")
    await zoe.send(f"{SETTINGS}.retire", sort="field", row_id=key)
    for tab in forms:
        await tab.until(lambda b: name not in offered(b, "fields"))
    await zoe.send(f"{SETTINGS}.restore", sort="field", row_id=key)
    await forms[0].until(lambda b: name in offered(b, "fields"))
    [field] = [each for each in offers(forms[0])[-1]["fields"] if each["name"] == name]
    assert field["value"] == "A 17"
    await zoe.send(f"{SETTINGS}.retire", sort="field", row_id=key)

    await settle(zoe, "tag", name)
    await forms[1].until(lambda b: name in offered(b, "tags"))
    assert all(offer["tags"] == [] for offer in offers(forms[0]))
    assert len(offers(closed)) == before


async def test_a_form_that_was_open_while_the_line_was_lost_offers_the_latest(
    browsers: Browsers, seed: Seed, name: str
) -> None:
    zoe, nora = await browsers.visit(seed.person(ADMIN, "Zoe")), seed.person(BUYER, "Nora")
    form = await browsers.visit(nora)
    await begin(form)
    await form.cut()
    await settle(zoe, "category", name)
    await zoe.settled()
    await form.visit(nora.home)
    await form.until(lambda b: name in offered(b, "categories"))
