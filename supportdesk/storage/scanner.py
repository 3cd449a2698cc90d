"""Asking ClamAV's daemon whether a file is harmful: its INSTREAM command, on a socket."""

from __future__ import annotations

import asyncio
import socket
import struct
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from supportdesk.config import get_settings
from supportdesk.domain.errors import Refused
from supportdesk.storage.errors import ScannerAway

_PIECE_BYTES = 256 * 1024
# ClamAV gives up by itself after two minutes, unless it is told otherwise (`MaxScanTime`).
_PATIENCE_SECONDS = 180
_SIGN_OF_LIFE_SECONDS = 10


async def scan(path: Path) -> None:
    """Return when there is no scanner, or it has found nothing.

    Raises:
        Refused: the file is harmful, larger than the scanner takes, or a maze without an end.
        ScannerAway: the scanner cannot be asked.
    """
    url = get_settings().clamd_url
    if url is None:
        return
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            answer = await _ask(url, path)
    except TimeoutError as error:
        # To ask again would take as long again, and so on for ever.
        if await _is_well(url):
            raise Refused("The virus scanner takes too long over this file.") from error
        raise ScannerAway from error
    except (OSError, EOFError) as error:
        raise ScannerAway from error
    if answer.endswith("FOUND"):
        raise Refused("The virus scanner has found something harmful in this file.")
    if "size limit exceeded" in answer:
        raise Refused("This file is larger than the virus scanner can look through.")
    if not answer.endswith("OK"):
        raise ScannerAway


async def _ask(url: str, path: Path) -> str:
    loop = asyncio.get_running_loop()
    with await _connect(url) as connection, path.open("rb") as file:
        await loop.sock_sendall(connection, b"zINSTREAM\0")
        # When it has heard enough it hangs up, and what it had to say is still there to be read.
        with suppress(ConnectionError):
            while piece := await asyncio.to_thread(file.read, _PIECE_BYTES):
                await loop.sock_sendall(connection, struct.pack("!I", len(piece)) + piece)
            await loop.sock_sendall(connection, struct.pack("!I", 0))
        return await _answer(connection)


async def _is_well(url: str) -> bool:
    """Whether it answers who asks for no more than that."""
    try:
        async with asyncio.timeout(_SIGN_OF_LIFE_SECONDS):
            with await _connect(url) as connection:
                await asyncio.get_running_loop().sock_sendall(connection, b"zPING\0")
                return await _answer(connection) == "PONG"
    except (OSError, EOFError):
        return False


async def _answer(connection: socket.socket) -> str:
    answer = b""
    while not answer.endswith(b"\0"):
        more = await asyncio.get_running_loop().sock_recv(connection, 4096)
        if not more:
            raise EOFError
        answer += more
    return answer.rstrip(b"\0").decode(errors="replace").strip()


async def _connect(url: str) -> socket.socket:
    """A bare socket: asyncio's streams forget what was received when a write fails."""
    parts = urlsplit(url)
    family: int = socket.AF_UNIX
    address: Any = parts.path
    if parts.scheme == "tcp":
        found = await asyncio.get_running_loop().getaddrinfo(
            parts.hostname, parts.port, type=socket.SOCK_STREAM
        )
        family, _, _, _, address = found[0]
    connection = socket.socket(family, socket.SOCK_STREAM)
    connection.setblocking(False)
    try:
        await asyncio.get_running_loop().sock_connect(connection, address)
    except BaseException:
        connection.close()
        raise
    return connection
