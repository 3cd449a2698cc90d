"""Handing out files: to whom, and so that nothing in them runs."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import httpx
import pytest

from supportdesk import routes
from supportdesk.api.attachments import disposition
from supportdesk.domain.actor import Actor
from supportdesk.domain.commands import messages
from supportdesk.domain.commands.attachments import Sent
from supportdesk.domain.commands.filing import NewTicket, file_ticket
from supportdesk.domain.models import Audience
from tests.api.conftest import SignIn, client
from tests.support import files, films
from tests.support.cast import Cast

SOUND = files.sound()


def address(file_id: str, suffix: str = "") -> str:
    return f"{routes.ATTACHMENTS}/{file_id}{suffix}"


@pytest.fixture
async def ticket(cast: Cast) -> UUID:
    new = NewTicket("A lamp", "It flickers.", seller_id=cast.sol.user_id)
    return (await file_ticket(cast.bea, new)).id


@pytest.fixture
async def sol(sign_in: SignIn, cast: Cast) -> httpx.AsyncClient:
    return await sign_in(cast.sol)


async def send(
    browser: httpx.AsyncClient, actor: Actor, ticket: UUID, content: bytes, audience: Audience
) -> str:
    file_id = str((await files.upload(browser, "a", content)).json()["id"])
    await messages.post(actor, ticket, "", audience, files=[Sent(UUID(file_id), "a")])
    return file_id


@pytest.mark.parametrize(
    ("audience", "readers"),
    [(Audience.EVERYONE, "bea sol ada abe"), (Audience.STAFF, "sol ada abe")],
)
async def test_a_file_is_for_those_who_may_read_the_message(
    cast: Cast, ticket: UUID, sol: httpx.AsyncClient, sign_in: SignIn, audience: Audience,
    readers: str,
) -> None:  # fmt: skip
    file_id = await send(sol, cast.sol, ticket, files.picture(), audience)
    for actor in cast:
        browser = await sign_in(actor)
        expected = 200 if cast.name_of(actor.user_id) in readers.split() else 404
        for path in (address(file_id), address(file_id, "/thumbnail")):
            assert (await browser.get(path)).status_code == expected


async def test_what_is_not_sent_is_its_uploaders_alone(
    cast: Cast, sol: httpx.AsyncClient, sign_in: SignIn
) -> None:
    file_id = (await files.upload(sol, "a.png", files.picture())).json()["id"]
    assert (await sol.get(address(file_id))).status_code == 200
    for other in (cast.bea, cast.ada):
        assert (await (await sign_in(other)).get(address(file_id))).status_code == 404


async def test_who_may_not_see_it_is_told_the_same_as_if_it_never_was(
    cast: Cast, ticket: UUID, sol: httpx.AsyncClient, sign_in: SignIn, ask: Any
) -> None:
    file_id = await send(sol, cast.sol, ticket, files.picture(), Audience.EVERYONE)
    left, stranger = await sign_in(cast.bea), await sign_in(cast.max)
    etags = {
        suffix: (await left.get(address(file_id, suffix))).headers["ETag"]
        for suffix in ("", "/thumbnail")
    }
    ask("DELETE FROM participant WHERE user_id = %s", cast.bea.user_id)
    async with client() as nobody:
        for suffix, method, headers in [
            ("", "GET", {}),
            ("", "HEAD", {}),
            ("", "GET", {"Range": "bytes=0-3"}),
            ("", "GET", {"Range": "bytes=999999-"}),
            ("", "GET", {"If-None-Match": etags[""]}),
            ("/thumbnail", "GET", {}),
            ("/thumbnail", "HEAD", {}),
            ("/thumbnail", "GET", {"If-None-Match": etags["/thumbnail"]}),
        ]:
            there = await sol.request(method, address(file_id, suffix), headers=headers)
            assert there.status_code in (200, 206, 304, 416)
            asked = [(each, file_id) for each in (left, stranger, nobody)]
            asked += [(left, "01890000-0000-7000-8000-000000000000"), (left, "nonsense")]
            answers = [
                await each.request(method, address(id_, suffix), headers=headers)
                for each, id_ in asked
            ]
            found = {(each.status_code, each.content, told(each)) for each in answers}
            body = b"" if method == "HEAD" else b"Not found"
            assert found == {(404, body, told(answers[0]))}, (suffix, method, headers)


def told(answer: httpx.Response) -> tuple[tuple[str, str], ...]:
    return tuple(answer.headers.items())


@pytest.mark.usefixtures("storage")
@pytest.mark.parametrize(
    ("content", "type_"),
    [
        (files.picture(), "image/png"),
        (files.picture("JPEG"), "image/jpeg"),
        (files.PDF, "application/pdf"),
        (SOUND, "audio/wav"),
        (films.webm(), "video/webm"),
        (films.mp4(), "video/mp4"),
        (files.picture("GIF"), "image/gif"),
        (files.picture("WEBP"), "image/webp"),
        (files.picture("AVIF"), "image/avif"),
        (files.SVG, ""),
        (files.HTML, ""),
        (b"alert(1) // words", ""),
        (files.picture("TIFF"), ""),
    ],
)
async def test_only_what_is_safe_opens_in_place(
    sol: httpx.AsyncClient, content: bytes, type_: str
) -> None:
    file_id = (await files.upload(sol, "a.html", content)).json()["id"]
    answer = await sol.get(address(file_id))
    assert answer.content == content
    assert answer.headers["Content-Type"] == (type_ or "application/octet-stream")
    expected = "inline" if type_ else "attachment"
    assert answer.headers["Content-Disposition"].startswith(f"{expected};")
    assert is_shut_in(answer)


def is_shut_in(answer: httpx.Response) -> bool:
    """Whatever a browser takes it for, nothing in it runs."""
    policy = {each.strip() for each in answer.headers["Content-Security-Policy"].split(";")}
    alone = answer.headers["X-Content-Type-Options"] == "nosniff"
    return alone and {"sandbox", "default-src 'none'"} <= policy


async def test_what_comes_with_every_file(sol: httpx.AsyncClient) -> None:
    file_id = (await files.upload(sol, "a.png", files.picture())).json()["id"]
    for path in (address(file_id), address(file_id, "/thumbnail")):
        answer = await sol.get(path)
        assert is_shut_in(answer)
        assert answer.headers["Cache-Control"] == "private, no-cache"
        again = await sol.get(path, headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")


@pytest.mark.usefixtures("storage")
@pytest.mark.parametrize(
    ("asked", "status", "part"),
    [
        ("bytes=0-3", 206, SOUND[:4]),
        ("bytes=4-", 206, SOUND[4:]),
        ("bytes=-5", 206, SOUND[-5:]),
        ("bytes=0-999999999", 206, SOUND),
        (f"bytes={len(SOUND)}-", 416, b""),
        ("bytes=-0", 416, b""),
        ("bytes=5-2", 200, SOUND),
        ("bytes=0-1,4-5", 200, SOUND),
        ("lines=1-2", 200, SOUND),
        ("bytes=-", 200, SOUND),
    ],
)
async def test_players_get_the_part_that_they_ask_for(
    sol: httpx.AsyncClient, asked: str, status: int, part: bytes
) -> None:
    file_id = (await files.upload(sol, "a.wav", SOUND)).json()["id"]
    answer = await sol.get(address(file_id), headers={"Range": asked})
    assert (answer.status_code, answer.content) == (status, part)
    if status == 206:
        start = SOUND.rindex(part) if asked == "bytes=-5" else SOUND.index(part)
        stands = f"bytes {start}-{start + len(part) - 1}/{len(SOUND)}"
        assert answer.headers["Content-Range"] == stands
    head = await sol.head(address(file_id), headers={"Range": asked})
    assert (head.status_code, head.content) == (status, b"")


async def test_a_part_of_another_version_is_not_mixed_in(sol: httpx.AsyncClient) -> None:
    file_id = (await files.upload(sol, "a.wav", SOUND)).json()["id"]
    headers = {"Range": "bytes=0-3", "If-Range": '"another"'}
    assert (await sol.get(address(file_id), headers=headers)).status_code == 200


def test_names_come_out_right_in_the_header() -> None:
    assert disposition("a.txt", inline=True) == (
        "inline; filename=\"a.txt\"; filename*=UTF-8''a.txt"
    )
    assert disposition('Grö"ße;\\%.txt', inline=False) == (
        "attachment; filename=\"Gr___e;__.txt\"; filename*=UTF-8''Gr%C3%B6%22%C3%9Fe%3B%5C%25.txt"
    )
    assert "\n" not in disposition("a\r\nb", inline=True)
