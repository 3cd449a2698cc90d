"""The ticket list of one tab."""

from __future__ import annotations

from uuid import UUID

import reflex as rx
from reflex.event import EventSpec

from supportdesk.domain.queries import inbox
from supportdesk.domain.queries.inbox import Cursor, Placed, TicketRow
from supportdesk.domain.queries.sessions import Viewer
from supportdesk.realtime.browser import Browser
from supportdesk.realtime.hold import Hold
from supportdesk.realtime.inbox_view import SLOTS, InboxSnapshot
from supportdesk.state.desk import browser_of, hub
from supportdesk.state.session import Effects, attempt, signed_in

# The id of the place above the first row.
LIST_TOP = "list-top"
# The button that asked for what is new goes with it, and what had the focus would be nowhere.
_ON_FIRST_ROW = """requestAnimationFrame(() => document.activeElement === document.body
    && document.querySelector('[aria-label="Tickets"] a.row')?.focus({preventScroll: true}))"""


class InboxState(rx.State):
    """`row_0` … `row_29` are the slots of the first page; see `realtime/inbox_view`.

    The hub changes the first page's vars without asking this state: only what `_show` sets here
    may be relied on from the screen, never in a handler. `touched` are rows of a list that is held
    still, as they are now; `fresh` says how many tickets wait above.
    """

    loaded: bool = False
    total: int = 0
    capped: bool = False
    order: list[int] = []
    more: list[TicketRow] = []
    has_more: bool = False
    loading_more: bool = False
    read: dict[str, int] = {}
    starred: dict[str, bool] = {}
    touched: dict[str, TicketRow] = {}
    fresh: str = ""
    open_number: str = ""
    # Whether somebody can see this tab: what stands in one that nobody sees stays unread.
    visible: bool = True
    error: str = ""
    _after: Cursor | None = None
    _scrolled: bool = False

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
        if browser is None or (view := browser.inbox) is None:
            return
        first = browser.hold.after if browser.hold else view.after
        after = self._after if browser.paged_inbox else first
        if after is not None:
            browser.paged_inbox = True  # Before reading: what moves meanwhile is read again.
            page = await inbox.page_for(viewer.actor, view.key.filters, after)
            self._append(browser, page.rows)
            self._after, self.has_more = page.after, page.after is not None
            await self._read_marks(viewer, browser)

    def _append(self, browser: Browser, placed: tuple[Placed, ...]) -> None:
        """Under a list that is held still, what stands there already is not shown again."""
        rows = [each.row for each in placed]
        if browser.hold:
            rows = [row for row in rows if row.id not in browser.hold.shown]
            browser.hold.shown |= {row.id for row in rows}
        self.more = [*self.more, *rows]

    @rx.event
    async def reread(self) -> None:
        """Sent when the first page changed under further pages that this tab shows."""
        viewer = await signed_in(self)
        browser = browser_of(self)
        if browser is not None and browser.inbox is not None and not browser.hold:
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

    async def _look(self, viewer: Viewer, browser: Browser) -> None:
        """The tab came into sight or went out of it: count what is open there, or no more."""
        if self.visible != browser.visible:
            self.visible = browser.visible
            if browser.inbox is not None:
                await self._read_marks(viewer, browser)

    # Held still while its reader is further down.

    @rx.event
    async def scroll_away(self) -> None:
        """The top is out of sight: from here on nothing moves."""
        await signed_in(self)
        self._scrolled = True
        self._hold()

    def _hold(self) -> None:
        browser = browser_of(self)
        if self._scrolled and browser is not None and browser.inbox is not None:
            browser.inbox.hold(browser, [row.id for row in self.more])

    @rx.event
    async def scroll_back(self) -> None:
        """The top is in sight again: the list follows what happens."""
        viewer = await signed_in(self)
        self._scrolled = False
        await self._release(viewer)

    @rx.event
    async def show_new(self) -> list[EventSpec]:
        """Show what came meanwhile, from the top."""
        viewer = await signed_in(self)
        self._scrolled = False
        await self._release(viewer)
        return [rx.scroll_to(LIST_TOP), rx.call_script(_ON_FIRST_ROW)]

    @rx.event
    async def look_at_hold(self) -> None:
        """Sent when something changed under a list that is held still."""
        browser = browser_of(self)
        if browser is None or (hold := browser.hold) is None:
            return
        hold.told = False
        await self._look_at_hold(await signed_in(self), hold)

    async def _look_at_hold(self, viewer: Viewer, hold: Hold) -> None:
        if hold.lost:
            await self._release(viewer)
            self._hold()
            return
        self.touched = dict(hold.touched)
        self.fresh = _how_many(hold.fresh)

    async def _catch_up(self, viewer: Viewer, browser: Browser, ticket_id: UUID) -> None:
        """Have this screen told of that ticket before the answer comes: nothing flickers then."""
        if browser.inbox is None:
            return
        await browser.inbox.catch_up(ticket_id, by=viewer.actor.user_id)
        if browser.hold is not None:
            await self._look_at_hold(viewer, browser.hold)
        elif any(row.id == str(ticket_id) for row in self.more):
            await self._read_rest(viewer, browser)

    async def _release(self, viewer: Viewer) -> None:
        browser = browser_of(self)
        if browser is None or browser.inbox is None or browser.hold is None:
            return
        self.more = []
        self._show(await browser.inbox.open(browser))
        await self._read_rest(viewer, browser)
        while missed := hub().settle_inbox(browser):
            self._show(missed)
            await self._read_rest(viewer, browser)

    def _show(self, snapshot: InboxSnapshot) -> None:
        for slot in range(SLOTS):
            row = snapshot.rows.get(slot)
            setattr(self, f"row_{slot}", [row] if row else [])
        self.order = list(snapshot.order)
        self.total, self.capped = snapshot.total.number, snapshot.total.capped
        self.has_more = snapshot.after is not None
        self.touched, self.fresh = {}, ""
        self.loaded = True

    async def _read_rest(self, viewer: Viewer, browser: Browser) -> None:
        """What goes with the first page and is this tab's own."""
        await self._read_more(viewer, browser)
        await self._read_marks(viewer, browser)

    async def _read_more(self, viewer: Viewer, browser: Browser) -> None:
        """As many rows after the first page as there were, from where that page ends now."""
        view = browser.inbox
        after = view.after if view else None
        if view is None or after is None or not self.more:
            self.more, self.has_more = [], after is not None
            browser.paged_inbox = False
            return
        browser.paged_inbox = True
        page = await inbox.page_for(viewer.actor, view.key.filters, after, limit=len(self.more))
        self.more = [placed.row for placed in page.rows]
        self._after, self.has_more = page.after, page.after is not None

    async def _read_marks(self, viewer: Viewer, browser: Browser) -> None:
        listed = browser.inbox.listed if browser.inbox else []
        if browser.hold:
            listed = [UUID(id_) for id_ in browser.hold.places]
        marks = await inbox.marks_for(viewer.actor, [*listed, *(UUID(row.id) for row in self.more)])
        self.read, self.starred = marks.read, marks.starred
        browser.marked = set(marks.read)


def _how_many(fresh: int) -> str:
    """`3 new`; a whole page of them may be more."""
    return "" if not fresh else f"{fresh}+ new" if fresh >= SLOTS else f"{fresh} new"


for _slot in range(SLOTS):
    InboxState.add_var(f"row_{_slot}", list[TicketRow], [])


def slot(number: int) -> rx.Var[list[TicketRow]]:
    """The var that holds the row in that slot, or nothing."""
    return getattr(InboxState, f"row_{number}")
