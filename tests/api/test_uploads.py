"""Receiving files: in pieces, checked by what they are, with a clear answer to all that fails."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from supportdesk import routes
from supportdesk.config import get_settings
from supportdesk.storage import lines, spool
from tests.api.conftest import Settings, SignIn, client
from tests.support import files, films
from tests.support.cast import Cast


def leftovers() -> list[str]:
    """What lies in the spool."""
    return sorted(path.name for path in (get_settings().home / "uploads").glob("*"))


@pytest.fixture
async def bea(sign_in: SignIn, cast: Cast) -> httpx.AsyncClient:
    return await sign_in(cast.bea)


async def test_what_is_sent_in_pieces_becomes_a_file(bea: httpx.AsyncClient) -> None:
    content = files.picture()
    announced = await files.announce(bea, "lamp.png", len(content))
    address = announced.headers["Location"]
    assert (await files.send_piece(bea, address, content[:50])).headers["Upload-Offset"] == "50"
    asked = await bea.head(address)
    assert (asked.headers["Upload-Offset"], asked.headers["Upload-Length"]) == (
        "50", str(len(content)),
    )  # fmt: skip
    await files.send_piece(bea, address, content[50:], 50)
    kept = (await bea.post(f"{address}/keep")).json()
    assert (kept["name"], kept["kind"], kept["width"], kept["height"]) == (
        "lamp.png", "picture", 60, 40,
    )  # fmt: skip
    assert (await bea.get(f"{routes.ATTACHMENTS}/{kept['id']}")).content == content
    assert leftovers() == []


async def test_asking_twice_to_keep_it_gives_the_same_file(bea: httpx.AsyncClient) -> None:
    first = await files.upload(bea, "lamp.png", files.picture())
    again = await bea.post(f"{routes.UPLOADS}/{first.json()['id']}/keep")
    assert again.json() == first.json()


async def test_a_piece_that_does_not_follow_is_refused(bea: httpx.AsyncClient) -> None:
    address = (await files.announce(bea, "a.txt", 10)).headers["Location"]
    assert (await files.send_piece(bea, address, b"hello", 5)).status_code == 409
    assert (await bea.head(address)).headers["Upload-Offset"] == "0"


async def test_more_than_was_announced_is_refused(bea: httpx.AsyncClient) -> None:
    address = (await files.announce(bea, "a.txt", 10)).headers["Location"]
    refused = await files.send_piece(bea, address, b"hello hello hello")
    assert refused.status_code == 422
    assert "More has come" in refused.json()["error"]


async def test_what_was_cut_in_the_middle_goes_on_where_it_ended(bea: httpx.AsyncClient) -> None:
    address = (await files.announce(bea, "a.txt", 10)).headers["Location"]

    async def cut() -> AsyncIterator[bytes]:
        yield b"hello"
        raise lines.Cut

    upload = spool.find(*owner_and_id(address))
    with pytest.raises(lines.Cut):
        await spool.append(upload, 0, cut())
    assert (await bea.head(address)).headers["Upload-Offset"] == "5"
    assert (await bea.post(f"{address}/keep")).status_code == 409
    await files.send_piece(bea, address, b"world", 5)
    assert (await bea.post(f"{address}/keep")).json()["size"] == "10 bytes"


def owner_and_id(address: str) -> tuple[UUID, UUID]:
    upload_id = UUID(address.rpartition("/")[2])
    found = spool._read(upload_id)
    assert found
    return found.owner_id, upload_id


async def test_two_writers_at_once_do_not_mix(bea: httpx.AsyncClient) -> None:
    address = (await files.announce(bea, "a.txt", 10)).headers["Location"]
    began, go_on = asyncio.Event(), asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        began.set()
        await go_on.wait()
        yield b"hello"

    upload = spool.find(*owner_and_id(address))
    writing = asyncio.create_task(spool.append(upload, 0, slow()))
    await began.wait()
    assert (await files.send_piece(bea, address, b"HELLO")).status_code == 204
    go_on.set()
    with pytest.raises(lines.Cut):
        await writing
    assert upload.path.read_bytes() == b"HELLO"
    with spool._alone(upload):  # As another process of this server would have it.
        assert (await files.send_piece(bea, address, b"HELLO", 5)).status_code == 423
    assert upload.path.read_bytes() == b"HELLO"


async def test_giving_up_leaves_nothing(bea: httpx.AsyncClient, ask: Any) -> None:
    address = (await files.announce(bea, "a.txt", 10)).headers["Location"]
    kept = (await files.upload(bea, "b.txt", b"hello")).json()
    for each in (address, f"{routes.UPLOADS}/{kept['id']}"):
        assert (await bea.delete(each)).status_code == 204
    assert leftovers() == []
    assert ask("SELECT count(*) FROM attachment") == [(0,)]


async def test_an_upload_is_its_owners_alone(
    bea: httpx.AsyncClient, sign_in: SignIn, cast: Cast
) -> None:
    address = (await files.announce(bea, "a.txt", 5)).headers["Location"]
    assert (await bea.head(address)).status_code == 200
    for other in (await sign_in(cast.ben), await sign_in(cast.ada)):
        assert (await other.head(address)).status_code == 404
        assert (await files.send_piece(other, address, b"hello")).status_code == 404
        assert (await other.post(f"{address}/keep")).status_code == 404
        await other.delete(address)
    assert (await bea.head(address)).status_code == 200


async def test_nobody_and_other_sites_upload_nothing(bea: httpx.AsyncClient) -> None:
    async with client() as nobody:
        assert (await files.announce(nobody, "a.txt", 5)).status_code == 401
    bea.headers["Origin"] = "https://elsewhere.example"
    assert (await files.announce(bea, "a.txt", 5)).status_code == 403
    assert leftovers() == []


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("photo.txt", files.picture("JPEG"), "picture"),
        ("photo.webp", files.picture("WEBP"), "picture"),
        ("page.png", files.HTML, "text"),
        ("drawing.png", files.SVG, "other"),
        ("notes.png", b"just words", "text"),
        ("table.csv", "Größe;Preis\r\nBMW;1 £\r\n".encode("cp1252"), "text"),
        ("BMW.csv", "BMW;Größe\n".encode("latin-1"), "text"),
        ("list.txt", "Größe\t学\n".encode("utf-16"), "text"),
        ("list.txt", b"\xfe\xff" + ("😀" * 3000).encode("utf-16-be"), "text"),
        ("paper.jpg", files.PDF, "pdf"),
        ("hum.wav", files.sound(), "sound"),
        # A picture that is a page as well is a picture, and is never sent as anything else.
        ("both.html", files.picture("GIF") + files.HTML, "picture"),
        # Nobody here opens it.
        ("bomb.zip", files.zip_bomb(), "other"),
        ("both.pdf", files.PDF + files.picture(), "pdf"),
    ],
)
async def test_what_a_file_is_its_content_says(
    bea: httpx.AsyncClient, name: str, content: bytes, kind: str
) -> None:
    kept = (await files.upload(bea, name, content)).json()
    assert (kept["kind"], kept["name"]) == (kind, name)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("empty.txt", b"", "This file is empty."),
        ("run.txt", b"MZ" + bytes(200), "Files of this kind cannot be attached."),
        ("run", b"\x7fELF" + bytes(200), "Files of this kind cannot be attached."),
        ("noise.png", bytes(range(128, 256)), "Files of this kind cannot be attached."),
        ("noise.csv", b"Gr\xf6\xdfe;\x01\x02\n", "Files of this kind cannot be attached."),
        ("bomb.png", files.bomb(), "This image has too many pixels."),
        ("cut.png", files.picture(size=(300, 300))[:-40], "This file is damaged"),
        ("cut.jpg", files.picture("JPEG", size=(300, 300))[:900], "This file is damaged"),
        ("cut.mp4", b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41", "This file is damaged"),
    ],
)
async def test_what_cannot_be_accepted_is_refused_and_gone(
    bea: httpx.AsyncClient, name: str, content: bytes, sentence: str, ask: Any
) -> None:
    refused = await files.upload(bea, name, content)
    assert refused.status_code in (400, 422)
    assert refused.json()["error"].startswith(sentence)
    assert (leftovers(), await files.stored_keys()) == ([], set())
    assert ask("SELECT count(*) FROM attachment") == [(0,)]
    assert (await files.upload(bea, "fine.txt", b"hello")).status_code == 200


async def test_sizes_and_types_are_those_of_the_role(
    sign_in: SignIn, cast: Cast, settings: Settings
) -> None:
    settings(buyer_file_megabytes=1, buyer_file_types="image/*")
    bea, sol = await sign_in(cast.bea), await sign_in(cast.sol)
    too_much = await files.announce(bea, "a.png", 1_000_001)
    told = "This file is a little larger than 1.0 MB, which is the most."
    assert too_much.json()["error"] == told
    much_more = await files.announce(bea, "a.png", 1_500_000)
    assert much_more.json()["error"] == "This file has 1.5 MB; 1.0 MB is the most."
    assert (await files.announce(sol, "a.png", 1_000_001)).status_code == 201
    assert (await files.upload(bea, "a.txt", b"hello")).status_code == 422
    assert (await files.upload(sol, "a.txt", b"hello")).status_code == 200


async def test_a_smaller_size_holds_for_what_is_under_way(
    bea: httpx.AsyncClient, settings: Settings
) -> None:
    begun, whole = [
        (await files.announce(bea, name, 1_500_000)).headers["Location"]
        for name in ("begun.txt", "whole.txt")
    ]
    assert (await files.send_piece(bea, begun, b"x" * 1_000)).status_code == 204
    assert (await files.send_piece(bea, whole, b"x" * 1_500_000)).status_code == 204
    settings(buyer_file_megabytes=1)
    for refused in (
        await files.send_piece(bea, begun, b"x" * 1_000, 1_000),
        await bea.post(f"{whole}/keep"),
    ):
        assert refused.status_code == 422
        assert refused.json()["error"] == "This file has 1.5 MB; 1.0 MB is the most."
    assert (leftovers(), await files.stored_keys()) == ([], set())


async def test_nobody_stores_more_than_their_share_not_even_at_once(
    sign_in: SignIn, cast: Cast, settings: Settings
) -> None:
    settings(buyer_storage_megabytes=1)
    bea, ben = await sign_in(cast.bea), await sign_in(cast.ben)
    tries = (files.upload(bea, f"{n}.txt", b"x" * 300_000) for n in range(6))
    answers = [answer.status_code for answer in await asyncio.gather(*tries)]
    assert sorted(answers) == [200, 200, 200, 422, 422, 422]
    assert (await files.upload(ben, "a.txt", b"x" * 300_000)).status_code == 200


async def test_names_come_out_as_one_line_without_tricks(bea: httpx.AsyncClient) -> None:
    for given, kept in {
        "../../etc/passwd": "passwd",
        "C:\\temp\\a.txt": "a.txt",
        "a\r\nSet-Cookie: b=c.txt": "a Set-Cookie: b=c.txt",
        "\u202etxt.exe": "txt.exe",
        'a"b;c.txt': 'a"b;c.txt',
        "   ": "file",
        "..": "file",
        "Größe 学.txt": "Größe 学.txt",
        "x" * 300 + ".txt": "x" * 196 + ".txt",
    }.items():
        assert (await files.upload(bea, given, b"hello")).json()["name"] == kept


async def test_a_thumbnail_is_drawn_anew_and_the_right_way_up(bea: httpx.AsyncClient) -> None:
    kept = (await files.upload(bea, "photo.jpg", files.sideways())).json()
    assert (kept["width"], kept["height"]) == (40, 60)
    drawn = await bea.get(f"{routes.ATTACHMENTS}/{kept['id']}/thumbnail")
    assert drawn.headers["Content-Type"] == "image/webp"
    assert b"SECRET-PHOTOGRAPHER" in files.sideways()
    assert b"SECRET-PHOTOGRAPHER" not in drawn.content


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (films.webm(640, 480, 61), (640, 480, "1:01")),
        (films.mp4(640, 480, 61), (640, 480, "1:01")),
        (films.webm(2**40, 480, 61), (0, 0, "1:01")),
        (films.webm(640, 2**31, 1e300), (0, 0, "")),
        (films.webm(640, 480, -5), (640, 480, "")),
    ],
)
async def test_a_film_is_believed_what_can_be_true(
    bea: httpx.AsyncClient, content: bytes, said: tuple[int, int, str]
) -> None:
    kept = (await files.upload(bea, "film", content)).json()
    assert (kept["width"], kept["height"], kept["plays"]) == said


async def test_a_full_disk_is_told_and_the_upload_dropped(bea: httpx.AsyncClient) -> None:
    address = (await files.announce(bea, "a.txt", 10)).headers["Location"]
    part = get_settings().home / "uploads" / f"{address.rpartition('/')[2]}.part"
    part.unlink()
    part.symlink_to("/dev/full")
    answer = await files.send_piece(bea, address, b"hello")
    assert answer.status_code == 507
    assert "no room" in answer.json()["error"]
    assert leftovers() == []


async def test_while_the_storage_is_away_the_upload_waits(bea: httpx.AsyncClient, ask: Any) -> None:
    await files.upload(bea, "other.txt", b"other")
    folder: Path = get_settings().home / "files"
    aside = folder.rename(folder.with_name("elsewhere"))
    folder.write_text("in the way")
    address = (await files.announce(bea, "a.txt", 5)).headers["Location"]
    await files.send_piece(bea, address, b"hello")
    answer = await bea.post(f"{address}/keep")
    assert answer.status_code == 503
    assert "cannot reach its file storage" in answer.json()["error"]
    assert ask("SELECT count(*) FROM attachment") == [(1,)]
    folder.unlink()
    aside.rename(folder)
    assert (await bea.post(f"{address}/keep")).json()["name"] == "a.txt"


@pytest.mark.usefixtures("storage")
async def test_many_uploads_at_once_are_all_whole(bea: httpx.AsyncClient) -> None:
    contents = [f"file {number} ".encode() * 5_000 for number in range(20)]
    tries = (files.upload(bea, f"{n}.txt", each) for n, each in enumerate(contents))
    kept = [answer.json() for answer in await asyncio.gather(*tries)]
    for each, content in zip(kept, contents, strict=True):
        assert (await bea.get(f"{routes.ATTACHMENTS}/{each['id']}")).content == content
