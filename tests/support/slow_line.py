"""A line to the server on which what a browser says waits for as long as a test wants."""

from __future__ import annotations

import asyncio

from playwright.async_api import Page, WebSocketRoute

_PATIENCE_SECONDS = 15


class SlowLine:
    """Once `slow` is set, what the browser sends is held back until it is let through."""

    def __init__(self) -> None:
        self.slow = False
        self._held: list[str | bytes] = []
        self._holds_more = asyncio.Event()

    @classmethod
    async def of(cls, page: Page) -> SlowLine:
        """From the next time that the page connects."""
        line = cls()
        await page.route_web_socket("**/_event/**", line.connect)
        return line

    def connect(self, line: WebSocketRoute) -> None:
        self._server = line.connect_to_server()
        line.on_message(self._pass)

    def _pass(self, said: str | bytes) -> None:
        if self.slow:
            self._held.append(said)
            self._holds_more.set()
        else:
            self._server.send(said)

    async def holds(self, what: str) -> None:
        """Wait until the browser has said so."""
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while not any(what in str(said) for said in self._held):
                self._holds_more.clear()
                await self._holds_more.wait()

    def heard(self, what: str) -> bool:
        return any(what in str(said) for said in self._held)

    def let_through(self) -> None:
        self.slow = False
        for said in self._held:
            self._server.send(said)
