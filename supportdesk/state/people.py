"""The admins' lists of people. What they are filtered by stands in the address."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar
from urllib.parse import urlencode
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec

from supportdesk import routes
from supportdesk.domain.actor import Role
from supportdesk.domain.queries.people_list import (
    ACTIVE,
    DEACTIVATED,
    MOST,
    PAGE,
    TYPED_MAX_LENGTH,
    PendingInvitation,
    PeopleFilters,
    PersonRow,
    page_for,
)
from supportdesk.domain.queries.sessions import Viewer
from supportdesk.domain.text import clean
from supportdesk.realtime.pages import Page
from supportdesk.state.arriving import admin_at, arrive_at
from supportdesk.state.asking import ask_beside, query_of
from supportdesk.state.desk import hub

EVERYONE = "everyone"


class PeopleState(rx.State, mixin=True):
    """One of the lists; which one, the class says that has this."""

    loaded: bool = False
    error: str = ""
    role: str = ""
    standing: str = ""
    typed: str = ""
    asks: bool = False
    people: list[PersonRow] = []
    more: bool = False
    invitations: list[PendingInvitation] = []

    _page: ClassVar[Page]
    _place: ClassVar[str]
    _tab: ClassVar[tuple[Role, ...]]
    _usual: ClassVar[Role]

    @rx.event
    async def arrive(self) -> EventSpec | None:
        """Runs on the page, whenever something else is asked for, and after each reconnect."""
        return await arrive_at(self, self._page, self._read_filtered)

    @rx.event
    async def reread(self) -> None:
        """Sent when somebody in it has changed, came or went."""
        if viewer := await admin_at(self, self._page):
            await self._read(viewer)

    @rx.event
    async def load_more(self) -> None:
        """The next page, below."""
        if (viewer := await admin_at(self, self._page)) and self.people and self.more:
            page = await page_for(viewer.actor, self._filters(), after=self.people[-1])
            known = {row.id for row in self.people}
            further = (row for row in page.people if row.id not in known)
            self.people = [*self.people, *map(_with_presence, further)][:MOST]
            self.more = page.more and len(self.people) < MOST

    @rx.event
    async def choose(self, name: str, value: str) -> EventSpec | None:
        """Ask for people of that role or standing."""
        return await self._go({name: value}) if name in ("role", "status") else None

    @rx.event
    async def search(self, text: str) -> EventSpec | None:
        """Sent a moment after typing has stopped."""
        return await self._go({"q": text}, replace=True)

    async def _go(self, asked: dict[str, Any], *, replace: bool = False) -> EventSpec:
        query = {**await query_of(self), **asked}
        kept = {key: clean(v) for key, v in query.items() if isinstance(v, str) and clean(v)}
        return await ask_beside(self, self._place, urlencode(kept), replace=replace)

    def _filters(self) -> PeopleFilters:
        role = None if self.role == EVERYONE else Role(self.role)
        return PeopleFilters(self._tab, role, self.standing, self.typed)

    async def _read_filtered(self, viewer: Viewer) -> None:
        asked = self.router.url.query_parameters
        role, standing = asked.get("role", ""), asked.get("status", "")
        self.role = role if role in (*self._tab, EVERYONE) else self._usual.value
        self.standing = standing if standing in (ACTIVE, DEACTIVATED) else ""
        self.typed = clean(asked.get("q", ""))[:TYPED_MAX_LENGTH]
        self.asks = bool(self.standing or self.typed)
        self.people = []
        await self._read(viewer)

    async def _read(self, viewer: Viewer) -> None:
        """As many as are shown, as they are now."""
        limit = max(PAGE, len(self.people))
        page = await page_for(viewer.actor, self._filters(), limit=limit)
        self.people = [_with_presence(row) for row in page.people]
        self.more = page.more and len(self.people) < MOST
        self.invitations = list(page.invitations)
        self.loaded = True


def _with_presence(row: PersonRow) -> PersonRow:
    presence = hub().attendance.state_of(UUID(row.id)) if row.active else ""
    return replace(row, presence=presence)


class UsersState(PeopleState, rx.State):
    """Buyers, unless somebody asks for others."""

    _page: ClassVar[Page] = Page.USERS
    _place: ClassVar[str] = routes.ADMIN_USERS
    _tab: ClassVar[tuple[Role, ...]] = tuple(Role)
    _usual: ClassVar[Role] = Role.BUYER


class SellersState(PeopleState, rx.State):
    _page: ClassVar[Page] = Page.SELLERS
    _place: ClassVar[str] = routes.ADMIN_SELLERS
    _tab: ClassVar[tuple[Role, ...]] = (Role.SELLER,)
    _usual: ClassVar[Role] = Role.SELLER
