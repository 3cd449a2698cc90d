"""Who loses a conversation loses what else of it stands on their screen; who is let in gets all
that they may read."""

from __future__ import annotations

import pytest

from supportdesk import routes
from supportdesk.domain.ids import new_id
from tests.realtime.test_found import hits
from tests.realtime.test_people import at
from tests.support.browsers import Browsers, all_show, bodies
from tests.support.raw_browser import (
    FOUND,
    MESSAGE,
    MODERATION,
    NOTIFICATIONS,
    PALETTE,
    REQUESTS,
    SAID,
    STANDING,
    THREAD,
    RawBrowser,
)
from tests.support.seed import ADMIN, BUYER, SELLER, Seed


def panel(browser: RawBrowser) -> list[str]:
    return [each["excerpt"] for each in browser.var(NOTIFICATIONS, "told", [])]


def versions(browser: RawBrowser) -> list[str]:
    return [each["text"] for each in browser.var(MESSAGE, "versions", [])]


def in_palette(browser: RawBrowser) -> list[str]:
    return [each["number"] for each in browser.var(PALETTE, "found", [])]


@pytest.mark.parametrize("how", ["put out", "message deleted", "chat deleted", "ticket deleted"])
async def test_what_is_taken_away_goes_from_panels_searches_and_dialogs_too(
    browsers: Browsers, seed: Seed, how: str
) -> None:
    bea, sol, gil = seed.person(BUYER), seed.person(SELLER, "Sol"), seed.person(SELLER, "Gil")
    ticket, word = seed.ticket(bea, sol), f"aardvark{new_id().hex[-8:]}"
    at_ada = await browsers.visit(seed.person(ADMIN), ticket)
    form = {"person": str(gil.id), "may_read": "everyone"}
    await at_ada.send(f"{MODERATION}.add", form_data=form)
    at_sol, elsewhere = await browsers.visit(sol, ticket), await browsers.visit(gil)
    await elsewhere.until(lambda b: ticket.number in [row["number"] for row in b.rows])
    await at_sol.say(f"@Gil, the {word} blubs")
    for tab in (at_sol, at_ada):
        await tab.until(lambda b: word in str(b.lines[-1:]))
    message = at_sol.lines[-1]["id"]
    await at_sol.send(f"{MESSAGE}.begin_edit", message_id=message)
    await at_sol.send(
        f"{MESSAGE}.save_edit", form_data={"edited": message, "text": f"@Gil, the {word} bulbs"}
    )
    await at_ada.until(lambda b: "bulbs" in str(b.lines[-1:]))
    await elsewhere.send(f"{NOTIFICATIONS}.show", shown=True)
    await elsewhere.send(f"{FOUND}.look_for", form={"words": word})
    await elsewhere.until(lambda b: word in str(panel(b)) and "bulbs" in str(panel(b)))
    await elsewhere.until(lambda b: "bulbs" in str(hits(b, FOUND, "found")))
    await elsewhere.send(f"{PALETTE}.find", text=ticket.number)
    await elsewhere.until(lambda b: in_palette(b) == [ticket.number])

    at_gil = await browsers.visit(gil, ticket)
    await at_gil.send(f"{MESSAGE}.show_versions", message_id=message)
    await at_gil.send(f"{SAID}.look_for", words=word)
    await at_gil.until(lambda b: "blubs" in str(versions(b)))
    await at_gil.until(lambda b: "bulbs" in str(hits(b, SAID, "hits")))

    whole = {"what": how.partition(" ")[0], "confirmation": ticket.number}
    if how == "put out":
        await at_ada.send(f"{MODERATION}.remove", person_id=str(gil.id))
    elif how == "message deleted":
        await at_ada.send(f"{MESSAGE}.delete_message", message_id=message)
    else:
        await at_ada.send(f"{MODERATION}.wipe", form_data=whole)
    await elsewhere.until(lambda b: word not in str(panel(b)))
    await elsewhere.until(lambda b: hits(b, FOUND, "found") == [])
    still = [ticket.number] if how in ("message deleted", "chat deleted") else []
    await elsewhere.until(lambda b: in_palette(b) == still)
    await at_gil.until(lambda b: hits(b, SAID, "hits") == [])
    await at_gil.until(lambda b: versions(b) == [])
    for tab in (elsewhere, at_gil):
        await tab.until(lambda b: word not in str(b.lines) + str(b.rows))


async def test_who_is_accepted_as_staff_reads_the_notes_from_before(
    browsers: Browsers, seed: Seed
) -> None:
    bea, sol, sia = seed.person(BUYER), seed.person(SELLER, "Sol"), seed.person(SELLER, "Sia")
    ticket = seed.ticket(bea, sol)
    at_sol = await browsers.visit(sol, ticket)
    await at_sol.say("Between the two of us", "staff")
    await all_show("Between the two of us", [at_sol])
    at_sia = await browsers.visit(sia, ticket)
    await at_sia.until(lambda b: b.var(THREAD, "missing"))
    page = await at(browsers, seed.person(ADMIN), routes.ADMIN_REQUESTS, REQUESTS)
    form = {"number": ticket.number, "reason": "It is my lamp."}
    await at_sia.send(f"{STANDING}.ask", form_data=form)

    def asked(browser: RawBrowser) -> list[str]:
        waiting = browser.var(REQUESTS, "requests", [])
        return [row["id"] for row in waiting if row["person_id"] == str(sia.id)]

    await page.until(asked)
    decision = {"deed": "accept", "id": asked(page)[0], "may_read": "staff"}
    await page.send(f"{REQUESTS}.decide", form_data=decision)
    await at_sia.until(lambda b: "Between the two of us" in bodies(b))
    await at_sol.say("And now the three of us", "staff")
    await all_show("And now the three of us", [at_sol, at_sia])
