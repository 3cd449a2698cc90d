"""The hub of this server process, for the states to reach."""

from __future__ import annotations

from dataclasses import replace

import reflex as rx

from supportdesk.domain.actor import Actor
from supportdesk.domain.commands import people
from supportdesk.domain.commands.sessions import token_hash
from supportdesk.domain.queries.sessions import Viewer, viewer_for
from supportdesk.realtime.browser import Browser
from supportdesk.realtime.hub import Hub
from supportdesk.state.session import session_token, signed_in, zone_of

_running: list[Hub] = []


def install(hub: Hub) -> None:
    """Called when the server process starts."""
    _running[:] = [hub]


def hub() -> Hub:
    return _running[0]


def browser_of(state: rx.State) -> Browser | None:
    """The tab that sent this event, once it has arrived on a page of the desk."""
    return hub().browser(state.router.session.client_token)


async def who_arrives(state: rx.State) -> Viewer | None:
    """Who is at this tab; None when it is nobody. As it connects, where they are is remembered."""
    known, browser = await viewer_for(session_token(state)), browser_of(state)
    if known is None:
        return None
    viewer = known.at(zone_of(state))
    comes = browser is None or browser.socket != state.router.session.session_id
    if comes and viewer.timezone != known.timezone:
        await people.set_timezone(viewer.actor, viewer.timezone)
    return viewer


async def acting(state: rx.State) -> Actor:
    """Who sent this event, as the hub knows them: the database finds out whether it is so still
    when they act, and raises `SessionOver` if not. Raises `SignedOut`."""
    token, browser = session_token(state), browser_of(state)
    if token is None or browser is None:
        return (await signed_in(state)).actor
    return replace(browser.viewer.actor, unproven=token_hash(token))
