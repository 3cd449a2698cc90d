"""Uploads that somebody gives up, asks for twice, or sends on a line that dies without a word."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.types import Message

from supportdesk import cookies, routes
from supportdesk.api import uploads
from supportdesk.domain.commands import attachments, people, sessions
from supportdesk.domain.errors import Refused
from supportdesk.storage import lines, scanner, spool
from supportdesk.storage.sweep import sweep
from tests.api.conftest import SignIn
from tests.api.test_uploads import leftovers, owner_and_id
from tests.support import files
from tests.support.cast import Cast

CONTENT = b"hello world"


@pytest.fixture
async def bea(sign_in: SignIn, cast: Cast) -> httpx.AsyncClient:
    return await sign_in(cast.bea)


@pytest.fixture
async def address(bea: httpx.AsyncClient) -> str:
    """Of an upload that has been announced."""
    return (await files.announce(bea, "a.txt", len(CONTENT))).headers["Location"]


@pytest.fixture
async def silent(bea: httpx.AsyncClient, address: str) -> asyncio.Task[httpx.Response]:
    """A piece whose line has died after the first bytes, and nobody was told."""
    began = asyncio.Event()

    async def dying() -> AsyncIterator[bytes]:
        yield CONTENT[:5]
        began.set()
        await asyncio.Event().wait()

    headers = {**files.PIECE, "Upload-Offset": "0"}
    sent = asyncio.create_task(bea.patch(address, content=dying(), headers=headers))
    await began.wait()
    return sent


async def test_who_comes_back_goes_on_where_the_dead_line_ended(
    bea: httpx.AsyncClient, address: str, silent: asyncio.Task[httpx.Response]
) -> None:
    assert (await bea.head(address)).headers["Upload-Offset"] == "5"
    assert (await silent).status_code == 409
    assert (await files.send_piece(bea, address, CONTENT[5:], 5)).status_code == 204
    kept = (await bea.post(f"{address}/keep")).json()
    assert (await bea.get(f"{routes.ATTACHMENTS}/{kept['id']}")).content == CONTENT


async def test_who_hangs_up_in_the_middle_loses_nothing_that_has_come(
    bea: httpx.AsyncClient, address: str
) -> None:
    heard = iter(
        [
            {"type": "http.request", "body": CONTENT[:5], "more_body": True},
            {"type": "http.disconnect"},
        ]
    )
    sent = {**files.PIECE, "Upload-Offset": "0", "Origin": str(bea.headers["Origin"])}
    sent["Cookie"] = f"{cookies.SESSION}={bea.cookies[cookies.SESSION]}"
    scope = {
        "type": "http",
        "method": "PATCH",
        "path": address,
        "query_string": b"",
        "headers": [(name.lower().encode(), value.encode()) for name, value in sent.items()],
    }
    answers: list[Message] = []

    async def hear() -> Message:
        return next(heard)

    async def answer(message: Message) -> None:
        answers.append(message)

    await Starlette(routes=uploads.ROUTES)(scope, hear, answer)
    assert answers[0]["status"] == 409
    assert (await bea.head(address)).headers["Upload-Offset"] == "5"


async def test_a_newer_piece_takes_the_place_of_the_older(
    bea: httpx.AsyncClient, address: str, silent: asyncio.Task[httpx.Response]
) -> None:
    newer = await files.send_piece(bea, address, CONTENT)
    assert (newer.status_code, (await silent).status_code) == (409, 409)
    assert (await files.send_piece(bea, address, CONTENT[5:], 5)).status_code == 204
    assert spool.find(*owner_and_id(address)).path.read_bytes() == CONTENT


async def test_a_line_that_is_silent_for_long_is_given_up(
    bea: httpx.AsyncClient, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "_SILENT_SECONDS", 0.05)

    async def dying() -> AsyncIterator[bytes]:
        yield CONTENT[:5]
        await asyncio.Event().wait()

    headers = {**files.PIECE, "Upload-Offset": "0"}
    async with asyncio.timeout(10):
        answer = await bea.patch(address, content=dying(), headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (409, "The connection was lost.")
    assert spool.find(*owner_and_id(address)).offset == 5


async def test_giving_up_ends_what_is_being_sent(
    bea: httpx.AsyncClient, address: str, silent: asyncio.Task[httpx.Response]
) -> None:
    assert (await bea.delete(address)).status_code == 204
    async with asyncio.timeout(10):
        assert (await silent).status_code == 409
    assert leftovers() == []
    assert (await bea.head(address)).status_code == 404


async def test_what_is_gone_while_it_is_sent_is_not_found(
    bea: httpx.AsyncClient, address: str
) -> None:
    async def given_up_meanwhile() -> AsyncIterator[bytes]:
        yield CONTENT[:5]
        spool.discard(spool.find(*owner_and_id(address)))

    headers = {**files.PIECE, "Upload-Offset": "0"}
    assert (
        await bea.patch(address, content=given_up_meanwhile(), headers=headers)
    ).status_code == 404


async def test_who_asks_twice_at_once_to_keep_it_gets_the_same_file_twice(
    bea: httpx.AsyncClient, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await files.send_piece(bea, address, CONTENT)
    scanned: list[Path] = []

    async def scan(path: Path) -> None:
        scanned.append(path)
        if len(scanned) > 1:
            await first

    monkeypatch.setattr(scanner, "scan", scan)
    first, second = (asyncio.create_task(bea.post(f"{address}/keep")) for _ in range(2))
    assert ((await first).status_code, (await second).status_code) == (200, 200)
    assert (await first).json() == (await second).json()


async def test_who_asks_again_before_the_answer_is_told_why_it_is_refused(
    bea: httpx.AsyncClient, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await files.send_piece(bea, address, CONTENT)
    asked = asyncio.Event()

    async def scan(path: Path) -> None:
        await asked.wait()
        raise Refused("Something harmful.")

    monkeypatch.setattr(scanner, "scan", scan)
    find, found = spool.find, list[spool.Upload]()

    def finding(*given: Any) -> spool.Upload:
        found.append(find(*given))
        if len(found) == 2:
            asked.set()
        return found[-1]

    monkeypatch.setattr(spool, "find", finding)
    answers = await asyncio.gather(*(bea.post(f"{address}/keep") for _ in range(2)))
    assert [(each.status_code, each.json()["error"]) for each in answers] == [
        (422, "Something harmful.")
    ] * 2
    assert leftovers() == []


def stopped_at(
    step: Callable[..., Awaitable[None]], reached: asyncio.Event, go_on: asyncio.Event
) -> Callable[..., Awaitable[None]]:
    """The same step, which says that it has been reached, and waits."""

    async def stopping(*given: Any) -> None:
        reached.set()
        await go_on.wait()
        await step(*given)

    return stopping


@pytest.mark.parametrize(("module", "step"), [(scanner, "scan"), (attachments, "keep")])
async def test_giving_up_while_it_is_being_kept_leaves_nothing(
    bea: httpx.AsyncClient, address: str, ask: Any, monkeypatch: pytest.MonkeyPatch, module: Any,
    step: str,
) -> None:  # fmt: skip
    await files.send_piece(bea, address, CONTENT)
    reached, go_on = asyncio.Event(), asyncio.Event()
    monkeypatch.setattr(module, step, stopped_at(getattr(module, step), reached, go_on))
    keeping = asyncio.create_task(bea.post(f"{address}/keep"))
    await reached.wait()
    giving_up = asyncio.create_task(bea.delete(address))
    await asyncio.wait({giving_up}, timeout=0.2)  # It does not end before the other has.
    go_on.set()
    assert (await giving_up).status_code == 204
    assert (await keeping).status_code in (200, 404)
    assert ask("SELECT count(*) FROM attachment") == [(0,)]
    assert leftovers() == []


async def sign_out(browser: httpx.AsyncClient) -> None:
    await sessions.sign_out(browser.cookies[cookies.SESSION])


async def test_what_was_begun_in_a_session_goes_soon_when_that_ends_and_nothing_else_does(
    bea: httpx.AsyncClient, sign_in: SignIn, cast: Cast, address: str
) -> None:
    ben = await sign_in(cast.ben)
    announced = [await files.announce(each, "b.txt", 9) for each in (await sign_in(cast.bea), ben)]
    others = {each.headers["Location"].rpartition("/")[2] for each in announced}
    await files.send_piece(bea, address, CONTENT[:5])
    await sweep()
    assert (await bea.head(address)).headers["Upload-Offset"] == "5"
    await sign_out(bea)
    await sweep()
    assert {Path(name).stem for name in leftovers()} == others
    await people.end_sessions(cast.ada, cast.bea.user_id)
    await people.deactivate(cast.ada, cast.ben.user_id)
    await sweep()
    assert leftovers() == []


async def test_what_still_comes_when_the_session_ends_is_cut(
    bea: httpx.AsyncClient, silent: asyncio.Task[httpx.Response]
) -> None:
    await sign_out(bea)
    await sweep()
    assert (await silent).status_code == 409
    assert leftovers() == []


async def test_who_signs_in_again_goes_on_with_it(
    bea: httpx.AsyncClient, sign_in: SignIn, cast: Cast, address: str
) -> None:
    await files.send_piece(bea, address, CONTENT[:5])
    await sign_out(bea)
    back = await sign_in(cast.bea)
    assert (await back.head(address)).headers["Upload-Offset"] == "5"
    await sweep()
    assert (await files.send_piece(back, address, CONTENT[5:], 5)).status_code == 204
    assert (await back.post(f"{address}/keep")).json()["size"] == "11 bytes"
