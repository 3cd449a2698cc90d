"""Firefox as people have it, without a window, driven by WebDriver BiDi, which it speaks by itself.

Roles and accessible names are proven in Chromium; here it takes half a second to look one up. So
what is on a page is found by CSS, and by what it says.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from subprocess import DEVNULL, PIPE
from typing import Any, TypeVar

import aiohttp

Found = TypeVar("Found")

ENTER, ESCAPE, TAB, TO_THE_LEFT = "\ue007", "\ue00c", "\ue004", "\ue012"
_PATIENCE_SECONDS = 30  # Nothing waits longer than it must.
_START_SECONDS = 60
_LISTENS = re.compile(r"WebDriver BiDi listening on (ws://\S+)")
_UNASKED = ["browsingContext.downloadEnd", "input.fileDialogOpened", "log.entryAdded"]
# It stays on this machine and asks nothing. Its microphone is a beep; listening begins when a
# loudspeaker does, so there is a false one of those, too.
_PREFERENCES: dict[str, bool | int | str] = {
    "app.normandy.enabled": False,
    "browser.safebrowsing.update.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "dom.push.connection.enabled": False,
    "extensions.update.enabled": False,
    "media.autoplay.default": 0,
    "media.cubeb.force_mock_context": True,
    "media.gmp-manager.updateEnabled": False,
    "media.navigator.streams.fake": True,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,#remote-settings-dummy/v1",
    "toolkit.telemetry.enabled": False,
    "ui.prefersReducedMotion": 1,
}
# The last one in sight of those that say exactly this.
_FIND = """(css, text, within) => [...(within ?? document).querySelectorAll(css)].filter((it) =>
    it.checkVisibility({visibilityProperty: true}) && (!text || it.textContent.trim() === text)
).at(-1)"""
# Nothing else lies over the middle of it.
_CAN_BE_CLICKED = """(it) => {
    it.scrollIntoView({block: 'nearest'});
    const {x, y, width, height} = it.getBoundingClientRect();
    return !it.disabled && it.contains(document.elementFromPoint(x + width / 2, y + height / 2));
}"""


class Failed(Exception):
    """What Firefox could not do, in its words."""


class Line:
    """Questions to a browser, its answers, and what it tells unasked."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.told: list[dict[str, Any]] = []
        self._socket, self._numbers = socket, count(1)
        self._asked: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._listening = asyncio.create_task(self._listen())

    async def _listen(self) -> None:
        async for message in self._socket:
            said = message.json()
            if said["type"] == "event":
                self.told.append(said)
            elif answer := self._asked.pop(said["id"], None):
                answer.set_result(said)

    async def ask(self, method: str, **params: Any) -> dict[str, Any]:
        number = next(self._numbers)
        answer = self._asked[number] = asyncio.get_running_loop().create_future()
        await self._socket.send_json({"id": number, "method": method, "params": params})
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                said = await answer
        except TimeoutError:
            del self._asked[number]
            raise Failed(f"{method} {params}: no answer") from None
        if said["type"] == "error":
            raise Failed(f"{method}: {said['message']}")
        result: dict[str, Any] = said["result"]
        return result


@dataclass(frozen=True, slots=True)
class Element:
    id: str


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab of one person."""

    line: Line
    context: str

    async def _ask(self, method: str, **params: Any) -> dict[str, Any]:
        return await self.line.ask(method, context=self.context, **params)

    async def go(self, address: str) -> None:
        await self._ask("browsingContext.navigate", url=address, wait="complete")

    async def _call(self, function: str, given: Sequence[Element | str]) -> dict[str, Any]:
        said = await self.line.ask(
            "script.callFunction",
            functionDeclaration=function,
            arguments=[
                {"sharedId": each.id} if isinstance(each, Element) else _text(each)
                for each in given
            ],
            target={"context": self.context},
            awaitPromise=True,
        )
        if said["type"] == "exception":
            raise Failed(said["exceptionDetails"]["text"])
        result: dict[str, Any] = said["result"]
        return result

    async def evaluate(self, function: str, *given: Element | str) -> Any:
        """What it returns in the page, or in the end."""
        as_text = f"async (...all) => JSON.stringify(await ({function})(...all))"
        return json.loads((await self._call(as_text, given)).get("value", "null"))

    async def until(self, function: str, *given: Element | str) -> None:
        await _comes(lambda: self.evaluate(function, *given), f"{function} of {given}")

    async def find(self, css: str, text: str = "", within: Element | None = None) -> Element:
        """The last of them, as soon as there is one."""

        async def found() -> Element | None:
            given = [css, text, within] if within else [css, text]
            said = await self._call(_FIND, given)
            return Element(said["sharedId"]) if "sharedId" in said else None

        return await _comes(found, f"{css} {text}")

    async def gone(self, css: str) -> None:
        await self.until("(css) => !document.querySelector(css)", css)

    async def click(self, css: str, text: str = "", within: Element | None = None) -> Element:
        element = await self.find(css, text, within)
        await self.until(_CAN_BE_CLICKED, element)
        steps = [
            {"type": "pointerMove", "x": 0, "y": 0, "origin": _origin(element)},
            {"type": "pointerDown", "button": 0},
            {"type": "pointerUp", "button": 0},
        ]
        await self._act(type="pointer", actions=steps)
        return element

    async def press(self, keys: str) -> None:
        """One after the other, wherever the focus is."""
        steps = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
        await self._act(type="key", actions=steps)

    async def _act(self, **source: Any) -> None:
        await self._ask("input.performActions", actions=[{"id": source["type"], **source}])

    async def hears(self, event: str) -> dict[str, Any]:
        """What it tells of it, each time once."""

        async def told() -> dict[str, Any] | None:
            for each in self.line.told:
                if each["method"] == event and each["params"].get("context") == self.context:
                    self.line.told.remove(each)
                    params: dict[str, Any] = each["params"]
                    return params
            return None

        return await _comes(told, event)

    async def choose(self, *paths: Path) -> None:
        """In the dialog that has been opened."""
        asked = await self.hears("input.fileDialogOpened")
        names = [str(each) for each in paths]
        await self._ask("input.setFiles", element=asked["element"], files=names)

    @property
    def noise(self) -> list[str]:
        """What should not have happened in it."""
        entries = [each["params"] for each in self.line.told if each["method"] == "log.entryAdded"]
        return [
            each["text"]
            for each in entries
            if each["level"] in ("error", "warn") and each["source"].get("context") == self.context
        ]

    async def photograph(self, path: Path) -> None:
        taken = await self._ask("browsingContext.captureScreenshot")
        path.write_bytes(base64.b64decode(taken["data"]))


class Firefox:
    def __init__(self, line: Line) -> None:
        self.line = line
        self.tabs: list[Tab] = []

    async def open(self, cookie: tuple[str, str] | None = None) -> Tab:
        """A tab with cookies of its own, as of another browser; `cookie` is this machine's."""
        made = await self.line.ask("browser.createUserContext")
        if cookie:
            name, value = cookie
            await self.line.ask(
                "storage.setCookie",
                cookie={"name": name, "value": _text(value), "domain": "localhost", "path": "/"},
                partition={"type": "storageKey", **made},
            )
        created = await self.line.ask("browsingContext.create", type="tab", **made)
        self.tabs.append(Tab(self.line, created["context"]))
        return self.tabs[-1]

    async def tab_at(self, address: str) -> Tab:
        """The one that has been opened there, or below; what the browser shows there is its own."""

        async def opened() -> str | None:
            contexts = (await self.line.ask("browsingContext.getTree", maxDepth=0))["contexts"]
            there = (each["context"] for each in contexts if each["url"].startswith(address))
            return next(there, None)

        return Tab(self.line, await _comes(opened, address))


@asynccontextmanager
async def running_firefox(**preferences: bool | int | str) -> AsyncIterator[Firefox]:
    command = os.environ.get("SUPPORTDESK_TEST_FIREFOX") or shutil.which("firefox")
    assert command, "These tests need Firefox."
    with (
        tempfile.TemporaryDirectory(prefix="firefox-", ignore_cleanup_errors=True) as home,
        _screen() as display,
    ):
        profile, downloads = Path(home, "profile"), Path(home, "downloads")
        profile.mkdir()
        (profile / "user.js").write_text(_written({**_PREFERENCES, **preferences}))
        options = ["--headless", "--no-remote", "--remote-debugging-port=0"]
        env = {**os.environ, "HOME": home, "DISPLAY": display}
        async with (
            _process(command, *options, "--profile", str(profile), env=env) as address,
            aiohttp.ClientSession() as http,
            http.ws_connect(f"{address}/session", max_msg_size=0) as socket,
        ):
            yield await _greeted(Line(socket), downloads)


@contextmanager
def _screen() -> Iterator[str]:
    """A screen that can be recorded: without a window, Firefox has none of its own."""
    if not (command := shutil.which("Xvfb")):
        yield os.environ.get("DISPLAY", "")
        return
    heard, says = os.pipe()
    options = ["-displayfd", str(says), "-screen", "0", "1280x720x24", "-nolisten", "tcp"]
    process = subprocess.Popen([command, *options], pass_fds=[says], stdout=DEVNULL, stderr=DEVNULL)
    os.close(says)
    try:
        with os.fdopen(heard) as number:
            yield f":{number.readline().strip()}"
    finally:
        process.terminate()
        process.wait()


@asynccontextmanager
async def _process(*command: str, env: dict[str, str]) -> AsyncIterator[str]:
    """Start it, and say where it listens."""
    process = await asyncio.create_subprocess_exec(*command, env=env, stdout=DEVNULL, stderr=PIPE)
    assert process.stderr
    said = ""
    try:
        async with asyncio.timeout(_START_SECONDS):
            while not (found := _LISTENS.search(said)):
                line = await process.stderr.readline()
                assert line, said
                said += line.decode()
        # What nobody reads would hold it up in the end.
        reading = asyncio.create_task(process.stderr.read())
        yield found[1]
        process.terminate()
        await reading
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def _greeted(line: Line, downloads: Path) -> Firefox:
    # Nobody sits at its dialogs for files.
    always = {"unhandledPromptBehavior": {"default": "ignore", "file": "dismiss"}}
    await line.ask("session.new", capabilities={"alwaysMatch": always})
    await line.ask("session.subscribe", events=_UNASKED)
    behaviour = {"type": "allowed", "destinationFolder": str(downloads)}
    await line.ask("browser.setDownloadBehavior", downloadBehavior=behaviour)
    return Firefox(line)


def _written(preferences: dict[str, bool | int | str]) -> str:
    return "".join(
        f"user_pref({json.dumps(name)}, {json.dumps(value)});\n"
        for name, value in preferences.items()
    )


def _text(value: str) -> dict[str, str]:
    return {"type": "string", "value": value}


def _origin(element: Element) -> dict[str, Any]:
    return {"type": "element", "element": {"sharedId": element.id}}


async def _comes(it: Callable[[], Awaitable[Found]], what: str) -> Found:
    """Wait for it; a page that changes meanwhile is asked again."""
    deadline, why = time.monotonic() + _PATIENCE_SECONDS, ""
    while time.monotonic() < deadline:
        try:
            if found := await it():
                return found
        except Failed as failed:
            why = str(failed)
        await asyncio.sleep(0.05)
    raise AssertionError(f"never: {what} {why}")
