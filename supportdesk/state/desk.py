"""The hub of this server process, for the states to reach."""

from __future__ import annotations

import reflex as rx

from supportdesk.realtime.browser import Browser
from supportdesk.realtime.hub import Hub

_running: list[Hub] = []


def install(hub: Hub) -> None:
    """Called when the server process starts."""
    _running[:] = [hub]


def hub() -> Hub:
    return _running[0]


def browser_of(state: rx.State) -> Browser | None:
    """The tab that sent this event, once it has arrived on a page of the desk."""
    return hub().browser(state.router.session.client_token)
