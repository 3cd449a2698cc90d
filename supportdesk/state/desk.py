"""The hub of this server process, for the states to reach."""

from __future__ import annotations

from dataclasses import replace

import reflex as rx

from supportdesk.domain.actor import Actor
from supportdesk.domain.commands.sessions import token_hash
from supportdesk.realtime.browser import Browser
from supportdesk.realtime.hub import Hub
from supportdesk.state.session import session_token, signed_in

_running: list[Hub] = []


def install(hub: Hub) -> None:
    """Called when the server process starts."""
    _running[:] = [hub]


def hub() -> Hub:
    return _running[0]


def browser_of(state: rx.State) -> Browser | None:
    """The tab that sent this event, once it has arrived on a page of the desk."""
    return hub().browser(state.router.session.client_token)


async def acting(state: rx.State) -> Actor:
    """Who sent this event, as the hub knows them: the database finds out whether it is so still
    when they act, and raises `SessionOver` if not. Raises `SignedOut`."""
    token, browser = session_token(state), browser_of(state)
    if token is None or browser is None:
        return (await signed_in(state)).actor
    return replace(browser.viewer.actor, unproven=token_hash(token))
