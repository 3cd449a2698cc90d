"""A browser that costs its process next to nothing, so that hundreds fit beside the server.

It speaks websocket by itself, notes when something arrives, and looks for numbered messages in it a
moment later. It holds no state: `tests/support/raw_browser` does that.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from supportdesk import cookies
from supportdesk.state.outbox import AT_ONCE
from tests.support.raw_browser import (
    COMPOSER,
    HYDRATE,
    NOTE_ATTENTION,
    NOTE_TYPING,
    SEND_AGAIN,
    SETTLED,
)

# A numbered message as a line of a conversation: never the ticket list's copy of it.
LINE = re.compile(rb'"seq":(\d+),[^{}]*?"body":"bench (\d+) (\d+)\."')
_HYDRATED = b'"is_hydrated_rx_state_":true'
_ASKS_FOR_ATTENTION = NOTE_ATTENTION.encode()
# In the script that settles the outbox, and in the one that asks what is left in it, and when.
_SETTLES = b".includes(each.id)"
_ASKS_FOR_MORE = SEND_AGAIN.encode()
_IN_MILLISECONDS = re.compile(r"(\d+)\) }\)$")
_WHOLE = b'"history_rx_state_":'
_TEXT, _CLOSE, _PING, _PONG = 1, 8, 9, 10
# When the rush is over. All browsers share a process here: what one of them made of a message would
# count as the wait of all those after it.
_READS_AFTER_SECONDS = 0.05


def numbered(room: int, number: int) -> str:
    """The text of the message of that number in that room."""
    return f"bench {room} {number}."


@dataclass
class Tally:
    """What all browsers of one measurement have received, and what went wrong."""

    expected: int = 0
    received: int = 0
    refused: int = 0
    told_to_wait: int = 0
    """How often somebody was told that their message is not saved yet, and will be sent again."""
    doubled: int = 0
    out_of_order: int = 0
    strayed: int = 0
    sent: dict[tuple[int, int], float] = field(default_factory=dict)
    waits: dict[tuple[int, int], list[float]] = field(default_factory=dict)
    complete: asyncio.Event = field(default_factory=asyncio.Event)
    somebody_waits: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def lost(self) -> int:
        return self.expected - self.received

    def expect(self, room: int, number: int, recipients: int) -> None:
        """This message is on its way now."""
        self.complete.clear()
        self.expected += recipients
        self.sent[room, number] = time.perf_counter()
        self.waits[room, number] = []

    def refuse(self, recipients: int) -> None:
        """The sender was told that a message could not be saved: nobody waits for it."""
        self.refused += 1
        self.expected -= recipients
        self._look()

    def tell_to_wait(self) -> None:
        self.told_to_wait += 1
        self.somebody_waits.set()

    def receive(self, room: int, number: int, now: float) -> None:
        self.waits.setdefault((room, number), []).append(now - self.sent[room, number])
        self.received += 1
        self._look()

    def _look(self) -> None:
        if self.received == self.expected:
            self.complete.set()


class LightBrowser(asyncio.Protocol):
    """One connection. What it receives goes into `tally`; `room` is the only one it may hear."""

    def __init__(self, room: int, tally: Tally, request: bytes) -> None:
        self.room, self.tally = room, tally
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.bytes_in = 0
        self.refused: Callable[[], None] | None = None
        """Called when something that this browser wrote could not be saved."""
        self._request = request
        self._upgraded = False
        self._unread: list[tuple[float, bytes]] = []
        self._buffer = bytearray()
        self._last_seq = 0
        self._seen: set[int] = set()

    def connection_made(self, transport: Any) -> None:
        self._transport: asyncio.Transport = transport
        transport.write(self._request)

    def connection_lost(self, error: Exception | None) -> None:
        self._read()
        if not self.closed.done():
            self.closed.set_result(None)
        if not self.ready.done():
            self.ready.set_exception(error or ConnectionError("closed before it was ready"))

    def data_received(self, data: bytes) -> None:
        self._unread.append((time.perf_counter(), data))
        if not self.ready.done():
            self._read()
        elif len(self._unread) == 1:
            asyncio.get_running_loop().call_later(_READS_AFTER_SECONDS, self._read)

    def _read(self) -> None:
        unread, self._unread = self._unread, []
        for now, data in unread:
            self._buffer += data
            self._read_frames(now)

    def _read_frames(self, now: float) -> None:
        if not self._upgraded:
            self._read_upgrade()
        while (frame := self._next_frame()) is not None:
            kind, payload = frame
            if kind == _TEXT:
                self.heard(payload, now)
            elif kind == _PING:
                self._write(_PONG, payload)
            elif kind == _CLOSE:
                self._transport.close()

    def _read_upgrade(self) -> None:
        head, end, rest = self._buffer.partition(b"\r\n\r\n")
        if not end:
            return
        if b" 101 " not in head.split(b"\r\n", 1)[0]:
            raise ConnectionError(bytes(head).decode(errors="replace"))
        self._upgraded, self._buffer = True, rest
        self.upgraded()

    def _next_frame(self) -> tuple[int, bytes] | None:
        buffer = self._buffer
        if not self._upgraded or len(buffer) < 2:
            return None
        size, start = buffer[1] & 127, 2
        if size > 125:
            start = 4 if size == 126 else 10
            if len(buffer) < start:
                return None
            size = int.from_bytes(buffer[2:start], "big")
        if len(buffer) < start + size:
            return None
        kind, payload = buffer[0] & 15, bytes(buffer[start : start + size])
        del buffer[: start + size]
        return kind, payload

    def _write(self, kind: int, payload: bytes) -> None:
        """Send a frame. A browser has to mask its frames; a mask of zeros changes nothing."""
        size = len(payload)
        if size < 126:
            head = bytes((128 | kind, 128 | size))
        else:
            head = bytes((128 | kind, 128 | 126)) + size.to_bytes(2, "big")
        self._transport.write(head + b"\0\0\0\0" + payload)

    def send_text(self, text: str) -> None:
        self._write(_TEXT, text.encode())

    def close(self) -> None:
        self._transport.close()

    # What differs from server to server.

    def upgraded(self) -> None:
        self.ready.set_result(None)

    def heard(self, payload: bytes, now: float) -> None:
        self.bytes_in += len(payload)
        if b'"body":"bench ' in payload:
            self._note(payload, now)

    def say(self, text: str) -> None:
        self.send_text(text)

    def type_on(self) -> None:
        """The floor knows nothing of typing."""

    def _note(self, payload: bytes, now: float) -> None:
        whole = _WHOLE in payload  # The conversation anew: what was there before is not doubled.
        in_frame: set[int] = set()
        for seq, room, number in sorted(
            (int(seq), int(room), int(number)) for seq, room, number in LINE.findall(payload)
        ):
            if room != self.room:
                self.tally.strayed += 1
            elif number in in_frame or (number in self._seen and not whole):
                self.tally.doubled += 1
            elif number not in self._seen:
                self.tally.out_of_order += seq <= self._last_seq
                self.tally.receive(room, number, now)
                self._seen.add(number)
                self._last_seq = max(self._last_seq, seq)
            in_frame.add(number)


class DeskBrowser(LightBrowser):
    """Speaks Reflex's protocol, and is ready once its page is there."""

    def __init__(self, room: int, tally: Tally, request: bytes, path: str) -> None:
        super().__init__(room, tally, request)
        self._ticket = path.rpartition("/")[2]
        self._router_data = {"pathname": path, "asPath": path, "path": path, "query": {}}
        self._outbox: list[dict[str, str]] = []

    def upgraded(self) -> None:
        """The server speaks first."""

    def heard(self, payload: bytes, now: float) -> None:
        if payload == b"2":
            self.send_text("3")
        elif payload.startswith(b"0"):
            event = {"name": HYDRATE, "payload": {}, "router_data": self._router_data}
            self.send_text("40/_event," + json.dumps({"event": event}))
        else:
            super().heard(payload, now)
            if _SETTLES in payload or _ASKS_FOR_MORE in payload:
                self._look_into_outbox(payload)
            if _ASKS_FOR_ATTENTION in payload:
                self._send(NOTE_ATTENTION, attention="here")
            if _HYDRATED in payload and not self.ready.done():
                self.ready.set_result(None)

    def say(self, text: str) -> None:
        values = {"message": text, "audience": "everyone"}
        self._outbox.append({"id": uuid4().hex, "ticket": self._ticket, **values})
        self._send(f"{COMPOSER}.send", waiting=self._waiting(), unsendable="")

    def _waiting(self) -> list[dict[str, str]]:
        return self._outbox[:AT_ONCE]

    def _look_into_outbox(self, payload: bytes) -> None:
        """Do with it what the server asks for, as every page does."""
        for event in json.loads(payload.partition(b",")[2])[1].get("events") or []:
            values = event["payload"]
            script = values.get("javascript_code", "")
            if found := SETTLED.search(script):
                self._settle(set(json.loads(found[1])), set(json.loads(found[2])))
            if SEND_AGAIN in str(values.get("callback")) and (
                when := _IN_MILLISECONDS.search(script)
            ):
                seconds = int(when[1]) / 1000
                if seconds:
                    self.tally.tell_to_wait()
                asyncio.get_running_loop().call_later(seconds, self._send_again)

    def _settle(self, saved: set[str], refused: set[str]) -> None:
        self._outbox = [each for each in self._outbox if each["id"] not in saved | refused]
        for _ in refused:
            if self.refused:
                self.refused()

    def _send_again(self) -> None:
        if not self.closed.done():
            self._send(SEND_AGAIN, waiting=self._waiting())

    def type_on(self) -> None:
        """What somebody's typing tells the server, now and then."""
        self._send(NOTE_TYPING, audience="everyone")

    def _send(self, handler: str, **payload: Any) -> None:
        event = {"name": handler, "payload": payload, "router_data": self._router_data}
        self.send_text("42/_event," + json.dumps(["event", event]))


async def open_desk_browser(
    port: int, session: str, path: str, room: int, tally: Tally
) -> DeskBrowser:
    target = f"/_event/?EIO=4&transport=websocket&token={uuid4()}"
    origin = f"http://localhost:{port}"
    cookie = f"{cookies.SESSION}={session}"
    request = _upgrade_request(target, port, {"Origin": origin, "Cookie": cookie})
    return await _open(port, lambda: DeskBrowser(room, tally, request, path))


async def open_floor_browser(port: int, room: int, tally: Tally) -> LightBrowser:
    request = _upgrade_request(f"/{room}", port, {})
    return await _open(port, lambda: LightBrowser(room, tally, request))


def _upgrade_request(target: str, port: int, headers: dict[str, str]) -> bytes:
    lines = [f"GET {target} HTTP/1.1", f"Host: localhost:{port}"]
    lines += ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"]
    lines += [f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode()


async def _open(port: int, make: Any) -> Any:
    _, browser = await asyncio.get_running_loop().create_connection(make, "127.0.0.1", port)
    async with asyncio.timeout(60):
        await browser.ready
    return browser
