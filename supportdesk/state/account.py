"""The page of the person themselves: their name and password, what they want to be told of."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any

import reflex as rx
from reflex.event import EventSpec

from supportdesk.database.engine import DatabaseUnavailable
from supportdesk.domain.commands import credentials, notifications, people
from supportdesk.domain.errors import DomainError, Invalid
from supportdesk.domain.queries.notifications import Preferences, preferences_for
from supportdesk.state.arriving import arrive_aside
from supportdesk.state.choice import typed
from supportdesk.state.desk import browser_of, hub
from supportdesk.state.presence import ask_for_attention
from supportdesk.state.session import (
    attempt,
    session_token,
    sign_in_again,
    signed_in,
    viewer_of,
)


class AccountState(rx.State):
    loaded: bool = False
    error: str = ""
    errors: dict[str, str] = {}
    preferences: Preferences = Preferences()

    @rx.event
    async def arrive(self) -> EventSpec | None:
        """Runs on the page, and again after each reconnect."""
        try:
            viewer = await viewer_of(self)
            if viewer is None:
                return sign_in_again(self)
            browser = await arrive_aside(self, viewer)
            hub().dashboard.arrive(browser)
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

    @rx.event
    async def rename(self, form_data: dict[str, Any]) -> EventSpec | None:
        """Be called as it says; every screen that shows the name is told by the event."""
        viewer = await signed_in(self)
        self.errors = await _problems(people.rename(viewer.actor, typed(form_data, "name")))
        return None if self.errors else rx.toast("Your name is saved.")

    @rx.event
    async def change_password(self, form_data: dict[str, Any]) -> EventSpec | list[EventSpec]:
        """Ask for the current one, set the new one, and have it known nowhere but here."""
        viewer = await signed_in(self)
        change = credentials.change(
            session_token(self) or "",
            viewer.email,
            typed(form_data, "current"),
            typed(form_data, "password"),
        )
        self.errors = await _problems(change)
        if self.errors:
            return []
        return [
            rx.toast("Your password is changed. Everywhere else you have been signed out."),
            *(rx.set_value(field, "") for field in ("current", "password")),
        ]


async def _problems(command: Awaitable[object]) -> dict[str, str]:
    """What is wrong, by the field of the form that it is about."""
    try:
        await command
    except Invalid as error:
        return {error.field: str(error)}
    except (DomainError, DatabaseUnavailable) as error:
        return {"form": str(error)}
    return {}
