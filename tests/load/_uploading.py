"""A large file, sent to a desk and fetched from it as a browser does, in pieces of any size."""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp

from supportdesk import cookies, routes
from tests.support import files, films
from tests.support.desk import Desk
from tests.support.files import PIECE, TUS
from tests.support.seed import Person

_BLOCK_BYTES = 256 * 1024
BROWSERS_PIECE = 4_000_000


def write_text(path: Path, size: int) -> None:
    """Words, for which no decoder is asked; no two blocks are the same."""
    with path.open("wb") as file:
        for number in range(-(-size // _BLOCK_BYTES)):
            block = f"block {number} ".encode()
            file.write((block * (_BLOCK_BYTES // len(block) + 1))[:_BLOCK_BYTES])
        file.truncate(size)


def write_film(path: Path, size: int) -> None:
    picture = films.webm_picture(_BLOCK_BYTES)
    with path.open("wb") as file:
        file.write(films.webm())
        while file.tell() < size:
            file.write(picture)


def write_document(path: Path, size: int) -> None:
    """One page, and a stream that takes all the room."""
    places = []
    with path.open("wb") as file:
        file.write(b"%PDF-1.4\n")
        for number, about in enumerate(
            (
                b"<</Type/Catalog/Pages 2 0 R>>",
                b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
                b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]>>",
                b"<</Length %d>>stream\n" % size,
            ),
            start=1,
        ):
            places.append(file.tell())
            file.write(b"%d 0 obj%s%s" % (number, about, b"" if number == 4 else b"endobj\n"))
        file.seek(size, os.SEEK_CUR)
        file.write(b"\nendstream endobj\n")
        end = file.tell()
        file.write(b"xref\n0 5\n0000000000 65535 f \n")
        file.writelines(b"%010d 00000 n \n" % place for place in places)
        file.write(b"trailer<</Root 1 0 R/Size 5>>\nstartxref\n%d\n%%%%EOF\n" % end)


def write_photo(path: Path, size: int) -> None:
    """With a film behind it, as telephones take them."""
    path.write_bytes(files.picture("JPEG") + films.mp4())
    os.truncate(path, size)


def write_remarks(path: Path, size: int) -> None:
    """A photo with remarks that take all the room, each of which its reader keeps."""
    most = 65_533
    picture, remark = files.picture("JPEG"), b"\xff\xfe" + (most + 2).to_bytes(2, "big")
    with path.open("wb") as file:
        file.write(picture[:2])
        while file.tell() < size:
            file.write(remark + bytes(most))
        file.write(picture[2:])


class Visitor:
    """Somebody's browser, as far as files go."""

    def __init__(self, http: aiohttp.ClientSession, desk: Desk, person: Person) -> None:
        self._http, self._url = http, desk.url
        self._own = {"Cookie": f"{cookies.SESSION}={person.session}", "Origin": desk.url}

    async def upload(self, path: Path, piece: int = BROWSERS_PIECE) -> str:
        """The file's id."""
        size, name = path.stat().st_size, base64.b64encode(b"large.txt").decode()
        announced = {"Upload-Length": str(size), "Upload-Metadata": f"filename {name}"}
        address = (await self._ask("POST", routes.UPLOADS, 201, {**TUS, **announced}))[1]
        for start in range(0, size, piece):
            headers = {**PIECE, "Upload-Offset": str(start)}
            await self._ask("PATCH", address, 204, headers, _blocks(path, start, piece))
        await self._ask("POST", f"{address}/keep", 200, {})
        return address.rpartition("/")[2]

    async def download(self, file_id: str) -> str:
        """The hash of what came."""
        address = f"{self._url}{routes.ATTACHMENTS}/{file_id}"
        digest = hashlib.sha256()
        async with self._http.get(address, headers=self._own) as answer:
            async for block in answer.content.iter_chunked(_BLOCK_BYTES):
                digest.update(block)
        return digest.hexdigest()

    async def _ask(
        self,
        method: str,
        address: str,
        expected: int,
        headers: dict[str, str],
        body: AsyncIterator[bytes] | None = None,
    ) -> tuple[str, str]:
        async with self._http.request(
            method, self._url + address, headers={**self._own, **headers}, data=body
        ) as answer:
            text = await answer.text()
            if answer.status != expected:
                raise RuntimeError(f"{method} {address}: {answer.status} {text}")
            return text, answer.headers.get("Location", "")


async def _blocks(path: Path, start: int, length: int) -> AsyncIterator[bytes]:
    with path.open("rb") as file:
        file.seek(start)
        left = length
        while left > 0 and (block := file.read(min(left, _BLOCK_BYTES))):
            left -= len(block)
            yield block
