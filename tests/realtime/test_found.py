"""What a search has found stays right on the screens that show it."""

from __future__ import annotations

from tests.support.browsers import Browsers
from tests.support.raw_browser import FOUND, MESSAGE, SAID, RawBrowser
from tests.support.seed import ADMIN, BUYER, SELLER, Seed

WORD = "quokka"


def hits(browser: RawBrowser, state: str, name: str) -> list[str]:
    """What it shows as found, as text."""
    return ["".join(p["text"] for p in each["parts"]) for each in browser.var(state, name, [])]


async def test_a_hit_goes_with_its_message_and_follows_its_changes(
    seed: Seed, browsers: Browsers
) -> None:
    bea, sol, ada = seed.person(BUYER), seed.person(SELLER), seed.person(ADMIN)
    ticket = seed.ticket(bea, sol)
    writer = await browsers.visit(sol, ticket)
    for text in (f"A {WORD}", f"Another {WORD}"):
        await writer.say(text)
    await writer.until(lambda b: len(b.lines) == 3)
    readers = [await browsers.visit(who, ticket) for who in (bea, ada)]
    for reader in readers:
        await reader.send(f"{FOUND}.look_for", form={"words": WORD})
        await reader.send(f"{SAID}.look_for", words=WORD)
        for state, name in ((FOUND, "found"), (SAID, "hits")):
            await reader.until(lambda b, s=state, n=name: len(hits(b, s, n)) == 2)
        await reader.settled()

    first, second = (line["id"] for line in writer.lines[1:])
    await writer.send(f"{MESSAGE}.delete_message", message_id=first)
    await writer.send(f"{MESSAGE}.begin_edit", message_id=second)
    await writer.send(
        f"{MESSAGE}.save_edit", form_data={"edited": second, "text": f"One {WORD} more"}
    )
    for reader in readers:
        for state, name in ((FOUND, "found"), (SAID, "hits")):
            await reader.until(lambda b, s=state, n=name: hits(b, s, n) == [f"One {WORD} more"])


async def test_what_is_for_the_staff_is_no_hit_of_a_buyer(seed: Seed, browsers: Browsers) -> None:
    bea, sol = seed.person(BUYER), seed.person(SELLER)
    ticket = seed.ticket(bea, sol)
    writer, reader = await browsers.visit(sol, ticket), await browsers.visit(bea, ticket)
    for text, audience in ((f"A secret {WORD}", "staff"), (f"A public {WORD}", "everyone")):
        await writer.say(text, audience)
    await reader.until(lambda b: b.lines[-1]["body"] == f"A public {WORD}")
    shown = {}
    for browser in (reader, writer):
        await browser.send(f"{FOUND}.look_for", form={"words": WORD})
        await browser.until(lambda b: hits(b, FOUND, "found"))
        shown[browser] = hits(browser, FOUND, "found")
    assert shown[reader] == [f"A public {WORD}"]
    assert shown[writer] == [f"A public {WORD}", f"A secret {WORD}"]
    assert not any("secret" in frame for _, frame in reader.frames)


async def test_a_day_before_all_clocks_is_the_first_that_there_is(
    seed: Seed, browsers: Browsers
) -> None:
    bea, sol = seed.person(BUYER), seed.person(SELLER)
    ticket = seed.ticket(bea, sol)
    reader = await browsers.visit(bea, ticket)
    await reader.say(f"A {WORD}")
    await reader.until(lambda b: len(b.lines) == 2)
    for since, until in (("0001-01-01", ""), ("", "9999-12-31"), ("0001-01-01", "9999-12-31")):
        form = {"words": WORD, "since": since, "until": until}
        await reader.send(f"{FOUND}.look_for", form={"words": "nothing of that"})
        await reader.until(lambda b: hits(b, FOUND, "found") == [])
        await reader.send(f"{FOUND}.look_for", form=form)
        await reader.until(lambda b: hits(b, FOUND, "found") == [f"A {WORD}"])
