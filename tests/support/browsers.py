"""Several raw browsers at one desk, and what each of them has heard since a moment."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from uuid import uuid4

import aiohttp

from tests.support.desk import Desk
from tests.support.raw_browser import INBOX, MARK, THREAD, RawBrowser
from tests.support.seed import Person, SeededTicket


class Browsers:
    """Opens browsers, and closes all of them at the end."""

    def __init__(self, http: aiohttp.ClientSession, desk: Desk) -> None:
        self._http, self._desk = http, desk
        self._opened: list[RawBrowser] = []

    def new(self, person: Person) -> RawBrowser:
        browser = RawBrowser(self._http, self._desk.url, person.session)
        self._opened.append(browser)
        return browser

    async def visit(self, person: Person, ticket: SeededTicket | None = None) -> RawBrowser:
        """A new tab of that person, on the ticket or on the list alone, with all of it there."""
        browser = self.new(person)
        await browser.visit(person.page(ticket))
        return browser

    async def close(self) -> None:
        for browser in self._opened:
            await browser.close()


def bodies(browser: RawBrowser) -> list[str]:
    """The conversation on the screen, as text."""
    return [line["body"] for line in browser.lines]


def previews(browser: RawBrowser) -> list[str]:
    """The last messages in the ticket list on the screen."""
    return [row["last_text"] for row in browser.rows]


def shows(browser: RawBrowser, text: str) -> bool:
    """Whether `text` is the last message of a listed ticket, and a line of it if that is open.

    Admins list the tickets of all tests: what is looked for there has been said in no other one.
    """
    told = {row["number"] for row in browser.rows if row["last_text"] == text}
    return bool(told) and (browser.var(THREAD, "number") not in told or text in bodies(browser))


async def all_show(text: str, browsers: Iterable[RawBrowser], seconds: float = 10) -> None:
    for browser in browsers:
        await browser.until(lambda b: shows(b, text), seconds)


CATCHING_UP = "Catching up"


async def catch_up(browser: RawBrowser) -> str:
    """Say something in the open ticket, and wait until both list and conversation show it.

    Bells are answered in their order, so whatever the browser was to be told of an earlier change
    it has been told by then.
    """
    text = f"{CATCHING_UP} {uuid4()}"
    await browser.say(text)
    await all_show(text, [browser])
    return text


def heard(browser: RawBrowser, since: int, until: str | None = None) -> list[dict[str, Any]]:
    """What the hub told this browser from its frame number `since` on, or until it had caught up.

    That others were catching up, too, does not count, nor that somebody has read something; nor do
    answers to events of its own.
    """
    found: list[dict[str, Any]] = []
    caught_up: set[str] = set()
    for _, frame in browser.frames[since:]:
        _, update = json.loads(frame.removeprefix("42/_event,"))
        for state, values in (update.get("delta") or {}).items():
            if state not in (THREAD, INBOX) or state in caught_up:
                continue
            others = {
                name.removesuffix(MARK): value
                for name, value in values.items()
                if CATCHING_UP not in json.dumps(value)
                and name not in (f"order{MARK}", f"receipt{MARK}")
            }
            if others:
                found.append(others)
            if until and until in json.dumps(values):
                caught_up.add(state)
    return found
