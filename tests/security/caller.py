"""A browser that calls any handler, as anybody could, and hears what it is told."""

from __future__ import annotations

import asyncio
import json
import re
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from supportdesk import cookies, routes
from tests.security.desk_world import (
    SECRETS,
    TAG,
    Planted,
)
from tests.security.handlers import enumerate_handlers
from tests.support.raw_browser import (
    ROOT_STATE,
    RawBrowser,
    sign_in,
)

ROLES = {"bea": "buyer", "max": "buyer", "sol": "seller", "sia": "seller", "ada": "admin"}
STRANGERS = ("nobody", "max", "sia")
SQL = "'; UPDATE ticket SET status = 'closed'; --"


class Caller(RawBrowser):
    """Calls anything, and waits until the server has dealt with all of it."""

    cookie = ""
    may_know = ""

    async def connect(self, path: str) -> None:
        """Connect without arriving anywhere: the server's memory of this token is as it was."""
        self.path = path
        cookie = self.cookie or (f"{cookies.SESSION}={self.session}" if self.session else "")
        headers = {"Origin": self.url, **({"Cookie": cookie} if cookie else {})}
        address = f"{self.url}/_event/?EIO=4&transport=websocket&token={self.token}"
        self._socket = await self.http.ws_connect(address, headers=headers, max_msg_size=0)
        await self._socket.receive_str()
        await self._socket.send_str("40/_event,")
        self._reader = asyncio.create_task(self._read())

    async def answered(self) -> None:
        """Everything before this was dealt with: a tab's events are taken one after another."""
        mark, before = f"answered {uuid.uuid4()}", len(self.frames)
        await self.send(f"{ROOT_STATE}.set_is_hydrated", value=mark)
        await self.until(lambda b: any(mark in text for _, text in b.frames[before:]), seconds=60)

    async def call(self, handler: str, payload: dict[str, Any]) -> None:
        event = {"name": handler, "payload": payload, "router_data": self._router_data()}
        await self.raw("42/_event," + json.dumps(["event", event]))

    async def raw(self, text: str) -> None:
        assert self._socket is not None
        await self._socket.send_str(text)

    async def ended(self) -> None:
        """The server has closed the connection."""
        assert self._reader is not None
        async with asyncio.timeout(20):
            await self._reader

    @property
    def heard(self) -> str:
        """All that the server ever sent."""
        return "\n".join(text for _, text in self.frames)

    @property
    def left_for(self) -> list[str]:
        """The addresses that the server sent this browser to, as a new page load."""
        return re.findall(r"location\.assign\(\\*\"([^\"\\]*)", self.heard)

    @property
    def secrets(self) -> list[str]:
        """What was told to this browser that only bea, sol and the admins may know."""
        heard = self.heard.replace(self.may_know, "") if self.may_know else self.heard
        return [secret for secret in SECRETS if secret in heard]


@asynccontextmanager
async def browser_of(
    http: aiohttp.ClientSession, planted: Planted, name: str, token: str = ""
) -> AsyncIterator[Caller]:
    session = ""
    if name != "nobody":
        session = await sign_in(http, planted.desk.url, name)
        planted.tokens.append(session)
    browser = Caller(http, planted.desk.url, session, token)
    # What tags there are, all the staff may know; which tickets have them, they may not.
    browser.may_know = TAG if ROLES.get(name) in ("seller", "admin") else ""
    try:
        yield browser
    finally:
        await browser.close()


def ticket_path(planted: Planted, name: str) -> str:
    return routes.ticket(ROLES.get(name, "buyer"), planted.number)


HALF = "\ud800"  # Half a character: JSON can say it, nothing can store or send it.
MESSAGE = {"message": "planted by a stranger", "audience": "everyone"}


def harmful(handler: str, planted: Planted) -> list[dict[str, Any]]:
    """What somebody who may would send, and what works on the ticket that they look at."""
    waiting = {"id": uuid.uuid4().hex, "ticket": planted.number, **MESSAGE}
    values = {
        "value": ["closed", "urgent", "admins", False],
        "form_data": [MESSAGE],
        "waiting": [[waiting]],
    }
    arguments = enumerate_handlers().handlers[handler]
    return [{name: value} for name in arguments for value in values.get(name, [])]


async def health(http: aiohttp.ClientSession, planted: Planted) -> int:
    async with http.get(f"{planted.desk.url}/health") as response:
        return response.status
