"""Arriving on a page of the desk that is not the workspace."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

import reflex as rx
from reflex.event import EventSpec

from supportdesk import routes
from supportdesk.database.engine import DatabaseUnavailable
from supportdesk.domain.actor import Role
from supportdesk.domain.queries.sessions import Viewer
from supportdesk.realtime.browser import Browser
from supportdesk.realtime.pages import Page
from supportdesk.state.asking import AskingState
from supportdesk.state.desk import browser_of, hub
from supportdesk.state.notifications import NotificationState
from supportdesk.state.presence import ask_for_attention
from supportdesk.state.session import (
    SessionState,
    leave_for,
    sign_in_again,
    signed_in,
    viewer_of,
)
from supportdesk.state.views import ViewsState


class AdminPage(Protocol):
    """The state of a page of the dashboard."""

    error: str


async def arrive_aside(state: rx.State, viewer: Viewer) -> Browser:
    """The tab, which follows nothing by now of what it showed before."""
    (await state.get_state(SessionState))._welcome(viewer)
    session = state.router.session
    browser = hub().connect(session.client_token, session.session_id, viewer)
    hub().forget(browser)
    (await state.get_state(ViewsState))._follows = False
    (await state.get_state(NotificationState))._arrive(browser)
    return browser


async def arrive_at(
    state: rx.State, page: Page, read: Callable[[Viewer], Awaitable[None]]
) -> EventSpec | None:
    """`read` what stands on a page of the dashboard and keep it up to date, for an admin.

    All others are sent away. While the database is away, `state.error` says so.
    """
    (await state.get_state(AskingState))._arrive()
    try:
        viewer = await viewer_of(state)
        if viewer is None:
            return sign_in_again(state)
        if viewer.actor.role is not Role.ADMIN:
            return leave_for(routes.tickets(viewer.actor.role.value))
        browser = await arrive_aside(state, viewer)
        hub().dashboard.arrive(browser)
        hub().pages.open(browser, page)
        state.error = ""
        await read(viewer)
    except DatabaseUnavailable as error:
        state.error = str(error)
        hub().call_back(state.router.session.client_token)
    return ask_for_attention()


async def admin_at(state: rx.State, page: Page) -> Viewer | None:
    """The admin at this tab, if it shows that page: who is told to read it again."""
    viewer, browser = await signed_in(state), browser_of(state)
    if browser is None or viewer.actor.role is not Role.ADMIN:
        return None
    return viewer if hub().pages.shows(browser, page) else None
