"""The first page of the ticket list as people with equal rights see it.

All admins share one; a buyer or a seller has their own, shared by their tabs. Each row stands in a
slot, one variable each, and `order` says how the slots follow each other: a ticket that moves to
the top costs its own row and a few numbers.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from supportdesk.database.engine import DatabaseUnavailable
from supportdesk.domain.actor import Actor
from supportdesk.domain.queries import inbox
from supportdesk.domain.queries.inbox import Cursor, TicketRow
from supportdesk.realtime.browser import Browser
from supportdesk.realtime.screen import InboxChange, Screen
from supportdesk.realtime.worker import Worker

SLOTS = inbox.PAGE
# A busy desk changes more often than anyone can read a list: what follows a change within this
# time is shown together.
_EVERY_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class InboxSnapshot:
    rows: dict[int, TicketRow]
    order: tuple[int, ...]
    total: int
    after: Cursor | None


class InboxView:
    """`openers` show it; those of them in `admitted` are sent what changes."""

    def __init__(self, screen: Screen) -> None:
        self.openers: set[Browser] = set()
        self.admitted: set[Browser] = set()
        self.version = 0
        self._screen = screen
        self._loaded = False
        self._rows: dict[str, TicketRow] = {}
        self._slots: dict[str, int] = {}
        self._total = 0
        self._after: Cursor | None = None
        self._changed: set[UUID] = set()
        self._recount = False
        self._reload = False
        self._lock = asyncio.Lock()
        self._worker = Worker(self._refresh, every=_EVERY_SECONDS)

    @property
    def after(self) -> Cursor | None:
        """Where the first page ends; None when there is no further one."""
        return self._after

    @property
    def listed(self) -> list[UUID]:
        """The tickets of the first page."""
        return [UUID(id_) for id_ in self._rows]

    def wake(self, ticket_id: UUID, *, new: bool = False) -> None:
        """This ticket's row may be another; `new`: there is one ticket more."""
        self._changed.add(ticket_id)
        self._recount = self._recount or new
        self._worker.wake()

    def reload(self) -> None:
        """Changes may have been missed: read the whole page again."""
        self._reload = True
        self._worker.wake()

    def stop(self) -> None:
        self._worker.stop()

    async def open(self, browser: Browser) -> InboxSnapshot:
        async with self._lock:
            if not self._loaded:
                await self._load(browser.viewer.actor)
            browser.inbox_version = self.version
            return self._snapshot()

    def settle(self, browser: Browser) -> InboxSnapshot | None:
        """Admit the tab, or return what it should be handed first. Never waits: see `Browser`."""
        if browser.inbox_version == self.version:
            self.admitted.add(browser)
            return None
        browser.inbox_version = self.version
        return self._snapshot()

    def _snapshot(self) -> InboxSnapshot:
        rows = {self._slots[id_]: row for id_, row in self._rows.items()}
        return InboxSnapshot(rows, self._order(), self._total, self._after)

    def _order(self) -> tuple[int, ...]:
        newest_first = sorted(self._rows.values(), key=_place, reverse=True)
        return tuple(self._slots[row.id] for row in newest_first)

    async def _load(self, actor: Actor) -> None:
        page = await inbox.page_for(actor)
        self._total = await inbox.count_for(actor)
        self._rows, self._after = {}, page.after
        self._place_rows(page.rows)
        self._loaded = True

    def _place_rows(self, rows: tuple[TicketRow, ...]) -> None:
        """Put rows in, keep the newest page of all, and give each a slot of its own."""
        self._rows.update((row.id, row) for row in rows)
        newest = sorted(self._rows.values(), key=_place, reverse=True)
        if len(newest) > SLOTS:
            last = newest[SLOTS - 1]
            self._after = Cursor(datetime.fromisoformat(last.active_at), UUID(last.id))
        self._rows = {row.id: row for row in newest[:SLOTS]}
        self._slots = {id_: slot for id_, slot in self._slots.items() if id_ in self._rows}
        free = iter(sorted(set(range(SLOTS)) - set(self._slots.values())))
        for id_ in self._rows:
            if id_ not in self._slots:
                self._slots[id_] = next(free)

    async def _refresh(self) -> None:
        async with self._lock:
            reader = next(iter(self.admitted or self.openers), None)
            if reader is None or not self._loaded:
                return
            before = self._snapshot()
            try:
                await self._read(reader.viewer.actor)
            except DatabaseUnavailable:
                self._reload = True
                raise
            after = self._snapshot()
            if after == before:
                return
            self.version += 1
            browsers = list(self.admitted)
            for browser in browsers:
                browser.inbox_version = self.version
            await self._screen.change_inbox(
                [browser.socket for browser in browsers], _difference(before, after)
            )
            await self._catch_up(browsers, after)

    async def _read(self, actor: Actor) -> None:
        changed, self._changed = self._changed, set()
        reload, self._reload = self._reload, False
        recount, self._recount = self._recount, False
        rows = () if reload else await inbox.rows_for(actor, list(changed))
        vanished = {str(id_) for id_ in changed} - {row.id for row in rows}
        if reload or (vanished & self._rows.keys()):
            await self._load(actor)
            return
        if recount:
            self._total = await inbox.count_for(actor)
        on_page = self._rows.keys()
        oldest = min((_place(row) for row in self._rows.values()), default=None)
        self._place_rows(
            tuple(
                row
                for row in rows
                if row.id in on_page
                or self._after is None
                or oldest is None
                or _place(row) > oldest
            )
        )

    async def _catch_up(self, browsers: list[Browser], now: InboxSnapshot) -> None:
        """What one tab alone has: further pages below, and the person's own marks."""
        listed = {row.number for row in now.rows.values()}
        for browser in browsers:
            if browser.paged_inbox:
                await self._screen.reread_inbox(browser.token)
            elif not listed <= browser.marked:
                await self._screen.reread_marks(browser.token)


def _place(row: TicketRow) -> tuple[datetime, UUID]:
    return datetime.fromisoformat(row.active_at), UUID(row.id)


def _difference(before: InboxSnapshot, after: InboxSnapshot) -> InboxChange:
    slots = before.rows.keys() | after.rows.keys()
    return InboxChange(
        rows={s: after.rows.get(s) for s in slots if before.rows.get(s) != after.rows.get(s)},
        order=after.order if after.order != before.order else None,
        total=after.total if after.total != before.total else None,
        has_more=bool(after.after) if bool(after.after) != bool(before.after) else None,
    )
