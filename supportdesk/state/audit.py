"""The log, as an admin reads it. What is asked for stands in the address, as with the list."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec
from reflex.experimental import ClientStateVar

from supportdesk import routes
from supportdesk.database.engine import DatabaseUnavailable
from supportdesk.domain.queries.audit import MOST_NEW, PAGE, Entry, newer_than, page_for
from supportdesk.domain.queries.audit_asked import Asked, Cursor, parse, spell
from supportdesk.domain.queries.sessions import Viewer
from supportdesk.realtime.pages import Page
from supportdesk.state.arriving import admin_at, arrive_at
from supportdesk.state.asking import ask_beside, query_of
from supportdesk.state.filters import AS_IN_ADDRESS

TOP = "log-top"
# As many lines as are read again when somebody comes back to where they were.
_MOST_KEPT = 500
_FIELDS = ("q", "person", "kind", "ticket", "from", "to")
# What is typed stays in the browser; until something is typed, a box shows what the address says.
BOXES = {
    name: ClientStateVar.create(f"log_{name}", default=AS_IN_ADDRESS)
    for name in ("q", "person", "ticket")
}


class AuditState(rx.State):
    """`query` is what the files are asked for with; `fresh` says how much is new above."""

    loaded: bool = False
    error: str = ""
    entries: list[Entry] = []
    more: bool = False
    fresh: str = ""
    asks: bool = False
    query: str = ""
    kind: str = ""
    since: str = ""
    until: str = ""
    _asked: Asked = Asked()
    _typed: dict[str, Any] = {}
    _after: Cursor | None = None

    @rx.event
    async def arrive(self) -> list[EventSpec]:
        """Runs on the page, whenever something else is asked for, and after each reconnect."""
        effect = await arrive_at(self, Page.AUDIT, self._read)
        asked = _by_box(self._asked)
        others = [name for name in BOXES if asked[name] != self._typed.get(name, asked[name])]
        self._typed = asked
        return [
            *([effect] if effect else []),
            *(BOXES[each].push(AS_IN_ADDRESS) for each in others),
        ]

    @rx.event
    async def reread(self) -> None:
        """Sent when something has happened: nothing moves under somebody who reads."""
        if viewer := await admin_at(self, Page.AUDIT):
            await self._count_new(viewer)

    @rx.event
    async def show_new(self) -> Any:
        """Read the log as it is by now, from its top."""
        if viewer := await admin_at(self, Page.AUDIT):
            self.entries = []
            await self._read(viewer)
        return rx.scroll_to(TOP)

    @rx.event
    async def load_more(self) -> None:
        """Read what happened before the last line."""
        viewer = await admin_at(self, Page.AUDIT)
        if viewer is None or self._after is None:
            return
        try:
            page = await page_for(viewer.actor, self._asked, viewer.timezone, self._after)
        except DatabaseUnavailable as error:
            self.error = str(error)
            return
        self.entries = [*self.entries, *page.entries]
        self._after, self.more = page.after, page.after is not None

    @rx.event
    async def ask(self, name: str, value: str) -> EventSpec | None:
        """Ask for something else; the address says what."""
        if name not in _FIELDS or not isinstance(value, str):
            return None
        query = await query_of(self)
        asked = parse({**query, name: value})
        if asked == parse(query):
            return None
        self._typed = _by_box(asked)
        return await ask_beside(self, routes.ADMIN_AUDIT, spell(asked), replace=name in BOXES)

    async def _read(self, viewer: Viewer) -> None:
        asked = parse(dict(parse_qsl(self.router.url.query)))
        again = asked == self._asked and self.loaded
        most = min(max(PAGE, len(self.entries)), _MOST_KEPT) if again else PAGE
        page = await page_for(viewer.actor, asked, viewer.timezone, most=most)
        self.entries, self._after, self.more = list(page.entries), page.after, bool(page.after)
        self.fresh, self.loaded = "", True
        self._show_asked(asked)

    def _show_asked(self, asked: Asked) -> None:
        self._asked, self.query = asked, spell(asked)
        self.asks = bool(self.query)
        self.kind = asked.group or ""
        self.since = asked.since.isoformat() if asked.since else ""
        self.until = asked.until.isoformat() if asked.until else ""

    async def _count_new(self, viewer: Viewer) -> None:
        top = self.entries[0] if self.entries else None
        cursor = Cursor(top.at, UUID(top.id)) if top else None
        count = await newer_than(viewer.actor, self._asked, viewer.timezone, cursor)
        self.fresh = f"{count}{'+' if count >= MOST_NEW else ''} new" if count else ""


def _by_box(asked: Asked) -> dict[str, Any]:
    return {"q": asked.words, "person": asked.person, "ticket": asked.ticket}
