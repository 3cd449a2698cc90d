"""uvicorn's websocket, which lets `realtime/multicast` write a frame that it has made itself."""

from __future__ import annotations

from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.protocol import State

from supportdesk.realtime.multicast import WRITE


class DirectWebSocketProtocol(WebSocketsSansIOProtocol):
    async def run_asgi(self) -> None:
        self.scope: Any
        self.scope[WRITE] = self.write
        await super().run_asgi()

    def write(self, frame: bytes) -> bool:
        """Write it now, unless the browser reads more slowly than that; whether it did."""
        if self.conn.state is not State.OPEN or not self.writable.is_set():
            return False
        if self.transport.is_closing():  # The line broke, and the loop has yet to say so.
            return False
        self.transport.write(frame)
        return True
