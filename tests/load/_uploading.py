"""A large file, sent to a desk and fetched from it as a browser does, in pieces of any size."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp

from supportdesk import cookies, routes
from tests.support.desk import Desk
from tests.support.files import PIECE, TUS
from tests.support.seed import Person

_BLOCK_BYTES = 256 * 1024
BROWSERS_PIECE = 4_000_000


class Visitor:
    """Somebody's browser, as far as files go."""

    def __init__(self, http: aiohttp.ClientSession, desk: Desk, person: Person) -> None:
        self._http, self._url = http, desk.url
        self._own = {"Cookie": f"{cookies.SESSION}={person.session}", "Origin": desk.url}

    async def upload(self, path: Path, piece: int = BROWSERS_PIECE) -> str:
        """The file's id."""
        address = await self.send(path, piece)
        await self._ask("POST", f"{address}/keep", 200, {})
        return address.rpartition("/")[2]

    async def refused(self, path: Path, piece: int = BROWSERS_PIECE) -> str:
        """Why it is not kept."""
        address = await self.send(path, piece)
        answer = await self._ask("POST", f"{address}/keep", 422, {})
        return str(json.loads(answer[0])["error"])

    async def send(self, path: Path, piece: int = BROWSERS_PIECE) -> str:
        """The address of what has come whole."""
        size, name = path.stat().st_size, base64.b64encode(b"large.txt").decode()
        announced = {"Upload-Length": str(size), "Upload-Metadata": f"filename {name}"}
        address = (await self._ask("POST", routes.UPLOADS, 201, {**TUS, **announced}))[1]
        for start in range(0, size, piece):
            headers = {**PIECE, "Upload-Offset": str(start)}
            await self._ask("PATCH", address, 204, headers, _blocks(path, start, piece))
        return address

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
