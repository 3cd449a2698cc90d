"""A thousand things that are no honest file, made at random of those that are."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import httpx
import pytest

from supportdesk import routes
from supportdesk.config import get_settings
from supportdesk.storage.store import key_of, picture_key_of
from tests.api.conftest import SignIn
from tests.support import files
from tests.support.cast import Cast

COUNT = 1000
_AT_ONCE = 20
_SEED = 17
WHOLE = [
    files.picture("PNG"), files.picture("JPEG"), files.picture("GIF"), files.picture("WEBP"),
    files.picture("TIFF"), files.PDF, files.SVG, files.HTML, files.sound(), files.bomb(),
    b"PK\x03\x04" + bytes(60), b"\x1f\x8b\x08" + bytes(60), b"MZ" + bytes(60), b"words " * 50,
    b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41" + bytes(60), b"\x1aE\xdf\xa3" + bytes(60),
]  # fmt: skip
NAMES = ["a.png", "a.pdf", "../a", "a\r\nb: c", "\u202egpj.exe", "", "a" * 400, "\ud800", "a\0b"]


def broken(chance: random.Random) -> bytes:
    """Cut, turned over, joined or filled with noise."""
    content = bytearray(chance.choice(WHOLE))
    for _ in range(chance.randrange(4)):
        place = chance.randrange(max(len(content), 1))
        way = chance.randrange(4)
        if way == 0:
            del content[place:]
        elif way == 1:
            content[place : place + 4] = chance.randbytes(4)
        elif way == 2:
            content += chance.choice(WHOLE)
        else:
            content[place:place] = chance.randbytes(chance.randrange(200))
    return bytes(content)


@pytest.mark.slow
async def test_a_thousand_broken_files_are_each_taken_or_refused_and_the_desk_is_well(
    sign_in: SignIn, cast: Cast, ask: Any
) -> None:
    bea, chance = await sign_in(cast.bea), random.Random(_SEED)
    tries = [(chance.choice(NAMES), broken(chance)) for _ in range(COUNT)]
    room = asyncio.Semaphore(_AT_ONCE)

    async def attempt(name: str, content: bytes) -> httpx.Response:
        async with room:
            return await files.upload(bea, name, content)

    answers = await asyncio.gather(*(attempt(*each) for each in tries))
    taken = [
        (answer, content)
        for answer, (_, content) in zip(answers, tries, strict=True)
        if answer.status_code == 200
    ]
    for answer in answers:
        if answer.status_code != 200:
            assert answer.status_code in (400, 422)
            assert answer.json()["error"].endswith(".")
    assert COUNT / 5 < len(taken) < COUNT
    assert ask("SELECT count(*) FROM attachment") == [(len(taken),)]
    assert list((get_settings().home / "uploads").iterdir()) == []
    held = ask("SELECT DISTINCT sha256, pictured FROM attachment")
    pictured = {picture_key_of(hash_) for hash_, has_picture in held if has_picture}
    assert await files.stored_keys() == {key_of(hash_) for hash_, _ in held} | pictured
    for answer, content in taken[:100]:
        found = await bea.get(f"{routes.ATTACHMENTS}/{answer.json()['id']}")
        assert found.content == content
