"""What goes to many at once goes past the queues of their sockets, and overtakes nothing there."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import pytest
import uvicorn
from engineio import packet as eio_packet
from socketio import ASGIApp, AsyncServer, packet
from websockets.asyncio.client import ClientConnection, connect

from supportdesk.realtime.multicast import Multicast
from supportdesk.serving.websocket import DirectWebSocketProtocol
from tests.support.desk import free_port

MANY = 300


class Server:
    """A Socket.IO server of its own, on which everything that takes the queue is counted."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.sio = AsyncServer(async_mode="asgi", cors_allowed_origins=[])
        self.sio.on("connect", lambda sid, environ: None)
        self.multicast = Multicast(self.sio)
        self.queued = 0
        self.reads_on: Callable[[], None] = lambda: None
        self.tasks: list[asyncio.Task[None]] = []
        self.lines: list[asyncio.Transport] = []
        send = self.sio.eio.send_packet

        async def count(connection: str, packet: eio_packet.Packet) -> None:
            self.queued += 1
            await send(connection, packet)

        self.sio.eio.send_packet = count

    async def join(self) -> tuple[str, ClientConnection]:
        url = f"ws://127.0.0.1:{self.port}/socket.io/?EIO=4&transport=websocket"
        browser = await connect(url, max_size=None)
        await browser.recv()
        await browser.send("40")
        return json.loads(str(await browser.recv())[2:])["sid"], browser

    def queue_of(self, sid: str) -> asyncio.Queue[eio_packet.Packet]:
        return self.sio.eio.sockets[self.sio.manager.eio_sid_from_sid(sid, "/")].queue

    async def queue(self, sid: str, number: int) -> None:
        """As Engine.IO would send it by itself."""
        await self.sio.manager.emit("said", number, "/", room=sid)

    async def tell(self, sockets: list[str], number: int, padding: str = "") -> None:
        await self.multicast.send(sockets, "/", ["said", number, padding])


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with _running(Server(free_port())) as server:
        yield server


class _WebServer(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.up.set()


@asynccontextmanager
async def _running(server: Server) -> AsyncIterator[Server]:
    class Protocol(DirectWebSocketProtocol):
        async def run_asgi(self) -> None:
            server.lines.append(self.transport)
            await super().run_asgi()

        def resume_writing(self) -> None:
            server.reads_on()
            super().resume_writing()

    app = ASGIApp(server.sio)
    running = _WebServer(uvicorn.Config(app, port=server.port, ws=Protocol, log_level="error"))
    task = asyncio.create_task(running.serve())
    await running.up.wait()
    try:
        yield server
    finally:
        running.should_exit = running.force_exit = True
        await task


async def said(browser: ClientConnection, count: int) -> list[int]:
    heard: list[int] = []
    while len(heard) < count:
        text = str(await browser.recv())
        if text.startswith("42"):
            heard.append(json.loads(text[2:])[1])
        elif text == "2":
            await browser.send("3")
    return heard


async def test_nobody_who_waits_for_nothing_waits_in_a_queue(server: Server) -> None:
    joined = [await server.join() for _ in range(3)]
    before = server.queued
    for number in range(MANY):
        await server.tell([sid for sid, _ in joined], number)
    for _, browser in joined:
        assert await said(browser, MANY) == list(range(MANY))
    assert server.queued == before


async def test_what_the_server_says_to_one_goes_the_same_way(server: Server) -> None:
    sid, browser = await server.join()
    before = server.queued
    for number in range(MANY):
        await server.sio.emit("said", number, to=sid)
        await server.sio.emit("said", (number, "more"), room=sid)
    assert server.queued == before
    await server.queue(sid, MANY)
    await server.sio.emit("said", MANY, to=sid)
    both = [number for number in range(MANY + 1) for _ in range(2)]
    assert await said(browser, len(both)) == both


async def test_what_is_said_to_all_is_the_servers_own_matter(server: Server) -> None:
    joined = [await server.join() for _ in range(3)]
    await server.sio.emit("said", 1)
    await server.sio.emit("said", 2, skip_sid=joined[0][0])
    for (_, browser), heard in zip(joined, ([1], [1, 2], [1, 2]), strict=True):
        assert await said(browser, len(heard)) == heard


async def test_nothing_is_looked_through_for_what_is_binary(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    sid, browser = await server.join()
    looked_at: list[object] = []
    monkeypatch.setattr(packet.Packet, "data_is_binary", lambda _, data: looked_at.append(data))
    await server.tell([sid], 1)
    await server.sio.emit("said", (2, {"in": ["many", "parts"]}), to=sid)
    assert await said(browser, 2) == [1, 2]
    assert looked_at == []


async def test_a_line_that_has_just_broken_keeps_nothing_from_the_others(server: Server) -> None:
    (broken, _), (sid, browser) = await server.join(), await server.join()
    before = server.queued
    server.lines[0].abort()
    await server.tell([broken, sid], 1)
    assert server.queued == before + 1  # Where nobody takes it, and nobody minds.
    assert await said(browser, 1) == [1]


async def test_what_is_said_to_many_overtakes_nothing_that_is_said_to_one(server: Server) -> None:
    sid, browser = await server.join()
    for number in range(MANY):
        if number % 3:
            await server.tell([sid], number)
        else:
            await server.queue(sid, number)
        if number % 7 == 0:
            await asyncio.sleep(0)
    assert await said(browser, MANY) == list(range(MANY))


async def test_who_reads_slowly_gets_all_in_order_and_holds_up_nobody(server: Server) -> None:
    (slow_sid, slow), (quick_sid, quick) = await server.join(), await server.join()
    slow.transport.pause_reading()
    before = server.queued
    for number in range(MANY):
        await server.tell([slow_sid, quick_sid], number, "x" * 100_000)
        assert await said(quick, 1) == [number]
    assert server.queued > before
    slow.transport.resume_reading()
    assert await said(slow, MANY) == list(range(MANY))


async def test_nor_what_is_written_as_soon_as_a_slow_reader_reads_on(server: Server) -> None:
    sid, slow = await server.join()
    slow.transport.pause_reading()
    for number in range(MANY):
        await server.tell([sid], number, "x" * 100_000)
    told = MANY

    def tell_more() -> None:
        nonlocal told
        server.tasks.append(asyncio.create_task(server.tell([sid], told)))
        told += 1

    await server.queue_of(sid).join()
    server.reads_on = tell_more
    slow.transport.resume_reading()
    heard = await said(slow, MANY)
    server.reads_on = lambda: None
    assert told > MANY
    assert [*heard, *await said(slow, told - MANY)] == list(range(told))


async def test_who_has_gone_is_passed_over(server: Server) -> None:
    (gone_sid, gone), (sid, browser) = await server.join(), await server.join()
    with suppress(Exception):
        gone.transport.abort()
    await server.tell([gone_sid, "nobody", sid], 1)
    await server.tell([gone_sid, "nobody", sid], 2)
    assert await said(browser, 2) == [1, 2]
