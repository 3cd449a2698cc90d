"""What the person has been told: the button in the shell, its list, and news as it comes."""

from __future__ import annotations

import json
from dataclasses import dataclass

import reflex as rx
from reflex.event import EventSpec
from reflex.experimental import ClientStateVar

from supportdesk import routes
from supportdesk.database.engine import DatabaseUnavailable
from supportdesk.domain.commands import notifications
from supportdesk.domain.queries.notifications import Told, told_to
from supportdesk.domain.queries.sessions import Viewer
from supportdesk.realtime.browser import Browser
from supportdesk.state.desk import browser_of, hub
from supportdesk.state.session import attempt, signed_in

panel_open = ClientStateVar.create("notifications_open", default=False)

SHOWN_APART = "(window.shownApart ??= [])"
"""What the browser shows by itself, of this tab."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One conversation in the list; `href` leads to the place, `at` is ISO."""

    conversation_id: str
    number: str
    subject: str
    kind: str
    name: str
    avatar: str
    hue: int
    does: str
    excerpt: str
    seq: int
    at: str
    unread: bool
    more: int
    href: str


class NotificationState(rx.State):
    """The hub sets `unread` and `news` without asking this state, as with the list."""

    unread: int = 0
    news: dict[str, str | bool] = {}
    told: list[Shown] = []
    loaded: bool = False
    error: str = ""
    _showing: bool = False

    def _arrive(self, browser: Browser) -> None:
        """The tab is on a page of the desk, maybe after a lost connection."""
        hub().follow_unread(browser)
        browser.notifications = self._showing

    @rx.event
    async def show(self, shown: bool) -> None:
        """The list is opened or closed; while it is open it is kept up to date."""
        viewer, browser = await signed_in(self), browser_of(self)
        self._showing = shown is True
        if browser is not None:
            browser.notifications = self._showing
        if self._showing:
            await self._read(viewer)

    @rx.event
    async def reread(self) -> None:
        """Sent when something in it may have changed."""
        viewer = await signed_in(self)
        if self._showing:
            await self._read(viewer)

    async def _read(self, viewer: Viewer) -> None:
        try:
            found = await told_to(viewer.actor)
        except DatabaseUnavailable as error:
            self.error = str(error)
            return
        self.told = [_shown(each, viewer) for each in found]
        self.loaded, self.error = True, ""

    @rx.event
    async def mark_all_read(self) -> None:
        viewer = await signed_in(self)
        self.error = await attempt(notifications.mark_all_read(viewer.actor))
        if not self.error and self._showing:
            await self._read(viewer)

    @rx.event
    async def show_apart(self) -> EventSpec | None:
        """Have the browser show the latest by itself, where the desk is out of sight."""
        viewer = await signed_in(self)
        try:
            found = [each for each in await told_to(viewer.actor) if each.unread]
        except DatabaseUnavailable:
            return None
        if not found:
            return None
        latest = _shown(found[0], viewer)
        about = {
            "body": latest.excerpt or latest.subject,
            "tag": latest.conversation_id,
            "icon": "/favicon.svg",
        }
        title = f"{latest.name} {latest.does} · {latest.number}"
        # Some browsers of phones allow them and have none.
        return rx.call_script(
            f"try {{ const shown = new Notification({json.dumps(title)}, {json.dumps(about)});"
            f" {SHOWN_APART}.push(shown); shown.onclick = () => {{"
            " window.focus(); shown.close();"
            f" window.location.assign({json.dumps(latest.href)}) }} }} catch {{}}"
        )


def _shown(told: Told, viewer: Viewer) -> Shown:
    said = told.excerpt != ""
    href = routes.ticket(viewer.actor.role.value, told.number)
    return Shown(
        conversation_id=told.conversation_id,
        number=told.number,
        subject=told.subject,
        kind=told.kind,
        name=told.name,
        avatar=told.avatar,
        hue=told.hue,
        does=told.does,
        excerpt=told.excerpt,
        seq=told.seq if said else 0,
        at=told.at.isoformat(),
        unread=told.unread,
        more=told.more,
        href=f"{href}#message-{told.seq}" if said else href,
    )
