"""The first page of a ticket list, filtered or not, as people with equal rights see it.

All admins who look at the same filters share one; where the answer is personal, and for buyers and
sellers always, it is shared by one person's tabs. Each row stands in a slot, one variable each, and
`order` says how the slots follow each other: a ticket that moves to the top costs its own row and
a few numbers.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from supportdesk.database.engine import DatabaseUnavailable
from supportdesk.domain.actor import Actor, Role
from supportdesk.domain.queries import inbox, marks
from supportdesk.domain.queries.filters import Filters
from supportdesk.domain.queries.inbox import Count, Cursor, Placed, TicketRow
from supportdesk.realtime.browser import Browser
from supportdesk.realtime.hold import Hold
from supportdesk.realtime.screen import InboxChange, Screen
from supportdesk.realtime.worker import Worker

SLOTS = inbox.PAGE
# A busy desk changes more often than anyone can read a list: what follows a change within this
# time is shown together.
_EVERY_SECONDS = 0.5
# The same event is a new line in a conversation, which people are waiting for.
_AFTER_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class InboxKey:
    """What people have to have in common to share a list; `owner` None: all of that role."""

    role: Role
    owner: UUID | None
    filters: Filters


def inbox_key(actor: Actor, filters: Filters) -> InboxKey:
    shared = actor.role is Role.ADMIN and not filters.is_personal
    return InboxKey(actor.role, None if shared else actor.user_id, filters)


@dataclass(frozen=True, slots=True)
class InboxSnapshot:
    rows: dict[int, TicketRow]
    order: tuple[int, ...]
    total: Count
    after: Cursor | None


class InboxView:
    """`openers` show it; those of them in `admitted` are sent what changes.

    Who has scrolled down holds the list still: see `realtime/hold`.
    """

    def __init__(self, key: InboxKey, screen: Screen) -> None:
        self.key = key
        self.openers: set[Browser] = set()
        self.admitted: set[Browser] = set()
        self.version = 0
        self._screen = screen
        self._loaded = False
        self._rows: dict[str, Placed] = {}
        self._slots: dict[str, int] = {}
        self._total = Count(0, False)
        self._after: Cursor | None = None
        self._changed: dict[UUID, UUID | None] = {}
        self._named_anew: set[UUID] = set()
        self._recount = False
        self._reload = False
        self._lock = asyncio.Lock()
        self._worker = Worker(self._refresh, every=_EVERY_SECONDS, after=_AFTER_SECONDS)

    @property
    def after(self) -> Cursor | None:
        """Where the first page ends; None when there is no further one."""
        return self._after

    @property
    def listed(self) -> list[UUID]:
        """The tickets of the first page, in their order."""
        return [UUID(id_) for id_ in self._ordered()]

    def wake(self, ticket_id: UUID, *, by: UUID | None = None, new: bool = False) -> None:
        """This ticket's row may be another; `new`: there may be one ticket more, or less."""
        self._changed[ticket_id] = by
        self._recount = self._recount or new or self.key.filters.asks
        self._worker.wake()

    def wake_tagged(self, tag_id: UUID) -> None:
        """This tag is called something else now, or looks otherwise."""
        if self._lock.locked():
            self.reload()  # What is being read just now may still have it as it was.
        for id_, placed in self._rows.items():
            if any(tag.id == str(tag_id) for tag in placed.row.tags):
                self.wake(UUID(id_))

    def wake_named(self, person: UUID) -> None:
        """The person is called something else now."""
        self._named_anew.add(person)
        self._worker.wake()

    def reload(self) -> None:
        """Changes may have been missed: read the whole page again."""
        self._reload = True
        self._worker.wake()

    async def catch_up(self, ticket_id: UUID, *, by: UUID) -> None:
        """Read it now, and return when all who follow have been told."""
        self._changed[ticket_id] = by
        self._recount = self._recount or self.key.filters.asks
        await self._refresh()

    def stop(self) -> None:
        self._worker.stop()

    async def open(self, browser: Browser) -> InboxSnapshot:
        async with self._lock:
            browser.hold = None
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

    def hold(self, browser: Browser, further: Sequence[str]) -> None:
        """Let the tab's list stand as it is; `further` are the tickets of its further pages."""
        if browser not in self.admitted:
            return
        self.admitted.discard(browser)
        places = {id_: placed.place for id_, placed in self._rows.items()}
        browser.hold = Hold(places, self._after, {*places, *further})

    def _ordered(self) -> list[str]:
        return sorted(self._rows, key=lambda id_: self._rows[id_].place)

    def _snapshot(self) -> InboxSnapshot:
        rows = {self._slots[id_]: placed.row for id_, placed in self._rows.items()}
        order = tuple(self._slots[id_] for id_ in self._ordered())
        return InboxSnapshot(rows, order, self._total, self._after)

    async def _load(self, actor: Actor) -> None:
        page = await inbox.page_for(actor, self.key.filters)
        self._total = await inbox.count_for(actor, self.key.filters)
        self._rows, self._after = {}, page.after
        self._place_rows(page.rows)
        self._loaded = True

    def _place_rows(self, rows: Sequence[Placed]) -> None:
        """Put rows in, keep the first page of all, and give each a slot of its own."""
        self._rows.update((placed.row.id, placed) for placed in rows)
        ids = self._ordered()
        if len(ids) > SLOTS:
            self._after = Cursor(self._rows[ids[SLOTS - 1]].place)
        self._rows = {id_: self._rows[id_] for id_ in ids[:SLOTS]}
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
            actor, before = reader.viewer.actor, self._snapshot()
            changed, self._changed = self._changed, {}
            named, self._named_anew = self._named_anew, set()
            try:
                if named:
                    naming = await marks.naming(actor, self.listed, list(named))
                    changed = dict.fromkeys(naming) | changed
                rows = await self._read(actor, list(changed))
                await self._tell_holders(actor, rows, changed)
            except DatabaseUnavailable:
                self._reload = True
                self._changed = changed | self._changed
                self._named_anew |= named
                raise
            after = self._snapshot()
            if after != before:
                await self._show(actor, before, after)

    async def _show(self, actor: Actor, before: InboxSnapshot, after: InboxSnapshot) -> None:
        self.version += 1
        browsers = list(self.admitted)
        for browser in browsers:
            browser.inbox_version = self.version
        await self._screen.change_inbox(
            [browser.socket for browser in browsers], _difference(before, after)
        )
        await self._catch_up(actor, browsers)

    async def _read(self, actor: Actor, changed: list[UUID]) -> tuple[Placed, ...]:
        """Bring the page up to date; return those of the changed tickets that are found."""
        reload, self._reload = self._reload, False
        recount, self._recount = self._recount, False
        rows = await inbox.rows_for(actor, changed, self.key.filters) if changed else ()
        if reload or self._may_leave_a_gap(changed, rows):
            await self._load(actor)
            return rows
        if recount:
            self._total = await inbox.count_for(actor, self.key.filters)
        self._place_rows([placed for placed in rows if self._fits(placed)])
        return rows

    def _fits(self, placed: Placed) -> bool:
        return self._after is None or placed.place <= self._after.place

    def _may_leave_a_gap(self, changed: list[UUID], rows: Sequence[Placed]) -> bool:
        """Whether a row leaves the page, so that one that is not known here moves up."""
        found = {placed.row.id for placed in rows}
        if {str(id_) for id_ in changed} - found & self._rows.keys():
            return True
        return any(p.row.id in self._rows and not self._fits(p) for p in rows)

    async def _tell_holders(
        self, actor: Actor, rows: Sequence[Placed], changed: Mapping[UUID, UUID | None]
    ) -> None:
        holders = [browser for browser in self.openers if browser.hold]
        if not holders or not changed:
            return
        found = [placed.row for placed in rows]
        missing = changed.keys() - {UUID(row.id) for row in found}
        shown = {id_ for b in holders if b.hold for id_ in b.hold.shown}
        if gone := [id_ for id_ in missing if str(id_) in shown]:
            found += [placed.row for placed in await inbox.rows_for(actor, gone, Filters())]
        by = {str(id_): person for id_, person in changed.items()}
        for browser in holders:
            hold, reader = browser.hold, browser.viewer.actor.user_id
            if hold and hold.note(self._rows, found, by, reader) and not hold.told:
                hold.told = True
                await self._screen.look_at_hold(browser.token)

    async def _catch_up(self, actor: Actor, browsers: list[Browser]) -> None:
        """What one tab alone has: further pages below, and the person's own marks."""
        numbers = {placed.row.number: UUID(id_) for id_, placed in self._rows.items()}
        unmarked = set[str]().union(*[numbers.keys() - browser.marked for browser in browsers])
        entered = {number: numbers[number] for number in unmarked}
        people = {browser.viewer.actor.user_id for browser in browsers}
        known = await marks.holders_of(actor, list(entered.values()), list(people))
        for browser in browsers:
            if browser.paged_inbox:
                await self._screen.reread_inbox(browser.token)
                continue
            fresh = entered.keys() - browser.marked
            browser.marked |= fresh
            if any((entered[n], browser.viewer.actor.user_id) in known for n in fresh):
                await self._screen.reread_marks(browser.token)


def _difference(before: InboxSnapshot, after: InboxSnapshot) -> InboxChange:
    slots = before.rows.keys() | after.rows.keys()
    return InboxChange(
        rows={s: after.rows.get(s) for s in slots if before.rows.get(s) != after.rows.get(s)},
        order=after.order if after.order != before.order else None,
        total=after.total if after.total != before.total else None,
        has_more=bool(after.after) if bool(after.after) != bool(before.after) else None,
    )
