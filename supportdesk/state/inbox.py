"""The ticket list of one tab."""

from __future__ import annotations

from uuid import UUID

import reflex as rx

from supportdesk.domain.queries import inbox
from supportdesk.domain.queries.inbox import Cursor, TicketRow
from supportdesk.domain.queries.sessions import Viewer
from supportdesk.realtime.browser import Browser
from supportdesk.realtime.inbox_view import SLOTS, InboxSnapshot
from supportdesk.state.desk import browser_of
from supportdesk.state.session import Effects, attempt, signed_in


class InboxState(rx.State):
    """`row_0` … `row_29` are the slots of the first page; see `realtime/inbox_view`.

    The hub changes the first page's vars without asking this state: only what `_show` sets here
    may be relied on from the screen, never in a handler.
    """

    loaded: bool = False
    total: int = 0
    order: list[int] = []
    more: list[TicketRow] = []
    has_more: bool = False
    loading_more: bool = False
    read: dict[str, int] = {}
    starred: dict[str, bool] = {}
    open_number: str = ""
    error: str = ""
    _after: Cursor | None = None

    @rx.event
    async def load_more(self) -> Effects:
        """Append the next page."""
        if self.loading_more:
            return
        self.loading_more = True
        yield None
        self.error = await attempt(self._load_more())
        self.loading_more = False

    async def _load_more(self) -> None:
        viewer = await signed_in(self)
        browser = browser_of(self)
        if browser is None or browser.inbox is None:
            return
        after = self._after if browser.paged_inbox else browser.inbox.after
        if after is not None:
            browser.paged_inbox = True  # Before reading: what moves meanwhile is read again.
            page = await inbox.page_for(viewer.actor, after)
            self.more = [*self.more, *page.rows]
            self._after, self.has_more = page.after, page.after is not None
            await self._read_marks(viewer, browser)

    @rx.event
    async def reread(self) -> None:
        """Sent when the first page changed under further pages that this tab shows."""
        viewer = await signed_in(self)
        browser = browser_of(self)
        if browser is not None and browser.inbox is not None:
            await self._read_rest(viewer, browser)

    @rx.event
    async def reread_marks(self) -> None:
        """Sent when what this person has read or starred may have changed."""
        browser = browser_of(self)
        if browser is not None:
            browser.marks_asked = False
        viewer = await signed_in(self)
        if browser is not None and browser.inbox is not None:
            await self._read_marks(viewer, browser)

    def _show(self, snapshot: InboxSnapshot) -> None:
        for slot in range(SLOTS):
            row = snapshot.rows.get(slot)
            setattr(self, f"row_{slot}", [row] if row else [])
        self.order = list(snapshot.order)
        self.total = snapshot.total
        self.has_more = snapshot.after is not None
        self.loaded = True

    async def _read_rest(self, viewer: Viewer, browser: Browser) -> None:
        """What goes with the first page and is this tab's own."""
        await self._read_more(viewer, browser)
        await self._read_marks(viewer, browser)

    async def _read_more(self, viewer: Viewer, browser: Browser) -> None:
        """As many rows after the first page as there were, from where that page ends now."""
        after = browser.inbox.after if browser.inbox else None
        if after is None or not self.more:
            self.more, self.has_more = [], after is not None
            browser.paged_inbox = False
            return
        browser.paged_inbox = True
        page = await inbox.page_for(viewer.actor, after, limit=len(self.more))
        self.more = list(page.rows)
        self._after, self.has_more = page.after, page.after is not None

    async def _read_marks(self, viewer: Viewer, browser: Browser) -> None:
        listed = browser.inbox.listed if browser.inbox else []
        marks = await inbox.marks_for(viewer.actor, [*listed, *(UUID(row.id) for row in self.more)])
        self.read, self.starred = marks.read, marks.starred
        browser.marked = set(marks.read)


for _slot in range(SLOTS):
    InboxState.add_var(f"row_{_slot}", list[TicketRow], [])


def slot(number: int) -> rx.Var[list[TicketRow]]:
    """The var that holds the row in that slot, or nothing."""
    return getattr(InboxState, f"row_{number}")
