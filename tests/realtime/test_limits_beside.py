"""A limit that an admin changes at one server process holds at another one at once."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Iterator
from typing import Any

import aiohttp
import pytest

from supportdesk import cookies, routes
from tests.realtime.test_rules import at, choose
from tests.support.browsers import Browsers, bodies
from tests.support.desk import Desk, running_beside
from tests.support.raw_browser import COMPOSER, MESSAGE, SETTINGS, RawBrowser
from tests.support.seed import BUYER, SELLER, Person, Seed

pytestmark = pytest.mark.usefixtures("unset")


@pytest.fixture(scope="module")
def second(desk: Desk) -> Iterator[Desk]:
    with running_beside(desk) as running:
        yield running


@pytest.fixture
async def there(http: aiohttp.ClientSession, second: Desk) -> AsyncIterator[Browsers]:
    """Browsers at the second process."""
    opened = Browsers(http, second)
    yield opened
    await opened.close()


@pytest.fixture
async def zoe(browsers: Browsers, seed: Seed) -> RawBrowser:
    """An admin at the settings, at the first process."""
    return await at(browsers, seed, "Zoe", routes.ADMIN_SETTINGS, SETTINGS)


@pytest.fixture
def nora(seed: Seed) -> Person:
    return seed.person(BUYER, "Nora")


@pytest.fixture
async def tab(seed: Seed, there: Browsers, nora: Person) -> RawBrowser:
    """Hers, at the second process, with a message of hers in a ticket."""
    tab = await there.visit(nora, seed.ticket(nora, seed.person(SELLER, "Theo")))
    await tab.say("It is the blub.")
    await tab.until(lambda b: "It is the blub." in bodies(b))
    return tab


async def heard(zoe: RawBrowser, tab: RawBrowser) -> None:
    """Change what can be seen over there, too: bells are answered in their order."""
    most = tab.var(COMPOSER, "most") - 1
    await set_(zoe, "message_max_length", f"{most}")
    await tab.until(lambda b: b.var(COMPOSER, "most") == most)


async def set_(zoe: RawBrowser, key: str, value: str) -> None:
    """As the dialog does that was just opened."""
    row = rule(zoe, key)
    await choose(zoe, key, value, row["value"])
    await zoe.until(lambda b: rule(b, key) != row)


def rule(zoe: RawBrowser, key: str) -> Any:
    return next(row for row in zoe.var(SETTINGS, "limits") if row["id"] == key)


async def test_the_length_of_a_message(zoe: RawBrowser, tab: RawBrowser) -> None:
    await set_(zoe, "message_max_length", "60")
    await tab.until(lambda b: b.var(COMPOSER, "most") == 60)
    long = await tab.say("x" * 61)
    await tab.until(lambda b: long in b.refused)
    assert "60" in tab.refused[long]
    await tab.say("y" * 60)
    await tab.until(lambda b: "y" * 60 in bodies(b))
    assert "x" * 61 not in bodies(tab)


async def test_the_time_to_change_a_message(zoe: RawBrowser, tab: RawBrowser) -> None:
    message = tab.lines[-1]["id"]
    await tab.send(f"{MESSAGE}.begin_edit", message_id=message)
    await tab.until(lambda b: "It is the blub." in str(b.events))
    await set_(zoe, "message_edit_minutes", "0")
    await heard(zoe, tab)
    await tab.send(f"{MESSAGE}.save_edit", form_data={"edited": message, "text": "It is the bulb."})
    await tab.until(lambda b: "No message can be changed" in b.var(MESSAGE, "error"))
    await set_(zoe, "message_edit_minutes", "30")
    await heard(zoe, tab)
    await tab.send(f"{MESSAGE}.save_edit", form_data={"edited": message, "text": "It is the bulb."})
    await tab.until(lambda b: "It is the bulb." in bodies(b))


async def test_the_size_of_a_file(
    http: aiohttp.ClientSession, second: Desk, zoe: RawBrowser, tab: RawBrowser, nora: Person
) -> None:
    async def announce(size: int) -> int:
        headers = {
            "Cookie": f"{cookies.SESSION}={nora.session}",
            "Origin": second.url,
            "Tus-Resumable": "1.0.0",
            "Upload-Length": str(size),
            "Upload-Metadata": f"filename {base64.b64encode(b'a.txt').decode()}",
        }
        async with http.post(f"{second.url}{routes.UPLOADS}", headers=headers) as response:
            return response.status

    assert await announce(1_000_001) == 201
    await set_(zoe, "buyer_file_megabytes", "1")
    await tab.until(lambda b: b.var(COMPOSER, "file_most") == 1_000_000)
    assert await announce(1_000_001) == 422
    assert await announce(1_000_000) == 201


async def test_the_attempts_to_sign_in(
    http: aiohttp.ClientSession, second: Desk, zoe: RawBrowser, tab: RawBrowser
) -> None:
    async def attempt() -> str:
        """What is said of it, at the second process."""
        form = {"email": "somebody@seed.test", "password": "not it", "next": ""}
        headers = {"Origin": second.url}
        async with http.post(
            f"{second.url}{routes.POST_LOGIN}", data=form, headers=headers, allow_redirects=False
        ) as response:
            told = f"{cookies.FORM}={response.cookies[cookies.FORM].value}"
            return cookies.unpack_form(told)["error"]

    refused = "Too many attempts"
    assert [refused in await attempt() for _ in range(4)] == [False] * 4
    # What was tried before counts, so the fifth is refused, which it was not before.
    await set_(zoe, "sign_in_attempts_per_address", "3 in 1 hour")
    await heard(zoe, tab)
    assert [refused in await attempt() for _ in range(2)] == [True] * 2
    await set_(zoe, "sign_in_attempts_per_address", "6 in 1 hour")
    await heard(zoe, tab)
    assert [refused in await attempt() for _ in range(3)] == [False] * 2 + [True]
