"""The floor: the least that can be done between a message and the browsers of its room.

A bare asyncio websocket server with the desk's own way through PostgreSQL: one INSERT for each
message, NOTIFY with its id only, one LISTEN connection, one SELECT for all who hear of it. No
sessions, no rights, no states, no ticket list. Run as `python -m tests.load._floor PORT URL`.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections import defaultdict

import psycopg
from aiohttp import WSMsgType, web

TABLE = (
    "CREATE TABLE IF NOT EXISTS floor_message"
    " (seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, room integer, body text)"
)
_INSERT = (
    "WITH new AS (INSERT INTO floor_message (room, body) VALUES (%s, %s) RETURNING seq)"
    " SELECT pg_notify('floor', seq::text) FROM new"
)
_SELECT = "SELECT seq, room, body FROM floor_message WHERE seq = %s"


class Floor:
    def __init__(self, url: str) -> None:
        self._url = url
        self._rooms: dict[int, set[web.WebSocketResponse]] = defaultdict(set)

    async def start(self) -> None:
        self._writing = await psycopg.AsyncConnection.connect(self._url, autocommit=True)
        self._reading = await psycopg.AsyncConnection.connect(self._url, autocommit=True)
        self._hearing = await psycopg.AsyncConnection.connect(self._url, autocommit=True)
        await self._hearing.execute("LISTEN floor")
        self._task = asyncio.create_task(self._hear())

    async def join(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        room = int(request.match_info["room"])
        self._rooms[room].add(socket)
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    await self._writing.execute(_INSERT, (room, message.data))
        finally:
            self._rooms[room].discard(socket)
        return socket

    async def _hear(self) -> None:
        async for notification in self._hearing.notifies():
            found = await self._reading.execute(_SELECT, (notification.payload,))
            row = await found.fetchone()
            if row is None:
                continue
            seq, room, body = row
            text = json.dumps({"seq": seq, "body": body}, separators=(",", ":"))
            for socket in list(self._rooms[room]):
                await socket.send_str(text)


async def serve(port: int, url: str) -> None:
    floor = Floor(url)
    await floor.start()
    app = web.Application()
    app.router.add_get(r"/{room:\d+}", floor.join)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    print("Ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), sys.argv[2]))
