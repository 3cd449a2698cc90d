"""What somebody sees and does in a browser, by role and accessible name, as people do."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import BrowserContext, Locator, Page, ViewportSize, expect

SIGN_IN = re.compile(r"/login(\?next=[^&]*)?$")
# What a browser says of itself, or of a page that it left while it was still connecting.
_NO_NOISE = re.compile(r"Download the React DevTools|closed before the connection is established")
USUAL: ViewportSize = {"width": 1280, "height": 720}


@dataclass(eq=False)
class Screen:
    """One tab of one person; `noise` holds what should not have happened in it."""

    page: Page
    url: str
    noise: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    altered: bool = False
    turn: int = 1  # So many have used the page, this one included.

    def __post_init__(self) -> None:
        self._listeners: dict[Any, Callable[[Any], None]] = {
            "console": lambda said: self._heard(said.type, said.text, said.location),
            "pageerror": lambda error: self._heard("error", str(error)),
            "request": lambda request: self._asked(request.url),
            "websocket": lambda socket: self._asked(socket.url),
        }
        for event, listener in self._listeners.items():
            self.page.on(event, listener)

    def _heard(self, kind: str, text: str, where: object = "") -> None:
        if kind in ("error", "warning") and not _NO_NOISE.search(text):
            self.noise.append(f"{kind}: {text} {where}")

    def _asked(self, url: str) -> None:
        self.requests.append(url)
        if not url.startswith((self.url, self.url.replace("http", "ws", 1), "data:", "blob:")):
            self.noise.append(f"request to {url}")

    def alter(self) -> Page:
        """The page, to put something into it that cannot be taken out: nobody else gets it."""
        self.altered = True
        return self.page

    async def forget(self) -> Page:
        """The page as if nobody had been there: on no page of the app, with nothing kept."""
        await self.page.goto(f"{self.url}/health")
        for event, listener in self._listeners.items():
            self.page.remove_listener(event, listener)
        await self.context.set_offline(False)
        await self.context.clear_cookies()
        await self.context.clear_permissions()
        line = await self.context.new_cdp_session(self.page)
        await line.send("Storage.clearDataForOrigin", {"origin": self.url, "storageTypes": "all"})
        await line.detach()
        await self.page.evaluate("sessionStorage.clear()")
        await self.page.emulate_media(color_scheme="light", reduced_motion="reduce")
        await self.page.set_viewport_size(USUAL)
        return self.page

    @property
    def context(self) -> BrowserContext:
        return self.page.context

    async def go(self, path: str) -> None:
        await self.page.goto(self.url + path)

    async def back_to_the_list(self) -> None:
        """By the link, as people go; the page is not loaded again."""
        await self.link("Tickets").click()
        await expect(self.messages).to_have_count(0)
        await expect(self.rows.first).to_be_visible()

    async def arrives_at(self, path: str) -> None:
        """Pages that were loaded there end with a slash."""
        page, mark, query = path.partition("?")
        address = re.escape(self.url + page.rstrip("/")) + "/?" + re.escape(mark + query)
        await expect(self.page).to_have_url(re.compile(f"^{address}$"))

    # Anywhere.

    @property
    def alert(self) -> Locator:
        return self.page.get_by_role("alert")

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def box(self, name: str) -> Locator:
        return self.page.get_by_role("textbox", name=name, exact=True)

    def tab(self, name: str) -> Locator:
        return self.page.get_by_role("tab", name=name, exact=True)

    def link(self, name: str) -> Locator:
        return self.page.get_by_role("link", name=name, exact=True)

    async def choose_from_account_menu(self, item: str) -> None:
        await self.button("Account").click()
        await self.page.get_by_role("menuitem", name=item).click()

    # The forms at the door. A password has no role, so it goes by its label.

    async def fill(self, **fields: str) -> None:
        for name, text in fields.items():
            await self.page.get_by_label(name.capitalize(), exact=True).fill(text)

    async def sign_in(self, email: str, password: str) -> None:
        """Returns when it was answered: an alert that stood there before says nothing."""
        await self.fill(email=email, password=password)
        async with self.page.expect_response("**/auth/login"):
            await self.button("Sign in").click()

    # The list.

    @property
    def tickets(self) -> Locator:
        return self.page.get_by_role("list", name="Tickets")

    @property
    def rows(self) -> Locator:
        return self.tickets.get_by_role("link")

    def row(self, number: str) -> Locator:
        return self.tickets.get_by_role("link", name=number)

    def unread(self, number: str, count: int) -> Locator:
        return self.row(number).get_by_label(f"{count} unread", exact=True)

    def any_unread(self, number: str) -> Locator:
        return self.row(number).get_by_label("unread")

    # The open ticket.

    @property
    def log(self) -> Locator:
        return self.page.get_by_role("log", name="Conversation")

    @property
    def messages(self) -> Locator:
        return self.log.locator('article[data-kind="message"]')

    @property
    def events(self) -> Locator:
        return self.log.locator('article[data-kind="event"]')

    @property
    def waiting(self) -> Locator:
        """What was sent and is not yet saved."""
        return self.log.locator('article[data-kind="waiting"]')

    @property
    def message_box(self) -> Locator:
        return self.box("Message")

    @property
    def details(self) -> Locator:
        return self.page.get_by_role("complementary", name="Ticket details")

    def fact(self, name: str) -> Locator:
        return self.details.get_by_role("combobox", name=name, exact=True)

    async def ready(self, number: str) -> None:
        """The ticket is open and shows its conversation."""
        await expect(self.page.get_by_role("region", name="Ticket", exact=True)).to_contain_text(
            number
        )
        await expect(self.messages.first).to_be_visible()

    async def send(self, text: str) -> None:
        """Write and send, and wait until it is saved."""
        await self.message_box.fill(text)
        await self.message_box.press("Enter")
        await expect(self.message_box).to_have_value("")
        await expect(self.waiting).to_have_count(0)

    async def shows(self, texts: Sequence[str]) -> None:
        """Exactly these messages, in this order, each once."""
        await expect(self.messages).to_have_count(len(texts))
        await expect(self.messages).to_contain_text(list(texts))
