"""One packet for many sockets: encoded and framed once, and written to each at once.

Engine.IO has a queue and a task for each socket, which cost several times what the writing does.
What is sent goes past them while they are empty, so that nothing is overtaken, and through them
otherwise: when something waits there, or when a browser reads more slowly than the desk writes.
What Reflex sends to one browser goes the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Protocol

from engineio import packet as eio_packet
from engineio.async_drivers.asgi import WebSocket
from socketio import AsyncServer, packet
from websockets.frames import Frame, Opcode

# What in a websocket's scope writes a frame to it and returns whether it did: see `serving`.
WRITE = "supportdesk.write"


class _Queue(Protocol):
    _unfinished_tasks: int


class DirectWebSocket(WebSocket):  # type: ignore[misc]
    """Engine.IO's own, which can be written to past the queue of its socket."""

    def __init__(self, handler: Any, server: Any) -> None:
        super().__init__(handler, server)
        self._queue: _Queue = handler.__self__.queue
        self._write: Callable[[bytes], bool] | None = None
        self._sending = 0
        handler.__self__.direct = self

    async def __call__(self, environ: dict[str, Any]) -> Any:
        self._write = environ["asgi.scope"].get(WRITE)
        return await super().__call__(environ)

    async def send(self, message: str | bytes) -> None:
        self._sending += 1
        try:
            await super().send(message)
        finally:
            self._sending -= 1

    def write(self, frame: bytes) -> bool:
        """Write it if nothing is under way that it would overtake; whether it did."""
        idle = not self._sending and not self._queue._unfinished_tasks
        return idle and self._write is not None and self._write(frame)


class TextPacket(packet.Packet):  # type: ignore[misc]
    """Nothing that the desk sends is binary, so that nobody need look for it in all of it."""

    uses_binary_events = False


class Multicast:
    def __init__(self, server: AsyncServer) -> None:
        self._server = server
        server.packet_class = TextPacket
        server.eio._async = {**server.eio._async, "websocket": DirectWebSocket}
        self._queue = server.emit
        server.emit = self._emit

    async def send(self, sockets: Iterable[str], namespace: str, event: list[Any]) -> None:
        """What `emit(..., to=sockets)` does."""
        text = self._server.packet_class(packet.EVENT, namespace=namespace, data=event).encode()
        message = eio_packet.Packet(eio_packet.MESSAGE, text)
        frame = _frame(message.encode())
        for socket in sockets:
            connection = self._server.manager.eio_sid_from_sid(socket, namespace)
            if connection is not None and not self._write(connection, frame):
                await self._server.eio.send_packet(connection, message)

    async def _emit(
        self,
        event: str,
        data: Any = None,
        to: Any = None,
        room: Any = None,
        skip_sid: Any = None,
        namespace: str | None = None,
        **more: Any,
    ) -> None:
        """The server's own `emit`, past the queue of the one socket that it is for, if it is."""
        namespace, one = namespace or "/", to or room
        if not isinstance(one, str) or skip_sid or any(more.values()):
            await self._queue(event, data, to, room, skip_sid, namespace, **more)
            return
        told = data if isinstance(data, tuple) else () if data is None else (data,)
        await self.send([one], namespace, [event, *told])

    def _write(self, connection: str, frame: bytes) -> bool:
        direct = getattr(self._server.eio.sockets.get(connection), "direct", None)
        return direct is not None and direct.write(frame)


def _frame(text: str) -> bytes:
    return Frame(Opcode.TEXT, text.encode()).serialize(mask=False)
