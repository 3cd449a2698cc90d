"""The page of the person themselves: what they want to be told of."""

from __future__ import annotations

import reflex as rx
from reflex.event import EventSpec

from supportdesk.database.engine import DatabaseUnavailable
from supportdesk.domain.commands import notifications
from supportdesk.domain.queries.notifications import Preferences, preferences_for
from supportdesk.state.arriving import arrive_aside
from supportdesk.state.desk import browser_of, hub
from supportdesk.state.presence import ask_for_attention
from supportdesk.state.session import (
    attempt,
    sign_in_again,
    signed_in,
    viewer_of,
)


class AccountState(rx.State):
    loaded: bool = False
    error: str = ""
    preferences: Preferences = Preferences()

    @rx.event
    async def arrive(self) -> EventSpec | None:
        """Runs on the page, and again after each reconnect."""
        try:
            viewer = await viewer_of(self)
            if viewer is None:
                return sign_in_again(self)
            browser = await arrive_aside(self, viewer)
            browser.preferences = True
            self.preferences = await preferences_for(viewer.actor)
            self.loaded, self.error = True, ""
        except DatabaseUnavailable as error:
            self.error = str(error)
            hub().call_back(self.router.session.client_token)
        return ask_for_attention()

    @rx.event
    async def reread(self) -> None:
        """Sent when this person has chosen something, here or elsewhere."""
        viewer, browser = await signed_in(self), browser_of(self)
        if browser is not None and browser.preferences:
            self.preferences = await preferences_for(viewer.actor)

    @rx.event
    async def choose(self, choice: str, wanted: bool) -> None:
        """Turn something on or off."""
        viewer = await signed_in(self)
        self.error = await attempt(notifications.choose(viewer.actor, str(choice), wanted))
        if not self.error:
            self.preferences = await preferences_for(viewer.actor)
