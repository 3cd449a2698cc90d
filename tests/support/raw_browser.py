"""A browser without a screen: speaks Reflex's protocol over a bare websocket, holds the state.

`state` is what a real browser would hold by applying what it was told; `bytes_in` counts the
payload of every frame. Handlers can be called with anything, as anybody could.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from http.cookies import SimpleCookie
from typing import Any
from uuid import uuid4

import aiohttp

from supportdesk import cookies
from supportdesk.demo.load import PASSWORD

MARK = "_rx_state_"
ROOT_STATE = "reflex___state____state"
HYDRATE = f"{ROOT_STATE}.hydrate_and_load"
ON_LOAD = f"{ROOT_STATE}.reflex___state____on_load_internal_state"
# The parts of the script that settles the outbox: ids that are saved, and why others are refused.
SETTLED = re.compile(r"!(\[[^\]]*\])\.includes\(each\.id\).*failed: \((\{.*\})\)\[each\.id\]")
# What a connection raises that is gone, or that nobody accepts.
LOST = (aiohttp.ClientError, OSError, TypeError)
LEAVE = re.compile(r'window\.location\.assign\("([^"]*)"\)')
NAVIGATES = re.compile(r'navigate\("([^"]*)"')


def state_name(module: str, name: str) -> str:
    """Reflex's name of state `name` (in snake case) in `supportdesk/state/<module>.py`."""
    return f"{ROOT_STATE}.supportdesk___state___{module}____{name}"


SESSION = state_name("session", "session_state")
INBOX = state_name("inbox", "inbox_state")
THREAD = state_name("thread", "thread_state")
FOUND = state_name("found", "found_state")
SAID = state_name("said", "said_state")
COMPOSER = state_name("composer", "composer_state")
MESSAGE = state_name("message", "message_state")
FILTERS = state_name("filters", "filter_state")
REPORTS = state_name("reports", "reports_state")
VIEWS = state_name("views", "views_state")
BULK = state_name("bulk", "bulk_state")
PALETTE = state_name("palette", "palette_state")
QUICK = state_name("quick", "quick_state")
DETAILS = state_name("details", "details_state")
DASHBOARD = state_name("dashboard", "dashboard_state")
REPLIES = state_name("replies", "replies_state")
LABELS = state_name("labels", "label_state")
PRESENCE = state_name("presence", "presence_state")
NOTIFICATIONS = state_name("notifications", "notification_state")
ACCOUNT = state_name("account", "account_state")
NEW_TICKET = state_name("new_ticket", "new_ticket_state")
USERS = state_name("people", "users_state")
SELLERS = state_name("people", "sellers_state")
PERSON = state_name("person", "person_state")
INVITING = state_name("inviting", "inviting_state")
SETTINGS = state_name("settings", "settings_state")
TEAMS = state_name("teams", "teams_state")
AUDIT = state_name("audit", "audit_state")
RULES = state_name("rules", "rules_state")
STANDING = state_name("standing", "standing_state")
REQUESTS = state_name("requests", "requests_state")
MODERATION = state_name("moderation", "moderation_state")
WORKSPACE = state_name("workspace", "workspace_state")
SEND_AGAIN = f"{COMPOSER}.send_again"
NOTE_ATTENTION = f"{PRESENCE}.note_attention"
RENEW = f"{NEW_TICKET}.renew"
NOTE_TYPING = f"{PRESENCE}.note_typing"


async def sign_in(http: aiohttp.ClientSession, url: str, name: str) -> str:
    """Sign in one of the cast and return the session's token."""
    form = {"email": f"{name}@demo.test", "password": PASSWORD, "next": ""}
    async with http.post(f"{url}/auth/login", data=form, allow_redirects=False) as response:
        for header in response.headers.getall("Set-Cookie", []):
            if (morsel := SimpleCookie(header).get(cookies.SESSION)) and morsel.value:
                return morsel.value
        raise AssertionError(f"{name} could not sign in: {response.status} {response.headers}")


class RawBrowser:
    def __init__(
        self, http: aiohttp.ClientSession, url: str, session: str = "", token: str = ""
    ) -> None:
        self.http, self.url, self.session = http, url, session
        self.token = token or str(uuid4())
        self.path = "/"
        self.state: dict[str, dict[str, Any]] = {}
        self.events: list[dict[str, Any]] = []
        self.outbox: list[dict[str, Any]] = []
        self.attention = "here"
        self.files = False  # Whether the dialog for a new ticket is open.
        self.refused: dict[str, str] = {}
        self.bytes_in = 0
        self.frames: list[tuple[float, str]] = []
        self.on_update: Callable[[dict[str, Any], float], None] | None = None
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._reader: asyncio.Task[None] | None = None
        self._changed = asyncio.Event()
        self._again: asyncio.Task[None] | None = None
        self._asked: asyncio.Task[None] | None = None
        self._renewed: asyncio.Task[None] | None = None

    async def open(self, path: str, origin: str | None = None) -> None:
        """Connect and arrive on `path`, as a page load does."""
        self.path = path
        self._unsettle()
        headers = {"Origin": origin or self.url}
        if self.session:
            headers["Cookie"] = f"{cookies.SESSION}={self.session}"
        address = f"{self.url}/_event/?EIO=4&transport=websocket&token={self.token}"
        self._socket = await self.http.ws_connect(address, headers=headers, max_msg_size=0)
        await self._socket.receive_str()
        hydrate = {"vars": self._storage()} if self._storage() else {}
        boot = {"event": {"name": HYDRATE, "payload": hydrate, "router_data": self._router_data()}}
        await self._socket.send_str("40/_event," + json.dumps(boot))
        self._reader = asyncio.create_task(self._read())

    async def navigate(self, path: str) -> None:
        """Go to another page of the app without a page load."""
        self.path = path
        self._unsettle()
        await self.send(f"{ON_LOAD}.on_load_internal")

    async def send(self, handler: str, **payload: Any) -> None:
        """Call any handler of any state by its full name."""
        event = {"name": handler, "payload": payload, "router_data": self._router_data()}
        if self._socket is not None:
            await self._socket.send_str("42/_event," + json.dumps(["event", event]))

    async def say(
        self,
        text: str,
        audience: str = "everyone",
        *,
        id_: str = "",
        quote: str = "",
        files: Sequence[dict[str, str]] = (),
    ) -> str:
        """Put it into the outbox and send what waits there; the same `id_` is the same message."""
        id_ = self.wait(text, audience, id_=id_, quote=quote, files=files)
        await self.send(f"{COMPOSER}.send", waiting=self.outbox[:3], unsendable="")
        return id_

    def wait(
        self,
        text: str,
        audience: str = "everyone",
        *,
        id_: str = "",
        quote: str = "",
        files: Sequence[dict[str, str]] = (),
    ) -> str:
        """Only put it into the outbox, as a browser without a connection does."""
        ticket = self.path.partition("?")[0].rpartition("/")[2]
        said = {"message": text, "audience": audience, "quote": quote, "files": list(files)}
        item = {"id": id_ or uuid4().hex, "ticket": ticket, **said}
        if item not in self.outbox:
            self.outbox.append(item)
        return item["id"]

    async def look(self, attention: str) -> None:
        """Come into sight (`here`), go out of it (`hidden`), or stop moving (`idle`)."""
        self.attention = attention
        await self._tell_attention()
        # What another browser does next would else overtake it: they have a connection each.
        await self.settled()

    async def _tell_attention(self) -> None:
        await self.send(NOTE_ATTENTION, attention=self.attention)

    async def settled(self, seconds: float = 20) -> None:
        """Wait until all that this browser asked for is done: it has arrived, and follows.

        One tab's events are handled one after the other, so the answer to one that only says that
        the page is there comes after everything that went before.
        """
        await self.until(lambda browser: browser.var(ROOT_STATE, "is_hydrated"), seconds)
        if self._asked is not None:  # What it was asked for, it says first.
            await asyncio.wait([self._asked])
        self._unsettle()
        await self.send(f"{ON_LOAD}.set_is_hydrated", value=True)
        await self.until(lambda browser: browser.var(ROOT_STATE, "is_hydrated"), seconds)

    async def visit(self, path: str) -> None:
        """`open`, and wait until the page is there."""
        await self.open(path)
        await self.settled()

    @property
    def connected(self) -> bool:
        return self._reader is not None and not self._reader.done()

    @property
    def left_for(self) -> list[str]:
        """The addresses that the server sent this browser to, as a new page load."""
        return self._scripted(LEAVE)

    @property
    def led_to(self) -> list[str]:
        """What the server asked this page to ask for, as `?` and the query."""
        return self._scripted(NAVIGATES)

    def _scripted(self, what: re.Pattern[str]) -> list[str]:
        scripts = [e.get("payload", {}).get("javascript_code", "") for e in self.events]
        return [address for script in scripts for address in what.findall(script)]

    async def cut(self) -> None:
        """Lose the connection without a word, as on a train in a tunnel."""
        connection = self._socket._response.connection if self._socket is not None else None
        if connection is not None and connection.transport is not None:
            connection.transport.abort()
        await self.close()

    async def stay(self, path: str) -> None:
        """Be on that page for ever, and come back when the connection is lost, as a page does."""
        while True:
            with suppress(*LOST):
                await self.open(path)
                if self._reader is not None:
                    await asyncio.wait([self._reader])
            await asyncio.sleep(0.05)

    async def close(self) -> None:
        if self._reader is not None:
            self._reader.cancel()
            # Not `await`: whoever is cancelled just here has to hear of it.
            await asyncio.wait([self._reader])
        if self._socket is not None:
            await self._socket.close()

    async def until(self, holds: Callable[[RawBrowser], object], seconds: float = 10) -> None:
        """Wait until `holds(self)`; a failure shows what was told last, and when."""
        deadline = time.monotonic() + seconds
        while not holds(self):
            self._changed.clear()
            try:
                # `wait_for` of Python 3.11 forgets that it was cancelled if this comes just then.
                async with asyncio.timeout(deadline - time.monotonic()):
                    await self._changed.wait()
            except TimeoutError:
                raise AssertionError(f"did not come about; {self._told_last()}") from None

    def _told_last(self) -> str:
        now, line = time.perf_counter(), "connected" if self.connected else "cut off"
        tail = [f"{now - at:.1f} s ago: {frame[:600]}" for at, frame in self.frames[-5:]]
        return "\n".join([f"{line}; last frames:", *tail])

    def var(self, state: str, name: str, default: Any = None) -> Any:
        return self.state.get(state, {}).get(name + MARK, default)

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The conversation on the screen, top to bottom."""
        slots = [self.var(THREAD, f"live_{i}", []) for i in range(32)]
        history = self.var(THREAD, "history", [])
        if self.var(THREAD, "has_later"):
            return history
        return [*history, *(line for slot in slots for line in slot)]

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The ticket list on the screen, top to bottom."""
        page = [row for i in self.var(INBOX, "order", []) for row in self.var(INBOX, f"row_{i}")]
        above, touched = {row["id"] for row in page}, self.var(INBOX, "touched", {})
        below = [row for row in self.var(INBOX, "more", []) if row["id"] not in above]
        return [touched.get(row["id"], row) for row in (*page, *below)]

    def unread(self, number: str) -> int:
        """The unread count that the screen draws for that ticket."""
        read = self.var(INBOX, "read", {})
        row = next(row for row in self.rows if row["number"] == number)
        shown = number != self.var(INBOX, "open_number") or not self.var(INBOX, "visible", True)
        return row["messages"] - read.get(number, 0) if shown else 0

    def _storage(self) -> dict[str, str]:
        """What a real browser keeps in its session storage, and hands over when it connects."""
        ticket_id = self.var(NEW_TICKET, "ticket_id")
        return {f"{NEW_TICKET}.ticket_id{MARK}": ticket_id} if ticket_id else {}

    def _settle(self, events: list[dict[str, Any]]) -> None:
        """Do with the outbox what the server asks for, and say that somebody looks."""
        for event in events:
            script = event.get("payload", {}).get("javascript_code", "")
            if found := SETTLED.search(script):
                refused = json.loads(found[2])
                self.refused |= refused
                gone = {*json.loads(found[1]), *refused}
                self.outbox = [each for each in self.outbox if each["id"] not in gone]
            if NOTE_ATTENTION in str(event.get("payload", {}).get("callback")):
                self._asked = asyncio.create_task(self._tell_attention())
            if RENEW in str(event.get("payload", {}).get("callback")):
                self._renewed = asyncio.create_task(self.send(RENEW, opened=self.files))
            if SEND_AGAIN in str(event.get("payload", {}).get("callback")):
                delay = float(re.findall(r"(\d+)\) }\)$", script)[0]) / 1000
                self._again = asyncio.create_task(self._send_again(delay))

    async def _send_again(self, delay: float) -> None:
        await asyncio.sleep(delay)
        if self.outbox and self.connected:
            await self.send(SEND_AGAIN, waiting=self.outbox[:3])

    def _unsettle(self) -> None:
        self.state.get(ROOT_STATE, {}).pop("is_hydrated" + MARK, None)

    def _router_data(self) -> dict[str, Any]:
        path = self.path.partition("?")[0]
        return {"pathname": path, "asPath": self.path, "path": path, "query": {}}

    async def _read(self) -> None:
        if self._socket is None:
            return
        async for message in self._socket:
            if message.type is not aiohttp.WSMsgType.TEXT:
                continue
            now, text = time.perf_counter(), message.data
            if text == "2":
                await self._socket.send_str("3")
                continue
            self.bytes_in += len(text.encode())
            self.frames.append((now, text))
            if text.startswith("42/_event,"):
                kind, update = json.loads(text[len("42/_event,") :])
                if kind == "new_token":
                    self.token = update
                elif kind == "event":
                    self._apply(update, now)
            self._changed.set()

    def _apply(self, update: dict[str, Any], now: float) -> None:
        for state, values in (update.get("delta") or {}).items():
            self.state.setdefault(state, {}).update(values)
        self.events += update.get("events") or []
        self._settle(update.get("events") or [])
        if self.on_update:
            self.on_update(update, now)
