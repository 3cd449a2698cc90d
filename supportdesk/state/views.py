"""The menu of views, and the dialog in which saved ones are named, shared and deleted."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec
from reflex.experimental import ClientStateVar

from supportdesk.domain.commands import views as commands
from supportdesk.domain.errors import NotFound
from supportdesk.domain.ids import parse_id
from supportdesk.domain.queries import views
from supportdesk.domain.queries.filters import spell
from supportdesk.domain.queries.sessions import Viewer
from supportdesk.domain.queries.views import View
from supportdesk.realtime.browser import Browser
from supportdesk.state.choice import typed
from supportdesk.state.desk import browser_of, hub
from supportdesk.state.filters import asked_for
from supportdesk.state.session import Effects, attempt, signed_in

# Which dialog is open, by its name; the browser alone knows.
saving = ClientStateVar.create("saving_view", default=False)
editing = ClientStateVar.create("editing_views", default=False)


class ViewsState(rx.State):
    """`counts` is told by the hub, by query, while the menu is open: it follows."""

    saved: list[View] = []
    counts: dict[str, str] = {}
    error: str = ""
    _follows: bool = False

    @rx.event
    async def show(self, opened: bool) -> Effects:
        """Runs when the menu opens or closes: while it is open, its numbers are kept right."""
        viewer = await signed_in(self)
        browser = browser_of(self)
        if browser is None:
            return
        self._follows = opened is True
        if not self._follows:
            hub().menus.close(browser)
            return
        async for effect in self._follow(viewer, browser):
            yield effect

    async def _follow(self, viewer: Viewer, browser: Browser) -> Effects:
        """Show what is so by now, and be told of what comes: see `Browser`."""
        hub().menus.open(browser, ())
        await self._read(viewer)
        shown = [*views.built_in(viewer.actor.role), *self.saved]
        counts = hub().menus.open(browser, shown)
        told = self.counts = await counts.now()
        yield None
        while counts.latest != told:
            told = self.counts = counts.latest
            yield None

    async def _arrive(self, viewer: Viewer, browser: Browser) -> Effects:
        """A menu that was open when the line was lost is open still."""
        if self._follows and not hub().menus.shows(browser):
            async for effect in self._follow(viewer, browser):
                yield effect

    @rx.event
    async def edit(self) -> None:
        """Runs when the dialog opens."""
        self.error = ""
        await self._read(await signed_in(self))

    @rx.event
    async def reread(self) -> None:
        """Sent when somebody saved, changed or deleted a view."""
        viewer = await signed_in(self)
        browser = browser_of(self)
        await self._read(viewer)
        if browser is not None and hub().menus.shows(browser):
            shown = [*views.built_in(viewer.actor.role), *self.saved]
            hub().menus.open(browser, shown).wake()

    @rx.event
    async def save(self, form_data: dict[str, Any]) -> EventSpec | None:
        """Keep the filters of the address under the name that was typed."""
        viewer = await signed_in(self)
        query = spell(asked_for(self, viewer.actor.role))
        shared = typed(form_data, "shared") != ""
        command = commands.save(viewer.actor, typed(form_data, "name"), query, shared=shared)
        self.error = await attempt(command)
        if self.error:
            return None
        await self._read(viewer)
        return saving.push(False)

    @rx.event
    async def rename(self, form_data: dict[str, Any]) -> EventSpec | None:
        """Give the view of the form the name that was typed."""
        viewer = await signed_in(self)
        view_id, name = typed(form_data, "id"), typed(form_data, "name")
        self.error = await attempt(self._do(commands.rename, viewer, view_id, name))
        return None if self.error else rx.toast("The view has its new name.")

    @rx.event
    async def share(self, view_id: str, shared: bool) -> None:
        viewer = await signed_in(self)
        self.error = await attempt(self._do(commands.share, viewer, view_id, shared is True))

    @rx.event
    async def delete(self, view_id: str) -> None:
        viewer = await signed_in(self)
        self.error = await attempt(self._do(commands.delete, viewer, view_id))

    async def _do(self, command: Any, viewer: Viewer, view_id: object, *values: object) -> None:
        found: UUID | None = parse_id(view_id)
        if found is None:
            raise NotFound("view")
        await command(viewer.actor, found, *values)
        await self._read(viewer)

    async def _read(self, viewer: Viewer) -> None:
        self.saved = list(await views.views_for(viewer.actor))
