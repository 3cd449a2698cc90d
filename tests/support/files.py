"""Files of every kind for tests, and how a browser sends them."""

from __future__ import annotations

import base64
import io
import struct
import zipfile
import zlib

import httpx
from PIL import Image

from supportdesk import routes
from supportdesk.storage.store import get_store

TUS = {"Tus-Resumable": "1.0.0"}
PIECE = {**TUS, "Content-Type": "application/offset+octet-stream"}

PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF\n"
)
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>'
HTML = b"<!doctype html><html><script>alert(1)</script></html>"


def in_base64(content: bytes) -> str:
    return base64.b64encode(content).decode()


def picture(
    form: str = "PNG", size: tuple[int, int] = (60, 40), colour: str = "tomato", **saved: object
) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", size, colour).save(written, form, **saved)
    return written.getvalue()


def sideways() -> bytes:
    """A JPEG of 60 x 40 that says it was taken with the camera turned, and by whom."""
    exif = Image.Exif()
    exif[0x0112], exif[0x013B] = 6, "SECRET-PHOTOGRAPHER"
    return picture("JPEG", exif=exif)


def bomb(side: int = 30_000) -> bytes:
    """A PNG of a few bytes that says it has `side` squared pixels."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        crc = struct.pack("!I", zlib.crc32(kind + content))
        return struct.pack("!I", len(content)) + kind + content + crc

    header = struct.pack("!IIBBBBB", side, side, 8, 0, 0, 0, 0)
    body = zlib.compress(bytes(10_000))
    start = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
    return start + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def zip_bomb() -> bytes:
    """Some kilobytes that say they are many megabytes."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(10):
            archive.writestr(f"{number}.txt", bytes(10_000_000))
    return written.getvalue()


def archive() -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as parts:
        parts.writestr("a.txt", "The first part.")
    return written.getvalue()


def sound(seconds: int = 2) -> bytes:
    """Silence, as a WAV."""
    rate = 8000
    size = rate * seconds
    head = b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, rate, rate, 1, 8)
    return (
        b"RIFF"
        + struct.pack("<I", 36 + size)
        + head
        + b"data"
        + struct.pack("<I", size)
        + (b"\x80" * size)
    )


async def announce(browser: httpx.AsyncClient, name: str, size: int) -> httpx.Response:
    named = base64.b64encode(name.encode(errors="surrogatepass")).decode()
    headers = {**TUS, "Upload-Length": str(size), "Upload-Metadata": f"filename {named}"}
    return await browser.post(routes.UPLOADS, headers=headers)


async def send_piece(
    browser: httpx.AsyncClient, address: str, piece: bytes, offset: int = 0
) -> httpx.Response:
    headers = {**PIECE, "Upload-Offset": str(offset)}
    return await browser.patch(address, content=piece, headers=headers)


async def upload(browser: httpx.AsyncClient, name: str, content: bytes) -> httpx.Response:
    """All of it, as the page does; the answer to the last step, or to the first that failed."""
    announced = await announce(browser, name, len(content))
    if announced.status_code != 201:
        return announced
    address = announced.headers["Location"]
    received = await send_piece(browser, address, content)
    if received.status_code != 204:
        return received
    return await browser.post(f"{address}/keep")


async def stored_keys() -> set[str]:
    """What lies in the store."""
    return {key async for key, _ in get_store().contents()}
